"""A transformer's ONNX file in 8-bit integers: one scale for each token, one for each column.

onnxruntime's dynamic quantisation takes one scale for the whole table of numbers that a layer
reads. One large number then makes the grid coarse for every token, and the score of a pair depends
on its neighbours in the batch. Here each token's numbers are divided by the largest of them, and
put on one grid from -1 to 1 that never changes. Column by column the weights have their own scale
(the per-token and per-channel scales of ZeroQuant, Yao et al. 2022, arXiv 2206.01861).

A product becomes:

    numbers → ÷ largest of the token → 8-bit integers ─┐
                                          8-bit weights ┴→ product → × scales → × largest → numbers
"""

from __future__ import annotations

import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

LARGEST = 127  # of a signed byte, used the same on both sides of zero
# Without VNNI a processor adds two products of a byte and a byte in 16 bits, where
# 2 × 255 × 127 has no room: weights of 7 bits have (Intel's and onnxruntime's "reduce range").
LARGEST_WITHOUT_VNNI = 63
LEAST = 1e-9  # what a token of zeros is divided by
EMBEDDINGS = 10_000  # numbers from which on a table is stored in bytes


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
        self._rows: dict[str, tuple[str, str]] = {}
        self.products = 0
        self._grid = self._constant("int8_grid", np.float32(1 / LARGEST))
        self._zero = self._constant("int8_zero", np.uint8(128))
        self._axis = self._constant("int8_axis", np.array([-1]))
        self._least = self._constant("int8_least", np.float32(LEAST))

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
        bytes_, row = self._in_bytes(node.input[0])
        (found,) = node.output
        weights = self._weights[node.input[1]]
        scale = np.maximum(np.abs(weights).max(axis=0), LEAST) / self._largest
        whole = self._constant(f"{found}/weights", np.round(weights / scale).astype(np.int8))
        scales = self._constant(f"{found}/scales", scale.astype(np.float32))
        product = [bytes_, whole, self._grid, scales, self._zero]
        self._write("MatMulIntegerToFloat", product, f"{found}/unit", domain="com.microsoft")
        self._write("Mul", [f"{found}/unit", row], found)
        self.products += 1

    def _in_bytes(self, numbers: str) -> tuple[str, str]:
        """The bytes of a table of numbers, and the largest of each of its rows (tokens)."""
        if numbers not in self._rows:
            largest, unit, in_bytes = (f"{numbers}/{part}" for part in ("largest", "unit", "bytes"))
            self._write("Abs", [numbers], f"{numbers}/size")
            self._write("ReduceMax", [f"{numbers}/size", self._axis], f"{largest}/any", keepdims=1)
            self._write("Max", [f"{largest}/any", self._least], largest)
            self._write("Div", [numbers, largest], unit)
            self._write("QuantizeLinear", [unit, self._grid, self._zero], in_bytes)
            self._rows[numbers] = (in_bytes, largest)
        return self._rows[numbers]

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
