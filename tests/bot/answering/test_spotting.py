"""From the reading model's numbers to what they say of sentences."""

import math
import re
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from builders import an_article
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.reader import Candidate
from bot.answering.spans.reading import Floats, Integers, PassageReading
from bot.answering.spotting import (
    BELIEVED,
    LEAST,
    LENGTH_COST,
    MOST_TOKENS,
    SentenceKey,
    Spotted,
    agreement,
    best_span,
    spot,
)
from bot.records import Span
from index import Hit, Passage, ScoreParts, Sentence

LOGITS = st.floats(-5, 5, width=32)


def candidate(id_: str, sentences: Sequence[str], skip: int = 0) -> Candidate:
    """An article of these sentences; its passage leaves out the first ``skip``."""
    text = " ".join(sentences)
    ends = np.cumsum([len(sentence) + 1 for sentence in sentences]) - 1
    cut = tuple(Sentence(int(end) - len(s), int(end)) for s, end in zip(sentences, ends, strict=True))[skip:]
    passage = Passage(1, id_, cut[0].start, cut[-1].end, cut)
    return Candidate(Hit(passage, 1.0, ScoreParts(0.5, 1.0)), an_article(id_, text))


def places(of: Candidate) -> Integers:
    """The places of the passage's words in its text."""
    passage = of.hit.passage
    words = re.finditer(r"\w+", of.article.text[passage.start : passage.end])
    return np.array([word.span() for word in words], np.int64).reshape(-1, 2)


def reading(of: Candidate, favoured: Mapping[str, float], answers: float = 0.0) -> PassageReading:
    """Each word's logit, 0 where none is given, to start and to end the answer."""
    where, passage = places(of), of.hit.passage
    words = [of.article.text[passage.start + start : passage.start + end] for start, end in where]
    logits = np.array([favoured.get(word, 0.0) for word in words], np.float32)
    return PassageReading(where, logits, logits, answers)


def drawn(of: Candidate, data: st.DataObject, *, alike: bool = False) -> PassageReading:
    """Any logits; ``alike``: those of starts are those of ends."""
    where = places(of)
    starts, ends = (
        np.array(data.draw(st.lists(LOGITS, min_size=len(where), max_size=len(where))), np.float32) for _ in range(2)
    )
    return PassageReading(where, starts, starts if alike else ends, 0.0)


PASSAGES = st.lists(
    st.lists(st.integers(1, 4).map(lambda words: " ".join(["word"] * words) + "."), min_size=1, max_size=4),
    min_size=1,
    max_size=4,
).map(lambda texts: [candidate(f"article {i}", sentences) for i, sentences in enumerate(texts)])


class TestShares:
    @given(PASSAGES, st.data())
    def test_the_shares_of_all_sentences_are_everything(self, candidates: list[Candidate], data: st.DataObject) -> None:
        """Passages compete: what one sentence gains, the others lose."""
        spotted = spot(candidates, [drawn(one, data, alike=True) for one in candidates])
        assert sum(math.exp(one.mass / 2) for one in spotted.values()) == pytest.approx(1, abs=1e-4)
        passages = {key[0]: one.passage for key, one in spotted.items()}
        assert sum(math.exp(share / 2) for share in passages.values()) == pytest.approx(1, abs=1e-4)

    @given(PASSAGES, st.data())
    def test_an_answer_is_part_of_its_sentence_and_that_of_its_passage(
        self, candidates: list[Candidate], data: st.DataObject
    ) -> None:
        """LEAST <= span <= mass <= passage <= 0, whatever the logits."""
        for one in spot(candidates, [drawn(one, data) for one in candidates]).values():
            assert LEAST <= one.span <= one.mass + 1e-4 and one.mass <= one.passage + 1e-4 and one.passage <= 1e-4

    @given(PASSAGES, st.data(), st.floats(-50, 50, width=32))
    def test_only_differences_of_logits_count(
        self, candidates: list[Candidate], data: st.DataObject, shift: float
    ) -> None:
        """Logits have no zero; only those of one question compare."""
        readings = [drawn(one, data) for one in candidates]
        moved = [PassageReading(r.places, r.starts + np.float32(shift), r.ends, r.answers) for r in readings]
        for key, one in spot(candidates, moved).items():
            assert one.mass == pytest.approx(spot(candidates, readings)[key].mass, abs=1e-3)

    def test_equal_words_have_equal_shares(self) -> None:
        """Of ten words, a sentence of four has four tenths of the starts and of the ends; its best answer is a word."""
        one = candidate("a", ["Bees dance in summer.", "Tides rise.", "They fall again here."])
        first, second, third = spot([one], [reading(one, {})]).values()
        assert [first.mass, second.mass, third.mass] == pytest.approx([2 * math.log(n / 10) for n in (4, 2, 4)])
        assert first.span == second.span == pytest.approx(2 * math.log(1 / 10))
        assert first.passage == pytest.approx(0, abs=1e-6)

    def test_what_is_hopeless_is_all_the_same(self) -> None:
        """Logarithms of shares end somewhere, or one sentence would outweigh all other evidence."""
        one = candidate("a", ["Bees dance.", "Tides rise.", "Nothing else."])
        _, low, lower = spot([one], [reading(one, {"Tides": -60, "rise": -60, "Nothing": -90, "else": -90})]).values()
        assert (low.span, low.mass) == (lower.span, lower.mass) == (LEAST, LEAST)

    def test_the_passage_s_odds_are_those_of_its_sentences(self) -> None:
        """They are the model's word on the passage as a whole."""
        one, other = candidate("a", ["Bees dance.", "They rest."]), candidate("b", ["Tides rise."])
        spotted = spot([one, other], [reading(one, {}, 1.5), reading(other, {}, -2.0)])
        assert [one.answers for one in spotted.values()] == [1.5, 1.5, -2.0]

    def test_nothing_read_is_nothing_spotted(self) -> None:
        """No candidates are a value."""
        assert spot([], []) == {}


