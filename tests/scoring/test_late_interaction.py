"""Late interaction reads passages beforehand, and says the same about them afterwards."""

import numpy as np
import pytest

from xenc_course import LateInteraction, load_scorer

pytestmark = pytest.mark.models

PASSAGES = ["Lima is the capital of Peru.", "Bread is baked from flour.", "A cat sleeps."]
PAIRS = [("capital of Peru", passage) for passage in PASSAGES]


@pytest.fixture(scope="module")
def late():
    return LateInteraction()


def test_the_answer_has_the_highest_sum_of_best_cosines(late):
    scores = late(PAIRS)
    assert scores.dtype == np.float32 and scores.argmax() == 0
    cosines = late.query_vectors("capital of Peru") @ late.passage_vectors(PASSAGES[0]).T
    assert scores[0] == pytest.approx(cosines.max(axis=1).sum(), abs=0.05)
    assert late([]).shape == (0,)


def test_a_score_does_not_depend_on_what_stands_beside_it(late):
    scores = late(PAIRS)
    assert late(PAIRS[::-1]).tolist() == scores[::-1].tolist()
    assert LateInteraction()(PAIRS[1:2]).tolist() == scores[1:2].tolist()
    other = late([("bread", PASSAGES[1]), PAIRS[1], ("bread", PASSAGES[0])])
    assert other[1] == scores[1] and other[0] > other[2]


def test_a_query_is_filled_up_and_marked_and_a_passage_loses_its_punctuation(late):
    assert late.query_vectors("Peru").shape == (32, 96)
    assert len(late.query_vectors("Peru " * 50)) == 53  # [CLS], marker, words, [SEP]
    bare = late.passage_vectors("Lima is the capital of Peru")
    assert bare.shape == late.passage_vectors("Lima, is (the) capital of Peru!").shape == (9, 96)
    assert len(late.passage_vectors("Peru " * 500)) == 300


def test_vectors_are_stored_and_found_again(late, tmp_path):
    stored = LateInteraction(folder=tmp_path / "vectors")
    stored.store(PASSAGES[:2])
    stored.store(PASSAGES)
    files = sorted((tmp_path / "vectors").iterdir())
    assert len(files) == 2  # the second call adds what was new
    again = LateInteraction(folder=tmp_path / "vectors")
    again.passage_vectors = None  # nothing is left to be computed
    assert again(PAIRS).tolist() == late(PAIRS).tolist()
    again.store(PASSAGES)
    assert again.bytes_stored(PASSAGES[0]) == 9 * (96 + 2)
    with pytest.raises(ValueError, match=r"pool 1', and not by '.*pool 2': give another folder"):
        LateInteraction(folder=tmp_path / "vectors", pool=2)


def test_pooling_halves_what_is_stored_and_keeps_the_order(late):
    pooled = LateInteraction(pool=2)
    assert pooled.bytes_stored(PASSAGES[0]) == 5 * (96 + 2)
    assert pooled(PAIRS).argsort().tolist() == late(PAIRS).argsort().tolist()


def test_what_is_no_text_or_no_such_model_is_refused(late):
    with pytest.raises(TypeError, match="two strings"):
        late([("a", None)])
    with pytest.raises(TypeError, match="passages is one string"):
        late.store("a passage")
    with pytest.raises(TypeError, match="A passage is 3"):
        late.store(["a", 3])
    with pytest.raises(ValueError, match="no late-interaction model"):
        LateInteraction("bge-small-en-v1.5-int8")
    with pytest.raises(ValueError, match="1 or more, not 0"):
        LateInteraction(pool=0)


def test_a_published_id_means_the_packaged_form():
    assert isinstance(load_scorer("answerdotai/answerai-colbert-small-v1"), LateInteraction)
