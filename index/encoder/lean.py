"""A plain BERT computed by torch alone, from the files of its folder."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from index.encoder.bert import Bert, read_bert
from index.encoder.devices import Device
from index.encoder.layouts import Integers, layout_for
from index.encoder.plain import TOKENIZER, PlainBert


class LeanNetwork:
    """Averages BERT's rows over each text."""

    def __init__(self, folder: Path, plain: PlainBert, device: Device) -> None:
        self.dimension = plain.shape.width
        self._folder = folder
        self._device = device.name
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(plain.most_tokens)
        self._bert = self._opened(device.numbers)

    def prepared(self, texts: Sequence[str]) -> "LeanTexts":
        """Return the texts' tokens."""
        encodings = self._tokenizer.encode_batch_fast(list(texts))
        return LeanTexts(self._bert, self._device, [np.array(one.ids, np.int64) for one in encodings])

    def halve(self, numbers: str) -> None:
        """Load the weights once more, for products in other numbers."""
        self._bert = self._opened(numbers)

    def _opened(self, numbers: str) -> Bert:
        bert = read_bert(self._folder)
        bert.prepare(self._device, getattr(torch, numbers), torch.float32)
        return bert


class LeanTexts:
    """Texts as BERT sees them: the numbers of their tokens."""

    def __init__(self, bert: Bert, device: str, ids: Sequence[Integers]) -> None:
        self.lengths = [len(one) for one in ids]
        self._bert = bert
        self._device = device
        self._ids = ids

    def rows(self, batch: Sequence[int]) -> Tensor:
        """Return (n, d)."""
        layout = layout_for([self.lengths[number] for number in batch], self._device)
        with torch.inference_mode():
            rows = self._bert(layout.laid(self._ids[number] for number in batch), None, layout)
            return layout.means(rows)
