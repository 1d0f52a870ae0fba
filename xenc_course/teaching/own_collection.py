"""A collection of yours in a lesson that was written for one of the course's.

The course stores runs and vectors of its own collections. For yours, they are made when a cell asks
for them. `make adapt` puts this into the copies that it writes.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from xenc_course.evaluation import found_runs, stored_runs
from xenc_course.models.catalogue import BI_ENCODER, ONNX, known_model
from xenc_course.models.loading import load_bi_encoder
from xenc_course.retrieval import stored_vectors
from xenc_course.retrieval.rerank import DEPTH
from xenc_course.retrieval.runs import Run
from xenc_course.scoring.onnx_encoders import OnnxEncoder
from xenc_course.text import collection as collections
from xenc_course.text.collection import Collection

COURSE = ("wikipedia", "helpdesk")  # the collections that lessons name


class OwnCollection:
    """Takes the place of `load_collection`, `load_run`, `find_run` and `load_vectors` for one.

    Other collections are loaded as ever. Runs cover the judged queries, 100 of them at most, drawn
    with seed 0, and are kept: a second cell that asks for one gets the same.

    Attributes:
        collection: the collection.
    """

    def __init__(self, source: str | Path, depth: int = DEPTH) -> None:
        """Read the collection.

        Args:
            source: what `load_collection` takes.
            depth: passages per query that a first stage finds.

        Raises:
            ValueError: no query is judged, the collection has the name of one of the course's, or
                what `load_collection` raises.
        """
        self.collection = collections.load_collection(source)
        if not any(self.collection.qrels.get(q) for q in self.collection.queries):
            raise ValueError(
                f"No query of {self.collection.name} has a judgement, so no lesson can measure on "
                "it: judge some passages first (lesson 04)."
            )
        if Path(source).is_dir() and self.collection.name in COURSE:
            raise ValueError(
                f"{source} has the name of a collection of the course, so the two could not be "
                "told apart: rename the folder."
            )
        self.depth = depth
        self._runs: dict[tuple[str, str | None], Run] = {}

    def load_collection(self, source: str | Path = "wikipedia", **options: Any) -> Collection:
        """As `xenc_course.load_collection`; this collection is found by its name."""
        if str(source) == self.collection.name:
            return self.collection
        return collections.load_collection(source, **options)

    def load_run(
        self, collection: str, model: str, first_stage: str = stored_runs.DEFAULT_FIRST_STAGE
    ) -> Run:
        """As `xenc_course.load_run`; a run of this collection is made when it is first asked for.

        Raises:
            FileNotFoundError, ValueError: as `load_run` and `find_run` raise.
        """
        if collection != self.collection.name:
            return stored_runs.load_run(collection, model, first_stage)
        known = known_model(model)
        alone = model == "bm25" or (known is not None and known.architecture == BI_ENCODER)
        return self.find_run(self.collection, model, None if alone else first_stage)

    def find_run(
        self, collection: Collection, model: str, first_stage: str | None = None, **options: Any
    ) -> Run:
        """As `xenc_course.find_run`; runs of this collection are kept."""
        if collection.name != self.collection.name:
            return found_runs.find_run(collection, model, first_stage, **options)
        if (model, first_stage) not in self._runs:
            if first_stage is not None:
                options = {"candidates": self.find_run(self.collection, first_stage)}
            self._runs[model, first_stage] = found_runs.find_run(
                self.collection, model, first_stage, **{"depth": self.depth, **options}
            )
        return self._runs[model, first_stage]

    def load_vectors(
        self, collection: str, model: str = stored_runs.DEFAULT_FIRST_STAGE
    ) -> tuple[list[str], np.ndarray]:
        """As `xenc_course.load_vectors`; vectors of this collection are made."""
        if collection != self.collection.name:
            return stored_vectors.load_vectors(collection, model)
        known = known_model(model)
        in_onnx = known is not None and known.runtime == ONNX
        encoder = OnnxEncoder(model) if in_onnx else load_bi_encoder(model)
        made = encoder.encode_document(
            list(self._passages.values()), normalize_embeddings=True, show_progress_bar=False
        )
        return list(self._passages), np.asarray(made, dtype=np.float32)

    @cached_property
    def _passages(self) -> dict[str, str]:
        return self.collection.passages()
