"""An experiment: a first stage, reranked, measured, and finished after a kill."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.library import Overlap, experiment, library
from xenc_course import LateInteraction, Reranker
from xenc_course.evaluation.experiment import Experiment, rerank_and_evaluate
from xenc_course.evaluation.metrics import Evaluation, evaluate
from xenc_course.retrieval.runs import read_run, write_run
from xenc_course.scoring.pairs import Pair
from xenc_course.scoring.scorers import BLOCK, load_scorer
from xenc_course.text.collection import Collection


class Interrupted(Overlap):
    """Scores one block, and is interrupted in the next."""

    def __call__(self, pairs: Sequence[Pair]) -> list[float]:
        if self.asked:
            raise KeyboardInterrupt
        return super().__call__(pairs)


def test_bm25_candidates_are_reranked_written_and_measured(tmp_path: Path):
    out = tmp_path / "run.trec"
    found = experiment(library(), "bm25", "overlap", out, depth=5, scorer=Overlap())
    run = read_run(out)
    assert {len(scores) for scores in run.values()} == {5}
    assert found.evaluations["overlap"]["RR@10"].mean == 1.0
    assert found.comparison is not None
    assert found.comparison.baseline == "bm25"
    assert (found.works["overlap"].pairs, found.works["overlap"].scored) == (50, 50)
    assert [path.name for path in tmp_path.iterdir()] == ["run.trec"]
    shown = str(found)
    assert "library: means over 10 queries" in shown
    assert "Compared with bm25 (nDCG@10 1.0000), 10 queries" in shown
    assert "Scored 50 pairs in " in shown and shown.endswith(" pairs/s.")


def test_each_run_is_measured_once_each_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    measured: list[bool] = []

    def counted(*args: object, condensed: bool, **options: object) -> Evaluation:
        measured.append(condensed)
        return evaluate(*args, condensed=condensed, **options)

    monkeypatch.setattr("xenc_course.evaluation.experiment.evaluate", counted)
    job = {"model": "overlap", "out": tmp_path / "run.trec", "scorer": Overlap()}
    found = experiment(library(), "bm25", condensed=True, **job)
    assert sorted(measured) == [False, False, True, True]
    assert [list(way.evaluations) for _, way in found.measured()] == [["bm25", "overlap"]] * 2


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
    assert (found.works["overlap"].pairs, found.works["overlap"].scored) == (400, 400 - BLOCK)
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
    journal.write_text('{"xenc_course.journal": {"collec')
    out = tmp_path / "run.trec"
    found = experiment(library(), "bm25", "overlap", out, scorer=Overlap())
    assert found.works["overlap"].scored == 120


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"depth": 4}, "begun with another depth (6, not 4)"),
        ({"model": "other"}, "begun with another model (overlap, not other)"),
        ({"n_queries": 3}, "begun with another set of pairs"),
    ],
)
def test_a_journal_of_another_job_is_refused_and_kept(tmp_path: Path, change: dict, reason: str):
    out = tmp_path / "run.trec"
    job = {"first_stage": "bm25", "model": "overlap", "depth": 6, "scorer": Interrupted()}
    with pytest.raises(KeyboardInterrupt):
        experiment(library(30), out=out, **job)
    journal = tmp_path / "run.trec.journal"
    begun = journal.read_bytes()
    with pytest.raises(ValueError) as caught:
        experiment(library(30), out=out, **(job | change))
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
        ({"model": "m", "out": out}, ValueError, "exists and is no run of m: choose another --out"),
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
    with pytest.raises(ValueError, match="id of a document is 'a 1'"):
        experiment(spaced, "bm25", **options)
    unjudged = Collection("unjudged", {"a": "word"}, {"q": "word"}, {})
    with pytest.raises(ValueError, match="No query of unjudged has a judgement"):
        experiment(unjudged, "bm25")
    assert not (tmp_path / "run.trec").exists()


def test_another_model_in_the_same_folder_is_another_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder, out = tmp_path / "model", tmp_path / "run.trec"
    folder.mkdir()
    (folder / "model.onnx").write_bytes(b"weights")
    monkeypatch.setattr(
        "xenc_course.evaluation.experiment.load_scorer", lambda name, backend: Interrupted()
    )
    with pytest.raises(KeyboardInterrupt):
        experiment(library(30), "bm25", str(folder), out)
    (folder / "model.onnx").write_bytes(b"weights, trained on")
    with pytest.raises(ValueError, match="begun with another weights"):
        experiment(library(30), "bm25", str(folder), out)
    (folder / "model.onnx").write_bytes(b"weights")
    with pytest.raises(KeyboardInterrupt):
        experiment(library(30), "bm25", str(folder), out)


class Reversed(Overlap):
    """Scores the other way round."""

    def __call__(self, pairs: Sequence[Pair]) -> list[float]:
        return [-score for score in super().__call__(pairs)]


@pytest.fixture
def two_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Two folders that stand for models: `good` scores as `Overlap`, `bad` the other way round."""
    for name in ("good", "bad"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.onnx").write_bytes(name.encode())

    def load(name: str, backend: str) -> Overlap:
        return Overlap() if name.endswith("good") else Reversed()

    monkeypatch.setattr("xenc_course.evaluation.experiment.load_scorer", load)
    return str(tmp_path / "good"), str(tmp_path / "bad")


def test_several_models_are_ranked_in_one_call_and_compared_together(tmp_path: Path, two_models):
    good, bad = two_models
    found = experiment(library(), "bm25", two_models, tmp_path / "runs", depth=5)
    assert list(found.evaluations) == ["bm25", good, bad]
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == ["bad.trec", "good.trec"]
    assert [d.name for d in found.comparison.differences] == [good, bad]
    assert "p (Holm)" in str(found)
    assert found.comparison[bad].difference < 0 == found.comparison[good].difference
    assert f"There is no difference at all: {good} and bm25 have the same nDCG@10" in str(found)
    assert f"{good}: Scored 50 pairs in" in str(found)
    tag = (tmp_path / "runs" / "good.trec").read_text().split()[5]
    assert tag.startswith("good-")


def test_judged_passages_are_ranked_by_several_models_and_compared(tmp_path: Path, two_models):
    found = experiment(library(), "judged", two_models, tmp_path)
    assert found.comparison.baseline == two_models[0]


def test_no_model_scores_before_all_can(tmp_path: Path, two_models):
    out = tmp_path / "runs"
    with pytest.raises(FileNotFoundError):
        experiment(library(), "bm25", (two_models[0], str(tmp_path / "gone")), out)
    assert list(out.iterdir()) == []
    (tmp_path / "x").mkdir()
    (tmp_path / "bad").rename(tmp_path / "x" / "good")
    with pytest.raises(ValueError, match="Two models are called good"):
        experiment(library(), "bm25", (two_models[0], str(tmp_path / "x" / "good")), out)
    with pytest.raises(ValueError, match="is named twice"):
        experiment(library(), "bm25", (two_models[0], two_models[0]), out)
    out.rmdir()
    out.write_text("precious")
    with pytest.raises(ValueError, match="is a file, and 2 runs need a folder"):
        experiment(library(), "bm25", (two_models[0], "other"), out)
    assert out.read_text() == "precious"


@pytest.mark.parametrize("options", [{}, {"keep_tail": True}, {"fusion_weight": 0.4}])
def test_a_run_that_is_whole_is_measured_and_not_made_again(
    tmp_path: Path, two_models, options: dict
):
    model, out = two_models[0], tmp_path / "run.trec.gz"
    asked: dict = {"depth": 5} | options
    made = experiment(library(), "bm25", model, out, **asked)
    before = out.read_bytes()
    found = experiment(library(), "bm25", model, out, **asked)
    assert found.works == {}
    assert f"The run of {model} was whole already: measured as it is." in found.notes
    name = next(reversed(made.evaluations))
    assert found.evaluations[name]["nDCG@10"] == made.evaluations[name]["nDCG@10"]
    other = experiment(library(), "bm25", model, out, metrics=["P@1"], **asked)
    assert other.evaluations[name]["P@1"].mean >= 0 and other.works == {}
    changes: list[dict] = [{"depth": 4}, {"fusion_weight": 0.3}, {"n_queries": 3}]
    for change in changes:
        with pytest.raises(ValueError, match="was made with other options"):
            experiment(library(), "bm25", model, out, **asked | change)
    with pytest.raises(ValueError, match="is no run of bad"):
        experiment(library(), "bm25", two_models[1], out, **asked)
    assert out.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"run.trec.gz", "good", "bad"}


