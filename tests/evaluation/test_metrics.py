"""Metrics: those of trec_eval, with what was left out said beside them."""

from __future__ import annotations

import itertools
import math
import re

import pytest
from hypothesis import assume, given, strategies as st

from tests.support.judged import collection_of, generated
from tests.support.made_up import judged_runs
from xenc_course.evaluation.metrics import evaluate
from xenc_course.text.collection import Collection


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


def test_condensed_leaves_unjudged_passages_out_of_each_ranking():
    collection = collection_of({"q1": {"a": 2, "b": 0, "c": 1}, "q2": {"d": 1}, "q3": {"e": 1}})
    run = {
        "q1": {"x": 9.0, "b": 8.0, "y": 7.0, "a": 6.0},
        "q2": {"x": 2.0, "y": 1.0},
        "q3": {"e": 1.0},
    }
    plain = evaluate(run, collection, ["RR@10", "AP"])
    found = evaluate(run, collection, ["RR@10", "AP"], condensed=True)
    assert plain["RR@10"].per_query == {"q1": 1 / 4, "q2": 0.0, "q3": 1.0}
    assert found["RR@10"].per_query == {"q1": 1 / 2, "q2": 0.0, "q3": 1.0}
    assert found["AP"].per_query["q1"] == pytest.approx(1 / 4)
    assert (found.unjudged, found.missing, found.condensed) == (plain.unjudged, 0, 4)
    assert "Condensed, left out before measuring: 4 passages." in str(found)
    assert "Condensed" not in str(plain)


def test_rel_is_the_least_grade_that_is_relevant_to_binary_metrics():
    collection = collection_of({"q1": {"a": 1, "b": 2}, "q2": {"a": 1}, "q3": {"c": 3, "a": 1}})
    run = {query: {"a": 3.0, "b": 2.0, "c": 1.0} for query in collection.queries}
    names = ["RR@10", "AP", "P@1", "R@2", "Success@2", "Rprec", "RR(rel=1)@10", "nDCG@10"]
    found = evaluate(run, collection, names, rel=2)
    assert found.queries == ("q1", "q3")
    by_query = {score.metric: list(score.per_query.values()) for score in found.scores}
    assert by_query["RR@10"] == by_query["AP"] == [1 / 2, pytest.approx(1 / 3)]
    assert by_query["P@1"] == by_query["Rprec"] == [0.0, 0.0]
    assert by_query["R@2"] == by_query["Success@2"] == [1.0, 0.0]
    assert by_query["RR(rel=1)@10"] == [1.0, 1.0]
    graded = evaluate(run, collection, "nDCG@10")["nDCG@10"].per_query
    assert by_query["nDCG@10"] == [graded["q1"], graded["q3"]]
    assert "Without a passage of grade 2 or above, left out: 1 queries." in found.notes()
    assert "Relevant to metrics without grades: grade 2 and above." in found.notes()


def test_a_rel_that_leaves_nothing_or_cannot_be_computed_is_refused():
    collection = collection_of({"q": {"a": 1}})
    with pytest.raises(ValueError, match=r"has a relevant passage .a grade of 2 or above"):
        evaluate({"q": {"a": 1.0}}, collection, rel=2)
    with pytest.raises(ValueError, match="cannot compute 'NumRel' with rel=2"):
        evaluate({"q": {"a": 1.0}}, collection, "NumRel", rel=2)
    for rel in (0, -1, 1.5, True, 1_001):
        with pytest.raises(ValueError, match=f"rel is {rel}: choose a whole number from 1 to"):
            evaluate({"q": {"a": 1.0}}, collection, rel=rel)


def test_what_is_judged_and_not_there_is_counted():
    collection = Collection(
        "deep",
        documents={"a": "text"},
        queries={"q1": "why", "q2": "how"},
        qrels={"q1": {"a": 1, "elsewhere": 2}, "q2": {"a": 1}, "q9": {"a": 1}},
    )
    run = {"q1": {"a": 1.0}, "q2": {"a": 1.0}}
    # A sample of the queries is no reason to count others as unknown, nor to forget the unknown.
    for part, textless in ((collection, 1), (collection.select(["q2"]), 0)):
        found = evaluate(run, part, "R@100")
        assert (found.unknown_queries, found.textless) == (1, textless)
        assert "Judged but not in the collection, left out: 1 queries." in str(found)
    assert evaluate(run, collection, "R@100")["R@100"].per_query == {"q1": 0.5, "q2": 1.0}
    assert "Judged but without text, never found: 1 passages." in str(evaluate(run, collection))


