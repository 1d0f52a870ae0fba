"""Arguments: numbers of any library are taken, and what does not fit is named in one sentence."""

from fractions import Fraction

import numpy as np
import pytest
import torch

from xenc_course import show_matrix, show_ranking

QUERY = "How do I reset my password?"
PASSAGES = ["Choose a new sign-in secret.", "Password policy", "Sunny and warm"]


@pytest.mark.parametrize(
    "scores",
    [
        [1, 3, 2],
        (1.0, 3.0, 2.0),
        np.array([1, 3, 2], dtype=np.float16),
        torch.tensor([1.0, 3.0, 2.0], dtype=torch.bfloat16, requires_grad=True),
        [*torch.tensor([1.0, 3.0, 2.0], dtype=torch.bfloat16, requires_grad=True)],
        torch.tensor([1, 3, 2]),
        [Fraction(1), 3, np.int64(2)],
    ],
)
def test_scores_may_come_from_any_library(scores):
    table = show_ranking(QUERY, PASSAGES, scores)
    assert table.column("passage") == [PASSAGES[1], PASSAGES[2], PASSAGES[0]]
    assert table.column("score") == [3.0, 2.0, 1.0]


@pytest.mark.parametrize(
    ("query", "passages", "scores", "error", "message"),
    [
        (None, PASSAGES, [1, 2, 3], TypeError, "query must be one text"),
        (QUERY, "one text", [1], TypeError, r"not one text: put it in \[ \]"),
        (QUERY, {"id": "text"}, [1], TypeError, "passages must be a list of texts, not a dict"),
        (QUERY, 3, [1], TypeError, "passages must be a list of texts, not a int"),
        (QUERY, [], [], ValueError, "There are no passages"),
        (QUERY, ["a", None], [1, 2], TypeError, r"passages\[1\] must be text"),
        (QUERY, PASSAGES, [1, 2], ValueError, "3 passages but 2 scores"),
        (
            QUERY,
            PASSAGES,
            [1, float("nan"), 3],
            ValueError,
            r"nan stands in the scores at \[1\]\.$",
        ),
        (
            QUERY,
            PASSAGES,
            [1, 2, float("inf")],
            ValueError,
            r"inf stands in the scores at \[2\]\.$",
        ),
        (QUERY, PASSAGES, [1, None, 3], TypeError, "must be numbers, but None"),
        (QUERY, PASSAGES, None, TypeError, "must be numbers, but None"),
        (QUERY, PASSAGES, ["a", "b", "c"], TypeError, "must be numbers, but 'a'"),
        (QUERY, PASSAGES, [True, False, True], TypeError, "must be numbers, but True"),
        (QUERY, PASSAGES, 1.0, ValueError, r"shape \(3,\)"),
        (QUERY, PASSAGES, np.ones((3, 2)), ValueError, r"shape \(3,\), .*not \(3, 2\)"),
        (QUERY, PASSAGES, np.ones((3, 1)), ValueError, r"pass scores\[:, 0\]"),
        (QUERY, PASSAGES, [[1], [1, 2]], ValueError, "rows of different lengths"),
        (QUERY, {"a", "b"}, [1, 2], TypeError, "passages must be a list of texts, not a set"),
        (QUERY, ["a"], [10**400], ValueError, "inf stands in the scores at"),
        (QUERY, ["a"], torch.tensor([True]), TypeError, "must be numbers, but True"),
        (QUERY, ["a"], torch.tensor([1 + 2j]), TypeError, "must be numbers, but"),
        (QUERY, ["a"], ["x" * 999], TypeError, "but 'x{59}… is none"),
    ],
)
def test_a_wrong_ranking_is_refused_in_one_sentence(query, passages, scores, error, message):
    with pytest.raises(error, match=message):
        show_ranking(query, passages, scores)


@pytest.mark.parametrize(
    ("option", "value", "error", "message"),
    [
        ("top_k", 0, ValueError, "top_k must be 1 or more, not 0"),
        ("top_k", 1.5, TypeError, "top_k must be a whole number, not 1.5"),
        ("top_k", True, TypeError, "top_k must be a whole number, not True"),
        ("width", 3, ValueError, "width must be 10 or more"),
        ("decimals", -1, ValueError, "decimals must be from 0 to 15, not -1"),
        ("decimals", 309, ValueError, "decimals must be from 0 to 15, not 309"),
        ("decimals", 3.0, TypeError, r"decimals must be a whole number, not 3\.0"),
        ("decimals", "3", TypeError, "decimals must be a whole number, not '3'"),
        ("decimals", None, TypeError, "decimals must be a whole number, not None"),
    ],
)
def test_a_wrong_option_is_refused(option, value, error, message):
    with pytest.raises(error, match=message):
        show_ranking(QUERY, PASSAGES, [1, 2, 3], **{option: value})


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        (np.ones((3, 2)), "transpose it"),
        (np.ones(6), r"scores.reshape\(2, 3\)"),
        (np.ones((2, 2)), r"\(2, 3\), not \(2, 2\)\.$"),
        ([[1, 2, 3], [1, 2, np.nan]], r"nan stands in the scores at \[1, 2\]\.$"),
    ],
)
def test_a_wrong_matrix_is_refused(scores, message):
    with pytest.raises(ValueError, match=message):
        show_matrix(["q1", "q2"], PASSAGES, scores)


def test_numbers_too_large_for_the_shown_decimals_keep_their_value_and_order():
    table = show_ranking(QUERY, ["a", "b", "c"], [1e308, 1.5e308, -1e300], decimals=15)
    assert table.column("passage") == ["b", "a", "c"]
    assert table.column("score") == [1.5e308, 1e308, -1e300]


def test_a_whole_number_above_64_bits_is_a_number():
    assert show_ranking(QUERY, ["a"], [10**40]).column("score") == [1e40]
