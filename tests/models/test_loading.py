"""Models: real ones, logits out, and a clear word when one is not to be had."""

import json
import shutil

import numpy as np
import pytest
import torch

from xenc_course import load_bi_encoder, load_cross_encoder, model_folder

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
