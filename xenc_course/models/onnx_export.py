"""Any BERT-like cross-encoder as an ONNX file, in fp32 or dynamic int8, kept in the cache.

The file's name is the SHA-256 of the weights, so a model that is trained on is exported anew.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from xenc_course.assets.wheels import cache_folder
from xenc_course.files import appears_whole

from .loading import transformer

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

OPSET = 18


def exported(checksum: str, load: Callable[[], CrossEncoder], *, int8: bool = False) -> Path:
    """The ONNX file of a model, made when the cache does not hold it.

    The fp32 file takes seconds to make and as much disk as the weights. The int8 file is made from
    it with onnxruntime and takes a quarter of the disk; its weights have 8 bits, and activations
    are rounded while it runs.

    Args:
        checksum: the model's fingerprint, which names the file.
        load: gives the model; called only when the fp32 file is to be made.
        int8: whether the file is quantised.

    Raises:
        ValueError: the cross-encoder has no single transformer.
    """
    path = onnx_path(checksum, int8=int8)
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        with appears_whole(path) as scratch:
            if int8:
                _quantise(exported(checksum, load), scratch)
            else:
                _export(load(), scratch)
    return path


def onnx_path(checksum: str, *, int8: bool = False) -> Path:
    """Where the file of `exported` lies, or will lie."""
    return cache_folder() / "onnx" / f"{checksum}{'-int8' if int8 else ''}.onnx"


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


def _export(model: CrossEncoder, path: Path) -> None:
    import torch

    names = list(model.tokenizer.model_input_names)

    class Logits(torch.nn.Module):
        """The model with positional inputs, which the exporter needs."""

        def __init__(self) -> None:
            super().__init__()
            self.model = transformer(model)

        def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
            return self.model(**dict(zip(names, inputs, strict=True))).logits

    features = model.tokenizer("a", "b", return_tensors="pt")
    inputs = tuple(features[name].to(model.device) for name in names)
    axes = {name: {0: "pairs", 1: "tokens"} for name in names} | {"logits": {0: "pairs"}}
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # it is deprecated; its successor needs one more package
        torch.onnx.export(
            Logits().eval(),  # a module in training mode would be exported with its dropout
            inputs,
            str(path),
            input_names=names,
            output_names=["logits"],
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )


def _quantise(source: Path, target: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(source, target, weight_type=QuantType.QInt8)
