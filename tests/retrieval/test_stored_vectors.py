"""Stored vectors are those that the model gives today, and a changed file is noticed."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from xenc_course import load_bi_encoder, load_collection, load_vectors
from xenc_course.files import file_sha256
from xenc_course.retrieval import stored_vectors
from xenc_course.retrieval.stored_vectors import unpacked
from xenc_course.scoring.token_vectors import eight_bits


def test_rounding_to_eight_bits_keeps_directions():
    vectors = np.random.default_rng(0).normal(size=(50, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    again = unpacked(eight_bits(vectors))
    assert again.dtype == np.float32
    assert np.linalg.norm(again, axis=1) == pytest.approx(np.ones(50), abs=1e-6)
    assert np.abs(again @ vectors.T - vectors @ vectors.T).max() < 0.002
    assert not unpacked(eight_bits(np.zeros((1, 4), dtype=np.float32))).any()


def test_vectors_that_are_not_finite_are_not_stored():
    with pytest.raises(ValueError, match="A vector holds NaN"):
        eight_bits(np.array([[1.0, np.nan]], dtype=np.float32))


@pytest.mark.parametrize(
    "index",
    ["[]", "{", "{}", '{"ids": 3, "files": {}}', pytest.param("[" * 100_000, id="deep")],
)
def test_an_index_of_another_form_is_refused(tmp_path, monkeypatch, index: str):
    folder = tmp_path / "mine" / "bi-encoder"
    folder.mkdir(parents=True)
    (folder / "index.json").write_text(index)
    monkeypatch.setattr(stored_vectors, "VECTORS", tmp_path)
    with pytest.raises(ValueError, match=r"index\.json is not the index that was recorded"):
        load_vectors("mine", "bi-encoder")


def test_ids_that_do_not_fit_the_vectors_are_refused(tmp_path, monkeypatch):
    folder = tmp_path / "mine" / "bi-encoder"
    folder.mkdir(parents=True)
    np.save(folder / "part.npy", eight_bits(np.eye(2, dtype=np.float32)))
    index = {"ids": ["a"], "files": {"part.npy": file_sha256(folder / "part.npy")}}
    (folder / "index.json").write_text(json.dumps(index))
    monkeypatch.setattr(stored_vectors, "VECTORS", tmp_path)
    with pytest.raises(ValueError, match="is not the index that was recorded"):
        load_vectors("mine", "bi-encoder")


@pytest.mark.models
def test_the_stored_vectors_are_those_of_today():
    ids, vectors = load_vectors("wikipedia")
    collection = load_collection("wikipedia")
    assert ids == list(collection.documents) and vectors.shape == (len(ids), 384)
    places = np.random.default_rng(0).choice(len(ids), size=40, replace=False)
    today = load_bi_encoder().encode_document([collection.passage(ids[p]) for p in places])
    assert (today * vectors[places]).sum(axis=1).min() > 0.999


def test_other_vectors_are_refused(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="no stored vectors of wikipedia by gpt"):
        load_vectors("wikipedia", "gpt")
    shutil.copytree(stored_vectors.VECTORS, tmp_path / "vectors")
    monkeypatch.setattr(stored_vectors, "VECTORS", tmp_path / "vectors")
    part = tmp_path / "vectors" / "wikipedia" / "all-MiniLM-L6-v2" / "part-1.npy"
    part.write_bytes(part.read_bytes()[:-1] + b"x")
    with pytest.raises(ValueError, match=r"part-1\.npy are not those that were recorded"):
        load_vectors("wikipedia")
