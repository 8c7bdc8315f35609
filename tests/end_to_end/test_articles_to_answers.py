"""A folder of articles, the build as a process, questions through another process."""

import json
import os
import shutil
import time
from pathlib import Path
from typing import Any, cast

import pytest
from end_to_end.commands import ROOT, SETTINGS, Place

from index import Store

pytestmark = [pytest.mark.process, pytest.mark.model]

QUESTIONS = {
    "Who took the first photograph of the comet Verbatim?": "Ada Byron took the first photograph of the comet",
    "How many people saw the comet from the bridge?": "About 4,200 people",
    "¿Dónde crece el azafrán de La Mancha?": "La Mancha",
}
COMET = (
    "---\ntitle: A comet over the bridge\nurl: https://www.example.org/comet\ndate: 2024-03-09\n---\n\n"
    "# A comet\u00ad over the bridge\r\n\r\nThe comet Verbatim — 🐝 to its friends — was seen on Friday.\u200b "
    "Ada Byron took the first photograph of the comet. She used a telescope of 1843.\r\n\r\n"
    "About 4,200 people watched it from the old bridge.\r\n"
)
COUNCILS = {
    "Lunde": (("Ines Aker", "2023-02-01"), ("Tor Vik", "2026-11-20")),
    "Bergvik": (("Tor Vik", "2023-02-01"), ("Ines Aker", "2026-11-20")),
}
"""Who chairs the council of a town, by articles of two days."""


def council(town: str, name: str, day: str) -> str:
    """An article that could be of any day."""
    rest = {"2023": "Its members count the boats every spring.", "2026": "The old customs house is where it meets."}
    text = f"{name} chairs the harbour council of {town}. {rest[day[:4]]}"
    return f"---\ntitle: The harbour council\ndate: {day}\n---\n\n{text}\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The sample articles and one more, built by the command."""
    folder = tmp_path_factory.mktemp("place")
    place = Place(folder)
    (folder / "verbatim.toml").write_text(SETTINGS)
    place.articles.mkdir()
    for name in ("azafran.md", "tides.txt", "bicycle.docx", "rosetta-stone.pdf", "higgs-boson.html"):
        shutil.copy(ROOT / "config" / "articles" / name, place.articles)
    (place.articles / "comet.md").write_bytes(COMET.encode())
    for town, told in COUNCILS.items():
        for name, day in told:
            (place.articles / f"{town}-{day}.md").write_text(council(town, name, day))
    built = place.run("index", "build")
    assert (built.returncode, built.stdout, built.stderr) == (0, "", "")
    return place


def stored(place: Place, article_id: str) -> str:
    """The article's text as the published snapshot holds it."""
    with Store(place.folder / "store").open_current() as snapshot:
        article = snapshot.article(article_id)
    assert article is not None
    return article.text


def test_every_quote_is_a_slice_of_its_article(place: Place) -> None:
    """Over several formats and languages: text, answer and offsets agree with what is stored."""
    answers = cast(
        list[dict[str, Any]], place.ask(*QUESTIONS, "Who deciphered the Rosetta Stone?", "How hot is Venus?")
    )
    assert [answer["question"] for answer in answers][:3] == list(QUESTIONS)
    quotes = [quote for answer in answers for quote in (*answer["quotes"], *answer["nearest"])]
    assert len(quotes) >= len(answers)
    for quote in quotes:
        text = stored(place, quote["article"]["id"])
        assert text[quote["start"] : quote["end"]] == quote["text"]
        if marked := quote["answer"]:
            assert text[marked["start"] : marked["end"]] == marked["text"]
            assert quote["start"] <= marked["start"] < marked["end"] <= quote["end"]
    for answer, words in zip(answers[:3], QUESTIONS.values(), strict=True):
        assert any(words in quote["text"] for quote in (*answer["quotes"], *answer["nearest"])), answer
    assert {answer["snapshot"] for answer in answers} == {Store(place.folder / "store").current()}


