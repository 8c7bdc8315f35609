"""What the bot says, and the days it names."""

from datetime import UTC, date, datetime, timedelta

import pytest
from telegram_server.rules import check_commands, check_text

from bot.chat.showing import texts
from bot.chat.showing.links import usable
from bot.chat.showing.privacy import privacy
from bot.chat.showing.sources import sources
from bot.languages.language import ENGLISH
from bot.records import Corpus
from bot.settings import TelegramSection
from bot.wording import dated
from index import SourceSummary

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "22 November 2026 (today)"),
        (1, "21 November 2026 (yesterday)"),
        (3, "19 November 2026 (3 days ago)"),
        (400, "18 October 2025"),
        (-1, "23 November 2026"),
    ],
)
def test_days_as_people_write_them(days: int, words: str) -> None:
    """With their age when it is recent; never "in -1 days"."""
    assert dated(TODAY - timedelta(days=days), TODAY, ENGLISH) == words


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://a.example/x#:~:text=a,b", True),
        ("http://a.example:8080/", True),
        ("http://localhost/x", False),
        ("ftp://a.example/", False),
        ("javascript:alert(1)", False),
        ("https://a.example/ b", False),
        ("https://a.example:port/", False),
        ("https://a.example/\u202e", False),
        ("https://a.example/" + "x" * 2000, False),
        ("https://[broken/", False),
        ("https://.../", False),
        ("", False),
        (None, False),
    ],
)
def test_links_that_telegram_takes(url: str | None, good: bool) -> None:
    """Any other would cost the message, or vanish."""
    assert (usable(url) == url and url is not None) == good


def test_privacy_tells_the_settings() -> None:
    """What it says must be what is done."""
    said = privacy(TelegramSection(answer_days=17, feedback_days=1), ENGLISH)
    assert "for 17 days" in said and "for 1 day;" in said
    assert "if you chose a language with /language: your user number and that language" in said


def test_sources_stay_within_one_message() -> None:
    """However many sources there are, and whatever they are called."""
    many = tuple(SourceSummary("🐝\n" * 500, 1234, TODAY) for _ in range(500))
    corpus = Corpus("s", datetime(2026, 11, 22, 2, 5, tzinfo=UTC), 1234, 1, many)
    said = sources(corpus, datetime(2026, 11, 22, 9, 0, tzinfo=UTC), ENGLISH)
    check_text(said, [])
    assert "1\u202f234 articles (1 passage)" in said and said.endswith("Last updated: 22 November 2026, 02:05 UTC.")
    assert "480 more sources" in said


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "less than a minute ago"),
        (59, "less than a minute ago"),
        (60, "1 minute ago"),
        (12 * 60, "12 minutes ago"),
        (3600, "1 hour ago"),
        (86399, "23 hours ago"),
        (5 * 86400, "5 days ago"),
    ],
)
def test_sources_tell_when_new_articles_were_looked_for(seconds: int, words: str) -> None:
    """A snapshot may be old because nothing new came; that is another thing than nobody looking."""
    now = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    corpus = Corpus("s", now - timedelta(days=2), 1, 1, (), now - timedelta(seconds=seconds))
    said = sources(corpus, now, ENGLISH)
    assert said.endswith(f"Last updated: 20 November 2026, 09:00 UTC. Last looked for new articles {words}.")


def test_troubles_stay_within_one_message() -> None:
    """However many there are, and however long."""
    said = texts.troubles(["🐝\n" * 5000] * 500, ENGLISH)
    check_text(said, [])
    assert "…and 490 more" in said
    assert (
        texts.troubles(["a", "b"], ENGLISH).splitlines()[1:3] == ["• a", "• b"]
        and "more" not in texts.troubles(["a"], ENGLISH)[:60]
    )


def test_every_word_of_the_bot_fits() -> None:
    """Messages within 4096 units, toasts within 200 characters, menus as Telegram wants them."""
    for said in (texts.START, texts.HELP, texts.about(TelegramSection(about="x" * 2000), ENGLISH), texts.ABOUT):
        check_text(said, [])
    assert max(map(len, (texts.THANKS, texts.TOO_OLD, texts.TOO_FAST, texts.CHANGED_VOTE, texts.TROUBLE))) <= 200
    check_commands([{"command": name, "description": words} for name, words in texts.COMMANDS])
