"""Where a model comes from: a package, or a folder that only bears the same name."""

import json
import shutil
import warnings

import numpy as np
import pytest
import torch
from sentence_transformers import CrossEncoder

from tests.support.odd_models import (
    configured,
    scaled,
    write_bi_encoder,
    write_language_model,
    write_modern,
    write_modular,
)
from xenc_course import Reranker, load_bi_encoder, load_cross_encoder
from xenc_course.models.loading import DEFAULT_CROSS_ENCODER
from xenc_course.scoring import model_source as model_source_module
from xenc_course.scoring.model_source import FolderModel

PAIRS = [("king of cats", "The city by the sea."), ("lake", "bread")]


@pytest.mark.models
def test_int8_of_the_course_model_is_finer_than_the_packaged_file(int8, pairs):
    exact = Reranker(DEFAULT_CROSS_ENCODER, "onnx").score(pairs)
    own = Reranker(DEFAULT_CROSS_ENCODER, "onnx-int8").score(pairs)
    assert np.std(own - exact) < np.std(int8.score(pairs) - exact) / 2


@pytest.mark.models
def test_a_student_in_int8_is_known_by_a_name_of_its_own(pairs):
    named = Reranker("xenc-distil-L3-int8")
    assert named.score(pairs[:3]) == pytest.approx(
        Reranker("xenc-distil-L3", "onnx-int8").score(pairs[:3])
    )
    assert named.choice.backend == "onnx-int8"
    with pytest.raises(ValueError, match=r"is xenc-distil-L3 in 8-bit integers: leave out"):
        Reranker("xenc-distil-L3-int8", "torch")


@pytest.mark.models
def test_a_folder_with_a_packaged_name_is_not_taken_for_it(tiny_model, tmp_path, monkeypatch):
    shutil.copytree(tiny_model, tmp_path / DEFAULT_CROSS_ENCODER)
    monkeypatch.chdir(tmp_path)
    own = Reranker(DEFAULT_CROSS_ENCODER, "onnx-int8").score(("q", "p"))
    monkeypatch.chdir(tmp_path.parent)
    assert abs(own - Reranker(DEFAULT_CROSS_ENCODER, "onnx-int8").score(("q", "p"))) > 0.5


def test_a_model_with_two_labels_is_refused(tmp_path, tiny_model):
    shutil.copytree(tiny_model, tmp_path / "two")
    config = json.loads((tiny_model / "config.json").read_text())
    config["id2label"], config["label2id"] = {"0": "no", "1": "yes"}, {"no": 0, "yes": 1}
    (tmp_path / "two" / "config.json").write_text(json.dumps(config))
    with pytest.raises(ValueError, match="gives 2 numbers per pair"):
        Reranker(str(tmp_path / "two"), "torch")


def test_a_cross_encoder_of_modules_is_scored_as_predict_does(tiny_tokenizer, tmp_path):
    folder = write_modular(tmp_path / "modular", tiny_tokenizer)
    model = load_cross_encoder(folder, device="cpu")
    wanted = model.predict(PAIRS, show_progress_bar=False)
    assert wanted.std() > 1e-3
    for source in (str(folder), model):
        for backend in ("auto", "torch"):
            reranker = Reranker(source, backend)
            assert reranker.score(PAIRS) == pytest.approx(wanted, abs=1e-5)
            assert reranker.choice.backend == "torch"
        with pytest.raises(ValueError, match=r"made of modules.*backend='torch'"):
            Reranker(source, "onnx")
    assert "made of modules" in Reranker(model).choice.why


def test_a_language_model_answers_the_last_token_of_every_pair(tiny_tokenizer, tmp_path):
    model = CrossEncoder(str(write_language_model(tmp_path / "language", tiny_tokenizer)))
    wanted = model.predict(PAIRS, activation_fn=torch.nn.Identity(), show_progress_bar=False)
    reranker = Reranker(model)
    assert reranker.score(PAIRS) == pytest.approx(wanted, abs=1e-5)
    assert reranker.score(PAIRS[1]) == pytest.approx(wanted[1], abs=1e-5)


