"""Progress of a build, as a terminal shows it."""

import pytest

from index.progress import bars, silent


def test_bars_show_stage_amount_rate_and_time_left(capfd: pytest.CaptureFixture[str]) -> None:
    """Who waits at a terminal sees how fast it goes and how long it takes, on standard error."""
    with bars() as show:
        for stage, total in (("reading", 100), ("encoding", 200)):
            for done in range(0, total + 1, 25):
                show(stage, done, total)

    out, err = capfd.readouterr()
    assert out == ""
    assert "reading: 100%" in err
    assert "200/200" in err
    assert "passages/s" in err
    assert "00:00<" in err


def test_silence_is_silent(capfd: pytest.CaptureFixture[str]) -> None:
    """Cron mails nothing for a build that went well."""
    silent("reading", 1, 2)

    assert capfd.readouterr() == ("", "")
