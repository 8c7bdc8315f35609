"""A strict fake of the Bot API over real HTTP on loopback, with the people who write to the bot.

It refuses what Telegram refuses (``rules``), keeps updates as Telegram does (``world``) and misbehaves when
told to (``faults``). ``calls`` is everything the bot asked for, refused or not.
"""

import json
import sys
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

from telegram_server import rules
from telegram_server.faults import Fault
from telegram_server.pushing import Pushing
from telegram_server.rules import Json, Refusal, bad
from telegram_server.world import BOT, Chats, Updates, wait_until

TOKEN = "4242:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQ"


@dataclass(frozen=True)
class Call:
    """One request: what was asked, when (monotonic seconds), and the status it got (0: no answer)."""

    method: str
    parameters: Json
    at: float
    status: int


class _Http(ThreadingHTTPServer):
    """Takes bursts of new connections, as Telegram does; five may wait otherwise."""

    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of bots that go away in the middle of a connection; of all else, what the library says."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class TelegramServer:
    """Use as a context manager; ``base_url`` is for the settings."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.ahead_seconds = 0.0
        self.updates, self.chats = Updates(), Chats()
        self.pushing = Pushing(self.updates)
        self._faults: dict[str, list[Fault]] = {}
        self._aimed: list[tuple[str, Json, Fault]] = []
        self._http = _Http(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.updates.end()
        self.pushing.close()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/bot"

    def now(self) -> float:
        """What time it is here, in seconds since the epoch: ``ahead_seconds`` later than on this machine."""
        return time.time() + self.ahead_seconds

    def fail(self, method: str, *faults: Fault) -> None:
        """Misbehave so at the next calls of ``method``, in this order."""
        self._faults.setdefault(method, []).extend(faults)

    def aim(self, method: str, at: Json, *faults: Fault) -> None:
        """Misbehave so, in this order, at the next calls of ``method`` that have the parameters ``at``."""
        self._aimed.extend((method, at, fault) for fault in faults)

    def aimed_fault(self, method: str, parameters: Json) -> Fault | None:
        """Take the next misbehaviour that is aimed at a call with these parameters, as they came."""
        for scripted in tuple(self._aimed):
            if scripted[0] == method and all(parameters.get(name) == str(value) for name, value in scripted[1].items()):
                self._aimed.remove(scripted)
                return scripted[2]
        return None

    def is_aimed(self, method: str, at: Json) -> bool:
        """Tell whether a misbehaviour has still to come."""
        return any((method, at) == scripted[:2] for scripted in tuple(self._aimed))

    def next_fault(self, method: str) -> Fault | None:
        """Take the next misbehaviour."""
        waiting = self._faults.get(method)
        return waiting.pop(0) if waiting else None

    def wait_failed(self, method: str, seconds: float = 10) -> None:
        """Wait until every scripted misbehaviour of a method has begun."""
        wait_until(lambda: self.has_failed(method), seconds, f"{method} failed as it was to")

    def has_failed(self, method: str) -> bool:
        """Tell whether every scripted misbehaviour of a method has begun."""
        return not self._faults.get(method)

    def of(self, method: str) -> list[Call]:
        """Every call of a method so far."""
        return [call for call in tuple(self.calls) if call.method == method]

    def wait_for(self, method: str, count: int = 1, seconds: float = 10) -> list[Call]:
        """Wait until a method was called so often, then return all its calls."""
        wait_until(lambda: len(self.of(method)) >= count, seconds, f"{count} × {method}")
        return self.of(method)

    def sent(self, chat_id: int) -> list[Json]:
        """The bot's messages in a chat, as they stand now."""
        messages = tuple(self.chats.messages.items())
        return [m for (chat, _), m in sorted(messages) if chat == chat_id and m.get("from") == BOT]

    def wait_sent(self, chat_id: int, count: int = 1, seconds: float = 10) -> list[Json]:
        """Wait until the bot wrote so many messages in a chat, then return them."""
        wait_until(lambda: len(self.sent(chat_id)) >= count, seconds, f"{count} messages in {chat_id}")
        return self.sent(chat_id)

    def wait_confirmed(self, update_id: int, seconds: float = 10) -> None:
        """Wait until the bot confirmed an update."""
        wait_until(lambda: update_id in self.updates.confirmed, seconds, f"update {update_id} confirmed")

    def perform(self, method: str, parameters: Json) -> Any:
        """Do what a call asks for and return its result. Raises ``Refusal``."""
        match method:
            case "getMe":
                return BOT
            case "setWebhook":
                return self.pushing.set(parameters)
            case "deleteWebhook":
                return self.pushing.delete()
            case "getWebhookInfo":
                return self.pushing.info()
            case "getUpdates":
                self.pushing.check_none()
                return self.updates.poll(
                    parameters.get("offset", 0),
                    parameters.get("limit", 100),
                    parameters.get("timeout", 0),
                    parameters.get("allowed_updates"),
                )
            case "sendMessage":
                return self._send(parameters)
            case "editMessageText":
                return self._edit(parameters)
            case "deleteMessage":
                self.chats.check_open(parameters["chat_id"])
                self.chats.delete(parameters["chat_id"], parameters["message_id"])
            case "setMessageReaction":
                self.chats.check_open(parameters["chat_id"])
                emoji = rules.check_reaction(parameters.get("reaction", []))
                self.chats.react(parameters["chat_id"], parameters["message_id"], emoji)
            case "sendChatAction":
                rules.check_action(parameters["action"])
                self.chats.check_open(parameters["chat_id"])
                self.chats.check_place(parameters["chat_id"], parameters.get("message_thread_id"), None)
            case "answerCallbackQuery":
                self._acknowledge(parameters)
            case "answerInlineQuery":
                self._answer_inline(parameters)
            case "setMyCommands":
                rules.check_commands(parameters["commands"])
        return True

    def _content(self, parameters: Json) -> Json:
        if "parse_mode" in parameters:
            raise bad("can't parse entities: this bot is to build from entities")
        entities = parameters.get("entities", [])
        text = rules.check_text(parameters.get("text", ""), entities)
        rules.check_keyboard(parameters.get("reply_markup"))
        content: Json = {"text": text, "entities": entities}
        if parameters.get("reply_markup"):
            content["reply_markup"] = parameters["reply_markup"]
        return content

    def _send(self, parameters: Json) -> Json:
        chat_id, thread = parameters["chat_id"], parameters.get("message_thread_id")
        self.chats.check_open(chat_id)
        replied = self.chats.check_place(chat_id, thread, parameters.get("reply_parameters"))
        number = self.chats.number()
        message: Json = {
            "message_id": number,
            "date": int(self.now()),
            "chat": {"id": chat_id, "type": "private" if chat_id > 0 else "supergroup"},
            "from": BOT,
            **self._content(parameters),
        }
        if thread is not None:
            message |= {"message_thread_id": thread, "is_topic_message": True}
        if replied is not None:
            message["reply_to_message"] = replied
        self.chats.messages[chat_id, number] = message
        return message

    def _edit(self, parameters: Json) -> Json:
        chat_id = parameters["chat_id"]
        self.chats.check_open(chat_id)
        message = self.chats.own(chat_id, parameters["message_id"])
        content = self._content(parameters)
        if content == {key: message[key] for key in ("text", "entities", "reply_markup") if key in message}:
            raise bad(
                "message is not modified: specified new message content and reply markup are exactly the "
                "same as a current content and reply markup of the message"
            )
        changed = {**{k: v for k, v in message.items() if k != "reply_markup"}, **content}
        self.chats.messages[chat_id, parameters["message_id"]] = changed
        return changed

    def _answer_inline(self, parameters: Json) -> None:
        rules.check_results(parameters["results"], parameters.get("button"))
        if parameters["inline_query_id"] not in self.chats.inline_queries:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        self.chats.inline_queries.discard(parameters["inline_query_id"])

    def _acknowledge(self, parameters: Json) -> None:
        if len(parameters.get("text", "")) > 200:
            raise bad("MESSAGE_TOO_LONG")
        if parameters["callback_query_id"] not in self.chats.callbacks:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        self.chats.callbacks.discard(parameters["callback_query_id"])


