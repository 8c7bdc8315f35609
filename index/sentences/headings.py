"""Which paragraphs are headings: they announce what comes after them and answer nothing themselves.

Looks at form only (length, last mark, neighbours), in any language. A long run of short lines is a list.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.records import Sentence
from index.sentences.lines import ENDED, ITEM

_WORDS, _QUESTION_WORDS, _LABEL_WORDS = 15, 25, 3
_IN_A_ROW = 3
_ASKING = "?？؟"
_QUOTES = "\"'“‘«„([{‹"


def marked(text: str, paragraphs: Sequence[Sequence[Sentence]]) -> Iterator[Sentence]:
    """Yield all sentences in order, those of headings marked."""
    for paragraph, heading in zip(paragraphs, _headings(text, paragraphs), strict=True):
        yield from (replace(sentence, heading=True) if heading else sentence for sentence in paragraph)


def _headings(text: str, paragraphs: Sequence[Sequence[Sentence]]) -> list[bool]:
    """Tell of each paragraph whether it is a heading, looking from the end: only prose can be announced."""
    marks: list[bool] = []
    run, prose_follows = 0, False
    for paragraph, item in zip(reversed(paragraphs), reversed(_items(text, paragraphs)), strict=True):
        line = text[paragraph[0].start : paragraph[-1].end]
        question = _is_question(line) and all(text[s.end - 1] in _ASKING for s in paragraph)
        title = not (question or item) and (_is_title(line) if len(paragraph) == 1 else _is_teaser(text, paragraph))
        marks.append(question or (title and prose_follows and run < _IN_A_ROW))
        run = run + 1 if title or question else 0
        prose_follows = marks[-1] or not title
    return marks[::-1]


def _items(text: str, paragraphs: Sequence[Sequence[Sentence]]) -> list[bool]:
    """Tell of each paragraph whether it is a list item: a number alone among prose numbers a heading."""
    signs = [ITEM.match(text, paragraph[0].start) for paragraph in paragraphs]
    beside = [None, *signs, None]
    return [
        sign is not None and (bool(before or after) or sign[0][-2] not in ".)")
        for sign, before, after in zip(signs, beside, beside[2:], strict=False)
    ]


def _is_question(line: str) -> bool:
    """Tell whether a line of its own asks, as in interviews and pages of questions and answers."""
    return line[-1] in _ASKING and line[0] not in _QUOTES and len(line.split()) <= _QUESTION_WORDS


def _is_teaser(text: str, paragraph: Sequence[Sentence]) -> bool:
    """Tell whether a line asks and promises the answer: "Who qualifies? What to know about the plan"."""
    first, *_, last = paragraph
    line, rest = text[first.start : last.end], text[last.start : last.end]
    promised = not ENDED.search(rest) and rest.partition(",")[0].lower() not in ("yes", "no")
    return (
        promised and text[first.end - 1] in _ASKING and line[0] not in _QUOTES and len(line.split()) <= _QUESTION_WORDS
    )


def _is_title(line: str) -> bool:
    """Tell whether a line is short and unfinished, or a label with a colon."""
    words = len(line.split())
    if words > _WORDS:
        return False
    return (line.endswith(":") and words <= _LABEL_WORDS) or not (ENDED.search(line) or line[0].islower())
