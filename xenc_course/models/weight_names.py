"""Are the weights of a model those of its file, and is its head trained?

transformers fills a weight that no file holds with random numbers and only logs it. Once such a
model is saved, its file holds them all, and only the numbers of its head tell that it is new.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from .quiet import quietly

if TYPE_CHECKING:
    from transformers import PreTrainedModel

WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"
# What pre-training leaves in a file beside the layers that are used. It changes no score.
LEFT_OVER = re.compile(r"(^|\.)(pooler|cls|lm_head|position_ids)(\.|$)")
POOLER = re.compile(r"(^|\.)pooler\.")
CLASSIFIER = "ForSequenceClassification"  # how transformers' classes with a scoring head end
ERRORS = 3  # standard errors: an untrained head is missed 3 times in 1,000
SHOWN = 3  # names in a message


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files that transformers reads in a folder: one, or the shards of an index.

    Returns:
        The files; none where the folder has neither.

    Raises:
        ValueError: the index is damaged, or a shard is missing.
    """
    if (folder / WEIGHTS).is_file():
        return [folder / WEIGHTS]
    index = folder / INDEX
    if not index.is_file():
        return []
    try:
        names = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"The file {index} names no shards: fetch or copy it again.") from error
    for name in names:
        if not (folder / name).is_file():
            raise ValueError(
                f"The folder {folder} lacks {name}, one of the files that {INDEX} names: fetch or "
                "copy it."
            )
    return [folder / name for name in names]


def weight_names(path: Path) -> set[str]:
    """The names of the weights in a safetensors file, from its head.

    Raises:
        ValueError: the file is damaged or cut off.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "numpy") as file:
            return set(file.keys())
    except SafetensorError as error:
        raise ValueError(
            f"The file {path} is no whole safetensors file ({str(error)[:60]}): fetch or copy it "
            "again."
        ) from error


def check_names(inner: PreTrainedModel, folder: Path, called: str) -> None:
    """See that a transformer which was just loaded has all its weights from the files.

    Args:
        inner: the transformer.
        folder: where its files are.
        called: the model's name in messages.

    Raises:
        ValueError: weights are missing, or the files hold some that the model does not use.
    """
    stored, needed = _stored(folder), set(inner.state_dict())
    if needed == {name for name in stored if name in needed or not LEFT_OVER.search(name)}:
        return
    missing, unused = _differences(inner, folder)
    if missing:
        raise ValueError(_missing(missing, stored, called))
    if unused:
        raise ValueError(
            f"The weights of {called} hold {_listed(unused)}, which the model of its config.json "
            "does not use: its config.json belongs to another model, so copy the right one."
        )


def check_trained(inner: PreTrainedModel, called: str) -> None:
    """See that a caller's transformer has no weights that no file held and no training touched.

    A new bias is zero, and training moves it; a model that was trained since it was loaded passes.

    Raises:
        ValueError: there are such weights.
    """
    folder = Path(inner.name_or_path or ".")
    if not (folder / WEIGHTS).is_file() and not (folder / INDEX).is_file():
        return
    stored, weights = _stored(folder), inner.state_dict()
    if set(weights) <= stored:
        return
    missing = [name for name in _differences(inner, folder)[0] if name in weights]
    biases = [weights[name] for name in missing if name.endswith("bias")]
    if biases and not any(bias.any() for bias in biases):
        raise ValueError(_missing(missing, stored, called))


def check_head(inner: PreTrainedModel, called: str) -> None:
    """See that a scoring head was trained.

    Of a new head, every bias is exactly 0 and the last weights vary as they were drawn. Both are
    asked: a loss over differences of scores moves no bias, and that of the default L12 is 0. A head
    without a bias, one that is drawn in another way (ModernBERT), and a transformer without a head
    cannot be told and pass.

    Raises:
        ValueError: it is as new.
    """
    drawn = getattr(inner.config, "initializer_range", None)
    if not drawn or not type(inner).__name__.endswith(CLASSIFIER):
        return
    base = f"{inner.base_model_prefix}."
    head = {n: w for n, w in inner.state_dict().items() if not n.startswith(base)}
    biases = [name for name in head if name.endswith("bias")]
    last = [w.float() for w in head.values() if w.dim() == 2 and len(w) == 1]
    if not biases or not last or any(head[name].any() for name in biases):
        return
    # The standard deviation of n numbers from a normal distribution is known to 1 / sqrt(2 n).
    error = (2 * last[-1].numel()) ** -0.5
    if abs(last[-1].square().mean().sqrt().item() / drawn - 1) < ERRORS * error:
        raise ValueError(
            f"The scoring head of {called} is untrained, because {_listed(biases)} is exactly 0 "
            "and its weights are as a new head's random numbers: choose a model that was trained "
            "for this, or train it."
        )


def _stored(folder: Path) -> set[str]:
    return {name for path in weight_files(folder) for name in weight_names(path)}


def _differences(inner: PreTrainedModel, folder: Path) -> tuple[list[str], list[str]]:
    """Which weights transformers misses in the files, and which it does not use.

    transformers knows which names have changed and which weights are the same one, so it is asked.
    That costs a second load, of a model whose names differ at first sight.
    """
    with quietly():
        _, seen = type(inner).from_pretrained(
            folder,
            config=inner.config,
            output_loading_info=True,
            ignore_mismatched_sizes=True,
            local_files_only=True,
            use_safetensors=True,
        )
    is_encoder = not type(inner).__name__.endswith(CLASSIFIER)
    missing = {*seen["missing_keys"], *(name for name, *_ in seen["mismatched_keys"])}
    missing = {name for name in missing if not (is_encoder and POOLER.search(name))}
    return sorted(missing), sorted(n for n in seen["unexpected_keys"] if not LEFT_OVER.search(n))


def _missing(missing: list[str], stored: Iterable[str], called: str) -> str:
    for name in stored:
        prefix = name.removesuffix(missing[0])
        if prefix and prefix != name:
            return (
                f"The weights of {called} have names that begin with {prefix!r}, as torch.compile "
                "(_orig_mod.) and data-parallel training (module.) write them: save the model "
                f"inside, or rename each weight with name.removeprefix({prefix!r})."
            )
    return (
        f"The weights of {called} lack {_listed(missing)}, which would be random numbers: choose a "
        "model that was trained for this, or copy its whole file again."
    )


def _listed(names: list[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")
