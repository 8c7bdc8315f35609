"""Every word that the bot itself says to readers. Nothing is sent, formatted or counted here.

Constants are the English sentences, and so the keys of the catalogues: who sends one lets a language say it.
"""

from collections.abc import Sequence

from bot.chat.showing.styled import one_line
from bot.languages.language import Language, sentence
from bot.settings import TelegramSection
from bot.wording import spanned
from index import Days

UNTITLED = sentence("Untitled article")
CUT = sentence("(Shortened: the quote goes on in the article.)")

START = sentence(
    "Ask me a question in your own words. I answer with exact quotes from the articles I have read, "
    "each with its source, or I tell you that the articles do not say.\n\n"
    "/sources shows what I have read, /help how to ask, /privacy what I store."
)
HELP = sentence(
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
    "⚡ on your message: the line to Telegram broke while I replied. If you see no reply, please ask again.\n\n"
    "/sources – what I have read, and how fresh it is\n"
    "/about – what I am\n"
    "/language – the language I speak with you\n"
    "/privacy – what is stored\n"
    "/forget_me – delete what is stored about you"
)
ABOUT = sentence(
    "I am Verbatim. I find the sentences of a body of articles that answer a question, and show them word "
    "for word, with the answering words in bold. I write nothing myself: every quote was cut out of an "
    "article and compared with it again before you saw it. A quote is wrong where its article is: follow "
    "the link."
)
UNREADABLE = sentence("I can only read text. Please write your question.")
NO_EARS = sentence(
    "I cannot listen to recordings. Please write your question, and I will look for quotes that answer it."
)
NO_EYES = sentence(
    "I cannot see pictures. Please write what you would like to know, and I will look for quotes that answer it."
)
NO_FILES = sentence("I cannot read files. Please write your question: I answer from the articles that /sources shows.")
NO_GAMES = sentence(
    "I cannot take part in polls and games. Please write a question, and I will look for quotes that answer it."
)
NO_PLACES = sentence(
    "I do not know places and contacts. Please write your question, with the name of the place or person."
)
NO_QUESTION = sentence("Please add a question, for example: /ask Who discovered penicillin?")
UNKNOWN_COMMAND = sentence("I do not know that command. Send a question, or see /help.")
BUSY = sentence("Many people are asking at the moment. Please ask again in a minute.")
TOO_SLOW = sentence("Finding an answer took too long. Please ask again.")
TROUBLE = sentence("Something went wrong on my side. Please try again later.")
AWAY = sentence("I was away when you wrote. Please ask again if you would still like to know.")
ARTICLE_CHANGED = sentence("The article has changed since, or was withdrawn; please ask again.")
TOO_OLD = sentence("This answer is too old for its buttons; please ask again.")
QUESTION_FORGOTTEN = sentence(
    "I keep questions for an hour at most, and this one I do not know any more. Please ask it again."
)
NOTHING_MORE_INSIDE = sentence("This article says nothing more about it.")
NOTHING_ELSEWHERE = sentence("No other article tells this any more.")
TOO_FAST = sentence("That is a lot of presses. Please wait a moment.")
LINE_BROKE = sentence(
    "The line to Telegram broke while I sent you the answer, so it may have arrived or not. I do not send it twice of "
    "my own accord: if you do not see it, press the button."
)
THANKS = sentence("Thank you. Press again to withdraw.")
CHANGED_VOTE = sentence("Changed. Thank you.")
WITHDRAWN = sentence("Withdrawn.")

STRANGER = sentence(
    "I answer only people whom those who run me have let in. If you were invited, please open the link of your"
    " invitation. What is stored: /privacy."
)
WELCOME = sentence("Welcome! You may ask me from now on.")
INVITATION_SPENT = sentence("This invitation was used already, or has expired. Please ask for a new one.")
FORGET = sentence("Delete everything")
KEEP = sentence("Keep it")
KEPT = sentence("Nothing was changed.")
FORGET_WHAT = sentence(
    "Shall I delete everything that is stored about you? That is your thumbs, where my answers stand in our chat, the"
    " language you chose, and that you were let in, if you were: then you need a new invitation."
)
NOT_FORGOTTEN = sentence("Not everything could be deleted. Please try again in a minute.")
NOT_YOURS = sentence("Only who was asked may press this.")

WELL_AGAIN = sentence("✅ The articles are well again: fresh, and the last run went as it should.")
CONFLICT = sentence(
    "Another process takes the messages for this bot, so that some of them are answered there and some here, or"
    " nowhere: stop it, or remove the webhook that it set."
)
ALONE_AGAIN = sentence("✅ No other process takes the messages for this bot any more.")

OPEN = sentence("Open at the quote")
MORE_CONTEXT = sentence("More context")
LESS_CONTEXT = sentence("Less context")
MORE_QUOTES = sentence("More quotes")
PREVIOUS_QUOTES = sentence("Previous quotes")
ASK_ONLY_THIS = sentence("Ask only this")
ANY_DAY = sentence("Any day")
MORE_INSIDE = sentence("More from this article")
SAME_ELSEWHERE = sentence("Same story elsewhere")
ASK_IN_PRIVATE = sentence("Ask me in private")
SEND_AGAIN = sentence("Send it again")

