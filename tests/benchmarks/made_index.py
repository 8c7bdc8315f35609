"""Indexes of any size for the benchmarks: recombined articles, derived vectors, the product's own build.

An index is kept in a folder of its own, ``<folder>/<set>-<passages>``, and made once: its settings file stands in it as
``verbatim.toml``, so that every command of the product opens it, too.
"""

import time
from pathlib import Path

from derived import DerivedEncoder, source_snapshot
from recombined import DATA, Recombiner, write

from bot.settings import BotSettings
from bot.wiring import open_encoder
from index import BuildReport, Store, build_index, load_settings

_SETTINGS = """[storage]
folder = "storage"
keep = 2

[[sources]]
kind = "files"
folder = "articles"
max_megabytes = 2000.0
"""


def made_index(folder: Path, name: str, passages: int, source: Path | None = None) -> Path:
    """Return the folder of an index of about so many passages of a set, which is built where it is not there yet.

    ``source``: the storage folder of the index of the set's own articles, by default the usual one.
    """
    place = folder / f"{name}-{passages}"
    settings = settings_in(place)
    if not Store(settings.storage.folder).layout.current.is_file():
        write(place / "articles", Recombiner(DATA / name).articles(passages))
        build(settings, name, source)
    return place


def settings_in(place: Path) -> BotSettings:
    """Return the settings that stand in a folder; by default those of a made index are written there."""
    path = place / "verbatim.toml"
    if not path.is_file():
        place.mkdir(parents=True, exist_ok=True)
        path.write_text(_SETTINGS, encoding="utf-8")
    return load_settings(BotSettings, path)


def build(settings: BotSettings, name: str, source: Path | None = None) -> tuple[BuildReport, float]:
    """Build with derived vectors; return the report, and the seconds without those of loading what they derive from."""
    with source_snapshot(name, source) as snapshot:
        encoder = DerivedEncoder(open_encoder(settings, Store(settings.storage.folder)), snapshot)
        started = time.perf_counter()
        return build_index(settings, encoder=encoder), time.perf_counter() - started
