"""An experiment: a first stage, reranked, measured, and finished after a kill."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.library import Overlap, experiment, library
from xenc_course import LateInteraction
from xenc_course.evaluation.experiment import Experiment, rerank_and_evaluate
from xenc_course.retrieval.runs import read_run, write_run
from xenc_course.scoring.pairs import Pair
from xenc_course.scoring.scorers import BLOCK, load_scorer
from xenc_course.text.collection import Collection


def test_bm25_candidates_are_reranked_written_and_measured(tmp_path: Path):
    out = tmp_path / "run.trec"
    found = experiment(library(), "bm25", "overlap", out, depth=5, scorer=Overlap())
    run = read_run(out)
    assert {len(scores) for scores in run.values()} == {5}
    assert found.evaluations["overlap"]["RR@10"].mean == 1.0
    assert found.comparison is not None
    assert found.comparison.baseline == "bm25"
    assert (found.work.pairs, found.work.scored) == (50, 50)
    assert [path.name for path in tmp_path.iterdir()] == ["run.trec"]
    shown = str(found)
    assert "library: means over 10 queries" in shown
    assert "Compared with bm25 (nDCG@10 1.0000), 10 queries" in shown
    assert "Scored 50 pairs in " in shown and shown.endswith(" pairs/s.")


def test_a_killed_command_goes_on_where_it_was(tmp_path: Path):
    whole, out = tmp_path / "whole.trec", tmp_path / "run.trec"
    experiment(library(20, 20), "bm25", "overlap", whole, scorer=Overlap())
    assert len(read_run(whole)["q0"]) == 20
    program = [sys.executable, "-m", "tests.evaluation.killed_evaluation", str(out)]
    killed = subprocess.run(
        program, cwd=Path(__file__).parents[2], capture_output=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert not out.exists()
    journal = tmp_path / "run.trec.journal"
    kept = [line.split("\t") for line in journal.read_text().splitlines()[1:]]
    assert len(kept) == BLOCK
    with journal.open("a") as file:
        file.write("q9\tp11")  # the line that a kill tore

    rest = Overlap()
    found = experiment(library(20, 20), "bm25", "overlap", out, scorer=rest)
    assert (found.work.pairs, found.work.scored) == (400, 400 - BLOCK)
    assert "(128 more were in the journal)" in str(found)
    texts = library(20, 20)
    before = {(texts.queries[query], texts.documents[document]) for query, document, _ in kept}
    assert len(before) == BLOCK
    assert len(rest.asked) == len(set(rest.asked)) == 400 - BLOCK
    assert not before & set(rest.asked)
    assert out.read_bytes() == whole.read_bytes()
    assert not journal.exists()


def test_a_journal_killed_before_its_first_line_was_whole_starts_over(tmp_path: Path):
    journal = tmp_path / "run.trec.journal"
    journal.write_text('{"collec')
    out = tmp_path / "run.trec"
    found = experiment(library(), "bm25", "overlap", out, scorer=Overlap())
    assert found.work.scored == 120


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"depth": 4}, "begun with another depth (6, not 4)"),
        ({"model": "other"}, "begun with another model (overlap, not other)"),
        ({"n_queries": 3}, "begun with another set of pairs"),
    ],
)
def test_a_journal_of_another_job_is_refused_and_kept(tmp_path: Path, change: dict, reason: str):
    def scorer(pairs: Sequence[Pair]) -> list[float]:
        raise KeyboardInterrupt

    out = tmp_path / "run.trec"
    job = {"first_stage": "bm25", "model": "overlap", "depth": 6, "scorer": scorer}
    with pytest.raises(KeyboardInterrupt):
        experiment(library(), out=out, **job)
    journal = tmp_path / "run.trec.journal"
    begun = journal.read_bytes()
    with pytest.raises(ValueError) as caught:
        experiment(library(), out=out, **(job | change))
    assert reason in str(caught.value)
    assert "choose another place, or remove this one" in str(caught.value)
    assert journal.read_bytes() == begun
    assert not out.exists()


def test_a_first_stage_alone_needs_no_model_and_is_written_when_asked(tmp_path: Path):
    found = experiment(library(), "bm25", metrics="RR@10")
    assert list(found.evaluations) == ["bm25"]
    assert found.comparison is None
    assert "pairs/s" not in str(found)
    experiment(library(), "bm25", out=tmp_path / "bm25.trec.gz", depth=3)
    assert {len(scores) for scores in read_run(tmp_path / "bm25.trec.gz").values()} == {3}


def test_a_run_file_is_reranked_to_its_best_passages(tmp_path: Path):
    first = {f"q{n}": {f"p{m}": float(-m) for m in range(12)} for n in range(4)}
    write_run(first | {"q77": {"p1": 1.0}}, tmp_path / "first.trec")
    scorer, out = Overlap(), tmp_path / "run.trec"
    stage = str(tmp_path / "first.trec")
    found = experiment(library(4), stage, "overlap", out, depth=3, scorer=scorer)
    assert set(read_run(out)["q3"]) == {"p0", "p1", "p2"}
    assert len(scorer.asked) == 12
    assert list(found.evaluations) == ["first.trec", "overlap"]
    assert "but not asked for: 1 queries." in str(found)


def test_judged_passages_are_ranked_by_the_model_alone(tmp_path: Path):
    collection = Collection(
        name="judged",
        documents={"a": "red apple", "b": "green pear", "c": "red car"},
        queries={"q1": "red apple", "q2": "green"},
        qrels={"q1": {"a": 1, "c": 0, "gone": 1}, "q2": {"b": 1}},
    )
    out = tmp_path / "run.trec"
    found = experiment(collection, "judged", "overlap", out, depth=1, scorer=Overlap())
    assert {query: list(scores) for query, scores in read_run(out).items()} == {
        "q1": ["a", "c"],
        "q2": ["b"],
    }
    assert list(found.evaluations) == ["overlap"]
    assert found.evaluations["overlap"]["AP"].mean == pytest.approx((1 / 2 + 1) / 2)
    assert "Judged but without text, not ranked: 1 passages." in str(found)
    with pytest.raises(ValueError, match="no order of their own"):
        experiment(collection, "judged")


def test_titles_are_read_unless_they_are_refused(tmp_path: Path):
    collection = Collection(
        "titled", {"a": "a fruit", "b": "b"}, {"q": "fruit"}, {"q": {"a": 1}}, {"a": "Apple"}
    )
    for titles, read in ((True, "Apple a fruit"), (False, "a fruit")):
        scorer = Overlap()
        out = tmp_path / f"{titles}.trec"
        experiment(collection, "bm25", "m", out, titles=titles, scorer=scorer)
        assert scorer.asked == [("fruit", read)]


def test_only_judged_queries_are_ranked_and_a_sample_of_them_when_asked():
    collection = library()
    more = Collection(
        collection.name, collection.documents, collection.queries | {"x": "shelf"}, collection.qrels
    )
    found = experiment(more, "bm25", n_queries=4, seed=2)
    queries = found.evaluations["bm25"].queries
    assert len(queries) == 4
    assert queries == tuple(collection.sample(4, seed=2).queries)
    assert "Without any judgement, not ranked: 1 queries." in str(found)
    assert "Sampled with seed 2: 4 queries." in str(found)


def test_arguments_that_do_not_fit_are_refused_before_any_work(tmp_path: Path):
    out = tmp_path / "run.trec"
    out.write_text("precious")
    cases = [
        ({"model": "m"}, ValueError, "Name a file for the reranked run"),
        ({"model": "m", "out": out}, ValueError, "exists: choose another --out"),
        ({"out": tmp_path / "no" / "run"}, FileNotFoundError, "There is no folder"),
        ({"depth": 0}, ValueError, "depth is at least 1, not 0"),
        ({"first_stage": str(tmp_path / "x")}, FileNotFoundError, "no first stage and no file"),
        ({"n_queries": 11}, ValueError, "library has 10 queries"),
        ({"metrics": ["nDGC@10"]}, ValueError, "There is no metric 'nDGC@10'"),
    ]
    for options, error, reason in cases:
        with pytest.raises(error, match=reason):
            experiment(library(), **({"first_stage": "bm25"} | options))
    assert out.read_text() == "precious"


def test_what_cannot_be_reranked_is_refused(tmp_path: Path):
    stage = tmp_path / "first.trec"
    options = {"model": "m", "out": tmp_path / "run.trec", "scorer": Overlap()}
    write_run({"q1": {"p1": 2.0, "elsewhere": 1.0}}, stage)
    with pytest.raises(ValueError, match="'elsewhere', a candidate of query 'q1', has no text"):
        experiment(library(), str(stage), **options)
    write_run({"other": {"p1": 2.0}}, stage)
    with pytest.raises(ValueError, match="has none of the queries of library"):
        experiment(library(), str(stage), **options)
    strange = Collection("strange", {"a": "word"}, {"q": "zzz"}, {"q": {"a": 1}})
    with pytest.raises(ValueError, match="found no passage for any query"):
        experiment(strange, "bm25", **options)
    spaced = Collection("spaced", {"a 1": "word"}, {"q": "word"}, {"q": {"a 1": 1}})
    with pytest.raises(ValueError, match="The id of a document is 'a 1'"):
        experiment(spaced, "bm25", **options)
    unjudged = Collection("unjudged", {"a": "word"}, {"q": "word"}, {})
    with pytest.raises(ValueError, match="No query of unjudged has a judgement"):
        experiment(unjudged, "bm25")
    assert not (tmp_path / "run.trec").exists()


def test_another_model_in_the_same_folder_is_another_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def interrupted(name: str, backend: str) -> None:
        raise KeyboardInterrupt

    folder, out = tmp_path / "model", tmp_path / "run.trec"
    folder.mkdir()
    (folder / "model.onnx").write_bytes(b"weights")
    monkeypatch.setattr("xenc_course.evaluation.experiment.load_scorer", interrupted)
    with pytest.raises(KeyboardInterrupt):
        experiment(library(), "bm25", str(folder), out)
    (folder / "model.onnx").write_bytes(b"weights, trained on")
    with pytest.raises(ValueError, match="begun with another weights"):
        experiment(library(), "bm25", str(folder), out)
    (folder / "model.onnx").write_bytes(b"weights")
    with pytest.raises(KeyboardInterrupt):
        experiment(library(), "bm25", str(folder), out)


@pytest.mark.models
def test_the_real_bi_encoder_is_a_first_stage():
    found = experiment(library(3, 4), "bi-encoder", depth=2, metrics=["RR@10"])
    assert found.evaluations["bi-encoder"].missing == 0


@pytest.mark.models
def test_onnx_encoders_are_first_stage_and_model(tmp_path: Path):
    bge, late = "bge-small-en-v1.5-int8", "answerai-colbert-small-v1-int8"
    passages = ["Lima is the capital of Peru.", "Bread is baked from flour.", "A cat sleeps."]
    documents = {f"d{n}": passage for n, passage in enumerate(passages)}
    towns = Collection("towns", documents, {"q": "capital of Peru"}, {"q": {"d0": 1}})
    out = tmp_path / "run.trec"
    found = rerank_and_evaluate(towns, Experiment(bge, late, depth=2, metrics=("RR@10",)), out)
    assert list(found.evaluations) == [bge, late]
    assert all(e["RR@10"].mean == 1.0 for e in found.evaluations.values())
    assert isinstance(load_scorer(late), LateInteraction)
