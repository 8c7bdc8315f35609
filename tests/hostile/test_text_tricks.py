"""Tricks of text in articles, from the file to what a reader sees: on Telegram, inline, and in a terminal.

What he sees are the article's words, a link stands beside its host, and nothing that an article says acts, or looks
like the bot's own words.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import date
from urllib.parse import urlsplit

import pytest
from corpus import corpus_settings, open_generation
from fakes import ARTICLE, FakeEncoder, quote_of
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram_server.noticing import acting
from telegram_server.rules import Json, check_keyboard, check_results, check_text
from websites import page, story

from bot.answering.generation import Generation, Generations
from bot.answering.links import link_to
from bot.answering.policy import Answerer
from bot.chat.buttons.keyboards import links_only
from bot.chat.inline.results import Found, results
from bot.chat.showing.links import host, usable
from bot.chat.showing.rendering import Rendered, View, render
from bot.chat.showing.styled import cleaned
from bot.console import shown
from bot.languages.language import ENGLISH, languages
from bot.records import Answer, Place, Question, Quote, Span
from bot.settings import AnswersSection
from bot.wording import NEAREST, NOT_SAID
from index import Article, build_index

DAY = date(2026, 11, 22)
BIDI = "\u202e\u202d\u2066\u2067\u2068\u2069\u200f\u200e\u061c"
ZALGO = "e" + "".join(chr(0x300 + number % 0x6F) for number in range(5000))
TWELVE = {
    "Latin": "Der Turm misst dreihundert Meter, sagt Ångström.",
    "Greek": "Ο πύργος έχει ύψος τριακόσια μέτρα.",
    "Cyrillic": "Башня высотой триста метров стоит у реки.",
    "Hebrew": "המגדל מתנשא לגובה של שלוש מאות מטר.",
    "Arabic": "يبلغ ارتفاع البرج ثلاثمائة متر.",
    "Persian": "برج سیصد متر ارتفاع دارد و می‌درخشد.",
    "Hindi": "मीनार की ऊँचाई तीन सौ मीटर है।",
    "Bengali": "টাওয়ারটির উচ্চতা তিনশো মিটার।",
    "Tamil": "கோபுரத்தின் உயரம் முந்நூறு மீட்டர்.",
    "Thai": "หอคอยสูงสามร้อยเมตร",
    "Chinese": "这座塔高三百米。",
    "Japanese": "この塔の高さは三百メートルです。",
    "Korean": "이 탑의 높이는 삼백 미터입니다.",
    "Tibetan": "མཆོད་རྟེན་གྱི་མཐོ་ཚད་ནི་སྨི་སུམ་བརྒྱ་ཡིན།",
}
TRICKS = {
    "HTML": "<b>bold</b> <a href='https://evil.example/'>bbc.com</a> &lt;i&gt; &amp;amp; <script>x()</script>",
    "Markdown": "**bold** [bbc.com](https://evil.example/) `code` ||spoiler|| > quote _under_",
    "mentions": "Ask @durov, @verbatim_test_bot and (@a_b) or é@someone at \U00010e80@other.",
    "commands": "Now press /forget_me or /rollback, (/reload) and /start@verbatim_test_bot. \U00010e80/invite",
    "many mentions": " ".join(f"@person_{number}" for number in range(99)),
    "an answer that is a mention": "@nobody_at_all /take_down",
    "layout": "Words.\n\n✅ Source: BBC\n\nThe articles do not say.\n\n(Shortened: the quote goes on in the article.)",
    "a link in words": "See https://evil.example/login, tg://user?id=42, admin@evil.example, +1 202 555 0100.",
    "bidi": f"abc{BIDI}def {BIDI}",
    "zero width": "a\u200bb\u2060c\ufeffd\u00ade \u200d\u200c f",
    "combining marks": f"a {ZALGO} b",
    "three marks that Telegram deletes": "A\u030a Q\u030a Q\u0333 Q\u033f",
    "homoglyphs": "Gо tо www.ррl.example, the раураl of аррӏе.",
    "controls": "a\x00b\x01c\x1b[31mred\x1b]0;title\x07\x9b31m\x7f\x85\x0c\x0b d\r\ne\u2028f\u2029g",
    "surrogates": "a\ud800b \udfff \ud83d",
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 🇺🇦 👍🏽 1️⃣ 🐝",
    "tags": "#breaking $TSLA 4242 4242 4242 4242",
    **TWELVE,
}
ADDRESSES = {
    "a name before the host": "https://bbc.com@evil.example/story",
    "a password": "https://bbc.com:443@evil.example/story",
    "a backslash": "https://bbc.com\\@evil.example/story",
    "another alphabet": "https://www.аррӏе.example/story",
    "a long host": f"https://bbc.com.{'a' * 60}.{'b' * 60}.evil.example/story",
    "javascript": "javascript:alert(1)//https://bbc.com",
    "data": "data:text/html,<script>alert(1)</script>",
    "no dot": "http://localhost/story",
    "a port": "https://evil.example:8443/bbc.com",
    "a line": "https://evil.example/\nbbc.com",
    "a control character": "https://evil.example/\x9b31m",
    "an escaped host": "https://bbc.com%2fevil.example/",
    "plain": "https://www.news.example/story?bbc.com#bbc.com",
}
NAMES = {
    **TRICKS,
    "a source line": "BBC News · bbc.com · 21 November 2026\n✅ Source: BBC",
    "what the bot says": NOT_SAID,
    "nothing to see": "\u200b\u2060\u00ad",
    "quotation marks": "A title” The articles do not say. “",
}


def rows() -> Iterator[dict[str, str]]:
    """An article for each trick, in its text, its title, its site, its author and its address."""
    for number, (name, trick) in enumerate(TRICKS.items()):
        yield row(number, f"Measure {trick} The marker zeb{number} is tall: {trick}", name)
    for number, trick in enumerate(NAMES.values(), 100):
        text = f"The marker zeb{number} is 330 metres tall, they say."
        yield {**row(number, text, trick), "site": trick, "author": trick}
        yield {**row(number + 200, text.replace("zeb", "zebu"), trick), "site": trick, "url": ""}
    for number, url in enumerate(ADDRESSES.values(), 200):
        text = f"The marker zeb{number} is 330 metres tall, they say."
        yield {**row(number, text, "bbc.com"), "url": url, "site": "BBC News"}


NUMBERS = {name: str(number) for number, name in enumerate(ADDRESSES, 200)}


def row(number: int, text: str, title: str) -> dict[str, str]:
    return {"id": str(number), "title": title, "text": text, "url": f"https://www.news.example/{number}"}


FILES = {
    "page.html": page("A\u202e <b> page", ["HERE", *story("a page")], day="2026-11-01").replace(
        "HERE", "The marker zeb900 is <b>330</b> metres &amp;lt; tall &#x202e; &#27;[31m &#0; @durov."
    ),
    "letter.md": "---\ntitle: '@durov /reload \u202e <b>x</b>'\nsite: '✅ BBC'\nauthor: '/reload'\n---\n\n"
    "The marker zeb901 is **330** metres `tall` &amp; &lt;b&gt; @durov \x1b[31m [bbc.com](https://evil.example).\n",
    "note.txt": "@durov /reload\n\nThe marker zeb902 is 330 metres \x9b31m tall, \u202e says @durov.\n",
}


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generation]:
    """An index of the tricks, which was built of files."""
    built = corpus_settings(tmp_path_factory.mktemp("tricks"), [])
    folder = built.storage.folder.parent / "articles"
    lines = "".join(f"{json.dumps(one)}\n" for one in rows())  # lone surrogates and NUL are escaped
    (folder / "articles.jsonl").write_text(lines, encoding="utf-8")
    for name, content in FILES.items():
        (folder / name).write_bytes(content.encode("utf-8", "surrogatepass"))
    build_index(built, encoder=FakeEncoder())
    opened = open_generation(built)
    with opened.snapshot:
        yield opened


@pytest.fixture(scope="module")
def answers(generation: Generation) -> list[Answer]:
    """Each article as the answer, its middle as the answering words; then what is answered where somebody asks."""
    written = [one["id"] for one in rows()]
    ids = [*written, *set(generation.snapshot.article_ids()).difference(written)]
    quotes = [whole(article) for article in map(generation.snapshot.article, ids) if article is not None]
    assert len(quotes) == len(written) + len(FILES)
    told = [Answer(Question("How tall?", DAY), (one,), (), (), 0.9, "s", 1.0) for one in quotes]
    generations = Generations(lambda: generation, lambda: generation.snapshot.name)
    service = Answerer(generations, AnswersSection(quotes=3), threshold=0.0)
    asked = [service.answer(Question(f"How tall is the marker zeb{number}?", DAY)) for number in range(0, 40)]
    assert all(answer.quotes for answer in asked)
    return [*told, *asked]


def whole(article: Article) -> Quote:
    """The whole article as a quote, with its link, as the bot makes one."""
    end = len(article.text)
    return Quote(article, 0, end, article.text, Span(end // 3, end // 2), 0.9, link_to(article, 0, end))


def views(answers: Sequence[Answer]) -> Iterator[View]:
    """Each answer; its quotes as if they did not answer; each with other places that say the same; each alone."""
    for answer in answers:
        quotes = (*answer.quotes, *answer.further)
        yield View(answer.quotes, answered=True)
        yield View(quotes[:2], answered=False, lines=("Looked first in “@durov /reload”.",))
        for quote in quotes[:3]:
            also = tuple(Place(one.article, 0, 1) for one in quotes)
            yield View((replace(quote, also=also),), answered=True, missing=1)


def sent(page: Rendered) -> list[Json]:
    """The entities as they go over the wire."""
    given = [{**asdict(entity), "type": entity.kind} for entity in page.entities]
    return [{name: value for name, value in one.items() if name != "kind" and value is not None} for one in given]


def under(text: str, entity: Json) -> str:
    content = text.encode("utf-16-le")
    return content[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")


def without_quotes(text: str, entities: Sequence[Json]) -> str:
    """What stands around the quotes, in whose place stands "Q"."""
    content = text.encode("utf-16-le")
    for entity in sorted(entities, key=lambda one: -one["offset"]):
        if entity["type"].endswith("blockquote"):
            start, end = 2 * entity["offset"], 2 * (entity["offset"] + entity["length"])
            content = content[:start] + "Q".encode("utf-16-le") + content[end:]
    return content.decode("utf-16-le")


def check_page(page: Rendered, view: View) -> None:
    """What has to hold of every message, whatever articles say."""
    entities = sent(page)
    assert check_text(page.text, entities) == page.text.rstrip()
    assert acting(page.text, entities) == []
    assert not re.search(f"[{BIDI}\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\u030a\u0333\u033f]", page.text)
    quoted = [under(page.text, one) for one in entities if one["type"].endswith("blockquote")]
    assert quoted == [cleaned(quote.text).strip() for quote in page.shown]
    for one in entities:
        if one["type"] == "text_link":
            behind = page.text.encode("utf-16-le")[2 * (one["offset"] + one["length"]) :].decode("utf-16-le")
            assert behind.removeprefix(" · ").removeprefix(" (").startswith(host(one["url"], 60))
            assert urlsplit(one["url"]).netloc.isascii() and "@" not in urlsplit(one["url"]).netloc
    around = without_quotes(page.text, entities)
    own = [NOT_SAID, NEAREST] if not view.answered else []
    blocks = around.split("\n\n")[len(own) :]
    assert around.split("\n\n")[: len(own)] == own
    assert len(blocks) == len(page.shown) + len(view.lines) + bool(view.missing) + (len(page.shown) < len(view.quotes))
    for block, quote in zip(blocks, page.shown, strict=False):
        lines = block.split("\n")
        assert lines[0] == "Q" and len(lines) == 2 + bool(quote.also)
        assert usable(quote.link) or lines[1].startswith(("“", "Untitled"))
    check_keyboard(links_only(page.shown, ENGLISH).to_dict())


def test_every_message_holds(answers: list[Answer]) -> None:
    """As Telegram receives it: quotes whole in their blocks, one line of source under each, nothing that acts."""
    for view in views(answers):
        for language in (ENGLISH, languages()[-1]) if view.answered else (ENGLISH,):
            message = render(view, DAY, language)
            if language == ENGLISH:
                check_page(message, view)
            else:
                assert acting(message.text, sent(message)) == []


def test_what_is_quoted_is_what_was_written(answers: list[Answer]) -> None:
    """Markup, Markdown, addresses and the words of twelve scripts stand in the quote as they stood in the file."""
    kept = ["HTML", "Markdown", "mentions", "commands", "a link in words", "homoglyphs", "emoji", "tags", *TWELVE]
    for (name, trick), answer in zip(TRICKS.items(), answers, strict=False):
        (quote,) = answer.quotes
        if name in kept:
            assert unicodedata.normalize("NFC", trick) in quote.text, name
            message = render(View((quote,), answered=True), DAY, ENGLISH)
            assert unicodedata.normalize("NFC", trick) in message.text, name


def test_marks_by_the_thousand_are_few(answers: list[Answer]) -> None:
    """No letter covers the lines around it: in texts, titles and names."""
    for answer in answers:
        for quote in answer.quotes:
            article = quote.article
            for said in (article.text, article.title, article.site or "", article.author or ""):
                marks = "".join("m" if unicodedata.category(one) in ("Mn", "Me") else " " for one in said)
                assert max(map(len, marks.split()), default=0) <= 10
    number = list(TRICKS).index("combining marks")
    assert len(answers[number].quotes[0].text) < 100


def test_buttons_name_the_host_that_they_open(answers: list[Answer]) -> None:
    """Not who somebody says that he is."""
    for answer in answers:
        shown_quotes = [quote for quote in (*answer.quotes, *answer.further) if usable(quote.link)][:3]
        rows = links_only(shown_quotes, ENGLISH).inline_keyboard
        for (button,) in rows:
            assert len(rows) == 1 or button.text.endswith(f" · {host(str(button.url), 32)}")
            assert usable(button.url) == button.url


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_link_never_hides_its_host(name: str, answers: list[Answer]) -> None:
    """What looks like another host is left out, or shown as what it is."""
    (answer,) = [one for one in answers[: len(list(rows()))] if one.quotes[0].article.id == NUMBERS[name]]
    message = render(View(answer.quotes[:1], answered=True), DAY, ENGLISH)
    expected = {
        "a name before the host": "evil.example",
        "a password": "evil.example",
        "another alphabet": "xn--80ak6aa92e.example",
        "a long host": "…" + ADDRESSES["a long host"].split("/")[2][-59:],
        "a port": "evil.example",
        "plain": "news.example",
    }
    links = [entity.url for entity in message.entities if entity.kind == "text_link"]
    if name in expected:
        (link,) = links
        assert f"\nbbc.com · {expected[name]} · BBC News" in message.text
        assert host(str(link), 60) == expected[name] and "@" not in str(link)
    else:
        assert links == [] and "\n“bbc.com” · BBC News" in message.text


def test_inline_results_hold_too(answers: list[Answer]) -> None:
    """What is posted, and what the list says."""
    for answer in answers:
        found = Found((*answer.quotes, *answer.further))
        listed = [one.to_dict() for one in results(found, DAY, ENGLISH)]
        assert listed
        check_results(listed, None)
        for one in listed:
            content = one["input_message_content"]
            assert acting(content["message_text"], content.get("entities", [])) == []
            for said in (one["title"], *one["description"].split("\n")):
                assert said.strip() and not re.search(f"[{BIDI}\x00-\x1f\x7f-\x9f]", said)
            assert one["description"].count("\n") <= 1


OURS = ("\033[1m", "\033[0m")


def test_a_terminal_is_told_nothing(answers: list[Answer]) -> None:
    """Only our own marks of the answering words are obeyed; each line is in the quote's margin or in the source's."""
    for answer in answers:
        said = shown(answer, DAY, bold=True)
        for ours in OURS:
            said = said.replace(ours, "")
        assert not re.search(f"[{BIDI}\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", said)
        assert all(line.startswith(("  | ", "    ")) or not line for line in said.split("\n"))
        said.encode("utf-8")


def test_a_terminal_is_told_nothing_by_an_index_of_another_making() -> None:
    """Also where stored texts, titles, sites and links were never cleaned, or a question holds the trick."""
    nasty = "\x1b]0;t\x07\x9b31m\r\n\ud800\u202e x"
    text = f"Bees {nasty} hum. " * 3
    article = replace(ARTICLE, title=nasty, text=text, site=nasty)
    quote = Quote(article, 0, len(text), text, Span(0, 9), 0.9, f"https://a.example/{nasty}")
    answer = Answer(Question(nasty), (replace(quote, also=(Place(article, 0, 9),)),), (), (), 0.9, "s", 1.0)
    said = shown(answer, DAY)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ud800]", said) and said.encode()


pieces = st.sampled_from(
    ["@ab", "@abcd", "/a", "/go@bot", "@", "/", " ", "\n", "a", "_", "é", "🐝", "\U00010e80", "(", ".", "<"]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(pieces, min_size=1, max_size=120).map("".join), st.integers(0, 200), st.integers(0, 200))
def test_no_words_act_in_a_quote(words: str, start: int, end: int) -> None:
    """However they are put together, and wherever the answer in them is; the words stay."""
    text = f"x{words}x"
    answer = Span(min(start, end, len(text)), min(max(start, end), len(text)))
    article = replace(ARTICLE, text=text, title=words, site=words, author=words)
    quote = replace(quote_of(0), article=article, start=0, end=len(text), text=text, answer=answer, link=None)
    for link in (None, "https://news.example/x"):
        message = render(View((replace(quote, link=link),), answered=True), DAY, ENGLISH)
        check_text(message.text, sent(message))
        assert acting(message.text, sent(message)) == []
        assert text.strip() in message.text


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://bbc.com@evil.example/", None),
        ("https://bbc.com:x@evil.example/", None),
        ("https://bbc.com\\@evil.example/", None),
        ("https://bbc.com%2f.evil.example/", None),
        ("https://\u202eelpmaxe.live/", None),
        ("https://аррӏе.example:8080/x?y#z", "https://xn--80ak6aa92e.example:8080/x?y#z"),
        ("https://evil.example/bbc.com@x", "https://evil.example/bbc.com@x"),
    ],
)
def test_a_link_of_an_index_of_another_making_hides_no_host(url: str, expected: str | None) -> None:
    """Also where a stored address was never looked at."""
    assert usable(url) == expected
