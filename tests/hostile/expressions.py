"""Every regular expression of the product, and how each is applied.

Found by themselves: what a module holds when it is imported, in whatever it is kept, what its functions without
arguments make, and the literals in the calls of ``re`` within its functions. Only expressions that functions put
together from what they are given have to be named by who asks.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
_METHODS = frozenset(("search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"))
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression: ``module.name`` or ``module:function``, and the methods by which it is applied."""

    place: str
    pattern: re.Pattern[Any]
    methods: tuple[str, ...]

    def apply(self, method: str) -> Callable[[str], object]:
        """Return what applies it by a method to all of a text."""
        of_bytes = isinstance(self.pattern.pattern, bytes)
        empty: Any = b"" if of_bytes else ""

        def call(text: str) -> object:
            given: Any = text.encode("utf-8", "surrogatepass") if of_bytes else text
            if method in ("sub", "subn"):
                return getattr(self.pattern, method)(empty, given)
            result = getattr(self.pattern, method)(given)
            return list(result) if method == "finditer" else result

        return call


def found() -> tuple[list[Expression], set[str]]:
    """Return every expression, each once a module, and the functions that put expressions together as they run."""
    paths = sorted(path for package in ("index", "bot") for path in (ROOT / package).rglob("*.py"))
    sources = [_Source(path) for path in paths if path.name != "__main__.py"]
    makers = {source.name for source in sources if "re" in source.imports}
    speaking = [source for source in sources if source.name in makers or source.imports & makers]
    expressions = {(one.place, one.pattern, one.methods): one for source in speaking for one in source.all()}
    return list(expressions.values()), {place for source in speaking for place in source.unread()}


class _Source:
    """One module: its tree, and what it holds when it is imported."""

    def __init__(self, path: Path) -> None:
        self.name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        self._tree = ast.parse(path.read_text(encoding="utf-8"))

        nodes = list(ast.walk(self._tree))
        whole = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        self.imports = whole | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}

    def all(self) -> Iterator[Expression]:
        for name, value in vars(self._module).items():
            if not name.startswith("__"):
                for pattern in _patterns(self._made(value), _DEEPEST):
                    yield Expression(f"{self.name}.{name}", pattern, self._applied(name))
        for call, function in self._calls():
            if function and (spelt := self._read(call)) is not None:
                method = call.func.attr  # type: ignore[attr-defined]
                yield Expression(f"{self.name}:{function}", spelt, (method if method in _METHODS else "search",))

    def unread(self) -> Iterator[str]:
        for call, function in self._calls():
            if function and self._read(call) is None:
                yield f"{self.name}:{function}"

    @cached_property
    def _module(self) -> Any:
        return import_module(self.name)

    def _made(self, value: object) -> object:
        """What a cached function without arguments returns: expressions that are made when they are first needed."""
        parameters = getattr(value, "cache_parameters", None)
        own = getattr(value, "__module__", None) == self.name
        returned = getattr(value, "__annotations__", {})
        return value() if parameters and own and callable(value) and returned == {"return": re.Pattern[str]} else value

    def _applied(self, name: str) -> tuple[str, ...]:
        """The methods called on a name; of what goes by another one, those called on names that are no expressions."""
        direct = {method for on, method in self._applications if on == name}
        others = {method for on, method in self._applications if on not in vars(self._module)} - {"split"}  # str's
        return tuple(sorted(direct or others or {"search"}))

    @cached_property
    def _applications(self) -> list[tuple[str, str]]:
        nodes = (node for node in ast.walk(self._tree) if isinstance(node, ast.Attribute) and node.attr in _METHODS)
        return [(ast.unparse(node.value).removesuffix("()"), node.attr) for node in nodes if not _is_re(node)]

    def _calls(self) -> Iterator[tuple[ast.Call, str]]:
        """Yield each call of ``re`` with the function that it stands in, "" where that is none."""
        stack: list[tuple[ast.AST, str]] = [(self._tree, "")]
        while stack:
            node, function = stack.pop()
            function = node.name if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else function
            stack += [(child, function) for child in ast.iter_child_nodes(node)]
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_re(node.func):
                yield node, function

    def _read(self, call: ast.Call) -> re.Pattern[Any] | None:
        """The expression of a call that spells it out, or names it; ``None``: it is known only when it runs."""
        flags = [
            one for one in [*call.args[1:], *(k.value for k in call.keywords)] if ast.unparse(one).startswith("re.")
        ]
        try:
            value = _value(call.args[0], vars(self._module))
            return re.compile(value, sum(getattr(re, ast.unparse(one)[3:]) for one in flags))
        except KeyError:
            return None


def _is_re(node: ast.Attribute) -> bool:
    known = node.attr in _METHODS or node.attr == "compile"
    return known and isinstance(node.value, ast.Name) and node.value.id == "re"


def _value(node: ast.expr, names: Mapping[str, Any]) -> Any:
    """A literal, a name, or a literal with names in it.

    Raises:
        KeyError: it is something else, or of a function's own.
    """
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return names[name]
        case ast.JoinedStr(values=parts):
            return "".join(_value(part, names) for part in parts)
        case ast.FormattedValue(value=ast.Name(id=name)):
            return str(names[name])
        case _:
            raise KeyError(ast.unparse(node))


def _patterns(value: object, depth: int) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, tuple | list | dict):
        inner: Iterable[object] = (*value.keys(), *value.values()) if isinstance(value, dict) else value
        for one in inner:
            yield from _patterns(one, depth - 1)
