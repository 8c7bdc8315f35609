"""What the words of passages are taken from, as it lies in the snapshot's SQLite file."""

import json
import sqlite3
from collections.abc import Sequence

from index.lexical import PassageText

_TEXTS = """
    SELECT passages.id, title, text, start, end, language FROM passages
    JOIN articles ON articles.number = passages.article WHERE passages.id IN (SELECT value FROM json_each(?))
"""


def passage_texts(connection: sqlite3.Connection, passage_ids: Sequence[int]) -> dict[int, PassageText]:
    """Return what the words of passages are taken from, by their ids; who is unknown is left out."""
    rows = connection.execute(_TEXTS, (json.dumps(passage_ids),))
    return {id_: PassageText(title, text[start:end], language) for id_, title, text, start, end, language in rows}
