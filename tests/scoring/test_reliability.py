"""Brier score, calibration error and reliability bins: known values and what must always hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st
from sklearn.metrics import brier_score_loss

from xenc_course import brier, calibration_error, reliability

shares = st.floats(0, 1)
judged = st.lists(st.tuples(shares, st.booleans()), min_size=10, max_size=60)


def test_the_brier_score_by_hand():
    assert brier([0.8, 0.4], [True, False]) == pytest.approx((0.04 + 0.16) / 2)
    assert brier([1.0, 0.0], [1, 0]) == 0
    assert brier([0.25] * 4, [1, 0, 0, 0]) == pytest.approx(0.25 * 0.75)


@given(judged)
def test_the_brier_score_is_scikit_learns(pairs):
    p, y = map(list, zip(*pairs, strict=True))
    if len(set(y)) == 2:
        assert brier(p, y) == pytest.approx(brier_score_loss(y, p))


def test_bins_hold_equally_many_pairs():
    p = np.linspace(0, 1, 100) ** 3  # bins of equal width would hold 46 of them in the first
    found = reliability(p, p > 0.5, n_bins=4)
    assert found.counts.tolist() == [25] * 4
    assert found.promised[0] == pytest.approx(p[:25].mean())
    assert found.happened.tolist()[:3] == [0, 0, 0]
    assert found.happened[-1] == pytest.approx((p[75:] > 0.5).mean())


def test_the_calibration_error_by_hand():
    p, y = [0.1, 0.1, 0.9, 0.9, 0.9], [0, 1, 1, 1, 0]
    # Two bins, as equal values stay together: |0.1 - 1/2| for two pairs, |0.9 - 2/3| for three.
    assert calibration_error(p, y, n_bins=2) == pytest.approx((2 * 0.4 + 3 * (0.9 - 2 / 3)) / 5)
    assert calibration_error([0.25] * 4, [1, 0, 0, 0], n_bins=2) == pytest.approx(0)
    assert "calibration error" in str(reliability(p, y, n_bins=2))


@given(judged, st.integers(1, 10), st.randoms())
def test_the_order_of_the_pairs_does_not_matter_and_none_is_lost(pairs, n_bins, random):
    p, y = zip(*pairs, strict=True)
    found = reliability(p, y, n_bins)
    assert found.counts.sum() == len(pairs)
    assert 1 <= len(found.counts) <= n_bins
    assert 0 <= found.error <= 1
    assert found.happened @ found.counts == pytest.approx(sum(y))
    random.shuffle(pairs)
    assert calibration_error(*zip(*pairs, strict=True), n_bins) == pytest.approx(found.error)


def test_a_true_promise_has_a_small_error_and_a_false_one_a_large_one():
    rng = np.random.default_rng(0)
    p = rng.uniform(size=20_000)
    y = rng.uniform(size=20_000) < p
    assert calibration_error(p, y) < 0.02
    assert calibration_error(p**3, y) > 0.2


@pytest.mark.parametrize(
    ("p", "y", "error", "reason"),
    [
        ([0.5, 1.5], [0, 1], ValueError, "between 0 and 1, and one is 1.5: calibrate"),
        ([0.5, -0.1], [0, 1], ValueError, "and one is -0.1"),
        ([0.5], [0, 1], ValueError, "equal length"),
        ([], [], ValueError, "equal length"),
        ([[0.5]], [[1]], ValueError, "equal length"),
        ([math.nan], [1], ValueError, "must be finite"),
        ([0.5], [2], ValueError, "are True and False, not 2"),
        (["a"], [1], TypeError, "must be numbers"),
    ],
)
def test_bad_input_is_refused(p, y, error, reason):
    for measure in (brier, lambda p, y: calibration_error(p, y, 1)):
        with pytest.raises(error, match=reason):
            measure(p, y)


def test_too_many_bins_are_refused():
    with pytest.raises(ValueError, match="2 pairs do not fill 10 bins"):
        reliability([0.1, 0.2], [0, 1])
    with pytest.raises(ValueError, match="n_bins must be 1 or more"):
        reliability([0.1, 0.2], [0, 1], 0)