def test_a_run_of_which_lines_are_missing_is_refused(tmp_path: Path, two_models):
    out = tmp_path / "run.trec"
    experiment(library(), "bm25", two_models[0], out, depth=5)
    lines = out.read_text().splitlines(keepends=True)
    out.write_text("".join(lines[:-1]))
    with pytest.raises(ValueError, match="exists and is not whole"):
        experiment(library(), "bm25", two_models[0], out, depth=5)


def test_the_run_of_one_scorer_is_not_given_for_another(tmp_path: Path):
    out = tmp_path / "run.trec"
    experiment(library(), "bm25", "m", out, depth=5, scorer=Overlap())
    before, other = out.read_bytes(), Reversed()
    for place in (out, tmp_path):  # a folder has a file for the model
        if place == tmp_path:
            out.rename(tmp_path / "m.trec")
        with pytest.raises(
            ValueError, match=r"\.trec exists, and nobody knows whether this scorer"
        ):
            experiment(library(), "bm25", "m", place, depth=5, scorer=other)
    assert other.asked == [] and (tmp_path / "m.trec").read_bytes() == before


def test_a_first_stages_run_is_measured_again_and_another_refused(tmp_path: Path):
    out = tmp_path / "bm25.trec"
    for _ in range(2):
        assert experiment(library(), "bm25", out=out, depth=3).evaluations["bm25"].missing == 0
    with pytest.raises(ValueError, match="made with other options"):
        experiment(library(), "bm25", out=out, depth=4)


