"""Scores beside judgements: for each pair its logit, whether it is relevant, and its query."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from xenc_course.display.arguments import finite_numbers
from xenc_course.files import shown


class JudgedPairs(NamedTuple):
    """n scored pairs with their judgements, as the functions for calibration take them.

    Attributes:
        logits: float64, shape (n,).
        relevant: bool, shape (n,).
        queries: the query id of each pair, shape (n,). Pairs of one query rise and fall together,
            so whatever is split or resampled is queries and never pairs.
    """

    logits: np.ndarray
    relevant: np.ndarray
    queries: np.ndarray

    def of(self, queries: Iterable[str]) -> JudgedPairs:
        """The pairs of some queries, in their order here.

        Args:
            queries: query ids; those without a pair are passed over.
        """
        return self.at(np.isin(self.queries, list(queries)))

    def at(self, places: np.ndarray) -> JudgedPairs:
        """The pairs at some places.

        Args:
            places: ints, in which a place may stand several times, or a bool per pair.
        """
        return JudgedPairs(self.logits[places], self.relevant[places], self.queries[places])

    def parts(self, share: float = 0.5, seed: int = 0) -> tuple[JudgedPairs, JudgedPairs]:
        """The pairs in two parts with no query in common: one to fit or choose on, one to test.

        Args:
            share: of the queries that the first part has, between 0 and 1.
            seed: of the draw; the same seed draws the same parts.

        Raises:
            ValueError: the share is not between 0 and 1, or a part would have no query.
        """
        if not 0 < share < 1:
            raise ValueError(f"The share is {share}: choose one between 0 and 1, such as 0.5.")
        drawn = np.random.default_rng(seed).permutation(np.unique(self.queries))
        n_first = int(share * len(drawn))
        if not n_first:
            raise ValueError(
                f"A share of {share:g} of {len(drawn)} queries is none: judge more queries."
            )
        return self.of(drawn[:n_first]), self.of(drawn[n_first:])

    def with_others(self, more: JudgedPairs) -> JudgedPairs:
        """These pairs and others after them."""
        return JudgedPairs(*(np.concatenate(both) for both in zip(self, more, strict=True)))


def checked_judged(logits: ArrayLike, relevant: ArrayLike, queries: Iterable[str]) -> JudgedPairs:
    """Refuse what is no list of judged pairs.

    Args:
        logits: one score per pair, shape (n,).
        relevant: for each pair True or False (or 1 or 0).
        queries: for each pair the id of its query.

    Raises:
        TypeError: a score is no number, or a query id is no text.
        ValueError: the three differ in length, there is no pair, a score is not finite, or
            `relevant` holds something else than True and False.
    """
    scores = finite_numbers(logits, "logits")
    truth = checked_truth(relevant, "relevant")
    ids = list(queries)
    if scores.ndim != 1 or not scores.shape == truth.shape == (len(ids),):
        raise ValueError(
            "Give one logit, one judgement and one query id per pair, three lists of equal length, "
            f"not the shapes {scores.shape}, {truth.shape} and ({len(ids)},)."
        )
    if not ids:
        raise ValueError("There is no pair: give at least one.")
    for name in ids:
        if not isinstance(name, str):
            raise TypeError(f"The id of a query must be text (str), not {shown(name)}.")
    return JudgedPairs(scores, truth, np.array(ids))


def checked_truth(values: ArrayLike, name: str) -> np.ndarray:
    """Return judgements as bool, in the shape they have.

    Args:
        values: True and False, or 1 and 0.
        name: what the message calls them.

    Raises:
        TypeError: they are no such values.
        ValueError: a value is neither 0 nor 1.
    """
    numbers = finite_numbers(values, name, truth=True)
    odd = numbers[(numbers != 0) & (numbers != 1)]
    if odd.size:
        raise ValueError(
            f"The values of {name} are True and False, not {odd.flat[0]:g}: decide from which "
            "grade on a passage counts, such as grade >= 2."
        )
    return numbers.astype(bool)
