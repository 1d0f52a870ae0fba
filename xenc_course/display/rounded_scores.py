"""Scores as a reader sees them: rounded, then ranked, so that scores that look equal are a tie."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from .arguments import at_least
from .cells import Cell

BEST = "★"
DECIMALS = 15  # float64 holds no more of every number (IEEE 754: DBL_DIG)
WHOLE = 2.0**53  # from here on float64 has no fractions


@dataclass(frozen=True, slots=True)
class ShownScores:
    """What one system gave to n passages: rounded scores, and the ranks that follow from them.

    Attributes:
        scores: float64, shape (n,), rounded.
        ranks: int, shape (n,), from 1. The rank is 1 + how many scores are higher, so equal scores
            share the best rank of their group.
        tied: bool, shape (n,): whether another score is equal.
        decimals: that a score is shown with.
    """

    scores: np.ndarray
    ranks: np.ndarray
    tied: np.ndarray
    decimals: int

    def best(self, k: int) -> np.ndarray:
        """The places of the k best scores, best first, equal scores in the given order."""
        return np.argsort(-self.scores, kind="stable")[:k]

    def rank_cells(self, places: Iterable[int]) -> list[Cell]:
        """The ranks at the places, with '=' before shared ones."""
        return [
            Cell(int(self.ranks[i]), f"={self.ranks[i]}" if self.tied[i] else f"{self.ranks[i]}")
            for i in places
        ]

    def score_cells(self, places: Iterable[int]) -> list[Cell]:
        """The scores at the places."""
        return [score_cell(self.scores[i], self.decimals) for i in places]

    def change_cells(self, before: ShownScores, places: Iterable[int]) -> list[Cell]:
        """By how many ranks each place is higher or lower than before.

        Args:
            before: the scores of the same n passages by another system.
            places: which passages, numbers from 0.
        """
        return [_change_cell(int(before.ranks[i] - self.ranks[i])) for i in places]


def shown_scores(scores: np.ndarray, decimals: int) -> ShownScores:
    """Round scores and rank them.

    Args:
        scores: finite numbers, shape (n,).
        decimals: that are shown, from 0 to `DECIMALS`.

    Raises:
        TypeError: `decimals` is no whole number.
        ValueError: `decimals` is out of range.
    """
    scores = rounded(scores, decimals)
    _, group, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = 1 + len(scores) - counts.cumsum()[group]
    return ShownScores(scores, ranks, counts[group] > 1, decimals)


def rounded(scores: np.ndarray, decimals: int) -> np.ndarray:
    """Round scores to the decimals that are shown, in the shape they have.

    Raises:
        TypeError: `decimals` is no whole number.
        ValueError: `decimals` is out of range.
    """
    decimals = at_least("decimals", decimals, 0, DECIMALS)
    # numpy multiplies by a power of ten, which may overflow; numbers so large are whole anyway.
    whole = np.abs(scores) >= WHOLE
    small = np.round(np.where(whole, 0.0, scores), decimals)
    return np.where(whole, scores, small) + 0.0  # 0.0 turns -0.0 into 0.0


def score_cell(score: float, decimals: int, *, best: bool = False) -> Cell:
    """One score with its sign; with a star and bold when it is the best."""
    text = f"{score:+.{decimals}f}"
    return Cell(float(score), f"{BEST} {text}" if best else text, bold=bool(best))


def _change_cell(places: int) -> Cell:
    if places == 0:
        return Cell(0, "= same")
    return Cell(places, f"▲ up {places}" if places > 0 else f"▼ down {-places}")
