"""Verbatim, as the bot answers; the index was built by ``verbatim-index build``, which needs no script.

The settings have the threshold 0, so that a best quote is judged however unsure it is: the peers never decline. The
bare search is the fused one, over the same snapshot, with an encoder of its own.
"""

import json
import sys
from datetime import date
from functools import cached_property
from pathlib import Path

from adapter import LIMIT, QUOTES, Asked, Found, Job, asked

from bot.records import Question
from bot.settings import BotSettings
from index import FusedRetriever, Snapshot, Store, load_settings


class Verbatim:
    """The published snapshot, opened as the bot opens it."""

    def __init__(self, job: Job) -> None:
        from bot.wiring import open_answerer

        self._settings = load_settings(BotSettings, job.folder / "verbatim.toml", ())
        self._answerer = open_answerer(self._settings)

    def answer(self, asked: Asked) -> list[Found]:
        """Answer; quotes that are not shown at once count after those that are, as in ``verbatim-bot evaluate``."""
        answer = self._answerer.answer(_question(asked))
        shown = [*answer.quotes, *answer.further][:QUOTES]
        return [Found(quote.article.id, quote.text) for quote in shown]

    def search(self, asked: Asked) -> list[Found]:
        """Search by vectors and words, for the days that the question is about."""
        from bot.answering.times import days_of

        question = _question(asked)
        hits = self._retriever.search(question.text, LIMIT, days_of(question))
        return [self._found(hit.passage.article_id, hit.passage.start, hit.passage.end) for hit in hits]

    def _found(self, article_id: str, start: int, end: int) -> Found:
        article = self._snapshot.article(article_id)
        if article is None:
            raise LookupError(f"the snapshot has a passage of article {article_id} but not the article")
        return Found(article_id, article.text[start:end])

    @cached_property
    def _snapshot(self) -> Snapshot:
        return Store(self._settings.storage.folder).open_current()

    @cached_property
    def _retriever(self) -> FusedRetriever:
        from bot.wiring import open_encoder

        return FusedRetriever(self._snapshot, open_encoder(self._settings, Store(self._settings.storage.folder)))


def _question(asked: Asked) -> Question:
    return Question(asked.text, date.fromisoformat(asked.day) if asked.day else None)


if __name__ == "__main__":
    _, _, path = sys.argv
    job = Job.read(Path(path))
    print(json.dumps(asked(Verbatim(job), job)))
