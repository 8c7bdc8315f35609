"""Every word for those who run the bot. Nothing is sent here. Constants are keys of the catalogues, as in ``texts``.

What the index and the settings complain about stays in English.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.chat.admin.office import GivenVote, Report, Unanswered, Votes
from bot.chat.running.reloading import Reloaded
from bot.chat.showing.sources import passages
from bot.chat.showing.styled import one_line
from bot.chat.showing.texts import and_more
from bot.languages.language import Language, sentence
from bot.records import Quote, Rollback

COMMANDS = (
    ("status", sentence("How I am: articles, questions, times, errors")),
    ("unanswered", sentence("What was asked and not answered")),
    ("feedback", sentence("The last thumbs up and down")),
    ("reload", sentence("Read the settings and the newest snapshot now")),
    ("rollback", sentence("Go back to the snapshot before")),
    ("take_down", sentence("Quote an article no more: link or id")),
    ("invite", sentence("Make an invitation")),
    ("revoke", sentence("Let somebody in no more: number")),
)
_LONGEST_TITLE, _LONGEST_QUESTION, _MOST_ERRORS, _MOST_TROUBLES, _MOST_GUESTS = 60, 120, 8, 8, 50

NO_UNANSWERED = sentence("No declined question is stored.")
NO_VOTES = sentence("No thumbs are stored.")
RELOADED_NOTHING = sentence("Nothing was new.")
NO_ROLLBACK = sentence("There is no sound snapshot older than the published one.")
ROLL_BACK = sentence("Go back")
ROLLED_BACK = sentence(
    "Done: I answer from the earlier snapshot now. The next build that finds something new replaces it."
)
TAKE_DOWN_WHAT = sentence(
    "Please add the article's link or id: /take_down https://example.org/article. To undo it:"
    " /take_down undo https://example.org/article"
)
REVOKE_WHAT = sentence("Nobody was let in by an invitation so far.")
NO_INVITATIONS = sentence('Invitations count only with mode = "invitation" in the section [access] of the settings.')
TOO_BUSY = sentence("I am still busy with what you asked before. Please try again in a minute.")


def commands() -> Sequence[str]:
    """The admins' commands, without the slash."""
    return tuple(name for name, _ in COMMANDS)


def described(language: Language) -> list[tuple[str, str]]:
    """The admins' commands, each with what it does."""
    return [(name, language.say(words)) for name, words in COMMANDS]


def status(report: Report, now: datetime, language: Language) -> str:
    """The answer to /status."""
    load = report.load
    lines = [
        _snapshot(report, now, language),
        _looked(report, now, language),
        language.say(
            "Questions today (UTC): {asked}, declined: {declined}",
            asked=language.number(report.asked),
            declined=_share(report.declined, report.asked, language),
        ),
        _latency(report, language),
        language.say(
            "Queue: {running} being answered, {waiting} waiting",
            running=language.number(load.running),
            waiting=language.number(load.waiting),
        ),
        _errors(report, language),
        *(f"⚠️ {one_line(language.say(trouble.text), 200)}" for trouble in report.troubles[:_MOST_TROUBLES]),
    ]
    well = [] if report.troubles else [language.say("✅ The articles are fresh, the last run was good.")]
    return "\n".join([*lines, *well])


def _snapshot(report: Report, now: datetime, language: Language) -> str:
    corpus = report.corpus
    return language.say_count(
        "Snapshot: {snapshot}, {age} old; {count} article, {passages}",
        "Snapshot: {snapshot}, {age} old; {count} articles, {passages}",
        corpus.articles,
        snapshot=corpus.snapshot,
        age=_age(now - corpus.created, language),
        passages=passages(corpus.passages, language),
    )


def _looked(report: Report, now: datetime, language: Language) -> str:
    if report.corpus.looked is None:
        return language.say("Last good look for new articles: not known")
    return language.say("Last good look for new articles: {age} ago", age=_age(now - report.corpus.looked, language))


def _latency(report: Report, language: Language) -> str:
    if (latency := report.latency) is None:
        return language.say("Time to an answer: none was given since the start")
    return language.say_count(
        "Time to an answer: p50 {half} s, p95 {most} s (the last {count} since the start)",
        "Time to an answer: p50 {half} s, p95 {most} s (the last {count} since the start)",
        latency.answers,
        half=language.hundredths(latency.half),
        most=language.hundredths(latency.most),
    )


def _errors(report: Report, language: Language) -> str:
    named = [f"{kind} {language.number(count)}" for kind, count in list(report.errors.items())[:_MOST_ERRORS]]
    if not named:
        return language.say("Errors since the start: none")
    return language.say("Errors since the start: {errors}", errors=", ".join(named))


