"""ONNX encoders give a vector a text, or one a token, whatever a text stands beside."""

import numpy as np
import pytest

from xenc_course import OnnxEncoder

pytestmark = pytest.mark.models

BGE = "bge-small-en-v1.5-int8"
PASSAGES = ["Lima is the capital of Peru.", "Bread is baked from flour.", "A cat sleeps."]


@pytest.fixture(scope="module")
def bge():
    return OnnxEncoder(BGE)


def test_vectors_have_length_one_and_find_the_answer(bge):
    vectors = bge.encode_document(PASSAGES)
    assert vectors.shape == (3, 384) and vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    cosines = bge.encode_query(["what is Peru's capital"]) @ vectors.T
    assert cosines.argmax() == 0
    assert np.array_equal(bge.encode_document(PASSAGES[:1]), vectors[:1])


def test_a_query_is_not_encoded_as_a_passage(bge):
    query, passage = bge.encode_query(["Peru"]), bge.encode_document(["Peru"])
    assert (query * passage).sum() < 0.999


def test_other_models_are_refused():
    with pytest.raises(ValueError, match="no encoder in ONNX"):
        OnnxEncoder("all-MiniLM-L6-v2")


def test_a_published_id_means_the_packaged_form(bge):
    wanted = bge.encode_query(["Peru"])
    assert np.array_equal(OnnxEncoder("BAAI/bge-small-en-v1.5").encode_query(["Peru"]), wanted)


def test_one_string_is_refused_and_no_texts_give_no_vectors(bge):
    for encode in (bge.encode_document, bge.encode_query):
        with pytest.raises(TypeError, match="texts is one string"):
            encode("hi yo")
        assert encode([]).shape == (0, 384)
