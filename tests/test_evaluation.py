from __future__ import annotations

import gzip
import itertools
import math
from pathlib import Path

import numpy as np
import pytest
import scipy.stats

from xenc_course.evaluation.metrics import evaluate
from xenc_course.evaluation.resampling import bootstrap_interval, holm, sign_flip_test
from xenc_course.evaluation.run_comparison import compare_runs
from xenc_course.retrieval.runs import ranked, read_run, write_run
from xenc_course.text.collection import Collection


def collection_of(qrels: dict[str, dict[str, int]], *more_queries: str) -> Collection:
    documents = {document: "text" for grades in qrels.values() for document in grades}
    return Collection("judged", documents, dict.fromkeys([*qrels, *more_queries], "query"), qrels)


def generated(seed: int, queries: int = 40) -> tuple[Collection, dict[str, dict[str, float]]]:
    """Graded judgements and a run over them with many tied scores and unjudged documents."""
    rng = np.random.default_rng(seed)
    qrels, run = {}, {}
    for query in (f"q{number}" for number in range(queries)):
        documents = [f"d{number}" for number in rng.permutation(60)]
        qrels[query] = {document: int(rng.integers(4)) for document in documents[:30]}
        run[query] = {document: float(rng.integers(12)) for document in documents[10:]}
    return collection_of(qrels), run


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


def test_ties_rank_by_document_id_descending_and_scores_compare_as_32_bit_floats():
    assert ranked({"a": 1.0, "c": 1.0, "b": 1.0, "z": 0.5}) == ["c", "b", "a", "z"]
    assert ranked({"a": 1.0 + 1e-12, "b": 1.0}) == ["b", "a"]
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


def test_bootstrap_interval_is_seeded_and_agrees_with_scipy():
    values = np.random.default_rng(0).normal(0.5, 0.2, size=80)
    interval = bootstrap_interval(values, seed=1)
    assert interval == bootstrap_interval(list(values), seed=1)
    assert interval != bootstrap_interval(values, seed=2)
    theirs = scipy.stats.bootstrap(
        (values,), np.mean, n_resamples=10_000, method="percentile", rng=np.random.default_rng(5)
    ).confidence_interval
    assert interval == pytest.approx((theirs.low, theirs.high), abs=0.003)
    wider = bootstrap_interval(values, confidence=0.99, seed=1)
    assert wider[0] < interval[0] < interval[1] < wider[1]
    assert bootstrap_interval([0.25]) == (0.25, 0.25)


def test_bootstrap_interval_covers_the_truth_about_95_times_in_100():
    rng = np.random.default_rng(7)
    covered = 0
    for _ in range(300):
        low, high = bootstrap_interval(rng.uniform(size=50), resamples=500)
        covered += low <= 0.5 <= high
    assert 270 <= covered <= 297


@pytest.mark.parametrize(
    ("values", "options", "reason"),
    [
        ([], {}, "shape"),
        ([[1.0]], {}, "shape"),
        ([1.0, math.nan], {}, "NaN or infinite"),
        ([1.0], {"confidence": 95}, "between 0 and 1"),
        ([1.0], {"resamples": 0}, "at least 1"),
    ],
)
def test_bad_values_are_not_resampled(values: list, options: dict, reason: str):
    with pytest.raises(ValueError, match=reason):
        bootstrap_interval(values, **options)


def test_the_sign_flip_test_counts_all_patterns_when_they_are_few():
    # Five positive differences: 2 of the 32 sign patterns are as extreme, all plus and all minus.
    assert sign_flip_test([0.1, 0.2, 0.3, 0.1, 0.4, 0.0]) == (2 / 32, True)
    assert sign_flip_test([0.0, 0.0]) == (1.0, True)
    differences = np.random.default_rng(3).normal(0.2, 0.5, size=10)
    theirs = scipy.stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=10_000
    )
    assert sign_flip_test(differences) == (pytest.approx(theirs.pvalue), True)


def test_the_sign_flip_test_is_seeded_when_patterns_are_drawn():
    differences = np.random.default_rng(4).normal(0.05, 0.3, size=60)
    p, exact = sign_flip_test(differences, seed=1)
    assert not exact
    assert sign_flip_test(differences, seed=1) == (p, False)
    assert p == pytest.approx(scipy.stats.ttest_1samp(differences, 0).pvalue, abs=0.03)
    assert sign_flip_test(np.ones(40))[0] == 1 / 10_001


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == [1.0, 1.0]


def hits(*ranks: int) -> dict[str, dict[str, float]]:
    """A run that puts the one relevant passage of the n-th query at the n-th rank (0: nowhere)."""
    return {
        f"q{number}": {
            ("a" if place == rank else f"x{place}"): -float(place) for place in range(1, 11)
        }
        for number, rank in enumerate(ranks)
    }


def one_relevant(queries: int) -> Collection:
    return collection_of({f"q{number}": {"a": 1} for number in range(queries)})


def test_a_better_run_is_called_better_whichever_comes_first():
    good, bad, queries = hits(*[1] * 12), hits(*[3] * 12), one_relevant(12)
    ahead = compare_runs({"good": good}, {"bad": bad}, queries, "RR@10")
    assert ahead.verdict == "good"
    assert compare_runs({"bad": bad}, {"good": good}, queries, "RR@10").verdict == "good"
    assert compare_runs({"a": bad}, {"b": good}, queries, "RR@10").verdict == "b"
    found = ahead["good"]
    assert (found.mean, found.baseline_mean) == pytest.approx((1.0, 1 / 3))
    assert found.difference == pytest.approx(2 / 3)
    assert (found.wins, found.ties, found.losses) == (12, 0, 0)
    assert (found.p, found.exact) == (2 / 2**12, True)


