"""Every backend gives the logits of `predict`, exactly or as 8-bit integers come near to them."""

import subprocess
import sys

import numpy as np
import pytest

from tests.support.odd_models import configured
from xenc_course import Reranker, load_cross_encoder

INT8 = "ms-marco-MiniLM-L12-v2-int8"


@pytest.mark.parametrize("backend", ["torch", "onnx"])
def test_exact_backends_give_the_logits_of_predict(backend, pairs, tiny_model):
    model = load_cross_encoder(str(tiny_model), device="cpu")
    wanted = model.predict(pairs, batch_size=1, show_progress_bar=False)
    reranker = Reranker(str(tiny_model), backend)
    assert reranker.score(pairs) == pytest.approx(wanted, abs=1e-4)
    assert Reranker(model, backend, batch_tokens=64).score(pairs) == pytest.approx(wanted, abs=1e-4)
    assert reranker.choice.backend == backend


@pytest.mark.models
def test_int8_scores_do_not_depend_on_company(int8, pairs):
    together = int8.score(pairs)
    assert together.dtype == np.float32 and together.shape == (len(pairs),)
    assert together.tolist() == [int8.score([pair])[0] for pair in pairs]
    assert int8.report.scored == 1
    assert int8.choice.backend == "onnx-int8"


def test_int8_of_another_model_is_quantised_and_close(tiny_model, pairs, exports):
    exact = Reranker(str(tiny_model), "onnx").score(pairs)
    rough = Reranker(str(tiny_model), "onnx-int8")
    assert rough.score(pairs) == pytest.approx(exact, abs=0.02)
    files = exports.glob("*.onnx")
    sizes = {"-int8-" in path.name: path.stat().st_size for path in files}
    assert sizes[True] < sizes[False] / 2


@pytest.mark.parametrize("backend", ["torch", "onnx"])
def test_empty_and_strange_texts_are_scored(backend, tiny_model):
    reranker = Reranker(str(tiny_model), backend)
    assert reranker.score([]).shape == (0,)
    strange = [("", ""), ("q", ""), ("", "p"), ("a\x00\x07b", "\u200f\u05d0 🙂"), ("q", "\t\n")]
    assert np.isfinite(reranker.score(strange)).all()
    assert reranker.score(("q", "p")).shape == ()


@pytest.mark.parametrize("backend", ["torch", "onnx"])
def test_segments_that_the_model_does_not_know_are_told(backend, tiny_model, tmp_path):
    from safetensors.torch import load_file, save_file

    folder = configured(tiny_model, tmp_path / "one-segment", type_vocab_size=1)
    weights = load_file(folder / "model.safetensors")
    name = "bert.embeddings.token_type_embeddings.weight"
    weights[name] = weights[name][:1].clone()
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ValueError, match="index out of range"):
        Reranker(str(folder), backend).score(("lake", "bread"))


@pytest.mark.models
def test_the_int8_path_needs_no_torch():
    program = (
        "import sys; from xenc_course import Reranker; "
        f"scores = Reranker({INT8!r}).score([('q', 'p')], progress=False); "
        "print(scores.shape, [m for m in ('torch', 'transformers') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "(1,) []\n"
