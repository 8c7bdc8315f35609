"""``python -m bot.training``: what it says before any model is loaded."""

from pathlib import Path

import pytest

from bot.training.cli import FAILED, main
from bot.training.recipes import ABLATIONS


def test_help_names_the_stages_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    """And where the data and the results lie."""
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    text = capsys.readouterr().out
    places = [text.index(f"\n    {stage} ") for stage in ("mine", "train", "average", "measure", "fit", "ablations")]
    assert places == sorted(places)
    assert "VERBATIM_DATA" in text and "--work" in text


@pytest.mark.parametrize("arguments", [[], ["learn"], ["train", "--rounds", "many"], ["ablations", "--only", "none"]])
def test_what_is_unknown_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """With the usage, before anything is done."""
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert "usage: python -m bot.training" in capsys.readouterr().err


def test_missing_data_are_an_error_that_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback."""
    monkeypatch.setenv("VERBATIM_DATA", str(tmp_path / "nowhere"))
    assert main(["--work", str(tmp_path), "mine"]) == FAILED
    assert "name the folder of the data with VERBATIM_DATA" in capsys.readouterr().err


def test_ablations_differ_from_the_recipe_in_one_thing() -> None:
    """Or nobody could tell what gave what."""
    whole = ABLATIONS["all"]
    for name, recipe in ABLATIONS.items():
        differing = [field for field in ("rate", "draws", "seed", "rounds", "batch", "dropout", "dated") if
                     getattr(recipe, field) != getattr(whole, field)]  # fmt: skip
        assert len(differing) == (name != "all"), name
        assert recipe.share == whole.share


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--recipe", "taught"], "taught needs --teachers"), (["--teachers", "one"], "plain takes no --teachers")],
)
def test_teachers_and_recipe_must_fit(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Or an hour later somebody finds that nobody was listened to."""
    assert main(["train", *arguments]) == FAILED
    assert said in capsys.readouterr().err
