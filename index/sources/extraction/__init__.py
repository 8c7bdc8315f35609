"""From HTML to what is in it: an article's text, what the page says about itself, and signs of what it is.

The one place that knows trafilatura and its trees. Decides nothing: whether a page is an article is for who asks.
"""

from index.sources.extraction.article import Found, extract
from index.sources.extraction.fragments import fragment_text
from index.sources.extraction.heads import Head
from index.sources.extraction.parsing import decoded
from index.sources.extraction.signs import Signs

__all__ = ["Found", "Head", "Signs", "decoded", "extract", "fragment_text"]
