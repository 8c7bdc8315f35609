"""What operators do with single articles and with a snapshot that was held back, as they type it."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeEncoder
from websites import WebSite, page, story, websites

from index import cli
from index.build import build_index
from index.report import BuildReport
from index.settings import Settings, load_settings
from index.snapshot import Store


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A settings file over four articles, with pages of loopback allowed."""
    articles = tmp_path / "articles"
    articles.mkdir()
    for number in range(4):
        text = "\n\n".join(story(f"article {number}"))
        (articles / f"{number}.md").write_text(f"---\ntitle: Article {number}\nlanguage: en\n---\n{text}\n")
    path = tmp_path / "verbatim.toml"
    path.write_text(
        '[storage]\nfolder = "storage"\n[[sources]]\nkind = "files"\nfolder = "articles"\n'
        '[fetch]\nallow_hosts = ["127.0.0.1"]\ndelay_seconds = 0.0\nretries = 0\n'
    )
    return path


@pytest.fixture
def site() -> Iterator[WebSite]:
    with websites(1) as (made,):
        yield made


@pytest.fixture(autouse=True)
def quiet_again() -> Iterator[None]:
    """The command sets the level of the package's log; other tests want it as it was."""
    logger = logging.getLogger("index")
    level = logger.level
    yield
    logger.setLevel(level)


def run(config: Path, *arguments: str) -> int:
    return cli.main(["--config", str(config), *arguments])


