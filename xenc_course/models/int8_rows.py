"""A transformer's ONNX file in 8-bit integers: one grid for each token, one for each column.

onnxruntime's dynamic quantisation takes one grid for the whole table of numbers that a layer
reads. One large number then makes the grid coarse for every token, and the score of a pair depends
on its neighbours in the batch. Here each token has a grid of its own, and each column of the
weights has a scale of its own (as in ZeroQuant, Yao et al. 2022, arXiv 2206.01861).

With a token's numbers x and weights that are whole numbers W times a scale s, a layer computes

    x · s W  =  r (u · W) s,   where r is the token's largest number and u = x / r in bytes

and u · W is the product that the processor does in 8-bit integers. Zero is one of the bytes, so
numbers near it are not all moved the same way. It is the middle one, and r the largest size, except
for what a GELU gives: no such number is below -0.17, and most bytes stand above zero.
"""

from __future__ import annotations

import math
import platform
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

LARGEST = 127  # of a signed byte, used the same on both sides of zero
# Without VNNI a processor adds two products of a byte and a byte in 16 bits, where
# 2 × 255 × 127 has no room: weights of 7 bits have (Intel's and onnxruntime's "reduce range").
LARGEST_WITHOUT_VNNI = 63
LEAST = 1e-9  # what a token whose numbers are all 0 is divided by
GELU_LEAST = 0.17  # no x / 2 (1 + erf(x / sqrt(2))) lies further below zero
GELU_ZERO = 24  # the byte of zero after a GELU
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
        self._makers = {name: node for node in model.graph.node for name in node.output}
        self._nodes: list[NodeProto] = []
        self._constants: dict[str, np.ndarray] = {}
        self._in_bytes: set[str] = set()
        self.products = 0
        self._axis = self._constant("int8_axis", np.array([-1]))
        self._smallest = self._constant("int8_smallest", np.float32(LEAST))
        self._two_sided = self._grid("int8", zero=LARGEST + 1, steps=LARGEST)
        self._after_gelu = self._grid("int8_gelu", zero=GELU_ZERO, steps=255 - GELU_ZERO)
        # As much of the grid as lies below zero holds the least number that there may be.
        floor = GELU_LEAST / GELU_ZERO * (255 - GELU_ZERO)
        self._gelu_range = self._constant("int8_gelu_range", np.float32(floor))

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

    def _grid(self, name: str, zero: int, steps: int) -> list[str]:
        """What a step of a grid is worth, which has so many steps up to 1, and the byte of zero."""
        step = self._constant(f"{name}_step", np.float32(1 / steps))
        return [step, self._constant(f"{name}_zero", np.uint8(zero))]

    def _product(self, node: NodeProto) -> None:
        numbers = node.input[0]
        (found,) = node.output
        after_gelu = self._is_gelu(numbers)
        step, zero = self._after_gelu if after_gelu else self._two_sided
        if numbers not in self._in_bytes:  # query, key and value read the same numbers
            self._put_in_bytes(numbers, step, zero, after_gelu=after_gelu)
            self._in_bytes.add(numbers)
        weights = self._weights[node.input[1]]
        scale = (np.maximum(np.abs(weights).max(axis=0), LEAST) / self._largest).astype(np.float32)
        whole = self._constant(f"{found}/weights", np.round(weights / scale).astype(np.int8))
        product = [f"{numbers}/bytes", whole, step, self._constant(f"{found}/scale", scale), zero]
        self._write("MatMulIntegerToFloat", product, f"{found}/unit", domain="com.microsoft")
        self._write("Mul", [f"{found}/unit", f"{numbers}/range"], found)
        self.products += 1

    def _put_in_bytes(self, numbers: str, step: str, zero: str, *, after_gelu: bool) -> None:
        """Write a table's bytes, and the range of each row (token)."""
        largest, in_range = f"{numbers}/largest", f"{numbers}/range"
        self._write("ReduceMax", [numbers, self._axis], largest, keepdims=1)
        if after_gelu:
            self._write("Max", [largest, self._gelu_range], in_range)
        else:
            self._write("ReduceMin", [numbers, self._axis], f"{numbers}/lowest", keepdims=1)
            self._write("Neg", [f"{numbers}/lowest"], f"{numbers}/below_zero")
            self._write("Max", [largest, f"{numbers}/below_zero", self._smallest], in_range)
        self._write("Reciprocal", [in_range], f"{numbers}/by_range")
        self._write("Mul", [numbers, f"{numbers}/by_range"], f"{numbers}/unit")
        self._write("QuantizeLinear", [f"{numbers}/unit", step, zero], f"{numbers}/bytes")

    def _is_gelu(self, name: str) -> bool:
        """Whether numbers are x / 2 (1 + erf(x / sqrt(2))), in any order of its products."""
        factors = self._factors(name)
        numbers = [factor for factor in factors if self._scalar(factor) is None]
        constants = [c for factor in factors if (c := self._scalar(factor)) is not None]
        return (
            len(numbers) == 2
            and math.isclose(math.prod(constants), 0.5)
            and any(self._is_one_plus_erf(of, x) for x, of in (numbers, numbers[::-1]))
        )

    def _is_one_plus_erf(self, name: str, x: str) -> bool:
        """Whether numbers are 1 + erf(x / sqrt(2))."""
        summands = self._inputs(name, "Add")
        divisions = [
            self._inputs(one, "Div") for part in summands for one in self._inputs(part, "Erf")
        ]
        return 1.0 in map(self._scalar, summands) and any(
            division[:1] == [x]
            and math.isclose(self._scalar(division[1]) or 0.0, math.sqrt(2), rel_tol=1e-5)
            for division in divisions
        )

    def _factors(self, name: str) -> list[str]:
        """What is multiplied to give these numbers."""
        factors = self._inputs(name, "Mul")
        return [one for factor in factors for one in self._factors(factor)] or [name]

    def _inputs(self, name: str, kind: str) -> list[str]:
        """The inputs of the node that gives these numbers, if it is of this kind."""
        node = self._makers.get(name)
        return list(node.input) if node is not None and node.op_type == kind else []

    def _scalar(self, name: str) -> float | None:
        """The value of a constant that is one number; None for everything else."""
        from onnx import numpy_helper

        node = self._makers.get(name)
        if node is None or node.op_type != "Constant" or node.attribute[0].name != "value":
            return None
        value = numpy_helper.to_array(node.attribute[0].t)
        return float(value.item()) if value.size == 1 else None

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
