"""The index of a set's articles is built once, beside the published one."""

import gzip
import json
from pathlib import Path

import pytest
from corpus import ROWS, corpus_settings, write_rows

from bot.errors import QuestionSetError
from bot.evaluation.articles import file_digest, index_articles
from bot.settings import BotSettings
from index import Store, silent


@pytest.fixture
def settings(tmp_path: Path) -> BotSettings:
    """Settings whose own articles are none of the set's."""
    return corpus_settings(tmp_path, ROWS[:1])


@pytest.mark.model
def test_a_set_is_indexed_once_and_reused_while_it_is_unchanged(tmp_path: Path, settings: BotSettings) -> None:
    """The second run encodes nothing, publishes nothing, and still tells how fast the first one was."""
    articles = write_rows(tmp_path / "set" / "articles.jsonl", ROWS)
    own, encoding = index_articles(settings, articles, silent)
    first = Store(own.storage.folder).current()
    told: list[str] = []
    again, remembered = index_articles(settings, articles, lambda stage, *_: told.append(stage))
    assert own == again and Store(again.storage.folder).current() == first
    assert remembered == encoding and encoding.passages > len(ROWS) and encoding.seconds > 0
    assert "encoding" not in told
    assert not Store(settings.storage.folder).names()


@pytest.mark.model
def test_another_file_is_another_index(tmp_path: Path, settings: BotSettings) -> None:
    """Gzipped, linked to, or with another ending: what counts is what is in it."""
    write_rows(tmp_path / "set" / "articles.jsonl", ROWS)
    packed = tmp_path / "set" / "kept-by-digest"
    packed.write_bytes(gzip.compress("".join(f"{json.dumps(row)}\n" for row in ROWS[1:3]).encode()))
    link = tmp_path / "articles.jsonl.gz"
    link.symlink_to(packed)
    (tmp_path / "unreadable.pdf").write_bytes(b"what lies beside the file is not looked at")
    own, _ = index_articles(settings, link, silent)
    other, _ = index_articles(settings, tmp_path / "set" / "articles.jsonl", silent)
    assert own.storage.folder != other.storage.folder
    with Store(own.storage.folder).open_current() as snapshot:
        assert snapshot.article_ids() == ("honey", "light")
        assert [source.name for source in snapshot.sources()] == ["articles.jsonl.gz"]
    with Store(other.storage.folder).open_current() as snapshot:
        assert snapshot.article_ids() == ("copy", "honey", "light", "tower")


def test_a_digest_is_of_the_bytes(tmp_path: Path) -> None:
    """Whatever the file is called."""
    for name, content in (("a", b"one"), ("b", b"one"), ("c", b"two")):
        (tmp_path / name).write_bytes(content)
    assert file_digest(tmp_path / "a") == file_digest(tmp_path / "b") != file_digest(tmp_path / "c")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """With the reason."""
    with pytest.raises(QuestionSetError, match=r"nothing\.jsonl.*No such file"):
        file_digest(tmp_path / "nothing.jsonl")
