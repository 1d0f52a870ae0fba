"""Which backend scores: the faster exact one, or the ONNX file that a folder holds."""

import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from xenc_course import Reranker, load_cross_encoder, load_scorer, model_folder, score_pairs
from xenc_course.models import onnx_export
from xenc_course.scoring import backend_choice


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


@pytest.fixture
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(onnx_export, "cache_folder", lambda: tmp_path)
    return tmp_path


def many_pairs(n: int = 300) -> list[tuple[str, str]]:
    return [(f"query {n}", f"the passage {n}") for n in range(n)]


@pytest.mark.usefixtures("empty_cache")
def test_auto_counts_the_pairs_of_all_blocks(tiny_model):
    scorer = load_scorer(str(tiny_model))
    score_pairs(scorer, many_pairs())
    assert "of the pairs it took" in scorer.choice.why
    told = Reranker(str(tiny_model))
    told.expect(5000)
    told.expect(3)
    told.score(many_pairs(5))
    assert "On 5 of the pairs it took" in told.choice.why


@pytest.mark.usefixtures("empty_cache")
def test_auto_decides_again_when_many_pairs_follow_a_few(tiny_model):
    reranker = Reranker(str(tiny_model))
    few = reranker.score(many_pairs(5))
    assert "5 pairs are too few" in reranker.choice.why
    assert reranker.score(many_pairs())[:5] == pytest.approx(few, abs=1e-4)
    assert "of the pairs it took" in reranker.choice.why


def test_without_the_clock_the_number_of_pairs_decides(tiny_model, empty_cache, monkeypatch):
    monkeypatch.setattr(backend_choice, "_faster", lambda *_: pytest.fail("it was timed"))
    many = Reranker(str(tiny_model), by_clock=False)
    many.score(many_pairs())
    assert many.choice.backend == "onnx"
    assert len(list((empty_cache / "onnx").glob("*.onnx"))) == 1
    few = Reranker(str(tiny_model), by_clock=False)
    few.score(many_pairs(5))
    assert few.choice.backend == "torch"


def test_auto_takes_torch_where_the_cache_cannot_be_written(tiny_model, empty_cache):
    (empty_cache / "onnx").write_text("a file in the place of the folder")
    wanted = Reranker(str(tiny_model), "torch").score(many_pairs())
    reranker = Reranker(str(tiny_model))
    assert reranker.score(many_pairs()).tolist() == wanted.tolist()
    assert reranker.choice.backend == "torch"
    assert "cannot be run in ONNX here" in reranker.choice.why


def test_auto_takes_torch_where_the_model_cannot_be_exported(tiny_model, empty_cache, monkeypatch):
    def broken(*_):
        raise RuntimeError("Exporting the operator\n'aten::new' is not supported")

    monkeypatch.setattr(onnx_export, "_export", broken)
    reranker = Reranker(str(tiny_model))
    assert np.isfinite(reranker.score(many_pairs())).all()
    assert reranker.choice.backend == "torch"
    assert "Exporting the operator 'aten::new' is not supported" in reranker.choice.why
    assert not any(empty_cache.rglob("*.onnx"))


@pytest.mark.parametrize("damage", ["cut", "of another model"])
def test_auto_takes_torch_where_an_export_is_damaged(damage, tiny_model, tmp_path, monkeypatch):
    model, path = load_cross_encoder(str(tiny_model), device="cpu"), tmp_path / "export.onnx"
    if damage == "of another model":
        torch.nn.init.normal_(model.model.classifier.weight)
    onnx_export._export(model, path)
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-2000])
    monkeypatch.setattr(backend_choice, "exported", lambda *_, **__: path)
    wanted = Reranker(str(tiny_model), "torch").score(many_pairs())
    reranker = Reranker(str(tiny_model))
    assert reranker.score(many_pairs()).tolist() == wanted.tolist()
    assert reranker.choice.backend == "torch"
    reason = "no whole ONNX model" if damage == "cut" else "gives other logits, by up to"
    assert reason in reranker.choice.why


def test_threads_that_share_a_reranker_decide_once(tiny_model, empty_cache, monkeypatch):
    made = []
    export = onnx_export._export
    monkeypatch.setattr(onnx_export, "_export", lambda *given: made.append(1) or export(*given))
    reranker = Reranker(str(tiny_model))
    with ThreadPoolExecutor(4) as pool:
        scores = list(pool.map(reranker.score, [many_pairs()] * 4, [False] * 4))
    assert len(made) == 1
    assert all(found.tolist() == scores[0].tolist() for found in scores)


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
