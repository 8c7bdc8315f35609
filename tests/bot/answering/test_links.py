"""Links with a text fragment, read back as https://wicg.github.io/scroll-to-text-fragment/ tells browsers to."""

import re
import unicodedata
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.answering.links import LONGEST, link_to
from index import Article


def article(text: str, url: str | None = "https://example.org/page") -> Article:
    return Article("a", "Title", text, url, None, None, None, "en", "test", "r")


def link_to_words(text: str, words: str, url: str = "https://example.org/page", after: int = 0) -> str:
    start = text.index(words, after)
    link = link_to(article(text, url), start, start + len(words))
    assert link is not None
    return link


# A browser: the page's lines are its blocks; blanks are alike; case and accents do not count.


class Browser:
    def __init__(self, text: str) -> None:
        self.letters: list[str] = []
        self.places: list[int] = []
        for match in re.finditer(r"\n|[^\S\n]+|\S", text):
            shown = match[0] if match[0] == "\n" or not match[0].isspace() else " "
            self.letters.append(shown)
            self.places.append(match.start())
        self.page = "".join(map(self.folded, self.letters))

    @staticmethod
    def folded(letter: str) -> str:
        plain = unicodedata.normalize("NFKD", letter)
        accented = not plain[0].isspace() and all(map(unicodedata.combining, plain[1:]))
        return (plain[0] if accented else letter).casefold()[0]

    def is_word_border(self, place: int) -> bool:
        """A rough UAX 29: no border inside a word, at a full stop or apostrophe within one, before a mark."""
        before, after = self.page[:place][-2:], self.page[place:][:2]
        if not before or not after or "\n" in (before[-1], after[0]):
            return True
        joined = before[-1].isalnum() and after[0].isalnum()
        middle = bool(re.fullmatch(r"\w[.'’:]", before)) and after[0].isalnum()
        middle = middle or (before[-1].isalnum() and bool(re.match(r"[.'’:]\w", after)))
        return not (joined or middle or unicodedata.category(after[0]) in ("Mn", "Me", "Mc", "Cf"))

    def find(
        self, query: str, start: int, *, bounded_start: bool, bounded_end: bool, here: bool
    ) -> tuple[int, int] | None:
        wanted = "".join(map(self.folded, query))
        at = self.page.find(wanted, start)
        while at >= 0 and not (here and at != start):
            end = at + len(wanted)
            fits = "\n" not in self.page[at:end]
            fits = fits and (not bounded_start or self.is_word_border(at))
            if fits and (not bounded_end or self.is_word_border(end)):
                return at, end
            at = self.page.find(wanted, at + 1)
        return None

    def skip_blanks(self, place: int) -> int:
        while place < len(self.page) and self.page[place].isspace():
            place += 1
        return place

    def open(self, link: str) -> tuple[int, int] | None:
        """Return where in the text the first match of the link's directive begins and ends."""
        directive = urlsplit(link).fragment.partition(":~:text=")[2]
        terms = directive.split(",")
        prefix = unquote(terms.pop(0)[:-1]) if terms[0].endswith("-") else ""
        suffix = unquote(terms.pop()[1:]) if terms[-1].startswith("-") else ""
        first, last = unquote(terms[0]), unquote(terms[1]) if len(terms) > 1 else ""
        assert len(terms) <= 2
        assert first
        return self.range(prefix, first, last, suffix)

    def range(self, prefix: str, first: str, last: str, suffix: str) -> tuple[int, int] | None:
        search = 0
        while search < len(self.page):
            free_end = bool(last) or not suffix
            if prefix:
                context = self.find(prefix, search, bounded_start=True, bounded_end=False, here=False)
                if context is None:
                    return None
                search, begin = context[0] + 1, self.skip_blanks(context[1])
                match = self.find(first, begin, bounded_start=False, bounded_end=free_end, here=True)
                if match is None:
                    continue
            else:
                match = self.find(first, search, bounded_start=True, bounded_end=free_end, here=False)
                if match is None:
                    return None
                search = match[0] + 1
            end = self.end(match, last, suffix)
            if end is not None:
                return self.places[match[0]], self.places[end - 1] + 1
            if last:
                return None
        return None

    def end(self, match: tuple[int, int], last: str, suffix: str) -> int | None:
        place = match[1]
        while True:
            if last:
                found = self.find(last, place, bounded_start=True, bounded_end=not suffix, here=False)
                if found is None:
                    return None
                place = found[1]
            after = self.skip_blanks(place)
            if not suffix or self.find(suffix, after, bounded_start=False, bounded_end=True, here=True):
                return place
            if not last:
                return None


