"""A transformer's ONNX file in 8-bit integers: one grid for each token, one for each column.

onnxruntime's dynamic quantisation takes one grid for the whole table of numbers that a layer
reads. One large number then makes the grid coarse for every token, and the score of a pair depends
on its neighbours in the batch. Here each token has a grid of its own, from the least to the largest
of its numbers, and each column of the weights has a scale of its own (as in ZeroQuant, Yao et al.
2022, arXiv 2206.01861).

With a token's numbers x, their least number m and their range r, and weights that are whole numbers
W times a scale s, a layer computes

    x · s W  =  r (u · W) s  +  m (sum of each column of W) s,   where u = (x - m) / r in bytes

and u · W is the product that the processor does in 8-bit integers.
"""

from __future__ import annotations

import platform
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

LARGEST = 127  # of a signed byte, used the same on both sides of zero
STEPS = 255  # of a token's grid
# Without VNNI a processor adds two products of a byte and a byte in 16 bits, where
# 2 × 255 × 127 has no room: weights of 7 bits have (Intel's and onnxruntime's "reduce range").
LARGEST_WITHOUT_VNNI = 63
LEAST = 1e-9  # what a token whose numbers are all equal is divided by
EMBEDDINGS = 10_000  # numbers from which on a table is stored in bytes


@cache
def largest_weight() -> int:
    """The largest 8-bit weight that this processor multiplies exactly: 127, or 63 without VNNI.

    On Windows and on Intel Macs nothing tells whether a processor has VNNI, so 63 is the answer.
    """
    if platform.machine().casefold() in ("arm64", "aarch64"):
        return LARGEST  # its products are added in 32 bits
    try:
        facts = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return LARGEST_WITHOUT_VNNI
    return LARGEST if {"avx512_vnni", "avx_vnni"} & set(facts.split()) else LARGEST_WITHOUT_VNNI


def quantise(source: Path, target: Path, largest: int = LARGEST) -> None:
    """Write an ONNX file whose products with weights are computed in 8-bit integers.

    Attention's own products, sums and norms stay in fp32. Embeddings are stored in bytes.

    Args:
        source: an ONNX file in fp32.
        target: the file to write.
        largest: the largest weight, see `largest_weight`.

    Raises:
        ValueError: the file holds no product with weights.
    """
    import onnx

    model = onnx.load(source)
    graph = _Rewriting(model, largest)
    for node in list(model.graph.node):
        graph.add(node)
    if not graph.products:
        raise ValueError(f"{source.name} holds no product with weights, so int8 changes nothing.")
    graph.finish()
    onnx.save(model, target)


class _Rewriting:
    """The nodes of a graph, written anew one after the other."""

    def __init__(self, model: ModelProto, largest: int) -> None:
        from onnx import numpy_helper

        self._model = model
        self._largest = largest
        self._weights = {
            tensor.name: numpy_helper.to_array(tensor)
            for tensor in model.graph.initializer
            if len(tensor.dims) == 2
        }
        self._nodes: list[NodeProto] = []
        self._constants: dict[str, np.ndarray] = {}
        self._in_bytes: set[str] = set()
        self.products = 0
        self._step = self._constant("int8_step", np.float32(1 / STEPS))
        self._zero = self._constant("int8_zero", np.uint8(0))
        self._axis = self._constant("int8_axis", np.array([-1]))
        self._smallest = self._constant("int8_smallest", np.float32(LEAST))

    def add(self, node: NodeProto) -> None:
        """Take over a node, or write others in its place."""
        if node.op_type == "MatMul" and node.input[1] in self._weights:
            self._product(node)
        elif node.op_type == "Gather" and self._is_embedding(node.input[0]):
            self._embedding(node)
        else:
            self._nodes.append(node)

    def finish(self) -> None:
        """Put the nodes and what they use into the model."""
        from onnx import helper, numpy_helper

        graph = self._model.graph
        del graph.node[:], graph.value_info[:]
        graph.node.extend(self._nodes)
        used = {name for node in self._nodes for name in node.input}
        kept = [tensor for tensor in graph.initializer if tensor.name in used]
        kept += [numpy_helper.from_array(v, k) for k, v in self._constants.items() if k in used]
        del graph.initializer[:]
        graph.initializer.extend(kept)
        self._model.opset_import.append(helper.make_opsetid("com.microsoft", 1))

    def _product(self, node: NodeProto) -> None:
        numbers = node.input[0]
        (found,) = node.output
        if numbers not in self._in_bytes:  # query, key and value read the same numbers
            self._put_in_bytes(numbers)
            self._in_bytes.add(numbers)
        weights = self._weights[node.input[1]]
        scale = (np.maximum(np.abs(weights).max(axis=0), LEAST) / self._largest).astype(np.float32)
        whole = np.round(weights / scale).astype(np.int8)
        sums = whole.sum(axis=0, dtype=np.int64) * scale
        product = [
            f"{numbers}/bytes",
            self._constant(f"{found}/weights", whole),
            self._step,
            self._constant(f"{found}/scale", scale),
            self._zero,
        ]
        self._write("MatMulIntegerToFloat", product, f"{found}/unit", domain="com.microsoft")
        self._write("Mul", [f"{found}/unit", f"{numbers}/range"], f"{found}/from_least")
        sums_of = self._constant(f"{found}/sums", sums.astype(np.float32))
        self._write("Mul", [f"{numbers}/least", sums_of], f"{found}/least")
        self._write("Add", [f"{found}/from_least", f"{found}/least"], found)
        self.products += 1

    def _put_in_bytes(self, numbers: str) -> None:
        """Write a table's bytes, and the least number and the range of each row (token)."""
        least, largest = f"{numbers}/least", f"{numbers}/largest"
        self._write("ReduceMin", [numbers, self._axis], least, keepdims=1)
        self._write("ReduceMax", [numbers, self._axis], largest, keepdims=1)
        self._write("Sub", [largest, least], f"{numbers}/width")
        self._write("Max", [f"{numbers}/width", self._smallest], f"{numbers}/range")
        self._write("Sub", [numbers, least], f"{numbers}/from_least")
        self._write("Div", [f"{numbers}/from_least", f"{numbers}/range"], f"{numbers}/unit")
        self._write(
            "QuantizeLinear", [f"{numbers}/unit", self._step, self._zero], f"{numbers}/bytes"
        )

    def _is_embedding(self, name: str) -> bool:
        return name in self._weights and self._weights[name].size >= EMBEDDINGS

    def _embedding(self, node: NodeProto) -> None:
        name, ids = node.input
        (found,) = node.output
        vectors = self._weights[name]
        scale = np.maximum(np.abs(vectors).max(axis=0), LEAST) / LARGEST
        whole = self._constant(f"{name}/bytes", np.round(vectors / scale).astype(np.int8))
        scales = self._constant(f"{name}/scales", scale.astype(np.float32))
        self._write("Gather", [whole, ids], f"{found}/bytes", axis=0)
        self._write("DequantizeLinear", [f"{found}/bytes", scales], found, axis=-1)

    def _constant(self, name: str, value: np.ndarray | np.generic) -> str:
        self._constants[name] = np.asarray(value)
        return name

    def _write(self, kind: str, inputs: list[str], output: str, **options: Any) -> None:
        from onnx import helper

        self._nodes.append(helper.make_node(kind, inputs, [output], **options))
