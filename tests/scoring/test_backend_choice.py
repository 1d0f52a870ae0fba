"""Which backend scores: the faster exact one, or the ONNX file that a folder holds."""

import shutil

import numpy as np
import pytest

from xenc_course import Reranker, model_folder
from xenc_course.models import onnx_export


def test_auto_takes_torch_for_few_pairs_and_times_both_for_many(
    tiny_model, pairs, tmp_path, monkeypatch
):
    monkeypatch.setattr(onnx_export, "cache_folder", lambda: tmp_path)
    few = Reranker(str(tiny_model))
    assert few.choice is None
    few.score(pairs)
    assert few.choice.backend == "torch" and "are too few for an export" in few.choice.why
    many = Reranker(str(tiny_model))
    scores = many.score([(query, f"{n} {text}") for n in range(16) for query, text in pairs])
    assert len(scores) == 16 * len(pairs)
    assert many.choice.backend in ("torch", "onnx") and "of the pairs it took" in many.choice.why
    assert len(list((tmp_path / "onnx").glob("*.onnx"))) == 1


def test_a_damaged_onnx_file_is_refused(tmp_path, tiny_model, exports):
    Reranker(str(tiny_model), "onnx")
    whole = next(path for path in exports.glob("*.onnx") if "int8" not in path.name)
    folder = tmp_path / "model"
    folder.mkdir()
    shutil.copy(tiny_model / "tokenizer.json", folder)
    shutil.copy(whole, folder / "model.onnx")
    assert np.isfinite(Reranker(str(folder)).score([("q", "p")])).all()
    (folder / "model.onnx").write_bytes(whole.read_bytes()[:-2000])
    with pytest.raises(ValueError, match=r"model.onnx is no whole ONNX model"):
        Reranker(str(folder))


@pytest.mark.models
def test_an_onnx_file_that_gives_vectors_is_refused():
    vectors = model_folder("bge-small-en-v1.5-int8")
    with pytest.raises(ValueError, match="numbers per pair"):
        Reranker(str(vectors))
