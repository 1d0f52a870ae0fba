"""Fit a calibration to judged pairs; scikit-learn does the fitting."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from xenc_course.files import check_text, shown

from .calibration import ISOTONIC, METHODS, PLATT, Calibration
from .judged_pairs import JudgedPairs, checked_judged

MIN_QUERIES = 30  # a share of thirty has a 95 % interval of up to ±18 points: fewer say nothing


def fit_calibration(
    logits: ArrayLike,
    relevant: ArrayLike,
    queries: Iterable[str],
    method: str = PLATT,
    note: str = "",
) -> Calibration:
    """Fit a calibration to judged pairs.

    Temperature scaling (Guo et al. 2017) divides the logits by one number. Platt scaling (Platt
    1999) also shifts them. Both are logistic regressions here, on Platt's targets, (n₊ + 1) /
    (n₊ + 2) and 1 / (n₋ + 2), so that two classes that do not overlap give no infinite slope.
    Isotonic regression (Zadrozny and Elkan 2002) takes any rising curve, and needs many pairs.

    Every pair counts the same. Test it on other queries: all passages of a query belong to the same
    side.

    Args:
        logits: one score per pair, shape (n,); `JudgedPairs` holds all three: `*pairs`.
        relevant: for each pair True or False.
        queries: for each pair the id of its query.
        method: "temperature", "platt" or "isotonic".
        note: what it holds for, such as "L12, helpdesk, first results".

    Raises:
        ImportError: scikit-learn is not installed.
        TypeError: a score is no number, or a query id or the note is no text.
        ValueError: the method is unknown, there are fewer than 30 queries, all pairs or none are
            relevant, relevant pairs score no higher than others, the note is no whole text, or see
            `checked_judged`.
    """
    if method not in METHODS:
        raise ValueError(f"There is no method {shown(method)}: choose of {', '.join(METHODS)}.")
    if not isinstance(note, str):
        raise TypeError(f"The note must be text (str), not a {type(note).__name__}.")
    check_text(note, "The note")
    pairs = checked_judged(logits, relevant, queries)
    n_queries = _check_enough(pairs)
    slope, intercept, corners = 0.0, 0.0, (np.empty(0), np.empty(0))
    if method == ISOTONIC:
        corners = _isotonic(pairs)
        rises = corners[1][-1] > corners[1][0]
    else:
        slope, intercept = _logistic(pairs, with_intercept=method == PLATT)
        rises = slope > 0
    if not rises:
        raise ValueError(
            "Relevant pairs score no higher than others here, so no calibration helps: check the "
            "judgements and the sign of the scores."
        )
    return Calibration(
        method,
        slope,
        intercept,
        tuple(corners[0].tolist()),
        tuple(corners[1].tolist()),
        n_queries,
        len(pairs.relevant),
        int(pairs.relevant.sum()),
        note,
    )


def _check_enough(pairs: JudgedPairs) -> int:
    """How many queries there are, if that is enough and both kinds of pairs are there."""
    n_queries, n_relevant = len(set(pairs.queries.tolist())), int(pairs.relevant.sum())
    if n_queries < MIN_QUERIES:
        raise ValueError(
            f"A calibration needs {MIN_QUERIES} queries or more, and these pairs are of "
            f"{n_queries}: judge more queries."
        )
    if n_relevant in (0, len(pairs.relevant)):
        which = "All of them are" if n_relevant else "None of them is"
        raise ValueError(
            f"A calibration needs relevant pairs and others. {which} relevant: check the grades "
            "and the ids."
        )
    return n_queries


def _logistic(pairs: JudgedPairs, *, with_intercept: bool) -> tuple[float, float]:
    """Slope and intercept of a logistic regression on Platt's targets."""
    try:
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise _without_sklearn() from error
    n, hits = len(pairs.relevant), int(pairs.relevant.sum())
    target = np.where(pairs.relevant, (hits + 1) / (hits + 2), 1 / (n - hits + 2))
    twice = np.concatenate([pairs.logits, pairs.logits])[:, None]  # as relevant, and as not
    spread = float(np.abs(twice).max()) or 1.0  # so that the size of the scores does not matter
    model = LogisticRegression(C=np.inf, fit_intercept=with_intercept, tol=1e-8, max_iter=1000)
    model.fit(twice / spread, np.repeat([1, 0], n), np.concatenate([target, 1 - target]))
    return float(model.coef_[0, 0]) / spread, float(np.ravel(model.intercept_)[0])


def _isotonic(pairs: JudgedPairs) -> tuple[np.ndarray, np.ndarray]:
    """Logits and probabilities at the corners of the best rising curve."""
    try:
        from sklearn.isotonic import IsotonicRegression
    except ImportError as error:
        raise _without_sklearn() from error
    model = IsotonicRegression(y_min=0, y_max=1).fit(pairs.logits, pairs.relevant)
    return model.X_thresholds_, model.y_thresholds_


def _without_sklearn() -> ImportError:
    return ImportError(
        "Fitting a calibration needs scikit-learn, which is not installed: run `pip install "
        "scikit-learn`."
    )
