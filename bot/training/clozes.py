"""Questions made from sentences by rules: a name, a number or a day is taken out, and asked for.

The question of a sentence is asked of a passage of another article that holds the same answer among some of the same
words (news), or of its own paragraph (encyclopedia): so there are many more questions than people have written, and
they say things otherwise than the passage does. They are odd English; what they teach is where to look.
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from bot.answering.kinds import Kind, markable, spans_of
from bot.records import Span
from bot.training.corpora import TITLED, Paragraph, Quiz, paragraphs, part_of, places_of, quizzes
from bot.training.examples import Example, TrainingPassage

PER_QUIZ = 12
PER_PARAGRAPH = 3
"""Questions that are made of a quiz' passages, and of a paragraph."""

SHARED = 4
"""Words of the question that must stand near the answer."""

NEAR = 150
"""Characters on both sides of the answer that count as near."""

NEGATIVES = 4

MOST_WORDS = 22
"""Of a question: longer sentences are cut around the answer."""

FORGOTTEN = 0.15
"""Share of its words that a question leaves out, so that no passage repeats it."""

_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?=\S)[^.!?\n]*)*[.!?]?")
_WORD = re.compile(r"[\w'’$€£%-]+")
_TRADE = re.compile(r"\b(?:actor|actress|singer|coach|author|director) $")
_SPEAKS = re.compile(r",? (?:who|said|says|told|added|wrote|tweeted|announced|argued|testified|was born)\b")
_PLACE = re.compile(r"\b(?:in|at|near|across|throughout|outside) (?:the )?$")
_COUNTED = re.compile(r" [a-z]{4,}")
_BEFORE_TIME = re.compile(r"\b(?:in|on|at|since|by|from|until|during|of) (?:the )?$", re.I)


@dataclass(frozen=True, slots=True)
class Cloze:
    """A question and the words that it asks for."""

    question: str
    answer: str


def made_of_news() -> Iterator[Example]:
    """Yield questions made from one article's sentence and asked of another's passage."""
    for quiz in quizzes():
        chance = random.Random(quiz["question"])
        yield from _sampled(_across(quiz, chance), PER_QUIZ)


def made_of_paragraphs(name: str) -> Iterator[Example]:
    """Yield questions made from the sentences of a file's paragraphs and asked of the same paragraph."""
    groups: dict[str, list[Paragraph]] = {}
    for line in paragraphs(name):
        groups.setdefault(line["group"], []).append(line)
    for group, lines in groups.items():
        title = group.replace("_", " ") if name in TITLED else ""
        texts = list(dict.fromkeys(line["context"] for line in lines))
        for text in texts:
            chance = random.Random(text)
            passages = [TrainingPassage(title, other) for other in texts]
            make = _asked_of(f"made-{name}", part_of(group), passages, chance)
            found = (make(cloze, TrainingPassage(title, text)) for cloze in _clozes(text, chance))
            yield from _sampled(found, PER_PARAGRAPH)


def _sampled(found: Iterator[Example | None], most: int) -> Iterator[Example]:
    for number, example in enumerate(one for one in found if one is not None):
        if number == most:
            return
        yield example


def _across(quiz: Quiz, chance: random.Random) -> Iterator[Example | None]:
    """Yield what is made of each sentence, in random order."""
    passages = [TrainingPassage(p["title"] or "", p["text"]) for p in quiz["passages"]]
    make = _asked_of("made-news", part_of(quiz["asked"]), passages, chance)
    sources = list(passages)
    chance.shuffle(sources)
    for source in sources:
        for number, cloze in enumerate(_clozes(source.text, chance)):
            if number == 2:
                break
            others = [p for p in passages if p.title != source.title and cloze.answer in p.text]
            asked = _words(cloze.question)
            best = max(others, key=lambda p: len(asked & _words(p.text)), default=None)
            yield make(cloze, best) if best else None


def _asked_of(
    source: str, part: int, passages: Sequence[TrainingPassage], chance: random.Random
) -> Callable[[Cloze, TrainingPassage], Example | None]:
    """Return what asks a question of a passage; its negatives are those of ``passages`` that share most with it."""

    def make(cloze: Cloze, passage: TrainingPassage) -> Example | None:
        asked = _words(cloze.question)
        spans = tuple(s for s in places_of(cloze.answer, passage.text) if _told_of(asked, passage.text, s))
        if not spans:
            return None
        others = [p for p in passages if cloze.answer.casefold() not in p.text.casefold()]
        others.sort(key=lambda p: -len(asked & _words(p.text)))
        positive = TrainingPassage(passage.title, passage.text, spans)
        return Example(source, cloze.question, part, (positive,), tuple(others[:NEGATIVES]))

    return make


def _told_of(asked: set[str], text: str, span: Span) -> bool:
    """Tell whether what stands around a place speaks of the same as the question."""
    around = text[max(0, span.start - NEAR) : span.start] + " " + text[span.end : span.end + NEAR]
    return len(asked & _words(around)) >= SHARED


def _clozes(text: str, chance: random.Random) -> Iterator[Cloze]:
    """Yield the questions that sentences of a text can be made into, in random order."""
    found = [(m.group(), span, kind) for m in _SENTENCE.finditer(text) for span, kind in _answers(m.group())]
    chance.shuffle(found)
    for sentence, span, kind in found:
        if cloze := _cloze(sentence, span, kind, chance):
            yield cloze


def _answers(sentence: str) -> Iterator[tuple[Span, Kind]]:
    for kind in (Kind.NAME, Kind.TIME, Kind.NUMBER):
        for span in markable(kind, sentence, spans_of(kind, sentence)):
            yield span, kind


def _cloze(sentence: str, span: Span, kind: Kind, chance: random.Random) -> Cloze | None:
    before, answer, after = sentence[: span.start], sentence[span.start : span.end], sentence[span.end :]
    asking = _asking(kind, before, answer, after)
    if asking is None:
        return None
    if asking in ("when", "where"):
        before = (_BEFORE_TIME if asking == "when" else _PLACE).sub("", before)
    left, right = (_kept(part, chance) for part in (before, after))
    room = MOST_WORDS - min(len(left), len(right), MOST_WORDS // 2)
    left, right = left[-room:], right[:room]
    words = [asking, *(right + left if asking == "how many" else left + right)]  # what is counted comes next
    return Cloze(" ".join(words) + "?", answer) if len(words) >= 2 + SHARED else None


def _kept(text: str, chance: random.Random) -> list[str]:
    return [word for word in _WORD.findall(text) if chance.random() >= FORGOTTEN]


def _asking(kind: Kind, before: str, answer: str, after: str) -> str | None:
    """Return the question's first words; ``None`` where the rules cannot tell what kind of name it is."""
    if kind is Kind.TIME:
        return "in what year" if re.fullmatch(r"\d{4}", answer) else "when"
    if kind is Kind.NUMBER:
        if answer.endswith(("%", "percent")):
            return "what percentage"
        counts = _COUNTED.match(after) and not before.endswith(("-", ".", ",", "$")) and answer.lower() != "one"
        return "how much" if answer[0] in "$€£" else "how many" if counts else None
    if _TRADE.search(before) or _SPEAKS.match(after):
        return "who"
    return "where" if _PLACE.search(before) else None


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text) if len(word) > 3 or word[0].isdigit()}


MADE: Mapping[str, Callable[[], Iterator[Example]]] = {
    "made-news": made_of_news,
    "made-squadshifts-wiki": partial(made_of_paragraphs, "squadshifts-wiki"),
}
"""The files of made questions, each with what makes it."""
