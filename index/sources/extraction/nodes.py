"""The few things that are done with an element of a parsed page; lxml, which has no types, does them."""

from collections.abc import Iterator
from typing import Protocol


class Node(Protocol):
    """An element of lxml's: its words, then its children with the words after each (``tail``)."""

    tag: str
    text: str | None
    tail: str | None

    def get(self, key: str) -> str | None: ...
    def set(self, key: str, value: str) -> None: ...
    def iter(self, *tags: str) -> "Iterator[Node]": ...
    def iterancestors(self, *tags: str) -> "Iterator[Node]": ...
    def xpath(self, path: str) -> "list[Node]": ...
    def text_content(self) -> str: ...
    def drop_tree(self) -> None: ...
    def drop_tag(self) -> None: ...
    def __iter__(self) -> "Iterator[Node]": ...
    def __len__(self) -> int: ...


def names(node: Node) -> str:
    """Return what an element is called: its class, id, and what tests and screen readers call it, lower-case."""
    called = (node.get(key) for key in ("class", "id", "data-testid", "data-component", "aria-label"))
    return " ".join(name for name in called if name)[:500].lower()


def words(node: Node) -> int:
    """Count the words of an element."""
    return len(node.text_content().split())
