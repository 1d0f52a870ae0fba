"""Distil a small cross-encoder from a large one, on text that nobody has judged.

Queries are made from passages, hard negatives are mined, the teacher scores every pair, and the
student learns to give the same scores (Hinton, Vinyals and Dean 2015, arXiv 1503.02531). Every
stage leaves its result in the job's folder, so a run that was killed goes on to the same student.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from xenc_course.evaluation.run_comparison import RunComparison
from xenc_course.files import make_folder, write_lines
from xenc_course.jobs import Journal, claim
from xenc_course.models.fingerprint import folder_fingerprint
from xenc_course.models.loading import load_cross_encoder, model_folder, transformer
from xenc_course.retrieval.rerank import score_texts
from xenc_course.scoring.pairs import pair_key
from xenc_course.text.passages import load_passages

from .distillation_data import PASSAGES, Unlabelled, make_groups
from .held_out_comparison import measure_held_out
from .loop import Group, Match, check_model, train
from .model_card import model_card
from .plan import Plan, exact, untrained_student
from .shrinking import round_weights


@dataclass(frozen=True, repr=False)
class Distilled:
    """The student's folder, its figures on held-out queries, and the seconds that were spent."""

    folder: Path
    comparison: RunComparison
    seconds: float

    def __str__(self) -> str:
        """The table and where the student lies."""
        return f"{self.comparison}\n\nThe student is in {self.folder} ({self.seconds:,.0f} s)."

    __repr__ = __str__


def distil(
    plan: Plan,
    out: Path,
    *,
    labels: Path | None = None,
    command: str = "",
    progress: bool = True,
) -> Distilled:
    """Train a student by a plan and write it to a new folder, as Hugging Face lays models out.

    While it lasts, what is done lies in `<out>.job`; the same call goes on from there, on the same
    machine to the same bytes. labels: a file for the teacher's logits that stays, so that another
    student of the same teacher need not wait for them; without it they go with the job. command:
    the line that the model card names.

    Raises ValueError for a folder that exists, a job of another plan, too little text and what the
    stages raise; OSError when the disk is full, after which the job can go on.
    """
    if out.exists():
        raise ValueError(f"{out} exists: choose another folder, or remove it first.")
    started = time.perf_counter()
    job = out.with_name(f"{out.name}.job")
    claim(job, asdict(plan))
    student = untrained_student(plan)
    match = None
    if plan.match:
        match = Match(load_cross_encoder(exact(plan.teacher)), plan.match, plan.match_weight)
    check_model(student, match)  # refused now, and not when all pairs are labelled
    texts = {source: load_passages(source) for source in plan.text}
    groups, held_out = make_groups(
        texts, plan.pairs, plan.seed, job / "groups.jsonl", progress=progress
    )
    logits = _labels(plan, groups, labels or job / "labels.journal", progress)
    size = PASSAGES
    labelled = [
        Group(query, passages, tuple(logits[place * size : (place + 1) * size]))
        for place, (query, passages) in enumerate(groups)
    ]
    losses = train(
        student,
        labelled,
        loss=plan.loss,
        epochs=plan.epochs,
        batch=plan.batch,
        learning_rate=plan.learning_rate,
        match=match,
        bfloat16=plan.bfloat16,
        seed=plan.seed,
        checkpoint=job / "checkpoint.safetensors",
        progress=progress,
    )
    round_weights(transformer(student))
    comparison = measure_held_out(student, plan.teacher, texts, held_out, progress)
    spent = time.perf_counter() - started
    card = model_card(out.name, plan, command, texts, comparison, losses, spent)

    def fill(folder: Path) -> None:
        student.save_pretrained(str(folder), create_model_card=False)
        write_lines(folder / "README.md", card)

    make_folder(out, fill)
    shutil.rmtree(job)
    return Distilled(out, comparison, spent)


def _labels(plan: Plan, groups: list[Unlabelled], path: Path, progress: bool) -> list[float]:
    """The teacher's logit of every pair, in order; those in the journal are not computed again."""
    pairs = [(query, passage) for query, passages in groups for passage in passages]
    keys = [("", pair_key(pair).hex()) for pair in pairs]  # equal pairs are labelled once
    header = {"teacher": plan.teacher, "weights": folder_fingerprint(model_folder(plan.teacher))}
    with Journal(path, header) as journal:
        texts = dict(zip(keys, pairs, strict=True))
        score_texts(texts, plan.teacher, journal, progress=progress)
        return [journal.scores[key] for key in keys]
