"""Stands for the library in processes of the cron tests: vectors of hashed words, as slowly as the model's file says.

First on ``PYTHONPATH`` it lets the program itself run as cron runs it, and a model load in no time. Each text that is
encoded becomes a line of ``encoded`` beside the model's files.
"""

import json
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from fakes import FakeEncoder


class SentenceTransformer:
    """A model in a folder, whose file ``seconds`` says how long a text takes."""

    def __init__(self, folder: str, *, local_files_only: bool) -> None:
        self._folder = Path(folder)
        self._seconds = float((self._folder / "seconds").read_text())

    def get_embedding_dimension(self) -> int:
        return FakeEncoder().dimension

    def encode(self, texts: Sequence[str], *, batch_size: int, show_progress_bar: bool) -> npt.NDArray[np.float32]:
        """Return (n, d) float32, unit rows."""
        time.sleep(self._seconds * len(texts))
        with (self._folder / "encoded").open("a") as log:
            log.writelines(json.dumps([torch.get_num_threads(), text]) + "\n" for text in texts)
        return FakeEncoder().encode(texts)
