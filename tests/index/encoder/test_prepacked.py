"""Weights that lie as the processor multiplies them: the same products."""

import pytest

pytestmark = pytest.mark.model


@pytest.mark.parametrize(("number", "near"), [("float32", 1e-5), ("bfloat16", 1e-2)])
@pytest.mark.parametrize("rows", [1, 7, 1500])
@pytest.mark.parametrize("activated", [False, True])
def test_products_are_those_of_the_layer(number: str, near: float, rows: int, activated: bool) -> None:
    """Of few rows and of many, for which weights were not laid out; with an activation behind them or not."""
    import torch

    from index.encoder.prepacked import Activated, Prepacked, prepacked

    torch.manual_seed(0)
    linear = (Activated if activated else torch.nn.Linear)(48, 96).to(getattr(torch, number))
    given = torch.randn(2, rows, 48).to(getattr(torch, number))
    layer = prepacked(linear)
    assert isinstance(layer, Prepacked) == torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    with torch.inference_mode():
        assert torch.allclose(layer(given), linear(given), atol=near, rtol=near)


def test_where_it_cannot_be_the_layer_stays() -> None:
    """oneDNN has no products of 64-bit numbers."""
    import torch

    from index.encoder.prepacked import prepacked

    linear = torch.nn.Linear(4, 4).double()
    assert prepacked(linear) is linear


def test_elsewhere_the_layer_stays() -> None:
    """A card has its own way."""
    import torch

    from index.encoder.prepacked import prepacked

    linear = torch.nn.Linear(4, 4, device="meta")
    assert prepacked(linear) is linear
