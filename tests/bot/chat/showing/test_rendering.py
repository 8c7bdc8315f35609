"""Pages of an answer as Telegram messages."""

from dataclasses import asdict, replace
from datetime import date

import pytest
from fakes import ARTICLE, SENTENCES, quote_of
from hostile.growth import at_most
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram_server.rules import check_text

from bot.chat.showing import texts
from bot.chat.showing.rendering import Rendered, View, render
from bot.languages.language import ENGLISH
from bot.records import Place, Quote, Span
from bot.wording import NEAREST, NOT_SAID
from index import Article

TODAY = date(2026, 11, 22)


def accept(page: Rendered) -> str:
    """The text as Telegram shows it; raises where it refuses."""
    entities = [{k: v for k, v in {**asdict(e), "type": e.kind}.items() if v and k != "kind"} for e in page.entities]
    return check_text(page.text, [{"offset": 0, **entity} for entity in entities])


def marked(page: Rendered, kind: str) -> list[str]:
    content = page.text.encode("utf-16-le")
    return [
        content[e.offset * 2 : (e.offset + e.length) * 2].decode("utf-16-le") for e in page.entities if e.kind == kind
    ]


def long_quote(sentences: int, answer: int) -> Quote:
    text = " ".join(f"Sentence {n} of a very long paragraph about bees, wax and 🐝 honey." for n in range(sentences))
    article = replace(ARTICLE, text=text)
    start = text.index(f"Sentence {answer} ")
    return Quote(article, 0, len(text), text, Span(start, start + 10), 0.9, "https://news.example/long")


def test_a_quote_is_a_blockquote_with_its_answer_bold_and_its_source_below() -> None:
    """Quotes are real quotations, and nobody has to guess where they come from."""
    page = render(View((quote_of(1),), answered=True), TODAY, ENGLISH)
    assert marked(page, "blockquote") == [SENTENCES[1]]
    assert marked(page, "bold") == ["10 degrees"]
    assert marked(page, "text_link") == ["Bees in winter"]
    facts = "news.example · The Example · 21 November 2026 (yesterday) · Ada Byron"
    assert page.text == f"{SENTENCES[1]}\nBees in winter · {facts}"


def test_markup_in_an_article_is_shown_as_it_is_written() -> None:
    """Article text is never parsed: angle brackets and asterisks are only characters."""
    page = render(View((quote_of(0),), answered=True), TODAY, ENGLISH)
    assert "<b>in</b> winter & *hums*" in accept(page)


def test_without_an_answer_the_nearest_passages_carry_a_label() -> None:
    """What may not answer is not shown as if it did."""
    page = render(View((quote_of(0), quote_of(1)), answered=False), TODAY, ENGLISH)
    assert page.text.startswith(f"{NOT_SAID}\n\n{NEAREST}\n\n{SENTENCES[0]}")
    assert render(View((), answered=False), TODAY, ENGLISH).text == "The articles do not say."


def test_other_articles_with_the_same_words_are_named() -> None:
    """One quote, several sources."""
    twin = replace(ARTICLE, title="A copy", site=None, url="https://b.example/x")
    places = tuple(Place(replace(twin, title=f"Copy {n}"), 0, 5) for n in range(5))
    page = render(View((replace(quote_of(0), also=places),), answered=True), TODAY, ENGLISH)
    assert page.text.endswith("\nAlso in: Copy 0 (b.example), Copy 1 (b.example), Copy 2 (b.example) and 2 more")
    assert marked(page, "text_link")[1:] == ["Copy 0", "Copy 1", "Copy 2"]


@pytest.mark.parametrize("link", [None, "http://localhost/x", "mailto:a@b.example", "https://a.example/ b"])
def test_a_link_that_telegram_refuses_is_left_out(link: str | None) -> None:
    """A bad link must not cost the answer."""
    page = render(View((replace(quote_of(0), link=link),), answered=True), TODAY, ENGLISH)
    assert marked(page, "text_link") == []


def test_an_answer_beyond_its_quote_is_clipped_to_it() -> None:
    """Bold words lie inside the quotation."""
    quote = quote_of(2)
    page = render(View((replace(quote, answer=Span(quote.end - 8, quote.end + 500)),), answered=True), TODAY, ENGLISH)
    assert marked(page, "bold") == ["degrees."]
    accept(page)


