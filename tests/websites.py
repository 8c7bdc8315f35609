"""Web sites on loopback for tests: real HTTP, pages that change between two builds, and every way to misbehave.

Each site has an address of its own (127.0.0.1, .2, …), counts who asks for what, and answers conditional requests.
"""

import gzip
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WORDS = """
harbour council bridge river storm school teacher market farmer orchard museum railway signal tunnel hospital
nurse budget election ballot mayor forest ranger fire engine library festival choir theatre bakery winter summer
ice road cable ferry captain lighthouse coast island village factory worker strike wage salmon whale researcher
telescope comet planet satellite harvest wheat cattle vineyard dam valley mountain trail climber rescue
helicopter court judge witness verdict painter gallery sculpture bicycle tram station airport runway fog drought
well pump vaccine clinic laboratory engineer turbine battery copper mine shaft geologist earthquake volcano ash
glacier snow ski jump record runner stadium coach referee chess piano orchestra violin poet novel printer
newspaper reporter archive coin stamp auction castle
""".split()


@dataclass(frozen=True, slots=True)
class Resource:
    """What a path answers. ``said_length``: a Content-Length that is not true; ``seconds``: how long it takes."""

    body: bytes = b""
    media_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0
    said_length: int | None = None

    @property
    def etag(self) -> str:
        return f'"{sha256(self.body).hexdigest()[:12]}"'


@dataclass
class WebSite:
    """One site. ``asked`` counts the requests by path, ``unchanged`` those that were answered with 304."""

    host: str
    resources: dict[str, Resource] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    agents: set[str] = field(default_factory=set)
    broken: int = 0
    _server: "_Server | None" = None

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def put(self, path: str, body: str | bytes, media_type: str = "text/html; charset=utf-8", **more: Any) -> None:
        """Let a path answer with a body."""
        content = body.encode() if isinstance(body, str) else body
        self.resources[path] = Resource(content, media_type, **more)

    def move(self, path: str, target: str, status: int = 301) -> None:
        """Let a path lead to another one."""
        self.resources[path] = Resource(status=status, headers=(("Location", target),))

    def remove(self, path: str, status: int = 404) -> None:
        """Let a path be gone."""
        self.resources[path] = Resource(b"<html><body><h1>Gone</h1></body></html>", status=status)

    def forget(self) -> None:
        """Begin to count anew."""
        self.asked.clear()
        self.unchanged.clear()

    @property
    def counts(self) -> dict[str, int]:
        """The requests by path, without those for robots.txt."""
        return {path: count for path, count in self.asked.items() if path != "/robots.txt"}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    site: WebSite

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no error here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        site, path = self.server.site, self.path
        site.asked[path] += 1
        site.agents.add(self.headers.get("User-Agent", ""))
        found = site.resources.get(path, Resource(b"nothing here", status=404))
        if site.broken:
            found = Resource(b"<html>internal error</html>", status=site.broken)
        time.sleep(found.seconds)
        if found.status == 200 and self.headers.get("If-None-Match") == found.etag:
            site.unchanged[path] += 1
            found = Resource(status=304, headers=(("ETag", found.etag),))
        self._answer(found)

    def _answer(self, found: Resource) -> None:
        packed = "gzip" in self.headers.get("Accept-Encoding", "") and found.body and found.said_length is None
        body = gzip.compress(found.body, mtime=0) if packed else found.body
        self.send_response(found.status)
        if found.status != 304:
            self.send_header("Content-Type", found.media_type)
            self.send_header("Content-Length", str(len(body) if found.said_length is None else found.said_length))
        if found.status == 200:
            self.send_header("ETag", found.etag)
        if packed:
            self.send_header("Content-Encoding", "gzip")
        for name, value in found.headers:
            self.send_header(name, value)
        if found.said_length is not None:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        if found.status != 304:
            self.wfile.write(body)
        if found.said_length is not None:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_WR)

    def log_message(self, format: str, *args: Any) -> None:
        """Tests count, they do not print."""


