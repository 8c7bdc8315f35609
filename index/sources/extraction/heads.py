"""What the head of a page tells machines: where else the article stands, and whether it may be indexed."""

import re
from dataclasses import dataclass

from index.sources.extraction.nodes import Node


@dataclass(frozen=True, slots=True)
class Head:
    """``canonical`` and ``amp`` are addresses as they are written; ``robots`` are directives for everybody or us."""

    canonical: str | None = None
    open_graph: str | None = None
    amp: str | None = None
    base: str | None = None
    kind: str | None = None
    robots: tuple[str, ...] = ()


def head_of(tree: Node) -> Head:
    """Return what the head says; where it says it twice, the first counts."""
    return Head(
        canonical=_link(tree, "canonical"),
        open_graph=_meta(tree, "og:url"),
        amp=_link(tree, "amphtml"),
        base=_first(tree, "//base[@href]", "href"),
        kind=_meta(tree, "og:type") or ("article" if _meta(tree, "article:published_time") else None),
        robots=tuple(_robots(tree)),
    )


def _link(tree: Node, relation: str) -> str | None:
    for node in tree.xpath("//link[@rel][@href]"):
        if relation in (node.get("rel") or "").lower().split():
            return (node.get("href") or "").strip() or None
    return None


def _meta(tree: Node, name: str) -> str | None:
    return _first(tree, f"//meta[@property='{name}' or @name='{name}']", "content")


def _first(tree: Node, path: str, key: str) -> str | None:
    return next((value for node in tree.xpath(path) if (value := (node.get(key) or "").strip())), None)


def _robots(tree: Node) -> list[str]:
    nodes = tree.xpath("//meta[@name][@content]")
    said = [n.get("content") or "" for n in nodes if (n.get("name") or "").lower() in ("robots", "googlebot")]
    return [part for content in said for part in re.split(r"[,\s]+", content.lower()) if part]
