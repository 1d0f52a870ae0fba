"""A collection and models of yours in a lesson that was written for the course's.

The course stores runs and vectors of its own collections and models. For yours, they are made when
a cell asks for them. `make adapt` puts this into the copies that it writes.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xenc_course.evaluation import found_runs, frontier, stored_runs, stored_search
from xenc_course.evaluation.frontier import Frontier
from xenc_course.evaluation.stored_runs import run_index
from xenc_course.evaluation.stored_search import StoredSearch
from xenc_course.files import appears_whole, write_whole
from xenc_course.models import loading
from xenc_course.models.catalogue import BI_ENCODER, ONNX, known_model
from xenc_course.retrieval import stored_vectors
from xenc_course.retrieval.rerank import DEPTH
from xenc_course.retrieval.runs import Run
from xenc_course.scoring.onnx_encoders import OnnxEncoder
from xenc_course.scoring.reranker import Reranker
from xenc_course.text import collection as collections
from xenc_course.text.collection import Collection

from . import prices
from .prices import Prices

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder, SentenceTransformer

COURSE = ("wikipedia", "helpdesk")  # the collections that lessons name
MADE_BY_COURSE = "Measured by the course beforehand, with its own text and models:"
# A folder in which the lessons of one `make adapt` leave each other what they have made.
KEPT = "XENC_KEPT_RUNS"


class OwnMaterial:
    """Takes the place of the functions by which a lesson gets its text, its models and its runs.

    A collection of yours is found by its name. Its runs cover the judged queries, 100 of them at
    most, drawn with seed 0. With a model of yours, runs of the course's collections cover 100 of
    the queries whose runs are stored, so that all runs of a collection have the same queries. A
    second cell that asks for a run gets the same.

    Attributes:
        collection: yours, or None.
        cross_encoder: what loads yours, or None.
        bi_encoder: what loads yours, or None.
    """

    def __init__(
        self,
        source: str | Path | None = None,
        *,
        cross_encoder: str | None = None,
        bi_encoder: str | None = None,
        depth: int = DEPTH,
    ) -> None:
        """Read the collection.

        Args:
            source: what `load_collection` takes; None keeps the course's collections.
            cross_encoder: a hub id, a folder or a name of the catalogue; None keeps the course's.
            bi_encoder: likewise.
            depth: passages per query that a first stage finds.

        Raises:
            ValueError: no query is judged, the collection has the name of one of the course's, or
                what `load_collection` raises.
        """
        self.collection = None if source is None else _judged(source)
        self.cross_encoder, self.bi_encoder = cross_encoder, bi_encoder
        self.depth = depth
        self._runs: dict[tuple[str, str, str | None], Run] = {}
        self._vectors: dict[tuple[str, str], tuple[list[str], np.ndarray]] = {}

    def load_collection(self, source: str | Path = "wikipedia", **options: Any) -> Collection:
        """As `xenc_course.load_collection`; yours is found by its name."""
        if self.collection is not None and str(source) == self.collection.name:
            return self.collection
        return collections.load_collection(source, **options)

    def load_cross_encoder(self, name: str | None = None, **options: Any) -> CrossEncoder:
        """As `xenc_course.load_cross_encoder`; yours is the default."""
        return loading.load_cross_encoder(name or self.cross_encoder, **options)

    def load_bi_encoder(self, name: str | None = None, **options: Any) -> SentenceTransformer:
        """As `xenc_course.load_bi_encoder`; yours is the default."""
        return loading.load_bi_encoder(name or self.bi_encoder, **options)

    def reranker(self, model: str, backend: str = "auto", **options: Any) -> Reranker:
        """As `xenc_course.Reranker`; the name of yours with "-int8" is yours in 8-bit numbers."""
        if self.cross_encoder is not None and self._is_int8(model):
            return Reranker(self.cross_encoder, "onnx-int8", **options)
        return Reranker(model, backend, **options)

    def load_run(self, collection: str, model: str, first_stage: str | None = None) -> Run:
        """As `xenc_course.load_run`; a run of your material is made when it is first asked for.

        Raises:
            FileNotFoundError, ValueError: as `load_run` and `find_run` raise.
        """
        if not self._mine(collection):
            return stored_runs.load_run(
                collection, model, first_stage or stored_runs.DEFAULT_FIRST_STAGE
            )
        alone = model in ("bm25", self.bi_encoder) or _is_bi_encoder(model)
        default = self.bi_encoder or stored_runs.DEFAULT_FIRST_STAGE
        source = self.load_collection(collection)
        return self.find_run(source, model, None if alone else first_stage or default)

    def find_run(
        self, collection: Collection, model: str, first_stage: str | None = None, **options: Any
    ) -> Run:
        """As `xenc_course.find_run`; runs of your material are kept.

        A run that is asked for with other candidates or another depth is not.
        """
        source = self._whole(collection)
        given = options.pop("candidates", None)
        found = None if source is None or not first_stage else self.find_run(source, first_stage)
        if source is None or options or given not in (None, found):
            if given is not None:
                options["candidates"] = given
            return found_runs.find_run(collection, model, first_stage, **options)
        key = (source.name, model, first_stage)
        if key not in self._runs:
            kept = _kept(f"{key}, {self.depth}.json")
            if kept is not None and kept.is_file():
                self._runs[key] = json.loads(kept.read_text(encoding="utf-8"))
                over = f" over {first_stage}" if first_stage else ""
                print(f"{model}{over} on {source.name}: the run that was made before.")
            else:
                self._runs[key] = self._found(source, model, first_stage, found)
                if kept is not None:
                    write_whole(kept, json.dumps(self._runs[key]).encode())
        return self._runs[key]

    def load_vectors(
        self, collection: str, model: str | None = None
    ) -> tuple[list[str], np.ndarray]:
        """As `xenc_course.load_vectors`; vectors of your material are made once."""
        model = model or self.bi_encoder or stored_runs.DEFAULT_FIRST_STAGE
        of_course = self.collection is None or collection != self.collection.name
        if of_course and model != self.bi_encoder:
            return stored_vectors.load_vectors(collection, model)
        if (collection, model) not in self._vectors:
            passages = self.load_collection(collection).passages()
            kept = _kept(f"{collection}, {model}.npy")
            if kept is not None and kept.is_file():
                vectors = np.load(kept)
            else:
                vectors = _vectors(model, list(passages.values()))
                if kept is not None:
                    with appears_whole(kept) as scratch, scratch.open("wb") as file:
                        np.save(file, vectors)
            self._vectors[collection, model] = list(passages), vectors
        return self._vectors[collection, model]

    def load_frontier(self) -> Frontier:
        """As `xenc_course.load_frontier`; says whose points these are."""
        print(MADE_BY_COURSE)
        return frontier.load_frontier()

    def load_prices(self) -> Prices:
        """As `xenc_course.load_prices`; says whose prices these are."""
        print(MADE_BY_COURSE)
        return prices.load_prices()

    def load_search(self, collection: str = "wikipedia") -> StoredSearch:
        """As `xenc_course.load_search`.

        Raises:
            ValueError: you have given models, and the stored search is of the course's.
        """
        if self._other_models:
            raise ValueError(
                "The stored search was made with the course's models, so it is not shown for yours."
            )
        return stored_search.load_search(collection)

    @property
    def _other_models(self) -> bool:
        return bool(self.cross_encoder or self.bi_encoder)

    def _mine(self, collection: str) -> bool:
        """Whether runs of a collection are made here, in place of those that are stored."""
        is_yours = self.collection is not None and collection == self.collection.name
        return is_yours or (self._other_models and collection in COURSE)

    def _whole(self, collection: Collection) -> Collection | None:
        """The collection of which a lesson may have selected queries, if its runs are made here."""
        if not self._mine(collection.name):
            return None
        whole = self.load_collection(collection.name)
        same = (whole.documents, whole.titles) == (collection.documents, collection.titles)
        return whole if same else None

    def _is_int8(self, model: str) -> bool:
        yours = self.cross_encoder is not None and model == f"{self.cross_encoder}-int8"
        return yours and known_model(model) is None

    def _found(
        self, source: Collection, model: str, first_stage: str | None, candidates: Run | None
    ) -> Run:
        """A run of the judged queries; of a collection of the course, of the same 100 always."""
        depth, chosen = self.depth, source
        if source.name in COURSE:
            by_words = stored_runs.load_run(source.name, "bm25")
            depth = max(map(len, by_words.values()))
            chosen = source.select(list(by_words)[: found_runs.N_QUERIES])
            stored = {(e["collection"], e["model"], e["first_stage"]) for e in run_index()}
            if (source.name, model, first_stage or "") in stored:
                run = stored_runs.load_run(source.name, model, first_stage or "")
                return {query: run[query] for query in chosen.queries if query in run}
        scorer = self.reranker(model) if self._is_int8(model) else None
        return found_runs.find_run(
            chosen, model, first_stage, candidates=candidates, depth=depth, scorer=scorer
        )


def _vectors(model: str, passages: list[str]) -> np.ndarray:
    known = known_model(model)
    in_onnx = known is not None and known.runtime == ONNX
    encoder = OnnxEncoder(model) if in_onnx else loading.load_bi_encoder(model)
    made = encoder.encode_document(passages, normalize_embeddings=True, show_progress_bar=False)
    return np.asarray(made, dtype=np.float32)


def _kept(name: str) -> Path | None:
    """The file of a name in the folder of what lessons leave each other; None without one."""
    folder, ending = os.environ.get(KEPT), Path(name).suffix
    return Path(folder, hashlib.sha256(name.encode()).hexdigest() + ending) if folder else None


def _is_bi_encoder(model: str) -> bool:
    known = known_model(model)
    return known is not None and known.architecture == BI_ENCODER


def _judged(source: str | Path) -> Collection:
    collection = collections.load_collection(source)
    if not any(collection.qrels.get(query) for query in collection.queries):
        raise ValueError(
            f"No query of {collection.name} has a judgement, so no lesson can measure on it: judge "
            "some passages first (lesson 04)."
        )
    if collection.name in COURSE:
        raise ValueError(
            f"{source} has the name of a collection of the course, so the two could not be told "
            "apart: give another collection, or rename the folder."
        )
    return collection
