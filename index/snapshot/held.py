"""The record of the snapshot that is kept aside: one that did not pass the gate, or was not judged yet.

JSON in and out; it decides nothing, and touches no snapshot.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from index import files

UNJUDGED = "its build ended before it was judged"


@dataclass(frozen=True, slots=True)
class HeldSnapshot:
    """A complete snapshot that nobody is to use unasked, why, and since when.

    ``basis`` is a digest of what it was judged by: a judge who finds it unchanged would say the same again. ""
    where it was not judged, or that is not known.
    """

    name: str
    reasons: tuple[str, ...]
    since: datetime
    basis: str = ""

    def __str__(self) -> str:
        return (
            f"snapshot {self.name} is kept aside and not published: {'; '.join(self.reasons)};"
            f' "verbatim-index diff" shows what is worse, "verbatim-index publish --force {self.name}" publishes it all'
            " the same"
        )


def write_held(path: Path, held: HeldSnapshot) -> None:
    """Write the record durably; readers see the old one or the new one."""
    content = asdict(held) | {"since": held.since.isoformat()}
    files.replace_text(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def read_held(path: Path) -> HeldSnapshot | None:
    """Read the record; ``None`` where there is none.

    Raises:
        ValueError: it cannot be read as one.
    """
    try:
        content = json.loads(files.read_text(path))
        since = datetime.fromisoformat(content["since"])
        reasons = tuple(str(one) for one in content["reasons"])
        return HeldSnapshot(str(content["name"]), reasons, since, str(content["basis"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"{path} cannot be read ({error})") from error
