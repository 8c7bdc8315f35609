"""Small files that unpack, nest or repeat to something enormous: ``python bombs.py``, one line of JSON for each.

Each is read in a process of its own that may take no more than ``ADDRESSES`` of address space beyond what it has; the
line says what came of it, in how many seconds of processor time, and how much memory it took beyond the start.
"""

import gzip
import json
import logging
import math
import os
import resource
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from hostile.samples import packed_word
from hostile.targets import SITE, named

ADDRESSES = 2 * 2**30
"""Bytes."""

PATIENCE = 15
"""Seconds of processor time after which a bomb counts as one."""

_DIED: Mapping[str, Any] = {"outcome": "died", "seconds": math.inf, "megabytes": 0, "given": 0}
_PARAGRAPH = b"<w:p><w:r><w:t>bees</w:t></w:r></w:p>"


def _word(body: bytes) -> bytes:
    names = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    begin = b'<?xml version="1.0"?><w:document xmlns:w="' + names + b'"><w:body>'
    return _packed(begin + body + b"</w:body></w:document>")


def _packed(document: bytes) -> bytes:
    return packed_word({"word/document.xml": document})


def _pdf(content: bytes, pages: int = 1) -> bytes:
    """A PDF whose pages all draw the same content, packed once."""
    packed = zlib.compress(content, 9)
    kids = " ".join(f"{number} 0 R" for number in range(5, 5 + pages))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {pages}/Kids[{kids}]>>".encode(),
        b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(packed), packed),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *[b"<</Type/Page/Parent 2 0 R/Contents 3 0 R/MediaBox[0 0 9 9]/Resources<</Font<</F 4 0 R>>>>>>"] * pages,
    ]
    file, places = BytesIO(), []
    file.write(b"%PDF-1.4\n")
    for number, one in enumerate(objects, 1):
        places.append(file.tell())
        file.write(b"%d 0 obj\n%b\nendobj\n" % (number, one))
    start = file.tell()
    file.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    file.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    file.write(b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start))
    return file.getvalue()


def _laughs(root: str) -> bytes:
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return f"<?xml version='1.0'?><!DOCTYPE {root} [{entities}]><{root}>&a9;</{root}>".encode()


def _aliases() -> bytes:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 20)]
    return "\n".join([*lines, "title: *a19", "author: *a19"]).encode()


_WIDE = b'<w:tcPr><w:gridSpan w:val="999999"/></w:tcPr>'
_PARTS = ("word/styles.xml", "word/settings.xml")

Bomb = tuple[str, Callable[[], bytes]]
"""The target that reads it, and how it is made."""

