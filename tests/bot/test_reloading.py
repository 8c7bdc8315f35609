"""Which settings can change while the bot runs."""

import pytest

from bot.reloading import LIVE, compare
from bot.settings import BotSettings


def settings(**sections: dict[str, object]) -> BotSettings:
    return BotSettings.model_validate(sections)


def test_what_can_change_is_applied_and_named() -> None:
    """And nothing else of the settings in force changes."""
    old = settings(telegram={"about": "old", "workers": 2}, answers={"quotes": 3})
    new = settings(telegram={"about": "new", "workers": 2}, answers={"quotes": 1}, access={"users": [7]})
    changes = compare(old, new)
    assert set(changes.applied) == {"telegram.about", "answers.quotes", "access.users"}
    assert (changes.refused, changes.settings) == ((), new)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"telegram": {"workers": 9}}, "telegram.workers"),
        ({"telegram": {"mode": "webhook"}}, "telegram.mode"),
        ({"answers": {"reader": "/somewhere"}}, "answers.reader"),
        ({"storage": {"folder": "/elsewhere"}}, "storage.folder"),
        ({"metrics": {"listen": ":9100"}}, "metrics.listen"),
        ({"index": {"encoder": "another"}}, "index.encoder"),
        ({"freshness": {"max_age_hours": 1}}, "freshness.max_age_hours"),
        ({"sources": [{"kind": "files", "folder": "/more"}]}, "sources"),
    ],
)
def test_what_needs_a_restart_is_named_and_stays(changed: dict[str, dict[str, object]], named: str) -> None:
    """The rest of the same file is applied all the same."""
    old = settings()
    telegram = {"about": "new", **changed.get("telegram", {})}
    changes = compare(old, settings(**{**changed, "telegram": telegram}))
    assert (changes.applied, changes.refused) == (("telegram.about",), (named,))
    assert changes.settings == settings(telegram={"about": "new"})


def test_what_only_the_build_reads_is_none_of_the_bots_business() -> None:
    """It is neither applied nor refused."""
    changes = compare(settings(), settings(fetch={"contact": "me@example.org"}, index={"passage_words": 80}))
    assert (changes.applied, changes.refused) == ((), ())


def test_every_live_setting_exists() -> None:
    """A misspelt one would never be applied."""
    for section, keys in LIVE.items():
        assert set(keys) <= type(getattr(settings(), section)).model_fields.keys()