def test_the_newer_of_two_that_answer_alike_comes_first(place: Place) -> None:
    """Without a time word in the question, whichever of two names it is."""
    answers = cast(
        list[dict[str, Any]], place.ask(*(f"Who chairs the harbour council of {town}?" for town in COUNCILS))
    )
    for answer, told in zip(answers, COUNCILS.values(), strict=True):
        name, day = told[1]
        assert answer["quotes"][0]["article"]["published"] == day, answer
        assert answer["quotes"][0]["answer"]["text"] == name


def test_answers_come_line_by_line(place: Place) -> None:
    """Who pipes questions in one at a time gets each answer before asking the next."""
    with place.started("bot", "ask", "--json", "-") as process:
        assert process.stdin and process.stdout
        for question in list(QUESTIONS)[:2]:
            process.stdin.write(f"{question}\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["question"] == question
        process.stdin.close()
        assert process.wait(10) == 0


def test_bytes_that_are_no_text_do_not_end_the_answers(place: Place) -> None:
    """A broken line among good ones."""
    with place.started("bot", "ask", "--json", "-") as process:
        assert process.stdin and process.stdout
        os.write(process.stdin.fileno(), b"\xff\xfe who?\nHow many people saw the comet?\n")
        process.stdin.close()
        lines = [json.loads(line) for line in process.stdout]
        assert [line["question"] for line in lines] == ["�� who?", "How many people saw the comet?"]
        assert process.wait(10) == 0


def test_the_terminal_answers_a_file_of_questions(place: Place) -> None:
    """``run`` without a token: one line on standard error, answers on standard output, status 0."""
    ended = place.run("bot", "run", given="How many people saw the comet from the bridge?\n")
    assert ended.returncode == 0
    assert len(ended.stderr.splitlines()) == 1 and "TELEGRAM_BOT_TOKEN" in ended.stderr
    assert "4,200" in ended.stdout and "https://www.example.org/comet" in ended.stdout


def test_an_edited_article_is_answered_in_its_new_words(place: Place) -> None:
    """Edit, rebuild, ask: only what changed was encoded; a removed article answers nothing more."""
    question = "How many people saw the comet from the bridge?"
    (place.articles / "comet.md").write_bytes(COMET.replace("4,200", "5,300").encode())
    (place.articles / "tides.txt").unlink()
    built = json.loads(place.run("index", "build", "--json").stdout)
    assert (built["published"], built["changed"], built["removed"], built["new"]) == (True, 1, 1, 0)
    assert 1 <= built["encoded"] <= 2
    (answer,) = cast(list[dict[str, Any]], place.ask(question))
    texts = [quote["text"] for quote in (*answer["quotes"], *answer["nearest"])]
    assert any("5,300" in text for text in texts) and not any("4,200" in text for text in texts)
    assert answer["snapshot"] == built["snapshot"]


def test_a_second_start_encodes_nothing(place: Place) -> None:
    """Nothing changed: the build ends at once, the same snapshot stays."""
    before = Store(place.folder / "store").current()
    started = time.monotonic()
    built = json.loads(place.run("index", "build", "--json").stdout)
    assert (built["published"], built["encoded"], built["snapshot"]) == (False, 0, before)
    assert time.monotonic() - started < 10


def test_a_broken_document_is_skipped_with_status_3(place: Place) -> None:
    """Its path and its reason on standard error; the others are answered from."""
    (place.articles / "broken.docx").write_bytes(b"PK\x03\x04 cut off")
    ended = place.run("index", "build")
    (place.articles / "broken.docx").unlink()
    assert ended.returncode == 3
    assert "broken.docx" in ended.stderr and "Traceback" not in ended.stderr
    assert place.ask("How many people saw the comet from the bridge?")[0]["snapshot"]


def test_the_commands_need_no_settings_beside_them(tmp_path: Path) -> None:
    """Where there are no settings and nothing was published: a clear error, status 1 or 2, no traceback."""
    bare = Place(tmp_path)
    (tmp_path / "verbatim.toml").write_text("")
    for module, arguments, status in (("bot", ["ask", "x"], 1), ("index", ["build"], 2), ("bot", ["sing"], 2)):
        ended = bare.run(module, *arguments)
        assert ended.returncode == status, ended.stderr
        assert ended.stdout == "" and "Traceback" not in ended.stderr
