"""What is trained on, and how: the reader that ships and its teachers, what else was tried, and the ablations."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Draw:
    """What a round takes of a training file: a share of its questions, passages of each, and bent questions."""

    share: float
    positives: int = 1
    negatives: int = 1
    bent: float = 0.0


DRAWS: Mapping[str, Draw] = {
    "squadshifts-wiki": Draw(1.0, negatives=1, bent=0.3),
    "squadshifts-amazon": Draw(0.34, negatives=1, bent=0.3),
    "squadshifts-reddit": Draw(0.34, negatives=1, bent=0.3),
    "qamr-wiki": Draw(0.2, negatives=2),
    "nq-qed": Draw(1.0, negatives=2, bent=0.1),
    "newsquiz-2020-2023": Draw(1.0, negatives=0),
    "newsquiz-passages-2022-2023": Draw(1.0, positives=2, negatives=6),
}

MADE_DRAWS: Mapping[str, Draw] = {
    "made-news": Draw(0.5, negatives=3),
    "made-squadshifts-wiki": Draw(0.5, negatives=2),
}

MORE_DRAWS: Mapping[str, Draw] = {
    **DRAWS,
    **MADE_DRAWS,
    "squadshifts-wiki": Draw(1.0, negatives=2, bent=0.4),
    "qamr-wiki": Draw(0.5, negatives=1),
    "newsquiz-passages-2022-2023": Draw(1.0, positives=3, negatives=9),
}
"""More negatives, and made questions (``bot.training.clozes``)."""

WIDE_DRAWS: Mapping[str, Draw] = {
    "squadshifts-wiki": Draw(0.8, negatives=1, bent=0.3),
    "squadshifts-amazon": Draw(0.4, negatives=1, bent=0.2),
    "squadshifts-reddit": Draw(0.35, negatives=1, bent=0.2),
    "qamr-wiki": Draw(0.4, negatives=1),
    "nq-qed": Draw(1.0, negatives=2, bent=0.1),
    "newsquiz-2020-2023": Draw(1.0, negatives=0),
    "newsquiz-passages-2022-2023": Draw(1.0, positives=2, negatives=5),
    "made-squadshifts-wiki": Draw(0.3, negatives=1),
}
"""More kinds of questions, each fewer times: what is read three times is learned by heart."""

CARD_DRAWS: Mapping[str, Draw] = {
    "squadshifts-wiki": Draw(1.0, negatives=2, bent=0.4),
    "squadshifts-amazon": Draw(0.5, negatives=1, bent=0.3),
    "squadshifts-reddit": Draw(0.5, negatives=1, bent=0.3),
    "qamr-wiki": Draw(0.5, negatives=1),
    "nq-qed": Draw(1.0, negatives=3, bent=0.2),
    "newsquiz-2020-2023": Draw(1.0, negatives=0),
    "newsquiz-passages-2022-2023": Draw(1.0, positives=2, negatives=8),
    "made-squadshifts-wiki": Draw(0.3, negatives=1),
}
"""Of which a card computes a round in three quarters of a minute, three trainings at a time."""

TAUGHT_DRAWS: Mapping[str, Draw] = {
    **CARD_DRAWS,
    "newsquiz-passages-2022-2023": Draw(1.0, positives=3, negatives=12),
    "made-squadshifts-wiki": Draw(0.5, negatives=2),
    "made-news": Draw(0.3, negatives=3),
}
"""Teachers tell of passages that nobody marked, too: more of them."""


class RecipeError(ValueError):
    """What was given does not fit the recipe."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what comes out of a training, beside the network that it starts with.

    ``dated``: share of the questions with a day whose passages are read with their age. ``layers``: that are left of
    the network it starts with; 0: all. ``taught``: share of the loss that is the teachers', whose logits are divided by
    ``temperature``.
    """

    rounds: int = 3
    batch: int = 32
    rate: float = 1e-4
    warm_up: float = 0.06
    decay: float = 0.01
    answers_weight: float = 0.5
    share: float = 1.0
    dated: float = 0.0
    dropout: float = 0.0
    layers: int = 0
    taught: float = 0.0
    temperature: float = 2.0
    seed: int = 0
    draws: Mapping[str, Draw] = field(default_factory=lambda: DRAWS)


RECIPES: Mapping[str, Recipe] = {
    "plain": Recipe(),
    "more": Recipe(rounds=1, dropout=0.1, dated=0.5, draws=MORE_DRAWS),
    "wide": Recipe(rounds=2, rate=2e-4, dropout=0.1, draws=WIDE_DRAWS),
    "teacher": Recipe(rounds=2, batch=64, rate=3e-4, dropout=0.1, draws=CARD_DRAWS),
    "taught": Recipe(rounds=2, batch=64, rate=3e-4, layers=5, taught=0.7, draws=TAUGHT_DRAWS),
}
"""By name. ``taught`` ships, by three of ``teacher``; ``plain`` shipped before (DECISIONS, "Why five layers?")."""


def _without(source: str) -> Mapping[str, Draw]:
    return {name: draw for name, draw in DRAWS.items() if name != source}


_NO_NEGATIVES = {name: replace(draw, negatives=0) for name, draw in DRAWS.items()}
_NOT_BENT = {name: replace(draw, bent=0.0) for name, draw in DRAWS.items()}

ABLATIONS: Mapping[str, Recipe] = {
    "all": Recipe(share=0.05),
    "no hard negatives": Recipe(share=0.05, draws=_NO_NEGATIVES),
    "no bent questions": Recipe(share=0.05, draws=_NOT_BENT),
    "no qamr": Recipe(share=0.05, draws=_without("qamr-wiki")),
    "no news passages": Recipe(share=0.05, draws=_without("newsquiz-passages-2022-2023")),
    "made questions": Recipe(share=0.05, draws={**DRAWS, **MADE_DRAWS}),
    "ages": Recipe(share=0.05, dated=0.5),
    "dropout": Recipe(share=0.05, dropout=0.1),
    "half the rate": Recipe(share=0.05, rate=5e-5),
    "twice the rate": Recipe(share=0.05, rate=2e-4),
    "four times the rate": Recipe(share=0.05, rate=4e-4),
    "another seed": Recipe(share=0.05, seed=1),
}
"""Each takes one ingredient away, adds one, or changes one, on a twentieth of the data."""
