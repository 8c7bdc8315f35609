"""What takes input from outside, each as a function of bytes, with real documents to begin with.

Tests, and the fuzzer of the benchmarks, run the same functions. A target may refuse what it gets, with the errors that
it says it raises; it checks what must hold of what it takes. Anything else that comes out of it is a defect.
"""

import gzip
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache, partial
from itertools import pairwise
from pathlib import Path

from fakes import ARTICLE
from hostile import samples
from telegram import Bot, Update, User

from bot.answering.dates import days_meant
from bot.answering.followups import content_words, joined, leaning
from bot.answering.kinds import Kind, asked_kind, markable, spans_of
from bot.answering.ranges import named_days
from bot.answering.spelling import respelt, spellings
from bot.answering.times import asked_time
from bot.chat.buttons import choosing, confirming
from bot.chat.buttons.keyboards import unpacked
from bot.chat.inline.queries import is_whole
from bot.chat.intents import understand
from bot.chat.updates.parsing import parsable
from bot.settings import BotSettings
from index import forgiven, load_settings
from index.errors import AddressRefused, FormatError, SettingsError
from index.passages import cut_passages
from index.records import Article, Failure, Listed
from index.sentences import split_sentences
from index.settings.golden import load_golden
from index.sources import normalise
from index.sources.articles import articles
from index.sources.extraction import decoded
from index.sources.fetching.addresses import parse
from index.sources.fetching.answers import Answer, retry_after
from index.sources.fetching.robots import MOST_BYTES, Rules
from index.sources.formats import reader_for
from index.sources.patterns import PathPattern
from index.sources.web.addresses import canonical_address, web_address
from index.sources.web.feeds import read_feed
from index.sources.web.lists import read_list
from index.sources.web.moments import moment
from index.sources.web.pages import read_fragment, read_page
from index.sources.web.sitemaps import read_sitemap

SITE = "https://valley.example/news/"
_MOST = 1_000
_ME = User(4242, "Verbatim", is_bot=True, username="verbatim_test_bot")
_DAY = date(2026, 11, 22)


@dataclass(frozen=True, slots=True)
class Target:
    """``run`` takes bytes; ``seeds`` makes real ones; ``refusals`` are the errors that it may raise.

    ``tokens`` are pieces of such documents, for who puts them together anew.
    """

    name: str
    run: Callable[[bytes], object]
    seeds: Callable[[], Sequence[bytes]]
    refusals: tuple[type[Exception], ...] = ()
    tokens: tuple[bytes, ...] = ()

    def try_(self, data: bytes) -> bool:
        """Run it; tell whether it took the input. Raises what it should not."""
        reason = None
        try:
            self.run(data)
        except self.refusals as error:
            reason = str(error)
        assert reason != "", "a refusal without a reason"
        return reason is None


def _file(name: str, data: bytes) -> Path:
    path = samples.folder() / name
    path.write_bytes(data)
    return path


# --- documents --------------------------------------------------------------------------------------------------


def read_document(suffix: str, data: bytes) -> list[Article | Failure]:
    """Read a file of a format to the articles that are stored."""
    path = _file(f"document{suffix}", data)
    found = list(articles(reader_for(path)(path), "a/document", str(path), "a"))
    for one in found:
        if isinstance(one, Article):
            _check_stored(one)
    return found


def _check_stored(article: Article) -> None:
    """What holds of every article: text as it is stored, fields of their types, all of it storable."""
    assert normalise.text(article.text) == article.text and article.text
    assert article.title and "\n" not in article.title
    fields = (article.id, article.title, article.text, article.url, article.author, article.site, article.language)
    for field in fields:
        (field or "").encode("utf-8")
    assert article.published is None or isinstance(article.published, date)


def read_word_part(data: bytes) -> object:
    """Read a Word file whose text is these bytes, soundly packed."""
    return read_document(".docx", samples.packed_word({"word/document.xml": data}))


def read_packed_lines(data: bytes) -> object:
    """Read these bytes as JSON Lines, soundly packed."""
    return read_document(".jsonl.gz", gzip.compress(data, 1))


def read_front_matter(data: bytes) -> object:
    """Read Markdown under these bytes."""
    return read_document(".md", b"---\n" + data + b"\n---\n\nHoney bees keep warm in winter.\n")


def read_sentences(data: bytes) -> object:
    """Cut a text into sentences and passages, as it is stored."""
    text = normalise.text(data.decode("utf-8", "replace"))
    sentences = split_sentences(text, "en")
    held = "".join(text[one.start : one.end] for one in sentences)
    assert "".join(held.split()) == "".join(text.split())
    assert all(one.end <= other.start for one, other in pairwise(sentences))
    passages = cut_passages(replace(ARTICLE, text=text))
    assert not sentences or passages[-1].end == sentences[-1].end
    return passages


# --- the web ----------------------------------------------------------------------------------------------------


def read_web_page(data: bytes) -> object:
    """Read a page as it was fetched; it never raises."""
    reading = read_page(data, SITE, least_words=20)
    assert (reading.draft is None) == (reading.problem is not None)
    assert all(link.startswith(("http://", "https://")) for link in reading.links)
    return reading


