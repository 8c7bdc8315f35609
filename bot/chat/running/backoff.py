"""How long to wait before Telegram is asked again. Waits nowhere itself."""

import random

from telegram.error import RetryAfter

_LONGEST = 30.0


def backoff(failures: int) -> float:
    """Seconds to wait after so many failures in a row: up to half a minute, never in step with others."""
    return float(min(_LONGEST, 1.5 ** min(failures, 20))) * random.uniform(0.6, 1.0)


def flood_seconds(error: RetryAfter) -> float:
    """Seconds that Telegram asks to wait, and a little more."""
    after = error.retry_after
    return (float(after) if isinstance(after, int) else after.total_seconds()) + 0.1
