"""Every word that the bot itself says. Nothing is sent, formatted or counted here."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.chat.showing.styled import one_line
from bot.records import Corpus
from bot.settings import TelegramSection
from bot.wording import dated, spanned, written
from index import Days, SourceSummary

ALSO_IN = "Also in:"
UNTITLED = "Untitled article"
CUT = "(Shortened: the quote goes on in the article.)"

START = (
    "Ask me a question in your own words. I answer with exact quotes from the articles I have read, "
    "each with its source, or I tell you that the articles do not say.\n\n"
    "/sources shows what I have read, /help how to ask, /privacy what I store."
)
HELP = (
    "In a private chat, just send a question: any text is one.\n"
    "In a group, write /ask and the question, mention me, or reply to one of my messages.\n"
    "A question may follow the one before (Why? And when was it?); a reply to an answer asks in its articles first.\n\n"
    "Under an answer:\n"
    "• Open at the quote: the article, at the quoted sentence\n"
    "• More context: the sentences around the quotes\n"
    "• More quotes: the next best ones\n"
    "• More from this article, Same story elsewhere: what else is said about it\n"
    "• Ask only this, Any day: where I read your question with the one before, or for some days only\n"
    "• 👍 👎: tell the people who run me whether it helped\n\n"
    "/sources – what I have read, and how fresh it is\n"
    "/about – what I am\n"
    "/privacy – what is stored\n"
    "/forget_me – delete what is stored about you"
)
ABOUT = (
    "I am Verbatim. I find the sentences of a body of articles that answer a question, and show them word "
    "for word, with the answering words in bold. I write nothing myself: every quote was cut out of an "
    "article and compared with it again before you saw it. A quote is wrong where its article is: follow "
    "the link."
)
UNREADABLE = "I can only read text. Please write your question."
NO_EARS = "I cannot listen to recordings. Please write your question, and I will look for quotes that answer it."
NO_EYES = "I cannot see pictures. Please write what you would like to know, and I will look for quotes that answer it."
NO_FILES = "I cannot read files. Please write your question: I answer from the articles that /sources shows."
NO_GAMES = "I cannot take part in polls and games. Please write a question, and I will look for quotes that answer it."
NO_PLACES = "I do not know places and contacts. Please write your question, with the name of the place or person."
NO_QUESTION = "Please add a question, for example: /ask Who discovered penicillin?"
UNKNOWN_COMMAND = "I do not know that command. Send a question, or see /help."
BUSY = "Many people are asking at the moment. Please ask again in a minute."
TOO_SLOW = "Finding an answer took too long. Please ask again."
TROUBLE = "Something went wrong on my side. Please try again later."
AWAY = "I was away when you wrote. Please ask again if you would still like to know."
ARTICLE_CHANGED = "The article has changed since, or was withdrawn; please ask again."
TOO_OLD = "This answer is too old for its buttons; please ask again."
QUESTION_FORGOTTEN = "I keep questions for an hour at most, and this one I do not know any more. Please ask it again."
NOTHING_MORE_INSIDE = "This article says nothing more about it."
NOTHING_ELSEWHERE = "No other article tells this any more."
TOO_FAST = "That is a lot of presses. Please wait a moment."
THANKS = "Thank you. Press again to withdraw."
CHANGED_VOTE = "Changed. Thank you."
WITHDRAWN = "Withdrawn."

STRANGER = (
    "I answer only people whom those who run me have let in. If you were invited, please open the link of your"
    " invitation. What is stored: /privacy."
)
WELCOME = "Welcome! You may ask me from now on.\n\n" + START
INVITATION_SPENT = "This invitation was used already, or has expired. Please ask for a new one."
_QUESTIONS_DROPPED = "Your questions are used to find an answer, then dropped; no log holds them."
_DECLINED_DROPPED = "Nor are those kept that the articles do not answer."
FORGET = "Delete everything"
KEEP, KEEP_DATA = "Keep it", "keep"
KEPT = "Nothing was changed."
FORGET_WHAT = (
    "Shall I delete everything that is stored about you? That is your thumbs, where my answers stand in our chat, and"
    " that you were let in, if you were: then you need a new invitation."
)
NOT_FORGOTTEN = "Not everything could be deleted. Please try again in a minute."
NOT_YOURS = "Only who was asked may press this."

WELL_AGAIN = "✅ The articles are well again: fresh, and the last run went as it should."
CONFLICT = (
    "Another process takes the messages for this bot, so that some of them are answered there and some here, or"
    " nowhere: stop it, or remove the webhook that it set."
)
ALONE_AGAIN = "✅ No other process takes the messages for this bot any more."

OPEN = "Open at the quote"
MORE_CONTEXT = "More context"
LESS_CONTEXT = "Less context"
MORE_QUOTES = "More quotes"
PREVIOUS_QUOTES = "Previous quotes"
ASK_ONLY_THIS = "Ask only this"
ANY_DAY = "Any day"
MORE_INSIDE = "More from this article"
SAME_ELSEWHERE = "Same story elsewhere"
ASK_IN_PRIVATE = "Ask me in private"

COMMANDS = (
    ("ask", "Ask a question"),
    ("help", "How to ask"),
    ("sources", "What I have read, and how fresh it is"),
    ("about", "What I am"),
    ("privacy", "What is stored"),
    ("forget_me", "Delete what is stored about you"),
)
GROUP_COMMANDS = (("ask", "Ask a question"), ("sources", "What I have read, and how fresh it is"))

_MOST_SOURCES, _MOST_TROUBLES = 20, 10


def open_numbered(number: int, source: str) -> str:
    """The label of one of several links."""
    return f"Open at quote {number} · {source}"


def read_together(words: Sequence[str]) -> str:
    """Said where a question was read as following the one before."""
    return f"Read together with your question before: {one_line(', '.join(words), 160)}."


def looked_first(title: str) -> str:
    """Said where a question replies to a quote."""
    return f"Looked first in “{one_line(title, 120)}”."


def only_days(days: Days) -> str:
    """Said where articles of other days were left out."""
    return f"Only articles of these days: {spanned(days)}."


def spelt(asked: str, found: str) -> str:
    """Said where a word was looked for in another spelling."""
    return f"Looked for “{one_line(found, 60)}”: no article has “{one_line(asked, 60)}”."


def too_many(quotes: int) -> str:
    """Said where quotes were left out for want of room."""
    return f"({_counted(quotes, 'quote')} more did not fit into one message.)"


def changed(quotes: int) -> str:
    """Said where quotes were left out since their articles have changed, or were withdrawn."""
    return f"({_counted(quotes, 'quote')} left out: the article has changed since, or was withdrawn.)"


def and_more(places: int) -> str:
    """How a list of places ends that is cut short."""
    return f" and {places} more"


def slow_down(per_minute: int) -> str:
    """Said to who asks too much."""
    return f"You can ask {_counted(per_minute, 'question')} a minute. Please wait a little."


def slow_down_here(per_minute: int) -> str:
    """Said in a group that asks too much."""
    return f"This group can ask {_counted(per_minute, 'question')} a minute. Please wait a little."


def queued(before: int, seconds: int) -> str:
    """Said to who has to wait."""
    return f"Before your question: {_counted(before, 'other')}. It takes about {_counted(seconds, 'second')}."


def forgotten(entries: int) -> str:
    """The answer to /forget_me, when it was confirmed."""
    if not entries:
        return "Nothing was stored about you."
    return f"Deleted: {_counted(entries, 'entry', 'entries')}. Nothing about you is stored any more."


def privacy(settings: TelegramSection) -> str:
    """What is stored, and for how long: it must stay true."""
    kept = _DECLINED_DROPPED
    if settings.question_days:
        kept = (
            f"Kept for {_counted(settings.question_days, 'day')}: the words of questions that the articles do not"
            " answer, without who asked, so that those who run me see what is missing. Nobody can tell which were"
            " yours, so /forget_me does not delete them."
        )
    return (
        f"{_QUESTIONS_DROPPED}\n{kept}\n\n"
        "Stored, so that the buttons work: which sentences an answer showed, without the question and "
        f"without who asked, for {_counted(settings.answer_days, 'day')}; and for a week, in which message of which "
        "chat it stands, so that reactions to it count.\n"
        "Stored, if you press 👍 or 👎: your Telegram user number, the vote and the sentences it was about, "
        f"for {_counted(settings.feedback_days, 'day')}; press again to withdraw.\n"
        "Stored, if you came with an invitation: your user number, for as long as you are let in. If you were turned "
        "away: your user number, for a day.\n"
        "Stored for two days: the serial numbers of messages already answered, so that none is answered "
        "twice.\n"
        "In memory only, for an hour at most: your last questions, so that the next one can follow them and the "
        "buttons work. For a minute: how often you asked. In logs: no question, and no number of yours.\n\n"
        "/forget_me deletes everything about you at once, also from the backup.\n\n"
        "Telegram itself carries and keeps this conversation; see its privacy policy."
    )


def about(settings: TelegramSection) -> str:
    """What the bot is, and the operator's own words if there are any."""
    return f"{ABOUT}\n\n{settings.about}" if settings.about else ABOUT


