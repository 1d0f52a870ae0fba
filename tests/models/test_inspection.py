"""A model that is not what it seems is refused in one sentence before its first score."""

import json
import shutil

import pytest

from tests.support.odd_models import (
    WEIGHTS,
    configured,
    copied,
    renamed,
    scaled,
    write_bi_encoder,
    write_encoder,
    write_modular,
)
from xenc_course import Reranker, load_bi_encoder, load_cross_encoder
from xenc_course.models.inspection import check_folder

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:aaa\nsize 12\n"


def refused(folder, load=load_cross_encoder) -> str:
    """The one sentence with which a folder is refused, by loading and by a reranker alike."""
    with pytest.raises(ValueError) as caught:
        load(str(folder))
    message = str(caught.value)
    assert "\n" not in message and message[0].isupper() and message.endswith(".")
    if load is load_cross_encoder:
        with pytest.raises(ValueError) as again:
            Reranker(str(folder), "torch")
        assert str(again.value) == message
    return message


@pytest.mark.parametrize("left", [("tokenizer*", "vocab*"), ("tokenizer.json", "vocab*")])
def test_a_folder_without_a_tokenizer(tiny_model, tmp_path, left):
    folder = copied(tiny_model, tmp_path / "bare", without=left)
    assert "holds no tokenizer (tokenizer.json or vocab.txt)" in refused(folder)
    with pytest.raises(ValueError, match="holds no tokenizer"):
        Reranker(str(folder))


def test_a_vocabulary_alone_is_a_tokenizer(tiny_model, tiny_tokenizer, tmp_path):
    whole = scaled(tiny_model, tmp_path / "whole")
    folder = copied(whole, tmp_path / "vocabulary", without=("tokenizer.json",))
    words = sorted(tiny_tokenizer.vocab, key=tiny_tokenizer.vocab.get)
    (folder / "vocab.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    pairs = [("king of cats", "The city by the sea."), ("lake", "bread")]
    wanted = load_cross_encoder(str(whole), device="cpu").predict(pairs)
    assert Reranker(str(folder), "torch").score(pairs) == pytest.approx(wanted, abs=1e-5)


def test_a_tokenizer_without_words(tiny_model, tmp_path):
    from transformers import BertTokenizer

    folder = copied(tiny_model, tmp_path / "empty", without=("tokenizer*",))
    BertTokenizer().save_pretrained(folder)
    assert "has no words in its vocabulary" in refused(folder)
    (folder / "vocab.txt").touch()
    (folder / "tokenizer.json").unlink()
    assert "vocab.txt is empty" in refused(folder)


def test_a_tokenizer_of_a_larger_model(tiny_model, tiny_tokenizer, tmp_path):
    folder = configured(tiny_model, tmp_path / "small", vocab_size=50)
    highest = len(tiny_tokenizer) - 1
    assert f"tokens up to number {highest} and the model has vectors for 50" in refused(folder)


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [
        (WEIGHTS, LFS, "pointer of git-lfs"),
        (WEIGHTS, 5000, "model.safetensors is no whole safetensors file"),
        (WEIGHTS, -1, "model.safetensors is no whole safetensors file"),
        (WEIGHTS, 0, "model.safetensors is no whole safetensors file"),
        ("tokenizer.json", LFS, "tokenizer.json is a pointer of git-lfs"),
        ("tokenizer.json", 1000, "tokenizer.json is no whole tokenizer"),
        ("tokenizer.json", 0, "tokenizer.json is empty"),
        ("tokenizer_config.json", 10, "tokenizer_config.json is no whole JSON file"),
        ("config.json", b"<!DOCTYPE html>", "config.json is no whole JSON file"),
        ("config.json", b"[]", "config.json holds no JSON object"),
        ("config.json", b"[" * 100_000, "config.json is no whole JSON file"),
    ],
)
def test_a_damaged_file_is_named(tiny_model, tmp_path, file, content, reason):
    path = copied(tiny_model, tmp_path / "damaged") / file
    path.write_bytes(path.read_bytes()[:content] if isinstance(content, int) else content)
    assert reason in refused(path.parent)


@pytest.mark.parametrize(
    ("file", "setting", "value"),
    [
        ("config.json", "architectures", 5),
        ("config.json", "architectures", [5]),
        ("config.json", "architectures", {}),
        ("config.json", "id2label", 5),
        ("config.json", "model_type", []),
        ("config.json", "vocab_size", ""),
        ("config.json", "num_attention_heads", -1),
        ("tokenizer_config.json", "model_max_length", ""),
        ("tokenizer_config.json", "model_max_length", -1),
        ("tokenizer_config.json", "model_max_length", True),
    ],
)
def test_a_setting_of_another_kind_is_named(tiny_model, tmp_path, file, setting, value):
    path = copied(tiny_model, tmp_path / "odd") / file
    path.write_text(json.dumps(json.loads(path.read_text()) | {setting: value}))
    assert f"{file} has {value!r} for {setting}, which must be a" in refused(path.parent)


