"""Quotes as results of an inline query: what the list shows, and what choosing one posts. Pure.

Invariant: ids are unique and at most 64 bytes; what is posted is laid out as an answer is, one quote with its source.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from telegram import InlineQueryResultArticle, InlineQueryResultsButton, InputTextMessageContent

from bot.chat.buttons.keyboards import links_only
from bot.chat.showing import texts
from bot.chat.showing.letters import telegram_entities
from bot.chat.showing.links import host, usable
from bot.chat.showing.rendering import View, render
from bot.chat.showing.styled import cleaned, one_line
from bot.languages.language import Language
from bot.records import Quote
from bot.wording import dated

MOST_RESULTS = 10
START_PARAMETER = "inline"
_TITLE, _SITE, _SENTENCE = 100, 40, 160


@dataclass(frozen=True, slots=True)
class Found:
    """Quotes for an inline query. ``lasting``: the same question would find the same again in some minutes."""

    quotes: tuple[Quote, ...] = ()
    answered: bool = True
    lasting: bool = True


def results(found: Found, today: date, language: Language) -> list[InlineQueryResultArticle]:
    """Return at most ``MOST_RESULTS`` results, no quote twice; a quote without words is none."""
    quotes = {_id(quote): quote for quote in found.quotes if cleaned(quote.text).strip()}
    listed = list(quotes.items())[:MOST_RESULTS]
    return [_result(number, quote, today, language, answered=found.answered) for number, quote in listed]


def ask_in_private(language: Language) -> InlineQueryResultsButton:
    """Return the button above an empty list, which leads to the private chat."""
    return InlineQueryResultsButton(language.say(texts.ASK_IN_PRIVATE), start_parameter=START_PARAMETER)


def _id(quote: Quote) -> str:
    place = f"{quote.article.id}\0{quote.article.revision}\0{quote.start}\0{quote.end}"
    return sha256(place.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _result(number: str, quote: Quote, today: date, language: Language, *, answered: bool) -> InlineQueryResultArticle:
    page = render(View((quote,), answered), today, language)
    article = quote.article
    links = links_only(page.shown, language)
    return InlineQueryResultArticle(
        number,
        one_line(article.title, _TITLE) or one_line(article.site or "", _TITLE) or language.say(texts.UNTITLED),
        InputTextMessageContent(page.text, entities=telegram_entities(page.entities)),
        reply_markup=links if links.inline_keyboard else None,
        description="\n".join(_described(quote, today, language)),
    )


def _described(quote: Quote, today: date, language: Language) -> Iterable[str]:
    article = quote.article
    day = dated(article.published, today, language) if article.published else ""
    link = usable(quote.link)
    told = dict.fromkeys((day, link and host(link, _SITE), one_line(article.site or "", _SITE)))
    facts = [fact for fact in told if fact]
    yield from [" · ".join(facts)] if facts else []
    yield one_line(quote.text, _SENTENCE)
