"""``verbatim-index`` as people and cron call it; the model is real only where it is marked."""

import json
import logging
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders import add_snapshot, three_articles
from fakes import FakeEncoder

from index import cli
from index.build import build_index
from index.layout import Layout
from index.lock import build_lock
from index.runs import Ended, begin_run, end_run
from index.settings import Settings, load_settings
from index.snapshot import Store

BEES = "Honey bees dance to tell others where flowers are. Karl von Frisch read the dance in 1927."


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A settings file over one article."""
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "bees.md").write_text(f"---\ntitle: Bees\nlanguage: en\n---\n{BEES}\n")
    path = tmp_path / "verbatim.toml"
    path.write_text('[storage]\nfolder = "storage"\n[[sources]]\nkind = "files"\nfolder = "articles"\n')
    return path


@pytest.fixture
def store(config: Path) -> Store:
    return Store(config.parent / "storage")


@pytest.fixture(autouse=True)
def quiet_again() -> object:
    """The command sets the level of the package's log; other tests want it as it was."""
    logger = logging.getLogger("index")
    level = logger.level
    yield
    logger.setLevel(level)


def run(config: Path, *arguments: str) -> int:
    return cli.main(["--config", str(config), *arguments])


class TestUsage:
    @pytest.mark.parametrize("arguments", [[], ["nonsense"], ["search"], ["search", "x", "--limit", "0"], ["--set"]])
    def test_wrong_usage_is_status_2(self, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        """Cron can tell a wrong crontab from a failed build."""
        assert cli.main(arguments) == 2
        assert "usage: verbatim-index" in capsys.readouterr().err

    @pytest.mark.parametrize("arguments", [["--help"], ["build", "--help"]])
    def test_help_is_status_0_and_names_the_common_options(
        self, arguments: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Every command shows the options that it takes."""
        assert cli.main(arguments) == 0
        out = capsys.readouterr().out
        assert all(option in out for option in ("--config", "--set", "--json", "--verbose"))

    def test_settings_errors_are_status_2_all_at_once(self, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Every wrong setting is named with its full path."""
        assert run(config, "status", "--set", "storage.kep=1", "--set", "index.passage_words=none") == 2
        err = capsys.readouterr().err
        assert "storage.kep: unknown key; did you mean keep?" in err
        assert "index.passage_words" in err

    def test_overrides_count_before_and_after_the_command(
        self, config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Those before are kept when there are others after, and the last one of a key wins."""
        name = add_snapshot(tmp_path / "other", three_articles())
        before = ["--config", str(config), "--set", "storage.folder=/nowhere", "--set", "storage.keep=3", "--json"]

        assert cli.main([*before, "status", "--set", f"storage.folder={tmp_path / 'other'}"]) == 0
        assert json.loads(capsys.readouterr().out)["snapshot"] == name
        assert cli.main([*before, "status"]) == 1

    def test_options_may_all_stand_after_the_command(self, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
        """``verbatim-index status --json --config FILE`` is what people type."""
        name = add_snapshot(store.layout.storage, three_articles())

        assert cli.main(["status", "--json", "--set", f"storage.folder={store.layout.storage}"]) == 0
        assert json.loads(capsys.readouterr().out)["snapshot"] == name


class TestStatus:
    def test_it_tells_what_is_published(self, config: Path, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
        """Counts, sources with their newest day, what is kept and how much room it takes."""
        name = add_snapshot(store.layout.storage, three_articles())

        assert run(config, "status") == 0

        out = capsys.readouterr().out
        assert out.startswith(f"{name}, 0 min old: 3 articles, ")
        assert "samples: 2 articles, newest 2024-05-01\n" in out
        assert "crafts: 1 article, without a date\n" in out
        assert "1 snapshot kept" in out

    def test_as_json(self, config: Path, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
        """The same for monitoring."""
        name = add_snapshot(store.layout.storage, three_articles())

        assert run(config, "status", "--json") == 0

        status = json.loads(capsys.readouterr().out)
        assert (status["snapshot"], status["articles"], status["kept"]) == (name, 3, [name])
        assert status["sources"] == [
            {"kind": "files", "name": "articles", "articles": 0, "last_good": None, "last_error": None},
            {"kind": None, "name": "crafts", "articles": 1, "last_good": None, "last_error": None},
            {"kind": None, "name": "samples", "articles": 2, "last_good": None, "last_error": None},
        ]
        assert (status["newest"], status["stale"]) == ("2024-05-01", False)
        assert 0 <= status["age_seconds"] < 60
        assert status["bytes"] > 10_000

    def test_a_stale_index_is_status_1(self, config: Path, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
        """What monitoring waits for: with the reason, as text and as JSON."""
        add_snapshot(store.layout.storage, three_articles())
        begun = begin_run(store.layout.runs, datetime.now(UTC) - timedelta(hours=30))
        end_run(store.layout.runs, replace(begun, ended=Ended.UNCHANGED))

        assert run(config, "status") == 1
        assert "\nSTALE: the last good run ended on " in capsys.readouterr().out
        assert run(config, "status", "--json") == 1
        assert json.loads(capsys.readouterr().out)["stale"] is True
        assert run(config, "status", "--set", "freshness.max_age_hours=31.0") == 0

    def test_nothing_published_is_status_1_with_the_way_out(
        self, config: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A new installation is told what to run."""
        assert run(config, "status") == 1
        assert 'run "verbatim-index build"' in capsys.readouterr().err


class TestVerify:
    def test_sound_snapshots_are_status_0(self, config: Path, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
        """Every kept snapshot is checked, the published one is marked."""
        old = add_snapshot(store.layout.storage, three_articles()[:2])
        new = add_snapshot(store.layout.storage, three_articles())

        assert run(config, "verify") == 0
        assert capsys.readouterr().out == f"✓ {old}\n✓ {new} (published)\n"

    def test_a_damaged_one_is_status_1(self, config: Path, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
        """What is wrong is said, as JSON too."""
        name = add_snapshot(store.layout.storage, three_articles())
        store.layout.snapshot(name).vectors.write_bytes(b"x")

        assert run(config, "verify", "--json") == 1

        found = json.loads(capsys.readouterr().out)
        assert found["published"] == name
        assert "vectors.faiss has 1 bytes" in found["problems"][name]


class TestRollingBackAndPruning:
    def test_rollback_publishes_the_one_before(
        self, config: Path, store: Store, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Going back is one command; where there is nothing to go back to it says so."""
        old = add_snapshot(store.layout.storage, three_articles()[:2])
        new = add_snapshot(store.layout.storage, three_articles())

        assert run(config, "rollback", "--json") == 0
        assert json.loads(capsys.readouterr().out) == {"before": new, "now": old}
        assert store.current() == old
        assert run(config, "rollback") == 1
        assert store.current() == old

    def test_prune_keeps_as_many_as_asked(self, config: Path, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
        """``--keep`` wins over the settings."""
        names = [add_snapshot(store.layout.storage, three_articles()) for _ in range(7)]

        assert run(config, "prune", "--json") == 0
        assert json.loads(capsys.readouterr().out) == {"removed": names[:2], "kept": names[2:]}
        assert run(config, "prune", "--keep", "1") == 0
        assert store.names() == (names[-1],)

    @pytest.mark.parametrize("command", ["build", "rollback", "prune"])
    def test_nothing_changes_while_the_lock_is_held(
        self, config: Path, store: Store, command: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A second one is status 4 and names the first."""
        add_snapshot(store.layout.storage, three_articles()[:2])
        name = add_snapshot(store.layout.storage, three_articles())

        with build_lock(Layout(store.layout.storage)):
            assert run(config, command) == 4

        assert f"process {os.getpid()} since" in capsys.readouterr().err
        assert store.current() == name


class TestBuild:
    """With the default encoder, whose model is not loaded where nothing has to be encoded."""

    @pytest.fixture
    def built(self, config: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> Path:
        """Settings whose index is up to date with the default encoder's identity."""
        from index.encoder import locate_encoder

        identity = locate_encoder("all-MiniLM-L6-v2", remember=store.layout.weights).identity
        build_index(load_settings(Settings, config), encoder=FakeEncoder(identity=identity))
        return config

    def test_nothing_is_printed_for_cron(self, built: Path, capfd: pytest.CaptureFixture[str]) -> None:
        """Without a terminal, a build that went well says nothing."""
        assert run(built, "build") == 0
        assert capfd.readouterr() == ("", "")

    def test_the_report_with_verbose(self, built: Path, capfd: pytest.CaptureFixture[str]) -> None:
        """``-v`` prints the one line."""
        assert run(built, "build", "-v") == 0
        assert capfd.readouterr().out.startswith("1 article, 1 passage: nothing changed since 20")

    def test_the_report_as_json(self, built: Path, store: Store, capfd: pytest.CaptureFixture[str]) -> None:
        """Everything that was counted, for programs."""
        assert run(built, "build", "--json") == 0
        report = json.loads(capfd.readouterr().out)
        assert (report["snapshot"], report["published"], report["articles"]) == (store.current(), False, 1)

    def test_skipped_documents_are_status_3(
        self, built: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        """Each is named with its reason; the rest is published."""
        (built.parent / "articles" / "broken.pdf").write_bytes(b"no pdf")

        assert run(built, "build", "--set", "index.max_failed_share=0.9") == 3
        (record,) = [record for record in caplog.records if "skipped" in record.message]
        assert record.levelno == logging.WARNING
        assert "broken.pdf: " in record.message

    def test_too_many_failures_are_status_1(self, built: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Nothing is published, and the failures are listed."""
        for number in range(4):
            (built.parent / "articles" / f"broken-{number}.pdf").write_bytes(b"no pdf")

        assert run(built, "build") == 1
        assert "broken-3.pdf" in capsys.readouterr().err


@pytest.mark.process
class TestProcesses:
    def python(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        root = Path(cli.__file__).parent.parent
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=root,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def test_the_package_is_the_command(self, config: Path) -> None:
        """``python -m index`` takes what ``verbatim-index`` takes."""
        ended = self.python("-m", "index", "status", "--config", str(config))

        assert (ended.returncode, ended.stdout) == (1, "")
        assert ended.stderr.startswith("verbatim-index: nothing has been published")

    @pytest.mark.parametrize("arguments", ["'--help'", "'status', '--set', 'storage.folder=' + sys.argv[1]"])
    def test_looking_loads_neither_torch_nor_faiss(self, store: Store, arguments: str) -> None:
        """Monitoring asks often: what only looks starts at once."""
        add_snapshot(store.layout.storage, three_articles())
        script = (
            f"import sys\nfrom index.cli import main\nassert main([{arguments}]) == 0\n"
            "heavy = {'torch', 'faiss', 'sentence_transformers', 'trafilatura', 'numpy'} & set(sys.modules)\n"
            "sys.exit(str(heavy) if heavy else 0)"
        )

        ended = self.python("-c", script, str(store.layout.storage))

        assert ended.returncode == 0, ended.stderr


@pytest.mark.model
class TestWithTheModel:
    def test_a_build_and_a_search(self, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """From a folder to the passage that answers, with the embedded default."""
        assert run(config, "build", "--json") == 0
        report = json.loads(capsys.readouterr().out)
        assert (report["published"], report["new"], report["encoded"]) == (True, 1, 1)

        assert run(config, "search", "Who understood how bees speak?", "--limit", "3", "--json") == 0
        (found,) = json.loads(capsys.readouterr().out)
        assert (found["article_id"], found["title"]) == ("articles/bees.md", "Bees")
        assert found["text"] == BEES

    def test_an_index_of_another_encoder_names_the_way_out(
        self, config: Path, store: Store, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A changed encoder setting without a build is told as such."""
        name = add_snapshot(store.layout.storage, three_articles())

        assert run(config, "search", "bees") == 1
        err = capsys.readouterr().err
        assert f"snapshot {name} was built with encoder fake:1:float32" in err
        assert 'run "verbatim-index build"' in err


def test_every_error_is_a_line_for_people(config: Path, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """No traceback for what can go wrong."""
    name = add_snapshot(store.layout.storage, three_articles())
    store.layout.snapshot(name).manifest.write_text("{}")

    assert run(config, "status") == 1

    err = capsys.readouterr().err
    assert err.startswith("verbatim-index: snapshot ")
    assert "Traceback" not in err
