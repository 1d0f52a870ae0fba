"""The reranker scores what `CrossEncoder` scores, and wastes nothing."""

import copy
import pickle
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from xenc_course import Reranker, load_cross_encoder, score_pairs
from xenc_course.scoring.reranker import WINDOW


@pytest.mark.models
def test_the_course_model_scores_through_torch_as_predict_does(pairs, cross_encoder):
    wanted = cross_encoder.predict(pairs[:6], show_progress_bar=False)
    assert Reranker(cross_encoder, "torch").score(pairs[:6]) == pytest.approx(wanted, abs=1e-4)


def test_pairs_in_an_array_get_the_scores_of_predict(tiny_model):
    pairs = np.array([["a king", "the capital"], ["a lake", "the tower"]])
    wanted = load_cross_encoder(str(tiny_model), device="cpu").predict(pairs)
    reranker = Reranker(tiny_model, "torch")  # the folder as a Path
    assert reranker.score(pairs) == pytest.approx(wanted, abs=1e-5)
    assert reranker.score(pairs[0]).shape == ()  # one row is one pair
    for model in (reranker, tiny_model):
        assert score_pairs(model, iter(pairs)) == pytest.approx(wanted, abs=1e-5)


@pytest.mark.parametrize("pairs", [{("q", "p")}, {"q": "p"}, None])
def test_pairs_without_an_order_are_refused_before_a_bar_is_shown(pairs, tiny_model):
    with pytest.raises(TypeError, match="give a list of pairs"):
        Reranker(str(tiny_model), "torch").score(pairs)


def draw_texts() -> st.SearchStrategy[str]:
    return st.text("abc king city é", max_size=60)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(draw_texts(), draw_texts()), min_size=1, max_size=24),
    st.randoms(use_true_random=False),
    st.integers(1, 200),
)
def test_any_order_and_batching_gives_the_same_scores(tiny_cross_encoder, pairs, draw, budget):
    plain = Reranker(tiny_cross_encoder, "torch").score(pairs, progress=False)
    order = draw.sample(range(len(pairs)), len(pairs))
    other = Reranker(tiny_cross_encoder, "torch", batch_tokens=budget, cache=8)
    start = draw.randrange(len(pairs))
    mixed = [pairs[place] for place in order]
    parts = [other.score(part, progress=False) for part in (mixed[:start], mixed[start:])]
    assert np.concatenate(parts) == pytest.approx(plain[order], abs=1e-5)
    equal = {pair: plain[place] for place, pair in enumerate(pairs)}
    assert plain.tolist() == [equal[pair] for pair in pairs]


@settings(max_examples=30, deadline=None, derandomize=True)
@given(draw_texts(), st.lists(draw_texts(), max_size=12), st.one_of(st.none(), st.integers(1, 15)))
def test_a_ranking_is_a_permutation_best_first(tiny_cross_encoder, query, passages, top_k):
    reranker = Reranker(tiny_cross_encoder, "torch")
    whole = reranker.rank(query, passages, return_documents=True)
    places = [entry["corpus_id"] for entry in whole]
    assert sorted(places) == list(range(len(passages)))
    assert [entry["text"] for entry in whole] == [passages[place] for place in places]
    scores = [entry["score"] for entry in whole]
    assert scores == sorted(scores, reverse=True)
    assert all(a < b for a, b, x, y in zip(places, places[1:], scores, scores[1:], strict=False)
               if x == y)  # fmt: skip
    assert [e["corpus_id"] for e in reranker.rank(query, passages, top_k)] == places[:top_k]


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
        ({"cache": -1}, "cache must be 0 or more"),
    ],
)
def test_bad_options_are_refused(options, reason, tiny_model):
    with pytest.raises(ValueError, match=reason):
        Reranker(str(tiny_model), **({"backend": "torch"} | options))


@pytest.mark.parametrize("name", ["workers", "batch_tokens", "cache"])
@pytest.mark.parametrize("value", [True, 2.5, "2"])
def test_what_is_no_whole_number_is_refused(name, value, tiny_model):
    with pytest.raises(TypeError, match=f"{name} must be a whole number, not"):
        Reranker(str(tiny_model), "torch", **{name: value})


@pytest.fixture(scope="module")
def tiny_cross_encoder(tiny_model):
    return load_cross_encoder(str(tiny_model), device="cpu")


def test_a_report_is_that_of_the_last_call_in_the_same_thread(tiny_cross_encoder, pairs):
    reranker = Reranker(tiny_cross_encoder, "torch")
    reranker.score(pairs[:3], progress=False)
    with ThreadPoolExecutor(1) as other:
        other.submit(reranker.score, pairs[:5], False).result()
        assert other.submit(lambda: reranker.report.pairs).result() == 5
    assert reranker.report.pairs == 3


def test_a_report_and_its_warning_belong_to_the_call(tiny_cross_encoder):
    """Eight threads share one reranker; every other call has one pair that is too long."""
    reranker = Reranker(tiny_cross_encoder, "torch", cache=4)
    short, long = ("a king", "the city"), ("a king", "the capital of metal " * 150)

    def call(number: int) -> tuple[int, int]:
        cut = number % 2
        pairs = [(query, f"{passage} {number}") for query, passage in [short, long][: 1 + cut]]
        reranker.score(pairs, progress=False)
        return reranker.report.pairs - 1 - cut, reranker.report.cut - cut

    with warnings.catch_warnings(record=True) as warned, ThreadPoolExecutor(8) as pool:
        warnings.simplefilter("always")
        assert set(pool.map(call, range(48))) == {(0, 0)}
    assert [str(w.message).partition(" pairs")[0] for w in warned] == ["1 of 2"] * 24


def test_a_call_within_the_pairs_of_another_leaves_each_its_report(tiny_cross_encoder):
    reranker = Reranker(tiny_cross_encoder, "torch")

    def pairs():
        for number in range(3):
            reranker.score([("q", f"p {number}")], progress=False)
            yield "q", f"p {number}"
        reranker.score([("q", "last")], progress=False)

    reranker.score(pairs(), progress=False)
    assert reranker.report.pairs == 3


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda r: pickle.loads(pickle.dumps(r))]
)
def test_a_copy_scores_as_the_reranker_does(copied, tiny_model, tiny_cross_encoder, pairs):
    for model, backend in (
        (tiny_model, "auto"),
        (tiny_model, "onnx"),
        (tiny_cross_encoder, "auto"),
    ):
        reranker = Reranker(model, backend, truncation="longest_first", cache=3)
        scores = reranker.score(pairs, progress=False)
        twin = copied(reranker)
        assert twin.choice.backend == reranker.choice.backend
        assert twin.tokenizer.truncation == "longest_first"
        assert twin.score(pairs, progress=False) == pytest.approx(scores, abs=1e-6)
