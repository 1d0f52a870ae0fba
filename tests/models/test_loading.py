"""Models: real ones, logits out, and a clear word when one is not to be had."""

import json
import shutil

import numpy as np
import pytest
import torch

from xenc_course import Reranker, load_bi_encoder, load_cross_encoder, model_folder
from xenc_course.models.catalogue import MODELS
from xenc_course.scoring.scorers import load_scorer

QUERY = "How many people live in Berlin?"
POPULATION = (
    "Berlin had a population of 3,520,031 registered inhabitants in an area of 891.82 square "
    "kilometers."
)
MUSEUMS = "Berlin is well known for its museums."


@pytest.fixture
def tiny_folder(tiny_model, tmp_path):
    """A cross-encoder written by save_pretrained, whose configuration names no activation."""
    folder = tmp_path / "tiny"
    shutil.copytree(tiny_model, folder)
    config = json.loads((folder / "config.json").read_text())
    del config["sentence_transformers"]
    (folder / "config.json").write_text(json.dumps(config))
    return folder


@pytest.mark.models
def test_the_dequantised_model_gives_the_published_scores():
    # The pair and its scores, 9.218911 and -4.0780287, are on the model card of the original.
    scores = load_cross_encoder().predict([(QUERY, POPULATION), (QUERY, MUSEUMS)])
    assert scores == pytest.approx([9.218911, -4.0780287], abs=0.2)


@pytest.mark.models
def test_the_bi_encoder_gives_unit_vectors_of_384_numbers():
    vectors = load_bi_encoder().encode([QUERY, POPULATION, MUSEUMS])
    assert vectors.shape == (3, 384)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


def test_a_local_folder_comes_first_and_gives_logits_without_its_config_saying_so(tiny_folder):
    model = load_cross_encoder(str(tiny_folder))
    with torch.no_grad():
        features = model.tokenizer([QUERY], [MUSEUMS], return_tensors="pt")
        logit = model.model(**features).logits[0, 0].item()
    assert model.predict((QUERY, MUSEUMS)) == pytest.approx(logit, abs=1e-6)


def test_an_environment_variable_changes_the_default(tiny_folder, monkeypatch):
    monkeypatch.setenv("XENC_CROSS_ENCODER", str(tiny_folder))
    assert load_cross_encoder().model.config.hidden_size == 24


def test_the_bi_encoder_variable_changes_the_default(monkeypatch):
    monkeypatch.setenv("XENC_BI_ENCODER", "no-such-bi-encoder")
    with pytest.raises(FileNotFoundError, match="no-such-bi-encoder"):
        load_bi_encoder()


def test_options_reach_the_library(tiny_folder):
    assert load_cross_encoder(str(tiny_folder), max_length=64).max_seq_length == 64


def test_a_model_with_two_labels_is_refused(tiny_folder, tmp_path):
    from transformers import BertConfig, BertForSequenceClassification

    config = BertConfig.from_pretrained(tiny_folder, num_labels=2)
    two = tmp_path / "two"
    BertForSequenceClassification(config).save_pretrained(two)
    with pytest.raises(ValueError, match="gives 2 numbers per pair"):
        load_cross_encoder(str(two))


def test_a_pickled_model_is_refused(tiny_folder, tmp_path):
    pickled = tmp_path / "pickled"
    pickled.mkdir()
    (pickled / "config.json").write_text((tiny_folder / "config.json").read_text())
    torch.save({}, pickled / "pytorch_model.bin")
    with pytest.raises(ValueError, match="pickled"):
        load_cross_encoder(str(pickled))


@pytest.mark.models
def test_a_bi_encoder_is_no_cross_encoder():
    with pytest.raises(ValueError, match=r"BertModel, which gives vectors.*load_bi_encoder"):
        load_cross_encoder("all-MiniLM-L6-v2")


@pytest.mark.parametrize("path", ["./student", "runs/a/b"])
def test_a_folder_that_is_not_there_is_said_to_be_missing(path, unreachable_hub):
    with pytest.raises(FileNotFoundError, match="is no local folder"):
        load_cross_encoder(path)


@pytest.mark.models
def test_an_onnx_model_points_to_its_lesson():
    with pytest.raises(ValueError, match="onnxruntime"):
        load_cross_encoder("ms-marco-MiniLM-L12-v2-int8")


def test_a_folder_without_a_model_says_what_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"holds no config\.json"):
        load_cross_encoder(str(tmp_path))


