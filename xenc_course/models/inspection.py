"""One look at a model before its first score: is it whole, and is it what it is taken for?

A model that is not gives numbers as well: a missing tokenizer makes every word unknown, a missing
head is filled with random numbers, a cross-encoder has vectors too. `check_folder` reads files and
no weights; `check_loaded` asks the model in memory. Of a sound model's weights, only the head's are
read.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .catalogue import BI_ENCODER, CROSS_ENCODER
from .tokenizer_files import (
    check_settings,
    check_tokenizer_files,
    check_vocabulary,
    read_object,
    refuse_pointer,
)
from .weight_names import (
    CLASSIFIER,
    check_head,
    check_names,
    check_trained,
    weight_files,
    weight_names,
)

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder, SentenceTransformer
    from transformers import PreTrainedModel

SCORES, VECTORS = "CrossEncoder", "SentenceTransformer"  # model types of sentence-transformers


def check_folder(folder: Path, called: str, architecture: str) -> None:
    """Look at the files of a model in PyTorch, or at an ONNX file and its tokenizer.

    Args:
        folder: holds the model.
        called: its name in messages.
        architecture: what it has to be, `CROSS_ENCODER`, `BI_ENCODER` or `LATE_INTERACTION`.

    Raises:
        ValueError: a file is damaged or missing, or the model is of another kind.
    """
    for path in folder.glob("*.onnx"):
        refuse_pointer(path)
    inside = transformer_folder(folder)
    if inside is None:  # its first module has no transformer, and reads text in its own way
        return
    for name in ("config.json", "tokenizer_config.json"):
        if (inside / name).is_file():
            check_settings(inside / name)
    if weight_files(folder) or architecture == BI_ENCODER:
        config = read_object(inside / "config.json")
        if architecture == CROSS_ENCODER:
            _refuse_other_than_scores(folder, config, called)
        elif not any(folder.glob("*.onnx")):
            _refuse_other_than_vectors(folder, config, called)
    for path in weight_files(inside):
        refuse_pointer(path)
        weight_names(path)
    check_tokenizer_files(inside, called)


def check_loaded(
    model: CrossEncoder | SentenceTransformer, called: str, folder: Path | None = None
) -> None:
    """Look at a model in memory.

    Args:
        model: the model; it is not changed.
        called: its name in messages.
        folder: where it was just loaded from: then its weights must be the folder's, all of them.
            None for a model that a caller loaded, and may have trained or cut since: then only
            weights that no file held and no training touched are refused.

    Raises:
        ValueError: it gives more than one number per pair, its tokenizer does not fit, weights of
            it are random, or its scoring head is untrained.
    """
    labels = getattr(model, "num_labels", 1)  # a bi-encoder has no labels
    if labels != 1:
        raise ValueError(_labels(called, labels))
    inner = model.transformers_model
    if inner is None:
        return
    tokenizer = getattr(model, "tokenizer", None)
    if tokenizer is not None and hasattr(tokenizer, "get_vocab"):
        special = set(tokenizer.all_special_tokens)
        check_vocabulary(special, tokenizer.get_vocab(), _rows(inner), called)
    if folder is not None:
        inside = transformer_folder(folder)
        if inside is not None:
            check_names(inner, inside, called)
    else:
        check_trained(inner, called)
    check_head(inner, called)


def modules(folder: Path) -> list[dict[str, Any]]:
    """The modules that sentence-transformers has listed in a folder; none without modules.json.

    Raises:
        ValueError: modules.json is damaged.
    """
    path = folder / "modules.json"
    if not path.is_file():
        return []
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if all(isinstance(each["path"] + each["type"], str) for each in found):
            return list(found)
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    raise ValueError(f"The file {path} is no list of modules: fetch or copy it again.")


def transformer_folder(folder: Path) -> Path | None:
    """The folder of a model's transformer; None when its first module is none.

    Raises:
        ValueError: modules.json is damaged.
    """
    listed = modules(folder)
    if not listed:
        return folder
    return folder / listed[0]["path"] if listed[0]["type"].endswith("Transformer") else None


def _model_type(folder: Path) -> str:
    """What sentence-transformers says a folder holds; "" where it says nothing."""
    if not (folder / "modules.json").is_file():
        return ""
    path = folder / "config_sentence_transformers.json"
    return (read_object(path) if path.is_file() else {}).get("model_type", VECTORS)


def _refuse_other_than_scores(folder: Path, config: dict[str, Any], called: str) -> None:
    if _model_type(folder) == SCORES:
        return  # how many numbers its last module gives is asked when it is loaded
    built = _architecture(config)
    if built.endswith("Model") or (_model_type(folder) and not built.endswith(CLASSIFIER)):
        raise ValueError(
            f"The model {called} holds a {built or _model_type(folder)}, which gives vectors and "
            "no score: take load_bi_encoder for a bi-encoder."
        )
    if built and not built.endswith(CLASSIFIER):
        raise ValueError(
            f"The model {called} holds a {built}, whose head does not score pairs: choose a "
            f"cross-encoder, whose architecture ends in {CLASSIFIER}."
        )
    # transformers assumes two labels when a configuration names none.
    labels = config.get("num_labels") or len(config.get("id2label") or "..")
    if labels != 1:
        raise ValueError(_labels(called, labels))


def _refuse_other_than_vectors(folder: Path, config: dict[str, Any], called: str) -> None:
    built, kind = _architecture(config), _model_type(folder)
    if kind == SCORES or built.endswith(CLASSIFIER):
        raise ValueError(
            f"The model {called} holds a {built or kind}, which gives a score for a pair and no "
            "vectors: take load_cross_encoder for a cross-encoder."
        )
    if kind and kind != VECTORS:
        raise ValueError(
            f"The model {called} holds a {kind}, which gives other vectors than a bi-encoder: load "
            "it with its own class of sentence-transformers."
        )
    if not kind:
        raise ValueError(
            f"The folder of {called} holds no modules.json, which says how a bi-encoder makes one "
            "vector of a text: copy the whole folder that sentence-transformers has saved."
        )


def _architecture(config: dict[str, Any]) -> str:
    return (config.get("architectures") or [""])[0]


def _labels(called: str, labels: object) -> str:
    return (
        f"The model {called} gives {labels} numbers per pair, and a reranker gives one: choose a "
        "cross-encoder with one label."
    )


def _rows(inner: PreTrainedModel) -> int | None:
    """For how many tokens a transformer has vectors; None where it reads something else."""
    try:
        return inner.get_input_embeddings().weight.shape[0]
    except (NotImplementedError, AttributeError):
        return None
