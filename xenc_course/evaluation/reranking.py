"""What models are to rerank: the candidates, which of them they read, and what the rest becomes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from xenc_course.jobs import Key
from xenc_course.models.fingerprint import folder_fingerprint
from xenc_course.models.loading import model_folder
from xenc_course.retrieval.first_stage import JUDGED, best_of
from xenc_course.retrieval.fusion import fuse, with_tail
from xenc_course.retrieval.rerank import pair_texts, run_of
from xenc_course.retrieval.runs import Run
from xenc_course.scoring.pairs import Pair
from xenc_course.text.collection import Collection

from .plan import Experiment

Job = dict[str, object]


@dataclass(frozen=True)
class Reranking:
    """The task of every model of an experiment.

    Attributes:
        experiment: what was asked for.
        collection: its queries are ranked.
        candidates: of the first stage, those that no model reads included.
        head: the candidates that a model reads.
        texts: (query id, document id) -> (query, passage) of the head.
    """

    experiment: Experiment
    collection: Collection
    candidates: Run
    head: Run
    texts: Mapping[Key, Pair]

    def scoring_job(self, model: str, *, loaded: bool) -> Job:
        """What decides the scores of a model.

        Args:
            model: its name.
            loaded: whether it was loaded elsewhere, so that its weights and backend are not known.

        Raises:
            FileNotFoundError: there is no such model.
        """
        asked = self.experiment
        job: Job = {
            "collection": self.collection.name,
            "first stage": asked.first_stage,
            "depth": asked.depth,
            "model": model,
            "set of pairs": _hash(self.texts.items()),
        }
        if not loaded:
            job["weights"] = folder_fingerprint(model_folder(model))
            job["backend"] = asked.backend
        return job

    def run_job(self, scoring_job: Job) -> Job:
        """What decides the run of a model: its scores, and what is made of them."""
        asked = self.experiment
        if asked.fusion_weight is None and not asked.keep_tail:
            return scoring_job
        return scoring_job | {
            "fusion weight": asked.fusion_weight,
            "tail": asked.keep_tail,
            "scores of the first stage": first_stage_job(self.candidates)["run"],
        }

    def ranks(self) -> Run:
        """Query id -> the documents that the run of a model has."""
        return self.candidates if self.experiment.keep_tail else self.head

    def run(self, scores: Mapping[Key, float]) -> dict[str, dict[str, float]]:
        """Make the run of a model from its scores: query id -> {document id: score}."""
        run = run_of(self.head, scores)
        if self.experiment.fusion_weight is not None:
            run = fuse(run, self.candidates, self.experiment.fusion_weight)
        return with_tail(run, self.candidates) if self.experiment.keep_tail else run


def make_reranking(
    experiment: Experiment, collection: Collection, passages: Mapping[str, str], candidates: Run
) -> Reranking:
    """Look up what a model reads.

    Args:
        experiment: what was asked for.
        collection: its queries are ranked.
        passages: document id -> the text that a model reads.
        candidates: of the first stage.

    Raises:
        ValueError: see `pair_texts`.
    """
    judged = experiment.first_stage == JUDGED
    head = candidates if judged else best_of(candidates, experiment.depth)
    texts = pair_texts(head, collection.queries, passages)
    return Reranking(experiment, collection, candidates, head, texts)


def first_stage_job(candidates: Run) -> Job:
    """What decides the run of a first stage: the run itself, to five digits of its scores.

    A processor may add up a cosine in another order, and then the last digits differ.
    """
    rounded = (
        (query, [(document, f"{score:.5g}") for document, score in scores.items()])
        for query, scores in candidates.items()
    )
    return {"run": _hash(rounded)}


def _hash(entries: Iterable[object]) -> str:
    """SHA-256 over entries, in order."""
    digest = hashlib.sha256()
    for entry in entries:
        digest.update(repr(entry).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
