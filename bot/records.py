"""The nouns of the bot: from a question to the quotes that answer it.

All offsets are code points into ``Article.text``; what Telegram counts (UTF-16 units) is converted in
``bot.chat`` and nowhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from index import Article, SourceSummary


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asked. ``asked`` is the day of asking: "now" for words like "this week"."""

    text: str
    asked: date | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A place in an article's text: ``article.text[start:end]``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Place:
    """A span of one article."""

    article: Article
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.article.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Quote:
    """A verbatim slice of an article.

    ``text`` was cut when the quote was made and equals ``article.text[start:end]``; ``answer`` lies inside;
    ``score`` is the probability, 0 to 1, that the quote answers; ``link`` opens the article at the quote;
    ``also`` are the places in other articles that carry the same words.
    """

    article: Article
    start: int
    end: int
    text: str
    answer: Span | None
    score: float
    link: str | None
    also: tuple[Place, ...] = ()

    @property
    def reference(self) -> "QuoteReference":
        """What has to be remembered to find this quote again."""
        return QuoteReference(self.article.id, self.article.revision, self.start, self.end, self.answer, self.score)


@dataclass(frozen=True, slots=True)
class QuoteReference:
    """A quote without its words: enough to cut it again from the same revision of its article."""

    article_id: str
    revision: str
    start: int
    end: int
    answer: Span | None
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a question.

    ``quotes``: at most three, best first; empty means the articles do not say. ``further``: the next best,
    for who asks for more. ``nearest``: at most two quotes close to the question, only where ``quotes`` is
    empty. ``confidence``: the calibrated probability, 0 to 1, that the first quote answers.
    """

    question: Question
    quotes: tuple[Quote, ...]
    further: tuple[Quote, ...]
    nearest: tuple[Quote, ...]
    confidence: float
    snapshot: str
    milliseconds: float

    @property
    def answered(self) -> bool:
        return bool(self.quotes)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A sentence that was weighed. ``parts``: what each kind of evidence adds, beside the mean of all sentences."""

    place: Place
    answer: Span | None
    score: float
    parts: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Explanation:
    """How an answer came about: the best sentences, best first, and how sure the first one is."""

    question: Question
    weighed: tuple[Weighed, ...]
    confidence: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Corpus:
    """What the published snapshot holds. ``looked``: when new articles were looked for last, where that is known."""

    snapshot: str
    created: datetime
    articles: int
    passages: int
    sources: tuple[SourceSummary, ...]
    looked: datetime | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that who runs the bot has to know. ``key`` is the same for as long as it is the same trouble."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Health:
    """How the articles are kept up to date; without ``troubles`` all is well."""

    troubles: tuple[Trouble, ...] = ()
