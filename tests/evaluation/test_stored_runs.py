"""Stored runs are whole, recorded, and what the models give today."""

import random
import shutil
from functools import cache

import numpy as np
import pytest

from xenc_course import OnnxEncoder, list_runs, load_bi_encoder, load_collection, load_run
from xenc_course.evaluation import stored_runs
from xenc_course.retrieval.first_stage import bm25_run
from xenc_course.scoring.scorers import Scorer, load_scorer, score_pairs

BI_ENCODER = "all-MiniLM-L6-v2"
BGE = "bge-small-en-v1.5-int8"
AGAIN = 40  # pairs of every run that are scored again


def entries(needs_models):
    """A parameter for each stored run, marked where the test needs what `fetch` brings."""
    return pytest.mark.parametrize(
        "entry",
        [
            pytest.param(entry, id=entry["file"], marks=[pytest.mark.models] * needs_models(entry))
            for entry in stored_runs.run_index()
        ],
    )


@cache
def scorer(model: str) -> Scorer:
    """A model, which is loaded once for all its runs."""
    return load_scorer(model)


def drawn(run: dict, seed: str) -> list[tuple[str, str]]:
    pairs = [(query, document) for query, scores in run.items() for document in scores]
    return random.Random(seed).sample(pairs, AGAIN)


@entries(lambda entry: entry["collection"] == "wikipedia")
def test_a_stored_run_is_the_recorded_one(entry):
    run = load_run(entry["collection"], entry["model"], entry["first_stage"])
    assert len(run) == entry["queries"]
    assert sum(map(len, run.values())) == entry["pairs"]
    assert f"--out {entry['file']}" in entry["command"]
    assert set(run) <= set(load_collection(entry["collection"]).queries)


@entries(lambda entry: entry["file"] != "helpdesk/bm25.trec.gz")
def test_pairs_of_a_run_score_the_same_today(entry):
    collection = load_collection(entry["collection"])
    run = load_run(entry["collection"], entry["model"], entry["first_stage"])
    pairs = drawn(run, entry["file"])
    texts = [(collection.queries[q], collection.passage(d)) for q, d in pairs]
    stored = np.array([run[q][d] for q, d in pairs])
    if entry["model"] == "bm25":
        queries = {q: collection.queries[q] for q, _ in pairs}
        again = bm25_run(collection.passages(), queries, len(collection.documents))
        assert [again[q][d] for q, d in pairs] == pytest.approx(stored, abs=1e-3)
    elif entry["model"] in (BI_ENCODER, BGE):
        bge = entry["model"] == BGE
        model = OnnxEncoder(BGE) if bge else load_bi_encoder()
        left = model.encode_query([query for query, _ in texts])
        right = model.encode_document([passage for _, passage in texts])
        cosines = (left * right).sum(axis=1)
        assert cosines == pytest.approx(stored, abs=0.05 if bge else 1e-3)
    else:
        scores = score_pairs(scorer(entry["model"]), texts)
        # Processors multiply 8-bit integers in different ways, floats nearly alike.
        int8 = entry["model"].endswith("-int8")
        assert scores == pytest.approx(stored, abs=1.0 if int8 else 1e-2)
        assert np.median(np.abs(scores - stored)) < (0.2 if int8 else 1e-3)


def test_the_list_names_every_run_and_its_command():
    assert list_runs().column("model") == [entry["model"] for entry in stored_runs.run_index()]
    assert "evaluate --collection helpdesk" in str(list_runs())


def test_a_run_that_is_not_stored_is_refused_with_a_list():
    with pytest.raises(ValueError, match=r"no stored run .*\('helpdesk', 'bm25'\)"):
        load_run("helpdesk", "gpt")


def test_a_changed_file_is_noticed(tmp_path, monkeypatch):
    shutil.copytree(stored_runs.RUNS, tmp_path / "runs")
    monkeypatch.setattr(stored_runs, "RUNS", tmp_path / "runs")
    with (tmp_path / "runs" / "helpdesk" / "bm25.trec.gz").open("ab") as file:
        file.write(b"\n")
    with pytest.raises(ValueError, match="not the one that was recorded"):
        load_run("helpdesk", "bm25")


def test_a_reranker_over_another_first_stage_is_another_run():
    model = "ms-marco-MiniLM-L12-v2-int8"
    over_bm25 = load_run("helpdesk", model, "bm25")
    assert over_bm25 != load_run("helpdesk", model)
    found = load_run("helpdesk", "bm25")
    assert {q: set(row) for q, row in over_bm25.items()} == {q: set(r) for q, r in found.items()}
    assert load_run("helpdesk", "bm25", "bge-small-en-v1.5-int8") == found  # it has none to choose
    with pytest.raises(ValueError, match=r"first stages all-MiniLM-L6-v2, bm25"):
        load_run("helpdesk", model, "gpt")
