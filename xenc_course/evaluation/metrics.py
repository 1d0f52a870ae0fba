"""From a run to metrics: means over queries with 95 % intervals, and what was not judged.

The metrics are those of `ir_measures` (trec_eval and similar tools). These rules apply as well:

- Equal scores rank by document id, descending, whatever their order in the run (as in trec_eval).
- A passage without a judgement counts as not relevant; the share of such passages is reported.
- A query without a relevant passage (no grade above 0, or below `rel`) would score 0 whatever the
  ranking. It is left out of the mean, and counted. (trec_eval takes it into the mean.)
- A query that the run does not have scores 0, and is counted. A query of the run that the
  collection does not have is ignored, and counted. So is a judged query without text; a judged
  passage without text still counts in the ideal ranking and in recall.
- Each measure is computed by itself, so that it gives what it gives alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from xenc_course.display.table import ShowsTable, Table
from xenc_course.retrieval.runs import Run, check_run, ranked
from xenc_course.text.collection import Collection

from .measure_names import METRICS as METRICS, parse_metrics as parse_metrics
from .measures import (
    Judgements,
    check_metrics as check_metrics,
    judgements as judgements,
    remarks,
    values_of,
)
from .resampling import RESAMPLES, bootstrap_interval

FEW_QUERIES = 30  # an interval of fewer is too narrow: see `bootstrap_interval`
_JUDGED_DEPTH = 10


@dataclass(frozen=True)
class Score:
    """One metric of a run.

    Attributes:
        metric: its name, as it was asked for.
        per_query: query id -> value.
        mean: over the queries.
        low: the lower end of the mean's 95 % bootstrap interval.
        high: the upper end.
    """

    metric: str
    per_query: Mapping[str, float]
    mean: float
    low: float
    high: float


@dataclass(frozen=True, repr=False)
class Evaluation(ShowsTable):
    """How well a run does on a collection; shows itself as a table.

    Attributes:
        collection: the collection's name.
        scores: one `Score` per metric; `evaluation["nDCG@10"]` gives it by name.
        unjudged: share (0 to 1) of the passages that the run ranks 1 to 10 that have no judgement.
        missing: queries of the mean that the run does not have; they score 0.
        without_relevant: queries left out of the mean because no passage is relevant to them.
        ignored: queries of the run that the collection does not have.
        rel: the least grade that counts as relevant.
        condensed: how many unjudged passages were left out before the rankings were measured; None
            where they were not to be.
        unknown_queries: judged queries that the collection does not have; they are left out.
        textless: judged passages of the queries of the mean that the collection does not have.
        own_documents: queries of the mean for which the run ranks the document of their own id.
        remarks: what a metric computes other than its name says.
    """

    collection: str
    scores: tuple[Score, ...]
    unjudged: float
    missing: int
    without_relevant: int
    ignored: int
    rel: int = 1
    condensed: int | None = None
    unknown_queries: int = 0
    textless: int = 0
    own_documents: int = 0
    remarks: tuple[str, ...] = ()

    def __getitem__(self, metric: str) -> Score:
        """The score of one metric.

        Raises:
            KeyError: it was not computed; the message lists those that were.
        """
        for score in self.scores:
            if score.metric == metric:
                return score
        names = ", ".join(score.metric for score in self.scores)
        raise KeyError(f"{metric!r} was not computed: choose one of {names}.")

    @property
    def queries(self) -> tuple[str, ...]:
        """The queries that the means are over, in the order of the collection."""
        return tuple(self.scores[0].per_query)

    def table(self) -> Table:
        """One row per metric: mean, and the lower and upper end of the 95 % interval."""
        return Table(
            ["metric", "mean", "95 % from", "to"],
            [(score.metric, score.mean, score.low, score.high) for score in self.scores],
            caption=f"{self.collection}: means over {len(self.queries):,} queries",
            notes=self.notes(),
        )

    def notes(self) -> list[str]:
        """What a reader must know to judge the means, in sentences; the unjudged share is first."""
        notes = [f"Without judgement in the top {_JUDGED_DEPTH}: {self.unjudged:.1%} of passages."]
        if self.condensed is not None:
            notes.append(f"Condensed, left out before measuring: {self.condensed:,} passages.")
        if self.rel > 1:
            notes.append(f"Relevant to metrics without grades: grade {self.rel} and above.")
        relevant = f"passage of grade {self.rel} or above" if self.rel > 1 else "relevant passage"
        queries = {
            "Missing in the run, scored 0": self.missing,
            f"Without a {relevant}, left out": self.without_relevant,
            "In the run but not in the collection, ignored": self.ignored,
            "Judged but not in the collection, left out": self.unknown_queries,
            "Rank the document of their own id, which BEIR leaves out": self.own_documents,
        }
        notes += [f"{what}: {n:,} queries." for what, n in queries.items() if n]
        if self.textless:
            notes.append(f"Judged but without text, never found: {self.textless:,} passages.")
        if len(self.queries) < FEW_QUERIES:
            few = f"{len(self.queries):,} queries"
            notes.append(f"The intervals rest on {few}: below {FEW_QUERIES} they are too narrow.")
        return [*notes, *self.remarks]


def evaluate(
    run: Run,
    collection: Collection,
    metrics: str | Iterable[str] = METRICS,
    *,
    condensed: bool = False,
    rel: int = 1,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Evaluation:
    """Evaluate a run against the judgements of a collection, by the rules of this module.

    Args:
        run: query id -> {document id: score}, higher is better.
        collection: its judgements decide.
        metrics: names as `ir_measures` writes them, such as "nDCG@10", "RR(rel=2)@10" or "P@5".
        condensed: whether passages without a judgement are left out of each ranking before it is
            measured (condensed lists, Sakai 2007), in the place of counting as not relevant.
        rel: the least grade that counts as relevant, 1 to 1,000, for metrics that know relevant and
            not relevant alone and whose name gives no `rel`. Queries without a passage of this
            grade are left out of all means. TREC Deep Learning takes 2.
        resamples: of the bootstrap intervals (see `bootstrap_interval`).
        seed: of the same.

    Raises:
        TypeError: `run` is no mapping of mappings.
        ValueError: an id is no text, a score is not finite, a grade is no integer of -1,000 to
            1,000, a metric cannot be computed (see `check_metrics`), the run has none of the
            collection's queries, or no query of the collection has a relevant passage.
    """
    judged = judgements(collection)
    measures = check_metrics(metrics, judged, rel=rel)
    check_run(run)
    ignored = sum(query not in collection.queries for query in run)
    if ignored == len(run):
        raise ValueError(
            f"The run has none of the {len(collection.queries):,} queries of {collection.name}: "
            "compare the query ids of both."
        )
    qrels = {
        query: judged[query]
        for query in collection.queries
        if max(judged.get(query, {}).values(), default=0) >= rel
    }
    if not qrels:
        least = "above 0" if rel == 1 else f"of {rel} or above"
        raise ValueError(
            f"No query of {collection.name} has a relevant passage (a grade {least}), so "
            "there is nothing to measure: compare the query ids of queries and judgements."
        )
    rankings = {query: ranked(run[query]) for query in qrels if run.get(query)}
    measured = _condensed(rankings, qrels) if condensed else rankings
    return Evaluation(
        collection=collection.name,
        scores=tuple(
            _score(name, values_of(measure, qrels, measured), resamples, seed)
            for name, measure in measures.items()
        ),
        unjudged=_unjudged_share(qrels, rankings),
        missing=len(qrels) - len(rankings),
        without_relevant=len(collection.queries) - len(qrels),
        ignored=ignored,
        rel=rel,
        condensed=sum(len(rankings[q]) - len(measured[q]) for q in rankings) if condensed else None,
        unknown_queries=len(judged.keys() - collection.queries.keys()),
        textless=sum(len(row.keys() - collection.documents.keys()) for row in qrels.values()),
        own_documents=sum(query in run[query] and query not in qrels[query] for query in rankings),
        remarks=remarks(measures),
    )


def _condensed(rankings: dict[str, list[str]], qrels: Judgements) -> dict[str, list[str]]:
    """The judged passages of each ranking, in its order."""
    return {
        query: [document for document in ranking if document in qrels[query]]
        for query, ranking in rankings.items()
    }


def _score(metric: str, per_query: dict[str, float], resamples: int, seed: int) -> Score:
    values = np.array(list(per_query.values()))
    low, high = bootstrap_interval(values, resamples=resamples, seed=seed)
    return Score(metric, MappingProxyType(per_query), float(values.mean()), low, high)


def _unjudged_share(qrels: Judgements, rankings: dict[str, list[str]]) -> float:
    shown = [
        document in qrels[query]
        for query, ranking in rankings.items()
        for document in ranking[:_JUDGED_DEPTH]
    ]
    return shown.count(False) / len(shown) if shown else 0.0
