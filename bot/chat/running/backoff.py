"""How long to wait before Telegram is asked again. Waits nowhere itself."""

import random

from telegram.error import RetryAfter, TelegramError

_LONGEST = 30.0
LONGEST_PAUSE = 20.0
"""What the bot asks for itself, such as updates, it asks again after so many seconds, however long Telegram wants it to
wait: it would be deaf meanwhile, and Telegram may hear it long before."""


def backoff(failures: int) -> float:
    """Seconds to wait after so many failures in a row: up to half a minute, never in step with others."""
    return float(min(_LONGEST, 1.5 ** min(failures, 20))) * random.uniform(0.6, 1.0)


def flood_seconds(error: RetryAfter) -> float:
    """Seconds that Telegram asks to wait, and a little more."""
    after = error.retry_after
    return (float(after) if isinstance(after, int) else after.total_seconds()) + 0.1


def pause_seconds(error: TelegramError, failures: int) -> float:
    """Seconds until the bot asks again for what it needs itself, after so many failures in a row."""
    return min(flood_seconds(error), LONGEST_PAUSE) if isinstance(error, RetryAfter) else backoff(failures)
