"""Any model of sentence embeddings, computed by sentence-transformers. The only module that imports it."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import torch
import transformers
from sentence_transformers import SentenceTransformer
from torch import Tensor

from index.encoder.devices import Device
from index.encoder.plain import stored_names

_MOST_DRAWN = 0.25
"""Share of a network's weights that may have no like in its files: the library names some anew, and one that nobody
uses (BERT's pooler) may not be there at all. Of another model's weights most have none."""

Features = dict[str, Any]
"""What a model is given: arrays by their names; those of tokens have the shape (texts, most tokens of a text)."""


class LibraryNetwork:
    """A model as its folder says, whatever it is made of."""

    def __init__(self, folder: Path, device: Device) -> None:
        transformers.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        transformers.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        opened = SentenceTransformer(str(folder), device=device.name, local_files_only=True)
        refuse_drawn([name for name, _ in opened.named_parameters()], stored_names(folder))
        dimension = opened.get_embedding_dimension()
        if dimension is None:
            raise ValueError("it has no dimension")
        self.dimension = int(dimension)
        self._transformer = opened.eval()
        self._device = device.name
        self._numbers = torch.float32
        self._preparing = Lock()  # its tokenizer is set up anew for each call, and fails where another is using it

    def prepared(self, texts: Sequence[str]) -> "LibraryTexts | WholeTexts":
        """Return what the library makes of the texts."""
        with self._preparing:
            features: Features = self._transformer.preprocess(list(texts))
        if "attention_mask" not in features:
            return WholeTexts(self._transformer, texts)
        return LibraryTexts(self._transformer, self._device, self._numbers, features)

    def halve(self, numbers: str) -> None:
        """Multiply with weights in other numbers, and let torch choose where else these do."""
        self._numbers = getattr(torch, numbers)
        for layer in self._transformer.modules():
            if type(layer) is torch.nn.Linear:
                layer.to(self._numbers)


class LibraryTexts:
    """Texts as the library reads them."""

    def __init__(self, transformer: SentenceTransformer, device: str, numbers: torch.dtype, features: Features) -> None:
        self.lengths = [int(length) for length in features["attention_mask"].sum(1)]
        self._transformer = transformer
        self._device = device
        self._numbers = numbers
        self._features = features

    def rows(self, batch: Sequence[int]) -> Tensor:
        """Return (n, d)."""
        halved = self._numbers != torch.float32
        with torch.inference_mode(), torch.autocast(self._device, self._numbers, enabled=halved):
            moved = {name: self._moved(value) for name, value in _cut(self._features, list(batch)).items()}
            rows: Tensor = self._transformer(moved)["sentence_embedding"].float()
            return rows

    def _moved(self, value: Any) -> Any:
        return value.to(self._device) if hasattr(value, "to") else value


class WholeTexts:
    """Texts for a table of word vectors, which has no use for batches."""

    def __init__(self, transformer: SentenceTransformer, texts: Sequence[str]) -> None:
        self.lengths = [0] * len(texts)
        self._transformer = transformer
        self._texts = texts

    def rows(self, batch: Sequence[int]) -> Tensor:
        """Return (n, d)."""
        some = [self._texts[number] for number in batch]
        return torch.from_numpy(np.asarray(self._transformer.encode(some, show_progress_bar=False), np.float32))


def _cut(features: Features, batch: list[int]) -> Features:
    """Return the features of some texts, without the columns that only fill these up."""
    mask = features["attention_mask"]
    used = np.flatnonzero(np.asarray(mask[batch].sum(0)))
    columns = slice(int(used[0]), int(used[-1]) + 1) if used.size else slice(0, 1)

    def cut(value: Any) -> Any:
        shape = tuple(getattr(value, "shape", ()))
        if shape[:2] == tuple(mask.shape):
            return value[batch][:, columns]
        return value[batch] if shape[:1] == mask.shape[:1] else value

    return {name: cut(value) for name, value in features.items()}


def refuse_drawn(wanted: Sequence[str], stored: Iterable[str]) -> None:
    """Refuse a network whose weights are not those in its files: the library draws at random what it does not find.

    ``wanted`` and ``stored``: names of weights; what comes before a network's own names differs. None are ``stored``
    where that is not known.

    Raises:
        ValueError: too many are not there.
    """
    known = {end for name in stored for end in _ends(name, len(name))}
    drawn = sum(known.isdisjoint(_ends(name, 3)) for name in wanted)
    if known and drawn > _MOST_DRAWN * len(wanted):
        raise ValueError(f"{drawn} of {len(wanted)} weights of its network are not in its files: they are of another")


def _ends(name: str, most: int) -> Iterator[str]:
    """Yield a weight's name, and what is left of it without the first part, the first two, and so on."""
    parts = name.replace(".gamma", ".weight").replace(".beta", ".bias").split(".")
    return (".".join(parts[first:]) for first in range(min(most + 1, len(parts))))
