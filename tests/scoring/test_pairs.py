"""Pairs and scores in the forms that callers have: read right, or refused in one sentence."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.support.columns import Column, NamedColumns
from xenc_course.scoring.pairs import check_pairs, checked

PAIRS = [("a", "b"), ("c", "d")]


class Loud(str):
    """Prints as another text than it is."""

    def __str__(self) -> str:
        return self.upper()


@pytest.mark.parametrize(
    "given",
    [
        np.array(PAIRS),
        np.array(PAIRS, dtype=object),
        [np.array(pair) for pair in PAIRS],
        [["a", "b"], ["c", "d"]],
        (pair for pair in PAIRS),
        {"a": "b", "c": "d"}.items(),
        {"x": ("a", "b"), "y": ("c", "d")}.values(),
        Column(PAIRS, [7, 3]),
        [Column(["a", "b"], ["passage", "query"]), ("c", "d")],
        NamedColumns(query=["a", "c"], passage=["b", "d"]).values,
        [(Loud("a"), "b"), (np.str_("c"), np.str_("d"))],
    ],
)
def test_pairs_are_read_by_position_as_plain_strings(given):
    found = check_pairs(given)
    assert found == PAIRS
    assert all(type(text) is str for pair in found for text in pair)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("ab", "pairs is one string: give a list"),
        (b"ab", "pairs is one string"),
        ({"a": "b"}, "pairs is a dict, whose keys would be read"),
        ({("a", "b")}, "pairs is a set, which has no order"),
        (frozenset(PAIRS), "pairs is a frozenset, which has no order"),
        (NamedColumns(query=["a"], passage=["b"]), "whose column names would be read"),
        (7, "pairs is a int: give a list"),
        (np.array("a"), "pairs is a ndarray: give a list"),
        (["ab"], "two strings, not 'ab'"),
        ([{"a", "b"}], "two strings, not"),
        ([{"a": 1, "b": 2}], "two strings, not"),
        ([("a", None)], "two strings, not"),
        ([("a", float("nan"))], "two strings, not"),
        ([(b"a", b"b")], "two strings, not"),
        ([("a", "b", "c")], "two strings, not"),
        ([np.array(PAIRS)], "two strings, not"),
    ],
)
def test_what_has_no_order_or_is_no_pair_is_refused(given, reason):
    with pytest.raises(TypeError, match=reason):
        check_pairs(given)


def test_a_message_shows_the_first_sixty_characters():
    with pytest.raises(TypeError) as caught:
        check_pairs(["x" * 1000])
    assert "x" * 60 in str(caught.value) and "x" * 61 not in str(caught.value)
    with pytest.raises(TypeError) as caught:
        checked("y" * 1000, PAIRS)
    assert "y" * 60 in str(caught.value) and "y" * 61 not in str(caught.value)


@pytest.mark.parametrize(
    "scores",
    [
        [1, 2],
        (1.0, 2.0),
        np.array([1, 2], dtype=object),
        np.array([1, 2], dtype=np.float16),
        torch.tensor([1.0, 2.0], requires_grad=True),
        torch.tensor([1.0, 2.0], dtype=torch.bfloat16),
        torch.tensor([1, 2]),
        [torch.tensor(1.0, requires_grad=True), torch.tensor([2.0])],
    ],
)
def test_scores_may_come_from_any_library(scores):
    found = checked(scores, PAIRS)
    assert found.dtype == np.float32 and found.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("scores", "error", "reason"),
    [
        (["1.0", "2.0"], TypeError, r"The model gave \['1.0', '2.0'\] as scores"),
        ([1 + 2j, 2], TypeError, "as scores"),
        ({1.0, 2.0}, TypeError, "as scores"),
        (None, TypeError, "The model gave None as scores"),
        ((score for score in [1.0, 2.0]), TypeError, "as scores"),
        ([1.0, 10**400], TypeError, "as scores"),
        ([[1.0], [1.0, 2.0]], TypeError, "as scores"),
        ([torch.tensor([1.0, 2.0]), torch.tensor(1.0)], TypeError, "as scores"),
        (1.0, ValueError, r"shape \(\) for 2 pairs"),
        ([1.0, 1e300], ValueError, "not finite to the query 'c'"),
        ([float("-inf"), 1.0], ValueError, "not finite to the query 'a'"),
    ],
)
def test_what_is_no_score_is_refused(scores, error, reason):
    with pytest.raises(error, match=reason):
        checked(scores, PAIRS)