@pytest.mark.parametrize("name", ["", "  ", 12])
def test_a_name_that_is_no_name(name):
    with pytest.raises(TypeError, match="named by a string"):
        model_folder(name)


@pytest.mark.models
@pytest.mark.parametrize(
    "name",
    [
        "cross-encoder/ms-marco-MiniLM-L12-v2",
        "cross-encoder/ms-marco-MiniLM-L-12-v2",
        "ms-marco-MiniLM-L-12-v2",
    ],
)
def test_a_published_id_is_the_packaged_model(name, unreachable_hub):
    assert model_folder(name) == model_folder("ms-marco-MiniLM-L12-v2")
    assert model_folder("sentence-transformers/all-MiniLM-L6-v2").name == "all-MiniLM-L6-v2"


def _cached(hub, hub_id, revision, model, *, newest=False):
    """Put a model into a hub's cache."""
    folder = hub / f"models--{hub_id.replace('/', '--')}"
    snapshot = shutil.copytree(model, folder / "snapshots" / revision)
    if newest:
        (folder / "refs").mkdir()
        (folder / "refs" / "main").write_text(revision)
    return snapshot


def test_a_pinned_model_is_found_offline_under_every_name(tiny_model, unreachable_hub):
    known = MODELS["ms-marco-TinyBERT-L2-v2"]
    pinned = _cached(unreachable_hub, known.hub_id, known.revision, tiny_model)
    for name in (known.name, known.hub_id, "ms-marco-TinyBERT-L-2-v2"):
        assert model_folder(name).samefile(pinned)


def test_an_id_that_another_tool_has_cached_is_found(tiny_model, unreachable_hub):
    old = "cross-encoder/ms-marco-MiniLM-L-2-v2"
    newest = _cached(unreachable_hub, old, "b" * 40, tiny_model, newest=True)
    assert model_folder(old).samefile(newest)


def test_a_published_id_is_no_int8_form(tiny_model, unreachable_hub):
    published = _cached(
        unreachable_hub, "BAAI/bge-small-en-v1.5", "c" * 40, tiny_model, newest=True
    )
    assert model_folder("BAAI/bge-small-en-v1.5").samefile(published)


@pytest.mark.models
def test_a_published_id_is_its_packaged_form_where_nothing_else_is_to_be_had(unreachable_hub):
    packaged = model_folder("bge-small-en-v1.5-int8")
    assert model_folder("BAAI/bge-small-en-v1.5") == packaged
    with pytest.raises(ValueError, match=r"int8 holds no model\.safetensors"):
        load_bi_encoder("BAAI/bge-small-en-v1.5")


def test_a_path_names_a_model(tiny_model):
    assert load_cross_encoder(tiny_model, device="cpu").num_labels == 1


@pytest.mark.parametrize("name", ["~nobody-here/x", "x" * 5000, "a\0b", "~nobody-here"])
def test_an_odd_name_is_no_model(name, unreachable_hub):
    with pytest.raises(FileNotFoundError, match="no local folder"):
        model_folder(name)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_loaded_as_float32_unless_asked_for(tiny_model, tmp_path, dtype):
    from transformers import AutoModelForSequenceClassification

    half = shutil.copytree(tiny_model, tmp_path / "half")
    AutoModelForSequenceClassification.from_pretrained(tiny_model).to(dtype).save_pretrained(half)
    assert load_cross_encoder(half, device="cpu").dtype == torch.float32
    for key in ("dtype", "torch_dtype"):
        asked = load_cross_encoder(half, device="cpu", model_kwargs={key: dtype})
        assert asked.dtype == dtype


def test_what_transformers_says_while_loading_is_told_again_later(tiny_model, capfd):
    from transformers.utils import logging

    before = logging.get_verbosity()
    load_cross_encoder(tiny_model, device="cpu")
    assert capfd.readouterr() == ("", "")
    assert logging.get_verbosity() == before


@pytest.mark.parametrize("empty", ["", " "])
def test_an_empty_name_is_not_the_default_model(empty):
    for load in (load_cross_encoder, load_bi_encoder, Reranker, load_scorer):
        with pytest.raises(TypeError, match="named by a string that is not empty"):
            load(empty)


@pytest.mark.models
def test_a_model_made_in_int8_is_for_the_reranker_alone():
    with pytest.raises(ValueError, match=r"to Reranker, or load xenc-distil-L3\."):
        load_cross_encoder("xenc-distil-L3-int8")
