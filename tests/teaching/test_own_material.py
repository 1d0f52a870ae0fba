"""Runs and vectors of a learner's collection are made where the course's are stored."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.beir_folders import QRELS, QUERIES, jsonl, make_folder
from xenc_course import Reranker, load_bi_encoder, load_collection, load_cross_encoder, load_run
from xenc_course.evaluation import found_runs
from xenc_course.teaching import own_material
from xenc_course.teaching.own_material import KEPT, OwnMaterial

MINILM, L3 = "all-MiniLM-L6-v2", "xenc-distil-L3"


@pytest.fixture
def folder(tmp_path):
    return make_folder(tmp_path / "mine")


def test_a_run_by_words_is_made_for_the_folder_once(folder):
    own = OwnMaterial(folder)
    run = own.load_run("mine", "bm25")
    assert next(iter(run["q2"])) == "p2"
    assert own.load_run("mine", "bm25") is run
    assert own.find_run(own.collection, "bm25") is run


@pytest.mark.models
def test_a_lesson_leaves_its_runs_and_vectors_to_the_next_one(folder, tmp_path, monkeypatch):
    monkeypatch.setenv(KEPT, str(tmp_path))
    run, (ids, vectors) = OwnMaterial(folder).load_run("mine", "bm25"), vectors_of(folder)
    monkeypatch.setattr(found_runs, "find_run", None)  # nothing more is made
    monkeypatch.setattr(own_material, "_vectors", None)
    assert OwnMaterial(folder).load_run("mine", "bm25") == run
    assert vectors_of(folder)[0] == ids and np.array_equal(vectors_of(folder)[1], vectors)


def vectors_of(folder):
    return OwnMaterial(folder).load_vectors("mine", MINILM)


def test_a_run_that_is_left_to_the_next_lesson_keeps_queries_without_a_result(
    tmp_path, monkeypatch, capsys
):
    queries = jsonl([*QUERIES, {"_id": "q3", "text": "zzzz"}])
    folder = make_folder(tmp_path / "mine", queries=queries, qrels="\n".join([*QRELS, "q3\tp1\t1"]))
    monkeypatch.setenv(KEPT, str(tmp_path))
    run = OwnMaterial(folder).load_run("mine", "bm25")
    assert run["q3"] == {}
    assert OwnMaterial(folder).load_run("mine", "bm25") == run
    assert "bm25 on mine: the run that was made before." in capsys.readouterr().out


def test_a_changed_collection_of_the_same_name_has_runs_of_its_own(folder):
    own = OwnMaterial(folder)
    own.find_run(own.collection, "bm25")
    changed = replace(own.collection, documents={"p9": "Your password is forgot."})
    assert set(own.find_run(changed, "bm25")["q2"]) == {"p9"}


def test_the_course_keeps_its_own_runs(folder):
    own = OwnMaterial(folder)
    helpdesk = own.load_collection("helpdesk")
    assert helpdesk.documents == load_collection("helpdesk").documents
    assert own.load_run("helpdesk", "bm25") == load_run("helpdesk", "bm25")
    assert own.find_run(helpdesk, "bm25") == load_run("helpdesk", "bm25")
    assert own.load_vectors("wikipedia")[1].shape == (10_033, 384)


def test_a_collection_without_judgements_is_refused(tmp_path):
    folder = make_folder(tmp_path / "mine", qrels="query-id\tcorpus-id\tscore\n")
    with pytest.raises(ValueError, match="judge"):
        OwnMaterial(folder)


def test_a_collection_that_is_called_as_one_of_the_course_is_refused(tmp_path):
    for source in (make_folder(tmp_path / "helpdesk"), "wikipedia"):
        with pytest.raises(ValueError, match="rename the folder"):
            OwnMaterial(source)


def test_a_stored_search_of_the_course_does_not_pass_for_other_models(folder):
    assert OwnMaterial(folder).load_search().model == "ms-marco-MiniLM-L12-v2"
    with pytest.raises(ValueError, match="course's models"):
        OwnMaterial(folder, bi_encoder="owner/encoder").load_search()


@pytest.mark.models
def test_with_another_model_all_runs_of_a_course_collection_have_the_same_queries(monkeypatch):
    monkeypatch.setattr(found_runs, "N_QUERIES", 3)
    own = OwnMaterial(cross_encoder="xenc-distil-L3")
    wikipedia = own.load_collection("wikipedia")
    first = own.load_run("wikipedia", "bm25")
    assert len(first) == 3
    made = own.find_run(wikipedia, "xenc-distil-L3", "bm25")
    assert {q: set(row) for q, row in made.items()} == {q: set(row) for q, row in first.items()}
    assert list(own.load_run("wikipedia", MINILM)) == list(first)


@pytest.mark.models
def test_the_name_of_another_model_with_int8_is_that_model_in_8_bits(folder, tmp_path):
    ours = str(tmp_path / "ours")
    load_cross_encoder(L3).save_pretrained(ours)
    own = OwnMaterial(folder, cross_encoder=ours)
    pairs = [("a query", "a passage that answers"), ("a query", "another")]
    int8 = own.reranker(f"{ours}-int8")
    assert np.array_equal(int8(pairs), Reranker(ours, "onnx-int8")(pairs))
    assert int8.report.backend.startswith("onnx-int8")
    exact, rounded = own.load_run("mine", ours), own.load_run("mine", f"{ours}-int8")
    assert exact.keys() == rounded.keys() and exact != rounded


@pytest.mark.models
def test_a_bi_encoder_of_your_own_searches_where_no_other_is_named(folder, tmp_path):
    ours = str(tmp_path / "ours")
    load_bi_encoder().save_pretrained(ours)
    own = OwnMaterial(folder, bi_encoder=ours)
    ids, vectors = own.load_vectors("mine")
    assert own.load_vectors("mine", ours)[1] is vectors
    query = own.load_bi_encoder().encode_query(own.collection.queries["q2"])
    best = ids[int(np.argmax(vectors @ query))]
    assert next(iter(own.load_run("mine", ours)["q2"])) == best
    reread = own.load_run("mine", L3)
    assert set(reread["q2"]) == set(own.load_run("mine", ours)["q2"])


@pytest.mark.models
def test_a_reranker_reads_what_its_first_stage_found(folder):
    own = OwnMaterial(folder)
    first = own.load_run("mine", MINILM)
    second = own.load_run("mine", L3)
    assert {q: set(row) for q, row in second.items()} == {q: set(row) for q, row in first.items()}
    by_words = own.load_run("mine", L3, "bm25")
    found = own.load_run("mine", "bm25")
    assert {q: set(row) for q, row in by_words.items()} == {q: set(row) for q, row in found.items()}


@pytest.mark.models
def test_vectors_have_length_one_in_the_order_of_the_ids(folder):
    ids, vectors = OwnMaterial(folder).load_vectors("mine", MINILM)
    assert ids == ["p1", "p2", "p3"]
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
