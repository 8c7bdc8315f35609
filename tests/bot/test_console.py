"""The same conversation in a terminal."""

import io
import re
from dataclasses import replace
from datetime import date

import pytest
from fakes import ARTICLE, SENTENCES, FakeAnswers, quote_of

from bot.console import converse, explained, shown
from bot.records import Answer, Explanation, Place, Question, Weighed
from bot.wording import CANNOT_SEARCH, NOT_SAID

DAY = date(2026, 11, 22)


def an_answer(text: str) -> Answer:
    return FakeAnswers().answer(Question(text))


def test_quotes_are_shown_with_their_sources_and_links() -> None:
    """The answering words marked, title, site, day with its age, and a link that can be copied."""
    first = shown(an_answer("How warm?"), DAY).split("\n\n")[0]
    assert first.splitlines() == [
        "  | Bee number 0 keeps warm <b>in</b> winter & *hums* 🐝 at *00 degrees*.",
        "    Bees in winter · The Example · 21 November 2026 (yesterday)",
        "    https://news.example/bees#:~:text=0",
        "    Also in: Bees in winter · The Example",
    ]
    assert len(shown(an_answer("How warm?"), DAY).split("\n\n")) == 3


def test_on_a_terminal_the_answer_is_bold() -> None:
    """As terminals do it; asterisks are for files."""
    assert "\033[1m00 degrees\033[0m." in shown(an_answer("How warm?"), DAY, bold=True)


def test_without_an_answer_it_says_so() -> None:
    """And labels what is near; nothing near, nothing more."""
    lines = shown(an_answer("something unknown"), DAY).split("\n\n")
    assert lines[0] == "The articles do not say."
    assert "may not answer" in lines[1] and len(lines) == 4
    assert shown(an_answer("nothing"), DAY) == "The articles do not say."


def test_unknown_parts_of_a_source_are_left_out() -> None:
    """No date is invented, no link without an address."""
    bare = replace(quote_of(1, replace(ARTICLE, site=None, published=None, url=None)), answer=None)
    answer = replace(an_answer("How warm?"), quotes=(bare,))
    assert shown(answer, DAY).splitlines() == [f"  | {SENTENCES[1]}", "    Bees in winter"]


def test_a_long_quote_is_folded_at_blanks_only() -> None:
    """Every word as it stands in the article, also one longer than a line."""
    words = ["https://example.org/" + "x" * 120, "well-known", *SENTENCES[0].split() * 6]
    text = " ".join(words)
    article = replace(ARTICLE, text=text)
    quote = replace(quote_of(0), article=article, start=0, end=len(text), text=text, answer=None, link=None)
    lines = shown(replace(an_answer("?"), quotes=(quote,)), DAY).splitlines()[:-1]
    assert [word for line in lines for word in line.removeprefix("  | ").split(" ")] == words
    assert all(len(line) <= 96 for line in lines if "xxx" not in line)


