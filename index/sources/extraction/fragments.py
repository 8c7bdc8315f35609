"""HTML that is a piece of a page, as feeds carry it, to text: everything in it is the article but its trimmings."""

import re

from index.sources.extraction import boxes
from index.sources.extraction.blocks import HTML, text_of
from index.sources.extraction.parsing import parse

_NO_TEXT = (
    "script style noscript template iframe object embed form button select textarea input svg img picture video audio"
)
_APPEARED = re.compile(
    r"(?:The post|The article|Der Beitrag|La entrada|L['’]article|Запись|Запис|Сообщение) .{1,300} "
    r"(?:appeared first on|first appeared on|erschien zuerst auf|se publicó primero en|est apparu en premier sur|"
    r"впервые появилась|вперше з['’]явився на|появились сначала на) .{1,100}"
)


def fragment_text(source: str) -> str:
    """Return the text of a piece of HTML, its blocks between blank lines; empty where there is none.

    Raises:
        FormatError: it is too large or too deep for any article.
    """
    tree = parse(f"<html><body><div>{source}</div></body></html>")
    if tree is None:
        return ""
    for node in [*tree.iter(*_NO_TEXT.split())]:
        node.drop_tree()
    boxes.drop_boxes(tree)
    blocks = text_of(tree, HTML).split("\n\n")
    return "\n\n".join(block for block in blocks if not _APPEARED.fullmatch(block)).strip()
