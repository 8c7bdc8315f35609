"""What is quoted around an answering sentence."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import pytest
from builders import an_article
from corpus import COPY, HONEY, LIGHT, TOWER, reading
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.quotes import MOST_COPIES, MOST_SENTENCES, cut_quotes, widened
from bot.answering.reader import Reading
from bot.records import Quote
from index import Article, Sentence
from index.sentences import split_sentences


def sentences(article: Article) -> Sequence[Sentence]:
    return split_sentences(article.text, article.language)


@dataclass(frozen=True, slots=True)
class ShelfOfCopies:
    """Articles that all tell one story; whatever else is asked for tells its own."""

    told: tuple[Article, ...] = ()

    def article(self, article_id: str) -> Article:
        return next(article for article in self.told if article.id == article_id)

    def sentences(self, article: Article) -> Sequence[Sentence]:
        return sentences(article)

    def copies(self, article: Article) -> Sequence[str]:
        return [one.id for one in self.told if one.id != article.id] if article in self.told else []


def read(article: Article, words: str, probability: float = 0.9, answer: str | None = None) -> Reading:
    return reading(article, sentences(article), words, probability, answer)


def quoted(*readings: Reading, most: int = 3, story: Sequence[Article] = ()) -> list[Quote]:
    return list(cut_quotes(readings, ShelfOfCopies(tuple(story)), most))


def texts(*readings: Reading, most: int = 3) -> list[str]:
    return [quote.text for quote in quoted(*readings, most=most)]


TOWERS = an_article("tower", TOWER)
BEES = an_article("honey", HONEY)
SUN = an_article("light", LIGHT)
NOTE = an_article("copy", COPY)


def test_a_sentence_that_stands_alone_is_quoted_alone() -> None:
    """As it stands, with its score, its place and the words that answer."""
    (quote,) = quoted(read(TOWERS, "The tower is 330", 0.8, "330 metres"))
    assert quote.text == "The tower is 330 metres tall, with its aerials."
    assert (quote.article, quote.score, quote.also) == (TOWERS, 0.8, ())
    assert TOWERS.text[quote.start : quote.end] == quote.text
    assert (
        quote.answer and quote.text[quote.answer.start - quote.start : quote.answer.end - quote.start] == "330 metres"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ada wrote a program. She published it.", "She"),
        ("Bees dance. It tells where food is.", "It"),
        ("Ada Byron was born. “He is late,” they said.", "“He"),
        ("Ada lived in London. But nobody knew her.", "But"),
        ("Die Brücke steht. Sie wurde 1890 gebaut.", "Sie"),
        ("El azafrán es caro. Este crece en La Mancha.", "Este"),
        ("Le pont est vieux. Il date de 1890.", "Il"),
        ("Мост стар. Он построен в 1890 году.", "Он"),
        ("Міст старий. Він збудований у 1890 році.", "Він"),
        ("Is honey healthy? Yes.", "Yes"),
        ("The ship sank. iPhones were not on board.", "iPhones"),
    ],
)
def test_a_sentence_that_leans_back_takes_the_one_before(text: str, words: str) -> None:
    """Pronouns, short words and small letters do not begin a quote."""
    assert texts(read(an_article("a", text), words)) == [text]


def test_a_word_that_begins_like_a_pronoun_is_none() -> None:
    """ "Italy", "Hector", "Iterations"."""
    article = an_article("a", "Bees dance. Italy has many bees today.")
    assert texts(read(article, "Italy")) == ["Italy has many bees today."]


def test_leaning_goes_on_as_far_as_a_quote_may_be_long() -> None:
    """Three sentences at most, the answering one last."""
    article = an_article("a", "Ada wrote a program. She was born here. She died there. She was thirty-six then.")
    assert texts(read(article, "She was thirty-six")) == ["She was born here. She died there. She was thirty-six then."]
    assert texts(read(article, "She died")) == ["Ada wrote a program. She was born here. She died there."]


def test_a_heading_is_never_quoted() -> None:
    """A quote ends before it, and a pronoun right under it has nothing to lean on."""
    article = an_article("a", "Bees dance on the comb.\n\nThe dance\n\nIt tells where the flowers are.")
    assert sentences(article)[1].heading
    assert texts(read(article, "It tells")) == ["It tells where the flowers are."]


def test_a_question_is_never_quoted_for_itself() -> None:
    """An article that asks does not answer; what answers it may bring it along."""
    assert texts(read(TOWERS, "Who pays for that?", 0.99), read(TOWERS, "The tower is 330", 0.1)) == [
        "The tower is 330 metres tall, with its aerials."
    ]
    assert texts(read(TOWERS, "The city does.")) == ["Who pays for that? The city does."]


def test_what_only_announces_is_not_quoted() -> None:
    """A line that ends in a colon says nothing without the lines under it."""
    article = an_article("a", "The winners of the year are these three:\n\nOppenheimer won seven prizes.")
    assert texts(read(article, "The winners", 0.9), read(article, "Oppenheimer", 0.1)) == [
        "Oppenheimer won seven prizes."
    ]


def test_a_word_under_a_heading_takes_the_sentence_after_it() -> None:
    """ "Yes." says nothing, and there is nothing before it."""
    assert texts(read(TOWERS, "Yes.")) == ["Yes. Sixty tonnes of paint cover it every seven years."]
    assert texts(read(an_article("a", "Yes."), "Yes.")) == ["Yes."]
    assert texts(read(an_article("a", "Yes.\n\nThe next heading\n\nBees dance."), "Yes.")) == ["Yes."]


def test_a_neighbour_that_answers_nearly_as_well_is_joined() -> None:
    """One quote instead of two side by side; a neighbour that is much worse stays out."""
    first, second = "Light needs 499", "Ole Rømer measured"
    joined = "Light needs 499 seconds from the Sun to the Earth. Ole Rømer measured its speed in 1676."
    assert texts(read(SUN, first, 0.8), read(SUN, second, 0.7)) == [joined]
    assert texts(read(SUN, second, 0.8), read(SUN, first, 0.7)) == [joined]
    assert texts(read(SUN, first, 0.8), read(SUN, second, 0.1)) == [
        "Light needs 499 seconds from the Sun to the Earth.",
        "Ole Rømer measured its speed in 1676.",
    ]


def test_a_joined_neighbour_does_not_begin_with_a_pronoun() -> None:
    """Where the quote grows backwards, it goes on to a sentence that stands alone."""
    answers = [read(SUN, "The Moon is one", 0.9), read(SUN, "He watched", 0.8)]
    assert texts(*answers)[0] == (
        "Ole Rømer measured its speed in 1676. He watched the moons of Jupiter. The Moon is one light second away."
    )


def test_the_same_sentence_in_several_articles_is_one_quote() -> None:
    """With a place for each: case and punctuation do not matter."""
    third = an_article("third", "OLE RØMER measured its speed, in 1676.")
    (quote,) = quoted(
        read(SUN, "Ole Rømer", 0.9), read(NOTE, "Ole Rømer", 0.8), read(third, "OLE"), read(NOTE, "Ole Rømer", 0.7)
    )
    assert quote.article is SUN
    assert [(place.article.id, place.text) for place in quote.also] == [
        ("copy", "Ole Rømer measured its speed in 1676!"),
        ("third", "OLE RØMER measured its speed, in 1676."),
    ]


def test_copies_are_found_after_the_last_quote_too() -> None:
    """``most`` bounds the quotes, not their sources."""
    (quote,) = quoted(read(SUN, "Ole", 0.9), read(TOWERS, "The tower is", 0.5), read(NOTE, "Ole", 0.4), most=1)
    assert [place.article.id for place in quote.also] == ["copy"]


FERRY = "The ferry Aurora ran aground near Bergen on Monday with 212 people on board."
AGROUND = an_article("aground", f"A storm came up. {FERRY}", published=date(2024, 5, 2))
EDITED = an_article("edited", f"{FERRY.replace('ran', 'has run').replace('people', 'persons')} All are safe.")
REVISED = an_article("revised", f"{FERRY.replace('212', '214')} All are safe.", published=date(2024, 5, 3))


def test_a_copy_that_was_not_read_is_named() -> None:
    """The place is where it says the same, edited or not."""
    (quote,) = quoted(read(AGROUND, "The ferry", answer="Bergen"), story=[AGROUND, EDITED])
    assert quote.article is AGROUND
    assert [(place.article.id, place.text) for place in quote.also] == [
        ("edited", "The ferry Aurora has run aground near Bergen on Monday with 212 persons on board.")
    ]


def test_a_copy_that_was_read_takes_no_quote_of_its_own() -> None:
    """Nearly the same words in the same story are one quote; in articles that are no copies they are two."""
    readings = read(AGROUND, "The ferry", 0.9), read(EDITED, "The ferry", 0.8), read(TOWERS, "The tower is", 0.1)
    one, other = quoted(*readings, story=[AGROUND, EDITED])
    assert ([place.article.id for place in one.also], other.article.id) == (["edited"], "tower")
    assert [quote.article.id for quote in quoted(*readings)] == ["aground", "edited", "tower"]


def test_a_copy_that_says_less_takes_no_quote_and_is_not_named() -> None:
    """It has the fact, and not all of what is quoted."""
    brief = an_article("brief", "The ferry Aurora just ran aground near Bergen on Monday.")
    (quote,) = quoted(read(AGROUND, "The ferry", 0.9), read(brief, "The ferry", 0.8), story=[AGROUND, brief])
    assert (quote.article, quote.also) == (AGROUND, ())


def test_a_copy_with_another_number_says_something_else() -> None:
    """It is quoted for itself, and never named as saying the same."""
    readings = read(AGROUND, "The ferry", 0.9), read(REVISED, "The ferry", 0.8)
    assert [(q.article.id, q.also) for q in quoted(*readings, story=[AGROUND, REVISED])] == [
        ("aground", ()),
        ("revised", ()),
    ]


@pytest.mark.parametrize("turned", [False, True])
def test_of_equally_good_copies_the_first_published_is_quoted(turned: bool) -> None:
    """It is the origin; one without a day comes last. A better reading comes before any day."""
    later = an_article("later", AGROUND.text, published=date(2024, 5, 9))
    undated = an_article("undated", AGROUND.text)
    story = [undated, later, AGROUND][:: -1 if turned else 1]
    (quote,) = quoted(*(read(article, "The ferry", 0.9) for article in story), story=story)
    assert [quote.article.id, *(place.article.id for place in quote.also)] == ["aground", "later", "undated"]
    (quote,) = quoted(read(later, "The ferry", 0.9), read(AGROUND, "The ferry", 0.8), story=story)
    assert quote.article is later


def test_a_story_with_very_many_copies_is_not_looked_through_whole() -> None:
    """The first published are named."""
    story = [AGROUND, *(an_article(f"{n:03}", AGROUND.text) for n in range(100))]
    (quote,) = quoted(read(AGROUND, "The ferry"), story=story)
    assert [place.article.id for place in quote.also] == [f"{n:03}" for n in range(MOST_COPIES)]


def test_quotes_come_in_the_order_of_the_readings_and_no_more_than_asked_for() -> None:
    """Best first."""
    readings = [read(SUN, "Light needs", 0.9), read(BEES, "A worker bee", 0.5), read(TOWERS, "The tower is", 0.2)]
    assert [quote.article.id for quote in quoted(*readings)] == ["light", "honey", "tower"]
    assert [quote.article.id for quote in quoted(*readings, most=2)] == ["light", "honey"]
    assert quoted() == []


def test_widening_adds_a_sentence_on_each_side_and_stops_at_headings() -> None:
    """The answer, the score and the other places stay."""
    (quote,) = quoted(read(TOWERS, "It was finished", 0.8, "1889"))
    wide = widened(quote, sentences(TOWERS))
    assert wide.text.startswith("The Eiffel Tower stands") and wide.text.endswith("employed 300 workers.")
    assert TOWERS.text[wide.start : wide.end] == wide.text
    assert (wide.answer, wide.score, wide.also) == (quote.answer, quote.score, quote.also)
    for _ in range(5):
        wide = widened(wide, sentences(TOWERS))
    assert wide.text.endswith("with its aerials.")
    assert widened(wide, sentences(TOWERS)) == wide


WORDS = st.sampled_from(
    "He said so.|It is late.|Yes.|Why?|Bees dance on the comb at noon.|A heading|\n\nAnother one\n\n|\n\n|🐝 hums."
    "|Он построен давно.|lower case begins here.|“This one is quoted.”|No. 5 is alive.|- a bullet".split("|")
)


@given(st.lists(WORDS, min_size=1, max_size=12), st.lists(st.floats(0.01, 1), min_size=12, max_size=12))
def test_each_quote_is_a_slice_of_one_to_three_whole_sentences(parts: list[str], chances: list[float]) -> None:
    """Whatever the article and the scores: verbatim, whole sentences, no heading, the answering one inside."""
    article = an_article("a", " ".join(parts).strip() or "Text.", url="https://example.org/a")
    all_ = sentences(article)
    readings = [
        replace(read(article, article.text[all_[0].start : all_[0].end], chance), sentence=sentence)
        for sentence, chance in zip(all_, chances, strict=False)
        if not sentence.heading
    ]
    for quote in quoted(*sorted(readings, key=lambda one: -one.probability), most=9):
        inside = [s for s in all_ if quote.start <= s.start and s.end <= quote.end]
        assert quote.text == article.text[quote.start : quote.end]
        assert (inside[0].start, inside[-1].end) == (quote.start, quote.end)
        assert 1 <= len(inside) <= MOST_SENTENCES
        assert not any(s.heading for s in inside)
        assert not (len(inside) == 1 and quote.text.endswith("?"))
