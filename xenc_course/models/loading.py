"""Load a model by name: a local folder, a packaged model, or one of the model hub.

Loading gives the stock classes of sentence-transformers. So a learner can copy any cell into
another project and change only the line that loads the model.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xenc_course.assets.bundled_students import student_folder
from xenc_course.assets.hub import hub_cache, hub_download
from xenc_course.assets.wheels import ASSETS, asset_folder
from xenc_course.files import shown

from .catalogue import BI_ENCODER, CROSS_ENCODER, MODELS, PYTORCH, Model, known_model
from .inspection import check_folder, check_loaded, modules, transformer_folder
from .quiet import quietly
from .weight_names import weight_files

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder, SentenceTransformer
    from transformers import PreTrainedModel

DEFAULT_CROSS_ENCODER = "ms-marco-MiniLM-L12-v2"
DEFAULT_BI_ENCODER = "all-MiniLM-L6-v2"


def load_cross_encoder(name: str | os.PathLike[str] | None = None, **options: Any) -> CrossEncoder:
    """Load a cross-encoder whose scores are logits: float32, one per pair, no sigmoid.

    Args:
        name: a local folder, a name of the catalogue or a hub id, as `model_folder` takes it. None
            means `$XENC_CROSS_ENCODER`, or "ms-marco-MiniLM-L12-v2" where that is not set.
        **options: go to `sentence_transformers.CrossEncoder` (device, max_length, model_kwargs,
            ...). Files are always local; by default weights are read from safetensors, and those
            in float16 or bfloat16 become float32.

    Raises:
        FileNotFoundError: the model is nowhere to be had.
        AssetError: a packaged model is damaged, or a download failed.
        ValueError: the model has more than one label or no trained scoring head, lacks weights or
            its tokenizer, has damaged files, or is an ONNX file.
        TypeError: the name is no string and no path, or is empty.
    """
    if name is None:
        name = os.environ.get("XENC_CROSS_ENCODER") or DEFAULT_CROSS_ENCODER
    known = catalogue_model(_checked_name(name))
    if known is not None and known.made_from:
        raise ValueError(
            f"{known.name} is run by onnxruntime and holds no weights for PyTorch: give the name "
            f"to Reranker, or load {known.made_from}."
        )
    return cross_encoder_in(model_folder(name), **options)


def cross_encoder_in(folder: Path, **options: Any) -> CrossEncoder:
    """`load_cross_encoder` of a folder.

    Args:
        folder: what `model_folder` has found.
        **options: as in `load_cross_encoder`.

    Raises:
        ValueError: see `load_cross_encoder`.
    """
    called = folder_name(folder)
    _refuse_without_safetensors(folder, called)
    check_folder(folder, called, CROSS_ENCODER)
    from sentence_transformers import CrossEncoder
    from torch.nn import Identity

    options = {"activation_fn": Identity(), **options}
    with quietly(), _one_sentence(called):
        model = CrossEncoder(str(folder), **_safe(options))
    check_loaded(model, called, folder)
    return model


def load_bi_encoder(
    name: str | os.PathLike[str] | None = None, **options: Any
) -> SentenceTransformer:
    """Load a bi-encoder, whose `encode` gives one float32 vector per text.

    The vectors of the default have 384 numbers.

    Args:
        name: as in `load_cross_encoder`. None means `$XENC_BI_ENCODER`, or "all-MiniLM-L6-v2" where
            that is not set.
        **options: go to `sentence_transformers.SentenceTransformer`.

    Raises:
        FileNotFoundError: the model is nowhere to be had.
        AssetError: a packaged model is damaged, or a download failed.
        ValueError: the model is a cross-encoder or another kind of model, lacks weights, its
            tokenizer or modules.json, has damaged files, or is an ONNX file.
        TypeError: the name is no string and no path, or is empty.
    """
    if name is None:
        name = os.environ.get("XENC_BI_ENCODER") or DEFAULT_BI_ENCODER
    folder = model_folder(name)
    called = folder_name(folder)
    _refuse_without_safetensors(folder, called)
    check_folder(folder, called, BI_ENCODER)
    from sentence_transformers import SentenceTransformer

    with quietly(), _one_sentence(called):
        model = SentenceTransformer(str(folder), **_safe(options))
    check_loaded(model, called, folder)
    return model


def model_folder(name: str | os.PathLike[str]) -> Path:
    """The folder that holds a model's files, fetched first if need be.

    A model is looked for in this order: local folder, packaged model, hub cache, hub.

    Args:
        name: a local folder, a name of the catalogue or a hub id (owner/name), in any spelling that
            `known_model` takes.

    Raises:
        FileNotFoundError: the model is in none of them.
        AssetError: a packaged model is damaged, or a download failed.
        TypeError: the name is no string and no path, or is empty.
    """
    name = _checked_name(name)
    local = local_folder(name)
    if local is not None:
        return local
    known = known_model(name)
    if known is not None and known.packaged and _is_meant(known, name):
        return _packaged_folder(known)
    hub_id, revision = (known.hub_id, known.revision) if known else (name, None)
    found = hub_cache(hub_id, revision) or hub_cache(name, None)
    if found is not None:
        return found
    at_hand = ", ".join(model.name for model in MODELS.values() if model.at_hand) or "none"
    try:
        return hub_download(name, hub_id, revision, at_hand)
    except FileNotFoundError:
        if known is not None and known.packaged and known.at_hand:
            return _packaged_folder(known)  # an ONNX form, in place of what is out of reach
        raise


def catalogue_model(name: str) -> Model | None:
    """The model of the catalogue that a name means; None for a local folder of that name."""
    return None if local_folder(name) is not None else known_model(name)


def local_folder(name: str) -> Path | None:
    """The folder of this path that holds a model; None where there is no such folder.

    Raises:
        FileNotFoundError: the folder holds no model, and the catalogue has none of its name.
    """
    try:
        local = Path(name).expanduser()
        if (local / "config.json").is_file() or (local / "model.onnx").is_file():
            return local
        is_folder = local.is_dir()
    except (RuntimeError, OSError):  # a home of nobody, or a name longer than a path can be
        return None
    if is_folder and known_model(name) is None:
        raise FileNotFoundError(
            f"The folder {name} holds no config.json: point to a folder written by save_pretrained."
        )
    return None


def folder_name(folder: Path) -> str:
    """What messages call the model of a folder; in the hub's cache that is owner/name."""
    folder = folder.absolute()
    if folder.parent.name == "snapshots":  # such a folder has a commit's digits for a name
        return folder.parent.parent.name.removeprefix("models--").replace("--", "/")
    return folder.name


