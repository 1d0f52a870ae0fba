"""AUROC: how well scores tell two kinds apart, inside queries and between them."""

from __future__ import annotations

import math

import numpy as np

from xenc_course.scoring.judged_pairs import JudgedPairs

from .resampling import bootstrap_by_query


def auroc(pairs: JudgedPairs) -> float:
    """The chance that a relevant pair scores above another one; ties count half (scikit-learn).

    Args:
        pairs: of any queries, which are compared with each other.

    Returns:
        From 0 to 1, 0.5 by guessing; NaN when all pairs are relevant, or none.

    Raises:
        ImportError: scikit-learn is not installed.
    """
    try:
        from sklearn.metrics import roc_auc_score
    except ImportError as error:
        raise ImportError(
            "AUROC needs scikit-learn, which is not installed: run `pip install scikit-learn`."
        ) from error
    if not 0 < pairs.relevant.sum() < len(pairs.relevant):
        return math.nan
    return float(roc_auc_score(pairs.relevant, pairs.logits))


def auroc_inside(pairs: JudgedPairs) -> float:
    """The mean AUROC inside queries: only pairs of the same query are compared.

    Args:
        pairs: queries without a relevant pair, or without another, are left out.

    Returns:
        From 0 to 1; NaN when every query is left out.

    Raises:
        ImportError: scikit-learn is not installed.
    """
    order = np.argsort(pairs.queries, kind="stable")
    borders = np.flatnonzero(pairs.queries[order][1:] != pairs.queries[order][:-1]) + 1
    each = [auroc(pairs.at(places)) for places in np.split(order, borders)]
    found = [value for value in each if not math.isnan(value)]
    return float(np.mean(found)) if found else math.nan


def tell_apart(one: JudgedPairs, other: JudgedPairs) -> tuple[float, float, float]:
    """The AUROC of two kinds of queries by their scores, with its 95 % interval by query.

    Args:
        one: of each query of the first kind its first result; whether it is relevant is not asked.
        other: of the second kind. The same query may be in both, and is then drawn with both.

    Returns:
        The chance that one of the first kind scores higher; the ends of the interval.

    Raises:
        ImportError: scikit-learn is not installed.
    """
    kind = np.arange(len(one.logits) + len(other.logits)) < len(one.logits)
    both = one.with_others(other)._replace(relevant=kind)
    interval = bootstrap_by_query(both.queries.tolist(), lambda places: auroc(both.at(places)))
    return auroc(both), *interval
