"""What the search finds, by vectors, by words and by both: ``python tests/benchmarks/fusion.py [SET …]``.

For each set of ``VERBATIM_DATA`` (default: the languages there) recall at 1, 5 and 20 of the three ways of
searching, and how far the index trusts the cosine in each foreign language. ``--mixed`` puts the articles of all
sets into one index. ``--ways`` compares ways of joining the two rankings instead, on the training articles
``squadshifts-wiki`` (for the choice) and on ``squad2-dev`` (for the record), and prints the ratio that English
articles give when they are treated as foreign. ``--time`` compares how many places go to passages from about the
question's days, on the held-back news quiz. The tables are in DECISIONS, "Fusion", "Time in the search" and "Other
languages".
"""

import argparse
import gzip
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.answering.times import days_of
from bot.evaluation import read_cases
from bot.evaluation.articles import index_articles
from bot.evaluation.cases import Case
from bot.records import Question
from bot.settings import BotSettings
from bot.training.corpora import Asked as TrainingQuestion
from bot.training.corpora import news_corpus, paragraphs_corpus
from bot.training.examples import RememberingEncoder
from bot.wiring import open_encoder
from index import Article, Encoder, Hit, Retriever, Snapshot, StorageSettings, Store, retrievers
from index.search import COSINE_WEIGHT, TIMELY_DEPTH, WORDS_WEIGHT, ranking, with_timely
from index.trust import ratio, trials

Floats = npt.NDArray[np.float64]

DATA = Path(os.environ.get("VERBATIM_DATA", "../shared/data"))
WORK = Path(".work/fusion")
SETS = ("squad2-dev", "xquad-es", "xquad-de", "xquad-ru")
DEPTH = 50
AT = (1, 5, 20)
TIMELY_AT = (5, 10, 20)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and whether ``article.text[start:end]`` answers it."""

    text: str
    held_by: Callable[[Article, int, int], bool]


def minimum_maximum(dense: Floats, words: Floats) -> Floats:
    """Each score from 0 to 1 over the candidates, half and half."""
    return _scaled(dense) + _scaled(words)


def reciprocal_ranks(dense: Floats, words: Floats) -> Floats:
    """1 / (60 + rank), as Cormack, Clarke and Büttcher (2009) give it."""
    return np.asarray(sum(1 / (61 + np.argsort(np.argsort(-s))) for s in (dense, words)), np.float64)


def weighted(weight: float) -> Callable[[Floats, Floats], Floats]:
    """``weight`` cosine + 0.5 bm25."""
    return lambda dense, words: weight * dense + 0.5 * words


WAYS: dict[str, Callable[[Floats, Floats], Floats]] = {
    "vectors": lambda dense, words: dense,
    "words": lambda dense, words: words,
    "reciprocal ranks": reciprocal_ranks,
    "minimum-maximum, half and half": minimum_maximum,
    **{f"{weight} cosine + 0.5 bm25": weighted(weight) for weight in (4, 7, 10, 15, 25)},
}


def main() -> int:
    """Print the tables that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=SETS, metavar="SET", help=f"folders of the data ({' '.join(SETS)})")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take each N-th question")
    parser.add_argument("--mixed", action="store_true", help="one index of all articles")
    parser.add_argument("--ways", action="store_true", help="compare ways of joining")
    parser.add_argument("--time", action="store_true", help="compare places for what is timely")
    given = parser.parse_args()
    if given.time:
        _compare_times()
    elif given.ways:
        _compare_ways(given.every)
    elif given.mixed:
        _print_searches(
            _mixed(given.sets), {name: _set_questions(name, f"{name}/", given.every) for name in given.sets}
        )
    else:
        for name in given.sets:
            _print_searches(DATA / name / "articles.jsonl.gz", {name: _set_questions(name, "", given.every)})
    return 0


def _set_questions(name: str, prefix: str, every: int) -> list[Asked]:
    """The answerable questions of a set, whose articles' ids begin with ``prefix`` in the index."""
    folder = DATA / name
    cases = [c for c in read_cases(folder / "questions.jsonl.gz", folder / "articles.jsonl.gz") if c.answerable][
        ::every
    ]
    return [Asked(case.question.text, _moved(case, prefix).held_by) for case in cases]


def _moved(case: Case, prefix: str) -> Case:
    return replace(
        case, expected=tuple(replace(e, article=f"{prefix}{e.article}" if e.article else None) for e in case.expected)
    )


def _mixed(sets: Sequence[str]) -> Path:
    """Write the articles of all sets into one file, each under the name of its set."""
    WORK.mkdir(parents=True, exist_ok=True)
    path = WORK / f"{'+'.join(sets)}.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for name in sets for row in _prefixed(name)), encoding="utf-8")
    return path