@contextmanager
def websites(count: int) -> Iterator[list[WebSite]]:
    """Serve so many sites while the block runs."""
    sites = [WebSite(f"127.0.0.{number}") for number in range(1, count + 1)]
    threads = []
    for site in sites:
        site._server = _Server((site.host, 0), _Handler)
        site._server.site = site
        threads.append(threading.Thread(target=site._server.serve_forever, args=(0.02,), daemon=True))
        threads[-1].start()
    try:
        yield sites
    finally:
        for site, thread in zip(sites, threads, strict=True):
            assert site._server is not None
            site._server.shutdown()
            site._server.server_close()
            thread.join()


def story(seed: str, sentences: int = 12) -> list[str]:
    """Return paragraphs of made-up news, others for every seed."""
    chance = random.Random(seed)
    said = []
    for number in range(sentences):
        words = chance.sample(WORDS, 9)
        said.append(
            f"The {words[0]} of the {words[1]} reached the {words[2]} with {chance.randint(2, 900)} {words[3]} boxes,"
            f" and the {words[4]} said that the {words[5]} near the {words[6]} {number} was as old as the"
            f" {words[7]} {words[8]}."
        )
    return [" ".join(said[start : start + 3]) for start in range(0, sentences, 3)]


def page(
    title: str, paragraphs: Sequence[str], *, day: str, canonical: str | None = None, head: str = "", site: str = "News"
) -> str:
    """Return a news page as a content system makes one, with everything around the article."""
    canonical_tag = f'<link rel="canonical" href="{escape(canonical)}">' if canonical else ""
    text = "\n".join(f"<p>{escape(one)}</p>" for one in paragraphs)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(title)} | {site}</title>
<meta property="og:title" content="{escape(title)}"><meta property="og:site_name" content="{site}">
<meta property="og:type" content="article"><meta property="article:published_time" content="{day}T08:00:00+00:00">
{canonical_tag}{head}</head>
<body><header><nav><a href="/">Home</a> <a href="/sport">Sport</a> <a href="/weather">Weather</a></nav></header>
<main><article><h1>{escape(title)}</h1>{text}</article></main>
<footer><p>Copyright {site}. All rights reserved.</p><a href="/privacy">Privacy</a></footer></body></html>"""


def rss(entries: Sequence[tuple[str, str, str]]) -> str:
    """Return an RSS feed of (address, title, RFC 2822 date), with a summary of each."""
    items = "".join(
        f"<item><title>{escape(title)}</title><link>{escape(url)}</link><pubDate>{day}</pubDate>"
        f"<description>{escape(title)} in short …</description></item>"
        for url, title, day in entries
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Feed</title>{items}</channel></rss>'


def atom(entries: Sequence[tuple[str, str, str, Sequence[str]]]) -> str:
    """Return an Atom feed of (address, title, ISO day, paragraphs) that holds the whole articles."""
    items = "".join(
        f"<entry><id>{escape(url)}</id><title>{escape(title)}</title><link rel='alternate' href='{escape(url)}'/>"
        f"<published>{day}T08:00:00Z</published><updated>{day}T08:00:00Z</updated>"
        f"<content type='html'>{escape(''.join(f'<p>{escape(one)}</p>' for one in paragraphs))}</content></entry>"
        for url, title, day, paragraphs in entries
    )
    head = "<title>Letter</title><id>urn:letter</id><updated>2026-01-01T00:00:00Z</updated>"
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">{head}{items}</feed>'


def sitemap(entries: Sequence[tuple[str, str]]) -> str:
    """Return a sitemap of (address, lastmod)."""
    urls = "".join(f"<url><loc>{escape(url)}</loc><lastmod>{day}</lastmod></url>" for url, day in entries)
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'


def sitemap_index(entries: Sequence[tuple[str, str]]) -> str:
    """Return an index of sitemaps of (address, lastmod)."""
    maps = "".join(f"<sitemap><loc>{escape(url)}</loc><lastmod>{day}</lastmod></sitemap>" for url, day in entries)
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0"?><sitemapindex xmlns="{space}">{maps}</sitemapindex>'
