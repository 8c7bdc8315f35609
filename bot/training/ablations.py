"""What each ingredient of the training gives: short trainings with one less, measured on held-back questions."""

import random
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bot.answering.spans.model import SpanModel
from bot.answering.spans.network import SpanNetwork
from bot.answering.spans.reading import PassageReader, PassageText
from bot.answering.spans.tokens import SpanTokenizer
from bot.answering.spotting import best_span
from bot.evaluation import auroc, folded
from bot.training.corpora import HELD_BACK
from bot.training.examples import Example, TrainingPassage, read_examples
from bot.training.recipes import ABLATIONS
from bot.training.swaps import bent
from bot.training.train import train

QUESTIONS = 300
"""Of each kind that are measured."""


@dataclass(frozen=True, slots=True)
class Measured:
    """``paragraphs`` and ``news``: share of questions whose likeliest answer of all passages lies in one that answers.

    ``dated``: the same of the news, whose age is told. ``exact``: share of questions whose likeliest answer in a
    paragraph is one of the accepted; ``unanswerable``: area under the ROC of the answerable against the bent questions.
    """

    paragraphs: float
    news: float
    dated: float
    exact: float
    unanswerable: float

    def __str__(self) -> str:
        return (
            f"right paragraph {self.paragraphs:.3f}, exact answer {self.exact:.3f}, right news passage {self.news:.3f}"
            f" (with its age {self.dated:.3f}), answerable against bent {self.unanswerable:.3f}"
        )


def measure_ablation(work: Path, encoder_folder: Path, name: str) -> Measured:
    """Train one of ``ABLATIONS``, or go on training it, and measure."""
    network = train(work, encoder_folder, ABLATIONS[name], work / "runs" / name.replace(" ", "-"))
    return measure_network(work, network, encoder_folder)


def measure_network(work: Path, network: SpanNetwork, encoder_folder: Path) -> Measured:
    """Measure a network on the questions that no training sees."""
    model = SpanModel(network, SpanTokenizer(encoder_folder), ["en"])
    wiki, news = (_held_back(work, name) for name in ("squadshifts-wiki", "newsquiz-passages-2022-2023"))
    chance = random.Random(0)
    twisted = [(other, e.positives[0]) for e in wiki if (other := bent(e.question, e.positives[0].text, chance))]
    return Measured(
        float(np.mean([_in_right_passage(model, example) for example in wiki])),
        float(np.mean([_in_right_passage(model, _ageless(example)) for example in news])),
        float(np.mean([_in_right_passage(model, example) for example in news])),
        float(np.mean([_is_exact(model, example) for example in wiki])),
        auroc(
            [_odds(model, example.question, example.positives[0]) for example in wiki],
            [_odds(model, question, passage) for question, passage in twisted],
        )
        or 0.0,
    )


def _held_back(work: Path, name: str) -> list[Example]:
    examples = [e for e in read_examples(work, name) if e.part == HELD_BACK and e.negatives]
    return examples[:: max(1, len(examples) // QUESTIONS)]


def _ageless(example: Example) -> Example:
    positives, negatives = (
        tuple(replace(p, age=None) for p in passages) for passages in (example.positives, example.negatives)
    )
    return replace(example, positives=positives, negatives=negatives)


def _in_right_passage(model: PassageReader, example: Example) -> bool:
    passages = (*example.positives, *example.negatives)
    readings = model.read(example.question, [PassageText(p.title, p.text, p.age) for p in passages])
    return int(np.argmax([best_span(reading.starts, reading.ends)[0] for reading in readings])) < len(example.positives)


def _is_exact(model: PassageReader, example: Example) -> bool:
    passage = example.positives[0]
    (reading,) = model.read(example.question, [PassageText(passage.title, passage.text)])
    _, first, last = best_span(reading.starts, reading.ends)
    said = passage.text[reading.places[first, 0] : reading.places[last, 1]]
    return folded(said) in {folded(passage.text[s.start : s.end]) for s in passage.spans}


def _odds(model: PassageReader, question: str, passage: TrainingPassage) -> float:
    (reading,) = model.read(question, [PassageText(passage.title, passage.text)])
    return reading.answers
