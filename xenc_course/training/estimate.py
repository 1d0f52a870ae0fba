"""How long a distillation will take on this machine, told before it starts."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xenc_course.models.loading import load_bi_encoder
from xenc_course.retrieval.rerank import DEPTH
from xenc_course.scoring.pairs import Pair
from xenc_course.scoring.scorers import load_scorer
from xenc_course.text.collection import Collection
from xenc_course.timing import measure

from .distillation_data import LONGEST_CROP, PASSAGES, SHORTEST_CROP, n_held_out
from .group_batches import Group
from .loop import train
from .losses import Match
from .plan import Plan

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

TRIED = 24  # passages that are encoded and pairs that are scored to learn how long one takes
QUERY_WORDS, CROP_WORDS = 6, (SHORTEST_CROP + LONGEST_CROP) // 2


@dataclass(frozen=True)
class Estimate:
    """Seconds of each stage of a distillation, from its start to its end.

    Attributes:
        mining: of encoding all passages to find negatives.
        labelling: of the teacher, on the pairs to train on.
        training: of the student's steps.
        comparing: of teacher and student, on the held-out queries.
    """

    mining: float
    labelling: float
    training: float
    comparing: float

    def __str__(self) -> str:
        """All of it in one sentence."""
        parts = ", ".join(f"{_about(value)} {stage}" for stage, value in vars(self).items())
        whole = sum(vars(self).values())
        return f"This takes about {_about(whole)} on this machine from start to end ({parts})."


def estimate(
    plan: Plan, student: CrossEncoder, match: Match | None, texts: Mapping[str, Collection]
) -> Estimate:
    """Time every model on a few passages, which takes seconds.

    Args:
        plan: decides how much there is to do.
        student: before its training; it is not changed.
        match: see `train`.
        texts: source -> its passages.

    Raises:
        ValueError: a model cannot be loaded or trained.
    """
    passages = [passage for text in texts.values() for passage in text.passages().values()]
    some = [text for text in passages[:: max(1, len(passages) // TRIED)] if text.split()][:TRIED]
    if not some:
        raise ValueError(f"{', '.join(texts)} holds no word: give text to make queries from.")
    words = [text.split() for text in some]
    pairs: list[Pair] = [(" ".join(w[:QUERY_WORDS]), " ".join(w[:CROP_WORDS])) for w in words]
    encoder, teacher = load_bi_encoder(), load_scorer(plan.teacher)
    per_passage = _seconds(lambda: encoder.encode_document(some, show_progress_bar=False))
    per_passage /= len(some)
    per_pair = _seconds(lambda: teacher(pairs)) / len(pairs)
    batch = [
        Group(query, (text,) * PASSAGES, (1.0,) * PASSAGES)
        for query, text in (pairs[n % len(pairs)] for n in range(plan.batch))
    ]
    pupil = copy.deepcopy(student)
    per_step = _seconds(
        lambda: train(
            pupil, batch, loss=plan.loss, batch=plan.batch, match=match, bfloat16=plan.bfloat16
        )
    )
    groups = plan.n_pairs // PASSAGES
    compared = n_held_out(groups) * DEPTH
    forward = per_step / (3 * plan.batch * PASSAGES)  # a step is one way forward and two back
    return Estimate(
        mining=len(passages) * per_passage,
        labelling=plan.n_pairs * per_pair,
        training=plan.epochs * math.ceil(groups / plan.batch) * per_step,
        comparing=compared * (per_pair + forward) + min(compared, len(passages)) * per_passage,
    )


def _seconds(function: Callable[[], object]) -> float:
    return measure(function, repeats=2).median


def _about(seconds: float) -> str:
    """A duration as a person would say it."""
    for unit, size in (("h", 3600.0), ("min", 60.0)):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{max(1, round(seconds))} s"