def read_entry(data: bytes) -> str:
    """Read what a feed holds of an article."""
    return read_fragment(decoded(data))


def read_syndication(data: bytes) -> Sequence[Listed]:
    """Read a feed."""
    return _checked(read_feed(data, SITE, None, _MOST))


def read_map(data: bytes) -> Sequence[Listed]:
    """Read a sitemap."""
    found = read_sitemap(data, f"{SITE}sitemap.xml", _MOST)
    return _checked((*found.pages, *found.children))


def read_packed_map(data: bytes) -> Sequence[Listed]:
    """Read these bytes as a sitemap, soundly packed."""
    return read_map(gzip.compress(data, 1))


def read_addresses(data: bytes) -> Sequence[Listed]:
    """Read a list of addresses."""
    return _checked(read_list(data.decode("utf-8", "replace")))


def _checked(found: Sequence[Listed]) -> Sequence[Listed]:
    """What holds of whatever is listed: addresses with one canonical form, text that can be stored."""
    for one in found:
        form = canonical_address(one.url)
        assert canonical_address(form) == form
        assert one.published is None or one.published.tzinfo is not None
        for field in (one.url, one.title, one.author, one.modified, one.content):
            assert field is None or isinstance(field, str)
    return found


def read_robots(data: bytes) -> bool:
    """Read a robots.txt, and ask it."""
    rules = Rules.from_bytes(data[:MOST_BYTES])
    assert 0 <= rules.delay <= 30
    return rules.allow(f"{SITE}2024/bees?a=1") and rules.allow(f"{SITE}%E2%80%A6/*$")


def read_address(data: bytes) -> object:
    """Read an address as pages write them, and as it is fetched."""
    text = data.decode("utf-8", "surrogateescape")
    if address := web_address(text, SITE):
        canonical_address(address)
    PathPattern("**/news/*").fullmatch(text)
    return parse(text)


def read_header(data: bytes) -> object:
    """Read what a server says of its answer, and when it wants to be asked again."""
    text = data.decode("latin-1")
    answer = Answer(200, (("content-type", text), ("content-length", text), ("content-encoding", text)), iter(()))
    kept = (answer.media_type, answer.charset, answer.packings, moment(text))
    return retry_after(text, datetime(2026, 11, 22, tzinfo=UTC)), kept


# --- the chat and the settings ----------------------------------------------------------------------------------


def read_question(data: bytes) -> object:
    """Understand a question, by itself and as one that follows the one before."""
    text = data.decode("utf-8", "surrogatepass") if _is_text(data) else data.decode("utf-8", "replace")
    before, _, question = text.rpartition("\n")
    leaning(question)
    read = joined(question, before, ["The Eiffel Tower", ""])
    named = named_days(question, _DAY)
    assert named is None or named.days.first <= named.days.last
    asked_time(question, _DAY).about()
    for kind in (asked_kind(question), Kind.NAME, Kind.NUMBER, Kind.TIME):
        spans = spans_of(kind, question)
        assert all(0 <= one.start < one.end <= len(question) for one in markable(kind, question, spans))
    found = spellings(question, lambda word: word[:-1] if forgiven(word) else None)
    return read, respelt(question, found), content_words(question), is_whole(question)


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def read_phrase(data: bytes) -> object:
    """Read a phrase as a date."""
    return days_meant(data.decode("utf-8", "replace"), _DAY)


def read_update(data: bytes) -> object:
    """Take an update as it came, and decide what its message wants; one that is none is skipped."""
    try:
        content = parsable(json.loads(data))
    except (ValueError, RecursionError):  # the webhook's own refusals
        return None
    if content is None:
        return None
    update = Update.de_json(content, _bot())
    if update.message is not None:
        return understand(update.message, _ME)
    if update.callback_query is not None:
        return read_callback((update.callback_query.data or "").encode("utf-8", "replace"))
    return is_whole(update.inline_query.query) if update.inline_query else None


@cache
def _bot() -> Bot:
    return Bot("1:a")


def _updates() -> Sequence[bytes]:
    return [json.dumps(update).encode() for update in samples.UPDATES]


def read_callback(data: bytes) -> object:
    """Read what is written on the back of a button."""
    text = data.decode("utf-8", "replace")
    for pattern in (confirming.PATTERN, choosing.PATTERN):
        if pattern.fullmatch(text):
            assert len(text.encode()) <= 64
    press = unpacked(text)
    assert press is None or unpacked(press.packed()) == press
    return choosing.code_of(text), press


def read_settings(data: bytes) -> object:
    """Read a settings file."""
    return load_settings(BotSettings, _file("settings.toml", data))


def read_override(data: bytes) -> object:
    """Read what a command line sets."""
    return load_settings(BotSettings, None, [data.decode("utf-8", "surrogateescape")])


def read_golden(data: bytes) -> object:
    """Read a file of golden questions."""
    return load_golden(_file("golden.toml", data))


