"""A list of addresses as people write one: one a line, "#" before a remark, blank lines as they like."""

from index.credentials import without_credentials
from index.errors import FormatError
from index.records import Listed
from index.sources.web.addresses import canonical_address, web_address

_NAMED = 3
"""Wrong lines that a message names."""


def read_list(text: str) -> tuple[Listed, ...]:
    """Return the pages in the order of the list, each once.

    Raises:
        FormatError: a line is no address. The others are not taken either: what people mistyped they want to know.
    """
    found: dict[str, Listed] = {}
    wrong = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        entry = line.strip()
        if not entry or entry.startswith("#"):
            continue
        if address := web_address(entry):
            found.setdefault(canonical_address(address), Listed(address))
        else:
            shown = without_credentials(entry)
            more = "" if shown == entry else ", or holds a name or a password: take them out"
            wrong.append(f"line {number} is no address that begins with https:// or http://{more} ({shown[:60]!r})")
    if wrong:
        more = f"; and {len(wrong) - _NAMED} lines more" if len(wrong) > _NAMED else ""
        raise FormatError("; ".join(wrong[:_NAMED]) + more)
    return tuple(found.values())
