"""What those who run the bot can ask of it in private, and nobody else anywhere. The bot is a real process."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fakes import ARTICLE, SENTENCES, quote_of
from telegram_server.people import Person, group_member, newcomer
from telegram_server.process import BotProcess
from telegram_server.rules import Json, check_commands, check_text
from telegram_server.server import TelegramServer
from telegram_server.world import wait_until

from bot.chat.admin import texts as admin_texts
from bot.chat.admin.office import GivenVote, Report, Unanswered, Votes
from bot.chat.asking.pool import Load
from bot.chat.running.reloading import Reloaded
from bot.chat.running.tally import Latencies, Latency, Tally
from bot.chat.showing import texts
from bot.languages.language import ENGLISH
from bot.meter import Event, NoMeter
from bot.records import Corpus, Rollback, Trouble

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
CORPUS = Corpus("20261122T000000-abcdef01", NOW - timedelta(hours=9), 12, 340, (), NOW - timedelta(minutes=5))


class TestTexts:
    def test_a_status_tells_everything(self) -> None:
        """In one message."""
        report = Report(CORPUS, (), 8, 2, Latency(8, 0.25, 1.5), Load(1, 3), {"TimedOut": 4, "busy": 1})
        said = admin_texts.status(report, NOW, ENGLISH)
        for words in (
            "20261122T000000-abcdef01, 9 h 0 min old; 12 articles, 340 passages",
            "Last good look for new articles: 5 min ago",
            "Questions today (UTC): 8, declined: 2 (25 %)",
            "p50 0.25 s, p95 1.50 s (the last 8 since the start)",
            "1 being answered, 3 waiting",
            "TimedOut 4, busy 1",
            "✅",
        ):
            assert words in said

    def test_whatever_there_is_fits_into_one_message(self) -> None:
        """However long questions, titles and troubles are."""
        long = "🐝 long\n" * 500
        errors = {f"{number}{'x' * 50}": 1 for number in range(100)}
        trouble = Trouble("t", long)
        for said in (
            admin_texts.status(Report(CORPUS, (trouble,) * 100, 0, 0, None, Load(0, 0), errors), NOW, ENGLISH),
            admin_texts.unanswered([Unanswered(long, 9, quote_of(0))] * 12, ENGLISH),
            admin_texts.feedback(
                Votes(
                    5,
                    5,
                    (GivenVote(up=True, given=NOW, quote=quote_of(1)), GivenVote(up=False, given=NOW, quote=None)) * 5,
                ),
                ENGLISH,
            ),
            admin_texts.reloaded(Reloaded(("a.b",) * 40, ("c.d",) * 40, long), "s", ENGLISH),
            admin_texts.taken_down(long, ENGLISH, changed=True),
            admin_texts.guests([(12345678, NOW)] * 500, ENGLISH),
            admin_texts.refused(long, ENGLISH),
        ):
            check_text(said, [])
        check_commands([{"command": name, "description": words} for name, words in admin_texts.COMMANDS])


class TestTally:
    def test_half_and_nineteen_in_twenty(self) -> None:
        """Of the last thousand."""
        latencies = Latencies()
        assert latencies.summary() is None
        for seconds in (*[9.0] * 50, *(number / 100 for number in range(1, 1001))):
            latencies.note(seconds)
        assert latencies.summary() == Latency(1000, 5.0, 9.5)

    def test_what_went_wrong_is_counted_by_kind(self) -> None:
        """Answers, declined or not, are nothing that went wrong."""
        tally = Tally(NoMeter())
        for event, kind in (
            (Event.QUESTION, "answered"),
            (Event.QUESTION, "declined"),
            (Event.QUESTION, "late"),
            (Event.TELEGRAM_ERROR, "TimedOut"),
            (Event.TELEGRAM_ERROR, "TimedOut"),
            (Event.UPDATE, "message"),
        ):
            tally.count(event, kind)
        assert tally.errors() == {"TimedOut": 2, "late": 1}


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    """A fake Telegram of one test's own."""
    with TelegramServer() as server:
        yield server