def read_name(data: bytes) -> object:
    """Read an article from a file of that name."""
    name = re.sub(rb"[/\0]", b"_", data)[:200] or b"a"
    path = samples.folder() / "names" / name.decode("utf-8", "surrogateescape")
    path.parent.mkdir(exist_ok=True)
    if name in (b".", b".."):
        return None
    path.write_bytes(b"Honey bees keep warm in winter.")
    try:
        identity = normalise.path(path.relative_to(samples.folder()))
        identity.encode("utf-8")
        (found,) = articles(reader_for(path)(path), identity, normalise.path(path), "a")
    finally:
        path.unlink()
    assert isinstance(found, Article)
    _check_stored(found)
    return PathPattern("**/*.txt").fullmatch(identity)


_DOCUMENT = (FormatError,)

TARGETS: tuple[Target, ...] = (
    Target("text", partial(read_document, ".txt"), samples.texts, _DOCUMENT),
    Target(
        "markdown",
        partial(read_document, ".md"),
        samples.markdown_files,
        _DOCUMENT,
        (b"> ", b"* ", b"[^1]", b"|", b"~~", b"\n"),
    ),
    Target("sentences", read_sentences, samples.prose, (), (b". ", b"! ", b"\n", b"Mr. ", b"(", "“".encode(), b"[1]")),
    Target(
        "front matter",
        read_front_matter,
        samples.front_matters,
        _DOCUMENT,
        (b"- ", b"? ", b"|\n", b"!!int ", b"<<: ", b"{a: "),
    ),
    Target("saved page", partial(read_document, ".html"), samples.pages, _DOCUMENT, samples.HTML),
    Target(
        "json lines",
        partial(read_document, ".jsonl"),
        samples.rows,
        _DOCUMENT,
        (b'"text":', b'"published":', b'"url":'),
    ),
    Target("packed json lines", read_packed_lines, samples.rows, _DOCUMENT, (b'"text":', b'"date":', b"\n")),
    Target("gzip", partial(read_document, ".jsonl.gz"), partial(samples.document, ".jsonl.gz"), _DOCUMENT),
    Target("pdf", partial(read_document, ".pdf"), samples.pdfs, _DOCUMENT, samples.PDF),
    Target("word file", partial(read_document, ".docx"), partial(samples.document, ".docx"), _DOCUMENT),
    Target(
        "word text",
        read_word_part,
        samples.word_parts,
        _DOCUMENT,
        (b"<w:p>", b"<w:tbl>", b"<w:tr>", b"<w:tc>", b"<w:t>"),
    ),
    Target("page", read_web_page, samples.pages, (), samples.HTML),
    Target("entry", read_entry, samples.pages, _DOCUMENT, samples.HTML),
    Target("feed", read_syndication, samples.feeds, _DOCUMENT, samples.XML),
    Target("sitemap", read_map, lambda: samples.SITEMAPS, _DOCUMENT, (b"<url>", b"<loc>", b"</loc>", b"<news:title>")),
    Target("packed sitemap", read_packed_map, lambda: samples.SITEMAPS, _DOCUMENT, (b"<sitemap>", b"<loc>")),
    Target(
        "list of addresses",
        read_addresses,
        lambda: (b"# mine\n\n" + b"\n".join(samples.ADDRESSES[:3]),),
        _DOCUMENT,
        samples.ADDRESSES,
    ),
    Target(
        "robots.txt", read_robots, lambda: samples.ROBOTS, (), (b"Disallow: ", b"User-agent: *", b"*", b"$", b"%2F")
    ),
    Target(
        "address", read_address, lambda: samples.ADDRESSES, (AddressRefused,), (b"..", b"%2e", b":80", b"[::1]", b"@")
    ),
    Target("header", read_header, lambda: samples.HEADERS, (), (b";", b"charset=", b"GMT", b"+9999", b'"')),
    Target(
        "question", read_question, lambda: samples.QUESTIONS, (), (b"last week", b" it ", b"2024", b"and ", b"vor ")
    ),
    Target("phrase", read_phrase, lambda: samples.PHRASES, (), (b"2024", b"ago", b"-", b"31", b"tomorrow")),
    Target("update", read_update, _updates, (), (b'"text":', b'"from":', b'"chat":', b'"date":', b'"id":')),
    Target("callback data", read_callback, lambda: samples.CALLBACKS),
    Target(
        "settings",
        read_settings,
        samples.settings_files,
        (SettingsError,),
        (b"[[sources]]\n", b"folder = ", b"\n[", b"]\n"),
    ),
    Target("override", read_override, lambda: samples.OVERRIDES, (SettingsError,), (b"=", b".", b"[{")),
    Target("golden questions", read_golden, lambda: samples.GOLDEN, (SettingsError,)),
    Target("file name", read_name, lambda: samples.NAMES, (FormatError,), (b".txt", b".md", b" ", b"_")),
)


def named(name: str) -> Target:
    """Return a target by its name."""
    return next(target for target in TARGETS if target.name == name)