def unanswered(groups: Sequence[Unanswered], language: Language) -> str:
    """The answer to /unanswered."""
    if not groups:
        return language.say(NO_UNANSWERED)
    head = language.say("Asked and not answered, the most frequent first:")
    return "\n".join([head, *(_unanswered(group, language) for group in groups)])


def _unanswered(group: Unanswered, language: Language) -> str:
    count, words = language.number(group.count), one_line(group.words, _LONGEST_QUESTION)
    if group.nearest is None:
        return language.say("• {count} × {question} (nothing near)", count=count, question=words)
    return language.say(
        "• {count} × {question} (nearest: {title})", count=count, question=words, title=_title(group.nearest)
    )


def feedback(votes: Votes, language: Language) -> str:
    """The answer to /feedback."""
    if not votes.latest:
        return language.say(NO_VOTES)
    head = language.say(
        "👍 {up}, 👎 {down}. The last ones:", up=language.number(votes.up), down=language.number(votes.down)
    )
    return "\n".join([head, *(_vote(vote, language) for vote in votes.latest)])


def _vote(vote: GivenVote, language: Language) -> str:
    what = _title(vote.quote) if vote.quote else language.say("an article that has changed, or is gone")
    return f"{'👍' if vote.up else '👎'} {language.day(vote.given.date())}: {what}"


def reloaded(settings: Reloaded, swapped: str | None, language: Language) -> str:
    """The answer to /reload; ``swapped``: the snapshot that is used from now on, if that is another one."""
    said = []
    if settings.problem:
        problem = one_line(settings.problem, 400)
        said.append(language.say("⚠️ The settings stay as they were: {problem}", problem=problem))
    if settings.applied:
        said.append(language.say("In force now: {settings}", settings=", ".join(settings.applied)))
    if settings.refused:
        said.append(language.say("These need a restart: {settings}", settings=", ".join(settings.refused)))
    if swapped:
        said.append(language.say("I answer from the snapshot {snapshot} now.", snapshot=swapped))
    return "\n".join(said) or language.say(RELOADED_NOTHING)


def may_roll_back(rollback: Rollback, language: Language) -> str:
    """The question before a rollback."""
    return language.say(
        "Published: {published}\nBefore it: {earlier}\n\nShall I go back to the earlier one?",
        published=rollback.published,
        earlier=rollback.earlier,
    )


def taken_down(given: str, language: Language, *, changed: bool) -> str:
    """The answer to /take_down."""
    article = _given(given)
    if not changed:
        return language.say("{article} was taken down already.", article=article)
    return language.say(
        "{article} is quoted no more, from now on; it leaves the index with the next build.", article=article
    )


def put_back(given: str, language: Language, *, changed: bool) -> str:
    """The answer to /take_down undo."""
    article = _given(given)
    if not changed:
        return language.say("{article} was not taken down.", article=article)
    return language.say(
        "{article} may be quoted again, once the index holds it: at the latest after the next build.", article=article
    )


def invitation(link: str, days: int, language: Language) -> str:
    """The answer to /invite."""
    return language.say_count(
        "This link lets in the first person who opens it, within {count} day:\n{link}",
        "This link lets in the first person who opens it, within {count} days:\n{link}",
        days,
        link=link,
    )


def guests(people: Sequence[tuple[int, datetime]], language: Language) -> str:
    """The answer to /revoke without a number."""
    if not people:
        return language.say(REVOKE_WHAT)
    head = language.say("Let in by an invitation; /revoke and a number lets that one in no more:")
    listed = [
        language.say("• {number}, since {day}", number=number, day=language.day(since.date()))
        for number, since in people[:_MOST_GUESTS]
    ]
    left_out = len(people) - len(listed)
    return "\n".join([head, *listed, *([and_more(left_out, language)] if left_out else [])])


def revoked(number: int, language: Language, *, changed: bool) -> str:
    """The answer to /revoke and a number."""
    if changed:
        return language.say("{number} is let in no more.", number=number)
    return language.say("{number} was not let in by an invitation.", number=number)


def refused(reason: str, language: Language) -> str:
    """Where something could not be done."""
    return language.say("⚠️ That was not done: {reason}", reason=one_line(reason, 500))


def _given(given: str) -> str:
    return one_line(given, 200)


def _title(quote: Quote) -> str:
    article = quote.article
    title = one_line(article.title, _LONGEST_TITLE) or article.id
    return f"{title} ({one_line(article.site, 30)})" if article.site else title


def _share(part: int, whole: int, language: Language) -> str:
    number = language.number(part)
    if not whole:
        return number
    return language.say("{number} ({share} %)", number=number, share=language.number(round(100 * part / whole)))


def _age(passed: timedelta, language: Language) -> str:
    minutes = max(0, int(passed.total_seconds()) // 60)
    if minutes >= 2880:
        return language.say_count("{count} day", "{count} days", minutes // 1440)
    if minutes >= 60:
        return language.say("{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)
    return language.say("{minutes} min", minutes=minutes)