@pytest.fixture
def admin(server: TelegramServer) -> Person:
    """Who runs the bot."""
    return newcomer(server)


@pytest.fixture
def bot(server: TelegramServer, tmp_path: Path, admin: Person) -> Iterator[BotProcess]:
    with BotProcess(server, tmp_path, admins=[admin.id], refresh_seconds=30, questions_per_minute=60) as bot:
        yield bot
        assert "Traceback" not in bot.log


def asked(server: TelegramServer, person: Person, text: str) -> Json:
    """Say something and return the answer."""
    before = len(server.sent(person.chat_id))
    person.say(text)
    return server.wait_sent(person.chat_id, before + 1)[-1]


def answered(server: TelegramServer, person: Person) -> int:
    """How many answers there are in somebody's chat; other messages of the bot's quote nothing."""
    return sum(any(e["type"] == "blockquote" for e in one.get("entities", ())) for one in server.sent(person.chat_id))


def edited(server: TelegramServer, message: Json) -> str:
    """Wait until a message says something else."""
    place = (message["chat"]["id"], message["message_id"])
    wait_until(lambda: server.chats.messages[place]["text"] != message["text"], 10, "the message is edited")
    return str(server.chats.messages[place]["text"])


@pytest.mark.process
class TestConversation:
    @pytest.mark.usefixtures("bot")
    def test_for_everybody_else_the_commands_do_not_exist(self, server: TelegramServer, admin: Person) -> None:
        """Not in private, and not for an admin in a group either; nor are they in the public menus."""
        ada, group = newcomer(server), group_member(server)
        for command in admin_texts.commands():
            assert asked(server, ada, f"/{command}")["text"] == texts.UNKNOWN_COMMAND
        in_group = Person(server, admin.id, group.chat_id)
        last = in_group.say("/status")
        server.wait_confirmed(last["update_id"])
        assert server.sent(group.chat_id) == []
        menus = [call.parameters for call in server.wait_for("setMyCommands", 18)]
        public = [menu for menu in menus if menu.get("scope", {}).get("type") != "chat"]
        own = [menu for menu in menus if menu not in public]
        assert [menu["scope"]["chat_id"] for menu in own] == [admin.id] * 6
        names = [{command["command"] for command in menu["commands"]} for menu in (*own, *public)]
        assert all(set(admin_texts.commands()) <= own_names for own_names in names[:6])
        assert all(not set(admin_texts.commands()) & public_names for public_names in names[6:])

    @pytest.mark.usefixtures("bot")
    def test_status_counts_questions_and_errors(self, server: TelegramServer, admin: Person) -> None:
        """Of everybody, since the start."""
        ada = newcomer(server)
        for question in ("How warm?", "unknown", "nothing", "slow 0.3 unknown"):
            asked(server, ada, question)
        server.chats.blocked.add(ada.chat_id)
        blocked = ada.say("How cold?")
        server.wait_confirmed(blocked["update_id"])
        said = asked(server, admin, "/status")["text"]
        assert "Snapshot: first, " in said and "Questions today (UTC): 5, declined: 3 (60 %)" in said
        assert re.search(r"p50 0\.\d\d s, p95 0\.[3-9]\d s \(the last 5", said)
        assert "Queue: 0 being answered, 0 waiting" in said and "Forbidden" in said

    def test_unanswered_questions_are_grouped(self, server: TelegramServer, admin: Person, bot: BotProcess) -> None:
        """With how many there were, the words of the last, and what came nearest; nobody is named."""
        assert asked(server, admin, "/unanswered")["text"] == admin_texts.NO_UNANSWERED
        ada, bob = newcomer(server), newcomer(server)
        asked(server, ada, "Comets unknown?")
        asked(server, bob, "Comets are unknown to whom?")
        asked(server, ada, "There is nothing?")
        asked(server, ada, "How warm?")
        said = asked(server, admin, "/unanswered")["text"]
        assert said.splitlines()[1:] == [
            f"• 2 × Comets are unknown to whom? (nearest: {ARTICLE.title} ({ARTICLE.site}))",
            "• 1 × There is nothing? (nothing near)",
        ]
        assert "Comets" not in bot.log

    @pytest.mark.usefixtures("bot")
    def test_what_was_asked_neither_calls_nor_commands(self, server: TelegramServer, admin: Person) -> None:
        """A name in a declined question would be a mention in the admin's list, a command one tap from being given."""
        asked(server, newcomer(server), "Comets, @somebody, or /rollback unknown?")
        said = asked(server, admin, "/unanswered")
        codes = [said["text"][e["offset"] :][: e["length"]] for e in said["entities"] if e["type"] == "code"]
        assert codes == ["@somebody", "/rollback"]

    def test_with_no_days_no_question_is_kept(self, server: TelegramServer, tmp_path: Path, admin: Person) -> None:
        """Not even for a moment: no file holds its words; what was kept before goes with the next pruning."""
        with BotProcess(server, tmp_path, admins=[admin.id], question_days=0):
            asked(server, newcomer(server), "Comets unknown?")
            assert asked(server, admin, "/unanswered")["text"] == admin_texts.NO_UNANSWERED
            assert not any(b"Comets" in path.read_bytes() for path in tmp_path.iterdir())

    @pytest.mark.usefixtures("bot")
    def test_feedback_names_the_quotes_voted_on(self, server: TelegramServer, admin: Person) -> None:
        """The last first, and how many there are."""
        assert asked(server, admin, "/feedback")["text"] == admin_texts.NO_VOTES
        for thumb in ("👍", "👍", "👎"):
            ada = newcomer(server)
            before = len(server.of("answerCallbackQuery"))
            ada.press(asked(server, ada, "How warm?"), thumb)
            server.wait_for("answerCallbackQuery", before + 1)
        lines = asked(server, admin, "/feedback")["text"].splitlines()
        assert lines[0].startswith("👍 2, 👎 1.") and [line[0] for line in lines[1:]] == ["👎", "👍", "👍"]
        assert all(line.endswith(f"{ARTICLE.title} ({ARTICLE.site})") for line in lines[1:])

    def test_reload_opens_the_newest_snapshot_and_reads_the_settings(
        self, server: TelegramServer, admin: Person, bot: BotProcess
    ) -> None:
        """At once; what was looked for in vain is said, too."""
        assert asked(server, admin, "/reload")["text"] == admin_texts.RELOADED_NOTHING
        (bot.folder / "published").write_text("second")
        bot.write_settings(about="We keep bees.")
        said = asked(server, admin, "/reload")["text"]
        assert "telegram.about" in said and "second" in said
        assert "We keep bees." in asked(server, admin, "/about")["text"]
        assert "second" in asked(server, admin, "/status")["text"]

    def test_going_back_takes_a_confirmation_of_an_admin(
        self, server: TelegramServer, admin: Person, bot: BotProcess
    ) -> None:
        """It names both snapshots, and counts for these only."""
        assert asked(server, admin, "/rollback")["text"] == admin_texts.NO_ROLLBACK
        (bot.folder / "published").write_text("second")
        asked(server, admin, "/reload")
        offers = [asked(server, admin, "/rollback") for _ in range(3)]
        assert offers[0]["text"] == admin_texts.may_roll_back(Rollback("second", "first"), ENGLISH)
        newcomer(server).press(offers[0], admin_texts.ROLL_BACK)
        server.wait_for("answerCallbackQuery")
        assert server.of("answerCallbackQuery")[0].parameters["text"] == texts.NOT_YOURS
        admin.press(offers[0], texts.KEEP)
        assert edited(server, offers[0]) == texts.KEPT
        assert (bot.folder / "published").read_text() == "second"
        admin.press(offers[1], admin_texts.ROLL_BACK)
        assert edited(server, offers[1]) == admin_texts.ROLLED_BACK
        assert "Snapshot: first" in asked(server, admin, "/status")["text"]
        admin.press(offers[2], admin_texts.ROLL_BACK)
        assert edited(server, offers[2]).startswith("⚠️ That was not done: other snapshots")
        log = bot.log
        assert re.search(r"the admin person-[0-9a-f]{8} goes back from snapshot second to first", log)
        assert str(admin.id) not in re.findall(r"\d+", log)

    @pytest.mark.usefixtures("bot")
    def test_taking_down_and_undoing(self, server: TelegramServer, admin: Person) -> None:
        """By link or id; twice changes nothing."""
        link = "https://news.example/bees"
        said = [
            asked(server, admin, f"/take_down{rest}")["text"]
            for rest in ("", " undo", f" {link}", f" {link}", f" undo {link}", f" UNDO {link}")
        ]
        assert said == [
            admin_texts.TAKE_DOWN_WHAT,
            admin_texts.TAKE_DOWN_WHAT,
            admin_texts.taken_down(link, ENGLISH, changed=True),
            admin_texts.taken_down(link, ENGLISH, changed=False),
            admin_texts.put_back(link, ENGLISH, changed=True),
            admin_texts.put_back(link, ENGLISH, changed=False),
        ]

    @pytest.mark.usefixtures("bot")
    def test_an_invitation_is_made_only_where_it_counts(self, server: TelegramServer, admin: Person) -> None:
        """Everybody may ask here."""
        assert asked(server, admin, "/invite")["text"] == admin_texts.NO_INVITATIONS


