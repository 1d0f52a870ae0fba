"""Intervals and p-values: seeded, and those of scipy."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.stats

from xenc_course.evaluation.resampling import (
    bootstrap_by_query,
    bootstrap_interval,
    holm,
    sign_flip_test,
)


def test_bootstrap_interval_is_seeded_and_agrees_with_scipy():
    values = np.random.default_rng(0).normal(0.5, 0.2, size=80)
    interval = bootstrap_interval(values, seed=1)
    assert interval == bootstrap_interval(list(values), seed=1)
    assert interval != bootstrap_interval(values, seed=2)
    theirs = scipy.stats.bootstrap(
        (values,), np.mean, n_resamples=10_000, method="percentile", rng=np.random.default_rng(5)
    ).confidence_interval
    assert interval == pytest.approx((theirs.low, theirs.high), abs=0.003)
    wider = bootstrap_interval(values, confidence=0.99, seed=1)
    assert wider[0] < interval[0] < interval[1] < wider[1]
    assert bootstrap_interval([0.25]) == (0.25, 0.25)


def test_bootstrap_interval_covers_the_truth_about_95_times_in_100():
    rng = np.random.default_rng(7)
    covered = 0
    for _ in range(300):
        low, high = bootstrap_interval(rng.uniform(size=50), resamples=500)
        covered += low <= 0.5 <= high
    assert 270 <= covered <= 297


@pytest.mark.parametrize(
    ("values", "options", "reason"),
    [
        ([], {}, "shape"),
        ([[1.0]], {}, "shape"),
        ([1.0, math.nan], {}, "NaN or infinite"),
        ([1.0], {"confidence": 95}, "between 0 and 1"),
        ([1.0], {"resamples": 0}, "at least 1"),
        ([1.0], {"resamples": 1.5}, "at least 1, not 1.5"),
        (["a", 10**400], {}, "not .'a', 1000"),
        ([10**400], {}, "not .1000"),
        ([1.0, [2.0]], {}, "not .1.0, .2.0"),
    ],
)
def test_bad_values_are_not_resampled(values: list, options: dict, reason: str):
    with pytest.raises(ValueError, match=reason):
        bootstrap_interval(values, **options)


def test_the_sign_flip_test_counts_all_patterns_when_they_are_few():
    # Five positive differences: 2 of the 32 sign patterns are as extreme, all plus and all minus.
    assert sign_flip_test([0.1, 0.2, 0.3, 0.1, 0.4, 0.0]) == (2 / 32, True)
    assert sign_flip_test([0.0, 0.0]) == (1.0, True)
    differences = np.random.default_rng(3).normal(0.2, 0.5, size=10)
    theirs = scipy.stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=10_000
    )
    assert sign_flip_test(differences) == (pytest.approx(theirs.pvalue), True)


def test_the_sign_flip_test_is_seeded_when_patterns_are_drawn():
    differences = np.random.default_rng(4).normal(0.05, 0.3, size=60)
    p, exact = sign_flip_test(differences, seed=1)
    assert not exact
    assert sign_flip_test(differences, seed=1) == (p, False)
    assert p == pytest.approx(scipy.stats.ttest_1samp(differences, 0).pvalue, abs=0.03)
    assert sign_flip_test(np.ones(40))[0] == 1 / 10_001


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == [1.0, 1.0]


@pytest.mark.parametrize("p", [math.nan, -0.1, 1.1])
def test_what_is_no_p_value_is_not_adjusted(p: float):
    with pytest.raises(ValueError, match=f"A p value is {p}"):
        holm([0.5, p])


def test_drawing_whole_queries_gives_a_mean_the_interval_of_the_mean():
    values = np.random.default_rng(0).normal(0.5, 0.2, size=60)
    queries = [f"q{i}" for i in range(60)]
    by_query = bootstrap_by_query(queries, lambda at: values[at].mean(), resamples=4_000)
    assert by_query == pytest.approx(bootstrap_interval(values), abs=0.005)
    # Twenty copies of each case say nothing new: drawn alone, they would.
    many, names = np.repeat(values, 20), np.repeat(queries, 20)
    clustered = bootstrap_by_query(names, lambda at: many[at].mean(), resamples=4_000)
    assert clustered == pytest.approx(by_query, abs=0.005)
    alone = bootstrap_interval(many)
    assert alone[1] - alone[0] < 0.3 * (clustered[1] - clustered[0])


def test_draws_without_a_value_are_left_out():
    hits = np.array([1.0, 0.0, math.nan])
    found = bootstrap_by_query(["a", "b", "c"], lambda at: hits[at].mean(), resamples=200)
    assert all(map(math.isfinite, found))
    with pytest.raises(ValueError, match="NaN in every draw"):
        bootstrap_by_query(["a"], lambda at: math.nan)
    with pytest.raises(ValueError, match="no query to draw"):
        bootstrap_by_query([], len)
    with pytest.raises(ValueError, match="resamples is a whole number"):
        bootstrap_by_query(["a"], len, resamples=0)
