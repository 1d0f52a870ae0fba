"""What a student is trained to make small: losses of its logits, and of its layers beside them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xenc_course.display.arguments import at_least
from xenc_course.models.loading import transformer

if TYPE_CHECKING:
    import torch
    from sentence_transformers import CrossEncoder

LOSSES = ("mse", "margin-mse", "pairwise", "bce", "listwise")
COMPARING = ("margin-mse", "pairwise", "listwise")  # passages of one group with each other


@dataclass(frozen=True)
class Match:
    """What a student copies of its teacher's layers, in addition to the labels.

    Attributes:
        teacher: a cross-encoder of the same width and vocabulary.
        layers: for each layer of the student the layer of the teacher (from 0) whose output it
            copies.
        weight: of the relative squared error of the outputs; the loss of the labels has weight 1.
    """

    teacher: CrossEncoder
    layers: tuple[int, ...]
    weight: float = 1.0


def check_options(loss: str, learning_rate: float, **counts: int) -> None:
    """Refuse options that no training can use.

    Args:
        loss: a name of `LOSSES`.
        learning_rate: finite, above 0.
        **counts: by name, each 1 or more.

    Raises:
        TypeError: a count is no whole number.
        ValueError: the loss is unknown, or a number is too small.
    """
    if loss not in LOSSES:
        raise ValueError(f"There is no loss named {loss!r}: choose one of {', '.join(LOSSES)}.")
    if not (math.isfinite(learning_rate) and learning_rate > 0):
        raise ValueError(f"The learning rate must be a number above 0, not {learning_rate}.")
    for name, count in counts.items():
        at_least(name, count, 1)


def check_model(student: CrossEncoder, match: Match | None) -> None:
    """Refuse a student that `train` cannot train.

    Args:
        student: a cross-encoder.
        match: what it is to copy; nothing when None.

    Raises:
        ValueError: the student has no second segment, or the match does not fit its layers or those
            of the teacher.
    """
    config = transformer(student).config
    if getattr(config, "type_vocab_size", 0) < 2:
        raise ValueError(
            f"A {config.model_type} model has no second segment for the passage: train a BERT-like "
            "cross-encoder here, and this one with sentence-transformers' CrossEncoderTrainer."
        )
    if match is None:
        return
    layers = transformer(match.teacher).config.num_hidden_layers
    if len(match.layers) != config.num_hidden_layers:
        raise ValueError(
            f"match names {len(match.layers)} layers of the teacher and the student has "
            f"{config.num_hidden_layers}: name one for each."
        )
    if unknown := [layer for layer in match.layers if not 0 <= layer < layers]:
        raise ValueError(
            f"The teacher has layers 0 to {layers - 1}, and match names {unknown[0]}: name another."
        )


def loss_of(
    model: torch.nn.Module,
    features: Mapping[str, torch.Tensor],
    labels: torch.Tensor,
    loss: str,
    match: Match | None,
) -> torch.Tensor:
    """The loss of one batch: a tensor of shape () that can be differentiated."""
    from torch.nn import functional

    output = model(**features, output_hidden_states=match is not None)
    logits = output.logits.float().reshape(labels.shape)
    if loss == "mse":
        value = functional.mse_loss(logits, labels)
    elif loss == "margin-mse":
        value = functional.mse_loss(logits[:, :1] - logits[:, 1:], labels[:, :1] - labels[:, 1:])
    elif loss == "pairwise":
        value = functional.softplus(logits[:, 1:] - logits[:, :1]).mean()
    elif loss == "listwise":
        mine, wanted = logits.log_softmax(dim=1), labels.log_softmax(dim=1)
        value = functional.kl_div(mine, wanted, reduction="batchmean", log_target=True)
    else:
        value = functional.binary_cross_entropy_with_logits(logits, labels)
    return value if match is None else value + _difference(output, features, match)


def _difference(output: Any, features: Mapping[str, torch.Tensor], match: Match) -> torch.Tensor:
    """The weighted mean over layers of ‖student - teacher‖² / ‖teacher‖², padding left out."""
    import torch

    with torch.no_grad():
        copied = transformer(match.teacher)(**features, output_hidden_states=True).hidden_states
    real = features["attention_mask"].unsqueeze(-1)
    pairs = [
        (mine.float(), copied[layer + 1].float())
        for mine, layer in zip(output.hidden_states[1:], match.layers, strict=True)
    ]
    errors = [((a - b) * real).square().sum() / (b * real).square().sum() for a, b in pairs]
    return match.weight * torch.stack(errors).mean()
