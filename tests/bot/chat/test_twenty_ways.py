"""The twenty ways in which such bots break (TELEGRAM.md, part B), and the tests that fail without the cure.

| # | what breaks | tests |
|---|---|---|
| 1 | markup in articles | test_rendering.test_markup_in_an_article_is_shown_as_it_is_written, \
test_delivery_faults.test_refused_formatting_falls_back_step_by_step |
| 2 | too long messages, cut tags | test_rendering.test_every_page_is_within_telegrams_limits, \
test_rendering.test_a_single_quote_that_is_too_long_is_cut_at_a_sentence_and_says_so |
| 3 | message is not modified | test_pressing.test_pressing_twice_at_once_is_no_error, \
test_pressing.test_what_a_message_says_already_is_not_sent_again, \
test_delivery.test_only_an_edit_that_changes_nothing_is_swallowed |
| 4 | query is too old | test_pressing.test_a_press_that_is_too_old_to_acknowledge_still_works, \
test_pressing.test_a_press_is_answered_within_a_second, test_queries.test_a_query_that_is_too_old_is_no_error |
| 5 | two pollers | test_delivery_faults.test_fetching_goes_on_after_errors, \
test_watchdog.test_a_conflict_with_a_process_elsewhere_is_told_once_and_once_when_it_is_over |
| 6 | duplicates after time-outs | test_broken_lines.test_what_may_have_arrived_is_not_sent_again, \
test_delivery.test_a_message_is_repeated_only_when_it_was_not_delivered |
| 7 | flood limits | test_delivery_faults.test_a_flood_limit_is_waited_for, \
test_twenty_ways.test_an_edit_waits_for_its_flood_limit_and_says_the_last_thing |
| 8 | the bot was blocked | test_delivery_faults.test_a_blocked_bot_falls_silent |
| 9 | group became supergroup | test_delivery_faults.test_a_group_that_became_a_supergroup_is_followed_once, \
test_twenty_ways.test_a_group_that_became_a_supergroup_is_left |
| 10 | one slow search | test_conversation.test_one_slow_question_keeps_nobody_waiting |
| 11 | updates without text | test_conversation.test_bots_channels_and_edits_are_met_with_silence, \
test_other_media.test_who_sends_no_words_is_told_what_works |
| 12 | nobody in from | test_conversation.test_an_anonymous_admin_is_a_person, \
test_twenty_ways.test_anonymous_admins_have_the_limit_of_their_group |
| 13 | token in logs | test_restarts.test_the_token_is_not_logged_whatever_fails, \
test_secrecy.test_tracebacks_are_masked_too |
| 14 | unbounded memory | test_polling.test_no_more_than_a_hundred_are_in_work, \
test_conversation.test_a_full_queue_says_so, test_limits.test_nobody_is_remembered_for_long, \
test_twenty_ways.test_a_flood_of_mentions_is_stopped |
| 15 | forged webhook calls | test_webhook.test_forged_requests_are_refused |
| 16 | SIGTERM | test_restarts.test_sigterm_lets_the_running_answers_finish, \
test_restarts.test_what_sigterm_leaves_unanswered_is_answered_by_the_next_process |
| 17 | zombie bot | test_restarts.test_a_refused_token_ends_the_process_and_stays_secret, \
test_polling.test_a_hanging_connection_is_replaced |
| 18 | poison update | test_delivery_faults.test_a_poisonous_update_is_skipped |
| 19 | thread or message gone | test_conversation.test_a_forum_topic_is_answered_in_its_topic, \
test_delivery_faults.test_a_topic_that_is_gone_is_answered_in_the_group, \
test_delivery_faults.test_a_question_that_was_deleted_is_still_answered |
| 20 | pool time-outs, naive time | test_twenty_ways.test_the_age_of_a_question_does_not_hang_on_the_zone, \
test_twenty_ways.test_there_are_more_connections_than_updates_in_work |
"""

import ast
import re
import sqlite3
import time
from pathlib import Path

import pytest
from telegram_server.faults import flood
from telegram_server.people import Person, group_member, newcomer, user
from telegram_server.process import BotProcess
from telegram_server.server import TelegramServer
from telegram_server.world import wait_until

from bot.chat.application import CONNECTIONS
from bot.chat.showing import texts
from bot.chat.updates.polling import BATCH
from bot.languages.language import ENGLISH

HERE = Path(__file__).parent
NAMED = re.compile(r"\b(test_\w+)\.(test_\w+)")


def functions_of(module: str) -> set[str]:
    (path,) = HERE.rglob(f"{module}.py")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_the_table_names_tests_for_all_twenty() -> None:
    """Whoever renames a test, or takes one away, sees it here."""
    rows = [line for line in (__doc__ or "").split("\n") if re.match(r"\| \d", line)]
    assert [int(row.split("|")[1]) for row in rows] == list(range(1, 21))
    assert [row for row in rows if not NAMED.search(row)] == []
    named = NAMED.findall(__doc__ or "")
    assert [f"{module}.{name}" for module, name in named if name not in functions_of(module)] == []


