"""Candidates become pairs, scores and a run, whoever asks for it."""

from __future__ import annotations

import numpy as np
import pytest

from xenc_course import Collection, Reranker, cascade, reranked
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


def fewest_letters(pairs):
    return np.array([-len(passage) for _, passage in pairs], dtype=np.float32)


def most_letters(pairs):
    return -fewest_letters(pairs)


@pytest.mark.parametrize("n_passages", [3, 100, 200])
def test_a_cascade_reads_the_best_of_the_whole_list_of_each_query(n_passages):
    passages = {f"d{n}": "x" * (1 + n) for n in range(n_passages)}
    # Two queries have the same text, and each has candidates of its own.
    queries = {"q1": "one text", "q2": "one text", "q3": "another"}
    candidates = {query: dict.fromkeys(passages, 0.0) for query in queries}
    candidates["q1"].pop(f"d{n_passages - 1}")
    read = []

    def strong(pairs):
        read.extend(pairs)
        return fewest_letters(pairs)

    run = rerank(candidates, queries, passages, cascade(most_letters, strong, keep=2))
    lengths = [(query, len(passage)) for query, passage in read]
    best = n_passages
    assert lengths == [
        ("one text", best - 1), ("one text", best - 2), ("one text", best), ("one text", best - 1),
        ("another", best), ("another", best - 1),
    ]  # fmt: skip
    assert all(
        max(scores, key=scores.get) == f"d{best - 2}" for q, scores in run.items() if q != "q1"
    )
    assert max(run["q1"], key=run["q1"].get) == f"d{best - 3}"


def test_a_list_of_which_a_part_is_known_is_scored_as_a_whole():
    passages = {f"d{n}": "x" * (1 + n) for n in range(9)}
    texts = pair_texts({"q": dict.fromkeys(passages, 0.0)}, {"q": "text"}, passages)
    whole, known = ScoresInMemory(), ScoresInMemory()
    scorer = cascade(most_letters, fewest_letters, keep=3)
    score_texts(texts, scorer, whole)
    known.add((*key, score) for key, score in list(whole.scores.items())[:5])
    assert score_texts(texts, scorer, known).scored == 4
    assert known.scores == whole.scores


def test_the_work_names_the_backend_and_why(tiny_model):
    known = ScoresInMemory()
    texts = pair_texts(CANDIDATES, QUERIES, PASSAGES)
    work = score_texts(texts, Reranker(str(tiny_model), "torch"), known)
    assert (work.backend, work.why) == ("torch", "It was asked for.")
    again = score_texts(texts, "a model that does not exist", known)
    assert (again.scored, again.backend) == (0, "torch")