def test_runs_that_the_queries_do_not_tell_apart_are_a_tie():
    a, b = hits(1, 2, 1, 5, 0, 1), hits(2, 1, 1, 4, 0, 1)
    found = compare_runs({"a": a}, {"b": b}, one_relevant(6), "RR@10")
    assert found.verdict == "tie"
    assert (found["a"].wins, found["a"].ties, found["a"].losses) == (1, 3, 2)
    assert compare_runs({"a": a}, {"b": a}, one_relevant(6)).verdict == "tie"


def test_it_is_a_tie_when_the_interval_is_clear_of_zero_but_p_is_not_small():
    # Four wins of four: the interval lies above zero, but 2 of 16 sign patterns are as extreme.
    ahead, behind = {"a": hits(1, 1, 1, 1)}, {"b": hits(2, 2, 2, 2)}
    found = compare_runs(ahead, behind, one_relevant(4), "RR@10")
    assert found["a"].low > 0
    assert found["a"].p == 0.125
    assert found.verdict == "tie"


def test_several_runs_are_adjusted_by_holm():
    baseline, queries = hits(*[2] * 6), one_relevant(6)
    runs = {"first": hits(*[1] * 6), "second": hits(*[1] * 6), "same": baseline}
    alone = compare_runs({"first": runs["first"]}, {"base": baseline}, queries, "RR@10")
    assert (alone["first"].p, alone.verdict) == (2 / 64, "first")
    found = compare_runs(runs, {"base": baseline}, queries, "RR@10")
    assert [d.p for d in found.differences] == pytest.approx([6 / 64, 6 / 64, 1.0])
    assert found["first"].raw_p == 2 / 64
    assert found["first"].verdict == "tie"
    assert found.table().column("p (Holm)") == pytest.approx([6 / 64, 6 / 64, 1.0])
    assert "Compared with base (RR@10 0.5000), 6 queries" in str(found)
    assert "<table" in found._repr_html_()
    with pytest.raises(ValueError, match="several verdicts"):
        found.verdict  # noqa: B018 - the property raises
    with pytest.raises(KeyError, match="'second'"):
        found["third"]


def test_a_comparison_needs_runs_and_one_baseline():
    run, queries = hits(1), one_relevant(1)
    with pytest.raises(ValueError, match="not 1 with 2"):
        compare_runs({"a": run}, {"x": run, "y": run}, queries)
    with pytest.raises(TypeError, match="not a list"):
        compare_runs([run], {"b": run}, queries)
    with pytest.raises(TypeError, match="Give each run its name"):
        compare_runs(run, {"b": run}, queries)


@pytest.mark.parametrize("name", ["run.trec", "run.trec.gz"])
def test_a_run_comes_back_from_its_file_with_the_same_numbers(tmp_path: Path, name: str):
    _, run = generated(seed=5)
    run["q0"]["d1"] = 0.1 + 0.2
    path = tmp_path / name
    write_run(run, path)
    assert read_run(path) == run
    assert [entry.name for entry in tmp_path.iterdir()] == [name]
    first = path.read_bytes()
    write_run(run, path)
    assert path.read_bytes() == first


def test_a_run_file_is_in_the_trec_format_best_first(tmp_path: Path):
    write_run({"q": {"a": 1.5, "b": np.float32(2.5), "c": 1.5}}, tmp_path / "run", tag="mine")
    lines = (tmp_path / "run").read_text().splitlines()
    assert lines == ["q Q0 b 1 2.5 mine", "q Q0 c 2 1.5 mine", "q Q0 a 3 1.5 mine"]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["q Q0 d 1 0.5 tag", "q Q0 e 2 0.4"], "line 2: a run has six columns"),
        (["q Q0 d 1 high tag"], "line 1: the score 'high' is no number"),
        (["q Q0 d 1 nan tag"], "line 1: the score is nan"),
        (["q Q0 d 1 1 t", "", "q Q0 d 2 0 t"], "line 3: document 'd' is given twice"),
        ([], "is an empty run"),
    ],
)
def test_a_malformed_run_file_is_named_with_line_and_reason(
    tmp_path: Path, lines: list[str], reason: str
):
    path = tmp_path / "run.trec.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    with pytest.raises(ValueError) as caught:
        read_run(path)
    assert str(path) in str(caught.value)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("run", "tag"),
    [
        ({"q 1": {"a": 1.0}}, "t"),
        ({"q": {"a\n": 1.0}}, "t"),
        ({"q": {"": 1.0}}, "t"),
        ({}, "my tag"),
    ],
)
def test_what_the_format_cannot_carry_is_not_written(tmp_path: Path, run: dict, tag: str):
    with pytest.raises(ValueError, match="an id is text without white space"):
        write_run(run, tmp_path / "run.trec", tag=tag)
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path):
    from xenc_course.files import write_lines

    def failing():
        yield "half"
        raise KeyboardInterrupt

    path = tmp_path / "run.trec.gz"
    path.write_bytes(b"before")
    with pytest.raises(KeyboardInterrupt):
        write_lines(path, failing())
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    assert path.read_bytes() == b"before"