@pytest.mark.parametrize("place", [0, -1])
def test_a_quote_without_end_is_cut_soon(place: int) -> None:
    """Sentences are measured as far as they may fit, wherever the answer is: four seconds are many."""
    text = "蜜蜂冬天取暖。" * 60_000
    answer = Span(0, 6) if place == 0 else Span(len(text) - 7, len(text) - 1)
    endless = Quote(replace(ARTICLE, text=text), 0, len(text), text, answer, 0.9, None)
    with at_most(4, "rendering"):
        page = render(View((endless,), answered=True), TODAY, ENGLISH)
    assert marked(page, "bold") == ["蜜蜂冬天取暖"]
    accept(page)


def test_quotes_that_do_not_fit_are_left_out_whole_and_counted() -> None:
    """A quote is whole or not there."""
    quotes = (long_quote(40, 3), long_quote(40, 5), quote_of(0))
    page = render(View(quotes, answered=True), TODAY, ENGLISH)
    assert page.shown == (quotes[0], quotes[2])
    assert page.text.endswith("(1 quote more did not fit into one message.)")
    accept(page)


@pytest.mark.parametrize("answer", [0, 40, 199])
def test_a_single_quote_that_is_too_long_is_cut_at_a_sentence_and_says_so(answer: int) -> None:
    """The mark of the cut stands outside of the quotation, and the answer inside."""
    page = render(View((long_quote(200, answer),), answered=True), TODAY, ENGLISH)
    (quoted,) = marked(page, "expandable_blockquote")
    assert quoted.endswith("honey.") and quoted.startswith("Sentence ")
    assert marked(page, "bold")[0] in quoted and quoted in long_quote(200, answer).text
    assert page.text.endswith(texts.CUT)
    assert len(quoted) > 3000
    accept(page)


@pytest.mark.parametrize(("sentences", "kind"), [(5, "blockquote"), (8, "expandable_blockquote")])
def test_a_long_quote_is_folded(sentences: int, kind: str) -> None:
    """From some four hundred units on; a tap opens it. The answer is bold in either."""
    quote = long_quote(sentences, 1)
    assert (len(quote.text) > 400) == (kind != "blockquote")
    page = render(View((quote,), answered=True), TODAY, ENGLISH)
    assert marked(page, kind) == [quote.text] and len(page.entities) == 3
    assert marked(page, "bold") == ["Sentence 1"]
    accept(page)


def test_a_missing_quote_is_told() -> None:
    """Where an article has changed since, the reader hears of it."""
    page = render(View((quote_of(0),), answered=True, missing=1), TODAY, ENGLISH)
    assert page.text.endswith("(1 quote left out: the article has changed since, or was withdrawn.)")


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
paragraphs = st.one_of(words, st.builds(lambda text, times: text * times, st.text(max_size=30), st.integers(1, 400)))


@st.composite
def quotes(draw: st.DrawFn) -> Quote:
    text = draw(paragraphs) + "x"
    start = draw(st.integers(0, len(text) - 1))
    end = draw(st.integers(start + 1, len(text)))
    inner = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
    article = Article(
        "id", draw(words), text, draw(words), draw(st.none() | st.dates()), draw(words), draw(words), "en", "s", "r"
    )
    answer = draw(st.none() | st.just(Span(*inner)))
    link = draw(st.sampled_from([None, "https://a.example/x", "nonsense"]))
    also = tuple(Place(article, 0, 1) for _ in range(draw(st.integers(0, 5))))
    return Quote(article, start, end, text[start:end], answer, 0.5, link, also)


@settings(max_examples=150, deadline=None)
@given(st.lists(quotes(), max_size=4), st.booleans(), st.integers(0, 3))
def test_every_page_is_within_telegrams_limits(found: list[Quote], answered: bool, missing: int) -> None:
    """Whatever articles hold: at most 4096 units, at most 100 entities, each in range and whole."""
    if not found and answered:
        return
    page = render(View(tuple(found), answered, missing), TODAY, ENGLISH)
    shown = accept(page)
    assert shown == page.text.rstrip()
    assert len(page.entities) <= 100
