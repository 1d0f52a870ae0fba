"""Train a cross-encoder on groups of passages: a loss, AdamW, and checkpoints to go on from.

The loop is the course's own and not `CrossEncoderTrainer`, for three reasons. The trainer needs two
more packages (datasets, accelerate) of a hundred megabytes. Its checkpoints are pickles, which the
course does not read. And a killed run has to go on and give exactly the same weights. Here only the
order of the batches is random, and it follows from the seed. So a checkpoint needs no more than the
weights, the two averages of AdamW and the losses so far.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xenc_course.models.loading import transformer
from xenc_course.progress import Progress, progress_bar

from .checkpoint import resume, save_checkpoint
from .group_batches import Group, check_groups, padded, shuffled_batches, tokenised
from .losses import COMPARING, Match, check_model, check_options, loss_of

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

WARM_UP = 0.1  # of the steps, in which the learning rate rises; then it falls to zero


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
    progress: Progress = False,
) -> list[float]:
    """Train a cross-encoder in place, without dropout.

    The losses, where x is a logit of the student and y the label of the same pair:

    - "mse": pointwise, (x - y)², for a teacher's logits;
    - "margin-mse": pairwise, ((x₁ - xᵢ) - (y₁ - yᵢ))² (Hofstätter et al. 2020, arXiv 2010.02666);
    - "pairwise": log(1 + exp(xᵢ - x₁)), the first passage should win; labels are not used
      (RankNet: Burges et al. 2005);
    - "bce": pointwise, binary cross-entropy, for labels from 0 to 1;
    - "listwise": Σ p log(p / s) over the passages of a query, where p = softmax(y) and
      s = softmax(x), for a teacher's logits (Kullback-Leibler; the softmax of all passages of a
      query at once is that of ListNet: Cao et al. 2007).

    Args:
        student: a BERT-like model; its weights are changed.
        groups: what it learns from, all with the same number of passages.
        loss: a name of `LOSSES`.
        epochs: how often each group is trained on.
        batch: groups per step.
        learning_rate: the highest of AdamW; it rises over the first tenth of the steps and then
            falls to zero.
        freeze_embeddings: whether the tables of the embeddings stay as they are.
        match: what the student copies of its teacher's layers; nothing when None.
        bfloat16: whether matrices are multiplied with 8 bits of precision, as torch's autocast
            does; weights and the loss stay in float32. On a CPU with the instruction avx512_bf16 a
            step takes two thirds of the time; on one without it, longer.
        seed: of the order of the batches.
        checkpoint: a file for the state of the training. The same call with the same file goes on
            from there; on the same machine it gives the same weights.
        every: how many steps pass between two checkpoints.
        progress: of the steps, see `Progress`.

    Returns:
        The loss of every step.

    Raises:
        ValueError: the loss is unknown, a number is too small, there is no group, groups are of
            unequal size, a query alone fills the model, the model has no second segment, the match
            does not fit, or the checkpoint is damaged.
        FloatingPointError: the loss is NaN or infinite. The checkpoint, if there is one, then still
            holds a good step.
    """
    import torch

    check_options(loss, learning_rate, epochs=epochs, batch=batch, every=every)
    check_groups(groups, least=2 if loss in COMPARING else 1)
    check_model(student, match)
    model = transformer(student).eval()  # no dropout, also while training
    for parameter in model.base_model.embeddings.parameters():
        parameter.requires_grad_(not freeze_embeddings)
    named = {name: p for name, p in model.named_parameters() if p.requires_grad}
    # Fused: one pass over the weights instead of many, which is a fifth of a small step's time.
    optimiser = torch.optim.AdamW(named.values(), lr=learning_rate, weight_decay=0.01, fused=True)
    tokens = tokenised(student, groups)
    steps = epochs * math.ceil(len(groups) / batch)
    losses = resume(checkpoint, named, optimiser) if checkpoint else []
    todo = (b for epoch in range(epochs) for b in shuffled_batches(tokens, batch, seed, epoch))
    with progress_bar(progress, steps, "step", n_before=len(losses)) as advance:
        for step, chosen in enumerate(todo):
            if step < len(losses):
                continue
            for settings in optimiser.param_groups:
                settings["lr"] = learning_rate * _rate(step, steps)
            labels = torch.tensor([groups[i].labels for i in chosen], device=student.device)
            features = padded(student, [tokens[i] for i in chosen])
            with torch.autocast(student.device.type, torch.bfloat16, enabled=bfloat16):
                value = loss_of(model, features, labels, loss, match)
            if not math.isfinite(value.item()):
                kept = " (the last checkpoint is still good)" if checkpoint else ""
                raise FloatingPointError(
                    f"The loss is {value.item()} in step {step + 1}{kept}: train with a lower "
                    "learning rate."
                )
            value.backward()
            torch.nn.utils.clip_grad_norm_(named.values(), 1.0)
            optimiser.step()
            optimiser.zero_grad()
            losses.append(value.item())
            advance(1, loss=f"{np.mean(losses[-50:]):.3f}")
            if checkpoint and len(losses) % every == 0:
                save_checkpoint(checkpoint, named, optimiser, losses)
    if checkpoint:
        save_checkpoint(checkpoint, named, optimiser, losses)
    return losses


def _rate(step: int, steps: int) -> float:
    """The learning rate of a step (from 0) as a share of the highest."""
    rising = max(1, round(WARM_UP * steps))
    return (step + 1) / rising if step < rising else (steps - step) / max(1, steps - rising)
