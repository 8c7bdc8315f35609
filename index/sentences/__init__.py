"""Where sentences begin and end, and which of them are headings or furniture.

Finds the paragraphs (``lines``), the borders inside each (``borders``, with the tables of ``abbreviations``), the
headings among them (``headings``) and what is the page's and not the article's (``furniture``, with the tables of
``phrases``). Does not change or copy text. Invariant: sentences are in order, do not overlap, have no surrounding
white space, and hold every character that is not white space.
"""

from index.records import Sentence
from index.sentences.abbreviations import abbreviations
from index.sentences.borders import plain, sentences_of
from index.sentences.furniture import furnished
from index.sentences.headings import marked
from index.sentences.lines import paragraphs


def split_sentences(text: str, language: str) -> tuple[Sentence, ...]:
    """Find the sentences of a text, its headings and its furniture.

    Offsets are code points. ``language`` is a code such as "en"; an unknown one is treated sensibly.
    """
    readable = plain(text)
    rules = abbreviations(language)
    found = [
        [Sentence(start + a, start + b) for a, b in sentences_of(readable[start:end], language, rules)]
        for start, end in paragraphs(readable)
    ]
    return tuple(marked(readable, furnished(readable, found)))
