"""Two rankings become one: added, or one below the other."""

from __future__ import annotations

import pytest

from xenc_course.retrieval.fusion import fuse, min_max, with_tail
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
