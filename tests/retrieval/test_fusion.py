"""Two rankings become one: added, or one below the other."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from xenc_course.retrieval.fusion import (
    convex_fusion,
    fuse,
    min_max,
    reciprocal_rank_fusion,
    with_tail,
)
from xenc_course.retrieval.runs import ranked

MODEL = {"q": {"a": -3.0, "b": 9.0, "c": 3.0}}
FIRST = {"q": {"a": 30.0, "b": 10.0, "c": 20.0, "d": 5.0, "e": 5.5}}


def test_scores_are_scaled_before_they_are_added():
    assert fuse(MODEL, FIRST, 1.0) == {"q": min_max(MODEL["q"])}
    assert fuse(MODEL, FIRST, 0.0)["q"] == {"a": 1.0, "b": 0.0, "c": 0.5}
    assert fuse(MODEL, FIRST, 0.25)["q"] == pytest.approx({"a": 0.75, "b": 0.25, "c": 0.5})


@pytest.mark.parametrize("weight", [-0.1, 1.1, float("nan")])
def test_a_weight_out_of_range_is_refused(weight):
    with pytest.raises(ValueError, match="from 0 to 1"):
        fuse(MODEL, FIRST, weight)


def test_equal_scores_and_no_scores_are_no_error():
    assert min_max({"a": 7.0, "b": 7.0}) == {"a": 0.0, "b": 0.0}
    assert fuse({"q": {}}, {"q": {}}, 0.5) == {"q": {}}


def test_the_tail_stands_below_the_head():
    assert ranked(with_tail(MODEL, FIRST)["q"]) == ["b", "c", "a", "e", "d"]
    assert with_tail({"q": {}}, {"q": {}}) == {"q": {}}


def test_reciprocal_ranks_are_added():
    fused = reciprocal_rank_fusion([MODEL, FIRST])["q"]
    assert fused == pytest.approx(
        {
            "b": 1 / 61 + 1 / 63,
            "a": 1 / 63 + 1 / 61,
            "c": 1 / 62 + 1 / 62,
            "e": 1 / 64,
            "d": 1 / 65,
        }
    )
    assert list(fused) == ["b", "a", "c", "e", "d"]  # best first; equal ones as in `ranked`
    assert reciprocal_rank_fusion([MODEL, FIRST], k=0)["q"]["e"] == 0.25


def test_a_query_that_one_run_lacks_keeps_what_the_other_found():
    alone = {"q": {}, "r": {"x": 2.0, "y": 1.0}}
    assert ranked(reciprocal_rank_fusion([MODEL, alone])["r"]) == ["x", "y"]
    assert convex_fusion([MODEL, alone], [0.4, 0.6])["r"] == {"x": 0.6, "y": 0.0}
    assert convex_fusion([alone, alone], [0.4, 0.6])["q"] == {}


def test_a_theoretical_minimum_does_not_depend_on_the_depth():
    cosines = {"q": {"a": 0.8, "b": 0.7, "c": 0.6}}
    shallow = {"q": {"a": 0.8, "b": 0.7}}
    deep, cut = (convex_fusion([run], [1.0], [-1.0])["q"] for run in (cosines, shallow))
    assert deep["b"] == cut["b"] == pytest.approx(1.7 / 1.8)
    assert convex_fusion([cosines], [1.0])["q"]["b"] == pytest.approx(0.5)
    assert convex_fusion([shallow], [1.0])["q"]["b"] == 0.0
    assert min_max({"a": 7.0, "b": 7.0}, 0.0) == {"a": 1.0, "b": 1.0}
    with pytest.raises(ValueError, match=r"below the theoretical minimum 0"):
        convex_fusion([MODEL], [1.0], [0.0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: reciprocal_rank_fusion([]), "There is no run"),
        (lambda: reciprocal_rank_fusion([MODEL], k=-1), "k of reciprocal rank fusion is -1"),
        (lambda: reciprocal_rank_fusion([MODEL], k=math.nan), "is nan"),
        (lambda: reciprocal_rank_fusion([MODEL], k="60"), "is '60': choose a number"),
        (lambda: convex_fusion([MODEL, FIRST], ["a", "b"]), "are 'a', 'b': choose numbers"),
        (lambda: reciprocal_rank_fusion([{"q": {"a": math.inf}}]), "finite"),
        (lambda: convex_fusion([MODEL, FIRST], [1.0]), "2 runs and 1 weights"),
        (lambda: convex_fusion([MODEL], [1.0], [0.0, 0.0]), "1 runs and 2 minima"),
        (lambda: convex_fusion([MODEL, FIRST], [0.7, 0.7]), "add up to 1"),
        (lambda: convex_fusion([MODEL, FIRST], [1.5, -0.5]), "add up to 1"),
        (lambda: convex_fusion([MODEL, FIRST], [math.nan, 1.0]), "add up to 1"),
    ],
)
def test_what_cannot_be_fused_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_runs_and_weights_may_come_from_generators():
    expected = reciprocal_rank_fusion([MODEL, FIRST])
    assert reciprocal_rank_fusion(run for run in (MODEL, FIRST)) == expected
    mixed = convex_fusion((run for run in (MODEL, FIRST)), (w for w in (0.25, 0.75)))
    assert mixed == convex_fusion([MODEL, FIRST], [0.25, 0.75])


@pytest.mark.parametrize("minimum", [math.nan, math.inf, -math.inf, "0"])
def test_a_minimum_that_is_no_number_is_refused(minimum):
    with pytest.raises(ValueError, match=r"minimum is .*: give a finite number, or None"):
        convex_fusion([MODEL], [1.0], [minimum])


@pytest.mark.parametrize(
    ("kind", "lowest", "highest"),
    [
        (np.float16, -65_504, 65_504),
        (np.float32, -3e38, 3e38),
        (np.int8, -128, 127),
        (np.uint8, 0, 255),
        (np.bool_, False, True),
    ],
)
def test_scores_of_a_narrow_type_do_not_overflow(kind, lowest, highest):
    run = {"q": {"a": kind(lowest), "b": kind(highest)}}
    assert convex_fusion([run], [1.0])["q"] == {"b": 1.0, "a": 0.0}


@pytest.mark.parametrize("score", [math.nan, math.inf])
def test_two_runs_with_a_score_that_is_not_finite_are_refused(score):
    with pytest.raises(ValueError, match="a score must be a finite number"):
        fuse({"q": {"a": score, "b": 1.0}}, FIRST, 0.5)
    with pytest.raises(ValueError, match="a score must be a finite number"):
        fuse(MODEL, {"q": FIRST["q"] | {"a": score}}, 0.5)


@pytest.mark.parametrize("weights", [0.5, {0.5: 1, 0.25: 2}, "ab"])
def test_weights_that_are_no_list_are_refused(weights):
    with pytest.raises(TypeError, match="give a list, one for each run"):
        convex_fusion([MODEL, FIRST], weights)
    with pytest.raises(TypeError, match="give a list, one for each run"):
        convex_fusion([MODEL, FIRST], [0.5, 0.5], weights)


def test_one_run_in_place_of_a_list_is_refused():
    with pytest.raises(TypeError, match="give a list of runs"):
        reciprocal_rank_fusion(MODEL)


ROW = st.dictionaries(st.sampled_from("abcdef"), st.floats(-50, 50, width=32), max_size=6)


@given(ROW, ROW)
def test_fusion_does_not_look_at_the_order_of_the_runs(one, other):
    left, right = {"q": one}, {"q": other}
    for fused, turned in (
        (reciprocal_rank_fusion([left, right]), reciprocal_rank_fusion([right, left])),
        (convex_fusion([left, right], [0.3, 0.7]), convex_fusion([right, left], [0.7, 0.3])),
    ):
        assert fused["q"] == pytest.approx(turned["q"])
        assert fused["q"].keys() == one.keys() | other.keys()


@given(ROW)
def test_a_run_fused_with_itself_keeps_its_order(row):
    run = {"q": row}
    assert ranked(reciprocal_rank_fusion([run, run])["q"]) == ranked(row)
