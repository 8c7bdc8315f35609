"""Parts of a page that are no part of its article: summaries made by machines, sign-up forms, links to others.

A box is known by its role, by what its makers call it, or by its heading; it goes with everything in it. Captions,
credits and lines within the text stay: whether they may be quoted is told later, sentence by sentence.
Invariant: what holds the heading or half of the page's words stays, whatever it is called.
"""

import re
from collections.abc import Iterator

from index.sources.extraction.nodes import Node, names, words

_ROLES = {"navigation", "complementary", "banner", "contentinfo", "search", "dialog", "alertdialog", "form"}

_NAMES = re.compile(
    r"(?<![a-z])(?:"
    r"ai[-_]?(?:generated|assisted)?[-_]?summar(?:y|ies)|(?:auto|smart|article)[-_]?summary|key[-_]?(?:points?|takeaways?)"
    r"|takeaways?|tl-?dr|at-a-glance"
    r"|newsletters?|sign-?up|subscri(?:be|ption)s?|mailing-?list|inline-?(?:promo|cta)|promos?|promotion|call-?to-?action|cta"
    r"|related|recirc\w*|read-?(?:more|next|also)|also-?read|see-?also|more-?(?:on|from|stories|like-this)|recommend\w*"
    r"|you-?(?:may|might)\w*|trending|popular|most-?(?:read|popular|viewed)|up-?next|teasers?|outbrain|taboola"
    r"|share|sharing|social|share-?(?:bar|buttons|tools)"
    r"|comments?|comment-?(?:list|section|form|thread|body)|disqus(?:_thread)?|respond"
    r"|ads?|ad-?(?:slot|unit|container|wrapper|banner|label)|adverts?|advertisement|dfp"
    r"|pull-?quotes?|breadcrumbs?|pagination|pager|sidebar|cookie\w*|consent"
    r")(?![a-z])"
)
"""How makers of pages call what stands around and between the text: a whole word of a class or an id."""

_HEADINGS = re.compile(
    r"(?:ai|ки|ші)?[- ]?(?:generated |assisted |powered )?(?:summary|takeaways)(?: by ai)?:?"
    r"|(?:ai|smart|article|quick)[- ](?:generated |assisted |powered )?summary.{0,30}|summary .{0,20}\bai\b.{0,20}"
    r"|key (?:points|takeaways):?|the (?:key points|takeaways):?|at a glance:?|tl;?dr:?|in (?:brief|short):?"
    r"|das wichtigste in kürze:?|auf einen blick:?|ki-zusammenfassung:?|zusammenfassung(?: \(ki\))?:?"
    r"|lo esencial:?|puntos clave:?|resumen(?: (?:generado )?(?:con|por) ia)?:?|l'essentiel:?|en bref:?|en résumé:?"
    r"|коротко:?|кратко:?|главное:?|головне:?|in sintesi:?|em resumo:?",
    re.IGNORECASE,
)
"""What stands over a box that says the article again in other words."""

_BYLINES = re.compile(r"(?<![a-z])by-?lines?(?![a-z])|author-?name")
_BYLINE_WORDS = 20

_ADS = ("amp-ad", "amp-embed", "amp-sidebar", "amp-consent", "amp-analytics")
_HEADING_LETTERS = 60
_SKIP = re.compile(r"(?<![a-z])skip-?(?:link|to|nav)")
_KINDS = (
    "a header div section aside ul ol dl p form blockquote details figure nav footer dialog span table article".split()
)
_WHOLE = 0.5


def drop_boxes(tree: Node) -> None:
    """Take the boxes out of the tree."""
    limit = _WHOLE * max(1, sum(words(node) for node in tree.xpath("//body")))
    gone = set[int]()
    for node in [*(node for node in tree.iter(*_KINDS, *_ADS) if _is_box(node)), *_headed(tree)]:
        within = id(node) in gone or any(id(parent) in gone for parent in node.iterancestors())
        if not within and words(node) < limit and not _is_article(node):
            gone.add(id(node))
            node.drop_tree()


def drop_bylines(tree: Node, title: str | None) -> None:
    """Take out what the fields of the article say already: its title, and who wrote it when."""
    for node in tree.xpath("//h1"):
        if title is not None and " ".join(node.text_content().split()) in title:
            node.drop_tree()
    for node in [*tree.iter("div", "p", "span", "address", "section")]:
        if _BYLINES.search(names(node)) and words(node) <= _BYLINE_WORDS:
            node.drop_tree()


def _is_box(node: Node) -> bool:
    if node.tag == "a":
        return _SKIP.search(names(node)) is not None
    named = node.tag in ("nav", "footer") or _NAMES.search(names(node)) is not None
    return named or node.tag in _ADS or (node.get("role") or "").lower() in _ROLES


def _is_article(node: Node) -> bool:
    """Whether it holds the heading, or is an article by itself: a post of a live blog, not a card in a list."""
    return bool(node.xpath(".//h1|self::article[.//p][not(ancestor::article)]"))


def _headed(tree: Node) -> Iterator[Node]:
    """The boxes that begin with a heading which says that they sum up."""
    beginnings = dict[Node, str]()  # of a box with many headings, the text is put together once
    for heading in tree.xpath("//h2|//h3|//h4|//h5|//summary|//strong|//b|//p|//span"):
        text = " ".join(heading.text_content()[:_HEADING_LETTERS].split())
        if not _HEADINGS.fullmatch(text):
            continue
        box = next(heading.iterancestors("div", "section", "aside", "details", "figure"), None)
        if box is None:
            continue
        if box not in beginnings:
            beginnings[box] = " ".join(box.text_content().split())[:_HEADING_LETTERS]
        if beginnings[box].startswith(text):
            yield box
