"""What several test modules share."""

import json
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory) -> Path:
    """A folder with a cross-encoder of three narrow layers, random weights and a real tokenizer."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    from xenc_course import model_folder

    torch.manual_seed(0)
    shape = BertConfig(
        num_hidden_layers=3,
        hidden_size=24,
        num_attention_heads=2,
        intermediate_size=48,
        num_labels=1,
    )
    folder = tmp_path_factory.mktemp("models") / "tiny"
    BertForSequenceClassification(shape).save_pretrained(folder)
    config = json.loads((folder / "config.json").read_text())
    config["sentence_transformers"] = {"activation_fn": "torch.nn.modules.linear.Identity"}
    (folder / "config.json").write_text(json.dumps(config))
    AutoTokenizer.from_pretrained(model_folder("all-MiniLM-L6-v2")).save_pretrained(folder)
    return folder
