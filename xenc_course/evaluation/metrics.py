"""From a run to metrics: means over queries with 95 % intervals, and what was not judged.

The metrics are those of `ir_measures` (trec_eval and similar tools). These rules apply as well:

- Equal scores rank by document id, descending, whatever their order in the run (as in trec_eval).
- A passage without a judgement counts as not relevant; the share of such passages is reported.
- A query without a relevant passage (no grade above 0) would score 0 whatever the ranking. It is
  left out of the mean, and counted. (trec_eval takes it into the mean.)
- A query that the run does not have scores 0, and is counted. A query of the run that the
  collection does not have is ignored, and counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from xenc_course.display.table import ShowsTable, Table
from xenc_course.retrieval.runs import Run, check_run, ranked
from xenc_course.text.collection import Collection

from .resampling import RESAMPLES, bootstrap_interval

if TYPE_CHECKING:
    from ir_measures.measures import Measure

METRICS = ("nDCG@10", "RR@10", "AP", "R@100", "Judged@10")
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
        unjudged: share (0 to 1) of the passages ranked 1 to 10 that have no judgement.
        missing: queries of the mean that the run does not have; they score 0.
        without_relevant: queries left out of the mean because no passage is relevant to them.
        ignored: queries of the run that the collection does not have.
    """

    collection: str
    scores: tuple[Score, ...]
    unjudged: float
    missing: int
    without_relevant: int
    ignored: int

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
        if self.missing:
            notes.append(f"Missing in the run, scored 0: {self.missing:,} queries.")
        if self.without_relevant:
            notes.append(
                f"Without a relevant passage, left out: {self.without_relevant:,} queries."
            )
        if self.ignored:
            notes.append(
                f"In the run but not in the collection, ignored: {self.ignored:,} queries."
            )
        return notes


def evaluate(
    run: Run,
    collection: Collection,
    metrics: str | Iterable[str] = METRICS,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Evaluation:
    """Evaluate a run against the judgements of a collection, by the rules of this module.

    Args:
        run: query id -> {document id: score}, higher is better.
        collection: its judgements decide.
        metrics: names as `ir_measures` writes them, such as "nDCG@10", "RR(rel=2)@10" or "P@5".
        resamples: of the bootstrap intervals (see `bootstrap_interval`).
        seed: of the same.

    Raises:
        TypeError: `run` is no mapping of mappings.
        ValueError: a score is not finite, a metric cannot be computed, the run has none of the
            collection's queries, or no query of the collection has a relevant passage.
    """
    measures = parse_metrics(metrics)
    check_run(run)
    ignored = sum(query not in collection.queries for query in run)
    if ignored == len(run):
        raise ValueError(
            f"The run has none of the {len(collection.queries):,} queries of {collection.name}: "
            "compare the query ids of both."
        )
    judged = {query: dict(collection.qrels.get(query, {})) for query in collection.queries}
    qrels = {
        query: grades for query, grades in judged.items() if max(grades.values(), default=0) > 0
    }
    if not qrels:
        raise ValueError(
            f"No query of {collection.name} has a relevant passage (a grade above 0), so "
            "there is nothing to measure: compare the query ids of queries and judgements."
        )
    rankings = {query: ranked(run[query]) for query in qrels if run.get(query)}
    values = _values(measures, qrels, rankings)
    return Evaluation(
        collection=collection.name,
        scores=tuple(_score(metric, values[metric], resamples, seed) for metric in measures),
        unjudged=_unjudged_share(qrels, rankings),
        missing=len(qrels) - len(rankings),
        without_relevant=len(judged) - len(qrels),
        ignored=ignored,
    )


def parse_metrics(metrics: str | Iterable[str]) -> dict[str, Measure]:
    """Look up metrics in `ir_measures`.

    Args:
        metrics: one name or several, as `ir_measures` writes them.

    Returns:
        name -> measure, in the order of the names.

    Raises:
        ValueError: there is no name, or a metric that cannot be computed here.
    """
    import ir_measures

    names = [metrics] if isinstance(metrics, str) else list(metrics)
    if not names:
        raise ValueError(f"Name at least one metric, such as {METRICS[0]!r}.")
    measures = {}
    for name in names:
        # ir_measures raises NameError for an unknown name and the others for bad parameters.
        try:
            measure = ir_measures.parse_measure(name)
            supported = ir_measures.DefaultPipeline.supports(measure)
        except (NameError, ValueError, AssertionError, TypeError) as error:
            raise ValueError(f"There is no metric {name!r} ({error}): try 'nDCG@10'.") from error
        if not supported:
            raise ValueError(f"ir_measures cannot compute {name!r} here: try 'nDCG@10'.")
        measures[name] = measure
    return measures


def _values(
    measures: dict[str, Measure],
    qrels: dict[str, dict[str, int]],
    rankings: dict[str, list[str]],
) -> dict[str, dict[str, float]]:
    """Metric -> query -> value, queries in the order of `qrels`."""
    import ir_measures

    # Strictly falling scores: the providers behind ir_measures break ties in different ways.
    run = {
        query: {document: float(-place) for place, document in enumerate(ranking)}
        for query, ranking in rankings.items()
    }
    found = {measure: dict.fromkeys(qrels, 0.0) for measure in measures.values()}
    for result in ir_measures.iter_calc(list(found), qrels, run):
        found[result.measure][result.query_id] = result.value
    return {name: found[measure] for name, measure in measures.items()}


def _score(metric: str, per_query: dict[str, float], resamples: int, seed: int) -> Score:
    values = np.array(list(per_query.values()))
    low, high = bootstrap_interval(values, resamples=resamples, seed=seed)
    return Score(metric, MappingProxyType(per_query), float(values.mean()), low, high)


def _unjudged_share(qrels: dict[str, dict[str, int]], rankings: dict[str, list[str]]) -> float:
    shown = [
        document in qrels[query]
        for query, ranking in rankings.items()
        for document in ranking[:_JUDGED_DEPTH]
    ]
    return shown.count(False) / len(shown) if shown else 0.0
