"""What /sources says: what is indexed, and how fresh it is."""

from datetime import date, datetime, timedelta

from bot.chat.showing.styled import one_line
from bot.languages.language import Language
from bot.records import Corpus
from bot.wording import dated
from index import SourceSummary

_MOST_SOURCES = 20


def sources(corpus: Corpus, now: datetime, language: Language) -> str:
    """What is indexed and how fresh it is."""
    today = now.date()
    listed = [_source(source, today, language) for source in corpus.sources[:_MOST_SOURCES]]
    rest = len(corpus.sources) - len(listed)
    if rest > 0:
        listed.append(language.say_count("…and {count} more source", "…and {count} more sources", rest))
    fresh = language.say("Last updated: {moment}.", moment=_moment(corpus.created, language))
    if corpus.looked:
        ago = _ago(now - corpus.looked, language)
        fresh += " " + language.say("Last looked for new articles {ago}.", ago=ago)
    head = language.say_count(
        "I have read {count} article ({passages}).",
        "I have read {count} articles ({passages}).",
        corpus.articles,
        passages=passages(corpus.passages, language),
    )
    return "\n".join([head, "", *listed, "", fresh])


def passages(number: int, language: Language) -> str:
    """How many passages."""
    return language.say_count("{count} passage", "{count} passages", number)


def _source(source: SourceSummary, today: date, language: Language) -> str:
    name = one_line(source.name, 60)
    if source.newest is None:
        return language.say_count("• {name}: {count} article", "• {name}: {count} articles", source.articles, name=name)
    return language.say_count(
        "• {name}: {count} article, the newest of {day}",
        "• {name}: {count} articles, the newest of {day}",
        source.articles,
        name=name,
        day=dated(source.newest, today, language),
    )


def _ago(passed: timedelta, language: Language) -> str:
    minutes = int(passed.total_seconds()) // 60
    if minutes < 1:
        return language.say("less than a minute ago")
    hours, days = minutes // 60, minutes // 1440
    if days:
        return language.ago(timedelta(days=days), "day")
    return language.ago(timedelta(hours=hours), "hour") if hours else language.ago(timedelta(minutes=minutes), "minute")


def _moment(moment: datetime, language: Language) -> str:
    return f"{language.day(moment.date())}, {moment:%H:%M} {moment.tzname() or 'UTC'}"
