"""Fit the weights of the sentence reader: ``python tests/benchmarks/fit_reader.py [--write]``.

Reads the training questions in ``VERBATIM_DATA`` (default ``../shared/data``), never the evaluation sets.
The articles of each corpus are indexed by the ordinary build and searched by the ordinary retriever, so what is
fitted is what is used. Ranking: the log-likelihood of the answering sentences among a question's sentences.
Confidence: a logistic regression on questions asked as they are, asked where the sentences that answer are left
out of what was found ("the article does not say"), and asked over another corpus ("no article is about this").
Every fifth group of questions that share articles is held back, and the figures are of those.

``--write`` replaces ``bot/answering/weights.json``.
"""

import argparse
import gzip
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import accumulate
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from bot.answering.evidence import EVIDENCE_NAMES, ReadSentence, collect, matrix
from bot.answering.reader import Candidate
from bot.answering.scoring import CONFIDENCE_NAMES, Linear, confidence_evidence, logistic
from bot.evaluation import auroc, folded
from bot.evaluation.articles import index_articles
from bot.settings import BotSettings
from bot.wiring import open_encoder
from index import Article, Encoder, FusedRetriever, Snapshot, StorageSettings, Store, stored_offset

Floats = npt.NDArray[np.float64]

DATA = Path(os.environ.get("VERBATIM_DATA", "../shared/data"))
WORK = Path(".work/fit")
WEIGHTS = Path("bot/answering/weights.json")
PASSAGES = 10
THRESHOLDS = np.arange(0.05, 1.0, 0.05)
FALSE_ANSWERS = 0.05
SMOOTHNESS = 1e-3
"""Ridge on the standardised weights."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A training question: its held-back group, and whether a place (article, start, end) answers it."""

    text: str
    group: str
    answers: Callable[[Article, int, int], bool]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Articles as JSON-lines rows and the questions about them."""

    name: str
    articles: list[dict[str, object]]
    questions: list[Asked]


@dataclass(frozen=True, slots=True)
class Example:
    """One question's sentences: evidence (n, d), which of them answer, and what tells of the best."""

    rows: Floats
    right: npt.NDArray[np.bool_]
    sentences: list[ReadSentence]
    candidates: list[Candidate]
    held_back: bool


class RememberingEncoder:
    """An encoder that encodes no text twice: the sentences of a corpus are candidates for many questions."""

    def __init__(self, encoder: Encoder) -> None:
        self.identity, self.dimension = encoder.identity, encoder.dimension
        self._encoder = encoder
        self._known: dict[str, npt.NDArray[np.float32]] = {}

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(new, self._encoder.encode(new), strict=True))
        return np.array([self._known[text] for text in texts], np.float32)


def paragraphs_corpus(name: str, every: int = 1) -> Corpus:
    """Paragraphs of one group become one article, questions know the places of their answers."""
    groups: dict[str, list[dict[str, object]]] = {}
    for row in _lines(DATA / "reader-train" / f"{name}.jsonl.gz"):
        groups.setdefault(str(row["group"]), []).append(row)
    articles, questions = [], []
    for group, rows in groups.items():
        contexts = list(dict.fromkeys(str(row["context"]) for row in rows))
        text = "\n\n".join(contexts)
        starts = dict(zip(contexts, accumulate((len(c) + 2 for c in contexts), initial=0), strict=False))
        articles.append(_article(group, group.replace("_", " "), text))
        stored = lru_cache(maxsize=None)(partial(stored_offset, text))
        for row in rows[::every]:
            first = starts[str(row["context"])]
            places = [(stored(first + a["start"]), stored(first + a["end"])) for a in row["answers"]]  # type: ignore[attr-defined]
            questions.append(Asked(str(row["question"]), group, _covers(group, places)))
    return Corpus(name, articles, questions)


def news_corpus(every: int) -> Corpus:
    """Every passage of the chosen news-quiz questions becomes an article; sentences with the answer's words answer."""
    articles: dict[str, dict[str, object]] = {}
    questions = []
    for row in list(_lines(DATA / "reader-train" / "newsquiz-passages-2022-2023.jsonl.gz"))[::every]:
        for passage in row["passages"]:  # type: ignore[attr-defined]
            id_ = f"{len(articles)}"
            articles.setdefault(passage["text"], _article(id_, passage["title"], passage["text"], passage["published"]))
        questions.append(Asked(str(row["question"]), str(row["asked"])[:7], _contains(str(row["answer"]))))
    return Corpus("news", list(articles.values()), questions)


def read_corpus(corpus: Corpus, others: Sequence[Asked] = ()) -> tuple[list[Example], list[Example]]:
    """Ask a corpus its own questions, and those of ``others``, which it cannot answer."""
    settings, encoder = _indexed(corpus)
    print(f"{corpus.name}: {len(corpus.articles)} articles, {len(corpus.questions)} questions", flush=True)
    with Store(settings.storage.folder).open_current(encoder=encoder.identity) as snapshot:
        retriever = FusedRetriever(snapshot, encoder)

        def examples(questions: Sequence[Asked]) -> Iterator[Example]:
            for asked in questions:
                hits = retriever.search(asked.text, PASSAGES)
                candidates = [Candidate(hit, found_article(snapshot, hit.passage.article_id)) for hit in hits]
                sentences = collect(asked.text, retriever.terms(asked.text), candidates, encoder)
                if len(sentences) > 1:
                    yield _example(asked, sentences, candidates)

        return list(examples(corpus.questions)), list(examples(others))


