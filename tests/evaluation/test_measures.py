"""Measures: each gives what it gives alone, and what cannot be computed is refused first."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys

import numpy as np
import pytest

from tests.support.judged import collection_of, generated
from xenc_course.evaluation.measures import check_metrics, judgements, parse_metrics
from xenc_course.evaluation.metrics import evaluate

MEASURES = [
    *("nDCG", "nDCG@10", "nDCG(gains={1:5})@10", "nDCG(judged_only=True)@10", "NumRet"),
    *("NumRet(rel=2)", "RR", "RR@10", "RR(rel=2)", "RR(judged_only=True)", "AP", "AP(rel=2)@5"),
    *("P@5", "R@20", "Success(rel=3)@1", "IPrec@0.1", "IPrec@0.101", "SetF(beta=2.0)", "SetF"),
    *("Bpref", "infAP", "Judged@10", "Compat", "Rprec"),
]


def test_each_measure_gives_beside_another_what_it_gives_alone():
    collection, run = generated(seed=6, queries=6)
    alone = {name: evaluate(run, collection, name, resamples=1)[name] for name in MEASURES}
    for pair in itertools.permutations(MEASURES, 2):
        for score in evaluate(run, collection, pair, resamples=1).scores:
            assert score == alone[score.metric], pair


@pytest.mark.slow
def test_two_measures_do_not_depend_on_the_hash_seed():
    program = (
        "from tests.support.judged import generated\n"
        "from xenc_course.evaluation.metrics import evaluate\n"
        "collection, run = generated(seed=6, queries=6)\n"
        "found = evaluate(run, collection, ['nDCG@10', 'nDCG(gains={1:5})@10'], resamples=1)\n"
        "print([score.mean for score in found.scores])\n"
    )
    said = {
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in "0125"
    }
    collection, run = generated(seed=6, queries=6)
    means = [
        evaluate(run, collection, name, resamples=1)[name].mean
        for name in ("nDCG@10", "nDCG(gains={1:5})@10")
    ]
    assert said == {f"{means}\n"}


def test_compat_is_that_of_ir_measures():
    import ir_measures

    # Of two passages of one grade, the ideal ranking has first what the run ranks higher.
    collection = collection_of({"q": {"a": 1, "b": 1, "c": 1}})
    run = {"q": {"x": 3.0, "c": 2.0, "y": 1.0}}
    ((theirs,),) = [list(ir_measures.iter_calc([ir_measures.Compat], dict(collection.qrels), run))]
    assert evaluate(run, collection, "Compat")["Compat"].mean == pytest.approx(theirs.value)


@pytest.mark.parametrize(
    ("metric", "reason"),
    [
        ("nDCG@0", "cutoff is 0: choose a whole number from 1"),
        ("P@0", "cutoff is 0"),
        ("R@0", "cutoff is 0"),
        ("AP@0", "cutoff is 0"),
        ("RR@0", "cutoff is 0"),
        ("Success@0", "cutoff is 0"),
        ("Judged@0", "cutoff is 0"),
        ("P@True", "cutoff is True"),
        ("P@99999999999999999999", "cutoff is 99999999999999999999"),
        ("AP(rel=0)", "rel is 0: choose a whole number from 1 to 1,000"),
        ("RR(rel=0)@10", "rel is 0"),
        ("AP(rel=99999999999)", "rel is 99999999999"),
        ("IPrec@2.0", "recall is 2.0: choose a number from 0 to 1"),
        ("SetF(beta=1e-7)", "beta is 1e-07: choose a number from 0.001 to 1,000"),
        ("Compat(p=1e999)", "p is inf"),
        ("nDCG(gains={1:1000000000})", "a grade or gain is 1000000000"),
        ("nDCG(gains={1:1.5})", "a grade or gain is 1.5"),
        ("nDCG(gains={'a':1})", "a grade or gain is 'a'"),
        ("Accuracy", "fails on a ranking of one relevant passage .ZeroDivisionError"),
        ("nDGC@10", "There is no metric 'nDGC@10'"),
        pytest.param("P@" + "(" * 300 + "5" + ")" * 300, "There is no metric", id="deep"),
        pytest.param("P@" + "9" * 5000, "There is no metric", id="long"),
        ("P", "There is no metric 'P' .it needs a cutoff.: try"),
        (b"P@5", "There is no metric b'P@5'"),
    ],
)
def test_a_metric_that_would_fail_is_refused_in_a_sentence(metric: str, reason: str):
    with pytest.raises(ValueError, match=reason) as caught:
        check_metrics([metric], {"q": {"a": 1}})
    assert len(str(caught.value)) < 400
    with pytest.raises(ValueError, match=reason):
        evaluate({"q": {"a": 1.0}}, collection_of({"q": {"a": 1}}), [metric])


GDEVAL = ["ERR@10", "nDCG(dcg='exp-log2')@10"]


@pytest.fixture
def perl(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let gdeval count as installed; what is refused is never handed to it."""
    import ir_measures

    monkeypatch.setattr(ir_measures.gdeval, "_is_available", True)


