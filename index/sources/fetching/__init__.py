"""One polite and safe client for everything that comes from the web.

``client`` joins the parts: ``addresses`` (what an address is), ``names`` (where a name may lead), ``network`` (one
exchange, and the only door to the world), ``answers`` and ``reading`` (what an answer says), ``unpacking`` (bodies
within bounds), ``politeness`` (whose turn it is), ``asking`` (again, after a while), ``sharing`` (many at a time),
``redirects``, ``robots`` and ``permission`` (what a site allows), ``limits`` (until when).

Invariant: no byte is sent to an address that is neither public nor allowed by the settings, and no page is asked for
that robots.txt forbids; no request takes more memory or time than the settings allow.
"""

from index.sources.fetching.client import Fetcher
from index.sources.fetching.records import FEEDS, PAGES, SITEMAPS, TEXT, Kinds, Request, Response

__all__ = ["FEEDS", "PAGES", "SITEMAPS", "TEXT", "Fetcher", "Kinds", "Request", "Response"]
