"""Patterns over paths and addresses, as operators write them in the settings."""

import re


def pattern_expression(pattern: str) -> re.Pattern[str]:
    """Return the expression of a pattern over paths: ``*`` and ``?`` within a name, ``**/`` for any folders.

    Letters match in either case: ``REPORT.PDF`` is a PDF file.
    """
    parts = {"**/": "(?:.+/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    split = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    return re.compile("".join(parts.get(part, re.escape(part)) for part in split), re.IGNORECASE)
