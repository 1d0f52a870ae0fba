"""A run beside its judgements: which pairs are taken, and which count as relevant."""

from __future__ import annotations

import pytest

from xenc_course import Collection, JudgedPairs, judged_pairs

COLLECTION = Collection(
    "small",
    {d: d for d in "abc"},
    {q: q for q in ("q1", "q2", "q3")},
    {"q1": {"a": 3, "b": 1}, "q2": {"c": 0}},
)
RUN = {"q1": {"b": 1.0, "a": 2.0, "c": 0.5}, "q2": {"c": 7.0}, "q3": {"a": 9.0}}


def test_pairs_of_judged_queries_best_first():
    found = judged_pairs(RUN, COLLECTION)
    assert found.logits.tolist() == [2.0, 1.0, 0.5, 7.0]
    assert found.relevant.tolist() == [True, True, False, False]
    assert found.queries.tolist() == ["q1", "q1", "q1", "q2"]  # nobody judged q3


def test_the_lowest_grade_and_the_depth_decide():
    assert judged_pairs(RUN, COLLECTION, rel=2).relevant.tolist() == [True, False, False, False]
    firsts = judged_pairs(RUN, COLLECTION, depth=1)
    assert (firsts.logits.tolist(), firsts.queries.tolist()) == ([2.0, 7.0], ["q1", "q2"])


def test_some_queries_and_two_lists_after_each_other():
    found = judged_pairs(RUN, COLLECTION)
    one, other = found.of(["q2", "no such"]), found.of({"q1"})
    assert isinstance(one, JudgedPairs)
    assert one.logits.tolist() == [7.0]
    assert one.with_others(other).logits.tolist() == [7.0, 2.0, 1.0, 0.5]


def test_two_parts_share_no_query_and_lose_no_pair():
    queries = [f"q{i}" for i in range(41)]
    run = {q: {d: float(i) for i, d in enumerate("abc")} for q in queries}
    collection = Collection(
        "many", COLLECTION.documents, dict.fromkeys(queries, "?"), {q: {"a": 1} for q in queries}
    )
    found = judged_pairs(run, collection)
    one, other = found.parts(seed=3)
    assert set(one.queries).isdisjoint(other.queries)
    assert (len(set(one.queries)), len(one.logits), len(other.logits)) == (20, 60, 63)
    assert found.parts(seed=3)[0].queries.tolist() == one.queries.tolist()
    assert set(found.parts(seed=4)[0].queries) != set(one.queries)
    assert len(set(found.parts(0.75)[0].queries)) == 30
    with pytest.raises(ValueError, match=r"A share of 0.5 of 1 queries is none"):
        found.of(["q1"]).parts()
    with pytest.raises(ValueError, match="The share is 75: choose one between"):
        found.parts(75)


def test_what_is_no_judged_run_is_refused():
    with pytest.raises(ValueError, match="No query of the run has a judgement in small"):
        judged_pairs({"q3": {"a": 1.0}}, COLLECTION)
    with pytest.raises(ValueError, match="score must be a finite number"):
        judged_pairs({"q1": {"a": float("nan")}}, COLLECTION)
    with pytest.raises(ValueError, match="depth must be 1 or more"):
        judged_pairs(RUN, COLLECTION, depth=0)
    with pytest.raises(ValueError, match="rel must be 1 or more"):
        judged_pairs(RUN, COLLECTION, rel=0)
