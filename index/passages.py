"""From an article to the passages that are searched: whole sentences, of about the same number of words.

Does not encode, store or rank. Invariant: every sentence of the article is in at least one passage, a passage is
a verbatim slice from its first sentence's start to its last one's end, and its id is the same in every build.
"""

import re
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from itertools import accumulate

from index.records import Article, Passage, Sentence
from index.sentences import split_sentences

# The share of ``words`` by which a passage may miss them to end with a paragraph; a rest smaller than it is tiny.
_SLACK = 0.25
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def cut_passages(article: Article, words: int = 120, shared: int = 1) -> tuple[Passage, ...]:
    """Cut an article into passages of about ``words`` words, in order; a text of white space gives none.

    ``shared`` sentences are repeated at the start of the next passage, unless that makes it too long. A
    heading stays with what follows it. A sentence is never cut: one longer than ``words`` is a passage of its own.
    """
    sentences = split_sentences(article.text, article.language)
    plan = _Plan(article.text, sentences, words, shared)
    return tuple(_passage(article, sentences[first:end]) for first, end in plan.spans())


class _Plan:
    """Where the passages of one article begin and end, in sentence numbers."""

    def __init__(self, text: str, sentences: Sequence[Sentence], words: int, shared: int) -> None:
        self._text, self._sentences = text, sentences
        self._words, self._shared = max(1, words), max(0, shared)
        self._longest = self._words * (1 + _SLACK)
        self._before = [0, *accumulate(_word_count(text[s.start : s.end]) for s in sentences)]

    def spans(self) -> Iterator[tuple[int, int]]:
        """Yield (first sentence, end) of each passage."""
        end = 0
        while end < len(self._sentences):
            first, end = self._next(end)
            yield first, end

    def _next(self, start: int) -> tuple[int, int]:
        """Return the passage whose first new sentence is ``start``."""
        first = max(0, start - self._shared) if start else 0
        while first < start and self._count(first, self._least_end(start)) > self._longest:
            first += 1
        return first, self._end(first, start)

    def _end(self, first: int, start: int) -> int:
        """Choose the end: the article's, else a paragraph's near the right length, else the last that fits."""
        near: list[int] = []
        fitting = 0
        for end in range(start + 1, len(self._sentences) + 1):
            count = self._count(first, end)
            if count > self._longest:
                break
            if self._may_end(end):
                fitting = end if count <= self._words or not fitting else fitting
                if count >= self._words * (1 - _SLACK) and self._ends_paragraph(end):
                    near.append(end)
        else:
            return len(self._sentences)
        end = min(near, key=lambda e: abs(self._count(first, e) - self._words), default=fitting)
        return self._with_tiny_rest(end or self._least_end(start))

    def _with_tiny_rest(self, end: int) -> int:
        rest = self._count(end, len(self._sentences))
        return len(self._sentences) if rest < self._words * _SLACK else end

    def _least_end(self, start: int) -> int:
        """Return the first end after ``start`` that leaves no heading behind, unless headings do not end."""
        end = start + 1
        while not self._may_end(end) and self._count(start, end) <= self._words:
            end += 1
        return end

    def _may_end(self, end: int) -> bool:
        return end == len(self._sentences) or not self._sentences[end - 1].heading

    def _ends_paragraph(self, end: int) -> bool:
        if end == len(self._sentences):
            return True
        return "\n" in self._text[self._sentences[end - 1].end : self._sentences[end].start]

    def _count(self, first: int, end: int) -> int:
        return self._before[end] - self._before[first]


def _word_count(text: str) -> int:
    """Count words; in scripts without spaces two characters are taken for one."""
    return len(text.split()) + len(_UNSPACED.findall(text)) // 2


def _passage(article: Article, sentences: tuple[Sentence, ...]) -> Passage:
    start, end = sentences[0].start, sentences[-1].end
    return Passage(_id(article, start, end), article.id, start, end, sentences)


def _id(article: Article, start: int, end: int) -> int:
    """Return a positive number under 2**63, as SQLite and FAISS take, made of nothing but the passage."""
    key = f"{article.id}\0{start}\0{end}\0{article.text[start:end]}"
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return max(1, int.from_bytes(digest, "big") >> 1)
