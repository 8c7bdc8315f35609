"""What /privacy says: what is stored, where, and for how long. It must stay true."""

from bot.languages.language import Language
from bot.settings import TelegramSection


def privacy(settings: TelegramSection, language: Language) -> str:
    """Return the answer to /privacy under these settings."""
    dropped = language.say("Your questions are used to find an answer, then dropped; no log holds them.")
    return "\n\n".join(
        [
            f"{dropped}\n{_declined(settings.question_days, language)}",
            "\n".join(_stored(settings, language)),
            language.say("/forget_me deletes everything about you at once, also from the backup."),
            language.say("Telegram itself carries and keeps this conversation; see its privacy policy."),
        ]
    )


def _declined(days: int, language: Language) -> str:
    if not days:
        return language.say("Nor are those kept that the articles do not answer.")
    return language.say_count(
        "Kept for {count} day: the words of questions that the articles do not answer, without who asked, so that"
        " those who run me see what is missing. Nobody can tell which were yours, so /forget_me does not delete them.",
        "Kept for {count} days: the words of questions that the articles do not answer, without who asked, so that"
        " those who run me see what is missing. Nobody can tell which were yours, so /forget_me does not delete them.",
        days,
    )


def _stored(settings: TelegramSection, language: Language) -> list[str]:
    return [
        language.say_count(
            "Stored, so that the buttons work: which sentences an answer showed, without the question and without who"
            " asked, for {count} day; and for a week, in which message of which chat it stands, so that reactions to it"
            " count.",
            "Stored, so that the buttons work: which sentences an answer showed, without the question and without who"
            " asked, for {count} days; and for a week, in which message of which chat it stands, so that reactions to"
            " it count.",
            settings.answer_days,
        ),
        language.say_count(
            "Stored, if you press 👍 or 👎: your Telegram user number, the vote and the sentences it was about, for"
            " {count} day; press again to withdraw.",
            "Stored, if you press 👍 or 👎: your Telegram user number, the vote and the sentences it was about, for"
            " {count} days; press again to withdraw.",
            settings.feedback_days,
        ),
        language.say(
            "Stored, if you came with an invitation: your user number, for as long as you are let in. If you were"
            " turned away: your user number, for a day."
        ),
        language.say(
            "Stored, if you chose a language with /language: your user number and that language, until you go back to"
            " the language of your Telegram."
        ),
        language.say(
            "Stored for two days: the serial numbers of messages already answered, so that none is answered twice; and"
            " while a message is being answered, its serial number with how far the answer came."
        ),
        language.say(
            "In memory only, for an hour at most: your last questions, so that the next one can follow them and the"
            " buttons work. For a minute: how often you asked. In logs: no question, and no number of yours."
        ),
    ]
