"""The reranker scores what `CrossEncoder` scores, and wastes nothing."""

import numpy as np
import pytest

from xenc_course import Reranker
from xenc_course.scoring.reranker import WINDOW


@pytest.mark.models
def test_the_course_model_scores_through_torch_as_predict_does(pairs, cross_encoder):
    wanted = cross_encoder.predict(pairs[:6], show_progress_bar=False)
    assert Reranker(cross_encoder, "torch").score(pairs[:6]) == pytest.approx(wanted, abs=1e-4)


def test_numpys_strings_are_strings(tiny_model):
    reranker = Reranker(str(tiny_model), "torch")
    assert reranker.score([tuple(np.array(["q", "p"]))]) == reranker.score([("q", "p")])


@pytest.mark.models
def test_rank_is_that_of_the_library(cross_encoder):
    passages = ["Peru has coasts.", "Lima is the capital of Peru.", "Peru has coasts."]
    query = "capital of Peru"
    theirs = cross_encoder.rank(query, passages, top_k=2, show_progress_bar=False)
    ours = Reranker(cross_encoder, "torch").rank(query, passages, top_k=2, return_documents=True)
    assert [entry["corpus_id"] for entry in ours] == [1, 0]  # the first of two equal ones
    assert theirs[0]["corpus_id"] == 1
    assert ours[0]["score"] == pytest.approx(theirs[0]["score"], abs=1e-4)
    assert ours[0]["text"] == passages[1]


def test_a_pair_seen_before_is_not_scored_again(tiny_model, pairs):
    reranker = Reranker(str(tiny_model), "torch", cache=10)
    first = reranker.score(pairs)
    assert (reranker.report.pairs, reranker.report.scored) == (19, 18)
    assert reranker.score(pairs[-5:]).tolist() == first[-5:].tolist()
    assert reranker.report.scored == 0
    reranker.score(pairs[:3])  # longer ago than the ten that are kept
    assert reranker.report.scored == 3


def test_an_endless_stream_is_scored_window_by_window(tiny_model, pairs):
    drawn = []

    def endless():
        while True:
            drawn.append(1)
            yield pairs[len(drawn) % len(pairs)]

    scores = Reranker(str(tiny_model), "torch").stream(endless())
    got = [next(scores) for _ in range(10)]
    assert np.isfinite(got).all()
    assert len(drawn) == WINDOW


def test_what_the_pairs_raise_goes_on(tiny_model, pairs):
    def breaking():
        yield pairs[0]
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        Reranker(str(tiny_model), "torch").score(breaking())


def test_progress_counts_every_pair_once(tiny_model, pairs):
    told: list[int] = []
    Reranker(str(tiny_model), "torch").score(iter(pairs), told.append)
    assert sum(told) == len(pairs)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"backend": "gpu"}, "backend is 'gpu'"),
        ({"truncation": "none"}, "truncation is 'none'"),
        ({"workers": 0}, "1 or more"),
        ({"batch_tokens": 0}, "1 or more"),
        ({"cache": -1}, "0 or more"),
    ],
)
def test_bad_options_are_refused(options, reason, tiny_model):
    with pytest.raises(ValueError, match=reason):
        Reranker(str(tiny_model), **({"backend": "torch"} | options))
