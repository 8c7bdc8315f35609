"""How texts lie in a tensor: whatever is taken out is what was put in, and nothing that only fills up."""

from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from index import Layout

pytestmark = pytest.mark.model

LENGTHS = (3, 5, 5, 1)


@pytest.fixture(params=["Packed", "Padded"])
def layout(request: pytest.FixtureRequest) -> "Layout":
    """Each kind, of four texts."""
    from index.encoder import layouts

    made: Layout = getattr(layouts, request.param)(LENGTHS)
    return made


def test_texts_come_out_as_they_went_in(layout: "Layout") -> None:
    """In their order, with nothing added."""
    texts = [np.arange(10 * n, 10 * n + length) for n, length in enumerate(LENGTHS)]
    rows = layout.laid(texts)[..., None].float()
    assert [part[:, 0].tolist() for part in layout.parts(rows)] == [text.tolist() for text in texts]
    assert layout.firsts(rows)[:, 0].tolist() == [0, 10, 20, 30]
    assert layout.means(rows)[:, 0].tolist() == [1, 12, 22, 30]


def test_means_are_of_32_bits(layout: "Layout") -> None:
    """A sum of hundreds of 16-bit numbers would lose what is small."""
    import torch

    rows = layout.laid([np.ones(length, np.int64) for length in LENGTHS])[..., None].bfloat16()
    assert layout.means(rows).dtype == torch.float32


@pytest.mark.parametrize("gradients", [False, True])
def test_a_text_attends_to_itself_alone(layout: "Layout", gradients: bool) -> None:
    """Softmax of scaled products over the text's own keys, by head (Vaswani et al. 2017), written out."""
    import torch

    chance = torch.Generator().manual_seed(0)
    shape = layout.laid([np.zeros(length, np.int64) for length in LENGTHS]).shape
    query, key, value = (torch.randn(*shape, 8, generator=chance, requires_grad=gradients) for _ in range(3))
    found = layout.parts(layout.attended(query, key, value, 2))
    for mine, q, k, v in zip(found, *(layout.parts(rows) for rows in (query, key, value)), strict=True):
        for head in (slice(0, 4), slice(4, 8)):
            weights = torch.exp(q[:, head] @ k[:, head].T / 4**0.5)
            wanted = weights @ v[:, head] / weights.sum(1, keepdim=True)
            assert torch.allclose(mine[:, head], wanted, atol=1e-5)


@pytest.mark.parametrize(("device", "kind"), [("cpu", "Packed"), ("meta", "Padded")])
def test_only_a_card_fills_up(device: str, kind: str) -> None:
    """A processor would multiply what fills up for nothing."""
    from index import layout_for

    assert type(layout_for(LENGTHS, device)).__name__ == kind
