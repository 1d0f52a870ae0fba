"""Loaders of the course's own ways to rerank; see `systems`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from machine import versions
from systems import Given

from xenc_course import (
    LateInteraction,
    Reranker,
    cascade,
    load_bi_encoder,
    load_collection,
    load_vectors,
)

Score = Callable[[str, Sequence[str]], np.ndarray]
Loaded = tuple[Score, str]
L12 = "ms-marco-MiniLM-L12-v2"
STUDENT = "xenc-distil-L3"
KEEP = 50  # of 100 candidates
FEW = 20


def torch(given: Given) -> Loaded:
    """The course's reranker over PyTorch."""
    return _reranker("torch")


def onnx(given: Given) -> Loaded:
    """The course's reranker over onnxruntime, in fp32."""
    return _reranker("onnx")


def onnx_int8(given: Given) -> Loaded:
    """The course's reranker over onnxruntime, in 8-bit integers."""
    return _reranker("onnx-int8")


def openvino(given: Given) -> Loaded:
    """The course's reranker over OpenVINO, in bf16 where the processor has it."""
    reranker = Reranker(L12, "openvino")
    return _pairs(reranker), f"{reranker.choice}; {versions(('openvino',))}"


def vectors(given: Given) -> Loaded:
    """Cascade: cosines of stored passage vectors, and L12 in int8 on the best half."""
    return _cascade(StoredVectors(), "stored vectors")


def student(given: Given) -> Loaded:
    """Cascade: the course's three-layer student in int8, and L12 in int8 on the best half."""
    return _cascade(Reranker(STUDENT, "onnx-int8"), STUDENT)


def late(given: Given) -> Loaded:
    """Cascade: late interaction with stored token vectors, and L12 in int8 on the best fifth.

    The vectors are computed when a passage is met first, which is before anything is timed.
    """
    return _cascade(LateInteraction(), "late interaction", keep=FEW)


class StoredVectors:
    """Cosines of queries and passages; a passage's vector is computed once, or was stored."""

    def __init__(self) -> None:
        """Load the bi-encoder, and the stored vectors of Wikipedia's passages."""
        self._model = load_bi_encoder(device="cpu")
        wikipedia = load_collection("wikipedia")
        ids, stored = load_vectors("wikipedia")
        self._kept = dict(zip(map(wikipedia.passage, ids), stored, strict=True))

    def __call__(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        """Compute the cosine of each of n (query, passage) pairs, shape (n,)."""
        new = list({passage for _, passage in pairs if passage not in self._kept})
        if new:
            self._kept |= zip(new, self._model.encode(new, show_progress_bar=False), strict=True)
        encoded = {query: self._model.encode(query) for query in {query for query, _ in pairs}}
        return np.array([encoded[query] @ self._kept[passage] for query, passage in pairs])


def _reranker(backend: str) -> Loaded:
    return _pairs(Reranker(L12, backend)), backend


def _cascade(fast: Callable, note: str, keep: int = KEEP) -> Loaded:
    strong = Reranker(L12, "onnx-int8")
    return _pairs(cascade(fast, strong, keep)), f"{note}, then int8 on {keep}"


def _pairs(scorer: Callable) -> Score:
    return lambda query, passages: scorer([(query, passage) for passage in passages])