WORD_FILES: dict[str, Bomb] = {
    "paragraphs": ("word file", lambda: _word(_PARAGRAPH * 900_000)),
    "empty paragraphs": ("word file", lambda: _word(b"<w:p/>" * 2_000_000)),
    "paragraphs that are just read": ("word file", lambda: _word(_PARAGRAPH * 45_000)),
    "one word": ("word file", lambda: _word(b"<w:p><w:r><w:t>" + b"a" * 40_000_000 + b"</w:t></w:r></w:p>")),
    "a long word": ("word file", lambda: _word(b"<w:p><w:r><w:t>" + b"a" * 9_000_000 + b"</w:t></w:r></w:p>")),
    "nesting": ("word file", lambda: _word(b"<w:tbl><w:tr><w:tc>" * 90_000)),
    "tables in tables": ("word file", lambda: _word(_tables(80))),
    "wide cells in wide cells": ("word file", lambda: _word(_tables(30, _WIDE))),
    "a cell that goes on": ("word file", lambda: _word(_long_cell(30_000))),
    "laughs": ("word file", lambda: _packed(_laughs("w:document"))),
    "parts without end": ("word file", lambda: packed_word(dict.fromkeys(_PARTS, b" " * 70_000_000))),
    "blanks": ("word file", lambda: _word(b" " * 31_000_000)),
}
PDFS: dict[str, Bomb] = {
    "text": ("pdf", lambda: _pdf(b"BT /F 1 Tf " + b"(bees)Tj\n" * 2_000_000 + b"ET")),
    "text that is just read": ("pdf", lambda: _pdf(b"BT /F 1 Tf " + b"(bees)Tj\n" * 59_000 + b"ET")),
    "blanks": ("pdf", lambda: _pdf(b" " * 100_000_000)),
    "pages": ("pdf", lambda: _pdf(b"BT /F 1 Tf " + b"(bees)Tj\n" * 2_000 + b"ET", 600)),
    "pages of blanks": ("pdf", lambda: _pdf(b" " * 2_000_000, 600)),
    "nesting": ("pdf", lambda: _pdf(b"[" * 2_000_000)),
    "states": ("pdf", lambda: _pdf(b"q " * 3_000_000)),
    "lines that end in hyphens": ("pdf", lambda: _pdf(b"BT /F 1 Tf " + b"(bees-)Tj 0 -1 Td\n" * 19_000 + b"ET")),
}
TEXTS: dict[str, Bomb] = {
    "packed blanks": ("gzip", lambda: gzip.compress(b" " * 90_000_000, 1)),
    "a packed line": ("gzip", lambda: gzip.compress(b'{"text": "' + b"a" * 40_000_000, 1)),
    "nesting in JSON": ("json lines", lambda: b'{"text":' + b"[" * 2_000_000),
    "values in JSON": ("json lines", lambda: b'{"text":"a","x":[' + b"[]," * 2_000_000 + b"[]]}"),
    "a number in JSON": ("json lines", lambda: b'{"text":"a","id":' + b"9" * 5_000_000 + b"}"),
    "lines": ("text", lambda: b"bees\n" * 100_000),
    "blanks within a line": ("text", lambda: b"bees" + b" " * 400_000 + b"bees"),
    "remarks": ("text", lambda: b"<!--" * 100_000),
    "a paragraph": ("sentences", lambda: "蜜蜂冬天取暖。".encode() * 40_000),
    "a sentence": ("sentences", lambda: b"bees and " * 40_000),
    "aliases in front matter": ("front matter", _aliases),
    "nesting in front matter": ("front matter", lambda: b"a: " + b"[" * 100_000),
    "indents in front matter": ("front matter", lambda: b"".join(b" " * n + b"a:\n" for n in range(1_500))),
    "quotations in Markdown": ("markdown", lambda: b">" * 100_000 + b" bees"),
    "brackets in Markdown": ("markdown", lambda: b"[" * 50_000),
    "links in Markdown": ("markdown", lambda: b"[a](" * 20_000),
    "emphasis in Markdown": ("markdown", lambda: b"*a **b" * 10_000),
    "code in Markdown": ("markdown", lambda: b"".join(b"`" * n + b" " for n in range(600))),
    "remarks in Markdown": ("markdown", lambda: b"<div>\n" + b"<!--" * 100_000),
    "lists in Markdown": ("markdown", lambda: b"".join(b" " * (2 * n) + b"* a\n" for n in range(500))),
    "footnotes in Markdown": ("markdown", lambda: b"[^a]" * 20_000 + b"\n\n[^a]: bees"),
    "references in Markdown": ("markdown", lambda: b"[a]: /b\n" * 20_000 + b"\n" + b"[a]" * 20_000),
    "cells in Markdown": ("markdown", lambda: b"|a" * 3_000 + b"\n" + b"|-" * 3_000 + b"\n" + b"|b\n" * 3_000),
}
WEB: dict[str, Bomb] = {
    "nesting in a saved page": ("saved page", lambda: b"<div>" * 1_000_000),
    "what a page says of itself": ("page", lambda: _page(b'<meta name="author" content="' + b"<" * 1_000_000 + b'">')),
    "JSON in a page": ("page", lambda: _page(b"<script type='application/ld+json'>" + _authors() + b"</script>")),
    "a text in a page's JSON": ("page", lambda: _page(b"<script type='application/ld+json'>" + _body() + b"</script>")),
    "laughs in a feed": ("feed", lambda: _laughs("rss")),
    "nesting in a feed": ("feed", lambda: b"<rss>" + b"<item>" * 900),
    "nesting in a JSON feed": ("feed", lambda: b'{"version":"jsonfeed.org","items":' + b"[" * 1_900_000),
    "laughs in a sitemap": ("sitemap", lambda: _laughs("urlset")),
    "a packed sitemap": ("sitemap", lambda: gzip.compress(b"<urlset>" + b" " * 60_000_000, 1)),
    "nesting in a sitemap": ("sitemap", lambda: b"<urlset>" + b"<url>" * 1_000_000),
    "rules of robots.txt": ("robots.txt", lambda: b"User-agent: *\n" + b"Disallow: /*a*b*c$\n" * 26_000),
    "an address": ("address", lambda: SITE.encode() + b"2024/" * 500_000),
}
OTHERS: dict[str, Bomb] = {
    "nesting in settings": ("settings", lambda: b"a = " + b"[" * 100_000),
    "a key of many parts in settings": ("settings", lambda: b"a" + b".a" * 20_000 + b" = 1"),
    "a number in settings": ("settings", lambda: b"a = " + b"9" * 500_000),
    "nesting in an override": ("override", lambda: b"index.encoder=" + b"[" * 100_000),
    "nesting in an update": ("update", lambda: b'{"update_id":1,"message":' + b"[" * 900_000),
    "values in an update": ("update", lambda: b'{"update_id":1,"message":[' + b"[]," * 300_000 + b"[]]}"),
    "dates in a question": ("question", lambda: b"March 2024 and 3 May 2019 " * 8_000),
    "a word of a question": ("question", lambda: b"Who saw " + b"Pen" * 30_000 + b" vor " + b"a" * 30_000 + b" tagen?"),
}

