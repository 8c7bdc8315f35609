"""Pages made to exhaust who reads them: each is read or refused, soon, and never raises."""

import time
from contextlib import suppress

import pytest

from index.errors import FormatError
from index.sources.web.pages import read_fragment, read_page

TEXT = "<p>Honeybees dance to tell the others in the hive where food is to be found, and how far it is.</p>"
TEXTS = "".join(f"<p>Honeybees dance to tell hive {n} where the food is to be found.</p>" for n in range(10))
SECONDS = 2


def page(body: str) -> str:
    return f"<html><head><title>Bees</title></head><body><article><h1>Bees</h1>{body}</article></body></html>"


HOSTILE = {
    "nesting": page("<div>" * 100_000 + TEXT),
    "nesting within bounds": page(("<div>" * 50 + TEXT + "</div>" * 50) * 180),
    "nested tables": page(("<table><tr><td>" * 15 + TEXT + "</table>" * 15) * 190),
    "angle brackets": "<" * 10_000_000,
    "scripts without end": "<script>" * 900_000,
    "an attribute": page(f"<p title='{'x' * 7_000_000}'>bees</p>" + TEXTS),
    "attributes": page("<p " + " ".join(f"a{n}=1" for n in range(300_000)) + f">bees</p>{TEXT}"),
    "classes": page(f"<div class='{'related-' * 240}'>bees</div>" * 500 + TEXTS),
    "NULs": "\0" * 7_000_000,
    "NULs in the text": page(TEXTS + "\0" * 20 + TEXT),
    "entities": page(f"<p>{'&amp;' * 380_000}</p>{TEXT}"),
    "unknown entities": page(f"<p>{'&lol9;' * 300_000}</p>{TEXT}"),
    "a picture as text": page(f"<img src='data:image/png;base64,{'QUJD' * 1_500_000}'>" + TEXTS),
    "paragraphs": page("<p>bees fly</p>" * 9_000),
    "line breaks": page("bees fly<br>" * 9_000),
    "spans": page("<p>" + "<span>bees</span> " * 9_000),
    "links": page("<a href='/x'>bees fly</a>" * 9_000),
    "summaries": page("<h2>AI summary</h2><p>x</p>" * 4_500),
    "boxes": page("<div class=related>x y</div>" * 9_000),
    "one long word": page("<p>" + "a" * 1_900_000),
    "dates": page("<p>" + "2020-01-01 10:00 " * 110_000),
    "JSON": page(f"<script type='application/ld+json'>{'[' * 900_000}</script>{TEXT}"),
    "JSON within JSON": page("<script type='application/ld+json'>" + '{"@graph":[' * 90_000 + f"</script>{TEXT}"),
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_page_ends_soon(source: str) -> None:
    """Within two seconds of this machine's time a page is a draft or a problem."""
    data = source.encode()
    began = time.process_time()
    found = read_page(data, "https://hive.example/bees", least_words=50)
    assert time.process_time() - began < SECONDS
    assert (found.draft is None) == (found.problem is not None)


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_entry_ends_soon(source: str) -> None:
    """What a feed holds is bounded in the same way."""
    began = time.process_time()
    with suppress(FormatError):
        assert isinstance(read_fragment(source), str)
    assert time.process_time() - began < SECONDS


def test_dirt_does_not_cost_the_article() -> None:
    """Pictures as text, long attributes and stray NULs are left out, and the article is read."""
    for name in ("an attribute", "a picture as text", "NULs in the text"):
        found = read_page(HOSTILE[name].encode(), "https://hive.example/bees", least_words=50)
        assert found.draft is not None and found.draft.text.count("Honeybees dance") >= 10


@pytest.mark.parametrize("dirt", ["&#27;[31m", "&#0;", "&#x1B;", "&#31 ", "&#0011;", "\x1b", "\x01", "&#11;&#14;&#X8;"])
def test_a_control_character_does_not_cost_the_article(dirt: str) -> None:
    """Written as it is, or as a reference."""
    found = read_page(page(f"<p>Bees {dirt} hum.</p>{TEXTS}").encode(), "https://hive.example/bees", least_words=50)
    assert found.draft is not None and found.draft.text.count("Honeybees dance") == 10 and "hum." in found.draft.text
