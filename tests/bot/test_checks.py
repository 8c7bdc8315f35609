"""What has to be right before the bot can answer."""

import json
from pathlib import Path

import pytest
from corpus import built_corpus, corpus_settings

from bot.answering.evidence import EVIDENCE_NAMES
from bot.checks import Check, run_checks
from bot.errors import TelegramUnreachable
from bot.settings import BotSettings
from index import Store, build_index


@pytest.fixture(autouse=True)
def no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the machine's environment holds."""
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN", raising=False)
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN_FILE", raising=False)


def identify(token: str) -> str:
    assert token == "4242:abc"
    return "verbatim_test_bot"


def checks(settings: BotSettings) -> dict[str, Check]:
    return {check.name: check for check in run_checks(settings, "verbatim.toml", identify)}


def test_a_check_is_one_line_with_a_mark() -> None:
    """✓ or ✗, what, and what to do."""
    assert str(Check("token", good=True, text="@a_bot")) == "✓ token: @a_bot"
    assert str(Check("clock", good=False, text="set it")) == "✗ clock: set it"


@pytest.mark.model
def test_everything_is_looked_at_where_everything_is_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, encoder, reader, snapshot, token, how updates come, clock: in this order."""
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "4242:abc")
    settings = corpus_settings(tmp_path)
    name = build_index(settings).snapshot
    found = checks(settings)
    assert list(found) == ["settings", "encoder", "reader", "snapshot", "token", "updates", "clock"]
    assert all(check.good for check in found.values()), found
    assert found["settings"].text == "verbatim.toml"
    assert found["snapshot"].text.startswith(f"{name}, 4 articles, ")
    assert found["reader"].text == f"reads en; weighs {len(EVIDENCE_NAMES)} kinds of evidence"
    assert found["token"].text == "@verbatim_test_bot"
    assert all("\n" not in str(check) for check in found.values())


@pytest.mark.model
def test_what_is_wrong_says_what_to_do_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    """No snapshot, no token, a snapshot from the future: ✗; the encoder and the reader are right."""
    settings = corpus_settings(tmp_path)
    future = Store(settings.storage.folder).layout.snapshot("29990101T000000-00000000").folder
    future.mkdir(parents=True)
    (future / "manifest.json").write_text(json.dumps({}))
    found = checks(settings)
    assert [name for name, check in found.items() if not check.good] == ["snapshot", "token", "clock"]
    assert 'run "verbatim-index build"' in found["snapshot"].text
    assert "@BotFather" in found["token"].text and "TELEGRAM_BOT_TOKEN" in found["token"].text
    assert "set the machine's clock" in found["clock"].text


@pytest.mark.model
def test_a_snapshot_of_another_encoder_is_told(tmp_path: Path) -> None:
    """With the way out."""
    settings = built_corpus(tmp_path)
    snapshot = next(c for c in run_checks(settings, "", identify) if c.name == "snapshot")
    assert not snapshot.good and 'run "verbatim-index build"' in snapshot.text


def test_an_unknown_encoder_is_told(tmp_path: Path) -> None:
    """With its name."""
    settings = corpus_settings(tmp_path)
    index = settings.index.model_copy(update={"encoder": str(tmp_path / "no-model")})
    told = run_checks(settings.model_copy(update={"index": index}), "", identify)
    encoder = next(check for check in told if check.name == "encoder")
    assert not encoder.good and "no-model" in encoder.text


@pytest.mark.model
def test_a_reading_model_that_cannot_be_loaded_is_told(tmp_path: Path) -> None:
    """By its folder, with what to do; the rest is looked at."""
    settings = corpus_settings(tmp_path)
    answers = settings.answers.model_copy(update={"reader": tmp_path / "no-reader"})
    found = checks(settings.model_copy(update={"answers": answers}))
    assert not found["reader"].good
    assert "no-reader holds no reading model" in found["reader"].text and "answers.reader" in found["reader"].text
    assert found["encoder"].good and "clock" in found


@pytest.mark.model
def test_a_storage_that_cannot_be_read_is_no_traceback(tmp_path: Path) -> None:
    """A file where the folder should be."""
    settings = corpus_settings(tmp_path)
    settings.storage.folder.write_text("a file")
    found = checks(settings)
    assert not found["snapshot"].good
    assert list(found)[-1] == "clock"


@pytest.mark.model
def test_an_unreachable_telegram_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The token may be right; the network is not."""
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "4242:abc")

    def unreachable(token: str) -> str:
        raise TelegramUnreachable("no answer from https://api.example: check the network")

    found = {c.name: c for c in run_checks(corpus_settings(tmp_path), "", unreachable)}
    assert str(found["token"]) == "✗ token: no answer from https://api.example: check the network"


@pytest.mark.parametrize(
    ("url", "secret", "said"),
    [
        ("http://bot.example.org", "s3cret", "needs a public https:// address"),
        ("https://bot.example.org", "", "needs a secret"),
        ("https://bot.example.org/updates", "s3cret", "Telegram sends them to https://bot.example.org/updates"),
    ],
)
def test_what_a_webhook_needs_is_looked_at(monkeypatch: pytest.MonkeyPatch, url: str, secret: str, said: str) -> None:
    """An https address and a secret, which is not told."""
    monkeypatch.setenv("TELEGRAM_WEBHOOK_SECRET", secret)
    settings = BotSettings.model_validate({"telegram": {"mode": "webhook", "webhook_url": url}})
    told = updates_text(settings)
    assert said in told and "s3cret" not in told


def updates_text(settings: BotSettings) -> str:
    (check,) = [check for check in run_checks(settings, "verbatim.toml", identify) if check.name == "updates"]
    return check.text
