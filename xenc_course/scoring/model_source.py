"""A cross-encoder that is to score: in a folder or in memory, and what scoring must know of it.

The limit, the padding and the tokenizer of a folder's model are read from its files. Where
onnxruntime scores, the model is therefore not loaded into PyTorch.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from xenc_course.files import shown
from xenc_course.models.catalogue import CROSS_ENCODER, LATE_INTERACTION, ONNX
from xenc_course.models.fingerprint import folder_fingerprint, loaded_fingerprint
from xenc_course.models.inspection import check_folder, check_loaded, modules
from xenc_course.models.loading import (
    catalogue_model,
    cross_encoder_in,
    folder_name,
    model_folder,
)
from xenc_course.models.tokenizer_files import read_object, read_tokenizer

from .reading import UNLIMITED, chosen_limit, positions, refuse_other_reading

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder
    from tokenizers import Tokenizer

MAX_TOKENS = 512  # query, passage and special tokens: what BERT-like models were trained on
# Their position table has one row per token. RoBERTa's has two more rows than tokens that it reads,
# and other models have none, so a model of another kind is loaded before its limit is known.
PLAIN = ("bert", "distilbert", "electra")
MODULES = "It is made of modules, which are not exported to ONNX."


class LoadedModel:
    """A `CrossEncoder` that the caller has loaded.

    Attributes:
        onnx_file: None; a `FolderModel` may have an ONNX model to run as it is.
        int8_of: ""; the name of a `FolderModel` may mean another model in 8-bit integers.
    """

    onnx_file: Path | None = None
    int8_of: str = ""

    def __init__(self, model: CrossEncoder) -> None:
        """Look at the model, and keep it; it is not changed.

        Raises:
            ValueError: see `check_loaded`; or `predict` reads pairs in a way of its own.
        """
        where = model.transformers_model
        called = folder_name(Path(where.name_or_path)) if where is not None else "that was given"
        check_loaded(model, called)
        self._model = model
        refuse_other_reading(model, self.tokenizer(), called)

    def cross_encoder(self) -> CrossEncoder:
        """The model in PyTorch."""
        return self._model

    def torch_only(self) -> str:
        """Why PyTorch has to score it; "" where ONNX gives the same scores."""
        import torch

        if len(self._model) != 1:
            return MODULES
        if self._model.dtype != torch.float32:
            return f"Its weights are {self._model.dtype}, and an ONNX file computes in float32."
        return ""

    def on_gpu(self) -> bool:
        """Whether PyTorch computes it on a GPU."""
        return self._model.device.type != "cpu"

    def tokenizer(self) -> Tokenizer:
        """Its fast tokenizer.

        Raises:
            ValueError: it has none.
        """
        tokenizer = self._model.tokenizer
        if tokenizer is None or not tokenizer.is_fast:
            raise ValueError(
                "The model's tokenizer has no fast form: load it with "
                "AutoTokenizer.from_pretrained(..., use_fast=True), and save it beside the model."
            )
        return tokenizer.backend_tokenizer

    def limit(self, max_length: int | None = None) -> int:
        """How many tokens of a pair are read, special ones included.

        Args:
            max_length: what the caller wants; None means as many as `predict` reads.

        Raises:
            ValueError: the model has fewer positions, or it is below 1.
        """
        inner = self._model.transformers_model
        places = positions(inner) if inner is not None else None
        own = min(int(self._model.max_seq_length or UNLIMITED), places or UNLIMITED, UNLIMITED)
        trained = getattr(self._model.config, "max_position_embeddings", None) or 0
        return chosen_limit(max_length, own, places or max(own, trained))

    def cut_side(self) -> str:
        """Which end of a long pair `predict` cuts, "right" or "left"."""
        return self._model.tokenizer.truncation_side

    def pad(self) -> int:
        """The id of the padding token."""
        return self._model.tokenizer.pad_token_id or 0

    def fingerprint(self) -> str:
        """See `loaded_fingerprint`."""
        return loaded_fingerprint(self._model)


class FolderModel:
    """A model by name, hub id or folder; it is loaded into PyTorch when PyTorch has to score.

    Attributes:
        int8_of: the model that its name means in 8-bit integers; "" for a model of its own.
    """

    def __init__(self, name: str | os.PathLike[str]) -> None:
        """Find the folder, and look at its files.

        Args:
            name: a name of the catalogue, a hub id or a folder.

        Raises:
            FileNotFoundError: there is no such model; and what else `model_folder` raises.
            ValueError: the catalogue says that it is no cross-encoder; see also `check_folder`.
        """
        _refuse_other_kinds(os.fspath(name))
        self._folder = model_folder(name)
        known = catalogue_model(os.fspath(name))
        self.int8_of = known.made_from if known is not None else ""
        self._loaded: LoadedModel | None = None
        self._fingerprint = ""
        check_folder(self._folder, folder_name(self._folder), CROSS_ENCODER)

    @property
    def onnx_file(self) -> Path | None:
        """The ONNX model to run as it is, where the folder holds one and no PyTorch weights."""
        path = self._folder / "model.onnx"
        is_alone = path.is_file() and not any(self._folder.glob("*.safetensors"))
        return path if is_alone else None

    def cross_encoder(self) -> CrossEncoder:
        """The model in PyTorch.

        Raises:
            ValueError: see `load_cross_encoder`.
        """
        return self._in_memory().cross_encoder()

    def torch_only(self) -> str:
        """Why PyTorch has to score it; "" where ONNX gives the same scores."""
        return MODULES if len(modules(self._folder)) > 1 else ""

    def on_gpu(self) -> bool:
        """Whether PyTorch computes it on a GPU."""
        import torch

        return torch.cuda.is_available() or torch.backends.mps.is_available()

    def tokenizer(self) -> Tokenizer:
        """Its fast tokenizer.

        Raises:
            ValueError: it has none.
        """
        if self._files_tell():
            return read_tokenizer(self._folder / "tokenizer.json")
        return self._in_memory().tokenizer()

    def limit(self, max_length: int | None = None) -> int:
        """How many tokens of a pair are read, special ones included; see `LoadedModel.limit`.

        Raises:
            ValueError: the model has fewer positions, or it is below 1.
        """
        if not self._files_tell():
            return self._in_memory().limit(max_length)
        places = self._setting("config.json", "max_position_embeddings")
        reads = self._setting("tokenizer_config.json", "model_max_length")
        own = min([known for known in (places, reads) if known] or [MAX_TOKENS])
        return chosen_limit(max_length, own, places or own)

    def cut_side(self) -> str:
        """Which end of a long pair `predict` cuts, "right" or "left".

        Raises:
            ValueError: the file says something else.
        """
        if not self._files_tell():
            return self._in_memory().cut_side()
        path = self._folder / "tokenizer_config.json"
        side = read_object(path).get("truncation_side") if path.is_file() else None
        if side is None:  # then transformers takes the one that tokenizer.json was saved with
            return (self.tokenizer().truncation or {}).get("direction", "right").lower()
        if side not in ("right", "left"):
            raise ValueError(
                f"The file {path} has {shown(side)} for truncation_side: write right or left."
            )
        return side

    def pad(self) -> int:
        """The id of the padding token."""
        return self._setting("config.json", "pad_token_id") or 0

    def fingerprint(self) -> str:
        """See `folder_fingerprint`."""
        if not self._fingerprint:
            self._fingerprint = folder_fingerprint(self._folder)
        return self._fingerprint

    def _files_tell(self) -> bool:
        """Whether tokenizer and limit can be read off files, as sentence-transformers would."""
        if self.onnx_file is not None:
            return True
        config = read_object(self._folder / "config.json")
        is_plain = config.get("model_type") in PLAIN and "max_position_embeddings" in config
        has_tokenizer = (self._folder / "tokenizer.json").is_file()
        return is_plain and has_tokenizer and not modules(self._folder)

    def _in_memory(self) -> LoadedModel:
        if self._loaded is None:
            self._loaded = LoadedModel(cross_encoder_in(self._folder))
            if self._files_tell():
                model, called = self._loaded.cross_encoder(), folder_name(self._folder)
                refuse_other_reading(model, self.tokenizer(), called)
        return self._loaded

    def _setting(self, file: str, key: str) -> int | None:
        """A whole number that a file states, if it does."""
        path = self._folder / file
        found = read_object(path).get(key) if path.is_file() else None
        return int(found) if isinstance(found, int | float) and found > 0 else None


def _refuse_other_kinds(name: str) -> None:
    """Raise ValueError for a model that the catalogue knows not to be a cross-encoder."""
    known = catalogue_model(name) if name.strip() else None  # "" is refused as a name
    if known is None or known.architecture == CROSS_ENCODER:
        return
    loader = "load_bi_encoder"
    if known.architecture == LATE_INTERACTION:
        loader = "load_scorer"
    elif known.runtime == ONNX:
        loader = "OnnxEncoder"
    raise ValueError(
        f"The model {known.name} is no cross-encoder ({known.architecture}), so a reranker cannot "
        f"score pairs with it: take {loader}."
    )


ModelSource = FolderModel | LoadedModel


def model_source(model: str | os.PathLike[str] | CrossEncoder) -> ModelSource:
    """Find out where a model comes from, and look at it.

    Args:
        model: a name of the catalogue, a hub id, a folder, or a loaded `CrossEncoder`.

    Raises:
        FileNotFoundError: there is no such model; and what else `model_folder` raises.
        TypeError: it is something else.
        ValueError: see `check_folder` and `check_loaded`.
    """
    if isinstance(model, str | os.PathLike):
        return FolderModel(model)
    from sentence_transformers import CrossEncoder

    if not isinstance(model, CrossEncoder):
        raise TypeError(
            f"A {type(model).__name__} scores no pairs here: give a model's name, a folder or a "
            "loaded CrossEncoder."
        )
    return LoadedModel(model)