class TestPlaces:
    def test_the_answer_is_a_place_in_the_article(self) -> None:
        """Also where the passage begins in the middle of it, behind an emoji."""
        one = candidate("a", ["🐝 Bees dance.", "Karl von Frisch read it.", "It was in 1927."], skip=1)
        frisch = {"Karl": 5.0, "von": 1.0, "Frisch": 5.0}
        first, second = spot([one], [reading(one, frisch)]).values()
        assert first.answer and second.answer
        assert one.article.text[first.answer.start : first.answer.end] == "Karl"
        starts = np.array([5.0 if i == 0 else 0.0 for i in range(len(places(one)))], np.float32)
        ends = np.array([5.0 if i == 2 else 0.0 for i in range(len(places(one)))], np.float32)
        first, second = spot([one], [PassageReading(places(one), starts, ends, 0.0)]).values()
        assert first.answer and one.article.text[first.answer.start : first.answer.end] == "Karl von Frisch"

    @given(PASSAGES, st.data())
    def test_an_answer_lies_in_its_sentence(self, candidates: list[Candidate], data: st.DataObject) -> None:
        """It never reaches over a border, however likely that were."""
        spotted = spot(candidates, [drawn(one, data) for one in candidates])
        ends = {(c.article.id, s.start): s.end for c in candidates for s in c.hit.passage.sentences}
        assert spotted.keys() == ends.keys()
        for (article, start), one in spotted.items():
            assert one.answer and start <= one.answer.start < one.answer.end <= ends[article, start]

    def test_a_token_over_a_border_belongs_to_the_sentence_in_which_it_starts(self) -> None:
        """And the answer ends where that sentence does."""
        one = candidate("a", ["Bees dance.", "They rest."])
        where, likely = np.array([[0, 4], [5, 14], [17, 21]], np.int64), np.array([0, 1, 1], np.float32)
        first, second = spot([one], [PassageReading(where, likely, likely, 0.0)]).values()
        assert first.answer == Span(5, len("Bees dance."))
        assert second.answer == Span(17, 21)

    def test_a_sentence_behind_what_was_read_has_no_answer_and_the_least_share(self) -> None:
        """The end of a long passage is cut off: not read is no reason to be quoted first."""
        one = candidate("a", ["Bees dance.", "Tides rise."])
        where = places(one)[:2]
        read = PassageReading(where, np.zeros(2, np.float32), np.zeros(2, np.float32), 1.5)
        first, second = spot([one], [read]).values()
        assert first.mass == pytest.approx(0, abs=1e-6)
        assert second == Spotted(LEAST, LEAST, first.passage, 1.5, None)

    def test_a_passage_without_tokens_is_read_without_finding_anything(self) -> None:
        """Characters that no tokenizer keeps."""
        one, other = candidate("a", ["\u200b."]), candidate("b", ["Bees dance."])
        nothing = PassageReading(np.empty((0, 2), np.int64), np.empty(0, np.float32), np.empty(0, np.float32), -3.0)
        first, second = spot([one, other], [nothing, reading(other, {})]).values()
        assert first == Spotted(LEAST, LEAST, LEAST, -3.0, None)
        assert second.passage == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("order", [1, -1])
def test_a_sentence_of_two_passages_is_one_with_the_better_reading(order: int) -> None:
    """Passages overlap; whichever comes first."""
    sentences = ["Bees dance.", "Frisch saw it.", "Tides rise."]
    early, late = candidate("a", sentences), candidate("a", sentences, skip=1)
    pairs = [(early, reading(early, {}, 0.5)), (late, reading(late, {"Frisch": 4.0}, 2.5))][::order]
    spotted = spot([one for one, _ in pairs], [read for _, read in pairs])
    shared = spotted["a", len("Bees dance. ")]
    assert len(spotted) == 3
    assert shared.answers == 2.5
    assert shared.answer and early.article.text[shared.answer.start : shared.answer.end] == "Frisch"


