"""Markdown: CommonMark, tables, strikethrough, footnotes and YAML front matter, to the words a reader sees.

A block (paragraph, heading, code, quotation) stands between blank lines, list items and table rows on lines
of their own; bullets and numbers go the way of all markup, since no page that is made of the file has them
in its text. Pictures are left out, also their descriptions.
"""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import yaml
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from index.errors import FormatError
from index.records import Draft
from index.sources.formats import fields
from index.sources.formats.encoding import decode

_UNREAD = re.compile(r"<(!--|script\b|style\b)", re.IGNORECASE)
_UNREAD_ENDS = {
    "!--": re.compile("-->"),
    "script": re.compile(r"</script\s*>", re.IGNORECASE),
    "style": re.compile(r"</style\s*>", re.IGNORECASE),
}
_TAG = re.compile(r"<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")
_MOST_CELLS = 50_000
"""Of all tables. The parser fills up rows that are too short: of a line, a thousand cells."""
_DELIMITERS = frozenset(" \t>|:-*+.)0123456789")
"""What the line under a table's head consists of, within quotations and lists as well."""
_LINES = ("bullet_list", "ordered_list", "table")


def read(path: Path) -> Iterator[Draft]:
    """Yield the file's article, with what its front matter says.

    Raises:
        FormatError: the front matter is not YAML, or the file no text, or its tables are endless.
    """
    tree = _tree(decode(path.read_bytes()))
    says = _front_matter(tree)
    yield Draft(
        "\n\n".join(_blocks(tree)),
        title=fields.words(says.get("title")) or _first_heading(tree),
        url=fields.link(says.get("url")),
        published=fields.day(says.get("date")),
        author=fields.words(says.get("author")),
        language=fields.words(says.get("language")),
    )


def _tree(source: str) -> SyntaxTreeNode:
    if (cells := _most_cells(source)) > _MOST_CELLS:
        raise FormatError(f"its tables have up to {cells} cells, at most {_MOST_CELLS} are read")
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    front_matter_plugin(parser)
    footnote_plugin(parser)
    return SyntaxTreeNode(parser.parse(source))


def _most_cells(source: str) -> int:
    """How many cells the tables can have: as many in each line as in the line under the head."""
    columns = cells = 0
    for line in source.splitlines():
        if "|" in line and "-" in line and _DELIMITERS.issuperset(line):
            columns = line.count("|") + 1
        elif not line.strip():
            columns = 0
        cells += columns
    return cells


def _front_matter(tree: SyntaxTreeNode) -> Mapping[str, object]:
    """What the file says about itself, every scalar as the text it is written as.

    YAML would make a boolean of the language ``no`` and a number of the title ``1984``.
    """
    source = next((node.content for node in tree.children if node.type == "front_matter"), "")
    try:
        says = yaml.load(source, Loader=yaml.BaseLoader) or {}
    except (yaml.YAMLError, RecursionError) as error:
        raise FormatError(f"the front matter is not valid YAML: {' '.join(str(error).split())}") from error
    if not isinstance(says, dict):
        raise FormatError('the front matter has to be lines of "key: value"')
    return {str(key).lower(): value for key, value in says.items()}


def _first_heading(tree: SyntaxTreeNode) -> str | None:
    """The heading that the article begins with: its title, where the front matter gives none."""
    first = next((node for node in tree.children if node.type != "front_matter"), None)
    return _words(first) if first is not None and first.type == "heading" else None


def _blocks(node: SyntaxTreeNode) -> Iterator[str]:
    for child in node.children:
        if child.type in _LINES:
            yield "\n".join(_lines(child))
        elif child.type in ("paragraph", "heading"):
            yield _words(child)
        elif child.type in ("fence", "code_block"):
            yield child.content.rstrip("\n")
        elif child.type == "html_block":
            yield _without_tags(child.content)
        elif child.type not in ("front_matter", "hr", "footnote_anchor"):
            yield from _blocks(child)


def _lines(node: SyntaxTreeNode) -> Iterator[str]:
    """The items of a list, or the rows of a table, a line each."""
    for child in node.children:
        if child.type in ("thead", "tbody"):
            yield from _lines(child)
        elif child.type == "tr":
            yield " | ".join(filter(None, map(_words, child.children)))
        else:
            yield from _blocks(child)


def _words(node: SyntaxTreeNode) -> str:
    text = _inline(node.children[0].children if node.children else ())
    return "\n".join(" ".join(line.split()) for line in text.strip().split("\n"))


def _inline(nodes: Sequence[SyntaxTreeNode]) -> str:
    return "".join(map(_inline_part, nodes))


def _inline_part(node: SyntaxTreeNode) -> str:
    if node.type in ("text", "code_inline"):
        return node.content
    if node.type == "softbreak":
        return " "
    if node.type == "hardbreak":
        return "\n"
    if node.type in ("image", "footnote_ref", "footnote_anchor"):
        return ""
    if node.type == "html_inline":
        return "\n" if node.content.lower().startswith("<br") else ""
    return _inline(node.children)


def _without_tags(source: str) -> str:
    return html.unescape(_TAG.sub("", _without_unread(source))).strip()


def _without_unread(source: str) -> str:
    """The source without remarks, scripts and styles that end. A search for each end: a pattern takes squares."""
    kept, place, unended = [], 0, set[str]()
    for begin in _UNREAD.finditer(source):
        kind = begin[1].lower()
        if begin.start() < place or kind in unended:
            continue
        end = _UNREAD_ENDS[kind].search(source, begin.end())
        if end is None:
            unended.add(kind)
            continue
        kept.append(source[place : begin.start()])
        place = end.end()
    return "".join([*kept, source[place:]])
