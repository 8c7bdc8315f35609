"""What reads texts that others write, each with inputs that grow: for who asks how its time grows with them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

from builders import an_article
from corpus import built_corpus, open_generation
from fakes import ARTICLE
from hostile.targets import TARGETS, Target, named

from bot.answering.copies import Said
from bot.answering.evidence import collect
from bot.answering.followups import joined
from bot.answering.generation import Generations
from bot.answering.links import link_to
from bot.answering.policy import Answerer
from bot.answering.reader import Candidate
from bot.chat.inline.results import Found, results
from bot.chat.running.secrecy import masked
from bot.chat.showing.rendering import View, reading_lines, render
from bot.languages.language import ENGLISH
from bot.records import Earlier, Question, Quote, Span, Spelling, Understanding
from bot.settings import AnswersSection
from index import Hit, Passage, QuestionTerms, ScoreParts, Sentence, stems
from index.duplicates import trace
from index.errors import FormatError
from index.passages import cut_passages
from index.records import Article, Draft
from index.sentences import split_sentences
from index.sentences.repeated import pack_lines
from index.sources import language, normalise
from index.sources.articles import article
from index.sources.formats.lines import Line, paragraphs, without_running_lines
from index.sources.patterns import PathPattern
from index.sources.web.verdicts import word_count
from index.sources.web.wholeness import as_html, is_whole, plain, title

Grow = Callable[[int], str]
_DAY = date(2026, 11, 22)


def repeated(text: str, before: str = "", after: str = "") -> Grow:
    """Return what makes texts of about a size out of one that is repeated."""
    return lambda size: before + text * (size // len(text)) + after


TEXTS: Mapping[str, Grow] = {
    "words": repeated("bees "),
    "one word": repeated("bees"),
    "capitals": repeated("Bees Keep Warm "),
    "one capital": repeated("A"),
    "sentences": repeated("Honey bees keep warm in winter. They hum (softly) at 10.5 degrees! Why? "),
    "abbreviations": repeated("Mr. J. R. Smith of St. Mary, Ariz., said at 5 p.m. on Jan. 3: "),
    "stops": repeated("."),
    "spaced stops": repeated(". "),
    "blanks": repeated(" ", "bees", "bees"),
    "lines": repeated("Bees\n"),
    "blank lines": repeated("\n", "bees", "bees"),
    "wrapped lines": repeated("Honey bees keep warm in winter by shivering in a ball so\n"),
    "items": repeated("- bees\n"),
    "questions": repeated("Bees? "),
    "labels": repeated("Bees:\n"),
    "brackets": repeated("(bees "),
    "closed brackets": repeated(") "),
    "notes": repeated("[1]", "bees."),
    "quotation marks": repeated("“bees "),
    "apostrophes": repeated("'s "),
    "numbers": repeated("1,234.5 "),
    "digits": repeated("1"),
    "dates": repeated("March 2024 and 3 May 2019 "),
    "names": repeated("Marie Curie of the "),
    "pronouns": repeated("it and he "),
    "times": repeated("between March and May two weeks ago "),
    "credits": repeated("Ada Byron/Getty Images via AP "),
    "addresses": repeated("https://a.example/b@c.example "),
    "mailboxes": repeated("a@"),
    "hyphens": repeated("two-"),
    "ideographs": repeated("蜜蜂冬天取暖。"),
    "Thai": repeated("ผึ้งอบอุ่น"),
    "Cyrillic": repeated("Пчёлы в марте и файл "),
    "combining marks": repeated("\u0301", "e"),
    "emoji": repeated("👨‍👩‍👧"),
    "joiners": repeated("\u200d"),
    "marks of direction": repeated("\u202e\u2066a"),
    "surrogates": repeated("\ud800"),
    "NULs": repeated("\0"),
    "tags": repeated("<b>bees</b> "),
    "opened tags": repeated("<a "),
    "remarks": repeated("<!--"),
    "references": repeated("&amp"),
    "slashes": repeated("a/"),
    "escapes": repeated("%41"),
    "dotted": repeated("a."),
    "commands": repeated("/ask @verbatim "),
}
"""Texts that keep somebody busy: of anything too much."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Something that reads a text. ``texts``: what it is given beside or, where ``alone``, in place of ``TEXTS``."""

    name: str
    read: Callable[[str], object]
    texts: Mapping[str, Grow] | None = None

    def inputs(self) -> Iterator[tuple[str, Grow]]:
        """Yield what it is given, each with its name."""
        yield from (TEXTS if self.texts is None else self.texts).items()


