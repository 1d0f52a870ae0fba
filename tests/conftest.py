"""What several wings' tests share: small models, a hub out of reach, a folder with text."""

import json
import os
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.towns import write_towns
from xenc_course.models import onnx_export

# Made-up inputs: the same ones each time, or with `make soak` many and others each time. Neither
# the time that an example takes nor a folder of earlier failures decides. A file in pytest's folder
# is written again by each example.
UNCHECKED = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
MADE_UP = {"deadline": None, "database": None, "suppress_health_check": UNCHECKED}
settings.register_profile("test", max_examples=100, derandomize=True, **MADE_UP)
settings.register_profile("soak", max_examples=3_000, derandomize=False, **MADE_UP)
SOAK = bool(os.environ.get("XENC_SOAK"))
settings.load_profile("soak" if SOAK else "test")

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
# Words that many tests use; all others are spelt letter by letter.
WORDS = (
    "a an and are at by in is it of on that the to who with "
    "bread bugs capital cats city coasts grain harbour how king lake market metal more nothing "
    "passage people plane port query question river sea short song stone text tower town trades "
    "word"
)


@pytest.fixture(scope="session")
def tiny_tokenizer():
    """A BERT tokenizer with a vocabulary of letters and some words."""
    from transformers import BertTokenizer

    letters = string.ascii_lowercase + string.digits + string.punctuation
    inside_words = [f"##{letter}" for letter in letters]
    tokens = dict.fromkeys([*SPECIAL, *letters, *inside_words, *WORDS.split()])
    vocabulary = {token: number for number, token in enumerate(tokens)}
    return BertTokenizer(vocab=vocabulary, do_lower_case=True, model_max_length=512)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory, tiny_tokenizer) -> Path:
    """A folder with a cross-encoder of three narrow layers, random weights and its tokenizer."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    torch.manual_seed(0)
    shape = BertConfig(
        num_hidden_layers=3,
        hidden_size=24,
        num_attention_heads=2,
        intermediate_size=48,
        num_labels=1,
    )
    folder = tmp_path_factory.mktemp("models") / "tiny"
    model = BertForSequenceClassification(shape)
    model.classifier.bias.data += 1e-4  # exactly 0 would be an untrained head
    model.save_pretrained(folder)
    config = json.loads((folder / "config.json").read_text())
    config["sentence_transformers"] = {"activation_fn": "torch.nn.modules.linear.Identity"}
    (folder / "config.json").write_text(json.dumps(config))
    tiny_tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def exports(tmp_path_factory) -> Iterator[Path]:
    """An empty folder for exports, in place of the one that all tests and the user share.

    Where another test has exported a model, `auto` would let the clock choose its backend.
    """
    cache = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(onnx_export, "cache_folder", lambda: cache)
        yield cache / "onnx"


@pytest.fixture
def unreachable_hub(monkeypatch, tmp_path) -> Path:
    """The empty cache of a hub that does not answer."""
    from huggingface_hub import constants, file_download

    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(file_download, "HF_HUB_CACHE", str(tmp_path), raising=False)
    return tmp_path


@pytest.fixture(scope="session")
def towns(tmp_path_factory) -> Path:
    """A folder, with a space in its path, that holds a text file with a passage on each town."""
    return write_towns(tmp_path_factory.mktemp("text") / "my texts")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes minutes; `make soak` runs it."""
    if not SOAK:
        long = [item for item in items if item.get_closest_marker("soak")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]