def test_two_cross_encoders_with_one_encoder_have_two_fingerprints(tiny_tokenizer, tmp_path):
    from safetensors.torch import load_file, save_file

    first = write_modular(tmp_path / "modular", tiny_tokenizer)
    second = shutil.copytree(first, tmp_path / "other")
    head = second / "2_Dense" / "model.safetensors"
    save_file({name: 2 * weight for name, weight in load_file(head).items()}, head)
    assert FolderModel(first).fingerprint() != FolderModel(second).fingerprint()


def test_a_prompt_is_not_left_out_in_silence(tiny_model):
    model = CrossEncoder(
        str(tiny_model),
        device="cpu",
        local_files_only=True,
        prompts={"web": "query : "},
        default_prompt_name="web",
    )
    with pytest.raises(ValueError, match="reads a pair in a way of its own"):
        Reranker(model, "torch")


def test_the_tokenizer_in_memory_counts_and_one_that_differs_from_its_file_is_refused(
    tiny_model, tmp_path
):
    folder = scaled(tiny_model, tmp_path / "cased")
    path = folder / "tokenizer_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"do_lower_case": False}))
    model = load_cross_encoder(str(folder), device="cpu")
    wanted = model.predict(PAIRS, show_progress_bar=False)
    assert Reranker(model, "torch").score(PAIRS) == pytest.approx(wanted, abs=1e-5)
    for backend in ("torch", "onnx"):  # tokenizer.json makes small letters, transformers does not
        with pytest.raises(ValueError, match="tokenizer that differs from its file"):
            Reranker(str(folder), backend)


@pytest.mark.parametrize("limit", [128, 1024])
def test_a_pair_is_read_as_far_as_the_model_reads(tiny_tokenizer, tmp_path, limit):
    folder = write_modern(tmp_path / "modern", tiny_tokenizer, limit)
    model = load_cross_encoder(str(folder), device="cpu")
    long = [("lake", "word " * 700 + "and the king of cats"), ("lake", "bread")]
    wanted = model.predict(long, show_progress_bar=False)
    for source in (str(folder), model):
        reranker = Reranker(source, "torch", truncation="longest_first")
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            assert reranker.score(long) == pytest.approx(wanted, abs=1e-5)
        assert reranker.tokenizer.limit == limit
        assert reranker.report.cut == len(told) == (1 if limit < 700 else 0)
    with pytest.raises(ValueError, match=f"the model reads {limit:,}"):
        Reranker(model, "torch", truncation="error").score([("lake", "word " * 2000)])


def test_max_length_is_less_than_the_model_reads_or_refused(tiny_model, tmp_path):
    folder = str(scaled(tiny_model, tmp_path / "scaled"))
    model = load_cross_encoder(folder, device="cpu")
    short = load_cross_encoder(folder, device="cpu", max_length=64)
    long = [("lake", "king of cats " * 100)]
    wanted = short.predict(long, show_progress_bar=False)
    assert model.predict(long, show_progress_bar=False) != pytest.approx(wanted, abs=1e-4)
    for source, length in ((folder, 64), (model, 64), (short, None)):
        reranker = Reranker(source, "torch", truncation="longest_first", max_length=length)
        with pytest.warns(UserWarning, match="1 of 1 pairs"):
            assert reranker.score(long) == pytest.approx(wanted, abs=1e-5)
    assert Reranker(short, "torch", max_length=512).tokenizer.limit == 512
    for source in (folder, model):
        with pytest.raises(ValueError, match="max_length is 513 and the model reads at most 512"):
            Reranker(source, "torch", max_length=513)
        for wrong in (0, -1, 4):  # [CLS] and two [SEP] leave room for one token of 4
            with pytest.raises(ValueError, match="max_length"):
                Reranker(source, "torch", max_length=wrong)
        with pytest.raises(TypeError, match="max_length must be a whole number"):
            Reranker(source, "torch", max_length="64")


