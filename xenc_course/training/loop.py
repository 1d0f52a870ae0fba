"""Train a cross-encoder on groups of passages: a loss, AdamW, and checkpoints that outlive a kill.

The loop is the course's own and not `CrossEncoderTrainer`, for three reasons. That one needs two
more packages (datasets, accelerate) of a hundred megabytes. Its checkpoints are pickles, which the
course does not read. And a run that is killed has to go on to the very same weights: here nothing
is random but the order of the batches, which follows from the seed, so a checkpoint is the weights,
the two averages of AdamW and the number of the step.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xenc_course.models.loading import transformer

from .checkpoint import resume, save_checkpoint

if TYPE_CHECKING:
    import torch
    from sentence_transformers import CrossEncoder

LOSSES = ("mse", "margin-mse", "pairwise", "bce")
WARM_UP = 0.1  # of the steps, in which the learning rate rises; then it falls to zero
SORTED_TOGETHER = 32  # batches whose groups are sorted by length, so that little is padding


@dataclass(frozen=True)
class Group:
    """A query, passages for it, and a label of each: a teacher's logits, or 1 and 0.

    The first passage is the one that answers the query; losses that compare passages need that.
    """

    query: str
    passages: tuple[str, ...]
    labels: tuple[float, ...]


@dataclass(frozen=True)
class Match:
    """Beside the labels, the student may copy what its teacher computes layer by layer.

    teacher: a cross-encoder of the same width and vocabulary.
    layers: for each layer of the student the layer of the teacher (from 0) whose output it copies.
    weight: of the relative squared error of the outputs, beside the loss of the labels.
    """

    teacher: CrossEncoder
    layers: tuple[int, ...]
    weight: float = 1.0


def train(
    student: CrossEncoder,
    groups: Sequence[Group],
    *,
    loss: str = "mse",
    epochs: int = 1,
    batch: int = 8,
    learning_rate: float = 5e-5,
    freeze_embeddings: bool = True,
    match: Match | None = None,
    bfloat16: bool = False,
    seed: int = 0,
    checkpoint: Path | None = None,
    every: int = 200,
    progress: bool = False,
) -> list[float]:
    """Train a cross-encoder in place; returns the loss of every step.

    loss, by name; x is a logit of the student, y the label of the same pair:

    - "mse": pointwise, (x - y)², for a teacher's logits;
    - "margin-mse": pairwise, ((x₁ - xᵢ) - (y₁ - yᵢ))² (Hofstätter et al. 2020, arXiv 2010.02666);
    - "pairwise": log(1 + exp(xᵢ - x₁)), the first passage should win; labels are not used
      (RankNet: Burges et al. 2005);
    - "bce": pointwise, binary cross-entropy, for labels from 0 to 1.

    batch: groups a step. learning_rate: of AdamW at its highest; it rises over the first tenth of
    the steps and falls to zero. bfloat16: multiply matrices with 8 bits of precision, as torch's
    autocast does; weights and the loss stay in float32. On a CPU with the instruction avx512_bf16
    a step takes two thirds of the time; on one without it, longer. checkpoint: a file written every
    so many steps (`every`); the same call with the same file goes on from there, on the same
    machine to the same weights. Dropout is off. On a model with frozen embeddings their tables do
    not change.

    Raises ValueError for an unknown loss, less than one epoch, no groups, groups of unequal size, a
    query that alone fills the model, a model without two segments (train is for BERT-like ones) and
    a match that does not fit. Raises FloatingPointError when the loss is no number any more: the
    checkpoint, if there is one, then still holds the last good step.
    """
    import torch
    from tqdm import tqdm

    _check(groups, loss, epochs)
    check_model(student, match)
    model = transformer(student).eval()  # no dropout, also while training
    for parameter in model.base_model.embeddings.parameters():
        parameter.requires_grad_(not freeze_embeddings)
    named = {name: p for name, p in model.named_parameters() if p.requires_grad}
    # Fused: one pass over the weights instead of many, which is a fifth of a small step's time.
    optimiser = torch.optim.AdamW(named.values(), lr=learning_rate, weight_decay=0.01, fused=True)
    tokens = _tokenised(student, groups)
    steps = epochs * math.ceil(len(groups) / batch)
    losses = resume(checkpoint, named, optimiser) if checkpoint else []
    todo = (b for epoch in range(epochs) for b in _batches(tokens, batch, seed, epoch))
    with tqdm(total=steps, initial=len(losses), unit="step", disable=not progress) as bar:
        for step, chosen in enumerate(todo):
            if step < len(losses):
                continue
            for settings in optimiser.param_groups:
                settings["lr"] = learning_rate * _rate(step, steps)
            labels = torch.tensor([groups[i].labels for i in chosen], device=student.device)
            features = _padded(student, [tokens[i] for i in chosen])
            with torch.autocast(student.device.type, torch.bfloat16, enabled=bfloat16):
                value = _loss(model, features, labels, loss, match)
            if not math.isfinite(value.item()):
                raise FloatingPointError(
                    f"The loss is {value.item()} in step {step + 1}: train with a lower learning "
                    "rate. What the last checkpoint holds is still good."
                )
            value.backward()
            torch.nn.utils.clip_grad_norm_(named.values(), 1.0)
            optimiser.step()
            optimiser.zero_grad()
            losses.append(value.item())
            bar.update()
            bar.set_postfix(loss=f"{np.mean(losses[-50:]):.3f}", refresh=False)
            if checkpoint and len(losses) % every == 0:
                save_checkpoint(checkpoint, named, optimiser, losses)
    if checkpoint:
        save_checkpoint(checkpoint, named, optimiser, losses)
    return losses


def check_model(student: CrossEncoder, match: Match | None) -> None:
    """Raise ValueError for a student that `train` cannot train, or a match that is not its own."""
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
        raise ValueError(f"The teacher has layers 0 to {layers - 1}, and match names {unknown[0]}.")


def _check(groups: Sequence[Group], loss: str, epochs: int) -> None:
    if epochs < 1:
        raise ValueError(f"Training takes one epoch or more, not {epochs}.")
    if loss not in LOSSES:
        raise ValueError(f"There is no loss named {loss!r}: choose of {', '.join(LOSSES)}.")
    if not groups:
        raise ValueError("There are no groups to train on.")
    for number, group in enumerate(groups):
        if len(group.passages) != len(group.labels):
            raise ValueError(
                f"Group {number} has {len(group.passages)} passages and another "
                f"number of labels ({len(group.labels)})."
            )
    sizes = {len(group.passages) for group in groups}
    least = 2 if loss in ("margin-mse", "pairwise") else 1
    if len(sizes) > 1 or min(sizes) < least:
        raise ValueError(
            f"Groups of one training have the same number of passages, {least} or more for the "
            f"loss {loss}; these have {', '.join(map(str, sorted(sizes)))}."
        )


def _tokenised(student: CrossEncoder, groups: Sequence[Group]) -> list[list[list[int]]]:
    """The token ids of every pair, by group; the end of a passage that is too long is cut off."""
    queries = [group.query for group in groups for _ in group.passages]
    passages = [passage for group in groups for passage in group.passages]
    ids = student.tokenizer(
        queries, passages, truncation="only_second", max_length=student.max_seq_length
    )["input_ids"]
    pairs = iter(ids)
    return [[next(pairs) for _ in group.passages] for group in groups]


def _batches(
    tokens: Sequence[Sequence[Sequence[int]]], size: int, seed: int, epoch: int
) -> list[np.ndarray]:
    """The groups of every batch of an epoch: shuffled, and sorted by length within a window."""
    draw = np.random.default_rng([seed, epoch])
    order = draw.permutation(len(tokens))
    longest = np.array([max(map(len, group)) for group in tokens])
    batches: list[np.ndarray] = []
    for start in range(0, len(order), window := size * SORTED_TOGETHER):
        part = order[start : start + window]
        part = part[np.argsort(longest[part], kind="stable")]
        batches += [part[i : i + size] for i in range(0, len(part), size)]
    return [batches[place] for place in draw.permutation(len(batches))]


def _rate(step: int, steps: int) -> float:
    """The learning rate of a step (from 0) as a share of the highest."""
    rising = max(1, round(WARM_UP * steps))
    return (step + 1) / rising if step < rising else (steps - step) / max(1, steps - rising)


def _padded(student: CrossEncoder, groups: Sequence[Sequence[Sequence[int]]]) -> dict:
    """Tensors of the pairs of some groups; segment 1 begins behind the first separator."""
    import torch

    pairs = [ids for group in groups for ids in group]
    tokenizer = student.tokenizer
    longest = max(map(len, pairs))
    shape = (len(pairs), longest)
    features = {
        name: torch.zeros(shape, dtype=torch.long)
        for name in ("input_ids", "token_type_ids", "attention_mask")
    }
    features["input_ids"] += tokenizer.pad_token_id
    for row, ids in enumerate(pairs):
        features["input_ids"][row, : len(ids)] = torch.tensor(ids)
        features["attention_mask"][row, : len(ids)] = 1
        features["token_type_ids"][row, ids.index(tokenizer.sep_token_id) + 1 : len(ids)] = 1
    return {name: tensor.to(student.device) for name, tensor in features.items()}


def _loss(
    model: torch.nn.Module,
    features: Mapping[str, torch.Tensor],
    labels: torch.Tensor,
    loss: str,
    match: Match | None,
) -> torch.Tensor:
    from torch.nn import functional

    output = model(**features, output_hidden_states=match is not None)
    logits = output.logits.float().reshape(labels.shape)
    if loss == "mse":
        value = functional.mse_loss(logits, labels)
    elif loss == "margin-mse":
        value = functional.mse_loss(logits[:, :1] - logits[:, 1:], labels[:, :1] - labels[:, 1:])
    elif loss == "pairwise":
        value = functional.softplus(logits[:, 1:] - logits[:, :1]).mean()
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
