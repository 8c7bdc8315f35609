"""Markup that misleads about what stands where, put right before the text is looked for.

Tables that only lay out a page, a form around all of it, code within sentences, marks of footnotes. Takes no
words away but those marks.
"""

from index.sources.extraction.nodes import Node, words

_CELLS = "self::tbody or self::tr or self::td"
_WHOLE = 0.5


def shape(tree: Node) -> None:
    """Put the tree right, in place."""
    _unwrap_forms(tree)
    _unfold_tables(tree)
    for node in tree.xpath("//code[not(ancestor::pre)][not(.//br)]|//kbd|//samp|//var"):
        node.drop_tag()  # trafilatura makes blocks of them, which cuts the sentence
    for node in tree.xpath(
        "//sup[a[starts-with(@href, '#')]]|//a[starts-with(@href, '#')][sup][not(text()[normalize-space()])]"
    ):
        node.drop_tree()  # "in 1571.1" is no number of the article


def _unwrap_forms(tree: Node) -> None:
    """Some servers put all of a page into a form, and forms are dropped."""
    limit = _WHOLE * sum(words(node) for node in tree.xpath("//body"))
    for node in [*tree.iter("form")]:
        if node.xpath(".//h1") or words(node) > limit:
            node.drop_tag()


def _unfold_tables(tree: Node) -> None:
    """A table that holds headings, paragraphs or tables lays out a page; its cells are the page's parts."""
    for table in reversed(
        tree.xpath("//table[not(.//th)][.//h1 or .//table or count(.//p) > 2 or count(.//td//br) > 4]")
    ):
        own = [node for node in table.xpath(f".//*[{_CELLS}]") if next(node.iterancestors("table"), None) is table]
        for node in [*own, table]:
            node.tag = "div"
