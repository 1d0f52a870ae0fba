"""The model hub: looked into when it answers, named when it does not, never trusted with code."""

import shutil

import pytest

from xenc_course import load_cross_encoder, model_folder
from xenc_course.assets import hub


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


def test_a_model_of_the_hub_is_downloaded_without_pickles_or_code(answering_hub, tiny_model):
    answering_hub(tiny_model)
    assert model_folder("owner/tiny") == tiny_model


def test_a_download_that_breaks_off_says_so(answering_hub):
    answering_hub(ConnectionError("reset by peer"))
    with pytest.raises(hub.AssetError, match="could not be fetched from the hub \\(reset"):
        model_folder("owner/tiny")


def test_a_hub_without_the_model_says_so(answering_hub):
    from huggingface_hub.errors import HFValidationError

    answering_hub(HFValidationError("no such name"))
    with pytest.raises(FileNotFoundError, match="the hub has no such model"):
        model_folder("owner/tiny")
