"""Queries are split in three parts, and parts that are small are called so."""

import pytest

from xenc_course import Collection
from xenc_course.training.query_split import split_queries


def test_a_split_shares_no_query_and_keeps_every_tag(judged):
    split = split_queries(judged, seed=3)
    parts = [set(part.queries) for part in (split.train, split.dev, split.test)]
    assert sum(map(len, parts)) == 28 == len(set().union(*parts))
    assert all({judged.tags[q] for q in part} == {"odd", "even"} for part in parts)
    assert split_queries(judged, seed=3).test.queries == split.test.queries
    with pytest.raises(ValueError, match="too few queries"):
        split_queries(judged.select(["q0", "q1"]))


def test_a_split_says_its_parts_and_warns_when_they_are_small(judged):
    split = split_queries(judged)
    sizes = [len(part.queries) for part in (split.train, split.dev, split.test)]
    assert sizes == [16, 6, 6]
    said = "16 queries to train on, 6 to choose the best epoch by, 6 to measure on. That is fewer"
    assert str(split).startswith(said)
    queries = {f"q{n}": f"query {n}" for n in range(125)}
    many = Collection("many", judged.documents, queries, {query: {"d0": 1} for query in queries})
    assert str(split_queries(many)).endswith("25 to measure on.")


def test_a_split_by_topic_shares_no_topic(judged):
    topics = {query: f"topic {number // 2}" for number, query in enumerate(judged.queries)}
    split = split_queries(judged, seed=3, topics=topics)
    parts = [{topics[q] for q in part.queries} for part in (split.train, split.dev, split.test)]
    assert sum(map(len, parts)) == 14 == len(set().union(*parts))
    assert [len(part.queries) for part in (split.train, split.dev, split.test)] == [16, 6, 6]
    by_query = split_queries(judged, seed=3)
    assert {topics[q] for q in by_query.train.queries} & {topics[q] for q in by_query.test.queries}
    with pytest.raises(ValueError, match="The query 'q1' has no topic: give a topic to every"):
        split_queries(judged, topics={"q0": "one"})
    with pytest.raises(ValueError, match="too few queries"):
        split_queries(judged, topics=dict.fromkeys(judged.queries, "one"))
