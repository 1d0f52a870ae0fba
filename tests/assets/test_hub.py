"""The model hub: looked into when it answers, named when it does not, never trusted with code."""

import json
import shutil
import time

import pytest

from tests.support.stand_in_hub import StandInHub
from xenc_course import AssetError, load_cross_encoder, model_folder
from xenc_course.assets import hub
from xenc_course.models.catalogue import MODELS

PAIRS = [("a harbour town", "The town has a harbour."), ("query", "grain")]
NEWEST = "f" * 40


@pytest.mark.models
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


def test_a_model_in_the_hub_cache_is_taken_from_there(tiny_model, unreachable_hub):
    snapshot = unreachable_hub / "models--owner--tiny" / "snapshots" / ("a" * 40)
    shutil.copytree(tiny_model, snapshot)
    refs = unreachable_hub / "models--owner--tiny" / "refs"
    refs.mkdir()
    (refs / "main").write_text("a" * 40)
    assert load_cross_encoder("owner/tiny").model.config.hidden_size == 24


@pytest.fixture
def stand_in(unreachable_hub, tiny_model, monkeypatch):
    """A hub on this machine with one model, owner/tiny, and an empty cache for it."""
    from huggingface_hub import constants

    with StandInHub() as server:
        server.models["owner/tiny"] = (tiny_model, NEWEST)
        monkeypatch.setattr(constants, "ENDPOINT", server.address)
        template = server.address + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        # The hub's client waits between its attempts.
        monkeypatch.setattr(time, "sleep", lambda seconds: None)
        yield server
        server.shutdown()


PUBLISHED = [model for model in MODELS.values() if not model.packaged]


@pytest.mark.parametrize("model", PUBLISHED, ids=lambda model: model.name)
def test_a_published_model_is_fetched_once_and_then_needs_no_hub_under_either_name(
    model, stand_in, tiny_model, monkeypatch
):
    from huggingface_hub import constants

    commit = model.revision or NEWEST
    stand_in.models[model.hub_id] = (tiny_model, commit)
    right = load_cross_encoder(str(tiny_model), device="cpu").predict(PAIRS)
    fetched = load_cross_encoder(model.name, device="cpu").predict(PAIRS)
    assert fetched.tolist() == right.tolist()
    resolved = [line.split("/resolve/")[1] for line in stand_in.asked if "/resolve/" in line]
    assert resolved and all(each.startswith(f"{commit}/") for each in resolved)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    before = len(stand_in.asked)
    for name in (model.name, model.hub_id):
        assert load_cross_encoder(name, device="cpu").predict(PAIRS).tolist() == right.tolist()
    assert model.at_hand and len(stand_in.asked) == before


def test_no_pickle_and_no_code_is_fetched(stand_in, tiny_model, tmp_path):
    folder = tmp_path / "with-code"
    shutil.copytree(tiny_model, folder)
    for name in ("pytorch_model.bin", "modeling.py", "model.pt", "onnx/model.onnx"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"x")
    stand_in.models["owner/with-code"] = (folder, NEWEST)
    fetched = {path.name for path in model_folder("owner/with-code").rglob("*")}
    assert fetched == {path.name for path in tiny_model.iterdir()}


BROKEN = ["breaks-off:tokenizer.json", "breaks-off:model.safetensors", "error-500:config.json"]
BROKEN += ["error-500:tokenizer_config.json", "page-for-files"]


@pytest.mark.parametrize("fault", BROKEN)
def test_what_an_interrupted_download_left_is_never_scored_and_only_the_rest_is_fetched(
    fault, stand_in, tiny_model
):
    stand_in.fault = fault
    with pytest.raises(
        AssetError, match=f"could not be fetched from the hub at {stand_in.address}"
    ):
        model_folder("owner/tiny")
    assert hub.hub_cache("owner/tiny", None) is None
    stand_in.fault = ""
    model = load_cross_encoder("owner/tiny", device="cpu")
    right = load_cross_encoder(str(tiny_model), device="cpu").predict(PAIRS)
    assert model.predict(PAIRS).tolist() == right.tolist()
    if ":" in fault:  # one file was at fault, and no other is fetched twice
        fetched = [line.split("/")[-1] for line in stand_in.asked if line.startswith("GET /owner")]
        others = {path.name for path in tiny_model.iterdir()} - {fault.split(":")[1]}
        assert {name: fetched.count(name) for name in others} == dict.fromkeys(others, 1)


