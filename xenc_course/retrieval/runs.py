"""Runs: the scores that a ranker gave to the candidates of each query, and their TREC file."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from xenc_course.files import check_id, text_lines, write_lines

# query id -> {document id: score}; a higher score ranks higher
Run = Mapping[str, Mapping[str, float]]


def ranked(scores: Mapping[str, float]) -> list[str]:
    """Order documents by score, and those of equal score by id, both descending.

    This is the order of trec_eval, which also compares scores as 32-bit floats. The order in which
    the scores were given does not count.

    Args:
        scores: document id -> score.

    Returns:
        The document ids, best first.
    """
    return sorted(
        scores, key=lambda document: (np.float32(scores[document]), document), reverse=True
    )


def check_run(run: Run) -> None:
    """Refuse what is no run.

    Raises:
        TypeError: `run` is no mapping of mappings.
        ValueError: a score is not a finite number.
    """
    if not isinstance(run, Mapping):
        raise TypeError(
            f"A run maps query ids to {{document id: score}}, and this is a {_kind(run)}."
        )
    for query, scores in run.items():
        if not isinstance(scores, Mapping):
            raise TypeError(
                "A run maps query ids to {document id: score}: "
                f"query {query!r} has a {_kind(scores)}."
            )
        for document, score in scores.items():
            if not _is_finite(score):
                raise ValueError(
                    f"The score of query {query!r} and document {document!r} is {score!r}: "
                    "a score must be a finite number."
                )


def read_run(path: str | Path) -> dict[str, dict[str, float]]:
    """Read a TREC run: lines of `query Q0 document rank score tag`.

    Only the score ranks: the rank column is not used, as in trec_eval.

    Args:
        path: the file; it is decompressed when its name ends in `.gz`.

    Returns:
        query id -> {document id: score}, in the order of the file.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: a line has not six columns, a score is not a finite number, a document is given
            twice to a query, the text is not UTF-8, or the file is empty; with file and line.
    """
    path = Path(path)
    run: dict[str, dict[str, float]] = {}
    for number, line in text_lines(path):
        columns = line.split()
        if len(columns) != 6:
            raise ValueError(
                f"{path}, line {number}: a run has six columns, "
                f"`query Q0 document rank score tag`, and this line has {len(columns)}."
            )
        query, _, document, _, score, _ = columns
        scores = run.setdefault(query, {})
        if document in scores:
            raise ValueError(
                f"{path}, line {number}: document {document!r} is given twice to query {query!r}: "
                "remove one of the lines."
            )
        scores[document] = _score(score, f"{path}, line {number}")
    if not run:
        raise ValueError(
            f"{path} is an empty run: give a file whose lines name a query, a document and a score."
        )
    return run


def write_run(run: Run, path: str | Path, tag: str = "xenc_course") -> None:
    """Write a TREC run to a file that appears whole or not at all.

    Queries keep their order, documents are written best first (see `ranked`). `read_run` gives back
    the same numbers.

    Args:
        run: query id -> {document id: score}.
        path: the file; it is compressed when its name ends in `.gz`.
        tag: the last column of every line.

    Raises:
        TypeError: `run` is no mapping of mappings.
        ValueError: a score is not a finite number, or an id or the tag is empty or holds white
            space, which the format cannot carry.
    """
    check_run(run)
    write_lines(Path(path), list(_run_lines(run, tag)))


def _run_lines(run: Run, tag: str) -> Iterator[str]:
    check_id(tag, "The tag of the run")
    for query, scores in run.items():
        check_id(query, "The id of a query")
        for rank, document in enumerate(ranked(scores), start=1):
            check_id(document, f"The id of a document of query {query!r}")
            yield f"{query} Q0 {document} {rank} {float(scores[document])!r} {tag}"


def _score(text: str, where: str) -> float:
    try:
        score = float(text)
    except ValueError:
        raise ValueError(
            f"{where}: the score {text!r} is no number: write one such as 0.5."
        ) from None
    if not math.isfinite(score):
        raise ValueError(f"{where}: the score is {text}, and a score must be a finite number.")
    return score


def _is_finite(score: object) -> bool:
    try:
        return math.isfinite(score)  # type: ignore[arg-type]
    except TypeError:
        return False


def _kind(value: object) -> str:
    return type(value).__name__
