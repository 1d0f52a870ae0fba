"""Rankings, rank changes and score matrices as tables that read well everywhere.

Every function returns a table that shows itself: HTML in a notebook, aligned text by `str()`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from .arguments import (
    at_least,
    check_query,
    checked_matrix,
    checked_scores,
    checked_texts,
    in_short,
)
from .cells import Cell
from .rounded_scores import BEST, ShownScores, rounded, score_cell, shown_scores
from .table import Table
from .text_width import shorten

SHOWN_ROWS = 20
SHOWN_COLUMNS = 10
TEXT_WIDTH = 80
HTML_WIDTH = 120
ROOMY = 40  # letters from which the column of the passages needs room


def show_ranking(
    query: str,
    passages: Sequence[str],
    scores: ArrayLike,
    *,
    top_k: int | None = None,
    width: int | None = None,
    decimals: int = 3,
) -> Table:
    """Show the passages of one query, best score first.

    Scores that agree in the shown decimals are a tie: they share a rank, marked '=', and keep the
    order in which they were given.

    Args:
        query: may be empty.
        passages: n texts.
        scores: n numbers, higher is better: a list, a numpy array or a torch tensor, shape (n,).
        top_k: how many to show; 20 by default.
        width: columns a passage may take; by default 80 in a terminal and 120 in HTML.
        decimals: of a score: 3 suits logits, 4 suits cosines.

    Returns:
        A table with the columns rank (int), score (float), passage (the whole text).

    Raises:
        TypeError: a query or passage is not text, a score is not a number, top_k is not an int.
        ValueError: no passages, another number of scores, another shape, a score that is NaN or
            infinite, or top_k, width or decimals out of range.
    """
    check_query(query)
    passages = checked_texts(passages, "passages")
    system = shown_scores(checked_scores(scores, len(passages)), decimals)
    shown = system.best(_top_k(top_k))
    columns = {"rank": system.rank_cells(shown), "score": system.score_cells(shown)}
    return _ranking_table(query, passages, columns, [system], shown, width)


def show_rankings(
    query: str,
    passages: Sequence[str],
    systems: Mapping[str, ArrayLike],
    *,
    top_k: int | None = None,
    width: int | None = None,
    decimals: int | Mapping[str, int] = 3,
) -> Table:
    """Show one row per passage, with its rank and score in every system.

    The rows are in the order of the last system. The change of rank is counted from the first
    system to each of the others.

    Args:
        query: may be empty.
        passages: n texts.
        systems: ``{"bi-encoder": scores, "cross-encoder": scores}``, n numbers each, as
            `show_ranking` takes them.
        top_k: how many rows to show; 20 by default.
        width: columns a passage may take; by default 80 in a terminal and 120 in HTML.
        decimals: of a score, for all systems or ``{"bi-encoder": 4, "cross-encoder": 3}``.

    Returns:
        A table with the columns "<system> rank" (int) and "<system> score" (float) per system,
        "change" or "change to <system>" (int, shown as '▲ up 2', '▼ down 1' or '= same'), and
        passage (the whole text).

    Raises:
        TypeError: see `show_ranking`; also when `systems` is no dictionary or a name is no text.
        ValueError: see `show_ranking`; also when there is no system, or `decimals` leaves one out.
    """
    check_query(query)
    passages = checked_texts(passages, "passages")
    digits = _system_decimals(systems, decimals)
    seen = {
        name: shown_scores(checked_scores(scores, len(passages), name), digits[name])
        for name, scores in systems.items()
    }
    first, *others = seen
    shown = [*seen.values()][-1].best(_top_k(top_k))
    columns = {}
    for name, system in seen.items():
        columns[f"{name} rank"] = system.rank_cells(shown)
        columns[f"{name} score"] = system.score_cells(shown)
    for name in others:
        heading = "change" if len(others) == 1 else f"change to {name}"
        columns[heading] = seen[name].change_cells(seen[first], shown)
    return _ranking_table(query, passages, columns, [*seen.values()], shown, width)


def show_matrix(
    queries: Sequence[str],
    passages: Sequence[str],
    scores: ArrayLike,
    *,
    width: int = 40,
    decimals: int = 3,
) -> Table:
    """Show queries as rows and passages as columns; the best of each query is bold, with a ★.

    At most 20 queries and 10 passages are shown; the marks count all of them.

    Args:
        queries: q texts.
        passages: p texts.
        scores: shape (q, p), higher is better: a nested list, a numpy array or a torch tensor.
        width: columns a query or passage may take before it is shortened.
        decimals: of a score: 3 suits logits, 4 suits cosines.

    Returns:
        A table with the column query and one column of scores (float) per passage, named
        '1. <its first words>'.

    Raises:
        TypeError, ValueError: see `show_ranking`.
    """
    queries = checked_texts(queries, "queries")
    passages = checked_texts(passages, "passages")
    matrix = rounded(checked_matrix(scores, len(queries), len(passages)), decimals)
    best = matrix == matrix.max(axis=1, keepdims=True)
    heads = [
        f"{j}. {shorten(text, _width(width))}"
        for j, text in enumerate(passages[:SHOWN_COLUMNS], start=1)
    ]
    rows = []
    for query, row, marks in zip(queries[:SHOWN_ROWS], matrix, best, strict=False):
        values = zip(row[:SHOWN_COLUMNS], marks, strict=False)
        cells = [score_cell(score, decimals, best=mark) for score, mark in values]
        rows.append([Cell(query, _query_text(query, width)), *cells])
    notes = [f"{BEST} best passage of the query"]
    if (best.sum(axis=1) > 1).any():
        notes.append(f"several {BEST} in a row: a tie, scores equal in the shown decimals")
    if hidden := int((~best[:SHOWN_ROWS, :SHOWN_COLUMNS].any(axis=1)).sum()):
        notes.append(f"{hidden} of these queries have their best passage among those not shown")
    notes += _more_note(len(queries), len(rows), "query", "queries")
    notes += _more_note(len(passages), len(heads))
    return Table(["query", *heads], rows, notes=notes, wrap=max(18, width // 2))


def _ranking_table(
    query: str,
    passages: list[str],
    columns: dict[str, list[Cell]],
    systems: list[ShownScores],
    shown: np.ndarray,
    width: int | None,
) -> Table:
    """Put the passages beside the columns, and notes on ties and hidden rows below."""
    texts = [_passage(passages[i], width) for i in shown]
    columns = columns | {"passage": texts}
    roomy = any(len(cell.wide or cell.text) > ROOMY for cell in texts)
    return Table(
        list(columns),
        zip(*columns.values(), strict=True),
        f"Query: {_query_text(query)}",
        notes=_tie_note(systems, shown) + _more_note(len(passages), len(shown)),
        wrap=max(TEXT_WIDTH, width or 0),
        roomy="passage" if roomy else None,
    )


def _top_k(top_k: int | None) -> int:
    return SHOWN_ROWS if top_k is None else at_least("top_k", top_k, 1)


def _width(width: int) -> int:
    return at_least("width", width, 10)


def _system_decimals(systems: object, decimals: int | Mapping[str, int]) -> dict[str, int]:
    if not isinstance(systems, Mapping):
        raise TypeError('The systems must be a dictionary such as {"bi-encoder": scores}.')
    if not systems:
        raise ValueError('There are no systems: give {"bi-encoder": scores, ...}.')
    for name in systems:
        if not isinstance(name, str):
            raise TypeError(f"The name of a system must be text, not {in_short(name)}.")
    given = decimals if isinstance(decimals, Mapping) else dict.fromkeys(systems, decimals)
    if missing := [name for name in systems if name not in given]:
        raise ValueError(
            f"The argument decimals has no entry for the system {in_short(missing[0])}."
        )
    return {name: given[name] for name in systems}


def _passage(text: str, width: int | None) -> Cell:
    if width is not None:
        return Cell(text, shorten(text, _width(width)) or "(empty passage)")
    short = shorten(text, TEXT_WIDTH) or "(empty passage)"
    return Cell(text, short, wide=shorten(text, HTML_WIDTH))


def _query_text(query: str, width: int = HTML_WIDTH) -> str:
    return shorten(query, width) or "(empty query)"


def _tie_note(systems: list[ShownScores], shown: np.ndarray) -> list[str]:
    if not any(system.tied[shown].any() for system in systems):
        return []
    return ["= a tie: scores equal in the shown decimals, passages in the order they were given"]


def _more_note(total: int, shown: int, one: str = "passage", many: str = "passages") -> list[str]:
    hidden = total - shown
    return [f"… and {hidden:,} more {one if hidden == 1 else many}"] if hidden > 0 else []
