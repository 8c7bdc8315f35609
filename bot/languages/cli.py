"""``python -m bot.languages``: bring the catalogues up to date, and name what is not translated yet.

Exit: 0 everything is translated, 1 something is not.
"""

from pathlib import Path

from bot.languages.catalogues import TRANSLATED, template, update


def main() -> int:
    """Update every catalogue beside this file."""
    sentences = template(Path(__file__).parents[1])
    missing = {code: update(code, sentences) for code in TRANSLATED}
    for code, said in missing.items():
        print(f"{code}: {len(sentences)} sentences, {len(said)} to translate")
        for one in said:
            print(f"  {one[:100]!r}")
    return 1 if any(missing.values()) else 0
