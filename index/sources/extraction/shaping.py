"""Markup that misleads about what stands where, put right before the text is looked for.

Tables that only lay out a page, a form around all of it, code within sentences, marks of footnotes, paragraphs that
are said twice. Takes no words away but those marks.
"""

from itertools import pairwise

from index.sources.extraction.nodes import Node, names, words

_CELLS = "self::tbody or self::tr or self::td"
_WHOLE = 0.5
_AGAIN = "\N{WORD JOINER}"
"""Begins a paragraph that says the same as the one before it. Nobody sees it, and ``unmarked`` takes it away again."""


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
    _keep_repeated(tree)


def unmarked(text: str) -> str:
    """Return the text without what ``shape`` put into the tree to keep it whole."""
    return text.replace(_AGAIN, "")


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


def _keep_repeated(tree: Node) -> None:
    """Tell a paragraph from the same one right before it.

    trafilatura takes the second for a mistake of its own and drops it. A page that has it twice says it twice, and
    gives then what a file with the same words gives; where the two are called differently, one is for other screens.
    """
    for parent in tree.iter():
        for before, node in pairwise(parent):
            if _says_again(before, node):
                node.text = _AGAIN + (node.text or "")


def _says_again(before: Node, node: Node) -> bool:
    """Whether both are paragraphs of one name, with the same words and nothing between them."""
    paragraphs = before.tag == node.tag == "p" and not (before.tail or "").strip()
    return paragraphs and names(before) == names(node) and before.text_content() == node.text_content()