def test_positions_that_a_model_counts_from_its_padding_are_not_read(tiny_tokenizer, tmp_path):
    from transformers import RobertaConfig, RobertaForSequenceClassification

    shape = RobertaConfig(
        vocab_size=len(tiny_tokenizer),
        max_position_embeddings=34,
        num_hidden_layers=1,
        hidden_size=24,
        num_attention_heads=2,
        intermediate_size=48,
        num_labels=1,
        pad_token_id=1,
        type_vocab_size=2,
    )
    model = RobertaForSequenceClassification(shape)
    model.classifier.out_proj.bias.data += 0.1  # exactly 0 would be an untrained head
    model.save_pretrained(tmp_path)
    tiny_tokenizer.save_pretrained(tmp_path)
    reranker = Reranker(str(tmp_path), "torch")
    assert reranker.tokenizer.limit == 32
    with pytest.warns(UserWarning, match="1 of 1 pairs"):
        assert np.isfinite(reranker.score([("lake", "word " * 100)])).all()


@pytest.mark.models
def test_the_packaged_int8_model_reads_512(int8):
    assert int8.tokenizer.limit == 512


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_scored_by_every_backend(tiny_model, tmp_path, dtype):
    folder = scaled(tiny_model, tmp_path / "half")
    model = load_cross_encoder(str(folder), device="cpu", model_kwargs={"dtype": dtype})
    model.model.save_pretrained(folder)
    wanted = load_cross_encoder(str(folder), device="cpu").predict(PAIRS)
    for backend in ("torch", "onnx"):
        for source in (str(folder), model):
            scores = Reranker(source, backend).score(PAIRS)
            close = 1e-4 if source is not model or backend == "onnx" else 0.05
            assert scores.dtype == np.float32 and scores == pytest.approx(wanted, abs=close)
    chosen = Reranker(model)
    assert chosen.score(PAIRS * 100, progress=False).shape == (200,)
    assert chosen.choice.backend == "torch" and str(dtype) in chosen.choice.why


@pytest.mark.parametrize("wrong", [12, b"folder", ["a", "b"], {"model": "x"}])
def test_what_is_no_model_is_refused(wrong):
    with pytest.raises(TypeError, match="scores no pairs here"):
        model_source_module.model_source(wrong)


def test_a_bi_encoder_in_memory_is_refused(tiny_tokenizer, tmp_path):
    model = load_bi_encoder(write_bi_encoder(tmp_path / "vectors", tiny_tokenizer), device="cpu")
    with pytest.raises(TypeError, match="A SentenceTransformer scores no pairs here"):
        Reranker(model)


def test_a_model_of_the_hub_is_called_by_its_id(tiny_model, unreachable_hub):
    snapshot = unreachable_hub / "models--owner--tiny" / "snapshots" / ("3" * 40)
    configured(tiny_model, snapshot, id2label={"0": "no", "1": "yes"})
    refs = unreachable_hub / "models--owner--tiny" / "refs"
    refs.mkdir()
    (refs / "main").write_text("3" * 40)
    for load in (load_cross_encoder, Reranker):
        with pytest.raises(ValueError, match="The model owner/tiny gives 2 numbers per pair"):
            load("owner/tiny")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("all-MiniLM-L6-v2", r"no cross-encoder \(bi-encoder\).*: take load_bi_encoder\."),
        ("bge-small-en-v1.5-int8", r"no cross-encoder \(bi-encoder\).*: take OnnxEncoder\."),
        ("answerai-colbert-small-v1-int8", r"\(late interaction\).*: take load_scorer\."),
    ],
)
def test_other_kinds_of_the_catalogue_are_told_by_name(name, reason):
    with pytest.raises(ValueError, match=reason):
        Reranker(name)