def test_a_query_that_ranks_its_own_document_is_noted():
    collection = collection_of({"d1": {"d3": 1}, "d2": {"d2": 1}, "d3": {"d1": 1}})
    run = {"d1": {"d1": 2.0, "d3": 1.0}, "d2": {"d2": 1.0}, "d3": {"d1": 1.0}}
    found = evaluate(run, collection, "RR@10")
    # d2 is judged for itself, so it is no accident that it is there.
    assert found.own_documents == 1
    assert "Rank the document of their own id, which BEIR leaves out: 1 queries." in str(found)


@pytest.mark.parametrize(("queries", "few"), [(1, True), (29, True), (30, False)])
def test_how_few_queries_an_interval_rests_on_is_said(queries: int, few: bool):
    collection, run = generated(seed=7, queries=queries)
    note = f"The intervals rest on {queries} queries: below 30 they are too narrow."
    assert (note in evaluate(run, collection, "RR@10", resamples=10).notes()) is few


SHARES = ["nDCG", "nDCG@3", "RR", "RR@2", "AP", "P@2", "R@3", "Judged@2", "Success@1", "Rprec"]
MORE = ["Bpref", "infAP", "Compat", "IPrec@0.5", "SetP", "SetR", "SetF", "nDCG(gains={1:3})"]


@given(judged_runs())
def test_shares_lie_between_0_and_1_in_any_order_of_the_run(made: tuple[dict, dict]):
    qrels, run = made
    collection = collection_of(qrels)
    names = SHARES + MORE
    found = evaluate(run, collection, names, resamples=1)
    turned = {query: dict(reversed(row.items())) for query, row in reversed(run.items())}
    assert evaluate(turned, collection, names, resamples=1) == found
    for score in found.scores:
        assert all(0 <= value <= 1 for value in score.per_query.values()), score
        assert score.mean == pytest.approx(sum(score.per_query.values()) / len(found.queries))


@given(judged_runs(), st.integers(1, 3))
def test_measures_agree_with_trec_eval(made: tuple[dict, dict], rel: int):
    import pytrec_eval

    qrels, run = made
    assume(any(grade >= rel for row in qrels.values() for grade in row.values()))
    names = {
        "ndcg": "nDCG",
        "ndcg_cut_3": "nDCG@3",
        "map": "AP",
        "map_cut_3": "AP@3",
        "recip_rank": "RR",
        "P_2": "P@2",
        "recall_3": "R@3",
        "success_1": "Success@1",
        "Rprec": "Rprec",
    }
    ours = evaluate(run, collection_of(qrels), names.values(), rel=rel, resamples=1)
    measures = {re.sub("_([0-9])", r".\1", name) for name in names}
    theirs = pytrec_eval.RelevanceEvaluator(qrels, measures, relevance_level=rel).evaluate(run)
    for trec, name in names.items():
        expected = [theirs.get(query, {trec: 0.0})[trec] for query in ours.queries]
        assert list(ours[name].per_query.values()) == pytest.approx(expected, abs=1e-9), name


@given(judged_runs())
def test_condensed_changes_nothing_where_all_is_judged(made: tuple[dict, dict]):
    qrels, run = made
    whole = {
        query: {**dict.fromkeys(run.get(query, {}), 0), **grades} for query, grades in qrels.items()
    }
    plain = evaluate(run, collection_of(whole), SHARES, resamples=1)
    condensed = evaluate(run, collection_of(whole), SHARES, resamples=1, condensed=True)
    assert condensed.scores == plain.scores
    assert condensed.condensed == 0


@given(judged_runs())
def test_condensed_is_a_run_of_judged_passages(made: tuple[dict, dict]):
    qrels, run = made
    judged = {q: {d: s for d, s in row.items() if d in qrels[q]} for q, row in run.items()}
    collection = collection_of(qrels)
    condensed = evaluate(run, collection, SHARES, resamples=1, condensed=True)
    assert condensed.scores == evaluate(judged, collection, SHARES, resamples=1).scores