def test_two_calls_do_not_write_one_run(tmp_path: Path):
    out = tmp_path / "run.trec"

    class Meanwhile(Overlap):
        def __call__(self, pairs: Sequence[Pair]) -> list[float]:
            with pytest.raises(ValueError, match=r"Another process is writing .*run\.trec: wait"):
                experiment(library(), "bm25", "m", out, scorer=Overlap())
            return super().__call__(pairs)

    found = experiment(library(), "bm25", "m", out, scorer=Meanwhile())
    assert found.works["m"].scored == 120
    assert [path.name for path in tmp_path.iterdir()] == ["run.trec"]


def test_the_tail_follows_in_the_order_of_the_first_stage(tmp_path: Path):
    first = {f"q{n}": {f"p{m}": float(-m) for m in range(12)} for n in range(4)}
    write_run(first, tmp_path / "first.trec")
    stage, out = str(tmp_path / "first.trec"), tmp_path / "run.trec"
    scorer = Reversed()
    found = experiment(library(4), stage, "m", out, depth=3, keep_tail=True, scorer=scorer)
    assert len(scorer.asked) == 12
    run = read_run(out)
    assert list(run["q3"])[3:] == [f"p{m}" for m in range(3, 12)]
    assert set(list(run["q3"])[:3]) == {"p0", "p1", "p2"}
    assert "Reranked: the best 3 of the best 1,000 passages of each query by first.trec" in str(
        found
    )
    cut = experiment(library(4), stage, metrics=["AP"], depth=3)
    assert found.evaluations["first.trec"]["AP"].mean > cut.evaluations["first.trec"]["AP"].mean
    assert "AP: every run ends at 3 passages a query (--keep-tail: at 1,000)." in str(cut)


def test_fused_scores_are_a_weighted_sum(tmp_path: Path):
    write_run({"q1": {"p1": 10.0, "p2": 20.0, "p3": 15.0}}, tmp_path / "first.trec")
    stage, out = str(tmp_path / "first.trec"), tmp_path / "run.trec"

    def scorer(pairs: Sequence[Pair]) -> list[float]:
        return [{"p1": 4.0, "p2": 0.0, "p3": 2.0}[f"p{p.split()[1]}"] for _, p in pairs]

    found = experiment(
        library(), stage, "m", out, fusion_weight=0.75, scorer=scorer, n_queries=None
    )
    assert read_run(out)["q1"] == pytest.approx({"p1": 0.75, "p2": 0.25, "p3": 0.5})
    assert list(found.evaluations) == ["first.trec", "m (fused, weight 0.75)"]


