"""The fingerprint of a model: equal for two models exactly when their scores must be equal."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from xenc_course.files import file_sha256

from .inspection import modules
from .loading import transformer

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

WEIGHTS = (".safetensors", ".onnx")
# config.json, and how sentence-transformers puts a model together of modules.
SETTINGS = ("config.json", "modules.json", "sentence_bert_config.json")
TEXT_TO_IDS = ("tokenizer", "vocab", "special_tokens")  # how a tokenizer's files begin


def folder_fingerprint(folder: Path) -> str:
    """SHA-256 over the files of a folder that decide a model's scores, 64 hexadecimal digits.

    These are the weights, the settings and the tokenizer's files, also those of modules. A card
    (README.md) that is edited, or a file that is added beside them, changes nothing.

    Args:
        folder: a model as `save_pretrained` writes it, or with a `model.onnx`.
    """
    found = hashlib.sha256()
    # A module without settings, such as Normalize, may have no folder.
    inside = {path for each in modules(folder) if (path := folder / each["path"]).is_dir()}
    for path in sorted(path for each in {folder, *inside} for path in each.iterdir()):
        decides = path.name in SETTINGS or path.name.startswith(TEXT_TO_IDS)
        if path.is_file() and (decides or path.suffix in WEIGHTS):
            name = path.relative_to(folder).as_posix()
            found.update(f"{name} {file_sha256(path)}\n".encode())
    return found.hexdigest()


def loaded_fingerprint(model: CrossEncoder) -> str:
    """SHA-256 over the configuration and weights of a model in memory, 64 hexadecimal digits.

    A model that was loaded may have been trained since, so the files of its folder need not be its
    weights. This is never equal to the fingerprint of a folder.

    Raises:
        ValueError: the cross-encoder has no single transformer.
    """
    import torch

    inside = transformer(model)
    found = hashlib.sha256(inside.config.to_json_string().encode())
    for name, tensor in inside.state_dict().items():
        found.update(name.encode())
        # As bytes, because numpy has no bfloat16.
        found.update(tensor.detach().cpu().flatten().view(torch.uint8).numpy().tobytes())
    return found.hexdigest()
