"""A collection of yours in a lesson that was written for one of the course's.

The course stores runs and vectors of its own collections. For yours, they are made when a cell asks
for them. `make adapt` puts this into the copies that it writes.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from xenc_course.evaluation.found_runs import N_QUERIES
from xenc_course.evaluation.stored_runs import DEFAULT_FIRST_STAGE, load_run
from xenc_course.models.catalogue import BI_ENCODER, ONNX, known_model
from xenc_course.models.loading import load_bi_encoder
from xenc_course.retrieval.first_stage import bi_encoder_run, bm25_run
from xenc_course.retrieval.rerank import DEPTH, rerank
from xenc_course.retrieval.runs import Run
from xenc_course.retrieval.stored_vectors import load_vectors
from xenc_course.scoring.onnx_encoders import OnnxEncoder
from xenc_course.text.collection import Collection, load_collection

BM25, INT8 = "bm25", "-int8"


class OwnCollection:
    """Takes the place of `load_collection`, `load_run` and `load_vectors` for one collection.

    Other collections are loaded as ever. Runs cover the judged queries, `N_QUERIES` of them at
    most, drawn with seed 0, and are kept: a second cell that asks for one gets the same.
    """

    def __init__(
        self, source: str | Path, bi_encoder: str = DEFAULT_FIRST_STAGE, depth: int = DEPTH
    ) -> None:
        """Read the collection.

        Args:
            source: what `load_collection` takes.
            bi_encoder: a bi-encoder that the catalogue does not have, by the name or folder that
                lessons give for it.
            depth: passages per query that a first stage finds.

        Raises:
            ValueError: no query is judged; and what `load_collection` raises.
        """
        self.source, self.collection = str(source), load_collection(source)
        self.bi_encoder, self.depth = bi_encoder, depth
        judged = [q for q in self.collection.queries if self.collection.qrels.get(q)]
        if not judged:
            raise ValueError(
                f"No query of {self.collection.name} has a judgement, so no lesson can measure on "
                "it: judge some passages first (lesson 04)."
            )
        chosen = self.collection.select(judged)
        many = len(judged) > N_QUERIES
        self._asked = chosen.sample(N_QUERIES, seed=0) if many else chosen
        self._runs: dict[tuple[str, str], Run] = {}

    def load_collection(self, source: str | Path = "wikipedia", **options: Any) -> Collection:
        """As `xenc_course.load_collection`."""
        if self._is_mine(source) and not options:
            return self.collection
        return load_collection(source, **options)

    def load_run(self, collection: str, model: str, first_stage: str = DEFAULT_FIRST_STAGE) -> Run:
        """As `xenc_course.load_run`; a run of this collection is made when it is first asked for.

        A name that ends in "-int8" and is not in the catalogue means the model without it.
        """
        if not self._is_mine(collection):
            return load_run(collection, model, first_stage)
        return self._run(model, first_stage)

    def load_vectors(
        self, collection: str, model: str = DEFAULT_FIRST_STAGE
    ) -> tuple[list[str], np.ndarray]:
        """As `xenc_course.load_vectors`; vectors of this collection are made."""
        if not self._is_mine(collection):
            return load_vectors(collection, model)
        passages = self._passages
        made = self._encoder(model).encode_document(
            list(passages.values()), normalize_embeddings=True, show_progress_bar=False
        )
        return list(passages), np.asarray(made, dtype=np.float32)

    @cached_property
    def _passages(self) -> dict[str, str]:
        return self.collection.passages()

    def _is_mine(self, name: str | Path) -> bool:
        return str(name) in (self.source, self.collection.name)

    def _is_first_stage(self, model: str) -> bool:
        known = known_model(model)
        return model in (BM25, self.bi_encoder) or (
            known is not None and known.architecture == BI_ENCODER
        )

    def _encoder(self, model: str) -> Any:
        known = known_model(model)
        in_onnx = known is not None and known.runtime == ONNX
        return OnnxEncoder(model) if in_onnx else load_bi_encoder(model)

    def _run(self, model: str, first_stage: str) -> Run:
        alone = self._is_first_stage(model)
        key = (model, "" if alone else first_stage)
        if key not in self._runs:
            self._runs[key] = self._found(model) if alone else self._reranked(model, first_stage)
        return self._runs[key]

    def _found(self, model: str) -> Run:
        queries = self._asked.queries
        if model == BM25:
            return bm25_run(self._passages, queries, self.depth)
        return bi_encoder_run(self._passages, queries, self.depth, self._encoder(model))

    def _reranked(self, model: str, first_stage: str) -> Run:
        name = model if known_model(model) or not model.endswith(INT8) else model[: -len(INT8)]
        candidates = self._run(first_stage, "")
        return rerank(candidates, self._asked.queries, self._passages, name)
