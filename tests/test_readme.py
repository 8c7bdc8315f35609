"""The README says what is true."""

import re
from pathlib import Path

import pytest

from bot.records import Question, Quote
from bot.settings import BotSettings
from bot.wiring import open_answerer
from bot.wording import NOT_SAID
from index import build_index, load_settings

ROOT = Path(__file__).parents[1]
_EXAMPLE = re.compile(r"^\*\*(.+\?)\*\*\n\n(?:> (.+)|(.+))$", re.MULTILINE)


@pytest.mark.model
def test_its_questions_are_answered_as_it_says(tmp_path: Path) -> None:
    """Each question over the samples has the quote that stands under it, with the marked words, or none."""
    settings = load_settings(BotSettings, ROOT / "config" / "verbatim.toml", [f"storage.folder={tmp_path}"])
    build_index(settings)
    service = open_answerer(settings)
    examples = _EXAMPLE.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(examples) == 5
    for question, quoted, said in examples:
        answer = service.answer(Question(question))
        assert (_marked(answer.quotes[0]) if answer.quotes else NOT_SAID) == (quoted or said)


def _marked(quote: Quote) -> str:
    if quote.answer is None:
        return quote.text
    first, last = quote.answer.start - quote.start, quote.answer.end - quote.start
    return f"{quote.text[:first]}**{quote.text[first:last]}**{quote.text[last:]}"
