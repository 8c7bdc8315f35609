"""Every word for those who run the bot. Nothing is sent here. Knows no more than ``texts`` does."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.chat.admin.office import Report, Unanswered, Votes
from bot.chat.running.reloading import Reloaded
from bot.chat.showing.styled import one_line
from bot.records import Quote, Rollback
from bot.wording import written

COMMANDS = (
    ("status", "How I am: articles, questions, times, errors"),
    ("unanswered", "What was asked and not answered"),
    ("feedback", "The last thumbs up and down"),
    ("reload", "Read the settings and the newest snapshot now"),
    ("rollback", "Go back to the snapshot before"),
    ("take_down", "Quote an article no more: link or id"),
    ("invite", "Make an invitation"),
    ("revoke", "Let somebody in no more: number"),
)
_LONGEST_TITLE, _LONGEST_QUESTION, _MOST_ERRORS, _MOST_TROUBLES = 60, 120, 8, 8

NO_UNANSWERED = "No declined question is stored."
NO_VOTES = "No thumbs are stored."
RELOADED_NOTHING = "Nothing was new."
NO_ROLLBACK = "There is no sound snapshot older than the published one."
ROLL_BACK = "Go back"
ROLLED_BACK = "Done: I answer from the earlier snapshot now. The next build that finds something new replaces it."
TAKE_DOWN_WHAT = (
    "Please add the article's link or id: /take_down https://example.org/article. To undo it:"
    " /take_down undo https://example.org/article"
)
REVOKE_WHAT = "Nobody was let in by an invitation so far."
NO_INVITATIONS = 'Invitations count only with mode = "invitation" in the section [access] of the settings.'
TOO_BUSY = "I am still busy with what you asked before. Please try again in a minute."


def commands() -> Sequence[str]:
    """The admins' commands, without the slash."""
    return tuple(name for name, _ in COMMANDS)


def status(report: Report, now: datetime) -> str:
    """The answer to /status."""
    corpus, load = report.corpus, report.load
    looked = f"{_age(now - corpus.looked)} ago" if corpus.looked else "not known"
    lines = [
        f"Snapshot: {corpus.snapshot}, {_age(now - corpus.created)} old; {corpus.articles} articles,"
        f" {corpus.passages} passages",
        f"Last good look for new articles: {looked}",
        f"Questions today (UTC): {report.asked}, declined: {_share(report.declined, report.asked)}",
        _latency(report),
        f"Queue: {load.running} being answered, {load.waiting} waiting",
        _errors(report),
        *(f"⚠️ {one_line(trouble.text, 200)}" for trouble in report.troubles[:_MOST_TROUBLES]),
    ]
    return "\n".join([*lines, *([] if report.troubles else ["✅ The articles are fresh, the last run was good."])])


def _latency(report: Report) -> str:
    if (latency := report.latency) is None:
        return "Time to an answer: none was given since the start"
    return (
        f"Time to an answer: p50 {latency.half:.2f} s, p95 {latency.most:.2f} s (the last {latency.answers} since the"
        " start)"
    )


def _errors(report: Report) -> str:
    named = [f"{kind} {count}" for kind, count in list(report.errors.items())[:_MOST_ERRORS]]
    return f"Errors since the start: {', '.join(named) or 'none'}"


def unanswered(groups: Sequence[Unanswered]) -> str:
    """The answer to /unanswered."""
    if not groups:
        return NO_UNANSWERED
    return "\n".join(["Asked and not answered, the most frequent first:", *map(_unanswered, groups)])


def _unanswered(group: Unanswered) -> str:
    words = one_line(group.words, _LONGEST_QUESTION)
    near = f"nearest: {_title(group.nearest)}" if group.nearest else "nothing near"
    return f"• {group.count} × {words} ({near})"


def feedback(votes: Votes) -> str:
    """The answer to /feedback."""
    if not votes.latest:
        return NO_VOTES
    latest = [
        f"{'👍' if vote.up else '👎'} {written(vote.given.date())}: "
        f"{_title(vote.quote) if vote.quote else 'an article that has changed, or is gone'}"
        for vote in votes.latest
    ]
    return "\n".join([f"👍 {votes.up}, 👎 {votes.down}. The last ones:", *latest])


def reloaded(settings: Reloaded, swapped: str | None) -> str:
    """The answer to /reload; ``swapped``: the snapshot that is used from now on, if that is another one."""
    lines = [f"⚠️ The settings stay as they were: {one_line(settings.problem, 400)}"] if settings.problem else []
    lines += [f"In force now: {', '.join(settings.applied)}"] if settings.applied else []
    lines += [f"These need a restart: {', '.join(settings.refused)}"] if settings.refused else []
    lines += [f"I answer from the snapshot {swapped} now."] if swapped else []
    return "\n".join(lines) or RELOADED_NOTHING


def may_roll_back(rollback: Rollback) -> str:
    """The question before a rollback."""
    return f"Published: {rollback.published}\nBefore it: {rollback.earlier}\n\nShall I go back to the earlier one?"


def taken_down(given: str, *, changed: bool) -> str:
    """The answer to /take_down."""
    if not changed:
        return f"{_given(given)} was taken down already."
    return f"{_given(given)} is quoted no more, from now on; it leaves the index with the next build."


def put_back(given: str, *, changed: bool) -> str:
    """The answer to /take_down undo."""
    if not changed:
        return f"{_given(given)} was not taken down."
    return f"{_given(given)} may be quoted again, once the index holds it: at the latest after the next build."


def invitation(link: str, days: int) -> str:
    """The answer to /invite."""
    return f"This link lets in the first person who opens it, within {days} days:\n{link}"


def guests(people: Sequence[tuple[int, datetime]]) -> str:
    """The answer to /revoke without a number."""
    if not people:
        return REVOKE_WHAT
    listed = [f"• {number}, since {written(since.date())}" for number, since in people[:50]]
    more = [f"…and {len(people) - 50} more"] if len(people) > 50 else []
    return "\n".join(["Let in by an invitation; /revoke and a number lets that one in no more:", *listed, *more])


def revoked(number: int, *, changed: bool) -> str:
    """The answer to /revoke and a number."""
    return f"{number} is let in no more." if changed else f"{number} was not let in by an invitation."


def refused(reason: str) -> str:
    """Where something could not be done."""
    return f"⚠️ That was not done: {one_line(reason, 500)}"


def _given(given: str) -> str:
    return one_line(given, 200)


def _title(quote: Quote) -> str:
    article = quote.article
    title = one_line(article.title, _LONGEST_TITLE) or article.id
    return f"{title} ({one_line(article.site, 30)})" if article.site else title


def _share(part: int, whole: int) -> str:
    return f"{part} ({100 * part / whole:.0f} %)" if whole else "0"


def _age(passed: timedelta) -> str:
    minutes = max(0, int(passed.total_seconds()) // 60)
    if minutes >= 2880:
        return f"{minutes // 1440} days"
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
