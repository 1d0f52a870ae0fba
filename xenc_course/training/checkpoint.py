"""The state of a training in a file: weights, AdamW's two averages and the losses so far.

The file is in the safetensors format: it holds tensors and text. A pickle could run code when it is
read; this format cannot.
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
    """Write the state of a training to a file that appears whole or not at all.

    Args:
        path: the file.
        named: the weights that are trained, by name.
        optimiser: AdamW, after its first step; its two averages of each weight are written.
        losses: of every step so far.

    Raises:
        OSError: the file cannot be written; the one that was there is kept.
    """
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
    """Put back what `save_checkpoint` wrote.

    Args:
        path: the file; without it nothing is changed.
        named: the weights that are trained, by name; they are set in place.
        optimiser: AdamW; its state is set in place.

    Returns:
        The losses of the steps so far; none without a file.

    Raises:
        ValueError: the file is no whole checkpoint of this model.
    """
    from safetensors import SafetensorError

    if not path.is_file():
        return []
    try:
        return _put_back(path, named, optimiser)
    except (SafetensorError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise ValueError(
            f"{path} is no whole checkpoint of this model ({str(error)[:60]}): remove it, and the "
            "training begins anew."
        ) from error


def _put_back(
    path: Path, named: Mapping[str, torch.Tensor], optimiser: torch.optim.Optimizer
) -> list[float]:
    import torch
    from safetensors import safe_open

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
