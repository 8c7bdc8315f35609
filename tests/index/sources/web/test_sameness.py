"""Whether two texts are one article, perhaps edited."""

import pytest
from websites import story

from index.sources.web.sameness import say_the_same

BEES, TIDES = "\n\n".join(story("bees")), "\n\n".join(story("tides"))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (BEES, BEES, True),
        (BEES, BEES.replace("\n\n", "\n"), True),
        (BEES, f"{BEES}\n\n{TIDES}", True),
        (BEES, BEES[: len(BEES) // 2] + " Correction: it was the council that said so.", True),
        (BEES, TIDES, False),
        (BEES, "", False),
        ("", "", True),
        ("النحل يرقص ليخبر الآخرين", "النحل يرقص ليخبر الآخرين.", True),
        ("ミツバチは踊る。", "月は潮を上げる。", False),
    ],
)
def test_an_edited_article_is_the_same_and_another_is_not(one: str, other: str, expected: bool) -> None:
    """In both directions, in any script."""
    assert say_the_same(one, other) is expected
    assert say_the_same(other, one) is expected
