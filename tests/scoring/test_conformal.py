"""Conformal risk control: the mean loss of a next query is what was allowed, and hardly less."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from xenc_course import conformal_cut


def world(rng, n):
    """Queries with one to three relevant candidates among six."""
    queries = np.repeat([f"q{i}" for i in range(n)], 6)
    easy = np.repeat(rng.normal(0, 1, n), 6)  # a query's scores rise and fall together
    relevant = np.tile(np.arange(6), n) < np.repeat(rng.integers(1, 4, n), 6)
    return easy + rng.normal(0, 1, 6 * n) + relevant, relevant, queries


def losses(cut, logits, relevant, queries):
    """Query -> the share of its relevant candidates below the cut."""
    names = sorted(set(queries[relevant]))
    return [np.mean(logits[relevant & (queries == name)] < cut) for name in names]


def test_a_next_query_loses_on_average_what_was_allowed():
    rng = np.random.default_rng(0)
    n, miss, found = 40, 0.2, []
    for _ in range(1_500):
        fitted, tested = world(rng, n), world(rng, 3)
        found.append(np.mean(losses(conformal_cut(*fitted, miss=miss), *tested)))
    spread = np.std(found) / math.sqrt(len(found))
    assert np.mean(found) <= miss + 2 * spread
    assert np.mean(found) >= miss - 2 / (n + 1) - 2 * spread  # the paper's lower bound


@given(st.integers(0, 2**32 - 1), st.floats(0.05, 0.9))
def test_the_cut_is_the_highest_that_the_rule_allows(seed, miss):
    judged = world(np.random.default_rng(seed), 25)
    cut = conformal_cut(*judged, miss=miss)

    def allowed(at):
        return (sum(losses(at, *judged)) + 1) / 26 <= miss + 1e-9

    higher = sorted({s for s in judged[0][judged[1]] if s > cut})
    assert allowed(cut)
    assert not higher or not allowed(higher[0])


def test_queries_without_an_answer_change_nothing():
    judged = world(np.random.default_rng(1), 30)
    more = (np.r_[judged[0], 99.0], np.r_[judged[1], False], np.append(judged[2], "none"))
    assert conformal_cut(*judged) == conformal_cut(*more)


def test_too_few_queries_and_impossible_shares_are_refused():
    judged = world(np.random.default_rng(1), 8)
    with pytest.raises(ValueError, match=r"at most 0.1 takes 9 queries .* and there are 8"):
        conformal_cut(*judged)
    nine = world(np.random.default_rng(1), 9)
    assert conformal_cut(*nine) == nine[0][nine[1]].min()
    for miss in (0, 1, 10, math.nan):
        with pytest.raises(ValueError, match=r"miss is .*: choose one between 0 and 1"):
            conformal_cut(*judged, miss=miss)
    with pytest.raises(ValueError, match="must be finite"):
        conformal_cut([math.nan], [True], ["a"])