def _packaged_folder(known: Model) -> Path:
    name = known.made_from or known.name
    return asset_folder(name) if name in ASSETS else student_folder(name)


def _is_meant(known: Model, name: str) -> bool:
    """Whether a name means the packaged form of a model.

    Its own name always does. Its hub id means the published model: that is no ONNX form of it, and
    the packaged one is only taken when it is at hand.
    """
    return known.name == name or (known.runtime == PYTORCH and known.at_hand)


def _checked_name(name: object) -> str:
    text = os.fspath(name) if isinstance(name, os.PathLike) else name
    if not isinstance(text, str) or not text.strip():
        raise TypeError(f"A model is named by a string that is not empty, not {shown(name)}.")
    return text


def _refuse_without_safetensors(folder: Path, called: str) -> None:
    """Raise ValueError for a model that PyTorch could only load from a pickle, or not at all."""
    inside = transformer_folder(folder)
    held = [folder / each["path"] for each in modules(folder)]
    pickled = any(_is_pickled(path) for path in (folder, *held))
    if pickled or (inside is not None and not weight_files(inside)):
        raise ValueError(
            f"The model {called} holds no model.safetensors, so PyTorch cannot load it: an ONNX "
            "model runs through onnxruntime (lesson 05), and a pickled one (.bin) is not read for "
            "safety."
        )


def _is_pickled(folder: Path) -> bool:
    """Whether a folder holds weights as a pickle alone."""
    return any(folder.glob("pytorch_model*.bin")) and not any(folder.glob("*.safetensors"))


@contextmanager
def _one_sentence(called: str) -> Iterator[None]:
    """Say in one sentence that the libraries cannot load a model.

    Raises:
        ValueError: they cannot. An option of the wrong type, or a package that is missing, is left
            to what the libraries say.
    """
    try:
        yield
    except (TypeError, ImportError):
        raise
    except Exception as error:  # tokenizers raises Exception itself
        reason = str(error).strip().partition("\n")[0][:100]
        raise ValueError(
            f"The model {called} cannot be loaded ({reason}): fetch or copy its files again, or "
            "check the options."
        ) from error


def transformer(model: CrossEncoder) -> PreTrainedModel:
    """The transformer of a cross-encoder, which computes the logits.

    Raises:
        ValueError: the cross-encoder is made of other modules.
    """
    if len(model) != 1 or model.model is None:
        raise ValueError(
            "This cross-encoder is made of modules and has no single transformer, so it is neither "
            "exported to ONNX nor trained here: score it with backend='torch' or its own `predict`."
        )
    return model.model


def _safe(options: dict[str, Any]) -> dict[str, Any]:
    """Weights from safetensors only, in float32, nothing from a network, no code of an author."""
    model_kwargs = options.get("model_kwargs") or {}
    if "torch_dtype" not in model_kwargs:  # the older name of dtype
        model_kwargs = {"dtype": "float32", **model_kwargs}
    model_kwargs = {"use_safetensors": True, **model_kwargs}
    return {**options, "model_kwargs": model_kwargs, "local_files_only": True}
