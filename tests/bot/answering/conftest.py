"""One index of the small corpus for all tests of answering, and a generation open on it."""

from collections.abc import Iterator

import pytest
from corpus import built_corpus, open_generation

from bot.answering.generation import Generation
from bot.settings import BotSettings


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> BotSettings:
    """Settings whose index is built; nobody changes it."""
    return built_corpus(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="module")
def generation(settings: BotSettings) -> Iterator[Generation]:
    """The index, open."""
    opened = open_generation(settings)
    with opened.snapshot:
        yield opened
