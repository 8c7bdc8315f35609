"""On a process's path before everything else: every logger says all that it can, whatever level it was told to keep.

The most that an operator could make any library say: ``PYTHONPATH=loud_library``.
"""

import logging


class _Loud(logging.StreamHandler):  # type: ignore[type-arg]  # it is one of text, of whatever standard error is
    def setLevel(self, level: int | str) -> None:  # noqa: N802 - it is logging's own name
        """Stay at 0."""


def _enabled(logger: logging.Logger, level: int) -> bool:
    return True


_handler = _Loud()
_handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
logging.getLogger().addHandler(_handler)
logging.Logger.isEnabledFor = _enabled  # type: ignore[assignment]
