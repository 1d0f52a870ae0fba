"""A quantised ONNX cross-encoder becomes a folder that scores as the original, or is refused."""

import hashlib
import json
import shutil
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load_file
from sentence_transformers import CrossEncoder
from transformers import BertConfig, BertForSequenceClassification

from xenc_course import model_folder
from xenc_course.assets.dequantise import dequantise_folder

PAIRS = [
    ("How many people live in Berlin?", "Berlin has 3.5 million inhabitants."),
    ("weather", "Sunny and warm."),
    ("How do I reset my password?", "Choose a new sign-in secret."),
    ("", ""),
]


@pytest.fixture
def original() -> BertForSequenceClassification:
    """Two narrow layers; no two parameters are equal, as in a trained model."""
    torch.manual_seed(0)
    config = BertConfig(
        num_hidden_layers=2,
        hidden_size=24,
        num_attention_heads=12,
        intermediate_size=48,
        num_labels=1,
    )
    model = BertForSequenceClassification(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.5 * torch.randn_like(parameter))
    return model


def export(model: BertForSequenceClassification, path: Path, *, int8: bool = True) -> None:
    """The model as an ONNX file, quantised as the course's pinned file is."""
    fp32 = path.with_name("fp32.onnx")
    inputs = torch.tensor([[101, 1037, 102, 1038, 102]])
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # this exporter is deprecated
        torch.onnx.export(
            model,
            (inputs, torch.ones_like(inputs), torch.zeros_like(inputs)),
            str(fp32),
            input_names=["input_ids", "attention_mask", "token_type_ids"],
            dynamo=False,
        )
    if int8:
        quantize_dynamic(fp32, path, weight_type=QuantType.QInt8)
        fp32.unlink()
    else:
        fp32.rename(path)


def test_the_folder_scores_as_the_model_that_was_quantised(original, tiny_tokenizer, tmp_path):
    export(original, tmp_path / "model.onnx")
    tiny_tokenizer.save_pretrained(tmp_path)
    dequantise_folder(tmp_path)
    assert not (tmp_path / "model.onnx").exists()
    features = tiny_tokenizer(*zip(*PAIRS, strict=True), padding=True, return_tensors="pt")
    with torch.inference_mode():
        logits = original(**features).logits[:, 0].numpy()
    assert np.ptp(logits) > 2, "scores that hardly differ would agree by themselves"
    assert CrossEncoder(str(tmp_path)).predict(PAIRS) == pytest.approx(logits, abs=0.4)


def test_every_weight_comes_back_within_one_step_of_eight_bits(original, tmp_path):
    export(original, tmp_path / "model.onnx")
    dequantise_folder(tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    expected = {name: tensor.numpy() for name, tensor in original.state_dict().items()}
    assert weights.keys() == expected.keys()
    for name, weight in weights.items():
        step = 2 * np.abs(expected[name]).max() / 255
        assert weight.dtype == np.float32
        assert np.abs(weight - expected[name]).max() <= step, name


@pytest.mark.models
def test_the_pinned_file_gives_the_model_at_hand(tmp_path):
    shutil.copy(model_folder("ms-marco-MiniLM-L12-v2-int8") / "model.onnx", tmp_path)
    dequantise_folder(tmp_path)
    for name in ("model.safetensors", "config.json"):
        at_hand, anew = (
            hashlib.sha256((folder / name).read_bytes()).hexdigest()
            for folder in (model_folder("ms-marco-MiniLM-L12-v2"), tmp_path)
        )
        assert anew == at_hand, name


@pytest.mark.models
def test_the_dequantised_configuration_is_the_published_one():
    config = json.loads((model_folder("ms-marco-MiniLM-L12-v2") / "config.json").read_text())
    sizes = ("vocab_size", "hidden_size", "num_hidden_layers", "intermediate_size")
    assert [config[size] for size in sizes] == [30522, 384, 12, 1536]


def refused(folder: Path) -> None:
    with pytest.raises(ValueError, match="not a quantised BERT cross-encoder: take the pinned"):
        dequantise_folder(folder)
    assert [path.name for path in folder.iterdir()] == ["model.onnx"]


def test_a_file_that_is_not_quantised_is_refused(original, tmp_path):
    # It numbers its matrices, so that what can be read has none: PyTorch would make them up.
    export(original, tmp_path / "model.onnx", int8=False)
    refused(tmp_path)


def test_a_matrix_without_a_bias_of_its_own_is_refused(original, tmp_path):
    # The exporter stores equal biases once, and then nothing says whose matrix is whose.
    layers = original.bert.encoder.layer
    layers[1].attention.self.key.bias = layers[0].attention.self.key.bias
    export(original, tmp_path / "model.onnx")
    refused(tmp_path)


@pytest.mark.models
def test_a_file_that_is_no_cross_encoder_is_not_dequantised(tmp_path):
    shutil.copy(model_folder("bge-small-en-v1.5-int8") / "model.onnx", tmp_path)
    with pytest.raises(ValueError, match="not a quantised BERT cross-encoder"):
        dequantise_folder(tmp_path)
    assert (tmp_path / "model.onnx").exists()
