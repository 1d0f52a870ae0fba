"""Runs and vectors of a learner's collection are made where the course's are stored."""

import numpy as np
import pytest

from tests.support.beir_folders import make_folder
from xenc_course import load_collection, load_run
from xenc_course.teaching.own_collection import OwnCollection

MINILM, L3 = "all-MiniLM-L6-v2", "xenc-distil-L3"


@pytest.fixture
def folder(tmp_path):
    return make_folder(tmp_path / "mine")


def test_a_run_by_words_is_made_for_the_folder_once(folder):
    own = OwnCollection(folder)
    run = own.load_run("mine", "bm25")
    assert next(iter(run["q2"])) == "p2"
    assert own.load_run("mine", "bm25") is run
    assert own.find_run(own.collection, "bm25") is run


def test_the_course_keeps_its_own_runs(folder):
    own = OwnCollection(folder)
    helpdesk = own.load_collection("helpdesk")
    assert helpdesk.documents == load_collection("helpdesk").documents
    assert own.load_run("helpdesk", "bm25") == load_run("helpdesk", "bm25")
    assert own.find_run(helpdesk, "bm25") == load_run("helpdesk", "bm25")
    assert own.load_vectors("wikipedia")[1].shape == (10_033, 384)


def test_a_collection_without_judgements_is_refused(tmp_path):
    folder = make_folder(tmp_path / "mine", qrels="query-id\tcorpus-id\tscore\n")
    with pytest.raises(ValueError, match="judge"):
        OwnCollection(folder)


def test_a_folder_that_is_called_as_one_of_the_course_is_refused(tmp_path):
    with pytest.raises(ValueError, match="rename the folder"):
        OwnCollection(make_folder(tmp_path / "helpdesk"))


@pytest.mark.models
def test_a_reranker_reads_what_its_first_stage_found(folder):
    own = OwnCollection(folder)
    first = own.load_run("mine", MINILM)
    second = own.load_run("mine", L3)
    assert {q: set(row) for q, row in second.items()} == {q: set(row) for q, row in first.items()}
    by_words = own.load_run("mine", L3, "bm25")
    found = own.load_run("mine", "bm25")
    assert {q: set(row) for q, row in by_words.items()} == {q: set(row) for q, row in found.items()}


@pytest.mark.models
def test_vectors_have_length_one_in_the_order_of_the_ids(folder):
    ids, vectors = OwnCollection(folder).load_vectors("mine", MINILM)
    assert ids == ["p1", "p2", "p3"]
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
