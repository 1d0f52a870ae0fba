"""Conformal risk control, by query: a cut that loses few of the answers, with a promise."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from .judged_pairs import checked_judged


def conformal_cut(
    logits: ArrayLike, relevant: ArrayLike, queries: Iterable[str], miss: float = 0.1
) -> float:
    """The highest cut that loses on average no more than a share `miss` of a query's answers.

    Conformal risk control (Angelopoulos et al. 2022, arXiv 2208.02814): a query's loss is the share
    of its relevant candidates below the cut. With n queries and the mean loss R, the cut is the
    highest with (n · R + 1) / (n + 1) ≤ miss. Then the loss of a next query of the same kind is at
    most `miss` in the mean, over the choice of all n + 1 queries. Queries without a relevant
    candidate have nothing to lose and are left out, here and in the promise.

    Args:
        logits: one score per candidate, shape (n,).
        relevant: for each candidate True or False.
        queries: for each candidate the id of its query.
        miss: the share of the relevant candidates that may be lost, between 0 and 1.

    Returns:
        The lowest score that is kept.

    Raises:
        TypeError: a score is no number, or a query id is no text.
        ValueError: there are fewer than 1 / miss − 1 queries with a relevant candidate, the share
            is not between 0 and 1, or see `checked_judged`.
    """
    if not 0 < miss < 1:
        raise ValueError(f"The share to miss is {miss}: choose one between 0 and 1, such as 0.1.")
    pairs = checked_judged(logits, relevant, queries)
    names = pairs.queries[pairs.relevant]
    _, query, counts = np.unique(names, return_inverse=True, return_counts=True)
    n = len(counts)
    if (n + 1) * miss < 1 - 1e-12:
        raise ValueError(
            f"To lose at most {miss:g} takes {math.ceil(1 / miss - 1e-9) - 1} queries with a "
            f"relevant candidate, and there are {n}: judge more queries."
        )
    found = pairs.logits[pairs.relevant]
    order = np.argsort(found, kind="stable")
    lost = np.cumsum((1 / counts)[query[order]])  # summed over queries, when this one is lost, too
    rising = found[order]
    cut = rising[0]
    for place in np.flatnonzero(np.diff(rising)) + 1:  # the first of equal scores
        if lost[place - 1] + 1 > miss * (n + 1) + 1e-9:
            break
        cut = rising[place]
    return float(cut)
