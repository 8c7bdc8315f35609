"""Quotes as results of an inline query."""

import json
from dataclasses import replace
from datetime import date

from fakes import ARTICLE, quote_of
from telegram_server.rules import check_results

from bot.chat.inline.results import MOST_RESULTS, Found, ask_in_private, results
from bot.chat.showing import texts
from bot.languages.language import ENGLISH
from bot.records import Quote

TODAY = date(2026, 11, 22)


def accepted(*quotes: Quote) -> list[dict[str, object]]:
    """The results as Telegram gets them, after it took them."""
    listed = [json.loads(one.to_json()) for one in results(Found(quotes), TODAY, ENGLISH)]
    for one in listed:
        one["input_message_content"].pop("link_preview_options", None)
    check_results(listed, None)
    return listed


def test_no_more_than_ten_and_none_twice() -> None:
    """Their ids are of the place, so the same in every search."""
    many = [quote_of(number) for number in range(20)]
    assert len(accepted(*many)) == MOST_RESULTS == 10
    once, again = accepted(many[0]), accepted(many[0], replace(many[0], score=0.1), many[1])
    assert [one["id"] for one in again][:1] == [once[0]["id"]] and len(again) == 2


def test_whatever_an_article_lacks_telegram_takes_the_result() -> None:
    """No title, site, day or link; or far too much of them, or in the way of Telegram's own."""
    bare = replace(ARTICLE, title="", site=None, published=None, author=None, url=None)
    huge = replace(ARTICLE, title="🐝 title\n" * 100, site="site " * 100)
    nameless, long = accepted(
        replace(quote_of(0, bare), link=None), replace(quote_of(1, huge), link="https://a.example/x")
    )
    assert nameless["title"] == texts.UNTITLED and "reply_markup" not in nameless
    assert "\n" not in str(nameless["description"])
    assert len(str(long["title"])) <= 100 and "\n" not in str(long["title"])
    assert accepted(replace(quote_of(0), text=" \u2028 ")) == []


def test_the_button_leads_to_the_private_chat() -> None:
    """With a parameter that /start takes."""
    check_results([], json.loads(ask_in_private(ENGLISH).to_json()))
