"""Passages become queries that repeat with the seed."""

import pytest

from tests.support.cities import CITIES, TEXTS
from xenc_course.training.query_maker import QueryMaker


def test_every_passage_makes_queries_that_repeat_with_the_seed():
    made = QueryMaker(CITIES).make(list(TEXTS), 30, seed=1)
    assert made == QueryMaker(CITIES).make(list(TEXTS), 30, seed=1)
    assert made != QueryMaker(CITIES).make(list(TEXTS), 30, seed=2)
    assert len({query.text.lower() for query in made}) == 30 == len({query.id for query in made})
    assert {query.passage for query in made[:10]} == set(TEXTS)
    assert {"question", "crop"} <= {query.kind for query in made}


def test_a_crop_comes_from_its_passage_and_what_it_removes_is_there():
    for query in QueryMaker(CITIES).make(list(TEXTS), 40, seed=0):
        text = TEXTS[query.passage]
        if query.kind == "crop":
            assert " ".join(text.split()[query.focus :]).startswith(query.text)
        assert query.removed in text


def test_too_little_text_for_so_many_queries_is_refused():
    with pytest.raises(ValueError, match=r"10 passages give only \d+ different queries, not 9,000"):
        QueryMaker(CITIES).make(list(TEXTS), 9_000, seed=0)