BOMBS: dict[str, Bomb] = {
    f"{kind}: {name}": bomb
    for kind, bombs in (("Word", WORD_FILES), ("PDF", PDFS), ("text", TEXTS), ("web", WEB), ("other", OTHERS))
    for name, bomb in bombs.items()
}

HEAVY = frozenset(
    ("Word: paragraphs that are just read", "Word: a long word", "Word: blanks", "Word: parts without end",
     "PDF: states", "PDF: pages", "PDF: pages of blanks", "PDF: lines that end in hyphens", "text: values in JSON",
     "text: brackets in Markdown", "text: links in Markdown", "text: emphasis in Markdown",
     "text: footnotes in Markdown", "text: references in Markdown", "web: nesting in a sitemap")
)  # fmt: skip
"""Those that cost half a second or more: for the benchmarks."""


def _tables(depth: int, width: bytes = b"") -> bytes:
    """Tables within the cells of tables, to a depth that a reader may follow."""
    begin = b"<w:tbl><w:tr><w:tc>" + width
    return begin * depth + _PARAGRAPH * 100 + b"<w:p/></w:tc></w:tr></w:tbl>" * depth


def _long_cell(rows: int) -> bytes:
    first = b"<w:tr><w:tc>" + _PARAGRAPH + b"</w:tc></w:tr>"
    return b"<w:tbl>" + first + b"<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc></w:tr>" * rows + b"</w:tbl>"


def _page(head: bytes) -> bytes:
    words = b"<p>Honey bees keep warm in winter, and hum softly in the middle of their hive.</p>" * 20
    return b"<html><head><title>Bees</title>" + head + b"</head><body><article>" + words + b"</article></body></html>"


def _authors() -> bytes:
    return b'{"@type":"Article",' + b'"author":' * 100_000


def _body() -> bytes:
    return b'{"@type":"Article","articleBody":"' + b"<!--" * 100_000 + b'"}'


def exploded(name: str, folder: Path) -> dict[str, Any]:
    """Make one and read it, each in a process of its own; return what came of it."""
    file = folder / "bomb"
    _in_child(lambda: file.write_bytes(BOMBS[name][1]()))
    said = _in_child(lambda: json.dumps(_read(BOMBS[name][0], file.read_bytes())))
    return {"name": name, **(json.loads(said) if said else _DIED)}


def _in_child(work: Callable[[], object]) -> bytes:
    """Do something in a forked process, and return what it says, as text."""
    reads, writes = os.pipe()
    if (child := os.fork()) == 0:
        said = b""
        try:
            said = str(work()).encode()
        finally:
            os.write(writes, said)
            os._exit(0)
    os.close(writes)
    with os.fdopen(reads, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said


def _read(target: str, given: bytes) -> dict[str, object]:
    begin, before = time.process_time(), _status("VmRSS")
    most = _status("VmSize") + ADDRESSES
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (PATIENCE, PATIENCE))
    try:
        outcome = "taken" if named(target).try_(given) else "refused"
    except BaseException as error:  # noqa: BLE001 -- whatever it is, the parent says so
        outcome = f"{type(error).__name__}: {str(error)[:100]}"
    seconds = round(time.process_time() - begin, 2)
    return {"outcome": outcome, "seconds": seconds, "megabytes": (_status("VmHWM") - before) >> 20, "given": len(given)}


def _status(name: str) -> int:
    """What the system says of this process, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def main() -> None:
    """Read those that are named, or all."""
    logging.disable(logging.CRITICAL)
    for target in dict.fromkeys(target for target, _ in BOMBS.values()):
        for seed in named(target).seeds():  # what is loaded when it is first needed is not a bomb's
            named(target).try_(seed)
    with tempfile.TemporaryDirectory() as folder:
        for name in sys.argv[1:] or BOMBS:
            sys.stdout.write(json.dumps(exploded(name, Path(folder))) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
