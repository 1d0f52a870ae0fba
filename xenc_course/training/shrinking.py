"""Small cross-encoders made of a large one's layers, and their weights rounded to 8 bits."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xenc_course.models.loading import transformer

if TYPE_CHECKING:
    import torch
    from sentence_transformers import CrossEncoder

LEVELS = 127  # an 8-bit integer holds -127 to 127


def keep_layers(teacher: CrossEncoder, layers: Sequence[int]) -> CrossEncoder:
    """Make a cross-encoder of some layers of a teacher.

    Embeddings, pooler and classifier are copies of the teacher's. The new model has to be trained,
    because a layer now reads the output of another layer than it was trained with.

    Args:
        teacher: a BERT-like cross-encoder; it is not changed.
        layers: the layers to copy, from 0, in this order.

    Raises:
        ValueError: there is no layer, the teacher does not have one of them, is not BERT-like, or
            gives more than one number per pair.
    """
    whole = transformer(teacher)
    all_layers = getattr(getattr(whole.base_model, "encoder", None), "layer", None)
    if all_layers is None:
        raise ValueError("The teacher has no list of encoder layers: choose a BERT-like one.")
    if whole.config.num_labels != 1:
        raise ValueError(
            f"The teacher gives {whole.config.num_labels} numbers per pair, and a reranker "
            "gives one: choose a teacher with one label."
        )
    count = len(all_layers)
    if missing := [layer for layer in layers if not 0 <= layer < count]:
        raise ValueError(
            f"The teacher has no layer {missing[0]}: it has {count}, numbered 0 to {count - 1}."
        )
    if not layers:
        raise ValueError("The student has no layer: keep at least one layer.")
    student = copy.deepcopy(teacher)
    model = transformer(student)
    chosen = [copy.deepcopy(all_layers[layer]) for layer in layers]
    encoder: Any = model.base_model.encoder
    encoder.layer = type(all_layers)(chosen)
    model.config.num_hidden_layers = len(layers)
    return student


def round_weights(model: torch.nn.Module) -> None:
    """Round every weight matrix outside the embeddings to 8 bits, with one scale per output.

    W[out, in] becomes round(W / s) · s with s = max |W[out, :]| / 127. The result is float32, and
    8-bit integers with one float32 per output can hold it exactly.

    Args:
        model: its weights are changed in place.
    """
    for name, weight in model.named_parameters():
        if is_rounded(name):
            integers, scales = to_int8(weight.detach())
            weight.data.copy_(integers.float() * scales[:, None])


def is_rounded(name: str) -> bool:
    """Whether a weight of this name is stored in 8 bits: a matrix, but no embedding and no norm."""
    return name.endswith(".weight") and "embeddings" not in name and "LayerNorm" not in name


def to_int8(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Round a matrix to 8 bits, with one scale per output (see `round_weights`).

    Args:
        weight: float32, shape (out, in).

    Returns:
        Integers (int8, shape (out, in)) and scales (float32, shape (out,)).
    """
    import torch

    scales = weight.abs().amax(dim=1).clamp(min=1e-12) / LEVELS
    return torch.round(weight / scales[:, None]).to(torch.int8), scales
