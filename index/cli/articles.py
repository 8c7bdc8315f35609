"""``search``, ``export``, ``history``, ``skipped``, ``take-down``: single articles, and what became of them."""

import json
import logging
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from index.cli.call import DONE, FAILED, Call
from index.errors import SnapshotDamaged
from index.records import Hit
from index.snapshot import Snapshot

log = logging.getLogger(__name__)


def search(call: Call) -> int:
    """Show the passages nearest to a question."""
    from index.encoder import load_encoder
    from index.search import FusedRetriever

    encoder = load_encoder(call.settings.index.encoder, remember=call.store.layout.weights)
    with call.store.open_current(encoder=encoder.identity) as snapshot:
        retriever = FusedRetriever(snapshot, encoder, words_suffice=True)
        hits = retriever.search(call.arguments.question, call.arguments.limit)
        found = [_found(snapshot, hit) for hit in hits]
    lines = (f"{one.score:6.2f}  {one.title}  {one.url or one.article_id}\n        {one.text}" for one in found)
    call.show([asdict(one) for one in found], "\n".join(lines) or "nothing found")
    return DONE


@dataclass(frozen=True, slots=True)
class _Found:
    """A hit with the words that people read."""

    article_id: str
    title: str
    url: str | None
    start: int
    end: int
    text: str
    score: float
    cosine: float
    words: float


def _found(snapshot: Snapshot, hit: Hit) -> _Found:
    place = hit.passage
    article = snapshot.article(place.article_id)
    if article is None:
        raise SnapshotDamaged(f"snapshot {snapshot.name} has a passage of an article that it lacks")
    text = article.text[place.start : place.end]
    title, url, parts = article.title, article.url, hit.parts
    return _Found(article.id, title, url, place.start, place.end, text, hit.score, parts.cosine, parts.words)


def export(call: Call) -> int:
    """Print every collected article as a JSON line, as ``add --jsonl`` and a folder of files read them."""
    from index.library import Library

    with Library(call.store.layout.library) as library:
        for article in library.articles():
            content = {key: value for key, value in asdict(article).items() if value is not None}
            print(json.dumps(content, default=str, ensure_ascii=False))
    return DONE


def history(call: Call) -> int:
    """Show what an article has said, or the words of one revision."""
    from index.library import Library

    with Library(call.store.layout.library) as library:
        given = call.arguments.article
        found = library.revisions(given) or library.revisions(_identity(call, given))
    wanted = call.arguments.revision
    if wanted:
        found = [one for one in found if one.revision == wanted]
    if not found:
        print(f"verbatim-index: nothing is known of {call.arguments.article}", file=sys.stderr)
        return FAILED
    lines = [
        f"{one.revision}  {one.first_seen:%Y-%m-%d %H:%M} to {one.last_seen:%Y-%m-%d %H:%M}"
        f"{' (now)' if one.current else ''}  {one.title}"
        for one in found
    ]
    call.show([asdict(one) for one in found], found[0].text if wanted else "\n".join(lines))
    return DONE


def skipped(call: Call) -> int:
    """Show the pages in which there is no article, that are gone, or that could not be fetched, and why."""
    from index.sources.web.store import PageStore

    with PageStore(call.store.layout.pages) as pages:
        problems = pages.problems()
    record = [{"source": source, "url": url, "reason": reason} for source, url, reason in problems]
    call.show(record, "\n".join(f"{source}  {url}: {reason}" for source, url, reason in problems))
    return DONE


def take_down(call: Call) -> int:
    """Stop quoting an article, at once and until that is undone; or show what is taken down."""
    from index import takedown

    given, path = call.arguments, call.store.layout.taken_down
    if given.article is None:
        entries = takedown.TakenDown.read(path).entries
        text = "\n".join(f"{one.at:%Y-%m-%d %H:%M}  {one.given}  {one.reason}".rstrip() for one in entries)
        call.show([asdict(one) for one in entries], text)
        return DONE
    named = _identity(call, given.article)
    if given.undo:
        done = takedown.undo(path, named)
        said = "is quoted again once the next build has indexed it" if done else "was not taken down"
    else:
        done = takedown.take_down(path, named, datetime.now(UTC), given.reason)
        said = "is quoted no more, and leaves the index with the next build" if done else "was taken down already"
    call.show({"article": named, "changed": done}, f"{named} {said}")
    return DONE


def _identity(call: Call, given: str) -> str:
    """The id of the article that an operator named by any of its addresses, or by its id."""
    from index.sources.web.addresses import canonical_address
    from index.sources.web.store import PageStore

    try:
        address = canonical_address(given)
    except ValueError:
        return given
    pages = call.store.layout.pages
    if not pages.is_file():
        return address
    with PageStore(pages) as store:
        return store.article_at(address) or address
