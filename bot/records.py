"""The nouns of the bot: from a question to the quotes that answer it.

All offsets are code points into ``Article.text``; what Telegram counts (UTF-16 units) is converted in
``bot.chat`` and nowhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from index import Article, Days, SourceSummary


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was said before a question: what was asked, as it was read, and the articles quoted then, best first.

    ``text`` is empty where it is forgotten. ``replied``: the question replies to that answer, so it is about those
    articles even where it has a subject of its own.
    """

    text: str
    articles: tuple[str, ...]
    replied: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asked. ``asked`` is the day of asking: "now" for words like "this week".

    ``earlier``: what it may follow up. ``any_day``: the days that it names leave out no article.
    """

    text: str
    asked: date | None = None
    earlier: Earlier | None = None
    any_day: bool = False


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

    def overlaps(self, other: "QuoteReference") -> bool:
        """Tell whether two quotes share words of one article."""
        return self.article_id == other.article_id and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Spelling:
    """A word of a question that no article has, and the one for which it was taken."""

    asked: str
    found: str


@dataclass(frozen=True, slots=True)
class Understanding:
    """How a question was read. ``text``: what was searched for and read; empty where that is the question itself.

    ``added``: what was added to its words, from the question before or the title of an article quoted then.
    ``inside``: the title of the article that was searched first, since the question replies to it. ``days``: articles
    of other days were left out; ``date.min`` and ``date.max`` stand for a side without a border.
    """

    text: str = ""
    added: tuple[str, ...] = ()
    inside: str | None = None
    days: Days | None = None
    spellings: tuple[Spelling, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a question.

    ``quotes``: at most three, best first; empty means the articles do not say. ``further``: the next best,
    for who asks for more. ``nearest``: at most two quotes close to the question, only where ``quotes`` is
    empty. ``confidence``: the calibrated probability, 0 to 1, that the first quote answers. ``understood``: how the
    question was read.
    """

    question: Question
    quotes: tuple[Quote, ...]
    further: tuple[Quote, ...]
    nearest: tuple[Quote, ...]
    confidence: float
    snapshot: str
    milliseconds: float
    understood: Understanding = Understanding()

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
class Rollback:
    """Going back: the name of the published snapshot, and of the one that is to be published in its place."""

    published: str
    earlier: str


@dataclass(frozen=True, slots=True)
class Health:
    """How the articles are kept up to date; without ``troubles`` all is well."""

    troubles: tuple[Trouble, ...] = ()