def said(config: Path, capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> Any:
    """What a command prints as JSON."""
    capsys.readouterr()
    assert run(config, *arguments, "--json") == status
    return json.loads(capsys.readouterr().out)


def build(config: Path) -> BuildReport:
    return build_index(load_settings(Settings, config), encoder=FakeEncoder())


def titles(config: Path) -> list[str]:
    with Store(config.parent / "storage").open_current() as snapshot:
        return sorted(article.title for id_ in snapshot.article_ids() if (article := snapshot.article(id_)))


class TestAdd:
    def test_a_page_is_fetched_and_indexed_by_the_next_build(
        self, config: Path, site: WebSite, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Adding it again changes nothing."""
        site.put("/bees", page("Bees", story("bees"), day="2026-11-01"))
        assert said(config, capsys, "add", f"{site.url}/bees") == {"added": 1, "known": 0, "failures": []}
        build(config)
        assert "Bees" in titles(config)
        assert said(config, capsys, "add", f"{site.url}/bees#top")["added"] == 0
        assert site.counts == {"/bees": 1}

    def test_what_is_no_article_is_said(
        self, config: Path, site: WebSite, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        """Each with its reason; the others are added."""
        site.put("/bees", page("Bees", story("bees"), day="2026-11-01"))
        site.put("/short", page("Short", ["Few words."], day="2026-11-01"))
        given = [f"{site.url}/bees", f"{site.url}/short", f"{site.url}/missing", "bees"]
        assert run(config, "add", *given) == 3
        assert capsys.readouterr().out.startswith("1 added")
        told = "\n".join(record.getMessage() for record in caplog.records)
        for reason in ("/short: too short", "/missing: HTTP 404", "not added: bees: this is no address"):
            assert reason in told

    def test_lines_of_json_come_through_a_pipe(
        self, config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """From any content system; one changed line changes one article, and a broken line is named."""

        def pipe(*lines: str) -> None:
            monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("\n".join(lines).encode())))

        def line(id_: str, text: str) -> str:
            return json.dumps({"id": id_, "title": f"Title of {id_}", "text": text, "url": f"https://a.example/{id_}"})

        pipe(line("x", "Snow fell."), line("y", "Rain fell."), "{broken")
        first = said(config, capsys, "add", "--jsonl", "-", status=3)
        assert (first["added"], [one["location"] for one in first["failures"]]) == (2, ["standard input:3"])
        build(config)
        assert {"Title of x", "Title of y"} <= set(titles(config))
        pipe(line("x", "Much snow fell."), line("y", "Rain fell."))
        assert said(config, capsys, "add", "--jsonl", "-") == {"added": 1, "known": 1, "failures": []}
        report = build(config)
        assert (report.new, report.changed, report.removed) == (0, 1, 0)

    @pytest.mark.parametrize("arguments", [["add"], ["add", "https://a.example/x", "--jsonl", "-"]])
    def test_one_of_both_is_needed(self, config: Path, arguments: list[str]) -> None:
        """A mistake in the command line is status 2."""
        assert run(config, *arguments) == 2


class TestExport:
    def test_what_is_exported_can_be_added_elsewhere(
        self, config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Article for article, word for word."""
        build(config)
        capsys.readouterr()
        assert run(config, "export") == 0
        lines = capsys.readouterr().out
        assert [json.loads(line)["title"] for line in lines.splitlines()] == [f"Article {n}" for n in range(4)]
        (tmp_path / "export.jsonl").write_text(lines)
        other = tmp_path / "other.toml"
        other.write_text('[storage]\nfolder = "other"\n')
        assert run(other, "add", "--jsonl", str(tmp_path / "export.jsonl")) == 0
        build(other)
        with (
            Store(tmp_path / "storage").open_current() as here,
            Store(tmp_path / "other").open_current() as there,
        ):
            assert here.article_ids() == there.article_ids()
            assert [here.article(i).text for i in here.article_ids()] == [  # type: ignore[union-attr]
                there.article(i).text  # type: ignore[union-attr]
                for i in there.article_ids()
            ]


class TestHistory:
    def test_every_revision_can_be_looked_up(self, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Also the words that the newest one no longer has."""
        build(config)
        path = config.parent / "articles/0.md"
        old = "\n\n".join(story("article 0"))
        path.write_text("---\ntitle: Article 0\nlanguage: en\n---\nIt says something else now.\n")
        build(config)
        found = said(config, capsys, "history", "articles/0.md")
        assert [one["current"] for one in found] == [False, True]
        assert run(config, "history", "articles/0.md", "--revision", found[0]["revision"]) == 0
        assert capsys.readouterr().out == f"{old}\n"

    def test_an_article_that_never_was_is_status_1(self, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """And is named."""
        build(config)
        assert run(config, "history", "nothing") == 1
        assert "nothing is known of nothing" in capsys.readouterr().err


class TestTakeDown:
    def test_it_is_listed_survives_builds_and_can_be_undone(
        self, config: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Whatever the source does."""
        build(config)
        assert run(config, "take-down", "articles/1.md", "--reason", "a letter") == 0
        assert [(one["given"], one["reason"]) for one in said(config, capsys, "take-down")] == [
            ("articles/1.md", "a letter")
        ]
        assert build(config).removed == 1
        (config.parent / "articles/1.md").write_text(
            "---\ntitle: Article 1\n---\nIt was edited meanwhile, to no avail."
        )
        build(config)
        assert titles(config) == ["Article 0", "Article 2", "Article 3"]
        assert said(config, capsys, "take-down", "articles/1.md", "--undo")["changed"]
        build(config)
        assert "Article 1" in titles(config)

    def test_any_address_of_the_article_will_do(
        self, config: Path, site: WebSite, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Also one that only leads to it: what a lawyer's letter names is what a reader saw in a browser."""
        site.put("/bees", page("Bees", story("bees"), day="2026-11-01"))
        site.move("/old-bees", "/bees")
        run(config, "add", f"{site.url}/old-bees")
        build(config)
        assert "Bees" in titles(config)
        assert run(config, "take-down", f"{site.url}/old-bees") == 0
        build(config)
        assert "Bees" not in titles(config)
        assert said(config, capsys, "take-down", f"{site.url}/bees", "--undo")["changed"]


class TestSkipped:
    def test_pages_without_an_article_are_listed_with_the_reason(
        self, config: Path, site: WebSite, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Cron is silent about them."""
        site.put("/short", page("Short", ["Few words."], day="2026-11-01"))
        run(config, "add", f"{site.url}/short")
        ((one,),) = [said(config, capsys, "skipped")]
        assert (one["source"], one["url"]) == ("added", f"{site.url}/short")
        assert "words" in one["reason"]


class TestHeld:
    def test_a_snapshot_that_lost_articles_is_held_shown_and_published_when_forced(
        self, config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Status 5, until somebody decides."""
        monkeypatch.setattr("index.build.locate_encoder", lambda *_, **__: FakeEncoder())
        assert run(config, "build") == 0
        before = Store(config.parent / "storage").current()
        for number in (1, 2):
            (config.parent / f"articles/{number}.md").unlink()
        assert run(config, "build") == 5
        assert run(config, "build") == 5
        held = Store(config.parent / "storage").held()
        assert held is not None and Store(config.parent / "storage").current() == before
        difference = said(config, capsys, "diff")
        assert "Article 1" in json.dumps(difference)
        assert run(config, "publish", held.name) == 2
        assert run(config, "publish", "--force", held.name) == 0
        assert titles(config) == ["Article 0", "Article 3"]
        assert run(config, "build") == 0


def test_a_log_file_tells_with_times_what_a_silent_build_did(
    config: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts and milliseconds; nothing on the terminal of cron."""
    monkeypatch.setattr("index.build.locate_encoder", lambda *_, **__: FakeEncoder())
    path = config.parent / "build.log"
    assert run(config, "--log-file", str(path), "build") == 0
    assert capfd.readouterr() == ("", "")
    assert "4 documents, 4 of them read, in " in path.read_text()
    assert "4 articles, 4 new, 0 changed, 0 removed, " in path.read_text()
