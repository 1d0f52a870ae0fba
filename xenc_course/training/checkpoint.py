"""A training that was interrupted: weights, AdamW's two averages and the losses so far, in a file.

safetensors holds tensors and text and runs no code when it is read, as a pickle would.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xenc_course.files import write_whole

if TYPE_CHECKING:
    import torch


def save_checkpoint(
    path: Path,
    named: Mapping[str, torch.Tensor],
    optimiser: torch.optim.Optimizer,
    losses: Sequence[float],
) -> None:
    """Write weights, AdamW's averages and the losses so far, whole or not at all."""
    from safetensors.torch import save

    tensors = {}
    for name, parameter in named.items():
        state = optimiser.state[parameter]
        tensors[f"weight {name}"] = parameter.detach().contiguous()
        tensors[f"mean {name}"] = state["exp_avg"]
        tensors[f"square {name}"] = state["exp_avg_sq"]
    write_whole(path, save(tensors, metadata={"losses": json.dumps(losses)}))


def resume(
    path: Path, named: Mapping[str, torch.Tensor], optimiser: torch.optim.Optimizer
) -> list[float]:
    """Put back what `save_checkpoint` wrote; the losses so far, none without a file."""
    import torch
    from safetensors import safe_open

    if not path.is_file():
        return []
    with safe_open(path, framework="pt") as file:
        losses = json.loads(file.metadata()["losses"])
        for name, parameter in named.items():
            parameter.data.copy_(file.get_tensor(f"weight {name}"))
            optimiser.state[parameter] = {
                "step": torch.tensor(float(len(losses))),
                "exp_avg": file.get_tensor(f"mean {name}").to(parameter.device),
                "exp_avg_sq": file.get_tensor(f"square {name}").to(parameter.device),
            }
    return losses
