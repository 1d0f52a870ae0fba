"""AUROC inside queries and between them, and its interval by query."""

from __future__ import annotations

import math

import numpy as np
import pytest

from xenc_course import JudgedPairs, auroc, auroc_inside, tell_apart


def pairs(*rows):
    logits, relevant, queries = zip(*rows, strict=True)
    return JudgedPairs(np.array(logits, float), np.array(relevant, bool), np.array(queries))


def test_queries_of_different_height_are_told_apart_inside_and_not_between():
    found = pairs((9, 1, "a"), (8, 0, "a"), (2, 1, "b"), (1, 0, "b"), (5, 0, "none"))
    assert auroc_inside(found) == 1
    assert auroc(found) == pytest.approx((3 + 1) / 6)  # 9 beats three, 2 beats one
    mixed = found.of(["b", "none"]).with_others(found.of(["a"]))
    assert auroc_inside(mixed) == 1


def test_ties_count_half_and_one_kind_alone_has_none():
    assert auroc(pairs((1, 1, "a"), (1, 0, "a"))) == 0.5
    assert math.isnan(auroc(pairs((1, 1, "a"), (2, 1, "b"))))
    assert math.isnan(auroc_inside(pairs((1, 1, "a"), (2, 0, "b"))))


def test_two_kinds_are_told_apart_by_their_scores_alone():
    rng = np.random.default_rng(0)
    n = 200
    height = rng.normal(0, 3, n)  # a query's two scores rise and fall together
    names, nothing = np.array([f"q{i}" for i in range(n)]), np.zeros(n, bool)
    one = JudgedPairs(height + rng.normal(1, 1, n), nothing, names)
    other = JudgedPairs(height + rng.normal(0, 1, n), nothing, names)
    value, low, high = tell_apart(one, other)
    higher = (one.logits[:, None] > other.logits).mean()
    assert value == pytest.approx(higher)
    assert low < value < high
    alone = tell_apart(one, other._replace(queries=np.char.add(names, "'")))
    assert high - low < alone[2] - alone[1]  # pairing takes out the height of the query