@pytest.mark.process
class TestWaiting:
    def test_who_waits_long_is_told_how_many_come_before_him(self, server: TelegramServer, tmp_path: Path) -> None:
        """Once; the line goes when the answer comes. Who does not wait long hears nothing of it."""
        people = [newcomer(server) for _ in range(5)]
        with BotProcess(server, tmp_path, workers=1, queue=20, answer_timeout_seconds=20):
            for _ in range(3):
                asked(server, people[0], "slow 1.2 question")
            before = len(server.of("sendMessage"))
            for person in people:
                person.say("slow 1.2 question", date=int(time.time()) + 2)
            wait_until(lambda: len(server.of("deleteMessage")) == 2, 15, "the lines are taken away")
            said = [call.parameters["text"] for call in server.of("sendMessage")[before:]]
            notices = sorted(text for text in said if text.startswith("Before your question"))
            assert len(notices) == 2 and notices[-1].startswith("Before your question: 4 others. It takes about ")
            for person in people[1:]:
                assert [SENTENCES[0][:20] in m["text"] for m in server.wait_sent(person.chat_id)] == [True]

    def test_one_persons_many_questions_do_not_delay_anothers_first(
        self, server: TelegramServer, tmp_path: Path
    ) -> None:
        """Nor fill the queue before him."""
        ada, bob = newcomer(server), newcomer(server)
        with BotProcess(server, tmp_path, workers=1, queue=10, questions_per_minute=60, answer_timeout_seconds=60):
            for _ in range(50):
                ada.say("slow 0.3 question", date=int(time.time()) + 2)
            wait_until(lambda: answered(server, ada) > 0, 10, "the first answer")
            before = answered(server, ada)
            bob.say("slow 0.3 question", date=int(time.time()) + 2)
            (answer,) = server.wait_sent(bob.chat_id)
            # the one on its way when they were counted, the one in work, and one whose turn it was before his
            assert answered(server, ada) - before <= 3 and answer["text"] != texts.BUSY

    def test_a_group_has_a_limit_of_its_own(self, server: TelegramServer, tmp_path: Path) -> None:
        """Whoever asks in it; told once, and private chats are not touched."""
        chat_id = group_member(server).chat_id
        with BotProcess(server, tmp_path, questions_per_minute=10, questions_per_minute_in_chat=3):
            for member in (Person(server, 70 + number, chat_id) for number in range(6)):
                last = member.say("/ask How warm?")
            server.wait_confirmed(last["update_id"])
            said = [message["text"] for message in server.sent(chat_id)]
            assert len(said) == 4 and said.count(texts.slow_down_here(3, ENGLISH)) == 1
            ada = Person(server, 70, 70)
            for _ in range(4):
                assert "Bee number" in asked(server, ada, "How warm?")["text"]
