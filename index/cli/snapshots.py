"""``status``, ``diff``, ``publish``, ``verify``, ``rollback``, ``prune``: the snapshots, and which is in use."""

from dataclasses import asdict
from datetime import UTC, datetime

from index.cli.call import DONE, FAILED, STALE, USAGE, Call
from index.errors import SnapshotError


def status(call: Call) -> int:
    """Show what is published, how fresh it is and what is kept; fail where it is stale or vectors are away."""
    from index.sources.web.store import PageStore
    from index.status import describe_absence, describe_status

    now, layout = datetime.now(UTC), call.store.layout
    due = None
    if layout.pages.is_file():
        with PageStore(layout.pages) as pages:
            due = pages.due(now)
    try:
        found = describe_status(call.settings, now, due)
    except SnapshotError as error:
        if not call.arguments.json:
            raise
        found = describe_absence(call.settings, str(error))
    call.show(asdict(found), str(found))
    return STALE if found.stale or found.vectors_away else DONE


def diff(call: Call) -> int:
    """Show how two snapshots differ: what the gate held back and what is published, or the last two."""
    from index.encoder import locate_encoder
    from index.gating import difference, pair

    given, store = call.arguments, call.store
    older, newer = pair(store, given.older, given.newer)
    encoder = locate_encoder(call.settings.index.encoder, remember=store.layout.weights)
    found = difference(store, older, newer, encoder, call.settings)
    call.show(asdict(found), str(found))
    return DONE


def publish(call: Call) -> int:
    """Publish a kept snapshot; one that the gate held back only where that is forced."""
    from index.lock import build_lock

    given, store = call.arguments, call.store
    with build_lock(store.layout):
        held = store.held()
        if held and held.name == given.snapshot and not given.force:
            call.show({"published": None, "reasons": held.reasons}, str(held))
            return USAGE
        with store.open(given.snapshot):
            store.publish(given.snapshot)
        store.settle()
    call.show({"published": given.snapshot}, f"{given.snapshot} is published")
    return DONE


def verify(call: Call) -> int:
    """Check every kept snapshot."""
    from index.snapshot.checks import problem_of

    store, current = call.store, call.store.current()
    problems = {name: problem_of(store, name) for name in sorted({*store.names(), current})}
    held = store.held()
    notes = {current: " (published)", **({held.name: " (held back)"} if held else {})}
    lines = [f"✗ {problem}" if problem else f"✓ {name}{notes.get(name, '')}" for name, problem in problems.items()]
    call.show({"published": current, "problems": problems}, "\n".join(lines))
    return FAILED if any(problems.values()) else DONE


def rollback(call: Call) -> int:
    """Publish the snapshot before the published one."""
    from index.lock import build_lock

    store = call.store
    with build_lock(store.layout):
        before = store.current()
        now = store.rollback()
        store.settle()
    call.show({"before": before, "now": now}, f"{now} is published again; the next build replaces it")
    return DONE


def prune(call: Call) -> int:
    """Remove old snapshots."""
    from index.lock import build_lock

    store = call.store
    with build_lock(store.layout):
        gone = store.prune(call.arguments.keep or call.settings.storage.keep)
        store.settle()
    kept = store.names()
    call.show({"removed": gone, "kept": kept}, f"{len(gone)} snapshots removed, {len(kept)} kept")
    return DONE
