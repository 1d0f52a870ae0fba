"""A reranker whose numbers are probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import TYPE_CHECKING

import numpy as np

from .calibration import Calibration
from .pairs import Pair, checked
from .ranking import rank_passages
from .scorers import Scorer, as_scorer, expect_pairs

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class CalibratedReranker:
    """A reranker whose numbers are probabilities; a function of pairs wherever one is wanted.

    Attributes:
        calibration: what turns its logits into probabilities.
    """

    def __init__(
        self, reranker: str | PathLike | CrossEncoder | Scorer, calibration: Calibration
    ) -> None:
        """Join a reranker and a calibration that was fitted on its logits.

        Args:
            reranker: a `Reranker`, or anything else that `score_pairs` takes.
            calibration: of `fit_calibration` or `load_calibration`.

        Raises:
            FileNotFoundError: there is no such model.
            TypeError: the reranker scores no pairs, or the calibration is none.
            ValueError: only the order of the reranker's scores has a meaning, as of a cascade; and
                what loading the model raises.
        """
        if not isinstance(calibration, Calibration):
            raise TypeError(
                f"A {type(calibration).__name__} is no calibration: make one with fit_calibration."
            )
        self._scorer = as_scorer(reranker)
        if getattr(self._scorer, "needs_whole_lists", False):
            raise ValueError(
                "Only the order of a cascade's scores has a meaning, so they have no "
                "probabilities: calibrate its strong model."
            )
        self.calibration = calibration

    def __call__(self, pairs: Sequence[Pair]) -> np.ndarray:
        """Compute the probability that each passage is relevant: float32, shape (n,).

        Raises:
            TypeError: a pair is not two strings.
            ValueError: what the reranker raises.
        """
        return self.calibration(self._logits(pairs))

    def expect(self, n_pairs: int) -> None:
        """Tell the reranker how many pairs will come in all; see `expect_pairs`."""
        expect_pairs(self._scorer, n_pairs)

    def rank(
        self, query: str, passages: Sequence[str], top_k: int | None = None
    ) -> list[dict[str, object]]:
        """Order the passages of one query by their logits, best first.

        Args:
            query: the text of the query.
            passages: the texts of the passages.
            top_k: how many to return; all when None.

        Returns:
            {"corpus_id": place in `passages`, "score": probability} for each passage.

        Raises:
            TypeError: `passages` is no list of texts in an order, or `top_k` is no whole number.
            ValueError: `top_k` is below 1.
        """
        by_logit = rank_passages(self._logits, query, passages, top_k)
        scores = self.calibration(np.array([entry["score"] for entry in by_logit], np.float32))
        return [entry | {"score": p} for entry, p in zip(by_logit, scores, strict=True)]

    def _logits(self, pairs: Sequence[Pair]) -> np.ndarray:
        return checked(self._scorer(pairs), pairs)
