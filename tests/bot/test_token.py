"""The token comes from the environment or from the file it names, and from nowhere else."""

from pathlib import Path

import pytest

from bot.errors import TokenError, WebhookError
from bot.token import find_token, find_webhook_secret


def test_without_either_variable_there_is_none(tmp_path: Path) -> None:
    """Empty ones count as unset: a shell makes them easily."""
    assert find_token({}) is None
    assert find_token({"TELEGRAM_BOT_TOKEN": "  ", "TELEGRAM_BOT_TOKEN_FILE": ""}) is None


def test_it_is_read_from_the_environment_or_a_file(tmp_path: Path) -> None:
    """White space at the ends is no part of it; the variable goes before the file."""
    path = tmp_path / "token"
    path.write_text("4242:fromfile\n")
    assert find_token({"TELEGRAM_BOT_TOKEN": " 4242:abc\n"}) == "4242:abc"
    assert find_token({"TELEGRAM_BOT_TOKEN_FILE": str(path)}) == "4242:fromfile"
    assert find_token({"TELEGRAM_BOT_TOKEN": "4242:abc", "TELEGRAM_BOT_TOKEN_FILE": str(path)}) == "4242:abc"


@pytest.mark.parametrize(("content", "reason"), [(None, "No such file"), (b"", "is empty"), (b"\n \n", "is empty")])
def test_a_file_that_holds_none_is_an_error(tmp_path: Path, content: bytes | None, reason: str) -> None:
    """Who names a file wants Telegram: the terminal would hide the mistake."""
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TokenError, match=rf"{path}, which TELEGRAM_BOT_TOKEN_FILE names,.*{reason}"):
        find_token({"TELEGRAM_BOT_TOKEN_FILE": str(path)})


def test_an_unreadable_files_content_is_not_told(tmp_path: Path) -> None:
    """A byte that is no UTF-8 must not bring the rest of the secret into the message."""
    path = tmp_path / "token"
    path.write_bytes(b"4242:secret\xff")
    with pytest.raises(TokenError) as caught:
        find_token({"TELEGRAM_BOT_TOKEN_FILE": str(path)})
    assert "secret" not in str(caught.value)
    assert "secret" not in repr(caught.value)


def test_the_webhooks_secret_is_found_in_the_same_way(tmp_path: Path) -> None:
    """In its own variable, or in the file that the other one names."""
    path = tmp_path / "secret"
    path.write_text("from_file-1\n")
    assert find_webhook_secret({"TELEGRAM_WEBHOOK_SECRET": " given-2 "}) == "given-2"
    assert find_webhook_secret({"TELEGRAM_WEBHOOK_SECRET_FILE": str(path)}) == "from_file-1"
    assert find_webhook_secret({"TELEGRAM_WEBHOOK_SECRET": "x" * 256}) == "x" * 256


@pytest.mark.parametrize("secret", ["", " ", "x" * 257, "with space", "ünlike", "a+b"])
def test_a_secret_that_telegram_does_not_take_is_an_error_that_does_not_tell_it(secret: str) -> None:
    """Without one, anybody could send updates."""
    with pytest.raises(WebhookError, match="1 to 256") as caught:
        find_webhook_secret({"TELEGRAM_WEBHOOK_SECRET": secret})
    assert not secret.strip() or secret not in str(caught.value)