def test_a_missing_shard_is_named(tiny_model, tmp_path):
    folder = copied(tiny_model, tmp_path / "shards", without=(WEIGHTS,))
    shutil.copy(tiny_model / WEIGHTS, folder / "model-00001-of-00002.safetensors")
    shards = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    (folder / f"{WEIGHTS}.index.json").write_text(json.dumps({"weight_map": shards}))
    assert "lacks model-00002-of-00002.safetensors" in refused(folder)


@pytest.mark.parametrize("kind", ["BertForMaskedLM", "BertForNextSentencePrediction"])
def test_one_label_does_not_make_a_head(tiny_model, tmp_path, kind):
    folder = configured(tiny_model, tmp_path / kind, architectures=[kind])
    assert f"holds a {kind}, whose head does not score pairs" in refused(folder)


def test_a_cross_encoder_is_no_bi_encoder(tiny_model, tiny_tokenizer, tmp_path):
    for folder in (tiny_model, write_modular(tmp_path / "modular", tiny_tokenizer)):
        message = refused(folder, load_bi_encoder)
        assert "gives a score for a pair and no vectors: take load_cross_encoder" in message


def test_a_bi_encoder_is_no_cross_encoder_and_needs_its_modules(tiny_tokenizer, tmp_path):
    whole = write_bi_encoder(tmp_path / "whole", tiny_tokenizer)
    assert load_bi_encoder(str(whole)).encode(["a town"]).shape == (1, 24)
    assert "gives vectors and no score: take load_bi_encoder" in refused(whole)
    bare = copied(whole, tmp_path / "bare", without=("modules.json",))
    assert "holds no modules.json" in refused(bare, load_bi_encoder)


def test_other_kinds_of_encoders_are_no_bi_encoders(tiny_tokenizer, tmp_path):
    folder = write_bi_encoder(tmp_path / "sparse", tiny_tokenizer)
    said = folder / "config_sentence_transformers.json"
    said.write_text(json.dumps(json.loads(said.read_text()) | {"model_type": "SparseEncoder"}))
    assert "holds a SparseEncoder" in refused(folder, load_bi_encoder)
    said.write_text("{")
    assert "config_sentence_transformers.json is no whole JSON file" in refused(folder)
    (folder / "modules.json").write_text("{}" * 2)
    assert "modules.json is no list of modules" in refused(folder, load_bi_encoder)


def test_a_bi_encoder_without_a_pooler_is_whole(tiny_tokenizer, tmp_path):
    whole = write_bi_encoder(tmp_path / "whole", tiny_tokenizer)
    rest = renamed(whole, tmp_path / "rest", lambda n: None if n.startswith("pooler") else n)
    texts = ["a town by the sea", "king"]
    wanted = load_bi_encoder(str(whole)).encode(texts)
    assert load_bi_encoder(str(rest)).encode(texts) == pytest.approx(wanted, abs=1e-6)


def test_a_module_without_its_weights(tiny_tokenizer, tmp_path):
    folder = write_modular(tmp_path / "modular", tiny_tokenizer)
    (folder / "2_Dense" / WEIGHTS).unlink()
    assert "cannot be loaded" in refused(folder)
    (folder / "2_Dense" / "pytorch_model.bin").touch()
    assert "a pickled one (.bin) is not read" in refused(folder)


@pytest.mark.models
def test_an_onnx_folder_is_looked_at_too(tmp_path):
    from xenc_course import model_folder

    source = model_folder("ms-marco-MiniLM-L12-v2-int8")
    folder = copied(source, tmp_path / "onnx", without=("vocab*", "*.onnx"))
    (folder / "model.onnx").write_bytes(LFS)
    with pytest.raises(ValueError, match=r"model\.onnx is a pointer of git-lfs"):
        Reranker(str(folder))
    (folder / "model.onnx").unlink()
    (folder / "model.onnx").symlink_to(source / "model.onnx")
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ValueError, match="holds no tokenizer"):
        Reranker(str(folder))


def test_a_folder_is_told_by_its_name_and_a_snapshot_by_its_id(tiny_model, tmp_path):
    snapshot = tmp_path / "models--owner--tiny" / "snapshots" / ("3" * 40)
    configured(tiny_model, snapshot, id2label={"0": "no", "1": "yes"})
    assert refused(snapshot).startswith("The model owner/tiny gives 2 numbers per pair")


def test_an_encoder_without_sentence_transformers_files_is_no_bi_encoder(tiny_tokenizer, tmp_path):
    folder = write_encoder(tmp_path / "encoder", tiny_tokenizer)
    with pytest.raises(ValueError, match=r"holds no modules\.json"):
        check_folder(folder, "encoder", "bi-encoder")
