"""Dropout that is the same in every run."""

import pytest

pytestmark = pytest.mark.model


def test_the_same_seed_drops_the_same() -> None:
    """About as many as the share says; what is kept is scaled up, so that the mean stays."""
    import torch

    from bot.training.dropout import SeededDropout

    chance = torch.Generator()
    layer = SeededDropout(0.25, chance).train()
    ones = torch.ones(200, 200)
    first, second = layer(ones), layer(ones)
    chance.manual_seed(chance.initial_seed())
    assert torch.equal(layer(ones), first) and not torch.equal(first, second)
    assert first.unique().tolist() == pytest.approx([0.0, 4 / 3])
    assert float(first.mean()) == pytest.approx(1, abs=0.02)
    assert torch.equal(layer.eval()(ones), ones), "nothing is dropped while reading"


def test_no_other_chance_is_drawn_from() -> None:
    """The threads of a training share the library's generator: what is drawn there depends on who comes first."""
    import torch

    from bot.answering.spans.network import from_encoder, laid_out
    from bot.answering.spans.reading import PassageText
    from bot.answering.spans.tokens import SpanTokenizer
    from bot.training.dropout import SeededDropout, with_dropout
    from index import Padded, locate_weights

    folder = locate_weights("all-MiniLM-L6-v2").folder
    network = from_encoder(folder).train()
    (tokens,) = SpanTokenizer(folder).encode([("Where?", PassageText("Bees", "Bees live in hives."))])
    batch = laid_out([tokens], Padded([len(tokens)]))
    plain = network(*batch)[0]
    chance = torch.Generator()
    with_dropout(network, 0.1, chance)
    assert sum(isinstance(module, SeededDropout) for module in network.modules()) == 1 + 2 * 6
    before = torch.get_rng_state()
    chance.manual_seed(5)
    first = network(*batch)[0]
    chance.manual_seed(5)
    assert torch.equal(network(*batch)[0], first)
    assert torch.equal(torch.get_rng_state(), before)
    assert not torch.allclose(first, plain)
