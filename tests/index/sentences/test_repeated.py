"""What sites repeat: counted over whole sites, each for itself, copies of articles left out."""

from dataclasses import replace

import pytest
from builders import an_article

from index.records import Article
from index.sentences import split_sentences
from index.sentences.repeated import Repeated, RepeatedLines, pack_lines, site_of

SLOGAN = "The Lantern shines on everything that happens in Riverton."
CALL = "Find your nearest lantern seller in our list."


def articles(count: int, line: str = SLOGAN, *, site: str | None = "lantern.example", first: int = 0) -> list[Article]:
    """Articles of one site that share nothing but a line."""
    texts = [
        f"The boat number {n} left the harbour at dawn. Its {n} sailors sang until {n} o'clock.\n\n{line}"
        for n in range(first, first + count)
    ]
    made = [an_article(f"{site} {first + n}", text) for n, text in enumerate(texts)]
    return [replace(one, site=site) for one in made]


def counted(all_articles: list[Article]) -> Repeated:
    return lines_of(all_articles).found()


def lines_of(all_articles: list[Article]) -> RepeatedLines:
    """The lines of articles, whose numbers are their places."""
    return RepeatedLines(
        (number, site_of(one), pack_lines(one, split_sentences(one.text, "en")))
        for number, one in enumerate(all_articles)
    )


def marked(found: Repeated, article: Article) -> list[str]:
    sentences = split_sentences(article.text, "en")
    return [article.text[s.start : s.end] for s in sentences if found.holds(article, s)]


def test_a_line_on_many_pages_of_a_site_is_furniture() -> None:
    """A sentence in eight articles, which are one in a hundred, is the site's; the others stay the articles'."""
    site = articles(8) + articles(40, "It was quiet.", first=100)
    found = counted(site)

    assert [marked(found, one) for one in site] == [[SLOGAN]] * 8 + [[]] * 40


def test_a_line_on_a_few_pages_is_none() -> None:
    """Background that seven articles explain in the same words is still theirs."""
    site = articles(7)
    assert marked(counted(site), site[0]) == []


def test_a_line_on_a_small_share_of_a_large_site_is_none() -> None:
    """Eight articles of nine hundred are too few."""
    site = articles(8) + articles(892, "It was quiet.", first=100)
    assert marked(counted(site), site[0]) == []


def test_a_line_to_the_reader_needs_fewer() -> None:
    """What speaks to the reader is the site's in four articles."""
    assert marked(counted(site := articles(4, CALL)), site[0]) == [CALL]
    assert marked(counted(site := articles(3, CALL)), site[0]) == []


def test_a_quotation_does_not_speak_to_the_reader() -> None:
    """A quoted "you" is somebody's word, in however many follow-ups."""
    site = articles(4, "“You will find your lantern in our house,” she said.")
    assert marked(counted(site), site[0]) == []


def test_a_wire_story_on_many_sites_is_none() -> None:
    """What is on one page each of many sites belongs to the story."""
    everywhere = [articles(1, site=f"{n}.example", first=n)[0] for n in range(20)]
    found = counted(everywhere)
    assert [marked(found, one) for one in everywhere] == [[]] * 20


def test_versions_of_a_live_article_do_not_count() -> None:
    """An article that mostly stands in others is their copy: its sentences are told once, not ten times."""
    text = "The dam broke at nine in the morning. The lower town was flooded within an hour. Nobody was hurt there."
    versions = [an_article(f"live {n}", f"Update {n} came in.\n\n{text}") for n in range(10)]
    versions = [replace(one, site="lantern.example") for one in versions]
    assert marked(counted(versions + articles(20)), versions[0]) == []


def test_where_the_site_is_unknown_the_source_counts() -> None:
    """Articles without an address are taken for pages of their source."""
    site = articles(8, site=None)
    assert marked(counted(site), site[0]) == [SLOGAN]


@pytest.mark.parametrize("line", ["Ann Lee in Riverton", "North Carolina"])
def test_short_lines_are_none(line: str) -> None:
    """Names and headings are repeated by chance."""
    site = articles(20, line)
    assert marked(counted(site), site[0]) == []


def test_case_and_white_space_do_not_matter() -> None:
    """The same words are the same line, however they are set."""
    site = articles(4) + articles(4, SLOGAN.upper().replace(" ", "  "), first=50)
    assert marked(counted(site), site[0]) == [SLOGAN]


def test_the_order_of_the_articles_does_not_matter() -> None:
    """The same articles give the same marks, whichever came first."""
    site = articles(8) + articles(9, CALL, first=50)
    there, back = counted(site), counted(site[::-1])
    assert [marked(there, one) for one in site] == [marked(back, one) for one in site]


def test_who_holds_a_repeated_line_is_known() -> None:
    """Without another look at the texts: only these articles are marked anew when a line begins or ceases to count."""
    site = articles(8) + articles(9, CALL, first=50) + articles(3, first=80, site="other.example")
    lines = lines_of(site)
    fewer = counted(site[1:])
    assert lines.holding(lines.found()) == set(range(17))
    assert lines.holding(lines.found().changes(fewer)) == set(range(8))
    assert lines.holding(fewer.changes(lines.found())) == set(range(8))
    assert lines.holding(fewer.changes(fewer)) == set()


def test_no_lines_are_nothing() -> None:
    """Articles without sentences, and no articles."""
    assert counted([]).sites == {}
    assert counted(articles(9, "", site=None)[:0] + [an_article(f"{n}", " ") for n in range(9)]).sites == {}