def test_condensed_lists_stand_beside_the_usual_ones(tmp_path: Path):
    collection = Collection(
        "c", {"a": "red", "b": "red", "c": "red"}, {"q": "red"}, {"q": {"a": 1}}
    )
    write_run({"q": {"c": 3.0, "b": 2.0, "a": 1.0}}, tmp_path / "first.trec")
    found = experiment(collection, str(tmp_path / "first.trec"), metrics=["RR@10"], condensed=True)
    assert found.evaluations["first.trec"]["RR@10"].mean == pytest.approx(1 / 3)
    assert found.condensed.evaluations["first.trec"]["RR@10"].mean == 1.0
    assert "RR@10 condensed  first.trec  1.0000" in str(found)


def test_grades_that_count_as_relevant_are_named_and_can_be_changed(tmp_path: Path):
    collection = Collection("c", {"a": "red", "b": "red"}, {"q": "red"}, {"q": {"a": 1, "b": 2}})
    write_run({"q": {"a": 2.0, "b": 1.0}}, tmp_path / "first.trec")
    usual = experiment(collection, str(tmp_path / "first.trec"), metrics=["RR@10"])
    strict = experiment(collection, str(tmp_path / "first.trec"), metrics=["RR@10"], rel=2)
    means = [found.evaluations["first.trec"]["RR@10"].mean for found in (usual, strict)]
    assert means == [1.0, 0.5]
    assert "Relevant to RR@10: grades 1 to 2" in str(usual)


def test_a_model_without_opinion_is_told(tmp_path: Path):
    out = tmp_path / "run.trec"
    found = experiment(library(), "bm25", "m", out, scorer=lambda pairs: [7.0] * len(pairs))
    assert "In the run of m all passages of a query have the same score" in str(found)
    assert "In the run of bm25" not in str(found)


def test_what_cannot_be_measured_is_refused_before_scoring(tmp_path: Path):
    irrelevant = Collection("c", {"a": "red"}, {"q": "red"}, {"q": {"a": 0}})
    scorer = Overlap()
    with pytest.raises(ValueError, match="has a relevant passage"):
        experiment(irrelevant, "bm25", "m", tmp_path / "run.trec", scorer=scorer)
    with pytest.raises(ValueError, match="from 0 to 1"):
        experiment(library(), "bm25", "m", tmp_path / "r", scorer=scorer, fusion_weight=1.5)
    with pytest.raises(ValueError, match="no scores and no tail"):
        experiment(library(), "judged", "m", tmp_path / "r", scorer=scorer, keep_tail=True)
    with pytest.raises(ValueError, match="One scorer is one model, not 2"):
        experiment(library(), "bm25", ("a", "b"), tmp_path / "r", scorer=scorer)
    assert scorer.asked == []
    assert list(tmp_path.iterdir()) == []


def test_a_model_and_a_first_stage_of_one_name_are_told_apart(tmp_path: Path):
    found = experiment(library(), "bm25", "bm25", tmp_path / "run.trec", scorer=Reversed())
    assert list(found.evaluations) == ["bm25 (first stage)", "bm25"]


def test_a_job_that_goes_on_keeps_its_backend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny_model: Path
):
    asked, out = [], tmp_path / "run.trec"

    def load(name: str, backend: str) -> Reranker:
        asked.append(backend)
        scorer = Reranker(name, backend)
        stream, blocks = scorer.stream, []

        def interrupted(pairs: Sequence[Pair], advance: object):
            if len(asked) == 1 and blocks:
                raise KeyboardInterrupt
            blocks.append(pairs)
            return stream(pairs, advance)

        monkeypatch.setattr(scorer, "stream", interrupted)
        return scorer

    monkeypatch.setattr("xenc_course.evaluation.experiment.load_scorer", load)
    # Another test may have left an export of this model, and then "auto" would take that.
    monkeypatch.setattr("xenc_course.scoring.backend_choice.is_exported", lambda path: False)
    with pytest.raises(KeyboardInterrupt):
        experiment(library(20), "bm25", str(tiny_model), out)
    found = experiment(library(20), "bm25", str(tiny_model), out)
    assert asked == ["auto", "torch"]
    assert f"{tiny_model} was scored with torch: " in str(found)
    assert "too few for an export" in str(found)


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