PAGE = (
    "Rain is near. It is so.\n"
    "He said: “Well-known, & odd — 50% of it!” Nobody laughed.\n"
    "It is so. The committee of the whole house met on Monday and talked for hours about very many things.\n"
    "שלום עולם, מה שלומך? 😀 Emoji sentence 👩‍👩‍👧 here.\n"
    "It is so. Nobody laughed."
)


@pytest.mark.parametrize(
    "words",
    [
        "Rain is near.",
        "“Well-known, & odd — 50% of it!”",
        "The committee of the whole house met on Monday and talked for hours about very many things.",
        "שלום עולם, מה שלומך?",
        "😀 Emoji sentence 👩‍👩‍👧 here.",
        "Rain is near. It is so.\nHe said: “Well-known, & odd — 50% of it!”",
    ],
)
def test_a_link_opens_the_article_at_the_quote(words: str) -> None:
    """The first match of the fragment is the quote, whatever signs, scripts and lines it has."""
    start = PAGE.index(words)
    assert Browser(PAGE).open(link_to_words(PAGE, words)) == (start, start + len(words))


def test_a_sentence_that_comes_again_is_found_by_its_neighbours() -> None:
    """Prefix and suffix tell equal sentences apart."""
    for match in re.finditer("It is so.|Nobody laughed.", PAGE):
        link = link_to(article(PAGE), *match.span())
        assert link is not None
        assert Browser(PAGE).open(link) == match.span()


def test_signs_of_the_syntax_are_percent_encoded() -> None:
    """Dash, comma and ampersand are the quote's, not the directive's."""
    link = link_to_words(PAGE, "“Well-known, & odd — 50% of it!”")
    expected = "%E2%80%9CWell%2Dknown%2C%20%26%20odd%20%E2%80%94%2050%25%20of%20it%21%E2%80%9D"
    assert link == f"https://example.org/page#:~:text={expected}"


def test_a_long_quote_is_named_by_its_ends() -> None:
    """A few words of either end keep the link short and let an editor mend the middle."""
    link = link_to_words(
        PAGE, "The committee of the whole house met on Monday and talked for hours about very many things."
    )
    assert link.endswith("#:~:text=The%20committee%20of%20the%20whole,hours%20about%20very%20many%20things.")


def test_no_term_crosses_a_line() -> None:
    """A term matches within one block, so a quote of two paragraphs is a range."""
    link = link_to_words(PAGE, "It is so.\nHe said:")
    assert link.endswith("#:~:text=It%20is%20so.,He%20said%3A")


def test_the_same_words_across_a_line_are_another_place() -> None:
    """A browser does not find them there, so nothing has to tell the two apart."""
    link = link_to_words("Bees dance\nfor hours. All bees dance for hours.", "bees dance for hours.")
    assert link.endswith("#:~:text=bees%20dance%20for%20hours.")


def test_blanks_are_folded() -> None:
    """A page shows many blanks as one."""
    text = "It  was\u00a0a \t dark night. Then it rained."
    link = link_to_words(text, "It  was\u00a0a \t dark night.")
    assert link.endswith("#:~:text=It%20was%20a%20dark%20night.")


def test_a_fragment_of_the_address_is_kept() -> None:
    """The place that the address names stays for browsers that know no text fragments."""
    assert "/page#section:~:text=Rain" in link_to_words(PAGE, "Rain is near.", "https://example.org/page#section")
    assert "/page#:~:text=Rain" in link_to_words(PAGE, "Rain is near.", "https://example.org/page#:~:text=old")


