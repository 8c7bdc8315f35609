"""Record a conversation for the README: ``PYTHONPATH=tests:. python tests/benchmarks/make_picture.py``.

Builds the index of the sample articles, runs the bot as it ships over a strict fake of Telegram, talks with it
(``recording.py``), and writes what was said into ``conversation.svg``, drawn, and ``conversation.md``, as text. A test
records it again and compares, so what stands in both is what the bot answers.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from drawing import conversation_svg
from recording import record
from scenes import Chat, Message, Typed
from telling import conversation_markdown

PICTURE, TEXT = Path("conversation.svg"), Path("conversation.md")
_HEAD = (
    "# A conversation\n\nRecorded by `tests/benchmarks/make_picture.py`: the bot as it ships, over the sample articles,"
    " with one quote an answer (`answers.quotes=1`). Questions are bold, buttons stand under their message. The picture"
    " in the README shows the same."
)


def drawn(chats: Sequence[Chat]) -> str:
    """Return the picture: the first chat at the left, the others at the right."""
    return conversation_svg([chats[:1], chats[1:]], about(chats))


def told(chats: Sequence[Chat]) -> str:
    """Return the text."""
    return conversation_markdown(chats, _HEAD)


def about(chats: Sequence[Chat]) -> str:
    """Say in words what the picture shows."""
    scenes = [scene for chat in chats for scene in chat.scenes]
    asked = [one.text for one in scenes if isinstance(one, Typed) or (isinstance(one, Message) and _is_question(one))]
    return "A conversation on Telegram. Asked: " + " ".join(asked)


def _is_question(message: Message) -> bool:
    return message.asked and not message.via


def main() -> int:
    """Record, draw, tell."""
    with tempfile.TemporaryDirectory() as folder:
        chats = record(Path(folder))
    PICTURE.write_text(drawn(chats), encoding="utf-8")
    TEXT.write_text(told(chats), encoding="utf-8")
    print(f"{PICTURE}, {TEXT}: {sum(len(chat.scenes) for chat in chats)} scenes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
