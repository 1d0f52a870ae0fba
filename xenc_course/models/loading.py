"""Load a model by name: a local folder, a packaged model, or one of the model hub.

Loading gives the stock classes of sentence-transformers. So a learner can copy any cell into
another project and change only the line that loads the model.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xenc_course.assets.bundled_students import released, student_folder
from xenc_course.assets.hub import hub_cache, hub_download
from xenc_course.assets.wheels import ASSETS, asset_folder

from .catalogue import MODELS

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder, SentenceTransformer
    from transformers import PreTrainedModel

DEFAULT_CROSS_ENCODER = "ms-marco-MiniLM-L12-v2"
DEFAULT_BI_ENCODER = "all-MiniLM-L6-v2"


def load_cross_encoder(name: str | None = None, **options: Any) -> CrossEncoder:
    """Load a cross-encoder whose scores are logits: float32, one per pair, no sigmoid.

    Args:
        name: a local folder, a name of the catalogue or a hub id, as `model_folder` takes it. None
            means `$XENC_CROSS_ENCODER`, or "ms-marco-MiniLM-L12-v2" where that is not set.
        **options: go to `sentence_transformers.CrossEncoder` (device, max_length, model_kwargs,
            ...). Files are always local and weights are read from safetensors by default.

    Raises:
        FileNotFoundError: the model is nowhere to be had.
        AssetError: a packaged model is damaged, or a download failed.
        ValueError: the model has more than one label or no scoring head, or is an ONNX file.
        TypeError: the name is no string.
    """
    folder = model_folder(name or os.environ.get("XENC_CROSS_ENCODER") or DEFAULT_CROSS_ENCODER)
    labels = _labels(folder)
    if labels != 1:
        raise ValueError(
            f"The model in {folder.name} gives {labels} numbers per pair, and a reranker gives "
            "one: choose a cross-encoder with one label."
        )
    from sentence_transformers import CrossEncoder
    from torch.nn import Identity

    options = {"activation_fn": Identity(), **options}
    with _without_loading_bar():
        return CrossEncoder(str(folder), **_safe(options))


def load_bi_encoder(name: str | None = None, **options: Any) -> SentenceTransformer:
    """Load a bi-encoder, whose `encode` gives one float32 vector per text.

    The vectors of the default have 384 numbers.

    Args:
        name: as in `load_cross_encoder`. None means `$XENC_BI_ENCODER`, or "all-MiniLM-L6-v2" where
            that is not set.
        **options: go to `sentence_transformers.SentenceTransformer`.

    Raises:
        FileNotFoundError: the model is nowhere to be had.
        AssetError: a packaged model is damaged, or a download failed.
        ValueError: the model is an ONNX file.
        TypeError: the name is no string.
    """
    folder = model_folder(name or os.environ.get("XENC_BI_ENCODER") or DEFAULT_BI_ENCODER)
    _refuse_onnx(folder)
    from sentence_transformers import SentenceTransformer

    with _without_loading_bar():
        return SentenceTransformer(str(folder), **_safe(options))


def model_folder(name: str) -> Path:
    """The folder that holds a model's files, fetched first if need be.

    A model is looked for in this order: local folder, packaged model, hub cache, hub.

    Args:
        name: a local folder, a name of the catalogue or a hub id (owner/name).

    Raises:
        FileNotFoundError: the model is in none of them.
        AssetError: a packaged model is damaged, or a download failed.
        TypeError: the name is no string, or is empty.
    """
    if not isinstance(name, str) or not name.strip():
        raise TypeError(f"A model is named by a string that is not empty, not {name!r}.")
    local = Path(name).expanduser()
    if (local / "config.json").is_file() or (local / "model.onnx").is_file():
        return local
    if local.is_dir() and name not in MODELS:
        raise FileNotFoundError(
            f"The folder {name} holds no config.json: point to a folder written by save_pretrained."
        )
    if name in ASSETS and name in MODELS:
        return asset_folder(name)
    if name in released():
        return student_folder(name)
    known = MODELS.get(name)
    hub_id, revision = (known.hub_id, known.revision) if known else (name, None)
    at_hand = ", ".join(model.name for model in MODELS.values() if model.at_hand) or "none"
    return hub_cache(hub_id, revision) or hub_download(name, hub_id, revision, at_hand)


def _labels(folder: Path) -> int:
    """How many numbers a classification model gives, from its configuration."""
    _refuse_onnx(folder)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    architecture = (config.get("architectures") or [""])[0]
    if architecture.endswith("Model"):
        raise ValueError(
            f"{folder.name} holds a {architecture}, which gives vectors and no score: take "
            "load_bi_encoder for a bi-encoder."
        )
    # transformers assumes two labels when a configuration names none.
    return config.get("num_labels") or len(config.get("id2label") or "..")


def _refuse_onnx(folder: Path) -> None:
    """Raise ValueError for a folder without safetensors, which the PyTorch classes cannot load."""
    if not any(folder.glob("*.safetensors")):
        raise ValueError(
            f"{folder.name} holds no model.safetensors, so PyTorch cannot load it: an ONNX model "
            "runs through onnxruntime (lesson 05), and a pickled one (.bin) is not read for safety."
        )


def transformer(model: CrossEncoder) -> PreTrainedModel:
    """The transformer of a cross-encoder, which computes the logits.

    Raises:
        ValueError: the cross-encoder is made of other modules.
    """
    if model.model is None:
        raise ValueError(
            "This cross-encoder is made of modules and has no single transformer: score it with "
            "its own `predict`."
        )
    return model.model


@contextmanager
def _without_loading_bar() -> Iterator[None]:
    """Hide the bar that counts weight tensors: it would be stored in each lesson."""
    from transformers.utils import logging

    was_shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if was_shown:
            logging.enable_progress_bar()


def _safe(options: dict[str, Any]) -> dict[str, Any]:
    """Weights from safetensors only, nothing from a network, no code of the model's author."""
    model_kwargs = {"use_safetensors": True, **(options.get("model_kwargs") or {})}
    return {**options, "model_kwargs": model_kwargs, "local_files_only": True}
