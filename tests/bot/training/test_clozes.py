"""Questions made from sentences: what is asked for, of which passage, and what is never made."""

import gzip
import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from bot.training.clozes import MADE, NEAR, PER_PARAGRAPH, made_of_news, made_of_paragraphs
from bot.training.corpora import part_of
from bot.training.examples import Example

DAM = "The singer Ines Quill opened the Marrow Dam in Lunaria on 3 May 2021 after twelve engineers had drawn it."
OTHER = "The Marrow Dam stores water. In Lunaria, said the singer Ines Quill, twelve engineers drew what she opened."
FAR = "Cheese is made of milk. Nobody has opened any dam here, and no engineers were asked."


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "reader-train"
    folder.mkdir()
    monkeypatch.setenv("VERBATIM_DATA", str(tmp_path))
    return folder


def write(data: Path, name: str, rows: Sequence[Mapping[str, object]]) -> None:
    with gzip.open(data / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write("".join(f"{json.dumps(row)}\n" for row in rows))


def quiz(*articles: tuple[str, str], number: int = 0) -> dict[str, object]:
    """A quiz whose passages have these titles and texts."""
    passages = [
        {"title": title, "published": "2021-05-04", "found_for_question": True, "text": text, "spans": []}
        for title, text in articles
    ]
    return {"question": f"Who opened it{number}?", "asked": "2021-05-07", "answer": "Quill", "passages": passages}


def answers(example: Example) -> set[str]:
    (positive,) = example.positives
    return {positive.text[span.start : span.end] for span in positive.spans}


def check(example: Example, source: str) -> None:
    """What holds of every question that was made."""
    (answer,) = answers(example)
    assert example.source == source
    assert example.question.endswith("?") and answer not in example.question
    assert not any(answer.casefold() in negative.text.casefold() for negative in example.negatives)
    assert all(not negative.spans for negative in example.negatives)


def test_a_sentence_of_one_article_is_asked_of_another(data: Path) -> None:
    """Both tell the same with other words; what is asked for stands near words of the question."""
    asked_by_many = [quiz(("Opened", DAM), ("A dam", OTHER), ("Cheese", FAR), number=n) for n in range(20)]
    write(data, "newsquiz-passages-2022-2023", asked_by_many)
    examples = list(made_of_news())
    assert examples
    for example in examples:
        check(example, "made-news")
        assert example.part == part_of("2021-05-07")
        assert example.positives[0].title in ("Opened", "A dam")
    asked = {next(iter(answers(example))): example.question.split()[0] for example in examples}
    assert asked == {"Ines Quill": "who", "Lunaria": "where", "twelve": "how"}


def test_an_answer_among_other_things_is_no_answer(data: Path) -> None:
    """The same name far from everything that the question speaks of tells nothing about it."""
    away = f"Cheese. {'It is made of milk. ' * (NEAR // 10)} Ines Quill likes it. {'It is old. ' * (NEAR // 5)}"
    write(data, "newsquiz-passages-2022-2023", [quiz(("Opened", DAM), ("Cheese", away))])
    assert list(made_of_news()) == []


def test_paragraphs_are_asked_what_their_own_sentences_say(data: Path) -> None:
    """At most so many questions of each, with the other paragraphs of their group as negatives."""
    lines = [
        {"question": "?", "context": text, "group": "Marrow_Dam", "answers": []}
        for text in (DAM, FAR, DAM.replace("Ines Quill", "Bo Tarn").replace("2021", "1994"))
        for _ in range(2)
    ]
    write(data, "squadshifts-wiki", lines)
    examples = list(made_of_paragraphs("squadshifts-wiki"))
    assert 0 < len(examples) <= 2 * PER_PARAGRAPH
    for example in examples:
        check(example, "made-squadshifts-wiki")
        assert example.positives[0].title == "Marrow Dam" and example.part == part_of("Marrow_Dam")


def test_the_same_questions_are_made_in_every_run(data: Path) -> None:
    """Chance is drawn from the texts."""
    write(data, "newsquiz-passages-2022-2023", [quiz(("Opened", DAM), ("A dam", OTHER))])
    random.seed(1)
    first = list(made_of_news())
    random.seed(2)
    assert list(made_of_news()) == first


def test_every_file_of_made_questions_is_named() -> None:
    """They are mined and drawn by these names."""
    assert list(MADE) == ["made-news", "made-squadshifts-wiki"]
