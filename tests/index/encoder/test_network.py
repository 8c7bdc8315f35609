"""Texts go to a network in lots and batches, and each gets its own vector back: on a processor, and as on a card."""

from collections.abc import Sequence
from threading import current_thread, main_thread
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from torch import Tensor

    from index.encoder.devices import Device

pytestmark = pytest.mark.model

TEXTS = [f"{number} {'x' * (number * 7919 % 101)}" for number in range(5000)]
WANTED = [[len(text), number] for number, text in enumerate(TEXTS)]


class Told:
    """A text's vector tells its length and its number; batches are computed here, whatever thread made the lot."""

    def __init__(self, texts: Sequence[str], refused: str) -> None:
        self.lengths = [len(text) for text in texts]
        self._vectors = [[float(len(text)), float(text.split()[0])] for text in texts]
        self._refused = [number for number, text in enumerate(texts) if text == refused]

    def rows(self, batch: Sequence[int]) -> "Tensor":
        import torch

        if set(batch) & set(self._refused):
            raise ValueError("cannot be computed")
        return torch.tensor([self._vectors[number] for number in batch])


class Telling:
    """A network that remembers which threads prepared its texts."""

    dimension = 2

    def __init__(self, unreadable: str = "", refused: str = "") -> None:
        self.unreadable, self.refused = unreadable, refused
        self.on_main_thread: list[bool] = []

    def prepared(self, texts: Sequence[str]) -> Told:
        self.on_main_thread.append(current_thread() is main_thread())
        if self.unreadable in texts:
            raise ValueError("cannot be read")
        return Told(texts, self.refused)

    def halve(self, numbers: str) -> None:
        raise AssertionError(numbers)


def device(*, ahead: int, workers: int = 1) -> "Device":
    from index.encoder.devices import Device

    return Device("cpu", "float32", 4096, workers, ahead=ahead)


@pytest.mark.parametrize(("ahead", "workers"), [(0, 1), (0, 2), (1, 1), (2, 1)])
def test_every_text_gets_its_own_vector(ahead: int, workers: int) -> None:
    """In the order of the texts, whatever was made ahead, and by how many."""
    from index.encoder.network import Model

    network = Telling()
    rows = np.concatenate(list(Model(network, device(ahead=ahead, workers=workers)).encoded(TEXTS)))
    assert rows.tolist() == WANTED
    assert len(network.on_main_thread) == 3


@pytest.mark.parametrize(("ahead", "here"), [(0, True), (2, False)])
def test_tokens_are_made_by_other_threads_only_for_a_card(ahead: int, here: bool) -> None:
    """On a processor they would take cores from what is computed."""
    from index.encoder.network import Model

    network = Telling()
    list(Model(network, device(ahead=ahead)).encoded(TEXTS))
    assert network.on_main_thread == [here] * 3


def test_no_texts_are_no_vectors() -> None:
    """And nothing is prepared."""
    from index.encoder.network import Model

    network = Telling()
    assert list(Model(network, device(ahead=2)).encoded([])) == []
    assert network.on_main_thread == []


@pytest.mark.parametrize("ahead", [0, 2])
@pytest.mark.parametrize("where", ["unreadable", "refused"])
def test_an_error_in_the_middle_is_raised_and_the_next_texts_are_encoded(ahead: int, where: str) -> None:
    """By the same model: no thread of it waits for anything."""
    from index.encoder.network import Model

    network = Telling(**{where: TEXTS[3000]})
    model = Model(network, device(ahead=ahead))
    encoded = model.encoded(TEXTS)
    assert next(encoded).tolist() == WANTED[:2048]
    with pytest.raises(ValueError, match="cannot be"):
        next(encoded)
    assert np.concatenate(list(model.encoded(TEXTS[:2048]))).tolist() == WANTED[:2048]
