"""A model's fingerprint follows what decides its scores, and nothing else."""

from __future__ import annotations

import shutil

from tests.support.odd_models import write_bi_encoder
from xenc_course import load_cross_encoder
from xenc_course.models.fingerprint import folder_fingerprint, loaded_fingerprint


def test_a_card_changes_nothing_weights_and_tokenizer_do(tiny_model, tmp_path):
    folder = shutil.copytree(tiny_model, tmp_path / "copy")
    first = folder_fingerprint(folder)
    assert first == folder_fingerprint(tiny_model) and len(first) == 64
    (folder / "README.md").write_text("an edited card")
    (folder / "notes.txt").write_text("anything")
    assert folder_fingerprint(folder) == first
    tokenizer = folder / "tokenizer.json"
    tokenizer.write_bytes(tokenizer.read_bytes() + b" ")
    other_tokens = folder_fingerprint(folder)
    assert other_tokens != first
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    assert folder_fingerprint(folder) not in (first, other_tokens)


def test_a_loaded_model_that_is_trained_on_is_another_model(tiny_model):
    model = load_cross_encoder(str(tiny_model), device="cpu")
    first = loaded_fingerprint(model)
    assert first == loaded_fingerprint(load_cross_encoder(str(tiny_model), device="cpu"))
    model.model.classifier.bias.data += 1
    assert loaded_fingerprint(model) != first


def test_a_module_may_have_no_folder(tiny_tokenizer, tmp_path):
    folder = write_bi_encoder(tmp_path / "whole", tiny_tokenizer)
    shutil.rmtree(folder / "1_Pooling")
    assert len(folder_fingerprint(folder)) == 64
