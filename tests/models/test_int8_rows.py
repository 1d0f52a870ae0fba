"""8-bit integers with one grid a token: close to fp32, whatever stands beside a pair."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnxruntime import InferenceSession

from xenc_course import Reranker, load_cross_encoder
from xenc_course.models import int8_rows
from xenc_course.models.int8_rows import (
    GELU_ZERO,
    LARGEST_WITHOUT_VNNI,
    largest_weight,
    quantise,
)
from xenc_course.models.onnx_export import exported, onnx_path

TOWNS = ["the town by the sea", "king of cats", "bread", "a lake in the hills with an old mill"]


@pytest.fixture
def pairs() -> list[tuple[str, str]]:
    return [(query, passage * n) for n, query in enumerate(TOWNS, 1) for passage in TOWNS]


@pytest.fixture
def spiky(tiny_model, tmp_path, monkeypatch):
    """A model as trained ones are: large weights, and a unit that is far larger at [CLS] alone."""
    monkeypatch.setenv("XENC_CACHE", str(tmp_path / "cache"))
    model = load_cross_encoder(str(tiny_model), device="cpu")
    with torch.no_grad():
        for name, weights in model.model.named_parameters():
            if weights.dim() == 2 and "embeddings" not in name:
                weights *= 15  # a new model's have a standard deviation of 0.02
    layer, read = model.model.bert.encoder.layer[0], []
    hook = layer.intermediate.register_forward_pre_hook(lambda _, given: read.append(given[0]))
    model.predict([TOWNS[:2]])
    hook.remove()
    cls = read[0][0, 0]
    with torch.no_grad():
        layer.intermediate.dense.weight[0] = 300 * cls / cls.norm() ** 2
        layer.intermediate.dense.bias[0] = -240.0
        layer.output.dense.weight[:, 0] /= 60.0
    return model


def test_one_large_number_does_not_make_the_others_coarse(spiky, pairs, tmp_path):
    from onnxruntime.quantization import QuantType, quantize_dynamic

    exact = Reranker(spiky, "onnx").score(pairs)
    ours = Reranker(spiky, "onnx-int8").score(pairs)
    (path,) = onnx_path("any").parent.glob("*-int8-rows-to-*.onnx")
    products = [n for n in onnx.load(path).graph.node if n.op_type == "MatMulIntegerToFloat"]
    assert sum("gelu" in product.input[4] for product in products) == 3  # one a layer
    source = exported("spiky", lambda: spiky)
    quantize_dynamic(source, tmp_path / "model.onnx", weight_type=QuantType.QInt8)
    spiky.tokenizer.save_pretrained(tmp_path)
    theirs = Reranker(tmp_path).score(pairs)
    assert np.abs(ours - exact).mean() < np.abs(theirs - exact).mean() / 3


def test_a_score_does_not_depend_on_the_pairs_beside_it(spiky, pairs):
    reranker = Reranker(spiky, "onnx-int8", batch_tokens=4096)
    alone = [float(reranker.score(pair)) for pair in pairs]
    assert reranker.score(pairs) == pytest.approx(alone, abs=1e-4)


def test_weights_of_seven_bits_leave_room_for_two_products_in_sixteen(spiky, pairs, monkeypatch):
    exact = Reranker(spiky, "onnx").score(pairs)
    monkeypatch.setattr(int8_rows, "largest_weight", lambda: LARGEST_WITHOUT_VNNI)
    monkeypatch.setattr("xenc_course.models.onnx_export.largest_weight", lambda: 63)
    assert Reranker(spiky, "onnx-int8").score(pairs) == pytest.approx(exact, abs=0.2)
    assert exact.std() > 0.25
    (path,) = onnx_path("any").parent.glob("*-int8-rows-to-63.onnx")
    whole = [
        onnx.numpy_helper.to_array(tensor)
        for tensor in onnx.load(path).graph.initializer
        if tensor.name.endswith("/weights")
    ]
    assert whole and all(np.abs(weights.astype(int)).max() == 63 for weights in whole)
    assert 2 * 255 * 63 < 2**15


GELU = """
    agraph (float[n, 4] x, float[n, 4] gate) => (float[n, 2] found)
    <float[4, 2] weights = {1, 2, -3, 4, 5, -6, 7, 8}> {
        root = Constant <value = float {1.41421356}> ()
        one = Constant <value = float {1}> ()
        half = Constant <value = float {0.5}> ()
        scaled = Div (x, root)
        erf = Erf (scaled)
        sum = Add (erf, one)
        times_x = Mul (x, sum)
        gelu = Mul (times_x, half)
        gated = Mul (gelu, gate)
        found = MatMul (NUMBERS, weights)
    }
"""


@pytest.mark.parametrize(("numbers", "zero"), [("gelu", GELU_ZERO), ("gated", 128), ("x", 128)])
def test_only_what_a_gelu_gives_has_a_grid_above_zero(numbers, zero, tmp_path):
    graph = onnx.parser.parse_graph(GELU.replace("NUMBERS", numbers))
    opset = [onnx.helper.make_opsetid("", 18)]
    source, target = tmp_path / "fp32.onnx", tmp_path / "int8.onnx"
    onnx.save(onnx.helper.make_model(graph, opset_imports=opset, ir_version=10), source)
    quantise(source, target)
    (product,) = [n for n in onnx.load(target).graph.node if n.op_type == "MatMulIntegerToFloat"]
    used = {tensor.name: tensor for tensor in onnx.load(target).graph.initializer}
    assert onnx.numpy_helper.to_array(used[product.input[4]]) == zero
    draw = np.random.default_rng(0)
    feed = {"x": draw.normal(size=(50, 4)), "gate": draw.normal(scale=30, size=(50, 4))}
    feed = {name: values.astype(np.float32) for name, values in feed.items()}
    exact, ours = (InferenceSession(file).run(None, feed)[0] for file in (source, target))
    assert np.abs(ours - exact).max() < 0.02 * np.abs(exact).max()


@pytest.mark.parametrize(
    ("machine", "flags", "largest"),
    [
        ("x86_64", "avx2 avx512_vnni", 127),
        ("x86_64", "avx2 avx_vnni", 127),
        ("x86_64", "avx2 avx512f", 63),
        ("AMD64", None, 63),
        ("arm64", None, 127),
    ],
)
def test_the_processor_decides_how_large_a_weight_is(machine, flags, largest, monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: machine)

    def read_text(path, encoding):
        if flags is None:
            raise FileNotFoundError(path)
        return f"processor: 0\nflags : fpu {flags}\n"

    monkeypatch.setattr(Path, "read_text", read_text)
    assert largest_weight.__wrapped__() == largest  # the answer is kept for this processor


def test_a_file_without_products_is_refused(tmp_path):
    nothing = onnx.helper.make_graph([], "nothing", [], [])
    onnx.save(onnx.helper.make_model(nothing), tmp_path / "nothing.onnx")
    with pytest.raises(ValueError, match="holds no product with weights"):
        quantise(tmp_path / "nothing.onnx", tmp_path / "int8.onnx")
    assert not (tmp_path / "int8.onnx").exists()
