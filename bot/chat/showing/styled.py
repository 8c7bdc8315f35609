"""Text with formatting entities, counted as Telegram counts: in UTF-16 code units.

The only place where code points become UTF-16 units. Does not know what is being shown.
Invariant: every entity lies inside the text and neither starts nor ends with white space.
"""

from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["blockquote", "expandable_blockquote", "bold", "italic", "code", "text_link"]

# What Telegram deletes or replaces before it counts (tdlib's clean_input_string, which takes three combining marks for
# a trick), so that our offsets are those of the text that is shown; and what would reorder the text that follows it: a
# title cannot spill.
_CHANGED: dict[int, str | None] = {
    **dict.fromkeys(range(0x20), " "),
    ord("\n"): "\n",
    ord("\r"): None,
    **dict.fromkeys((0x030A, 0x0333, 0x033F)),
    **dict.fromkeys((0x061C, 0x200E, 0x200F)),
    **dict.fromkeys(range(0x2028, 0x202F)),
    **dict.fromkeys(range(0x2066, 0x206A)),
    **dict.fromkeys(range(0xD800, 0xE000)),
}


def units(text: str) -> int:
    """Count UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def cleaned(text: str) -> str:
    """Return the text as Telegram will show it."""
    return text.translate(_CHANGED)


def one_line(text: str, longest: int) -> str:
    """Return a name on one line, shortened to ``longest`` code points with an ellipsis."""
    flat = " ".join(cleaned(text).split())
    return flat if len(flat) <= longest else flat[: longest - 1].rstrip() + "…"


@dataclass(frozen=True, slots=True)
class Entity:
    """Formatting of ``length`` UTF-16 units from ``offset``."""

    kind: Kind
    offset: int
    length: int
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Styled:
    """A text and its entities. ``a + b`` joins two; ``marked`` formats the whole."""

    text: str = ""
    entities: tuple[Entity, ...] = ()

    @property
    def units(self) -> int:
        """The length in UTF-16 units."""
        return units(self.text)

    def __add__(self, other: "Styled | str") -> "Styled":
        tail = Styled(other) if isinstance(other, str) else other
        shift = self.units if tail.entities else 0
        moved = tuple(replace(entity, offset=entity.offset + shift) for entity in tail.entities)
        return Styled(self.text + tail.text, self.entities + moved)

    def marked(self, kind: Kind, url: str | None = None) -> "Styled":
        """Lay one entity over the whole text, without the white space around it."""
        inner = self.text.strip()
        if not inner:
            return self
        before = units(self.text[: self.text.index(inner)])
        return Styled(self.text, (Entity(kind, before, units(inner), url), *self.entities))
