"""What an experiment ranks with, and what it measures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xenc_course.files import shown
from xenc_course.retrieval.first_stage import DROP, FIRST_STAGES, JUDGED, KEEP

from .metrics import METRICS

TAIL_DEPTH = 1000  # passages per query of a run with its tail: TREC's convention


@dataclass(frozen=True)
class Experiment:
    """What to rank with, and what to measure.

    Attributes:
        first_stage: see `find_candidates`.
        model: what `load_scorer` takes, one or several; None evaluates the first stage alone.
        depth: candidates per query that a model reads.
        n_queries: how many of the judged queries are ranked, a sample; None means all.
        seed: of the sample.
        titles: whether a model reads "title text" (BEIR's convention) or the text alone.
        metrics: names as `ir_measures` writes them.
        backend: one that `Reranker` takes, such as "auto" or "onnx-int8".
        own_document: "drop" leaves out the document that has the id of the query, as BEIR does;
            "keep" ranks it like any other.
        keep_tail: whether the first stage finds `TAIL_DEPTH` passages, of which those that no model
            reads follow below those that it has read. Without it, runs end at `depth`.
        fusion_weight: of the model's scores when they are added to those of the first stage, from 0
            to 1, see `fuse`; None ranks by the model's scores alone.
        condensed: whether to measure a second time with unjudged passages left out.
        rel: the lowest grade that measures with two grades (RR, AP, R) count as relevant.
    """

    first_stage: str = "bm25"
    model: str | tuple[str, ...] | None = None
    depth: int = 100
    n_queries: int | None = None
    seed: int = 0
    titles: bool = True
    metrics: tuple[str, ...] = METRICS
    backend: str = "auto"
    own_document: str = DROP
    keep_tail: bool = False
    fusion_weight: float | None = None
    condensed: bool = False
    rel: int = 1

    def __post_init__(self) -> None:
        """Refuse what does not fit together.

        Raises:
            ValueError: two parts do not fit, or a number is out of its range.
        """
        models = self.models
        if any(not model.strip() for model in models):
            raise ValueError("A model has no name: name every model.")
        if twice := [model for model in models if models.count(model) > 1]:
            raise ValueError(f"The model {twice[0]} is named twice: name every model once.")
        if self.own_document not in (DROP, KEEP):
            raise ValueError(
                f"The own document is dropped or kept, not {shown(self.own_document)}."
            )
        if self.depth < 1:
            raise ValueError(f"The depth is at least 1, not {self.depth}.")
        weight = self.fusion_weight
        if weight is not None and not 0 <= weight <= 1:
            raise ValueError(f"The fusion weight is {weight}: choose a number from 0 to 1.")
        if weight is not None and not models:
            raise ValueError("A fusion weight is for a model: name one.")
        if self.first_stage == JUDGED:
            if not models:
                raise ValueError(
                    "Judged passages have no order of their own: name a model to rank them."
                )
            if weight is not None or self.keep_tail:
                raise ValueError(
                    "Judged passages have no scores and no tail: leave out --fusion-weight and "
                    "--keep-tail, or choose another first stage."
                )

    @property
    def models(self) -> tuple[str, ...]:
        """The models, in order; none when the first stage is evaluated alone."""
        if self.model is None:
            return ()
        return (self.model,) if isinstance(self.model, str) else tuple(self.model)

    @property
    def found_depth(self) -> int:
        """How many passages per query the first stage finds."""
        return max(self.depth, TAIL_DEPTH) if self.keep_tail else self.depth

    @property
    def first_name(self) -> str:
        """What the first stage is called in tables: its name, or the name of its file."""
        known = self.first_stage in FIRST_STAGES
        name = self.first_stage if known else Path(self.first_stage).name
        return f"{name} (first stage)" if name in self.models else name

    def run_name(self, model: str) -> str:
        """What the run of a model is called in tables."""
        weight = self.fusion_weight
        return model if weight is None else f"{model} (fused, weight {weight:g})"
