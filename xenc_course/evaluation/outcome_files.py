"""An outcome for programs: one JSON object, and a value for every query."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, fields
from pathlib import Path

from xenc_course.files import text_lines, write_lines

from .difference import Difference
from .metrics import Score
from .outcome import Outcome

PER_QUERY = ("run", "metric", "query", "value")


def outcome_json(outcome: Outcome) -> str:
    """An outcome as a JSON object in ASCII, over several lines.

    Its keys: collection, queries (how many the means are over), runs (name -> metric -> mean, low,
    high), notes_of_runs (name -> sentences), differences, notes, and work (model -> pairs, scored,
    seconds, cut, backend, why). Measures with unjudged passages left out are named
    "nDCG@10 condensed".
    """
    first = next(iter(outcome.evaluations.values()))
    runs: dict[str, dict[str, dict[str, float]]] = {name: {} for name in outcome.evaluations}
    for name, metric, score in _scores(outcome):
        runs[name][metric] = {"mean": score.mean, "low": score.low, "high": score.high}
    content = {
        "collection": first.collection,
        "queries": len(first.queries),
        "runs": runs,
        "notes_of_runs": {name: found.notes() for name, found in outcome.evaluations.items()},
        "differences": [
            _difference(difference, comparison.metric)
            for comparison in outcome.comparisons()
            for difference in comparison.differences
        ],
        "notes": list(outcome.notes),
        "work": {model: asdict(work) for model, work in outcome.works.items()},
    }
    return json.dumps(content, indent=2, allow_nan=False)


def write_per_query(outcome: Outcome, path: Path) -> None:
    """Write the value of every query: tab-separated columns `PER_QUERY`, named in the first line.

    Args:
        outcome: what was found.
        path: the file, which is replaced; it is compressed when its name ends in `.gz`.
    """
    lines = (
        f"{_column(name)}\t{metric}\t{query}\t{value!r}"
        for name, metric, score in _scores(outcome)
        for query, value in score.per_query.items()
    )
    write_lines(path, ["\t".join(PER_QUERY), *lines])


def is_per_query(path: Path) -> bool:
    """Whether a file begins as `write_per_query` begins it, compressed or not."""
    with suppress(ValueError):  # no text
        for _, line in text_lines(path):
            return line.rstrip("\r\n") == "\t".join(PER_QUERY)
    return False


def _column(name: str) -> str:
    """The name of a run as one column of UTF-8 text: a folder's name may hold any letter."""
    return " ".join(name.encode("utf-8", "replace").decode("utf-8").split())


def _scores(outcome: Outcome) -> Iterator[tuple[str, str, Score]]:
    """(run, metric, score) of every run and way of measuring."""
    for way, measured in outcome.measured():
        for name, found in measured.evaluations.items():
            for score in found.scores:
                yield name, f"{score.metric} {way}".strip(), score


def _difference(difference: Difference, metric: str) -> dict[str, object]:
    """A difference without its values per query, with its state."""
    left_out = ("per_query", "metric", "collection")
    values = {
        field.name: getattr(difference, field.name)
        for field in fields(difference)
        if field.name not in left_out
    }
    return {"metric": metric, **values, "state": difference.state}
