"""What other programs read: every name, every type."""

import json
from dataclasses import replace
from datetime import date

from builders import an_article
from fakes import ARTICLE, SENTENCES, quote_of

from bot.json_records import answer_json, explanation_json
from bot.records import Answer, Explanation, Place, Question, Weighed

ANSWER = Answer(
    Question("How warm — 🐝?", date(2026, 11, 22)),
    quotes=(replace(quote_of(2), also=(Place(replace(ARTICLE, id="copy", url=None), 0, 5),)), quote_of(3)),
    further=(quote_of(4),),
    nearest=(),
    confidence=0.123456,
    snapshot="20260101T000000-abcdef01",
    milliseconds=12.3456,
)
ARTICLE_JSON = {
    "id": "bees",
    "title": "Bees in winter",
    "url": "https://news.example/bees",
    "site": "The Example",
    "author": "Ada Byron",
    "published": "2026-11-21",
    "language": "en",
}


def test_an_answer_has_exactly_the_promised_shape() -> None:
    """Offsets are code points into the article's text, also behind emoji."""
    quote = quote_of(2)
    assert quote.answer
    content = answer_json(ANSWER)
    assert list(content) == ["question", "answered", "confidence", "quotes", "nearest", "snapshot", "ms"]
    assert content | {"quotes": []} == {
        "question": "How warm — 🐝?",
        "answered": True,
        "confidence": 0.1235,
        "quotes": [],
        "nearest": [],
        "snapshot": "20260101T000000-abcdef01",
        "ms": 12.3,
    }
    assert isinstance(content["quotes"], list) and len(content["quotes"]) == 2
    assert content["quotes"][0] == {
        "text": SENTENCES[2],
        "start": quote.start,
        "end": quote.end,
        "answer": {"start": quote.answer.start, "end": quote.answer.end, "text": "20 degrees"},
        "score": 0.88,
        "link": "https://news.example/bees#:~:text=2",
        "article": ARTICLE_JSON,
        "also": [ARTICLE_JSON | {"id": "copy", "url": None}],
    }


def test_what_is_not_known_is_null() -> None:
    """Never left out, never an empty text."""
    article = an_article("a", f"{SENTENCES[0]} {SENTENCES[1]}")
    bare = replace(quote_of(1, article), answer=None)
    content = answer_json(replace(ANSWER, quotes=(), further=(), nearest=(bare,)))
    assert (content["answered"], content["quotes"]) == (False, [])
    assert content["nearest"] == [
        {
            "text": SENTENCES[1],
            "start": len(SENTENCES[0]) + 1,
            "end": len(article.text),
            "answer": None,
            "score": 0.89,
            "link": None,
            "article": {
                "id": "a",
                "title": "A title",
                "url": None,
                "site": None,
                "author": None,
                "published": None,
                "language": "en",
            },
            "also": [],
        }
    ]


def test_it_is_json() -> None:
    """On one line."""
    line = json.dumps(answer_json(ANSWER), ensure_ascii=False)
    assert json.loads(line) == answer_json(ANSWER) and "\n" not in line


def test_an_explanation_has_exactly_the_promised_shape() -> None:
    """What was weighed, best first, with what each kind of evidence adds."""
    quote = quote_of(2)
    assert quote.answer
    weighed = Weighed(
        Place(ARTICLE, quote.start, quote.end), quote.answer, 3.14159, {"reading": 2.00001, "words": -1.0}
    )
    unmarked = Weighed(Place(ARTICLE, 0, len(SENTENCES[0])), None, 1.0, {})
    content = explanation_json(Explanation(Question("How warm?"), (weighed, unmarked), 0.123456, 0.2))
    assert content | {"weighed": []} == {
        "question": "How warm?",
        "confidence": 0.1235,
        "threshold": 0.2,
        "weighed": [],
    }
    assert isinstance(content["weighed"], list) and len(content["weighed"]) == 2
    assert content["weighed"][0] == {
        "text": SENTENCES[2],
        "start": quote.start,
        "end": quote.end,
        "answer": {"start": quote.answer.start, "end": quote.answer.end, "text": "20 degrees"},
        "score": 3.1416,
        "parts": {"reading": 2.0, "words": -1.0},
        "article": ARTICLE_JSON,
    }
    assert content["weighed"][1]["answer"] is None