@pytest.mark.parametrize(
    "url",
    [
        *(None, "", "ftp://example.org/a", "http://localhost/a", "/a", "javascript:alert(1)", "https://[::1"),
        *("https://", "https://a..b/c", "mailto:a@b.c", "file:///etc/a.b", "https://a.b:x/"),
        *("https://exa mple.org/", "https://example.org/\ud800", f"https://example.org/{'x' * LONGEST}"),
    ],
)
def test_an_address_that_chats_refuse_gives_no_link(url: str | None) -> None:
    """Only http and https with a host that has a dot, and not over-long, is a link."""
    assert link_to(article(PAGE, url), 0, 5) is None


def test_a_blank_in_an_address_is_encoded() -> None:
    """An address with blanks or quotation marks is mended, not broken off there."""
    assert link_to_words(PAGE, "Rain is near.", ' https://example.org/a "b"\n').startswith(
        "https://example.org/a%20%22b%22#"
    )


def test_a_link_is_never_too_long() -> None:
    """Words are left out, and then the fragment, before a link grows over the limit."""
    cyrillic = " ".join(["достопримечательность"] * 9 + ["конец."])
    for room in (1500, 300, 60, 0):
        url = "https://example.org/".ljust(LONGEST - room, "x")
        link = link_to_words(cyrillic, cyrillic, url)
        assert link.startswith(url)
        assert len(link) <= LONGEST


@pytest.mark.parametrize(
    ("text", "start", "end"), [(PAGE, 3, 3), (PAGE, 5, 6), ("", 0, 0), ("a \ud800 b", 2, 3), (" ", 0, 1)]
)
def test_what_cannot_be_named_gives_the_plain_address(text: str, start: int, end: int) -> None:
    """An empty quote, or one that UTF-8 cannot write, opens the article at its beginning."""
    link = link_to(article(text), start, end)
    assert link is not None
    assert "text=" not in link or Browser(text).open(link) is not None


def test_an_article_that_repeats_itself_gives_the_plain_address() -> None:
    """A link never opens at another place than the quote's: where no context helps there is no fragment."""
    text = "Same words again.\n" * 50
    assert link_to(article(text), 25 * 18, 25 * 18 + 17) == "https://example.org/page"


pieces = st.sampled_from(
    "It|is|so.|so|Rain,|well-known|“Yes!”|&|—|50%|a.b|é|e\u0301|İ|ß|😀|שלום|مرحبا|你好。|再见，|\n|\n\n| |\u00a0|\t|"
    "\u0301|\u200d|-|,|\ud800|'s".split("|")
)
texts = st.lists(st.tuples(pieces, st.sampled_from([" ", "", " "])), max_size=40).map(
    lambda parts: "".join(word + blank for word, blank in parts)
) | st.text(max_size=120)


@settings(max_examples=250, deadline=None)
@given(texts, st.data())
def test_a_fragment_finds_its_quote_and_nothing_before_it(text: str, data: st.DataObject) -> None:
    """Any link with a fragment, of any part of any text, opens at that part."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    link = link_to(article(text), start, end)
    assert link is not None
    assert len(link) <= LONGEST
    assert link.isascii()
    assume(":~:" in link)
    part = text[start:end]
    trimmed = start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())
    assert Browser(text).open(link) == trimmed


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(["Rain fell.", "He left, she stayed.", "It is a well-known fact."]), min_size=1, max_size=6
    )
)
def test_a_sentence_told_apart_by_its_neighbours_gets_a_fragment(sentences: list[str]) -> None:
    """The plain address is no easy way out: an unlike neighbour within reach is used."""
    sentences = [f"{number} {sentence}" for number, sentence in enumerate(sentences)]
    text = " ".join(part for sentence in sentences for part in (sentence, "It is so."))
    for match in re.finditer("It is so.", text):
        link = link_to(article(text), *match.span())
        assert link is not None
        assert Browser(text).open(link) == match.span()
