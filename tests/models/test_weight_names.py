"""A weight that no file holds would be a random number: it is named in place of a score."""

import pytest
import torch
from sentence_transformers import CrossEncoder

from tests.support.odd_models import configured, renamed, scaled, write_bi_encoder
from xenc_course import Reranker, load_cross_encoder

PAIRS = [("king of cats", "The city by the sea."), ("lake", "bread")]


@pytest.mark.parametrize("prefix", ["_orig_mod.", "module.", "model.inner."])
def test_names_with_a_prefix_say_how_to_strip_it(tiny_model, tmp_path, prefix):
    folder = renamed(tiny_model, tmp_path / "prefixed", lambda name: prefix + name)
    with pytest.raises(ValueError, match=r"begin with '.*removeprefix\('") as caught:
        load_cross_encoder(str(folder))
    assert f"removeprefix({prefix!r})" in str(caught.value)


@pytest.mark.parametrize(
    ("left_out", "named"),
    [
        ("classifier", r"lack classifier\.bias, classifier\.weight, which"),
        ("layer.1.output", r"lack bert\.encoder\.layer\.1\.output.* and 1 more, which"),
        ("pooler", r"lack bert\.pooler\.dense\.bias"),
    ],
)
def test_missing_weights_are_named(tiny_model, tmp_path, left_out, named):
    folder = renamed(tiny_model, tmp_path / "gap", lambda n: None if left_out in n else n)
    for load in (load_cross_encoder, lambda name: Reranker(name, "torch").score(PAIRS)):
        with pytest.raises(ValueError, match=named):
            load(str(folder))


def test_weights_that_the_configuration_does_not_know_are_named(tiny_model, tmp_path):
    folder = configured(tiny_model, tmp_path / "short", num_hidden_layers=1)
    with pytest.raises(ValueError, match=r"bert\.encoder\.layer\.1\..* does not use"):
        load_cross_encoder(str(folder))


def test_a_wrong_shape_is_told_in_one_sentence(tiny_model, tmp_path):
    folder = configured(tiny_model, tmp_path / "wide", intermediate_size=64)
    with pytest.raises(ValueError, match="The model wide cannot be loaded") as caught:
        load_cross_encoder(str(folder))
    assert "\n" not in str(caught.value)


def test_older_names_and_what_pre_training_left_change_nothing(tiny_model, tmp_path):
    from safetensors.torch import load_file, save_file

    folder = scaled(tiny_model, tmp_path / "old")
    wanted = load_cross_encoder(folder, device="cpu").predict(PAIRS)
    weights = load_file(folder / "model.safetensors")
    old = {
        name.replace("LayerNorm.weight", "LayerNorm.gamma").replace(
            "LayerNorm.bias", "LayerNorm.beta"
        ): tensor
        for name, tensor in weights.items()
    }
    old |= {
        "bert.embeddings.position_ids": torch.arange(512)[None],
        "cls.predictions.bias": torch.zeros(3),
    }
    save_file(old, folder / "model.safetensors", metadata={"format": "pt"})
    assert load_cross_encoder(str(folder), device="cpu").predict(PAIRS) == pytest.approx(wanted)


def test_a_head_is_refused_until_it_is_trained(tiny_model, tmp_path):
    folder = renamed(tiny_model, tmp_path / "gap", lambda n: None if "classifier" in n else n)
    model = CrossEncoder(str(folder), device="cpu", local_files_only=True)
    with pytest.raises(ValueError, match=r"lack classifier\.bias"):
        Reranker(model, "torch")
    model.model.classifier.bias.data += 0.1
    assert Reranker(model, "torch").score(PAIRS).shape == (2,)


def test_an_untrained_head_is_refused_when_it_was_saved_too(tiny_tokenizer, tmp_path):
    from transformers import AutoModelForSequenceClassification

    whole = str(write_bi_encoder(tmp_path / "whole", tiny_tokenizer))
    torch.manual_seed(0)
    new = AutoModelForSequenceClassification.from_pretrained(whole, num_labels=1)
    saved = tmp_path / "saved"
    new.save_pretrained(saved)
    tiny_tokenizer.save_pretrained(saved)
    reason = r"scoring head of saved is untrained, because classifier\.bias is exactly 0"
    for scored in (lambda: Reranker(str(saved), "torch"), lambda: Reranker(str(saved), "onnx")):
        with pytest.raises(ValueError, match=reason):
            scored().score(PAIRS)
    with pytest.raises(ValueError, match=reason):
        Reranker(CrossEncoder(str(saved), device="cpu", local_files_only=True), "torch")
    head = new.classifier
    for bias, times in ((0.1, 1), (0, 2)):  # a loss over differences leaves the bias
        head.bias.data.fill_(bias)
        head.weight.data *= times
        new.save_pretrained(saved)
        assert Reranker(str(saved), "torch").score(PAIRS).shape == (2,)


def test_a_model_of_fewer_layers_than_its_file_is_scored(tiny_model, tmp_path):
    model = load_cross_encoder(scaled(tiny_model, tmp_path / "scaled"), device="cpu")
    del model.model.bert.encoder.layer[1:]
    wanted = model.predict(PAIRS, activation_fn=torch.nn.Identity())
    assert Reranker(model, "torch").score(PAIRS) == pytest.approx(wanted, abs=1e-5)