def _prefixed(name: str) -> Iterator[dict[str, object]]:
    with gzip.open(DATA / name / "articles.jsonl.gz", "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            yield row | {"id": f"{name}/{row['id']}"}


def _print_searches(articles: Path, questions: dict[str, Sequence[Asked]]) -> None:
    """Print a line for each set of questions over one file of articles."""
    snapshot, encoder = _opened(articles)
    with snapshot:
        trust = ", ".join(f"{language} {value:.3f}" for language, value in snapshot.manifest.trust.items())
        print(f"\n{snapshot.manifest.passages} passages; trust in the cosine: {trust or 'whole'}")
        ways = retrievers(snapshot, encoder)
        print(
            f"{'':16}{'asked':>6}  " + "  ".join(f"{name} at {', '.join(map(str, AT))}".ljust(21) for name, _ in ways)
        )
        article = cache(snapshot.article)
        for name, asked in questions.items():
            shares = (_recall(article, retriever, asked) for _, retriever in ways)
            print(f"{name:16}{len(asked):6}  " + "  ".join(_row(share).ljust(21) for share in shares), flush=True)


def _recall(article: Callable[[str], Article | None], retriever: Retriever, questions: Sequence[Asked]) -> Floats:
    """The share of questions that are answered among the first 1, 5, 20: (3,)."""
    ranks = [
        _rank([_answers(article, asked, hit) for hit in retriever.search(asked.text, max(AT))]) for asked in questions
    ]
    return np.array([np.mean(np.array(ranks) < k) for k in AT])


def _rank(right: Sequence[bool]) -> int:
    return right.index(True) if any(right) else 2 * DEPTH


def _compare_ways(every: int) -> None:
    wiki = paragraphs_corpus("squadshifts-wiki", every)
    _print_ways(wiki.write(WORK), [Asked(one.text, one.held_by) for one in wiki.questions])
    _print_ways(DATA / "squad2-dev" / "articles.jsonl.gz", _set_questions("squad2-dev", "", every))


def _print_ways(articles: Path, questions: Sequence[Asked]) -> None:
    snapshot, encoder = _opened(articles)
    ranks: dict[str, list[int]] = {name: [] for name in WAYS}
    with snapshot:
        article = cache(snapshot.article)
        (_, dense), (_, words), _ = retrievers(snapshot, encoder)
        for asked in questions:
            hits = list({h.passage.id: h for way in (dense, words) for h in way.search(asked.text, DEPTH)}.values())
            right = np.array([_answers(article, asked, hit) for hit in hits])
            cosines, bm25 = (np.array([getattr(h.parts, part) for h in hits]) for part in ("cosine", "words"))
            for name, way in WAYS.items():
                order = np.argsort(-way(cosines, bm25), kind="stable")
                ranks[name].append(_rank(right[order].tolist()))
        print(f"\n{articles.name}: {len(questions)} questions; as a foreign language, English has the ratio", end=" ")
        print(f"{ratio(list(trials(snapshot, encoder, 'en'))):.1f}")
    for name, found_at in ranks.items():
        print(f"{name:32} {_row(np.array([np.mean(np.array(found_at) < k) for k in AT]))}", flush=True)


def _compare_times() -> None:
    """Print recall at 5, 10 and 20 where so many of the places go to what is timely, ranked with so much weight."""
    news = news_corpus()
    snapshot, encoder = _opened(news.write(WORK))
    with snapshot:
        article = cache(snapshot.article)
        (_, dense), (_, words), _ = retrievers(snapshot, encoder)
        asked = [_Timed.of(one, dense, words, article) for one in news.questions]
    print(f"\n{len(asked)} questions; share of the places, weight of the days: recall at {TIMELY_AT}")
    for share, weight in ((0.0, 0.0), *((s, w) for s in (0.1, 0.25, 0.4) for w in (0.5, 1.0, 2.5))):
        row = np.array([np.mean([one.found(limit, share, weight) for one in asked]) for limit in TIMELY_AT])
        print(f"{share:5} {weight:5}  {_row(row)}", flush=True)


@dataclass(frozen=True, slots=True)
class _Timed:
    """The candidates of a question (n,): fused scores, days between article and question, which answer."""

    fused: Floats
    distances: Floats
    right: npt.NDArray[np.bool_]

    @classmethod
    def of(
        cls, asked: TrainingQuestion, dense: Retriever, words: Retriever, article: Callable[[str], Article | None]
    ) -> "_Timed":
        hits = list({h.passage.id: h for way in (dense, words) for h in way.search(asked.text, TIMELY_DEPTH)}.values())
        articles = [found for hit in hits if (found := article(hit.passage.article_id))]
        days = days_of(Question(asked.text, asked.day))
        return cls(
            np.array([COSINE_WEIGHT * hit.parts.cosine + WORDS_WEIGHT * hit.parts.words for hit in hits]),
            np.array([days.distance(a.published) if days and a.published else np.nan for a in articles]),
            np.array(
                [asked.held_by(a, h.passage.start, h.passage.end) for h, a in zip(hits, articles, strict=True)], bool
            ),
        )

    def found(self, limit: int, share: float, weight: float) -> bool:
        """Tell whether one of ``limit`` places goes to a passage that answers."""
        numbers = np.arange(len(self.fused))
        fused, distances = self.fused.astype(np.float32), self.distances.astype(np.float32)
        placed = with_timely(numbers, fused, distances, limit, share, weight)
        return bool(self.right[ranking(numbers, placed)[:limit]].any())


def _opened(articles: Path) -> tuple[Snapshot, Encoder]:
    settings, _ = index_articles(BotSettings(storage=StorageSettings(folder=WORK)), articles, lambda *_: None)
    store = Store(settings.storage.folder)
    encoder = RememberingEncoder(open_encoder(settings, store))
    return store.open_current(encoder=encoder.identity), encoder


def _answers(article: Callable[[str], Article | None], asked: Asked, hit: Hit) -> bool:
    found = article(hit.passage.article_id)
    return found is not None and asked.held_by(found, hit.passage.start, hit.passage.end)


def _row(shares: Floats) -> str:
    return "  ".join(f"{share:.3f}" for share in shares)


def _scaled(scores: Floats) -> Floats:
    return np.asarray((scores - scores.min()) / (np.ptp(scores) + 1e-9), np.float64)


if __name__ == "__main__":
    raise SystemExit(main())