class TestBestSpan:
    @given(st.lists(st.tuples(LOGITS, LOGITS), min_size=1, max_size=MOST_TOKENS + 10))
    def test_no_allowed_answer_is_better(self, logits: list[tuple[float, float]]) -> None:
        """It ends no earlier than it starts, has at most so many tokens, and of two as likely ones is the shorter."""
        starts, ends = (np.array(side, np.float32) for side in zip(*logits, strict=True))
        score, first, last = best_span(starts, ends)
        assert 0 <= last - first < MOST_TOKENS
        assert score == starts[first] + ends[last]
        pairs = ((i, j) for i in range(len(starts)) for j in range(i, min(len(starts), i + MOST_TOKENS)))
        worth = {(i, j): starts[i] + ends[j] - LENGTH_COST * math.log1p(j - i) for i, j in pairs}
        assert worth[first, last] == pytest.approx(max(worth.values()), abs=1e-5)

    @pytest.mark.parametrize(("apart", "found"), [(MOST_TOKENS - 1, True), (MOST_TOKENS, False)])
    def test_a_longer_answer_is_none(self, apart: int, found: bool) -> None:
        """The likeliest start and the likeliest end need not be of one answer."""
        starts, ends = self.peaks(apart + 1, 0), self.peaks(apart + 1, apart)
        assert (best_span(starts, ends)[1:] == (0, apart)) == found

    def test_an_end_before_its_start_is_none(self) -> None:
        """Either of the two may count alone."""
        _, first, last = best_span(self.peaks(5, 3), self.peaks(5, 1))
        assert first <= last

    def peaks(self, length: int, at: int) -> Floats:
        logits = np.zeros(length, np.float32)
        logits[at] = 9
        return logits


class TestAgreement:
    def agreed(self, *answers: tuple[str, str, float]) -> list[float]:
        """For (article, answer, share): how many articles agree; 0 where nobody is asked."""
        keys: list[SentenceKey] = [(article, number) for number, (article, _, _) in enumerate(answers)]
        spotted = {
            key: Spotted(2 * math.log(share), 0.0, 0.0, 0.0, Span(0, 1))
            for key, (_, _, share) in zip(keys, answers, strict=True)
        }
        texts = {key: text for key, (_, text, _) in zip(keys, answers, strict=True)}
        found = agreement(spotted, texts)
        return [found.get(key, 0.0) for key in keys]

    def test_each_other_article_counts_by_its_share(self) -> None:
        """Three articles say Paris: each is backed by the other two."""
        found = self.agreed(("a", "Paris", 0.5), ("b", "Paris", 0.25), ("c", "Paris", 0.125), ("d", "Rome", 0.125))
        assert found == pytest.approx([0.375, 0.625, 0.75, 0.0])

    def test_an_article_does_not_agree_with_itself(self) -> None:
        """Saying something twice makes it no truer."""
        assert self.agreed(("a", "Paris", 0.5), ("a", "Paris", 0.5)) == [0, 0]

    def test_an_article_that_says_it_twice_counts_once(self) -> None:
        """By the better of its sentences."""
        found = self.agreed(("a", "Paris", 0.5), ("b", "Paris", 0.25), ("b", "Paris", 0.125))
        assert found[0] == pytest.approx(0.25)

    @pytest.mark.parametrize(
        ("one", "other", "agree"),
        [
            ("Biden", "President Joe Biden", True),
            ("President Joe Biden", "Biden", True),
            ("PARIS,", "in paris", True),
            ("30 workers", "30 Workers!", True),
            ("art", "the party", False),
            ("30", "330 metres", False),
            ("Joe Biden", "Joe and Jill Biden", False),
            ("", "Paris", False),
            ("…", "Paris", False),
        ],
    )
    def test_answers_agree_where_one_holds_the_words_of_the_other(self, one: str, other: str, agree: bool) -> None:
        """Whole words in their order, without case and punctuation; no words agree with nobody."""
        assert [share > 0 for share in self.agreed(("a", one, 0.5), ("b", other, 0.5))] == [agree, agree]

    def test_what_is_hardly_believed_agrees_with_nobody(self) -> None:
        """Else each passage's worst guess would back another one."""
        assert self.agreed(("a", "Paris", 0.5), ("b", "Paris", BELIEVED * 0.9)) == [0, 0]
        assert self.agreed(("a", "Paris", 0.5), ("b", "Paris", BELIEVED * 1.1))[0] > 0
