"""Any BERT-like cross-encoder as an ONNX file, in fp32 or dynamic int8, kept in the cache.

The file's name is the SHA-256 of the weights, so a model that is trained on is exported anew. The
folder's manifest holds the SHA-256 of each file, and what does not agree with it is exported anew.
"""

from __future__ import annotations

import copy
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from xenc_course.assets.cache import (
    cache_folder,
    file_damage,
    file_facts,
    locked,
    manifest,
    needs_a_sweep,
    write_manifest,
)
from xenc_course.files import appears_whole

from .int8_rows import largest_weight, quantise
from .loading import transformer

if TYPE_CHECKING:
    import numpy as np
    from sentence_transformers import CrossEncoder

OPSET = 18
TRIAL = (("a", "b"), ("to whom is it known " * 4, "the town by the sea " * 60))
CLOSE = 1e-3  # how far an export's logits may be from PyTorch's: rounding alone gives 1e-5


def exported(checksum: str, load: Callable[[], CrossEncoder], *, int8: bool = False) -> Path:
    """The ONNX file of a model, made when the cache does not hold it as it was made.

    The fp32 file takes seconds to make and as much disk as the weights. The int8 file is made from
    it (see `int8_rows`) for the processor at hand and takes a quarter of the disk.

    Args:
        checksum: the model's fingerprint, which names the file.
        load: gives the model; called only when the fp32 file is to be made.
        int8: whether the file is quantised.

    Raises:
        ValueError: the cross-encoder has no single transformer.
        AssetError: the file is not there, and the cache cannot be written.
    """
    path = onnx_path(checksum, int8=int8)
    if is_exported(path):
        return path
    source = exported(checksum, load) if int8 else None
    with locked(path.parent):
        if not is_exported(path):  # another process may have made it, while this one waited
            with appears_whole(path) as scratch:
                if source is not None:
                    quantise(source, scratch, largest_weight())
                else:
                    _export(load(), scratch)
            _record_export(path)
    return path


def onnx_path(checksum: str, *, int8: bool = False) -> Path:
    """Where the file of `exported` lies, or will lie."""
    precision = f"-int8-rows-to-{largest_weight()}" if int8 else ""
    return exports_folder() / f"{checksum}{precision}.onnx"


def exports_folder() -> Path:
    """The folder of the cache that holds all exports."""
    return cache_folder() / "onnx"


def is_exported(path: Path) -> bool:
    """Whether an export lies in the cache, with the bytes that were recorded when it was made."""
    facts = _recorded_exports().get(path.name)
    return facts is not None and not file_damage(path, facts, quick=True)


def sweep_exports(*, all_of_them: bool = False) -> None:
    """Remove what cannot be used: leftovers of killed exports, and files that nothing records.

    They do no harm in a cache that cannot be written, and stay there.

    Args:
        all_of_them: whether whole exports are removed too; each is made again when it is needed.

    Raises:
        AssetError: whole exports are to be removed, and the cache cannot be written.
    """
    folder = exports_folder()

    def unusable() -> list[Path]:
        return [path for path in folder.glob("*.onnx") if all_of_them or not is_exported(path)]

    may_write = all_of_them or os.access(folder, os.W_OK)
    if (unusable() and may_write) or needs_a_sweep(folder):
        with locked(folder):  # which removes the leftovers, and waits for an export in progress
            for path in unusable():
                path.unlink()


def logits_apart(found: np.ndarray, wanted: np.ndarray) -> float:
    """How far an export's logits are from PyTorch's; 0 where that is no more than rounding.

    Args:
        found: of the export, any shape.
        wanted: of PyTorch, the same shape.

    Returns:
        The largest difference, not a number where one of them is none.
    """
    import numpy as np

    if np.allclose(found, wanted, rtol=CLOSE, atol=CLOSE):
        return 0.0
    return float(np.abs(found - wanted).max())


def damaged_exports() -> list[str]:
    """What is wrong with the exports in the cache, every byte of which is read: a phrase each."""
    recorded, found = _recorded_exports(), []
    for path in sorted(exports_folder().glob("*.onnx")):
        facts = recorded.get(path.name)
        damage = file_damage(path, facts) if facts else "was recorded nowhere"
        if damage:
            found.append(f"{path.name} {damage}")
    return found