@pytest.mark.process
@pytest.mark.usefixtures("bot")
def test_an_edit_waits_for_its_flood_limit_and_says_the_last_thing(server: TelegramServer) -> None:
    """The page comes, once, after as many seconds as Telegram asks for."""
    ada = newcomer(server)
    ada.say("How warm?")
    answer = server.wait_sent(ada.chat_id)[0]
    server.fail("editMessageText", flood(1))
    before = len(server.of("editMessageText"))
    ada.press(answer, texts.MORE_QUOTES)
    first, second = server.wait_for("editMessageText", before + 2)[before:]
    assert (first.status, second.status) == (429, 200) and second.at - first.at >= 1.0
    assert server.sent(ada.chat_id)[0]["text"].startswith("Bee number 3")


@pytest.mark.process
def test_a_group_that_became_a_supergroup_is_left(server: TelegramServer, bot: BotProcess) -> None:
    """Its messages are numbered anew: what is remembered of the old ones must not be found there. The conversation goes
    on; the operator hears of it, for settings may name the group."""
    ada = group_member(server)
    ada.say("/ask How warm are honeybees?")
    answer = server.wait_sent(ada.chat_id)[0]
    placed = (ada.chat_id, answer["message_id"])
    wait_until(lambda: placed in placements(bot), 5, "it is remembered where the answer stands")
    said = ada.say("", migrate_to_chat_id=-1000777)
    new = Person(server, ada.id, -1000777)
    last = new.say("", migrate_from_chat_id=ada.chat_id)
    server.wait_confirmed(max(said["update_id"], last["update_id"]))
    assert {chat for chat, _ in placements(bot)}.isdisjoint({ada.chat_id, new.chat_id})
    assert len(server.sent(ada.chat_id)) == 1 and server.sent(new.chat_id) == []
    new.say("/ask and was it?")
    assert "honeybees" in server.wait_sent(new.chat_id)[0]["text"]
    assert f"the group {ada.chat_id} became the supergroup -1000777" in bot.log


def placements(bot: BotProcess) -> set[tuple[int, int]]:
    connection = sqlite3.connect(bot.folder / "chat.sqlite")
    rows = connection.execute("SELECT chat, message FROM messages").fetchall()
    connection.close()
    return set(rows)


@pytest.mark.process
@pytest.mark.usefixtures("bot")
def test_anonymous_admins_have_the_limit_of_their_group(server: TelegramServer) -> None:
    """Telegram gives the same sender for those of all groups: one group's questions must not silence another's."""

    def say(member: Person) -> int:
        group = {"id": member.chat_id, "type": "supergroup", "title": "A group"}
        sender = {**user(1087968824), "is_bot": True, "username": "GroupAnonymousBot"}
        number: int = member.say("/unheard@verbatim_test_bot", sender_chat=group, **{"from": sender})["update_id"]
        return number

    busy, quiet = group_member(server), group_member(server)
    for _ in range(14):
        last = say(busy)
    server.wait_confirmed(last)
    server.wait_confirmed(say(quiet))
    said = [m["text"] for m in server.sent(busy.chat_id)]
    assert len(said) == 13 and said.count(texts.slow_down(12, ENGLISH)) == 1
    assert [m["text"] for m in server.sent(quiet.chat_id)] == [texts.UNKNOWN_COMMAND]


@pytest.mark.process
def test_a_flood_of_mentions_is_stopped(tmp_path: Path) -> None:
    """However many people mention the bot in one group: so many a minute, one word, then silence; others are served."""
    with TelegramServer() as server, BotProcess(server, tmp_path, questions_per_minute_in_chat=5):
        group = group_member(server)
        for _ in range(20):
            last = Person(server, newcomer(server).id, group.chat_id).say("@verbatim_test_bot")
        server.wait_confirmed(last["update_id"])
        said = [m["text"] for m in server.sent(group.chat_id)]
        assert said.count(texts.NO_QUESTION) == 5 and len(said) == 6
        ada = newcomer(server)
        ada.say("How warm?")
        server.wait_sent(ada.chat_id)


@pytest.mark.process
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_age_of_a_question_does_not_hang_on_the_zone(tmp_path: Path, zone: str) -> None:
    """Telegram's times are UTC; a machine 14 hours ahead, or 11 behind, takes no new question for an old one."""
    with TelegramServer() as server, BotProcess(server, tmp_path, environment={"TZ": zone}):
        ada, bob = newcomer(server), newcomer(server)
        ada.say("How warm?")
        bob.say("How warm?", date=int(time.time()) - 3700)
        assert server.wait_sent(ada.chat_id)[0]["text"].startswith("Bee number 0")
        assert server.wait_sent(bob.chat_id)[0]["text"] == texts.AWAY


def test_there_are_more_connections_than_updates_in_work() -> None:
    """Each may be typing and sending at once."""
    assert CONNECTIONS > 2 * BATCH
