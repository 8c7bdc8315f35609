"""Real files of every format, made on the spot: the article they hold is the same in all of them."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import docx
from pypdf import PdfWriter
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate

TITLE = "The dance of the bees"
AUTHOR = "Jane O’Neil"
DAY = "2024-05-03"
URL = "https://www.hive.example/bees"
FIRST = (
    "Honeybees dance to tell the others in the hive where food is to be found. The zoologist Karl von Frisch "
    "described the dance in the 1920s, and many did not believe him at first 🐝."
)
HEADING = "What the figure says"
SECOND = (
    "The angle between the straight run and the vertical is the angle between the food and the sun. "
    "The longer the run lasts, the farther away the food is, and a run of one second stands for a kilometer."
)
BLOCKS = (FIRST, HEADING, SECOND)

PAGE = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>{title} | The Hive</title>
<meta name="author" content="{author}"><meta property="og:site_name" content="The Hive">
<meta property="article:published_time" content="{day}T10:00:00Z"><link rel="canonical" href="{url}">
<style>p {{ color: red }}</style><script>var tracker = "script text";</script></head>
<body><div id="cookie-banner" class="cookie-consent">We use cookies. <button>Accept all cookies</button></div>
<nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport pages</a></li></ul></nav>
<main><article><h1>{title}</h1><p>{first}</p><h2>{heading}</h2><p>{second}</p></article></main>
<section id="comments" class="comments"><p>Great read about bees, says a commenter who likes them a lot.</p></section>
<aside class="related"><h3>Read more</h3><ul><li><a href="/x">Wasps in the attic</a></li></ul></aside>
<footer><p>Copyright 2019 The Hive. <a href="/terms">Terms of service</a></p></footer></body></html>
"""


def text_file(path: Path) -> Path:
    path.write_text("\n\n".join(BLOCKS), encoding="utf-8")
    return path


def markdown_file(path: Path) -> Path:
    front = f"---\ntitle: {TITLE}\nauthor: {AUTHOR}\ndate: {DAY}\nurl: {URL}\nlanguage: en\n---\n"
    path.write_text(f"{front}\n{FIRST}\n\n## {HEADING}\n\n{SECOND}\n", encoding="utf-8")
    return path


def html_file(path: Path) -> Path:
    page = PAGE.format(title=TITLE, author=AUTHOR, day=DAY, url=URL, first=FIRST, heading=HEADING, second=SECOND)
    path.write_text(page, encoding="utf-8")
    return path


def pdf_file(path: Path) -> Path:
    """The bee is left out: the standard fonts of PDF have none."""
    styles = getSampleStyleSheet()
    body: list[Flowable] = [
        Paragraph(FIRST.replace(" 🐝", ""), styles["BodyText"]),
        Paragraph(HEADING, styles["Heading2"]),
        Paragraph(SECOND, styles["BodyText"]),
    ]
    SimpleDocTemplate(str(path), title=TITLE, author=AUTHOR).build(body)
    return path


def encrypted_pdf_file(path: Path, password: str) -> Path:
    writer = PdfWriter(clone_from=pdf_file(path))
    writer.encrypt(user_password=password, owner_password="owner", algorithm="AES-256")
    writer.write(path)
    writer.close()
    return path


def docx_file(path: Path) -> Path:
    document = docx.Document()
    document.core_properties.title = TITLE
    document.core_properties.author = AUTHOR
    document.add_paragraph(FIRST)
    document.add_heading(HEADING, level=2)
    document.add_paragraph(SECOND)
    document.save(str(path))
    return path


def line(**fields: object) -> str:
    """A line of a JSON Lines file."""
    return json.dumps({"text": "\n\n".join(BLOCKS), **fields}, ensure_ascii=False) + "\n"


def jsonl_file(path: Path) -> Path:
    path.write_text(line(title=TITLE, author=AUTHOR, published=DAY, url=URL, language="en"), encoding="utf-8")
    return path


def gzipped_jsonl_file(path: Path) -> Path:
    content = line(title=TITLE, author=AUTHOR, published=DAY, url=URL, language="en")
    path.write_bytes(gzip.compress(content.encode()))
    return path


MAKERS: dict[str, Callable[[Path], Path]] = {
    ".txt": text_file,
    ".md": markdown_file,
    ".html": html_file,
    ".pdf": pdf_file,
    ".docx": docx_file,
    ".jsonl": jsonl_file,
    ".jsonl.gz": gzipped_jsonl_file,
}
