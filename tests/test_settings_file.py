"""The settings files that come with the project, compared with the models that read them."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from bot.settings import BotSettings
from index import SettingsError
from index.settings import FilesSource, WebSource, load_settings

CONFIG = Path(__file__).parent.parent / "config"
DEFAULTS_WITHOUT_A_TOML_VALUE = {"threshold", "reader", "golden"}
"""``None`` cannot be written in TOML: the file shows an example there."""


@pytest.fixture
def everything(tmp_path: Path) -> BotSettings:
    """The settings of ``config/verbatim.toml`` with every commented-out line put in force."""
    text = (CONFIG / "verbatim.toml").read_text(encoding="utf-8")
    path = tmp_path / "verbatim.toml"
    path.write_text(re.sub(r"^# (?=[a-z_]+ = )", "", text, flags=re.MULTILINE), encoding="utf-8")
    return load_settings(BotSettings, path)


def sections(settings: BotSettings) -> list[BaseModel]:
    source, *_ = settings.sources
    web = (settings.fetch, settings.duplicates, settings.gate, settings.freshness)
    bot = (settings.answers, settings.telegram, settings.access, settings.metrics)
    return [settings.storage, source, *web, settings.index, settings.vectors, *bot]


def test_every_setting_stands_in_the_file(everything: BotSettings) -> None:
    """Operators find every setting in the file, so none is left out of it."""
    missing = {
        f"{type(section).__name__}.{key}"
        for section in sections(everything)
        for key in set(type(section).model_fields) - section.model_fields_set
    }
    assert set() == missing


def test_what_is_commented_out_is_the_default(everything: BotSettings) -> None:
    """Taking the "#" from a line changes nothing until the value is changed."""
    shipped = load_settings(BotSettings, CONFIG / "verbatim.toml")
    for section, plain in zip(sections(everything), sections(shipped), strict=True):
        for key in set(type(section).model_fields) - plain.model_fields_set - DEFAULTS_WITHOUT_A_TOML_VALUE:
            assert getattr(plain, key) == getattr(section, key), key


def test_every_kind_of_source_stands_in_the_file_with_its_defaults(tmp_path: Path) -> None:
    """The tables to take over are whole and can be used as they stand."""
    text = (CONFIG / "verbatim.toml").read_text(encoding="utf-8")
    path = tmp_path / "verbatim.toml"
    path.write_text(re.sub(r"^#   ", "", text, flags=re.MULTILINE), encoding="utf-8")
    shown = [source for source in load_settings(BotSettings, path).sources if isinstance(source, WebSource)]
    assert [source.kind for source in shown] == ["feed", "sitemap", "urls"]
    for source in shown:
        fields = type(source).model_fields
        assert source.model_fields_set == fields.keys()
        examples = {"kind", "url", "file", "name", "exclude"}
        assert {key: getattr(source, key) for key in fields.keys() - examples} == {
            key: fields[key].default for key in fields.keys() - examples
        }


def test_a_reading_model_is_a_folder_beside_the_file(tmp_path: Path) -> None:
    """As every folder in it: it counts from the folder of the file, and what is none is told."""
    path = tmp_path / "verbatim.toml"
    path.write_text('[answers]\nreader = "readers/german"\n')
    assert load_settings(BotSettings, path).answers.reader == tmp_path / "readers" / "german"
    assert load_settings(BotSettings, path, ["answers.reader=own"]).answers.reader == Path.cwd() / "own"
    path.write_text("[answers]\nreader = 5\n")
    with pytest.raises(SettingsError, match=r"answers\.reader: should be a folder"):
        load_settings(BotSettings, path)


def test_the_shipped_file_indexes_the_samples() -> None:
    """A newcomer's first build reads the sample articles, and writes beside ``config``, not into it."""
    settings = load_settings(BotSettings, CONFIG / "verbatim.toml")
    source = settings.sources[0]
    assert isinstance(source, FilesSource)
    assert source.folder == CONFIG / "articles"
    assert CONFIG.parent / ".verbatim" == settings.storage.folder.resolve()


def test_the_container_keeps_everything_in_its_volume() -> None:
    """The container's root is read-only: what it writes goes to the volume."""
    settings = load_settings(BotSettings, CONFIG / "deploy" / "container.toml")
    assert Path("/data") == settings.storage.folder
    assert [Path("/articles")] == [s.folder for s in settings.sources if isinstance(s, FilesSource)]
