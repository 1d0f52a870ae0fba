"""Scores as a reader sees them: rounded, then ranked, so that a tie is what looks like one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from .arguments import at_least
from .table import Cell

BEST = "★"


@dataclass(frozen=True, slots=True)
class ShownScores:
    """What one system gave to n passages: rounded scores, and the ranks that follow from them.

    All three have the shape (n,): `scores` float64, `ranks` int from 1, `tied` bool. Equal scores
    share the best rank of their group: 1 + how many scores are higher.
    """

    scores: np.ndarray
    ranks: np.ndarray
    tied: np.ndarray
    decimals: int

    def best(self, k: int) -> np.ndarray:
        """The places of the k best scores, best first, equal scores in the given order."""
        return np.argsort(-self.scores, kind="stable")[:k]

    def rank_cells(self, places: Iterable[int]) -> list[Cell]:
        """The ranks at the places, '=' before those that are shared."""
        return [
            Cell(int(self.ranks[i]), f"={self.ranks[i]}" if self.tied[i] else f"{self.ranks[i]}")
            for i in places
        ]

    def score_cells(self, places: Iterable[int]) -> list[Cell]:
        """The scores at the places."""
        return [score_cell(self.scores[i], self.decimals) for i in places]

    def change_cells(self, before: ShownScores, places: Iterable[int]) -> list[Cell]:
        """By how many ranks each place is higher, or lower, than it was before."""
        return [_change_cell(int(before.ranks[i] - self.ranks[i])) for i in places]


def shown_scores(scores: np.ndarray, decimals: int) -> ShownScores:
    """Scores of shape (n,) as they are shown; a TypeError or ValueError for wrong decimals."""
    scores = rounded(scores, decimals)
    _, group, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = 1 + len(scores) - counts.cumsum()[group]
    return ShownScores(scores, ranks, counts[group] > 1, decimals)


def rounded(scores: np.ndarray, decimals: int) -> np.ndarray:
    """The scores as they are printed; a TypeError or ValueError for wrong decimals."""
    return np.round(scores, at_least("decimals", decimals, 0)) + 0.0  # 0.0 turns -0.0 into 0.0


def score_cell(score: float, decimals: int, *, best: bool = False) -> Cell:
    """One score with its sign; starred and bold when it is the best."""
    text = f"{score:+.{decimals}f}"
    return Cell(float(score), f"{BEST} {text}" if best else text, bold=bool(best))


def _change_cell(places: int) -> Cell:
    if places == 0:
        return Cell(0, "= same")
    return Cell(places, f"▲ up {places}" if places > 0 else f"▼ down {-places}")
