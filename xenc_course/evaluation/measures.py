"""Which measures can be computed on a collection, and what each gives, query by query.

The measures are those of `ir_measures`, which hands each to a provider such as trec_eval or gdeval.
A provider may fail where it is said to work: trec_eval ends the process at a cutoff of 0, gdeval
knows numbers as query ids and no grade above 4. So a measure is looked at, and tried on rankings of
three passages, before anything is scored.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from xenc_course.files import check_id, shown
from xenc_course.text.collection import Collection
from xenc_course.text.qrels import check_grade

from .measure_names import ADVICE, check_number, parse_metrics

if TYPE_CHECKING:
    from ir_measures.measures import Measure

_GDEVAL_GRADES = 4  # gdeval.pl refuses more, and its ERR is defined by this maximum
_NUMBER = re.compile("0|[1-9][0-9]{0,14}")  # gdeval compares ids as numbers: 7 and 007 are one
_A, _B, _C = "relevant", "other", "unjudged"
_TRIALS = {
    "one relevant passage": (_A,),
    "relevant and other passages": (_C, _A, _B),
    "no relevant passage": (_B, _C),
}

Judgements = dict[str, dict[str, int]]


def check_metrics(
    metrics: str | Iterable[str], judged: Judgements, *, rel: int = 1
) -> dict[str, Measure]:
    """Refuse a metric that cannot be computed on a collection, before anything is scored.

    Args:
        metrics: one name or several, as `ir_measures` writes them.
        judged: of `judgements`: its query ids and grades decide what works.
        rel: the least grade that counts as relevant, 1 to 1,000. It is given to the measures that
            count passages as relevant or not (RR, AP, P, R, Success and so on) and whose name
            gives no `rel` of its own.

    Returns:
        name -> measure, in the order of the names.

    Raises:
        ValueError: see `parse_metrics`; a metric fails on ids or grades such as those of the
            collection.
    """
    check_number("rel", rel, "rel")
    measures = {
        name: _with_rel(name, measure, rel) for name, measure in parse_metrics(metrics).items()
    }
    for name, measure in measures.items():
        _check_gdeval(name, measure, judged)
        _try(name, measure, judged)
    return measures


def judgements(collection: Collection) -> Judgements:
    """The judgements of a collection, with ids and grades that every provider can take.

    Returns:
        query id -> {document id: grade}, also of queries that the collection does not have.

    Raises:
        ValueError: a grade is no whole number or beyond ±1,000, or an id is no id.
    """
    checked: Judgements = {}
    for query, row in collection.qrels.items():
        where = f"{collection.name}, query {shown(query)}"
        check_id(query, f"{collection.name}: the id of a judged query")
        checked[query] = {
            check_id(document, f"{where}: the id of a document"): check_grade(grade, where)
            for document, grade in row.items()
        }
    return checked


def values_of(measure: Measure, qrels: Judgements, rankings: Mapping[str, list[str]]) -> dict:
    """Compute one measure, by itself.

    Several measures in one call of `ir_measures` can change each other: which grades nDCG read
    hung on the order of a set.

    Args:
        measure: of `check_metrics`.
        qrels: query id -> {document id: grade}; there are at least one query and one grade each.
        rankings: query id -> document ids, best first, of some of these queries.

    Returns:
        query id -> value (float), in the order of `qrels`; 0 for a query without a ranking.

    Raises:
        ValueError: a value is not finite.
    """
    import ir_measures

    # Strictly falling scores: the providers behind ir_measures break ties in different ways. They
    # are above 0, where Compat puts what was not ranked.
    run = {
        query: {document: float(len(ranking) - place) for place, document in enumerate(ranking)}
        for query, ranking in rankings.items()
        if ranking
    }
    values = dict.fromkeys(qrels, 0.0)
    for result in ir_measures.iter_calc([measure], qrels, run) if run else ():
        if result.query_id not in values or not math.isfinite(result.value):
            raise ValueError(
                f"{measure} gave {result.value!r} to query {shown(result.query_id)}, which is no "
                f"value of a query here: {ADVICE}."
            )
        values[result.query_id] = float(result.value)
    return values


def remarks(measures: Mapping[str, Measure]) -> tuple[str, ...]:
    """What a measure computes other than its name says, a sentence each."""
    recalls = {n: m["recall"] for n, m in measures.items() if "recall" in m.SUPPORTED_PARAMS}
    return tuple(
        f"{name} is taken at a recall of {recall:.2f}: trec_eval knows hundredths."
        for name, recall in recalls.items()
        if recall != round(recall, 2)
    )


def _with_rel(name: str, measure: Measure, rel: int) -> Measure:
    import ir_measures

    spec = measure.SUPPORTED_PARAMS.get("rel")
    if str(name) == "NumRelRet":  # ir_measures' own name for NumRet(rel=1)
        return measure(rel=rel)
    if rel == 1 or spec is None or spec.default != 1 or "rel" in measure.params:
        return measure
    binary = measure(rel=rel)
    if not ir_measures.DefaultPipeline.supports(binary):
        raise ValueError(f"ir_measures cannot compute {shown(name)} with rel={rel}: {ADVICE}.")
    return binary


def _check_gdeval(name: str, measure: Measure, judged: Judgements) -> None:
    """gdeval must not be tried: what it does not like, it writes to stderr itself."""
    import ir_measures

    providers = ir_measures.DefaultPipeline.providers
    provider = next(p for p in providers if p.is_available() and p.supports(measure))
    if provider.NAME != "gdeval":
        return
    for query in judged:
        if not _NUMBER.fullmatch(query):
            raise ValueError(
                f"{shown(name)} is computed by gdeval, which takes numbers as query ids and not "
                f"{shown(query)}: {ADVICE}."
            )
    highest = max((grade for row in judged.values() for grade in row.values()), default=0)
    if highest > _GDEVAL_GRADES:
        raise ValueError(
            f"{shown(name)} is computed by gdeval, which takes grades up to {_GDEVAL_GRADES} and "
            f"not {highest}: {ADVICE}."
        )


def _try(name: str, measure: Measure, judged: Judgements) -> None:
    """Compute the measure on small rankings, with a query id and the grades of the collection."""
    query = next(iter(judged), "1")
    grades = [grade for row in judged.values() for grade in row.values()] or [1]
    qrels = {query: {_A: max(1, *grades), _B: min(0, *grades)}}
    for kind, ranking in _TRIALS.items():
        try:
            values_of(measure, qrels, {query: list(ranking)})
        except Exception as error:  # whatever a provider raises
            cause = f"{type(error).__name__}: {str(error)[:60]}"
            raise ValueError(
                f"{shown(name)} cannot be computed, for it fails on a ranking of {kind} "
                f"({cause}): {ADVICE}."
            ) from error
