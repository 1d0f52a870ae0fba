"""Small cross-encoders cut out of a large one, and how they are stored without what it holds."""

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
    """A new cross-encoder with these layers of the teacher (from 0), in the given order.

    Embeddings, pooler and classifier are copies of the teacher's. It has to be trained: layers that
    never stood beside each other do not understand each other.

    Raises ValueError for no layers, a layer that the teacher does not have, and a teacher that is
    not BERT-like or gives more than one number a pair.
    """
    whole = transformer(teacher)
    all_layers = getattr(getattr(whole.base_model, "encoder", None), "layer", None)
    if all_layers is None:
        raise ValueError("The teacher has no list of encoder layers to choose from.")
    if whole.config.num_labels != 1:
        raise ValueError(
            f"The teacher gives {whole.config.num_labels} numbers a pair, and a reranker "
            "gives one: choose a teacher with one label."
        )
    count = len(all_layers)
    if missing := [layer for layer in layers if not 0 <= layer < count]:
        raise ValueError(
            f"The teacher has no layer {missing[0]}: it has {count}, numbered 0 to {count - 1}."
        )
    if not layers:
        raise ValueError("A student needs at least one layer.")
    student = copy.deepcopy(teacher)
    model = transformer(student)
    chosen = [copy.deepcopy(all_layers[layer]) for layer in layers]
    encoder: Any = model.base_model.encoder
    encoder.layer = type(all_layers)(chosen)
    model.config.num_hidden_layers = len(layers)
    return student


def round_weights(model: torch.nn.Module) -> None:
    """Round every weight matrix outside the embeddings to 8 bits, a scale for each output.

    W[out, in] becomes round(W / s) · s with s = max |W[out, :]| / 127. What is left are float32
    numbers that 8-bit integers and one float32 an output hold exactly.
    """
    for name, weight in model.named_parameters():
        if is_rounded(name):
            integers, scales = to_int8(weight.detach())
            weight.data.copy_(integers.float() * scales[:, None])


def is_rounded(name: str) -> bool:
    """Whether a weight of this name is stored in 8 bits: matrices, but neither tables nor norms."""
    return name.endswith(".weight") and "embeddings" not in name and "LayerNorm" not in name


def to_int8(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The integers (int8, [out, in]) and scales (float32, [out]) that stand for a matrix."""
    import torch

    scales = weight.abs().amax(dim=1).clamp(min=1e-12) / LEVELS
    return torch.round(weight / scales[:, None]).to(torch.int8), scales