def test_a_search_that_is_away_does_not_end_the_conversation(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is told in the place of the answer, and the next question is asked."""
    monkeypatch.setattr("sys.stdin", io.StringIO("Who is away?\nnothing"))
    converse(FakeAnswers(), interactive=False)
    assert capsys.readouterr().out.split("\n") == [
        "? Who is away?", CANNOT_SEARCH, "", "? nothing", NOT_SAID, "", "",
    ]  # fmt: skip


def test_each_line_of_a_file_is_answered(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Its question before each answer; blank lines are none."""
    monkeypatch.setattr("sys.stdin", io.StringIO("How warm?\n\n   \nsomething unknown\r\nnothing"))
    converse(FakeAnswers(), interactive=False)
    out = capsys.readouterr().out
    assert re.findall(r"^\? (.*)$", out, re.M) == ["How warm?", "something unknown", "nothing"]
    assert out.count("The articles do not say.") == 2


def test_at_a_terminal_an_empty_line_ends_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """After a word on what is indexed; Ctrl-D and Ctrl-C end it too."""
    typed = iter(["How warm?", "", "never asked"])
    monkeypatch.setattr("builtins.input", lambda prompt: next(typed))
    converse(FakeAnswers(), interactive=True)
    out = capsys.readouterr().out
    assert out.startswith("1 article, indexed 22 November 2026, 02:30 UTC.\nAsk a question")
    assert "\033[1m00 degrees" in out
    assert next(typed) == "never asked"


@pytest.mark.parametrize("end", [EOFError, KeyboardInterrupt])
def test_the_end_of_input_ends_it(
    end: type[BaseException], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a traceback."""

    def ended(prompt: str) -> str:
        raise end

    monkeypatch.setattr("builtins.input", ended)
    converse(FakeAnswers(), interactive=True)
    assert capsys.readouterr().out.endswith("\n")


def test_copies_are_named_once_each() -> None:
    """Title and site of every other article with the same words."""
    other = replace(ARTICLE, id="b", title="Again", site=None)
    quote = replace(quote_of(0), also=(Place(ARTICLE, 0, 5), Place(other, 0, 5)))
    assert "    Also in: Bees in winter · The Example; Again" in shown(replace(an_answer("?"), quotes=(quote,)), DAY)


def test_of_many_copies_three_are_named() -> None:
    """And the number of the others."""
    copies = [Place(replace(ARTICLE, id=f"{n}", title=f"Copy {n}", site=None), 0, 5) for n in range(5)]
    text = shown(replace(an_answer("?"), quotes=(replace(quote_of(0), also=tuple(copies)),)), DAY)
    assert text.endswith("    Also in: Copy 0; Copy 1; Copy 2 and 2 more")


def an_explanation(confidence: float = 0.75) -> Explanation:
    first, second = quote_of(0), quote_of(1)
    weighed = (
        Weighed(Place(ARTICLE, first.start, first.end), first.answer, 3.25, {"reading": 2.5, "agreement": -0.126}),
        Weighed(Place(ARTICLE, second.start, second.end), None, -11.0, {"reading": -10.0, "agreement": 0.0}),
    )
    return Explanation(Question("How warm?"), weighed, confidence, 0.5)


def test_an_explanation_shows_what_speaks_for_each_sentence() -> None:
    """How sure and why, a row of parts for each, and the sentences with their sources, the answering words marked."""
    assert explained(an_explanation(), DAY).splitlines() == [
        "confidence 0.750, threshold 0.500: quoted",
        "      score   reading agreement",
        "  1.  +3.25     +2.50     -0.13",
        "  2. -11.00    -10.00     +0.00",
        "",
        "  1. Bee number 0 keeps warm <b>in</b> winter & *hums* 🐝 at *00 degrees*.",
        "     Bees in winter · The Example · 21 November 2026 (yesterday)",
        "  2. Bee number 1 keeps warm <b>in</b> winter & *hums* 🐝 at 10 degrees.",
        "     Bees in winter · The Example · 21 November 2026 (yesterday)",
    ]


@pytest.mark.parametrize(("confidence", "verdict"), [(0.5, "quoted"), (0.499, "declined")])
def test_an_explanation_says_whether_it_is_quoted(confidence: float, verdict: str) -> None:
    """At the threshold it answers, as the answer itself does."""
    assert explained(an_explanation(confidence), DAY).splitlines()[0].endswith(f": {verdict}")


def test_nothing_found_is_explained_too() -> None:
    """Without a table."""
    assert explained(Explanation(Question("?"), (), 0.0, 0.5), DAY) == "Nothing was found."


def test_a_question_may_follow_the_one_before(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """For the minutes of the settings; the answer says with which words it was read."""
    for minutes, times in ((10.0, 1), (0.0, 0)):
        monkeypatch.setattr("sys.stdin", io.StringIO("How warm are honeybees?\nWhen was it?\n"))
        converse(FakeAnswers(), interactive=False, followup_minutes=minutes)
        assert capsys.readouterr().out.count("(Read together with your question before: honeybees.)") == times


def test_how_a_question_was_read_is_told() -> None:
    """The days whose articles were read, and another spelling."""
    told = shown(FakeAnswers().answer(Question("How warm were the baes yesterday?")), DAY)
    assert "(Only articles of these days: 21 November 2026.)" in told
    assert '(Looked for "bees": no article has "baes".)' in told
