"""Anything that scores pairs, by name or as a function."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.berlin import BERLIN, BERLIN_PASSAGES
from tests.support.library import Overlap
from tests.support.odd_models import write_bi_encoder
from xenc_course import Reranker, cascade, load_bi_encoder
from xenc_course.scoring.scorers import load_scorer, score_pairs


def test_scores_keep_the_order_of_the_pairs_and_progress_is_told():
    pairs = [("a b c", " ".join("abc"[: n % 4])) for n in range(270)]
    told: list[int] = []
    scores = score_pairs(Overlap(), pairs, told.append)
    assert scores.dtype == np.float32
    assert scores.tolist() == [n % 4 for n in range(270)]
    assert told == [128, 128, 14]
    assert score_pairs(Overlap(), []).shape == (0,)


def longer(pairs):
    return np.array([len(passage) for _, passage in pairs], dtype=np.float32)


def test_a_cascade_gets_all_candidates_of_a_query_at_once():
    # 300 candidates a query, of which the blocks of 128 of another scorer would part each list.
    pairs = [(f"query {n % 3}", "x" * (1 + n // 3)) for n in range(900)]
    read = []

    def strong(pairs):
        read.extend(pairs)
        return -longer(pairs)

    told: list[int] = []
    scores = score_pairs(cascade(longer, strong, keep=10), pairs, told.append)
    assert sorted(read) == sorted(
        (f"query {q}", "x" * n) for q in range(3) for n in range(291, 301)
    )
    assert scores.tolist() == cascade(longer, strong, keep=10)(pairs).tolist()
    assert told == [300, 300, 300]


def test_a_function_says_itself_that_it_needs_whole_lists():
    class Middle:
        """How far a passage's length is from the median of its list."""

        needs_whole_lists = True

        def __call__(self, pairs):
            return -np.abs(longer(pairs) - np.median(longer(pairs)))

    pairs = [("q", "x" * n) for n in range(1, 400)]
    assert score_pairs(Middle(), pairs).argmax() == 199


def test_a_scorer_that_wants_to_know_hears_how_many_pairs_will_come():
    class Told(Overlap):
        heard = 0

        def expect(self, n_pairs):
            self.heard = n_pairs

    scorer = Told()
    score_pairs(scorer, [("a", "b")] * 700)
    assert scorer.heard == 700
    fast = Told()
    score_pairs(cascade(fast, longer, keep=1), [("a", "b")] * 300)
    assert fast.heard == 300


def test_a_reranker_tells_its_progress_batch_by_batch(tiny_model):
    pairs = [("query", "passage " * n) for n in range(1, 120)]
    told: list[int] = []
    scorer = Reranker(str(tiny_model), "torch", batch_tokens=512)
    scores = score_pairs(scorer, pairs, told.append)
    assert len(told) > 3 and sum(told) == 119
    assert scores == pytest.approx(scorer.score(pairs, progress=False), abs=1e-5)


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


def test_what_scores_no_pairs_is_refused_in_one_sentence(tiny_tokenizer, tmp_path):
    bi_encoder = load_bi_encoder(write_bi_encoder(tmp_path / "whole", tiny_tokenizer))
    for model, named in ((bi_encoder, "SentenceTransformer"), (5, "int"), (None, "NoneType")):
        with pytest.raises(TypeError, match=f"A {named} scores no pairs: give a cross-encoder"):
            score_pairs(model, [("lake", "bread")])