def readers(folder: Path) -> Iterator[Reader]:
    """Yield everything that reads; a small index to ask is built in the folder."""
    yield from _stored()
    yield from _shown()
    yield from _read_documents()
    yield from _asked(folder)


def _stored() -> Iterator[Reader]:
    """What becomes of a text until it is kept."""
    yield Reader("normalising", lambda text: (normalise.text(text), normalise.line(text)))
    yield Reader("detecting a language", language.detected)
    yield Reader("a draft", _of_draft)
    for code in ("en", "de", "ru"):
        yield Reader(f"sentences ({code})", partial(split_sentences, language=code))
    yield Reader("passages", lambda text: cut_passages(_holding(text)))
    yield Reader("repeated lines", lambda text: pack_lines(_holding(text), split_sentences(text, "en")))
    yield Reader("near-copies", lambda text: list(trace([_holding(text)], 0.7)))
    yield Reader("stems", lambda text: stems(text, "en"))
    yield Reader("counting words", word_count)
    yield Reader(
        "an entry's wholeness",
        lambda text: (is_whole(text, summary=True), plain(text), title(text, markup=True), as_html(text)),
    )
    yield Reader("a pattern of paths", PathPattern("**/2024/**/*a*/b*.html").fullmatch)
    yield Reader(
        "lines of a PDF", lambda text: paragraphs([Line(text, 700, 12), Line(text, 686, 12), Line("bees", 672, 12)])
    )
    yield Reader("many lines of a PDF", lambda text: _printed(text.split()))
    yield Reader(
        "lines without spaces of a PDF",
        lambda text: _printed(text[start : start + 5] for start in range(0, len(text), 5)),
    )


def _printed(words: Iterable[str]) -> str:
    lines = [Line(f"{word}-", 700 - 14 * (number % 50), 12) for number, word in enumerate(words)]
    pages = [lines[start : start + 50] for start in range(0, len(lines), 50)]
    return paragraphs([line for page in without_running_lines(pages) for line in page])


def _holding(text: str) -> Article:
    return replace(ARTICLE, text=text)


def _of_draft(text: str) -> object:
    with suppress(FormatError):  # there is nothing in it
        return article(Draft(text, title=text[:200]), "a/b", "a")
    return None