def sources(corpus: Corpus, now: datetime) -> str:
    """What is indexed and how fresh it is."""
    today = now.date()
    head = f"I have read {_counted(corpus.articles, 'article')} ({_counted(corpus.passages, 'passage')})."
    listed = [_source(source, today) for source in corpus.sources[:_MOST_SOURCES]]
    rest = len(corpus.sources) - len(listed)
    if rest > 0:
        listed.append(f"…and {_counted(rest, 'more source')}")
    looked = f" Last looked for new articles {_ago(now - corpus.looked)}." if corpus.looked else ""
    return "\n".join([head, "", *listed, "", f"Last updated: {_moment(corpus.created)}.{looked}"])


def troubles(found: Sequence[str]) -> str:
    """What the admins are told once: what is wrong with the articles, and where to look."""
    listed = [f"• {one_line(one, 180)}" for one in found[:_MOST_TROUBLES]]
    more = len(found) - len(listed)
    listed += [f"…and {more} more"] if more > 0 else []
    head = "⚠️ The articles, or the bot, need somebody to look after them:"
    return "\n".join([head, *listed, "", 'I go on answering from what I have. "verbatim-index status" tells more.'])


def _source(source: SourceSummary, today: date) -> str:
    newest = f", the newest of {dated(source.newest, today)}" if source.newest else ""
    return f"• {one_line(source.name, 60)}: {_counted(source.articles, 'article')}{newest}"


def _ago(passed: timedelta) -> str:
    minutes = int(passed.total_seconds()) // 60
    if minutes < 1:
        return "less than a minute ago"
    hours, days = minutes // 60, minutes // 1440
    if days:
        return f"{_counted(days, 'day')} ago"
    return f"{_counted(hours, 'hour')} ago" if hours else f"{_counted(minutes, 'minute')} ago"


def _moment(moment: datetime) -> str:
    return f"{written(moment.date())}, {moment:%H:%M} {moment.tzname() or 'UTC'}"


def _counted(number: int, noun: str, several: str = "") -> str:
    return f"{number:,} {noun if number == 1 else several or noun + 's'}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def known_commands() -> Sequence[str]:
    """Every command that is answered, without the slash."""
    return ("start", "forget", *(name for name, _ in COMMANDS))
