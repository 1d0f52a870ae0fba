"""Batches: every pair in one of them, as large as a budget allows."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from xenc_course.scoring.batches import as_given, by_budget, by_length, padding_share, row_lengths


def test_batch_policies_place_every_pair_once_and_budget_bounds_the_table():
    lengths = [5, 90, 12, 7, 300, 8, 9]
    for batches in (as_given(lengths, 3), by_length(lengths, 3), by_budget(lengths, 100)):
        assert sorted(np.concatenate(batches).tolist()) == list(range(7))
    tables = [len(b) * max(lengths[i] for i in b) for b in by_budget(lengths, 100)]
    assert tables[0] == 300 and max(tables[1:]) <= 100
    assert padding_share(lengths, as_given(lengths, 1)) == 0
    assert padding_share([10, 20, 30, 40], as_given([10, 20, 30, 40], 2)) == pytest.approx(1 / 6)
    assert padding_share(lengths, by_length(lengths, 3)) < padding_share(
        lengths, as_given(lengths, 3)
    )
    assert by_budget([], 10) == [] and padding_share([], []) == 0
    with pytest.raises(ValueError, match="at least one pair"):
        as_given(lengths, 0)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.lists(st.integers(1, 600), max_size=80), st.integers(1, 900))
def test_any_lengths_are_placed_once_within_the_budget(lengths, size):
    for batches in (as_given(lengths, size), by_length(lengths, size), by_budget(lengths, size)):
        places = np.concatenate(batches) if batches else np.array([], dtype=int)
        assert sorted(places.tolist()) == list(range(len(lengths)))
        assert 0 <= padding_share(lengths, batches) < 1
    for batch in by_budget(lengths, size):
        assert len(batch) == 1 or len(batch) * max(lengths[place] for place in batch) <= size


@given(st.lists(st.integers(1, 600), max_size=20), st.integers(1, 64), st.integers(1, 600))
def test_a_row_holds_its_pair_and_ends_on_a_step_or_where_the_model_does(lengths, step, limit):
    rows = row_lengths(lengths, step, limit).tolist()
    for length, row in zip(lengths, rows, strict=True):
        assert length <= row <= max(length, limit)
        assert row % step == 0 or row in (length, limit)
        assert row - length < step
    assert row_lengths([5, 16, 17, 40], 16, 36).tolist() == [16, 16, 32, 40]