@pytest.mark.parametrize(
    ("fault", "error", "message"),
    [
        ("no-http", FileNotFoundError, "cannot be reached from here .*illegal status line"),
        ("redirects", AssetError, "Exceeded maximum allowed redirects"),
        ("page-for-json", AssetError, "what answers there is no model hub"),
        ("gated", AssetError, "is gated on the hub .*log in with `hf auth login`"),
        ("error-500", AssetError, "500 Internal Server Error"),
    ],
)
def test_each_fault_of_the_hub_is_one_sentence_with_its_address(fault, error, message, stand_in):
    stand_in.fault = fault
    with pytest.raises(error, match=message) as caught:
        model_folder("owner/tiny")
    said = str(caught.value)
    assert stand_in.address in said and "\n" not in said and said.endswith(".")


@pytest.mark.parametrize(
    "address",
    ["hf-mirror.local", "", "http://bad host", "http://", "ftp://hub.local", "http://a:b:c", "//x"],
)
def test_an_address_that_cannot_be_one_is_refused(address, unreachable_hub, monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", address)
    with pytest.raises(AssetError, match="set HF_ENDPOINT to one with its scheme") as caught:
        model_folder("owner/tiny")
    assert repr(address) in str(caught.value)


def test_a_password_in_the_hubs_address_is_not_told(unreachable_hub, monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", "http://me:secret@127.0.0.1:9")
    with pytest.raises(FileNotFoundError, match=r"http://127\.0\.0\.1:9: ") as caught:
        model_folder("owner/tiny")
    assert "secret" not in str(caught.value)


def test_a_hub_slower_than_its_clients_limits_still_works(stand_in, monkeypatch):
    from huggingface_hub import constants

    stand_in.delay = 0.3
    monkeypatch.setattr(constants, "DEFAULT_ETAG_TIMEOUT", 0.01)
    monkeypatch.setattr(constants, "HF_HUB_ETAG_TIMEOUT", 0.01)
    monkeypatch.setattr(constants, "HF_HUB_DOWNLOAD_TIMEOUT", 0.01)
    assert (model_folder("owner/tiny") / "model.safetensors").is_file()
    assert constants.HF_HUB_DOWNLOAD_TIMEOUT == 0.01


def test_a_hub_without_the_model_says_so(stand_in):
    with pytest.raises(FileNotFoundError, match=f"no such model at {stand_in.address}"):
        model_folder("owner/none")


def damaged(folder, name, content):
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tokenizer.json", None),
        ("tokenizer.json", b"<html>log in</html>"),
        ("tokenizer.json", b""),
        ("config.json", b"[]"),
        ("config.json", None),
        ("model.safetensors", None),
        ("model.safetensors", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n"),
        ("model.safetensors", "cut"),
    ],
)
def test_a_snapshot_that_another_program_left_unfinished_is_not_at_hand(
    name, content, tiny_model, unreachable_hub
):
    snapshot = unreachable_hub / "models--owner--tiny" / "snapshots" / NEWEST
    shutil.copytree(tiny_model, snapshot)
    assert hub.hub_cache("owner/tiny", NEWEST) == snapshot
    cut = (tiny_model / name).read_bytes()[:-1] if content == "cut" else content
    damaged(snapshot, name, cut)
    assert hub.hub_cache("owner/tiny", NEWEST) is None
    with pytest.raises(FileNotFoundError, match=r"which lacks .* of it, and the model hub cannot"):
        model_folder("owner/tiny")


def test_every_shard_and_every_module_must_be_there(tiny_model, unreachable_hub):
    snapshot = unreachable_hub / "models--owner--tiny" / "snapshots" / NEWEST
    shutil.copytree(tiny_model, snapshot)
    shards = {"weight_map": {"a": "model.safetensors", "b": "model-2.safetensors"}}
    (snapshot / "model.safetensors.index.json").write_text(json.dumps(shards))
    assert hub.hub_cache("owner/tiny", NEWEST) is None
    shutil.copy(snapshot / "model.safetensors", snapshot / "model-2.safetensors")
    assert hub.hub_cache("owner/tiny", NEWEST) == snapshot
    pooling = {"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}
    (snapshot / "modules.json").write_text(json.dumps([pooling]))
    assert hub.hub_cache("owner/tiny", NEWEST) is None
    (snapshot / "1_Pooling").mkdir()
    (snapshot / "1_Pooling" / "config.json").write_text("{}")
    assert hub.hub_cache("owner/tiny", NEWEST) == snapshot
    (snapshot / "modules.json").unlink()
    assert hub.hub_cache("owner/tiny", NEWEST) is None
