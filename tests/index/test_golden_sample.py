"""The golden questions that ship, asked of the sample articles with the real encoder."""

from pathlib import Path

import pytest

from index.build import build_index
from index.encoder import load_encoder
from index.golden import ask
from index.search import FusedRetriever
from index.settings import FilesSource, GateSection, Settings, StorageSettings
from index.settings.golden import load_golden
from index.snapshot import Store

pytestmark = [pytest.mark.model, pytest.mark.timeout(600)]

CONFIG = Path(__file__).parent.parent.parent / "config"


def test_every_shipped_question_finds_what_it_expects(tmp_path: Path) -> None:
    """A newcomer who switches the gate on sees it pass: each question is answered from the sample articles."""
    source = FilesSource(kind="files", folder=CONFIG / "articles")
    settings = Settings(storage=StorageSettings(folder=tmp_path), sources=(source,))
    encoder = load_encoder(settings.index.encoder)
    build_index(settings, encoder=encoder)

    with Store(tmp_path).open_current() as snapshot:
        depth = GateSection().golden_depth
        results = ask(load_golden(CONFIG / "golden.toml"), FusedRetriever(snapshot, encoder), snapshot, depth)

    assert [(one.question, one.titles) for one in results if one.rank is None] == []