def is_dynamic_int8(path: Path) -> bool:
    """Whether an ONNX model computes with 8-bit integers whose scale it finds while it runs.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no whole ONNX model.
    """
    import onnx
    from google.protobuf.message import DecodeError

    try:
        graph = onnx.load(path, load_external_data=False).graph
    except DecodeError as error:
        raise ValueError(
            f"{path.name} is no whole ONNX model: fetch or export it again."
        ) from error
    return any(node.op_type == "DynamicQuantizeLinear" for node in graph.node)


def _recorded_exports() -> dict[str, dict]:
    """The facts of each export by its file's name; none where the record is missing or damaged."""
    try:
        return manifest(exports_folder())["files"]
    except (FileNotFoundError, ValueError):
        return {}


def _record_export(path: Path) -> None:
    """Add an export to the record, and forget those that are gone."""
    recorded = _recorded_exports() | {path.name: file_facts(path)}
    kept = {name: facts for name, facts in recorded.items() if path.with_name(name).is_file()}
    write_manifest(path.parent, {}, kept)


def _export(model: CrossEncoder, path: Path) -> None:
    """Write the fp32 file, also of a model in half precision, and try it.

    Raises:
        ValueError: the cross-encoder has no single transformer, cannot be exported, or its file
            gives other logits.
    """
    import torch

    names = list(model.tokenizer.model_input_names)
    # onnxruntime computes half precision slowly, or not at all. Attention as PyTorch fuses it
    # becomes more nodes than attention written out: 12 looks for NaN in 12 layers, for example.
    inner = copy.deepcopy(transformer(model)).float()
    inner.set_attn_implementation("eager")

    class Logits(torch.nn.Module):
        """The model with positional inputs, which the exporter needs."""

        def __init__(self) -> None:
            super().__init__()
            self.model = inner

        def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
            return self.model(**dict(zip(names, inputs, strict=True))).logits

    def features(*pairs: tuple[str, str]) -> tuple[torch.Tensor, ...]:
        rows = [list(column) for column in zip(*pairs, strict=True)]
        table = model.tokenizer(*rows, padding=len(pairs) > 1, truncation=True, return_tensors="pt")
        return tuple(table[name].to(model.device) for name in names)

    axes = {name: {0: "pairs", 1: "tokens"} for name in names} | {"logits": {0: "pairs"}}
    logits = Logits().eval()  # a module in training mode would be exported with its dropout
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # it is deprecated; its successor needs one more package
        try:
            torch.onnx.export(
                logits,
                features(("a", "b")),
                str(path),
                input_names=names,
                output_names=["logits"],
                dynamic_axes=axes,
                opset_version=OPSET,
                dynamo=False,
            )
        except (RuntimeError, TypeError, ValueError, IndexError) as error:
            reason = " ".join(str(error).split())[:80]
            raise ValueError(
                f"This model cannot be exported to ONNX ({reason}): use backend='torch'."
            ) from error
        # Other lengths than the one pair that was traced, padding, and more than one window of a
        # model that looks around each token.
        trial = features(*TRIAL)
        wanted = logits(*trial).cpu().numpy()
    fed = {name: tensor.cpu().numpy() for name, tensor in zip(names, trial, strict=True)}
    _refuse_other_logits(path, fed, wanted)


def _refuse_other_logits(path: Path, fed: dict[str, np.ndarray], wanted: np.ndarray) -> None:
    """See that an ONNX file gives the logits of the model it was made from."""
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.log_severity_level = 3
    session = InferenceSession(path, options, providers=["CPUExecutionProvider"])
    inputs = {entry.name for entry in session.get_inputs()}  # one that changes nothing is left out
    found = session.run(None, {name: fed[name] for name in inputs})[0]
    if apart := logits_apart(found, wanted):
        raise ValueError(
            f"The model's ONNX export gives other logits, by up to {apart:.3g}: use "
            "backend='torch'."
        )
