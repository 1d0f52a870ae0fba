"""Runs: the scores that a ranker gave to the candidates of each query, and their TREC file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from xenc_course.files import LONGEST_LINE, check_id, shown, text_lines, write_lines

# query id -> {document id: score}; a higher score ranks higher
Run = Mapping[str, Mapping[str, float]]
_LARGEST = float(np.finfo(np.float32).max)  # scores compare as 32-bit floats


def ranked(scores: Mapping[str, float]) -> list[str]:
    """Order documents by score, and those of equal score by id, both descending.

    This is the order of trec_eval, which also compares scores as 32-bit floats. The order in which
    the scores were given does not count.

    Args:
        scores: document id -> score.

    Returns:
        The document ids, best first.

    Raises:
        ValueError: a score is NaN.
    """
    with np.errstate(over="ignore"):
        compared = np.array([float(score) for score in scores.values()], dtype=np.float32)
    if np.isnan(compared).any():
        raise ValueError("A score to rank by is NaN: give numbers.")
    pairs = sorted(zip(compared.tolist(), scores, strict=True), reverse=True)
    return [document for _, document in pairs]


def reread(before: Run, strong: Run, k: int) -> dict[str, dict[str, float]]:
    """Put the best k documents of each query into the order of another run; the rest follow.

    It is what a reranker of depth k gives, when its scores of more documents are there already.

    Args:
        before: the run of the first stage.
        strong: the run of the reranker; it holds the best k of `before` for each query.
        k: how many documents per query the reranker reads; 0 leaves the order as it was.

    Returns:
        A run: query id -> {document id: score}. Only the order of its scores has a meaning.

    Raises:
        ValueError: k is below 0, or `strong` lacks a query or one of its best k documents.
    """
    if k < 0:
        raise ValueError(f"A reranker reads 0 documents or more, not {k}.")
    run = {}
    for query, scores in before.items():
        order, read = ranked(scores), strong.get(query, {})
        if missing := [document for document in order[:k] if document not in read]:
            raise ValueError(
                f"The stronger run has no score of document {shown(missing[0])} for query "
                f"{shown(query)}: give a run over the same candidates."
            )
        best = ranked({document: read[document] for document in order[:k]})
        run[query] = {d: -float(place) for place, d in enumerate([*best, *order[k:]])}
    return run


def check_run(run: Run) -> None:
    """Refuse what is no run.

    Raises:
        TypeError: `run` is no mapping of mappings.
        ValueError: an id is no text (7 is none: write "7") or one that no file can carry, or a
            score is not a finite number, also as a 32-bit float.
    """
    if not isinstance(run, Mapping):
        raise TypeError(
            f"A run maps query ids to {{document id: score}}, and this is a {_kind(run)}."
        )
    for query, scores in run.items():
        check_id(query, "The id of a query")
        if not isinstance(scores, Mapping):
            raise TypeError(
                "A run maps query ids to {document id: score}: "
                f"query {shown(query)} has a {_kind(scores)}."
            )
        for document, score in scores.items():
            check_id(document, f"The id of a document of query {shown(query)}")
            if not _is_finite(score):
                raise ValueError(
                    f"The score of query {shown(query)} and document {shown(document)} is "
                    f"{shown(score)}: a score must be a finite number."
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
        ValueError: a line has not six columns, an id is none (see `check_id`), a score is not a
            finite number, a document is given twice to a query, the text is not UTF-8, a line has
            over a million bytes, or the file is empty; with file and line.
    """
    path = Path(path)
    run: dict[str, dict[str, float]] = {}
    for number, line in text_lines(path, LONGEST_LINE):
        where = f"{path}, line {number}"
        columns = line.split()
        if len(columns) != 6:
            raise ValueError(
                f"{where}: a run has six columns, `query Q0 document rank score tag`, and this "
                f"line has {len(columns)}: {shown(line)}."
            )
        query = check_id(columns[0], f"{where}: the id of a query")
        document = check_id(columns[2], f"{where}: the id of a document")
        scores = run.setdefault(query, {})
        if document in scores:
            raise ValueError(
                f"{where}: document {shown(document)} is given twice to query {shown(query)}: "
                "remove one of the lines."
            )
        scores[document] = _score(columns[4], where)
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
        for rank, document in enumerate(ranked(scores), start=1):
            yield f"{query} Q0 {document} {rank} {float(scores[document])!r} {tag}"


def _score(text: str, where: str) -> float:
    try:
        score = float(text.replace("_", "?"))  # 1_000 is a number to Python alone
    except ValueError:
        raise ValueError(
            f"{where}: the score {shown(text)} is no number: write one such as 0.5."
        ) from None
    if not _is_finite(score):
        raise ValueError(f"{where}: the score is {text[:60]}, and a score must be a finite number.")
    return score


def _is_finite(score: object) -> bool:
    """Whether this is one finite number, also when it is rounded to 32 bits."""
    if isinstance(score, str | bytes):
        return False
    try:
        return abs(float(score)) <= _LARGEST  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError, RuntimeError):  # the last is torch's
        return False


def _kind(value: object) -> str:
    return type(value).__name__
