"""Metrics: those of trec_eval, with what was left out said beside them."""

from __future__ import annotations

import itertools
import math

import pytest

from tests.support.judged import collection_of, generated
from xenc_course.evaluation.metrics import evaluate


def test_a_ranking_by_hand():
    collection = collection_of({"q": {"a": 3, "b": 0, "c": 1, "elsewhere": 2}})
    found = evaluate({"q": {"a": 0.2, "b": 0.9, "c": 0.1, "x": 0.5}}, collection)
    # The order is b, x, a, c: gains 0 0 3 1, ideally 3 2 1.
    gain = 3 / math.log2(4) + 1 / math.log2(5)
    ideal = 3 / math.log2(2) + 2 / math.log2(3) + 1 / math.log2(4)
    assert found["nDCG@10"].mean == pytest.approx(gain / ideal, abs=1e-12)
    assert found["RR@10"].mean == pytest.approx(1 / 3)
    assert found["AP"].mean == pytest.approx((1 / 3 + 2 / 4) / 3)
    assert found["R@100"].mean == pytest.approx(2 / 3)
    assert found["Judged@10"].mean == pytest.approx(3 / 4)
    assert found.unjudged == pytest.approx(1 / 4)


def test_agrees_with_trec_eval_to_1e_9():
    import pytrec_eval

    collection, run = generated(seed=1)
    names = {"ndcg_cut_10": "nDCG@10", "map": "AP", "recall_100": "R@100", "recip_rank": "RR"}
    ours = evaluate(run, collection, names.values())
    qrels = {query: dict(grades) for query, grades in collection.qrels.items()}
    measures = {"ndcg_cut.10", "map", "recall.100", "recip_rank"}
    theirs = pytrec_eval.RelevanceEvaluator(qrels, measures).evaluate(run)
    for (query, values), (trec, name) in itertools.product(theirs.items(), names.items()):
        assert ours[name].per_query[query] == pytest.approx(values[trec], abs=1e-9)


def test_agrees_with_ir_measures_where_no_scores_tie():
    import ir_measures

    collection, run = generated(seed=2)
    run = {
        query: {document: score + int(document[1:]) / 1000 for document, score in scores.items()}
        for query, scores in run.items()
    }
    names = ["nDCG@10", "RR@10", "RR(rel=2)@10", "AP", "P@5", "Judged@10"]
    ours = evaluate(run, collection, names)
    measures = [ir_measures.parse_measure(name) for name in names]
    qrels = {query: dict(grades) for query, grades in collection.qrels.items()}
    values = list(ir_measures.iter_calc(measures, qrels, run))
    assert len(values) == len(names) * len(run)
    for value in values:
        mine = ours[str(value.measure)].per_query[value.query_id]
        assert mine == pytest.approx(value.value, abs=1e-9)


def test_the_order_of_a_run_plays_no_part_even_among_ties():
    collection, run = generated(seed=3)
    turned = {
        query: dict(reversed(scores.items())) for query, scores in reversed(list(run.items()))
    }
    assert evaluate(run, collection).table().rows == evaluate(turned, collection).table().rows


def test_a_tie_is_ranked_as_a_run_is_by_document_id_descending():
    collection = collection_of({"q": {"a": 1}})
    tied = evaluate({"q": {"a": 1.0, "b": 1.0}}, collection, "RR@10")
    assert tied["RR@10"].mean == 0.5


def test_queries_without_a_relevant_passage_are_left_out_and_counted():
    collection = collection_of({"q1": {"a": 1}, "q2": {"a": 0, "b": -1}}, "q3")
    run = {"q1": {"a": 1.0}, "q2": {"a": 1.0}, "q3": {"a": 1.0}}
    found = evaluate(run, collection)
    assert found["nDCG@10"].mean == 1.0
    assert found.queries == ("q1",)
    assert found.without_relevant == 2
    assert "Without a relevant passage, left out: 2 queries." in str(found)


def test_missing_queries_score_zero_and_extra_ones_are_ignored_and_both_are_counted():
    collection = collection_of({"q1": {"a": 1}, "q2": {"a": 1}, "q3": {"a": 1}})
    found = evaluate({"q1": {"a": 1.0}, "q3": {}, "q8": {"a": 1.0}, "q9": {}}, collection)
    assert found["AP"].per_query == {"q1": 1.0, "q2": 0.0, "q3": 0.0}
    assert found["AP"].mean == pytest.approx(1 / 3)
    assert (found.missing, found.ignored) == (2, 2)
    assert "Missing in the run, scored 0: 2 queries." in str(found)
    assert "In the run but not in the collection, ignored: 2 queries." in str(found)


def test_a_run_that_ranks_only_unanswerable_queries_scores_zero():
    collection = collection_of({"q1": {"a": 1}, "q2": {"a": 0}})
    found = evaluate({"q2": {"a": 1.0}}, collection)
    assert found["nDCG@10"].mean == 0.0
    assert (found.missing, found.unjudged) == (1, 0.0)


@pytest.mark.parametrize(
    ("run", "error", "reason"),
    [
        ({"q": {"a": math.nan}}, ValueError, "query 'q' and document 'a' is nan"),
        ({"q": {"a": math.inf}}, ValueError, "is inf: a score must be a finite number"),
        ({"q": {"a": None}}, ValueError, "is None"),
        ({"q": {"a": "high"}}, ValueError, "is 'high'"),
        ({"q": ["a"]}, TypeError, "query 'q' has a list"),
        ([("q", "a")], TypeError, "this is a list"),
        ({"other": {"a": 1.0}}, ValueError, "none of the 1 queries of judged"),
        ({}, ValueError, "none of the 1 queries of judged"),
    ],
)
def test_what_is_no_run_is_refused(run: object, error: type[Exception], reason: str):
    with pytest.raises(error, match=reason):
        evaluate(run, collection_of({"q": {"a": 1}}))


@pytest.mark.parametrize("metric", ["nDGC@10", "nDCG@ten", "", "alpha_nDCG@10", "Compat@10"])
def test_a_metric_that_cannot_be_computed_is_refused(metric: str):
    with pytest.raises(ValueError, match="try 'nDCG@10'"):
        evaluate({"q": {"a": 1.0}}, collection_of({"q": {"a": 1}}), [metric])


def test_nothing_to_measure_is_said():
    with pytest.raises(ValueError, match="No query of judged has a relevant passage"):
        evaluate({"q": {"a": 1.0}}, collection_of({"q": {"a": 0}}))
    with pytest.raises(ValueError, match="Name at least one metric"):
        evaluate({"q": {"a": 1.0}}, collection_of({"q": {"a": 1}}), [])


def test_an_evaluation_shows_itself_as_a_table():
    collection, run = generated(seed=4)
    found = evaluate(run, collection, ("nDCG@10", "P@5"))
    assert "judged: means over 40 queries" in str(found)
    assert found.table().column("metric") == ["nDCG@10", "P@5"]
    row = found.table().rows[0]
    assert row["95 % from"] < row["mean"] < row["to"]
    assert "<table" in found._repr_html_()
    assert repr(found) == str(found)
    with pytest.raises(KeyError, match="AP"):
        found["AP"]
