"""Where a model computes, and in which numbers."""

import pytest

from index.encoder.devices import CARD_AHEAD, CARD_TOKENS, PROCESSOR_TOKENS, Device, Machine, choose_device

PLAIN = Machine(cores=2, has_card=False, multiplies_halves=False)
MODERN = Machine(cores=2, has_card=False, multiplies_halves=True)
WITH_CARD = Machine(cores=16, has_card=True, multiplies_halves=True)


@pytest.mark.parametrize("machine", [PLAIN, MODERN, WITH_CARD])
def test_questions_are_encoded_in_32_bits_everywhere(machine: Machine) -> None:
    """A question's vector does not depend on where it is encoded."""
    assert choose_device(machine, threads=1, fast=False).is_exact


def test_passages_are_encoded_in_16_bits_where_the_processor_has_instructions_for_it() -> None:
    """Elsewhere 16 bits would be slower, not faster."""
    assert choose_device(MODERN, threads=None, fast=True) == Device("cpu", "bfloat16", PROCESSOR_TOKENS, 2, 0.9999)
    assert choose_device(PLAIN, threads=None, fast=True) == Device("cpu", "float32", PROCESSOR_TOKENS, 2)


@pytest.mark.parametrize(("fast", "numbers", "least"), [(True, "float16", 0.999), (False, "float32", 1.0)])
def test_a_card_is_used_where_there_is_one(fast: bool, numbers: str, least: float) -> None:
    """It takes large batches, one after the other, and does not wait for the tokens of the next."""
    assert choose_device(WITH_CARD, threads=None, fast=fast) == Device(
        "cuda", numbers, CARD_TOKENS, 1, least, CARD_AHEAD
    )


@pytest.mark.parametrize(("threads", "workers"), [(None, 2), (1, 1), (3, 3)])
def test_as_many_cores_as_were_asked_for(threads: int | None, workers: int) -> None:
    """All of them where nobody says anything."""
    assert choose_device(MODERN, threads=threads, fast=True).workers == workers
