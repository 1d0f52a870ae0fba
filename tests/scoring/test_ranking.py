"""The passages of a query are ranked by position, whatever holds them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.columns import Column, NamedColumns
from tests.support.library import Overlap
from xenc_course import Reranker, cascade
from xenc_course.scoring.ranking import rank_passages

PASSAGES = ["a fast train", "a small red boat", "birds sing"]


def ranked_texts(passages: object, **options: object) -> list[tuple[object, object]]:
    score = Overlap()
    found = rank_passages(
        lambda pairs: np.array(score(pairs)), "small red", passages, None, True, **options
    )
    return [(entry["corpus_id"], entry["text"]) for entry in found]


@pytest.mark.parametrize(
    "passages",
    [
        PASSAGES,
        tuple(PASSAGES),
        iter(PASSAGES),
        np.array(PASSAGES),
        dict(zip("abc", PASSAGES, strict=True)).values(),
        dict.fromkeys(PASSAGES).keys(),
        Column(PASSAGES, [2, 0, 1]),
        Column(PASSAGES, [17, 4, 99]),
        Column(PASSAGES, ["x", "y", "z"]),
    ],
)
def test_a_score_stands_beside_its_own_text(passages):
    assert ranked_texts(passages) == [(1, PASSAGES[1]), (0, PASSAGES[0]), (2, PASSAGES[2])]


@pytest.mark.parametrize(
    ("passages", "reason"),
    [
        ("one text", "passages is one string: give a list of passages"),
        (set(PASSAGES), "passages is a set, which has no order"),
        ({"d1": "text"}, "passages is a dict, whose keys would be read"),
        (NamedColumns(text=PASSAGES), "whose column names would be read"),
        (None, "passages is a NoneType"),
        (np.array([PASSAGES]), "two strings"),
        (["a", None], "two strings"),
    ],
)
def test_what_is_no_list_of_passages_is_refused(passages, reason, tiny_model):
    with pytest.raises(TypeError, match=reason):
        Reranker(str(tiny_model), "torch").rank("small red", passages)


@pytest.mark.parametrize(
    ("top_k", "error", "reason"),
    [
        (-1, ValueError, "top_k must be 1 or more, not -1"),
        (0, ValueError, "top_k must be 1 or more, not 0"),
        (True, TypeError, "top_k must be a whole number, not True"),
        (2.5, TypeError, "top_k must be a whole number, not 2.5"),
        ("2", TypeError, "top_k must be a whole number, not '2'"),
    ],
)
def test_an_odd_top_k_is_refused_by_a_reranker_and_a_cascade(top_k, error, reason, tiny_model):
    reranker = Reranker(str(tiny_model), "torch")
    for ranker in (reranker, cascade(Overlap(), Overlap(), keep=1)):
        with pytest.raises(error, match=reason):
            ranker.rank("small red", PASSAGES, top_k=top_k)
    assert len(reranker.rank("small red", PASSAGES, top_k=np.int64(2))) == 2
    assert len(reranker.rank("small red", PASSAGES, top_k=9)) == 3
