"""Candidates become pairs, scores and a run, whoever asks for it."""

from __future__ import annotations

import numpy as np
import pytest

from xenc_course import Collection, reranked
from xenc_course.jobs import ScoresInMemory
from xenc_course.retrieval.rerank import pair_texts, rerank, score_texts

QUERIES = {"q1": "red apple", "q2": "green pear", "q3": "no fruit"}
PASSAGES = {"a": "an apple", "b": "a pear that is green", "c": "a red apple"}
CANDIDATES = {"q1": {"a": 2.0, "c": 1.0}, "q2": {"b": 5.0}, "q3": {}}


def shared_words(pairs):
    return np.array([len(set(q.split()) & set(p.split())) for q, p in pairs], dtype=np.float32)


def test_the_candidates_get_the_models_scores_and_stay_the_same():
    run = rerank(CANDIDATES, QUERIES, PASSAGES, shared_words)
    assert run == {"q1": {"a": 1.0, "c": 2.0}, "q2": {"b": 2.0}, "q3": {}}


def test_known_scores_are_not_computed_again():
    known = ScoresInMemory()
    known.add([("q1", "a", 7.0)])
    asked = []

    def scorer(pairs):
        asked.extend(pairs)
        return shared_words(pairs)

    heard = []
    work = score_texts(
        pair_texts(CANDIDATES, QUERIES, PASSAGES), scorer, known, progress=heard.append
    )
    assert ("red apple", "an apple") not in asked and len(asked) == 2
    assert (work.pairs, work.scored) == (3, 2)
    assert known.scores["q1", "a"] == 7.0 and sum(heard) == 2


def test_a_model_is_not_loaded_when_there_is_nothing_to_score():
    known = ScoresInMemory()
    texts = pair_texts(CANDIDATES, QUERIES, PASSAGES)
    known.add((*key, 1.0) for key in texts)
    assert score_texts(texts, "a model that does not exist", known).scored == 0


def test_a_candidate_without_text_and_no_candidate_at_all_are_refused():
    with pytest.raises(ValueError, match=r"'d'.* has no text in the collection"):
        pair_texts({"q1": {"d": 1.0}}, QUERIES, PASSAGES)
    with pytest.raises(ValueError, match="found no passage for any query"):
        pair_texts({"q1": {}}, QUERIES, PASSAGES)


def test_reranked_reads_title_and_text_of_what_bm25_finds():
    fruit = Collection(
        "fruit", PASSAGES, QUERIES, {"q1": {"c": 1}}, titles={"a": "red apple apple"}
    )
    run = reranked(shared_words, fruit, depth=1)
    assert run["q1"] == {"a": 2.0}
