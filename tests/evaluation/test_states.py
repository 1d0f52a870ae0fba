"""The four states, each reached by the numbers that call for it."""

from __future__ import annotations

import pytest

from xenc_course.evaluation.states import (
    CANNOT_TELL,
    CONTRADICTED,
    EQUIVALENT,
    SHOWN,
    opposite,
    state_of_difference,
    state_of_value,
)


@pytest.mark.parametrize(
    ("interval", "p", "inner", "state"),
    [
        ((0.02, 0.10), 0.001, (0.03, 0.09), SHOWN),
        ((-0.10, -0.02), 0.001, (-0.09, -0.03), CONTRADICTED),
        ((0.02, 0.10), 0.05, (0.03, 0.09), CANNOT_TELL),  # p of 0.05 is not below 0.05
        ((-0.03, 0.05), 0.6, (-0.02, 0.04), CANNOT_TELL),
        ((0.0, 0.05), 0.04, (0.01, 0.04), CANNOT_TELL),  # the interval touches zero
        ((-0.011, 0.008), 0.6, (-0.009, 0.006), EQUIVALENT),  # the 90 % interval decides
        ((0.001, 0.008), 0.001, (0.002, 0.007), EQUIVALENT),  # real, and too small to matter
        ((-0.011, 0.008), 0.6, (-0.010, 0.006), CANNOT_TELL),  # it touches the margin
    ],
)
def test_the_state_follows_from_intervals_p_and_margin(interval, p, inner, state):
    assert state_of_difference(interval, p, inner, margin=0.01, n=100) == state


def test_few_queries_cannot_show_that_two_rankings_are_equal():
    same = ((0.0, 0.0), 1.0, (0.0, 0.0), 0.01)
    assert state_of_difference(*same, n=29) == CANNOT_TELL
    assert state_of_difference(*same, n=30) == EQUIVALENT


@pytest.mark.parametrize("margin", [0, -0.01, float("inf"), float("nan")])
def test_a_margin_is_a_number_above_zero(margin):
    with pytest.raises(ValueError, match="choose the smallest difference that matters"):
        state_of_difference((0, 1), 0.1, (0, 1), margin=margin, n=100)


def test_a_value_is_compared_with_its_bound():
    assert state_of_value((0.6, 0.8), 0.5) == SHOWN
    assert state_of_value((0.2, 0.4), 0.5) == CONTRADICTED
    assert state_of_value((0.4, 0.6), 0.5) == CANNOT_TELL


def test_the_opposite_sentence_swaps_shown_and_contradicted_only():
    assert [opposite(state) for state in (SHOWN, CONTRADICTED, EQUIVALENT, CANNOT_TELL)] == [
        CONTRADICTED,
        SHOWN,
        EQUIVALENT,
        CANNOT_TELL,
    ]
