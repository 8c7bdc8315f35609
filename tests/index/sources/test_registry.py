"""The registry: settings in, sources out, in the order in which they count."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.errors import SettingsError
from index.settings import FilesSource as FilesSettings
from index.sources import open_sources
from index.sources.web.store import PageStore


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[PageStore]:
    """A page store without pages."""
    with PageStore(tmp_path / "pages.sqlite") as store:
        yield store


def test_two_sources_of_one_name_are_refused(tmp_path: Path, pages: PageStore) -> None:
    """Ids begin with the source's label, so no two sources may share one."""
    settings = [FilesSettings(kind="files", folder=tmp_path / side / "news") for side in ("a", "b")]
    with pytest.raises(SettingsError, match='two sources are called news: give each a "name"'):
        open_sources(settings, pages)


def test_sources_come_in_the_order_of_the_settings(tmp_path: Path, pages: PageStore) -> None:
    """The first source is the one whose article counts where two have the same id."""
    settings = [FilesSettings(kind="files", folder=tmp_path, name=name) for name in ("b", "a")]
    assert [opened.label for opened in open_sources(settings, pages)] == ["b", "a"]
