"""What is trained on, and how, and the recipes of the ablations. That of the reader that ships stands in its card."""

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
    "squadshifts-wiki": Draw(1.0, negatives=2, bent=0.4),
    "squadshifts-amazon": Draw(0.34, negatives=1, bent=0.3),
    "squadshifts-reddit": Draw(0.34, negatives=1, bent=0.3),
    "qamr-wiki": Draw(0.5, negatives=1),
    "nq-qed": Draw(1.0, negatives=2, bent=0.1),
    "newsquiz-2020-2023": Draw(1.0, negatives=0),
    "newsquiz-passages-2022-2023": Draw(1.0, positives=3, negatives=9),
    "made-news": Draw(0.5, negatives=3),
    "made-squadshifts-wiki": Draw(0.5, negatives=2),
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what comes out of a training, beside the network that it starts with.

    ``dated``: share of the questions with a day whose passages are read with their age.
    """

    rounds: int = 3
    batch: int = 32
    rate: float = 1e-4
    warm_up: float = 0.06
    decay: float = 0.01
    answers_weight: float = 0.5
    share: float = 1.0
    dated: float = 0.5
    dropout: float = 0.1
    seed: int = 0
    draws: Mapping[str, Draw] = field(default_factory=lambda: DRAWS)


def _without(*sources: str) -> Mapping[str, Draw]:
    return {name: draw for name, draw in DRAWS.items() if name not in sources}


_NO_NEGATIVES = {name: replace(draw, negatives=0) for name, draw in DRAWS.items()}
_NOT_BENT = {name: replace(draw, bent=0.0) for name, draw in DRAWS.items()}

ABLATIONS: Mapping[str, Recipe] = {
    "all": Recipe(share=0.05),
    "no hard negatives": Recipe(share=0.05, draws=_NO_NEGATIVES),
    "no bent questions": Recipe(share=0.05, draws=_NOT_BENT),
    "no qamr": Recipe(share=0.05, draws=_without("qamr-wiki")),
    "no news passages": Recipe(share=0.05, draws=_without("newsquiz-passages-2022-2023")),
    "no made questions": Recipe(share=0.05, draws=_without("made-news", "made-squadshifts-wiki")),
    "no ages": Recipe(share=0.05, dated=0.0),
    "no dropout": Recipe(share=0.05, dropout=0.0),
    "half the rate": Recipe(share=0.05, rate=5e-5),
    "twice the rate": Recipe(share=0.05, rate=2e-4),
}
"""Each takes one ingredient away, or changes one, on a twentieth of the data."""
