"""A library to search, a scorer that keeps what it was asked, and one call of the experiment."""

from __future__ import annotations

from collections.abc import Sequence

from xenc_course.evaluation.experiment import Experiment, rerank_and_evaluate
from xenc_course.scoring.pairs import Pair
from xenc_course.text.collection import Collection


class Overlap:
    """A scorer: how many words of the query the passage has. Keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Pair] = []

    def __call__(self, pairs: Sequence[Pair]) -> list[float]:
        self.asked += pairs
        return [float(len(set(q.split()) & set(p.split()))) for q, p in pairs]


def library(queries: int = 10, passages: int = 12) -> Collection:
    """Every query shares a word with every passage; the one of its number is relevant."""
    return Collection(
        name="library",
        documents={f"p{n}": f"shelf {n} holds book number{n}" for n in range(passages)},
        queries={f"q{n}": f"which shelf holds number{n}" for n in range(queries)},
        qrels={f"q{n}": {f"p{n}": 1, "p0": int(n == 0)} for n in range(queries)},
    )


def experiment(collection, first_stage="bm25", model=None, out=None, *, scorer=None, **plan):
    """One call of `rerank_and_evaluate`, with the parts of its plan as arguments."""
    if isinstance(plan.get("metrics"), list):
        plan["metrics"] = tuple(plan["metrics"])
    return rerank_and_evaluate(collection, Experiment(first_stage, model, **plan), out, scorer)
