"""Which questions and passages a step of the training sees: the same in every run of a recipe.

Drawn by the recipe alone; no network and no tokens here.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bot.training.corpora import HELD_BACK
from bot.training.examples import Example, TrainingPassage, read_examples
from bot.training.recipes import Draw, Recipe
from bot.training.swaps import bent

SORTED_TOGETHER = 16
"""Batches whose questions are sorted by length before they are dealt, so that little is padding."""

Examples = Mapping[str, Sequence[Example]]
"""The examples of each training file."""

Asked = tuple[str, tuple[TrainingPassage, ...]]
"""A question with the passages over which it is asked."""


def training_examples(work: Path, recipe: Recipe) -> Examples:
    """Read the examples that a recipe draws from, without those that are held back."""
    return {name: [e for e in read_examples(work, name) if e.part != HELD_BACK] for name in recipe.draws}


def planned(examples: Examples, recipe: Recipe) -> list[list[Asked]]:
    """Return the batches of all rounds."""
    return [batch for number in range(recipe.rounds) for batch in batches(examples, recipe, number)]


def batches(examples: Examples, recipe: Recipe, number: int) -> Iterator[list[Asked]]:
    """Yield the batches of one round: the same for the same recipe and number."""
    chance = random.Random(f"{recipe.seed} {number}")
    drawn = [
        asked
        for source, all_of in examples.items()
        for asked in _drawn(all_of, recipe.draws[source], recipe, number, chance)
    ]
    chance.shuffle(drawn)
    many = recipe.batch * SORTED_TOGETHER
    for start in range(0, len(drawn), many):
        together = sorted(drawn[start : start + many], key=_longest)
        cut = [together[i : i + recipe.batch] for i in range(0, len(together), recipe.batch)]
        chance.shuffle(cut)
        yield from cut


def _longest(asked: Asked) -> int:
    """Return the characters of the longest passage."""
    return max(len(passage.text) for passage in asked[1])


def _drawn(
    examples: Sequence[Example], draw: Draw, recipe: Recipe, number: int, chance: random.Random
) -> Iterator[Asked]:
    """Go through the questions of a file: as many as the share, other ones in each round while they last."""
    order = list(range(len(examples)))
    random.Random(len(examples)).shuffle(order)
    count = int(len(order) * draw.share * recipe.share)
    for index in (order[(number * count + i) % len(order)] for i in range(count)):
        example = examples[index]
        positives = chance.sample(example.positives, min(draw.positives, len(example.positives)))
        negatives = chance.sample(example.negatives, min(draw.negatives, len(example.negatives)))
        told = recipe.dated > 0 and chance.random() < recipe.dated
        yield example.question, tuple(p if told else replace(p, age=None) for p in (*positives, *negatives))
        if chance.random() < draw.bent and (other := bent(example.question, positives[0].text, chance)):
            yield other, (replace(positives[0], spans=(), age=None),)
