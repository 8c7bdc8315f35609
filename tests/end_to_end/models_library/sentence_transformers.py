"""Stands for the library in processes of the cron tests: vectors of hashed words, as slowly as the model's file says.

First on ``PYTHONPATH`` it lets the program itself run as cron runs it, and a model load in no time. Each text that is
encoded becomes a line of ``encoded`` beside the model's files, with the thread that encoded it.
"""

import json
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from fakes import FakeEncoder
from torch import Tensor


class SentenceTransformer:
    """A model in a folder, whose file ``seconds`` says how long a text takes. A text has a token for each word."""

    def __init__(self, folder: str, *, device: str, local_files_only: bool) -> None:
        self._folder = Path(folder)
        self._seconds = float((self._folder / "seconds").read_text())

    def eval(self) -> "SentenceTransformer":
        return self

    def named_parameters(self) -> list[tuple[str, Tensor]]:
        return []

    def get_embedding_dimension(self) -> int:
        return FakeEncoder().dimension

    def preprocess(self, texts: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
        lengths = np.array([len(text.split()) for text in texts])
        mask = np.arange(lengths.max(initial=1)) < lengths[:, None]
        return {"attention_mask": mask, "texts": np.array(texts, object)}

    def __call__(self, features: dict[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[np.float32]]:
        """Return unit rows (n, d)."""
        texts = features["texts"].tolist()
        time.sleep(self._seconds * len(texts))
        with (self._folder / "encoded").open("a") as log:
            log.writelines(json.dumps([threading.current_thread().name, text]) + "\n" for text in texts)
        return {"sentence_embedding": FakeEncoder().encode(texts).view(Tensor)}
