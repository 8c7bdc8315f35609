"""The index of a question set's articles: built once by the ordinary build, kept while the file is unchanged."""

import json
import shutil
from hashlib import sha256
from pathlib import Path

from bot.errors import QuestionSetError
from bot.evaluation.figures import Encoding
from bot.settings import BotSettings
from index import FilesSource, Progress, StorageSettings, build_index

_MEGABYTES = 2000.0


def index_articles(settings: BotSettings, articles: Path, progress: Progress) -> tuple[BotSettings, Encoding]:
    """Build or refresh the index of one file of articles, beside the published one.

    Returns the settings under which it is found, and how fast its passages were encoded (when they were).
    """
    folder = settings.storage.folder / "evaluations" / file_digest(articles)
    source = FilesSource(
        kind="files", folder=_folder_of(articles, folder), name=articles.name, max_megabytes=_MEGABYTES
    )
    own = settings.model_copy(update={"storage": StorageSettings(folder=folder, keep=1), "sources": (source,)})
    report = build_index(own, progress=progress)
    return own, _encoding(folder / "encoding.json", report.encoded, report.encode_seconds)


def file_digest(path: Path) -> str:
    """Return a digest of a file's bytes, under which its index is kept.

    Raises:
        QuestionSetError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            digest = sha256()
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError as error:
        raise QuestionSetError(f"{path} cannot be read: {error.strerror}") from error
    return digest.hexdigest()[:16]


def _folder_of(articles: Path, folder: Path) -> Path:
    """Make a folder that holds nothing but a link to the file: what lies beside the file is not looked at."""
    alone = folder / "articles"
    shutil.rmtree(alone, ignore_errors=True)
    alone.mkdir(parents=True)
    (alone / ("articles.jsonl.gz" if articles.suffix == ".gz" else "articles.jsonl")).symlink_to(articles.resolve())
    return alone


def _encoding(path: Path, passages: int, seconds: float) -> Encoding:
    """Remember the last measurement: a set that is indexed already has none of its own."""
    if passages:
        path.write_text(json.dumps({"passages": passages, "seconds": seconds}), encoding="utf-8")
    if not path.is_file():
        return Encoding(0, 0.0)
    content = json.loads(path.read_text(encoding="utf-8"))
    return Encoding(int(content["passages"]), float(content["seconds"]))
