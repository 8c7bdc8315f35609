"""What it means that an address leads to another one."""

from urllib.parse import urlsplit

from index.sources.web.addresses import same_site


def is_above(address: str, page: str) -> bool:
    """Tell whether an address is that of a section that the page lies in, or of the site's front page.

    Sites send readers of withdrawn articles there, and careless ones name it as the canonical address of everything.
    """
    above, below = _folder(address), _folder(page)
    return same_site(address, page) and len(above) < len(below) and below.startswith(above)


def leads_nowhere(address: str, page: str) -> bool:
    """Tell whether an address to which a page leads is none of an article: one above it, or any site's front page."""
    return is_above(address, page) or (_is_front(address) and not _is_front(page))


def _is_front(address: str) -> bool:
    return _folder(address) == "/" and not urlsplit(address).query


def _folder(address: str) -> str:
    return urlsplit(address).path.rstrip("/") + "/"
