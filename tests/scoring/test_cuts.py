"""Cuts: they keep what they promise on made-up worlds, and say so when there is none."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.stats import binomtest

from xenc_course import JudgedPairs, choose_cut, risk_coverage
from xenc_course.scoring.calibration import sigmoid
from xenc_course.scoring.cuts import Shown, lowest_share


def ids(n):
    return [f"q{i}" for i in range(n)]


def world(rng, n):
    """First results whose chance of being right is sigmoid(score)."""
    scores = rng.normal(1, 2, n)
    return scores, rng.uniform(size=n) < sigmoid(scores)


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_is_scipys_exact_one(case):
    hits, n = case
    theirs = binomtest(hits, n, alternative="greater").proportion_ci(0.95, "exact")
    assert lowest_share(hits, n) == pytest.approx(theirs.low, abs=1e-9)
    both = binomtest(hits, n).proportion_ci(0.95, "exact")
    assert Shown(hits, n, n).interval() == pytest.approx((both.low, both.high), abs=1e-9)


def test_a_cut_keeps_its_promise_nineteen_times_in_twenty():
    rng = np.random.default_rng(0)
    many, truth = world(rng, 200_000)
    broken, found = 0, 0
    for _ in range(400):
        cut = choose_cut(*world(rng, 300), ids(300), precision=0.8)
        if math.isfinite(cut.threshold):
            found += 1
            broken += truth[many >= cut.threshold].mean() < 0.8
    assert found > 300  # it is of use
    assert broken <= 0.05 * 400 + 2 * math.sqrt(400 * 0.05 * 0.95)  # without a test: every second


def test_the_cut_goes_as_low_as_it_can():
    scores = np.arange(200.0)
    right = scores >= 100  # 100 of 200, all above the others
    cut = choose_cut(scores, right, ids(200), precision=0.9)
    # A step is 10 results. 100 shown, all right: the lower end is 0.970; 110 shown: 0.850.
    assert cut.threshold == 100
    assert cut.chosen_on == Shown(100, 100, 200)
    assert cut.check(scores, right, ids(200)) == cut.chosen_on
    assert "Show a first result from +100.000 on" in str(cut)
    assert "shows 100 of 200 results, 100 of them right" in str(cut)
    everything = choose_cut(scores, [True] * 200, ids(200))
    assert everything.chosen_on.coverage == 1


def test_equal_scores_are_shown_together():
    cut = choose_cut([1.0] * 60, [True] * 60, ids(60))
    assert (cut.threshold, cut.chosen_on.n_shown) == (1.0, 60)
    halves = choose_cut([1.0] * 60, [True, False] * 30, ids(60))
    assert halves.threshold == math.inf


def test_no_cut_shows_nothing_and_says_what_to_do():
    for n, right in ((60, False), (20, True)):  # always wrong; right, and too few to prove it
        cut = choose_cut(np.arange(n), [right] * n, ids(n))
        assert cut.threshold == math.inf
        assert str(cut).startswith("No cut is sure enough that at least 90 % of the shown results")
        checked = cut.check([1e9], [True], ["q"])
        assert (checked.n_shown, checked.coverage) == (0, 0)
        assert math.isnan(checked.precision)
        assert str(checked) == "shows none of 1 results"
    # With one wrong of 46 the lower end is 0.9007, with one of 45 it is 0.8985.
    assert choose_cut(np.arange(46), [True] * 46, ids(46)).threshold == 0
    assert choose_cut(np.arange(45), [True] * 45, ids(45)).threshold == math.inf


@given(
    st.lists(st.tuples(st.integers(-3, 3), st.booleans()), min_size=1, max_size=40), st.randoms()
)
def test_the_risk_coverage_curve_is_what_counting_gives(cases, random):
    random.shuffle(cases)
    scores, right = zip(*cases, strict=True)
    curve = risk_coverage(scores, right, ids(len(cases)))
    assert curve.thresholds.tolist() == sorted(set(scores), reverse=True)
    for threshold, coverage, risk in zip(*curve, strict=True):
        shown = [r for s, r in cases if s >= threshold]
        assert coverage == pytest.approx(len(shown) / len(cases))
        assert risk == pytest.approx(1 - sum(shown) / len(shown))


@pytest.mark.parametrize("function", [choose_cut, risk_coverage])
def test_one_result_per_query_and_finite_numbers(function):
    with pytest.raises(ValueError, match="Query 'a' has several results: give the first"):
        function([1.0, 2.0], [True, False], ["a", "a"])
    with pytest.raises(ValueError, match="must be finite"):
        function([math.inf], [True], ["a"])
    with pytest.raises(ValueError, match="There is no pair"):
        function([], [], [])


@pytest.mark.parametrize("share", [0, 1, -0.1, 90, math.nan])
def test_shares_lie_between_0_and_1(share):
    for name in ("precision", "confidence"):
        with pytest.raises(ValueError, match=f"The {name} is .*: choose one between 0 and 1"):
            choose_cut([1.0], [True], ["a"], **{name: share})


def test_several_cases_are_checked_in_one_table():
    cut = choose_cut(np.arange(60.0), [True] * 60, ids(60))
    some = JudgedPairs(np.array([5.0, -5.0]), np.array([False, True]), np.array(["a", "b"]))
    nothing = some._replace(logits=np.array([-1.0, -2.0]))
    rows = cut.check_each({"some": some, "nothing": nothing}).rows
    assert [list(row.values())[:5] for row in rows] == [
        ["some", 2, 1, 0, 0.0],
        ["nothing", 2, 0, 0, None],
    ]
