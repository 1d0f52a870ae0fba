"""Anything that scores pairs, by name or as a function."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.berlin import BERLIN, BERLIN_PASSAGES
from tests.support.library import Overlap
from xenc_course.scoring.scorers import load_scorer, score_pairs


def test_scores_keep_the_order_of_the_pairs_and_progress_is_told():
    pairs = [("a b c", " ".join("abc"[: n % 4])) for n in range(270)]
    told: list[int] = []
    scores = score_pairs(Overlap(), pairs, told.append)
    assert scores.dtype == np.float32
    assert scores.tolist() == [n % 4 for n in range(270)]
    assert told == [128, 128, 14]
    assert score_pairs(Overlap(), []).shape == (0,)


@pytest.mark.parametrize(
    ("pair", "scores", "error", "reason"),
    [
        ("ab", [1.0], TypeError, "two strings, not 'ab'"),
        (("a", None), [1.0], TypeError, "two strings"),
        (("a", "b", "c"), [1.0], TypeError, "two strings"),
        (("a", "b"), [1.0, 2.0], ValueError, "one number per pair"),
        (("a", "b"), [[1.0, 2.0]], ValueError, "one number per pair"),
        (("why", "b"), [float("nan")], ValueError, "not finite to the query 'why'"),
    ],
)
def test_bad_pairs_and_bad_scores_are_refused(
    pair: object, scores: list, error: type[Exception], reason: str
):
    with pytest.raises(error, match=reason):
        score_pairs(lambda pairs: scores, [pair])


@pytest.mark.models
def test_the_int8_model_scores_as_published_whatever_a_pair_stands_beside():
    scorer = load_scorer("ms-marco-MiniLM-L12-v2-int8")
    pairs = [(BERLIN, passage) for passage in BERLIN_PASSAGES]
    long = (BERLIN, "The capital has many inhabitants. " * 200)
    scores = score_pairs(scorer, [*pairs, long, ("", "")])
    assert scores[:2] == pytest.approx([9.22, -4.08], abs=0.4)
    assert score_pairs(scorer, pairs[::-1]).tolist() == scores[1::-1].tolist()


@pytest.mark.models
def test_a_pytorch_model_scores_as_published():
    pairs = [(BERLIN, passage) for passage in BERLIN_PASSAGES]
    assert score_pairs("ms-marco-MiniLM-L12-v2", pairs) == pytest.approx([9.22, -4.08], abs=0.2)