def fit_score(examples: Sequence[Example], weights: Sequence[float]) -> Linear:
    """Fit the ranking weights; ``weights`` is the weight of each example."""
    rows = np.concatenate([e.rows for e in examples])
    mean, scale = rows.mean(0), _spread(rows)
    lengths = np.array([len(e.rows) for e in examples])
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    right = np.concatenate([e.right for e in examples])
    owner = np.repeat(np.arange(len(examples)), lengths)
    standard = (rows - mean) / scale
    share = np.asarray(weights) / np.sum(weights)

    def loss(beta: Floats) -> tuple[float, Floats]:
        scores = standard @ beta
        top = np.maximum.reduceat(scores, starts)
        exponentials = np.exp(scores - top[owner])
        everything = np.add.reduceat(exponentials, starts)
        answering = np.add.reduceat(exponentials * right, starts)
        slope = exponentials / everything[owner] - exponentials * right / answering[owner]
        value = float(share @ (np.log(everything) - np.log(answering))) + SMOOTHNESS * float(beta @ beta)
        return value, standard.T @ (slope * share[owner]) + 2 * SMOOTHNESS * beta

    best = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    return Linear(mean, scale, best, 0.0)


def fit_confidence(rows: Floats, labels: Floats, weights: Floats) -> Linear:
    """Fit the logistic regression."""
    mean, scale = rows.mean(0), _spread(rows)
    standard = np.hstack([(rows - mean) / scale, np.ones((len(rows), 1))])

    def loss(beta: Floats) -> tuple[float, Floats]:
        logits = standard @ beta
        value = weights @ (np.logaddexp(0, logits) - labels * logits) / weights.sum()
        slope = standard.T @ (weights * (logistic(logits) - labels)) / weights.sum()
        ridge = np.append(beta[:-1], 0.0)
        return float(value + SMOOTHNESS * ridge @ ridge), slope + 2 * SMOOTHNESS * ridge

    best = minimize(loss, np.zeros(standard.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    return Linear(mean, scale, best[:-1], float(best[-1]))


def _spread(rows: Floats) -> Floats:
    """Return the standard deviations (d,); 1 where a column never varies, so that it says nothing."""
    spread = rows.std(0)
    return np.where(spread > 1e-6, spread, 1.0)


def without_answer(example: Example) -> Example | None:
    """The same question where no found sentence answers: what is left after the answering passages are gone."""
    gone = {id(s.candidate) for s, right in zip(example.sentences, example.right, strict=True) if right}
    kept = [i for i, s in enumerate(example.sentences) if id(s.candidate) not in gone]
    candidates = [c for c in example.candidates if id(c) not in gone]
    if len(kept) < 2 or not candidates:
        return None
    sentences = [_moved_up(example.sentences[i], example.candidates, candidates) for i in kept]
    return replace(
        example,
        rows=matrix(sentences),
        right=np.zeros(len(kept), bool),
        sentences=sentences,
        candidates=candidates,
    )


def top_right(score: Linear, examples: Sequence[Example], most: int) -> float:
    """Return the share of questions one of whose best sentences answers."""
    return float(np.mean([e.right[np.argsort(-score(e.rows), kind="stable")[:most]].any() for e in examples]))


def confidence_rows(score: Linear, examples: Sequence[Example]) -> tuple[Floats, Floats]:
    """Return what tells of the best sentence of each example, and whether it answers."""
    rows, labels = [], []
    for example in examples:
        scores = score(example.rows)
        order = np.argsort(-scores, kind="stable")
        rows.append(confidence_evidence(example.sentences, scores, order, example.candidates))
        labels.append(float(example.right[order[0]]))
    return np.array(rows), np.array(labels)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--write", action="store_true", help="replace the packaged weights")
    parser.add_argument("--news-every", type=int, default=4, help="take each N-th news question (4)")
    options = parser.parse_args()
    wiki, news = paragraphs_corpus("squadshifts-wiki", every=2), news_corpus(options.news_every)
    own_wiki, foreign_wiki = read_corpus(wiki, news.questions)
    own_news, foreign_news = read_corpus(news, wiki.questions[:: max(1, len(wiki.questions) // 400)])
    fitted = _fit(own_wiki, own_news, [*foreign_wiki, *foreign_news])
    if options.write:
        WEIGHTS.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
    return 0


def _fit(wiki: list[Example], news: list[Example], foreign: list[Example]) -> dict[str, object]:
    usable = [e for e in [*wiki, *news] if e.right.any() and not e.held_back]
    kinds = [(wiki, len(wiki)), (news, len(news))]
    weight = {id(e): 1 / count for kind, count in kinds for e in kind}
    score = fit_score(usable, [weight[id(e)] ** 0.5 for e in usable])
    for name, kind in (("encyclopedia", wiki), ("news", news)):
        kept = [e for e in kind if e.held_back]
        print(
            f"{name}: {len(kept)} held-back questions, first sentence right {top_right(score, kept, 1):.4f},"
            f" one of three {top_right(score, kept, 3):.4f}"
        )
    absent = [gone for e in [*wiki, *news] if e.right.any() and (gone := without_answer(e)) is not None]
    everything = [*wiki, *news, *absent, *foreign]
    rows, labels = confidence_rows(score, everything)
    parts = [len(wiki), len(news), len(absent), len(foreign)]
    weights = np.repeat([2 / parts[0], 1 / parts[1], 1 / parts[2], 1 / parts[3]], parts)
    back = np.array([e.held_back for e in everything])
    confidence = fit_confidence(rows[~back], labels[~back], weights[~back])
    probabilities = logistic(confidence(rows))
    part = np.repeat(np.arange(4), parts)
    right = back & (part < 2) & (labels == 1)
    for number, name in ((2, "the article does not say"), (3, "no article is about it")):
        others = back & (part == number)
        print(f"{name}: area under ROC {auroc(probabilities[right].tolist(), probabilities[others].tolist()):.4f}")
    for threshold in THRESHOLDS:
        line = " ".join(
            f"{np.mean(probabilities[mask] >= threshold):.3f}"
            for mask in (right, back & (part < 2) & (labels == 0), back & (part == 2), back & (part == 3))
        )
        print(f"threshold {threshold:.2f}: answered of right, wrong, does not say, not about it: {line}")
    return {
        "about": "fitted by tests/benchmarks/fit_reader.py",
        "threshold": _threshold(probabilities[back & (part == 3)]),
        "score": _as_json(score, EVIDENCE_NAMES),
        "confidence": _as_json(confidence, CONFIDENCE_NAMES),
    }


def _threshold(foreign: Floats) -> float:
    """Return the least threshold at which at most one in twenty questions that no article is about is answered."""
    return float(round(next(t for t in THRESHOLDS if np.mean(foreign >= t) <= FALSE_ANSWERS), 2))


def _as_json(linear: Linear, names: Sequence[str]) -> dict[str, dict[str, float]]:
    columns = {"mean": linear.mean, "scale": linear.scale, "weights": linear.weights}
    return {
        **{key: {n: round(float(v), 6) for n, v in zip(names, values, strict=True)} for key, values in columns.items()},
        "bias": {"bias": round(linear.bias, 6)},
    }


def _example(asked: Asked, sentences: list[ReadSentence], candidates: list[Candidate]) -> Example:
    right = [asked.answers(s.candidate.article, s.sentence.start, s.sentence.end) for s in sentences]
    # a digest, not a random number: the same groups are held back in every run
    held_back = sum(asked.group.encode()) % 5 == 0
    return Example(matrix(sentences), np.array(right, bool), sentences, candidates, held_back)


def _moved_up(read: ReadSentence, before: list[Candidate], after: list[Candidate]) -> ReadSentence:
    rank = next(i for i, c in enumerate(after) if c is read.candidate)
    gap = read.candidate.hit.score - after[0].hit.score
    return replace(read, evidence=replace(read.evidence, rank=1 / (1 + rank), fused_gap=gap))


def write_articles(corpus: Corpus) -> Path:
    """Write a corpus where the ordinary build can read it."""
    WORK.mkdir(parents=True, exist_ok=True)
    path = WORK / f"{corpus.name}.jsonl"
    path.write_text("".join(json.dumps(a) + "\n" for a in corpus.articles), encoding="utf-8")
    return path


def _indexed(corpus: Corpus) -> tuple[BotSettings, Encoder]:
    settings, _ = index_articles(
        BotSettings(storage=StorageSettings(folder=WORK)), write_articles(corpus), lambda *_: None
    )
    return settings, RememberingEncoder(open_encoder(settings, Store(settings.storage.folder), threads=2))


def _article(id_: str, title: str, text: str, published: str | None = None) -> dict[str, object]:
    return {"id": id_, "title": title, "text": text, "language": "en", "published": published}


def _covers(id_: str, places: Sequence[tuple[int, int]]) -> Callable[[Article, int, int], bool]:
    return lambda article, start, end: article.id == id_ and any(start <= s and e <= end for s, e in places)


def _contains(answer: str) -> Callable[[Article, int, int], bool]:
    words = folded(answer)
    return lambda article, start, end: words in folded(article.text[start:end])


def found_article(snapshot: Snapshot, id_: str) -> Article:
    """Return an article that a hit names."""
    article = snapshot.article(id_)
    if article is None:
        raise LookupError(f"a passage without its article {id_}")
    return article


def _lines(path: Path) -> Iterator[dict[str, object]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from (json.loads(line) for line in file)


if __name__ == "__main__":
    raise SystemExit(main())