def _shown() -> Iterator[Reader]:
    """What becomes of an article that is quoted."""
    yield Reader("a message", lambda text: render(View((_quote(text),), answered=True), _DAY, ENGLISH))
    yield Reader(
        "a message of an answer at the end",
        lambda text: render(View((_quote(text, end=True),), answered=True), _DAY, ENGLISH),
    )
    yield Reader("an inline result", lambda text: results(Found((_quote(text),)), _DAY, ENGLISH))
    yield Reader("how a question was read", lambda text: reading_lines(_understood(text), ENGLISH))
    yield Reader("a link", lambda text: link_to(_holding(text), 0, len(text)))
    yield Reader("a link into the middle", lambda text: link_to(_holding(text), len(text) // 3, len(text) // 2))
    yield Reader(
        "a link from an address", lambda text: link_to(an_article("a", "Bees.", url=f"https://a.example/{text}"), 0, 5)
    )
    yield Reader("a log line", lambda text: masked(text, "123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"))
    yield Reader("copies", lambda text: Said.by(text).holds(text[: len(text) // 2], text[:40]))


def _quote(text: str, *, end: bool = False) -> Quote:
    answer = Span(len(text) - 1, len(text)) if end else Span(0, 1)
    cited = replace(ARTICLE, text=text, title=text, author=text, site=text)
    return Quote(cited, 0, len(text), text, answer, 0.9, None)


def _understood(text: str) -> Understanding:
    return Understanding(text, (text, text), text, None, (Spelling(text, text),))


def _read_documents() -> Iterator[Reader]:
    """The targets of the fuzzer, with texts as their documents are written."""
    for target in TARGETS:
        if target.name not in _OF_OTHER_FORM:
            yield Reader(f"as {target.name}", partial(_tried, target))
    for name, wraps in _WRAPPED.items():
        target = named(name)
        texts = {
            f"{wrap}: {given}": _within(before, after, grow)
            for wrap, (before, after) in wraps.items()
            for given, grow in TEXTS.items()
        }
        yield Reader(f"within {name}", partial(_tried, target), texts)


def _tried(target: Target, text: str) -> bool:
    return target.try_(text.encode("utf-8", "surrogatepass"))


_OF_OTHER_FORM = frozenset(
    ("gzip", "pdf", "word file", "word text", "packed sitemap", "packed json lines", "file name", "callback data")
)
"""What none of these texts is like; and names, which are short."""

_WRAPPED: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "front matter": {"a title": ("title: '", "'"), "a list": ("author: [", "]")},
    "json lines": {"a text": ('{"text": "', '"}')},
    "page": {
        "a paragraph": ("<html><body><article><h1>Bees</h1><p>", "</p></article></body></html>"),
        "a title": ("<html><head><title>", "</title></head><body><p>Bees</p></body></html>"),
        "JSON": (
            '<html><script type="application/ld+json">{"@type":"Article","articleBody":"',
            '"}</script><p>Bees</p></html>',
        ),
        "a description": ('<html><head><meta name="description" content="', '"></head><body><p>Bees</p></body></html>'),
        "an attribute": ('<html><body><p class="', '">Bees</p></body></html>'),
    },
    "entry": {"a paragraph": ("<p>", "</p>"), "code": ("<pre>", "</pre>")},
    "feed": {
        "a title": ("<rss><channel><item><link>https://a.example</link><title>", "</title></item></channel></rss>"),
        "an author": (
            "<rss><channel><item><link>https://a.example</link><author>a@",
            "</author></item></channel></rss>",
        ),
        "a text": ("<feed><entry><link href='https://a.example'/><content>", "</content></entry></feed>"),
        "an address": ("<rss><channel><item><link>https://a.example/", "</link></item></channel></rss>"),
        "items": ("<rss><channel><item>", "</item></channel></rss>"),
    },
    "sitemap": {"an address": ("<urlset><url><loc>https://valley.example/", "</loc></url></urlset>")},
    "robots.txt": {"a rule": ("User-agent: *\nDisallow: /*", "*$\n")},
    "settings": {"a value": ('[telegram]\nbase_url = "', '"\n'), "a list": ("[access]\nusers = [", "]\n")},
    "override": {"an address": ("telegram.base_url=https://a.example/", "")},
}
"""Beginnings and ends of documents, between which a text grows."""


def _within(before: str, after: str, grow: Grow) -> Grow:
    return lambda size: f"{before}{grow(size)}{after}"


def _weighed(text: str) -> object:
    """What speaks for a sentence, for questions of every kind."""
    passage = Passage(1, ARTICLE.id, 0, len(text), (Sentence(0, len(text)),))
    candidate = Candidate(Hit(passage, 1.0, ScoreParts(0.5, 1.0)), _holding(text))
    asked = ("When was it?", "How many?", "Who was it?", "Where?", "Why?", "Which company?", "What?")
    return [collect(Question(one, _DAY), QuestionTerms((), ()), [candidate], None) for one in asked]


def _asked(folder: Path) -> Iterator[Reader]:
    """A question: asked of an index, and as the one before another."""
    generation = open_generation(built_corpus(folder))
    answerer = Answerer(
        Generations(lambda: generation, lambda: generation.snapshot.name), AnswersSection(), threshold=0.5
    )
    yield Reader("words of a question", generation.retriever.terms)
    yield Reader("searching", lambda text: generation.retriever.search(text, 5))
    yield Reader("asking", lambda text: answerer.answer(Question(text, _DAY)))
    yield Reader(
        "asking after", lambda text: answerer.answer(Question("And when was it?", _DAY, Earlier(text, ("tower",))))
    )
    yield Reader("glancing", lambda text: answerer.glance(Question(text, _DAY), 5))
    yield Reader("evidence", _weighed)
    yield Reader("a question before", lambda text: joined("And in Kenya?", text, ["Bees"]))
    yield Reader("a title before", lambda text: joined("Why?", "", [text]))
