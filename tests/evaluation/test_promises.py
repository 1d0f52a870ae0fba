"""Promises and outcomes: means over queries, their states, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from xenc_course import JudgedPairs, brier, calibration_error, compare_curves, compare_promises
from xenc_course.evaluation.promises import by_query


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def world(n=400, slope=0.5, seed=0):
    rng = np.random.default_rng(seed)
    logits = rng.uniform(-6, 6, n)
    relevant = rng.uniform(size=n) < sigmoid(slope * logits)
    return JudgedPairs(logits, relevant, np.array([f"q{i}" for i in range(n)]))


def test_a_promise_that_is_too_high_is_shown_and_one_that_is_kept_is_not():
    pairs = world()
    true = compare_promises(lambda x: sigmoid(0.5 * x), {"true": pairs}, "made up", margin=0.1)
    assert true["true"].state == "equivalent"
    found = compare_promises(
        lambda x: sigmoid(0.5 * x + 1), {"all": pairs, "some": pairs.of(pairs.queries[:200])}, "m"
    )
    assert (found["all"].state, found["some"].state) == ("shown", "shown")
    assert found["all"].p == pytest.approx(2 * found["all"].raw_p)  # two cases, Holm
    assert found["all"].mean == pytest.approx(sigmoid(0.5 * pairs.logits + 1).mean())
    assert found["all"].baseline_mean == pytest.approx(pairs.relevant.mean())
    low = compare_promises(lambda x: sigmoid(0.5 * x - 1), {"all": pairs}, "m")
    assert low["all"].state == "contradicted"
    assert "Promise and outcome on m" in str(low)
    assert [row["queries"] for row in found.table().rows] == [400, 200]


def test_a_query_counts_once_however_many_pairs_it_has():
    many = JudgedPairs(
        np.zeros(5), np.array([1, 0, 0, 0, 1], bool), np.array(["a", "a", "a", "a", "b"])
    )
    assert by_query(many.relevant, many.queries) == {"a": 0.25, "b": 1.0}
    found = compare_promises(lambda x: np.full(len(x), 0.5), {"all": many}, "m")["all"]
    assert (found.mean, found.baseline_mean) == (0.5, 0.625)
    assert dict(found.per_query) == {"a": 0.25, "b": -0.5}


def test_curves_are_compared_with_the_sigmoid_on_their_brier_scores():
    pairs = world(slope=0.2)
    curves = {"right": lambda x: sigmoid(0.2 * x), "steep": lambda x: sigmoid(3 * x)}
    found = compare_curves(curves, pairs, "made up")
    plain, right = sigmoid(pairs.logits), sigmoid(0.2 * pairs.logits)
    want = brier(right, pairs.relevant) - brier(plain, pairs.relevant)
    assert found["right"].difference == pytest.approx(want)
    assert want < 0
    assert (found["right"].state, found["steep"].state) == ("contradicted", "shown")
    assert found.errors["sigmoid"] == pytest.approx(calibration_error(plain, pairs.relevant))
    assert "400 queries of made up" in str(found)


def test_nothing_to_compare_is_refused():
    with pytest.raises(ValueError, match="There is no case to compare"):
        compare_promises(sigmoid, {}, "m")
    for curves in ({}, {"sigmoid": sigmoid}):
        with pytest.raises(ValueError, match="one curve or more beside the sigmoid"):
            compare_curves(curves, world(), "m")
    with pytest.raises(ValueError, match="between 0 and 1, and one is"):
        compare_curves({"raw": lambda x: x}, world(), "m")
    with pytest.raises(ValueError, match="between 0 and 1, and one is"):
        compare_promises(lambda x: x, {"raw": world()}, "m")
    with pytest.raises(KeyError, match="'b'"):
        _ = compare_promises(sigmoid, {"a": world()}, "m")["b"]
