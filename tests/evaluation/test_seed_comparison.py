"""Ways of training are compared over several trainings, and their spread is shown."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats

from tests.support.judged import collection_of
from xenc_course.evaluation.metrics import evaluate
from xenc_course.evaluation.run_comparison import compare_runs
from xenc_course.evaluation.seed_comparison import compare_seeds

QUERIES = [f"q{number}" for number in range(40)]


def training(mean: float, seed: int) -> dict[str, float]:
    noise = np.random.default_rng(seed).normal(0, 0.05, len(QUERIES))
    return dict(zip(QUERIES, (mean + noise).tolist(), strict=True))


def test_the_value_of_a_query_is_its_mean_over_the_trainings():
    good = [training(0.8, seed) for seed in range(3)]
    bad = [training(0.5, seed) for seed in range(3, 6)]
    found = compare_seeds({"good": good}, {"bad": bad}, "towns")
    by_hand = np.mean([one["q7"] for one in good]) - np.mean([one["q7"] for one in bad])
    assert found["good"].per_query["q7"] == pytest.approx(by_hand)
    assert found["good"].state == "shown" and found["good"].collection == "towns"
    assert found.means["bad"] == pytest.approx([np.mean([*one.values()]) for one in bad])
    shown = str(found)
    assert "3 trainings each, 40 queries of towns" in shown
    lowest, highest = (end(found.means["good"]) for end in (min, max))
    assert f"{lowest:.4f}" in shown and f"{highest:.4f}" in shown
    assert found["good"].p < 0.0001 and "<0.0001  shown" in shown  # no p is zero


def test_trainings_that_lie_far_apart_widen_the_interval():
    """The queries agree, the trainings do not: 200 queries more would not help."""
    base = [training(0.5, seed) for seed in range(3)]
    close = [{q: value + 0.1 for q, value in one.items()} for one in base]
    apart = [
        {q: value + step for q, value in one.items()}
        for one, step in zip(base, (0.0, 0.05, 0.25), strict=True)
    ]
    found = compare_seeds({"close": close, "apart": apart}, {"base": base}, "towns")
    assert found["close"].difference == pytest.approx(found["apart"].difference)
    assert found["close"].state == "shown" and found["apart"].state == "cannot tell"
    # All of the spread is the trainings': the t test of their three differences.
    by_hand = scipy.stats.ttest_1samp([0.0, 0.05, 0.25], 0)
    low, high = by_hand.confidence_interval()
    assert found["apart"].raw_p == pytest.approx(by_hand.pvalue)
    assert (found["apart"].low, found["apart"].high) == pytest.approx((low, high))


def test_where_the_trainings_agree_the_queries_decide():
    base, differences = [training(0.5, 0)], training(0.02, 1)
    way = [{q: base[0][q] + differences[q] for q in QUERIES}] * 3
    found = compare_seeds({"way": way}, {"base": base}, "towns")["way"]
    by_hand = scipy.stats.ttest_1samp([*differences.values()], 0)
    low, high = by_hand.confidence_interval()
    assert found.p == pytest.approx(by_hand.pvalue)
    assert (found.low, found.high) == pytest.approx((low, high))
    low, high = by_hand.confidence_interval(0.9)
    assert (found.inner_low, found.inner_high) == pytest.approx((low, high))


def test_trainings_without_any_spread_are_compared_by_their_queries():
    same = compare_seeds({"a": [{"q": 1.0}] * 3}, {"b": [{"q": 0.5}] * 3}, "towns")["a"]
    assert (same.difference, same.low, same.high) == (0.5, 0.5, 0.5)
    level = [dict.fromkeys(QUERIES, 1.0)] * 3
    flat = compare_seeds({"a": level}, {"b": [dict.fromkeys(QUERIES, 0.5)]}, "towns")["a"]
    assert (flat.low, flat.high, flat.state) == (0.5, 0.5, "shown")


def test_one_training_each_is_a_comparison_of_two_runs():
    collection = collection_of({"q0": {"a": 1}, "q1": {"a": 1}})
    first, second = {"a": 2.0, "b": 1.0}, {"a": 1.0, "b": 2.0}
    runs = {"a": {"q0": first, "q1": second}, "b": {"q0": second, "q1": second}}
    compared = compare_runs({"a": runs["a"]}, {"b": runs["b"]}, collection, "RR@10")["a"]
    values = {
        name: [evaluate(run, collection, "RR@10")["RR@10"].per_query] for name, run in runs.items()
    }
    seeds = compare_seeds({"a": values["a"]}, {"b": values["b"]}, collection.name)["a"]
    assert (seeds.difference, seeds.low, seeds.high, seeds.p) == (
        compared.difference,
        compared.low,
        compared.high,
        compared.p,
    )


def test_the_p_values_of_several_ways_are_one_family():
    base = {"base": [training(0.5, 0)]}
    alone = compare_seeds({"a": [training(0.52, 1)]}, base, "towns")["a"]
    ways = {"a": [training(0.52, 1)], "b": [training(0.51, 2)]}
    together = compare_seeds(ways, base, "towns")["a"]
    assert together.raw_p == alone.p and together.p >= alone.p
    with pytest.raises(KeyError, match="choose one of 'a', 'b'"):
        compare_seeds(ways, base, "towns")["c"]


@pytest.mark.parametrize(
    ("trained", "baseline", "reason"),
    [
        ({}, {"b": [{"q": 1.0}]}, "not 0 with 1"),
        ({"a": [{"q": 1.0}]}, {}, "not 1 with 0"),
        ({"a": [{"q": 1.0}]}, {"a": [{"q": 1.0}]}, "'a' is compared with itself"),
        ({"a": []}, {"b": [{"q": 1.0}]}, "'a' has no training"),
        ({"a": [{"q": 1.0}]}, {"b": []}, "'b' has no training"),
        ({"a": [{"x": 1.0}]}, {"b": [{"q": 1.0}]}, "'a' was measured on other queries"),
        ({"a": [{"q": 1.0}] * 2}, {"b": [{"q": 1.0}] * 3}, "'a' has 2 trainings and 'b' has 3"),
    ],
)
def test_what_cannot_be_compared_is_refused(trained, baseline, reason):
    with pytest.raises(ValueError, match=reason):
        compare_seeds(trained, baseline, "towns")
