"""``verbatim-bot``: what other programs rely on. In this process; the real encoder where something is answered."""

import io
import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest
from corpus import LIGHT, ROWS, TOWER, write_rows

from bot import cli
from bot.cli.answering import NO_TOKEN
from bot.cli.call import DONE, FAILED, USAGE
from bot.settings import BotSettings
from index import build_index, load_settings

TALL = "How tall is the Eiffel Tower?"
SETTINGS = """
[storage]
folder = "store"
[[sources]]
kind = "files"
folder = "articles"
[answers]
threshold = 0.0
"""


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No token, no settings of the machine's, a folder of its own."""
    for name in ("TELEGRAM_BOT_TOKEN", "TELEGRAM_BOT_TOKEN_FILE", "VERBATIM_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def empty(tmp_path: Path) -> str:
    """Settings under which nothing was published yet."""
    path = tmp_path / "verbatim-empty.toml"
    path.write_text(SETTINGS)
    return str(path)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Settings whose index is built with the real encoder."""
    folder = tmp_path_factory.mktemp("cli")
    write_rows(folder / "articles" / "articles.jsonl", ROWS)
    (folder / "verbatim.toml").write_text(SETTINGS)
    build_index(load_settings(BotSettings, folder / "verbatim.toml"))
    return str(folder / "verbatim.toml")


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts lines into standard input."""
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


def of(check: str, lines: list[str]) -> str:
    return next(line for line in lines if line[2:].startswith(f"{check}:"))


class TestUsage:
    @pytest.mark.parametrize(
        "arguments", [[], ["sing"], ["ask"], ["evaluate"], ["ask", "--nothing", "x"], ["ask", "--asked", "today", "x"]]
    )
    def test_what_cannot_be_understood_ends_with_2(
        self, arguments: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Usage goes to standard error."""
        assert cli.main(arguments) == USAGE == 2
        out, err = capsys.readouterr()
        assert out == "" and "usage: verbatim-bot" in err

    @pytest.mark.parametrize("command", [[], ["run"], ["chat"], ["ask"], ["evaluate"], ["check"]])
    def test_every_command_has_help_and_takes_config_and_set(
        self, command: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        """--help ends with 0."""
        assert cli.main([*command, "--help"]) == DONE == 0
        out = capsys.readouterr().out
        assert "--config FILE" in out and "--set SECTION.KEY=VALUE" in out and "--json" in out

    @pytest.mark.parametrize("every", ["0", "-1", "x", "1.5"])
    def test_every_is_a_whole_number_above_zero(self, every: str) -> None:
        """Anything else is usage."""
        assert cli.main(["evaluate", "--articles", "a", "--questions", "q", "--every", every]) == USAGE


class TestSettings:
    def test_every_problem_is_told_at_once(self, empty: str, capsys: pytest.CaptureFixture[str]) -> None:
        """Of the file and of --set, before and after the command; status 2."""
        arguments = ["--config", empty, "--set", "answers.quotes=9", "ask", "--set", "telegram.tokn=1", TALL]
        assert cli.main(arguments) == USAGE
        out, err = capsys.readouterr()
        assert out == ""
        assert "answers.quotes" in err and "telegram.tokn: unknown key" in err

    def test_a_missing_file_is_told(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Status 2, its name, no traceback."""
        assert cli.main(["ask", "--config", "nowhere.toml", TALL]) == USAGE
        err = capsys.readouterr().err
        assert "there is no settings file" in err and "nowhere.toml" in err and "Traceback" not in err

    def test_a_token_in_the_settings_is_refused(self, empty: str, capsys: pytest.CaptureFixture[str]) -> None:
        """It comes from the environment or a file only."""
        assert cli.main(["run", "--config", empty, "--set", 'telegram.token="4242:abc"']) == USAGE
        assert "telegram.token: unknown key" in capsys.readouterr().err

    def test_without_an_index_the_way_out_is_told(self, empty: str, capsys: pytest.CaptureFixture[str]) -> None:
        """Status 1."""
        for command in (["ask", TALL], ["chat"], ["run"]):
            assert cli.main(["--config", empty, *command]) == FAILED == 1
            out, err = capsys.readouterr()
            assert out == "" and 'run "verbatim-index build"' in err

    def test_the_last_override_counts(self, empty: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Repeatable, on both sides of the command."""
        given = ["--config", empty, "--set", "storage.folder=one", "ask", "--set", "storage.folder=two", TALL]
        assert cli.main(given) == FAILED
        assert f"published in {tmp_path / 'two'}" in capsys.readouterr().err


@pytest.mark.model
class TestAsk:
    def test_json_has_the_promised_shape(self, config: str, capsys: pytest.CaptureFixture[str]) -> None:
        """One object on one line; offsets are code points of the article's text."""
        assert cli.main(["ask", "--json", "--config", config, TALL]) == DONE
        out, err = capsys.readouterr()
        (line,) = out.splitlines()
        content = json.loads(line)
        assert list(content) == ["question", "answered", "confidence", "quotes", "nearest", "snapshot", "ms"]
        assert (content["question"], content["answered"], content["nearest"]) == (TALL, True, [])
        assert 0 <= content["confidence"] <= 1 and content["ms"] > 0
        quote = content["quotes"][0]
        assert list(quote) == ["text", "start", "end", "answer", "score", "link", "article", "also"]
        assert TOWER[quote["start"] : quote["end"]] == quote["text"]
        assert "330 metres" in quote["text"]
        assert TOWER[quote["answer"]["start"] : quote["answer"]["end"]] == quote["answer"]["text"]
        assert quote["answer"]["text"].startswith("330")
        assert quote["link"].startswith("https://www.example.org/tower#:~:text=")
        assert quote["article"] == {
            "id": "tower",
            "title": "The tower",
            "url": "https://www.example.org/tower",
            "site": "example.org",
            "author": "Ada Byron",
            "published": "2024-05-01",
            "language": "en",
        }
        assert err == ""

    def test_a_sentence_of_two_articles_is_one_quote(self, config: str, capsys: pytest.CaptureFixture[str]) -> None:
        """The others stand in "also"."""
        assert cli.main(["ask", "--json", "--config", config, "When did Ole Rømer measure its speed?"]) == DONE
        quotes = json.loads(capsys.readouterr().out)["quotes"]
        holding = next(quote for quote in quotes if "Rømer measured" in quote["text"])
        assert {holding["article"]["id"], *(article["id"] for article in holding["also"])} == {"light", "copy"}

    def test_a_dash_reads_one_question_a_line(
        self, config: str, typed: Callable[[str], None], capsys: pytest.CaptureFixture[str]
    ) -> None:
        """One object a line, in their order; nothing that is typed ends it."""
        questions = [TALL, "🐝 ' OR \" NEAR(", "?!", "Who watched the moons of Jupiter?", "why " * 1000]
        typed("\n".join([questions[0], "", *questions[1:]]))
        assert cli.main(["--config", config, "ask", "-", "--json"]) == DONE
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert [line["question"] for line in lines] == [question.strip() for question in questions]
        assert "He watched the moons of Jupiter." in lines[3]["quotes"][0]["text"]
        assert LIGHT[lines[3]["quotes"][0]["start"] :].startswith(lines[3]["quotes"][0]["text"])

    def test_under_the_threshold_the_articles_do_not_say(self, config: str, capsys: pytest.CaptureFixture[str]) -> None:
        """No quotes, at most two nearest of the same shape; in text, the sentence and the label."""
        given = ["--config", config, "--set", "answers.threshold=1.0", "ask", TALL]
        assert cli.main([*given, "--json"]) == DONE
        content = json.loads(capsys.readouterr().out)
        assert (content["answered"], content["quotes"]) == (False, [])
        assert 1 <= len(content["nearest"]) <= 2
        assert list(content["nearest"][0]) == ["text", "start", "end", "answer", "score", "link", "article", "also"]
        assert cli.main(given) == DONE
        assert capsys.readouterr().out.startswith("The articles do not say.\n\nClosest passages")

    def test_explain_shows_what_speaks_for_each_candidate(
        self, config: str, typed: Callable[[str], None], capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Instead of the answer, for each question; the sentence that answers is the first of the best."""
        assert cli.main(["ask", "--explain", "--config", config, TALL]) == DONE
        head, table, *lines = capsys.readouterr().out.splitlines()
        assert head.startswith("confidence 0.") and head.endswith(", threshold 0.000: quoted")
        assert table.split() == ["score", "reading", "search", "words", "kind", "agreement", "time", "form"]
        rows = lines[: lines.index("")]
        assert [row.split(".")[0].strip() for row in rows] == [str(n + 1) for n in range(len(rows))]
        scores = [float(row.split()[1]) for row in rows]
        assert 3 < len(rows) <= 10 and scores == sorted(scores, reverse=True)
        assert lines[lines.index("") + 1].startswith("  1. The tower is *330 met")
        assert lines[lines.index("") + 2].strip() == "The tower · example.org · 1 May 2024"
        typed(f"{TALL}\n?!\n")
        assert cli.main(["ask", "--explain", "--config", config, "-"]) == DONE
        assert capsys.readouterr().out.endswith("\nNothing was found.\n")
        assert cli.main(["ask", "--explain", "--json", "--config", config, TALL]) == DONE
        content = json.loads(capsys.readouterr().out)
        assert [one["score"] for one in content["weighed"]] == pytest.approx(scores, abs=0.01)

    def test_the_day_of_asking_counts(self, config: str, capsys: pytest.CaptureFixture[str]) -> None:
        """--asked is the day from which ages are told."""
        assert cli.main(["ask", "--config", config, "--asked", "2024-05-02", TALL]) == DONE
        assert "1 May 2024 (yesterday)" in capsys.readouterr().out

    def test_a_reader_that_cannot_be_loaded_ends_it(self, config: str, capsys: pytest.CaptureFixture[str]) -> None:
        """Status 1, before anything is asked."""
        assert cli.main(["ask", "--config", config, "--set", "answers.reader=nowhere", TALL]) == FAILED
        out, err = capsys.readouterr()
        assert out == "" and "nowhere holds no reading model" in err and "answers.reader" in err

    def test_overrides_are_obeyed(self, config: str, capsys: pytest.CaptureFixture[str]) -> None:
        """answers.quotes bounds what is shown."""
        assert cli.main(["ask", "--config", config, "--json", "--set", "answers.quotes=1", TALL]) == DONE
        assert len(json.loads(capsys.readouterr().out)["quotes"]) == 1


@pytest.mark.model
class TestRun:
    def test_without_a_token_it_is_the_terminal_after_one_line(
        self, config: str, typed: Callable[[str], None], capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The line says how to get one; standard output carries answers only; the end of input is status 0."""
        typed(f"{TALL}\n")
        assert cli.main(["run", "--config", config]) == DONE
        out, err = capsys.readouterr()
        assert err == f"{NO_TOKEN}\n"
        assert "@BotFather" in NO_TOKEN and "TELEGRAM_BOT_TOKEN" in NO_TOKEN and "\n" not in NO_TOKEN
        assert out.startswith(f"? {TALL}\n") and "*330" in out

    def test_chat_says_nothing_of_tokens(
        self, config: str, typed: Callable[[str], None], capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Who asks for the terminal gets it."""
        typed("")
        assert cli.main(["chat", "--config", config]) == DONE
        assert capsys.readouterr() == ("", "")

    def test_a_token_file_that_is_not_there_ends_it(
        self, config: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Status 1: falling back to the terminal would hide the mistake."""
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN_FILE", f"{config}-no-such-file")
        assert cli.main(["run", "--config", config]) == FAILED
        assert "-no-such-file, which TELEGRAM_BOT_TOKEN_FILE names, cannot be read" in capsys.readouterr().err


class TestCheck:
    def test_settings_that_cannot_be_used_are_a_check_too(self, empty: str, capsys: pytest.CaptureFixture[str]) -> None:
        """✗ on standard output, status 2."""
        assert cli.main(["check", "--config", empty, "--set", "answers.quotes=9"]) == USAGE
        out, err = capsys.readouterr()
        assert out.startswith("✗ settings: ") and "answers.quotes" in out and err == ""
        assert cli.main(["check", "--json", "--config", "nowhere.toml"]) == USAGE
        content = json.loads(capsys.readouterr().out)
        assert content["name"] == "settings" and not content["good"] and "nowhere.toml" in content["text"]

    @pytest.mark.model
    def test_each_check_is_a_line(self, config: str, capsys: pytest.CaptureFixture[str]) -> None:
        """Without a token one of them fails: status 1."""
        assert cli.main(["check", "--config", config]) == FAILED
        lines = capsys.readouterr().out.splitlines()
        assert [line[:2] for line in lines] == ["✓ ", "✓ ", "✓ ", "✓ ", "✗ ", "✓ ", "✓ "]
        assert of("settings", lines) == f"✓ settings: {config}"
        assert "@BotFather" in of("token", lines)
        assert of("reader", lines).startswith("✓ reader: reads en; weighs ")
        assert cli.main(["check", "--config", config, "--json"]) == FAILED
        content = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert [set(one) for one in content] == [{"name", "good", "text"}] * 7


@pytest.mark.model
class TestEvaluate:
    @pytest.fixture
    def given(self, tmp_path: Path, config: str) -> list[str]:
        """A question set of the small corpus: two answerable questions, two others."""
        place = {"article": "tower", "start": TOWER.index("330 metres"), "text": "330 metres"}
        questions = [
            {"id": 1, "question": TALL, "answerable": True, "answers": [place]},
            {"id": 2, "question": "Who sings?", "answerable": False, "answers": []},
            {
                "id": 3,
                "question": "Who watched moons?",
                "answerable": True,
                "answers": [{"text": "he watched"}],
                "asked": "2024-02-03",
            },
            {"id": 4, "question": "How heavy is a car?", "answerable": False, "answers": []},
        ]
        articles = write_rows(tmp_path / "set" / "articles.jsonl", ROWS)
        path = write_rows(tmp_path / "set" / "questions.jsonl", questions)
        return ["evaluate", "--config", config, "--articles", str(articles), "--questions", str(path)]

    def test_json_has_the_promised_shape(self, given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        """Every figure is there, a number and in its range."""
        assert cli.main([*given, "--json"]) == DONE
        out, err = capsys.readouterr()
        figures = json.loads(out)
        assert err == "" and out.count("\n") == 1
        assert (figures["questions"], figures["answerable"]) == (4, 2)
        assert figures["recall"].keys() == {"dense", "words", "fused"}
        assert all(shares.keys() == {"1", "5", "20"} for shares in figures["recall"].values())
        assert figures["recall"]["fused"]["20"] == 1.0
        assert figures["quote"].keys() == {"1", "3"} and figures["quote"]["3"] == 1.0
        assert figures["declined"].keys() == {"answerable", "unanswerable"}
        assert 0 <= figures["auroc"] <= 1
        assert figures["verbatim"] == 1
        assert 0 < figures["latency_ms"]["p50"] <= figures["latency_ms"]["p95"]
        assert figures["encode"]["passages"] >= len(ROWS) and figures["encode"]["per_second"] > 0
        assert figures["peak_mb"] > 50
        assert all(math.isfinite(value) for value in figures.values() if isinstance(value, float))
        assert (figures["dated"], figures["foreign"]) == (1, None)
        assert figures["marked"].keys() == {"any", "exact", "f1"}
        assert [row.keys() for row in figures["risk_coverage"]] == [{"coverage", "threshold", "risk"}] * 10
        assert 0 <= figures["aurc"] <= 1 and 0 <= figures["ece"] <= 1
        assert {key for row in figures["reliability"] for key in row} == {"confidence", "right", "count"}
        assert sum(row["count"] for row in figures["reliability"]) == 4

    def test_foreign_questions_no_day_and_pictures(
        self, given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """--foreign asks another set's questions too, --without-time tells no day, --draw writes two pictures."""
        questions, drawn = given[-1], tmp_path / "new" / "drawn"
        assert cli.main([*given, "--json", "--foreign", questions, "--without-time", "--draw", str(drawn)]) == DONE
        figures = json.loads(capsys.readouterr().out)
        assert figures["dated"] == 0
        foreign = figures["foreign"]
        assert foreign["questions"] == 4
        assert 0 <= foreign["auroc_right"] <= 1 and 0 <= foreign["auroc_answerable"] <= 1
        assert [row["false_answers"] for row in foreign["operating"]] == [0.01, 0.02, 0.05, 0.1]
        assert foreign["operating"][0].keys() == {"false_answers", "threshold", "kept"}
        assert {path.name for path in drawn.iterdir()} == {"risk-coverage.svg", "reliability.svg"}
        assert all(path.read_text().startswith("<svg ") for path in drawn.iterdir())

    def test_answers_are_written_with_their_judgement(
        self, given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """--answers writes a line a question: its quotes, also if it is declined, what was expected, and the rank."""
        written = tmp_path / "answers.jsonl"
        assert cli.main([*given, "--answers", str(written), "--set", "answers.threshold=1"]) == DONE
        capsys.readouterr()
        answers = [json.loads(line) for line in written.read_text(encoding="utf-8").splitlines()]
        assert [one["answerable"] for one in answers] == [True, False, True, False]
        assert not any(one["answered"] for one in answers)
        moons = answers[2]
        assert (moons["question"], moons["asked"], moons["expected"]) == (
            "Who watched moons?",
            "2024-02-03",
            ["he watched"],
        )
        assert "he watched" in moons["quotes"][moons["rank"]]["text"].lower()
        assert answers[1]["rank"] is None

    def test_every_takes_each_nth_and_text_is_for_people(
        self, given: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        """--every 2: the first and the third."""
        assert cli.main([*given, "--every", "2"]) == DONE
        out = capsys.readouterr().out
        assert out.startswith("questions 2, answerable 2, ") and "verbatim  1.0000" in out

    def test_a_broken_set_is_told_by_its_file(self, given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        """Status 1, before anything is indexed."""
        Path(given[-1]).write_text("{broken\n")
        assert cli.main(given) == FAILED
        assert "questions.jsonl:1" in capsys.readouterr().err
        assert cli.main([*given[:-1], "nowhere.jsonl"]) == FAILED
        assert "nowhere.jsonl" in capsys.readouterr().err

    def test_a_broken_foreign_set_is_told_by_its_file(
        self, given: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        """As early."""
        assert cli.main([*given, "--foreign", "nowhere.jsonl"]) == FAILED
        assert "nowhere.jsonl" in capsys.readouterr().err

    def test_pictures_that_cannot_be_written_are_told_at_once(
        self, given: list[str], empty: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Before anything is indexed."""
        (tmp_path / "file").touch()
        assert cli.main([*given, "--config", empty, "--draw", str(tmp_path / "file" / "drawn")]) == FAILED
        assert "file" in capsys.readouterr().err and not (tmp_path / "store").exists()