def _handler(server: TelegramServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string(server.now() if timestamp is None else timestamp)

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length).decode()
            if len(body.encode()) < length:  # the bot went away while it was asking: Telegram hears nothing
                self.close_connection = True
                return
            token, _, method = self.path.removeprefix("/bot").partition("/")
            parameters: Json = dict(parse_qsl(body, keep_blank_values=True))
            fault = server.aimed_fault(method, parameters) or server.next_fault(method)
            started = time.monotonic()
            status, answer = 200, {}
            try:
                if token != TOKEN:
                    raise Refusal(401, "Unauthorized")
                parameters = rules.decoded(method, parameters)
                if fault is None or fault.delivered:
                    answer = {"ok": True, "result": server.perform(method, parameters)}
            except Refusal as refusal:
                status, answer = refusal.code, refusal.body
            if fault and fault.stall:
                time.sleep(fault.stall)
            if fault and fault.code:
                status, answer = fault.code, fault.body
            dropped = bool(fault and fault.drop)
            server.calls.append(Call(method, parameters, started, 0 if dropped else status))
            if dropped:
                self.close_connection = True
            else:
                self._reply(status, answer, fault)

        def _reply(self, status: int, answer: Json, fault: Fault | None) -> None:
            html = bool(fault and fault.html)
            body = b"<html>Bad Gateway</html>" if html else json.dumps(answer).encode()
            body = body if fault is None or fault.raw is None else fault.raw
            try:
                self.send_response(status)
                self.send_header("Content-Type", "text/html" if html else "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:  # the bot went away while it was being answered: so do people's phones
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Keep silent."""

    return Handler
