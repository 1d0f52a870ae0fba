"""Batches: every pair in one of them, as large as a budget allows."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from xenc_course.scoring.batches import as_given, by_budget, by_length, padding_share


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
