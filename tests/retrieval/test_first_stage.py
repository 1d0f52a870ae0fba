"""First stages: BM25, a bi-encoder, and the best of a run."""

from __future__ import annotations

import numpy as np
import pytest

from xenc_course.retrieval.first_stage import best_of, bi_encoder_run, bm25_run


def test_bm25_leaves_out_passages_that_share_no_word():
    passages = {"a": "cats purr", "b": "dogs bark", "c": "cats and dogs"}
    run = bm25_run(passages, {"q1": "why do cats purr", "q2": "the", "q3": "birds"}, depth=10)
    assert list(run["q1"]) == ["a", "c"]
    assert run["q1"]["a"] > run["q1"]["c"] > 0
    assert run["q2"] == run["q3"] == {}
    with pytest.raises(ValueError, match="BM25 found no word"):
        bm25_run({"a": "the"}, {"q": "cats"}, depth=1)


def test_bm25_takes_equal_passages_in_the_order_of_a_run():
    passages = {f"d{number}": "cats purr" for number in range(40)} | {"best": "cats purr purr"}
    run = bm25_run(passages, {"q": "purr"}, depth=4)
    assert list(run["q"]) == ["best", "d9", "d8", "d7"]


def test_the_bi_encoder_ranks_by_cosine():
    class Letters:
        def encode(self, texts: list[str], **options: bool) -> np.ndarray:
            assert options["normalize_embeddings"]
            counts = np.array([[text.count(letter) for letter in "abc"] for text in texts])
            return (counts / np.linalg.norm(counts, axis=1, keepdims=True)).astype(np.float32)

        encode_query = encode_document = encode

    queries = {f"q{n}": "a" for n in range(70)} | {"last": "bc"}
    run = bi_encoder_run({"1": "ab", "2": "aa", "3": "c"}, queries, 2, Letters())
    assert list(run) == list(queries)
    assert list(run["q69"]) == ["2", "1"]
    assert run["q0"] == pytest.approx({"2": 1.0, "1": 0.5**0.5})
    assert set(run["last"]) == {"1", "3"}


def test_the_best_of_a_run():
    assert best_of({"q": {"a": 1.0, "b": 2.0, "c": 1.0}}, 2) == {"q": {"b": 2.0, "c": 1.0}}
