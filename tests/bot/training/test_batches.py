"""What a training sees, and in which order."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from bot.records import Span
from bot.training.batches import batches, planned, training_examples
from bot.training.corpora import HELD_BACK
from bot.training.examples import Example, TrainingPassage, examples_path, write
from bot.training.recipes import RECIPES, Draw, Recipe


def example(number: int, negatives: int = 3) -> Example:
    """A question that a rule can bend, with passages of ever other lengths."""
    year = 1000 * number + 500  # no near number is another question's
    text = f"In {year} it was first seen. " + "It was seen again. " * (number % 7)
    others = tuple(TrainingPassage("", f"Nothing {number} {i}.") for i in range(negatives))
    part = number % 5
    return Example("a", f"What was first seen in {year}?", part, (TrainingPassage("T", text, (Span(0, 2),)),), others)


EXAMPLES = {"a": [example(number) for number in range(100)], "b": [example(number) for number in range(200, 220)]}
RECIPE = Recipe(rounds=2, batch=8, draws={"a": Draw(0.5, negatives=2, bent=0.5), "b": Draw(1.0, negatives=0)})


def questions(number: int, recipe: Recipe = RECIPE) -> list[str]:
    """The questions of one round, in order."""
    return [question for batch in batches(EXAMPLES, recipe, number) for question, _ in batch]


def test_a_recipe_gives_the_same_batches_in_every_run() -> None:
    """A training that goes on after being killed must not see others; another seed gives others."""
    assert planned(EXAMPLES, RECIPE) == planned(EXAMPLES, RECIPE)
    other = Recipe(rounds=2, batch=8, draws=RECIPE.draws, seed=1)
    assert planned(EXAMPLES, other) != planned(EXAMPLES, RECIPE)


def test_a_plan_is_all_rounds_one_after_the_other() -> None:
    """Each in its own order."""
    rounds = [list(batches(EXAMPLES, RECIPE, number)) for number in range(2)]
    assert planned(EXAMPLES, RECIPE) == rounds[0] + rounds[1]
    assert questions(0) != questions(1)


def test_each_round_takes_its_share_and_another_one_while_they_last() -> None:
    """Two halves are everything; the third round begins again."""
    known = {e.question for e in EXAMPLES["a"]}
    first, second, third = (known & set(questions(number)) for number in range(3))
    assert len(first) == len(second) == 50 and first | second == known
    assert third == first
    tenth = Recipe(batch=8, draws=RECIPE.draws, share=0.1)
    assert len(known & set(questions(0, tenth))) == 5


def test_as_many_passages_are_drawn_as_the_recipe_says() -> None:
    """Positives first; a question that has fewer gives what it has."""
    for batch in planned(EXAMPLES, RECIPE):
        for question, passages in batch:
            if question in {e.question for e in EXAMPLES["b"]}:
                assert len(passages) == 1 and passages[0].spans
            elif passages[0].spans:
                assert [bool(p.spans) for p in passages] == [True, False, False]
    (only,) = next(batches({"a": [example(1, negatives=1)]}, Recipe(draws={"a": Draw(1.0, negatives=6)}), 0))
    assert len(only[1]) == 2


def test_bent_questions_are_asked_of_the_passage_that_answered() -> None:
    """It holds no answer to them; about as many as the recipe says."""
    known = {e.question for group in EXAMPLES.values() for e in group}
    texts = {e.positives[0].text for e in EXAMPLES["a"]}
    made = [asked for batch in planned(EXAMPLES, RECIPE) for asked in batch if asked[0] not in known]
    assert 30 < len(made) < 70
    assert all(len(passages) == 1 and passages[0].text in texts and not passages[0].spans for _, passages in made)


def test_some_questions_are_asked_without_telling_how_old_the_articles_are() -> None:
    """So that the model reads either way; within a question all passages are told of or none."""
    aged = [replace(e, positives=tuple(replace(p, age=3) for p in e.positives)) for e in EXAMPLES["a"]]
    aged = [replace(e, negatives=tuple(replace(p, age=400) for p in e.negatives)) for e in aged]
    recipe = Recipe(rounds=1, batch=8, dated=0.5, draws={"a": Draw(1.0, negatives=2, bent=0.3)})
    drawn = [passages for batch in planned({"a": aged}, recipe) for _, passages in batch]
    told = [[p.age for p in passages] for passages in drawn if len(passages) == 3]
    assert 30 < sum(ages == [3, 400, 400] for ages in told) < 70
    assert all(ages in ([3, 400, 400], [None] * 3) for ages in told)
    assert all(passages[0].age is None for passages in drawn if len(passages) == 1), "the bent are told of none"


def test_questions_of_like_length_are_computed_together() -> None:
    """Or half of a batch were padding; the batches themselves come in no order."""
    longest = [[max(len(p.text) for p in passages) for _, passages in batch] for batch in batches(EXAMPLES, RECIPE, 0)]
    ranges = sorted((min(batch), max(batch)) for batch in longest)
    assert all(low[1] <= high[0] for low, high in pairwise(ranges))
    assert [min(batch) for batch in longest] != sorted(min(batch) for batch in longest)


def test_what_is_held_back_is_never_trained_on(tmp_path: Path) -> None:
    """Of the files that the recipe draws from, and of no others."""
    write(examples_path(tmp_path, "a"), EXAMPLES["a"])
    read = training_examples(tmp_path, Recipe(draws={"a": Draw(1.0)}))
    assert list(read) == ["a"]
    assert read["a"] == [e for e in EXAMPLES["a"] if e.part != HELD_BACK]
    assert len(read["a"]) == 80


@pytest.mark.parametrize(
    "draw", [draw for recipe in RECIPES.values() for draw in recipe.draws.values()], ids=lambda draw: f"{draw.share}"
)
def test_every_recipe_can_be_drawn(draw: Draw) -> None:
    """Shares are shares."""
    assert 0 < draw.share <= 1 and 0 <= draw.bent <= 1 and draw.positives > 0 and draw.negatives >= 0