@pytest.mark.parametrize("metric", GDEVAL)
@pytest.mark.parametrize("query", ["q1", "007", "a-12", "٣"])
@pytest.mark.usefixtures("perl")
def test_gdeval_is_not_given_ids_that_it_misreads(
    capfd: pytest.CaptureFixture[str], metric: str, query: str
):
    with pytest.raises(ValueError, match=f"takes numbers as query ids and not '{query}'"):
        check_metrics([metric], {"1": {"a": 1}, query: {"a": 1}})
    assert capfd.readouterr().err == ""


@pytest.mark.usefixtures("perl")
def test_gdeval_is_not_given_grades_that_it_does_not_know():
    with pytest.raises(ValueError, match="takes grades up to 4 and not 5"):
        check_metrics(["ERR@10"], {"1": {"a": 5}})


def test_a_metric_whose_provider_gives_no_number_is_refused(monkeypatch: pytest.MonkeyPatch):
    import ir_measures

    broken = ir_measures.Metric("q", ir_measures.AP, float("nan"))
    monkeypatch.setattr(ir_measures, "iter_calc", lambda *_: iter([broken]))
    with pytest.raises(ValueError, match="'AP' cannot be computed"):
        evaluate({"q": {"a": 1.0}}, collection_of({"q": {"a": 1}}), "AP")


@pytest.mark.parametrize(
    "grade",
    [1_001, -1_001, 2**62, 10**400, 10**5000, 1.5, float("nan"), float("inf"), "2", None],
    ids=lambda grade: type(grade).__name__,
)
def test_grades_that_are_not_whole_or_beyond_bounds_are_refused(grade: object):
    collection = collection_of({"q1": {"a": 1}, "q2": {"b": grade}})
    for call in (judgements, lambda collection: evaluate({"q1": {"a": 1.0}}, collection)):
        with pytest.raises(ValueError, match=r"judged, query 'q2': the grade is .* must"):
            call(collection)


def test_whole_numbers_of_other_libraries_are_grades():
    collection = collection_of({"q": {"a": np.int64(2), "b": 1.0, "c": np.float32(0)}})
    found = evaluate({"q": {"b": 2.0, "a": 1.0}}, collection, "nDCG@10")
    plain = evaluate({"q": {"b": 2.0, "a": 1.0}}, collection_of({"q": {"a": 2, "b": 1}}), "nDCG@10")
    assert found["nDCG@10"] == plain["nDCG@10"]


def test_what_holds_no_names_is_refused():
    for metrics in (None, 5):
        with pytest.raises(TypeError, match=f"names such as 'nDCG@10', not {metrics}"):
            parse_metrics(metrics)


def test_a_recall_of_thousandths_is_said():
    found = evaluate(
        {"q": {"a": 1.0}}, collection_of({"q": {"a": 1}}), ["IPrec@0.1", "IPrec@0.101"]
    )
    assert "IPrec@0.101 is taken at a recall of 0.10: trec_eval knows hundredths." in str(found)
    assert "IPrec@0.1 is taken" not in str(found)


def test_measures_themselves_are_taken_and_found_by_their_names():
    import ir_measures

    collection = collection_of({"q": {"a": 1}})
    assert list(parse_metrics([ir_measures.nDCG @ 10, "AP"])) == ["nDCG@10", "AP"]
    assert evaluate({"q": {"a": 1.0}}, collection, [ir_measures.P @ 1])["P@1"].mean == 1.0


def test_the_count_of_relevant_passages_follows_rel():
    qrels = {"q": {"a": 1, "b": 2, "c": 2}}
    run = {"q": {"a": 3.0, "b": 2.0, "c": 1.0}}
    found = evaluate(run, collection_of(qrels), ["NumRelRet", "NumRet(rel=2)"], rel=2)
    assert found["NumRelRet"].mean == found["NumRet(rel=2)"].mean == 2


def test_a_measure_of_ir_measures_is_a_name_as_well():
    import ir_measures

    qrels, run = {"q": {"a": 1}}, {"q": {"a": 1.0}}
    assert evaluate(run, collection_of(qrels), ir_measures.RR @ 10)["RR@10"].mean == 1
