"""Negatives are hard, and never an answer."""

import pytest

from tests.support.cities import TEXTS
from xenc_course.training.negatives import mine_negatives


@pytest.mark.models
def test_negatives_are_hard_different_and_never_the_answer():
    asked = {"q1": "the old tower2 of Quito", "q2": "harbour ships grain"}
    answers = {"q1": "p2", "q2": "p5"}
    found = mine_negatives(asked, TEXTS, answers, bm25=2, bi_encoder=2, random=1, seed=0)
    assert found == mine_negatives(asked, TEXTS, answers, bm25=2, bi_encoder=2, random=1, seed=0)
    for query, names in found.items():
        assert len(set(names)) == 5 and answers[query] not in names and set(names) <= set(TEXTS)
    with pytest.raises(ValueError, match="10 passages are too few to draw 10 negatives"):
        mine_negatives(asked, TEXTS, answers, bm25=10, bi_encoder=0, random=0)


@pytest.mark.models
def test_no_passage_that_answers_as_well_is_a_negative():
    also = {"q": [f"p{n}" for n in range(6)]}
    asked, answers = {"q": "the old tower2 of Quito"}, {"q": "p2"}
    found = mine_negatives(asked, TEXTS, answers, bm25=2, bi_encoder=2, random=0, relevant=also)
    assert set(found["q"]) == {"p6", "p7", "p8", "p9"}
    with pytest.raises(ValueError, match="too few to draw 5 negatives beside 6 answers"):
        mine_negatives(asked, TEXTS, answers, bm25=2, bi_encoder=2, random=1, relevant=also)


def test_where_nothing_is_found_random_passages_fill_up():
    found = mine_negatives({"q": "zzz"}, TEXTS, {"q": "p0"}, bm25=3, bi_encoder=0, random=0, seed=4)
    assert len(set(found["q"])) == 3