CHOOSE_LANGUAGE = sentence("Which language shall I speak with you? Quotes stay in the language of their article.")
# Translators: name your language, not English.
LANGUAGE_CHOSEN = sentence("I speak English with you from now on. Quotes stay in the language of their article.")
LANGUAGE_OF_TELEGRAM = sentence("From now on I go by the language of your Telegram, where I speak it.")
AS_IN_TELEGRAM = sentence("As in Telegram")

COMMANDS = (
    ("ask", sentence("Ask a question")),
    ("help", sentence("How to ask")),
    ("sources", sentence("What I have read, and how fresh it is")),
    ("about", sentence("What I am")),
    ("language", sentence("The language I speak with you")),
    ("privacy", sentence("What is stored")),
    ("forget_me", sentence("Delete what is stored about you")),
)
_IN_GROUPS = ("ask", "sources", "language")

_MOST_TROUBLES = 10


def open_numbered(number: int, source: str, language: Language) -> str:
    """The label of one of several links."""
    return language.say("Open at quote {number} · {source}", number=number, source=source)


def read_together(words: Sequence[str], language: Language) -> str:
    """Said where a question was read as following the one before."""
    listed = one_line(", ".join(words), 160)
    return language.say("Read together with your question before: {words}.", words=listed)


def looked_first(title: str, language: Language) -> str:
    """Said where a question replies to a quote."""
    return language.say("Looked first in “{title}”.", title=one_line(title, 120))


def only_days(days: Days, language: Language) -> str:
    """Said where articles of other days were left out."""
    # Translators: no full stop where dates end with one.
    return language.say("Only articles of these days: {days}.", days=spanned(days, language))


def spelt(asked: str, found: str, language: Language) -> str:
    """Said where a word was looked for in another spelling."""
    return language.say(
        "Looked for “{found}”: no article has “{asked}”.", found=one_line(found, 60), asked=one_line(asked, 60)
    )


def too_many(quotes: int, language: Language) -> str:
    """Said where quotes were left out for want of room."""
    return language.say_count(
        "({count} quote more did not fit into one message.)",
        "({count} quotes more did not fit into one message.)",
        quotes,
    )


def changed(quotes: int, language: Language) -> str:
    """Said where quotes were left out since their articles have changed, or were withdrawn."""
    return language.say_count(
        "({count} quote left out: the article has changed since, or was withdrawn.)",
        "({count} quotes left out: the article has changed since, or was withdrawn.)",
        quotes,
    )


def also_in(places: str, more: int, language: Language) -> str:
    """Where else a quote stands, and in how many places more."""
    if not more:
        return language.say("Also in: {places}", places=places)
    return language.say("Also in: {places} and {count} more", places=places, count=language.number(more))


def slow_down(per_minute: int, language: Language) -> str:
    """Said to who asks too much."""
    return language.say_count(
        "You can ask {count} question a minute. Please wait a little.",
        "You can ask {count} questions a minute. Please wait a little.",
        per_minute,
    )


def slow_down_here(per_minute: int, language: Language) -> str:
    """Said in a group that asks too much."""
    return language.say_count(
        "This group can ask {count} question a minute. Please wait a little.",
        "This group can ask {count} questions a minute. Please wait a little.",
        per_minute,
    )


def queued(before: int, seconds: int, language: Language) -> str:
    """Said to who has to wait."""
    # Translators: other questions.
    queue = language.say_count("Before your question: {count} other.", "Before your question: {count} others.", before)
    wait = language.say_count("It takes about {count} second.", "It takes about {count} seconds.", seconds)
    return f"{queue} {wait}"


def welcome(language: Language) -> str:
    """Said to who was let in."""
    return f"{language.say(WELCOME)}\n\n{language.say(START)}"


def forgotten(entries: int, language: Language) -> str:
    """The answer to /forget_me, when it was confirmed."""
    if not entries:
        return language.say("Nothing was stored about you.")
    return language.say_count(
        "Deleted: {count} entry. Nothing about you is stored any more.",
        "Deleted: {count} entries. Nothing about you is stored any more.",
        entries,
    )


def about(settings: TelegramSection, language: Language) -> str:
    """What the bot is, and the operator's own words if there are any."""
    return f"{language.say(ABOUT)}\n\n{settings.about}" if settings.about else language.say(ABOUT)


def troubles(found: Sequence[str], language: Language) -> str:
    """What the admins are told once: what is wrong with the articles, and where to look.

    Those of the index are in English; the bot's own have a translation.
    """
    listed = [f"• {one_line(language.say(one), 180)}" for one in found[:_MOST_TROUBLES]]
    more = len(found) - len(listed)
    listed += [and_more(more, language)] if more > 0 else []
    head = language.say("⚠️ The articles, or the bot, need somebody to look after them:")
    tail = language.say('I go on answering from what I have. "verbatim-index status" tells more.')
    return "\n".join([head, *listed, "", tail])


def and_more(left_out: int, language: Language) -> str:
    """The last line of a list that is cut short."""
    return language.say("…and {count} more", count=language.number(left_out))


def commands(language: Language) -> list[tuple[str, str]]:
    """The readers' commands, without the slash, each with what it does."""
    return [(name, language.say(words)) for name, words in COMMANDS]


def group_commands(language: Language) -> list[tuple[str, str]]:
    """Those that are of use in a group."""
    return [(name, words) for name, words in commands(language) if name in _IN_GROUPS]


def known_commands() -> Sequence[str]:
    """Every command that is answered, without the slash."""
    return ("start", "forget", *(name for name, _ in COMMANDS))
