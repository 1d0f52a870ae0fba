"""The practice text has short passages, and no article on two sides of its split."""

from __future__ import annotations

import pytest

from xenc_course import short_articles


@pytest.mark.models
def test_an_article_answers_queries_of_one_part_only():
    split = short_articles()
    parts = (split.train, split.dev, split.test)
    answers = [{d for row in part.qrels.values() for d in row} for part in parts]
    assert sum(map(len, answers)) == len(set().union(*answers)) == len(split.train.documents)
    assert [len(part.queries) for part in parts[1:]] == [60, 200]
    assert all(5 <= len(text.split()) <= 18 for text in split.test.documents.values())
    assert short_articles().test.queries == split.test.queries
    assert short_articles(seed=1).test.queries != split.test.queries
