"""Drafts as they lie in the page store: JSON without what is not said.

Invariant: ``unpacked(packed(draft)) == draft``, and equal drafts are equal texts.
"""

import json
from dataclasses import asdict
from datetime import date

from index.records import Draft


def packed(draft: Draft) -> str:
    """Return a draft as text."""
    content = asdict(draft) | {"published": draft.published.isoformat() if draft.published else None}
    return json.dumps({key: value for key, value in content.items() if value is not None}, ensure_ascii=False)


def unpacked(text: str) -> Draft:
    """Return the draft of a text that ``packed`` made."""
    content = json.loads(text)
    published = content.pop("published", None)
    return Draft(**content, published=date.fromisoformat(published) if published else None)
