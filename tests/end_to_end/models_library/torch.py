"""Stands for the library in processes of the cron tests: it remembers how many threads it was given."""

_threads = [0]


def set_num_threads(number: int) -> None:
    _threads[0] = number


def get_num_threads() -> int:
    """Return the number that was set; 0: none was."""
    return _threads[0]
