"""What a peer quotes: no part of what it does in hybrid search, so this rule is ours, and meant well.

A quote is a sentence of one of its best passages: the sentences are ranked by the peer's own similarity of question and
text, with the same encoder. They are cut by the library that Verbatim cuts with, as English. The other end, a whole
passage as the quote, is the table's recall at 1 and at 3. Both peers can be given a model that marks answers in
passages; that would be a second model, which their documentation of hybrid search does not name.
"""

from collections.abc import Callable, Iterator, Sequence

from adapter import QUOTES, Found

PASSAGES = 3
"""Passages whose sentences are ranked. Of 73 questions of ``squad2-dev`` the first quote is right for 49 with txtai and
39 with Haystack, one of three for 63 and 54; with one passage 51, 39, 65 and 44; with five 47, 39, 63 and 55."""

Similar = Callable[[str, Sequence[str]], Sequence[float]]
"""Scores texts for a question, one score for each text, higher is better."""


def quotes(question: str, passages: Sequence[Found], similar: Similar) -> list[Found]:
    """Return the ``QUOTES`` sentences that are most similar to the question, best first; ties as they stand."""
    sentences = list(dict.fromkeys(_sentences(passages[:PASSAGES])))
    if not sentences:
        return []
    scores = similar(question, [one.text for one in sentences])
    ranked = sorted(zip(scores, sentences, strict=True), key=lambda pair: pair[0], reverse=True)
    return [sentence for _, sentence in ranked[:QUOTES]]


def _sentences(passages: Sequence[Found]) -> Iterator[Found]:
    from sentencex import segment

    for passage in passages:
        for sentence in segment("en", passage.text):
            if sentence.strip():
                yield Found(passage.article, sentence.strip())
