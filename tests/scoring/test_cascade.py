"""A cascade reads the best few with the strong model and leaves the rest in the cheap order."""

from itertools import pairwise

import numpy as np
import pytest

from xenc_course import cascade
from xenc_course.scoring.cascade import scores_below

PAIRS = [("q1", "aaaa"), ("q2", "b"), ("q1", "a"), ("q1", "aaa"), ("q2", "bb"), ("q1", "aa")]


def longer(pairs):
    return np.array([len(passage) for _, passage in pairs], dtype=float)


class Shorter:
    def __init__(self):
        self.asked = []

    def __call__(self, pairs):
        self.asked += pairs
        return -longer(pairs)


def order(scores, query):
    of_query = [
        (score, passage) for score, (q, passage) in zip(scores, PAIRS, strict=True) if q == query
    ]
    return [passage for _, passage in sorted(of_query, reverse=True)]


def test_the_strong_model_orders_the_best_few_and_the_rest_follow():
    strong = Shorter()
    scores = cascade(longer, strong, keep=2)(PAIRS)
    assert scores.dtype == np.float32
    assert order(scores, "q1") == ["aaa", "aaaa", "aa", "a"]
    assert order(scores, "q2") == ["b", "bb"]
    assert sorted(strong.asked) == [("q1", "aaa"), ("q1", "aaaa"), ("q2", "b"), ("q2", "bb")]


def test_keeping_all_is_the_strong_model_alone():
    assert cascade(longer, Shorter(), keep=99)(PAIRS).tolist() == Shorter()(PAIRS).tolist()


def test_with_a_margin_the_strong_model_reads_on_where_the_fast_one_is_unsure():
    pairs = [("sure", "a" * n) for n in (20, 9, 8, 7)] + [("unsure", "b" * n) for n in (9, 8, 7, 1)]
    strong = Shorter()
    scores = cascade(longer, strong, keep=3, margin=2, at_least=1)(pairs)
    assert strong.asked == [pairs[0], pairs[4], pairs[5], pairs[6]]
    assert scores[:4].tolist() == [-20, -21, -22, -23]  # the rest keeps the order of the fast model
    assert scores[4:].tolist() == [-9, -8, -7, -10]
    strong.asked.clear()
    cascade(longer, strong, keep=3, margin=0, at_least=2)(pairs)
    assert strong.asked == [pairs[0], pairs[1], pairs[4], pairs[5]]


def test_rank_returns_places():
    ranking = cascade(longer, Shorter(), keep=2).rank("q", ["a", "aaa", "aa"], top_k=2)
    assert [entry["corpus_id"] for entry in ranking] == [2, 1]
    assert ranking[0]["score"] == -2


def test_no_pairs_and_bad_input():
    assert cascade(longer, longer, keep=1)([]).shape == (0,)
    with pytest.raises(ValueError, match="at least one passage"):
        cascade(longer, longer, keep=0)
    with pytest.raises(ValueError, match="at least one passage"):
        cascade(longer, longer, keep=5, at_least=0)
    for margin in (-1, float("nan")):
        with pytest.raises(ValueError, match="margin is a difference of scores"):
            cascade(longer, longer, keep=5, margin=margin)
    with pytest.raises(ValueError, match="one number per pair"):
        cascade(lambda pairs: [1.0], longer, keep=1)(PAIRS)
    with pytest.raises(TypeError, match="passages is one string"):
        cascade(longer, longer, keep=1).rank("q", "abc")
    with pytest.raises(TypeError, match="two strings"):
        cascade(longer, longer, keep=1)(["ab"])


@pytest.mark.parametrize("lowest", [0.0, -11.5, 3e7, -3e7, 1e30])
def test_what_was_not_read_stands_below_in_its_order_whatever_the_scores(lowest):
    scores = [np.float32(lowest), *scores_below(lowest, 1000)]
    assert all(a > b for a, b in pairwise(scores))
