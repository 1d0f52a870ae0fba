"""Distil a small cross-encoder from a large one, on text that nobody has judged.

Queries are made from passages, hard negatives are mined, the teacher scores every pair, and the
student learns to give the same scores (Hinton, Vinyals and Dean 2015, arXiv 1503.02531). Every
stage writes its result into the job's folder, so a killed run goes on and gives the same student.
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
from xenc_course.progress import Progress
from xenc_course.retrieval.rerank import score_texts
from xenc_course.scoring.pairs import pair_key
from xenc_course.text.passages import load_passages

from .distillation_data import PASSAGES, Unlabelled, make_groups
from .group_batches import Group
from .held_out_comparison import measure_held_out
from .loop import train
from .losses import Match, check_model
from .model_card import model_card
from .plan import Plan, exact, untrained_student
from .shrinking import round_weights


@dataclass(frozen=True, repr=False)
class Distilled:
    """A student that has been trained.

    Attributes:
        folder: where it lies.
        comparison: RR@10 of the teacher, the student and others on held-out queries.
        seconds: how long the call of `distil` took.
    """

    folder: Path
    comparison: RunComparison
    seconds: float

    def __str__(self) -> str:
        """The table, the folder and the seconds."""
        return f"{self.comparison}\n\nThe student is in {self.folder} ({self.seconds:,.0f} s)."

    __repr__ = __str__


def distil(
    plan: Plan,
    out: Path,
    *,
    labels: Path | None = None,
    command: str = "",
    progress: Progress = True,
) -> Distilled:
    """Train a student by a plan and write it to a new folder, as Hugging Face lays models out.

    Until it ends, what is done lies in `<out>.job`, and the same call goes on from there. On the
    same machine it then gives the same bytes.

    Args:
        plan: what decides the student.
        out: the new folder.
        labels: a file for the teacher's logits that is kept, so that another student of the same
            teacher can use them; when None they are removed with the job.
        command: the command line that the model card names.
        progress: whether to show bars on stderr.

    Raises:
        ValueError: the folder exists, the job is of another plan, there is too little text, or the
            student cannot be trained; and what else the stages raise.
        FloatingPointError: see `train`.
        OSError: the disk is full; the job can go on afterwards.
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
    check_model(student, match)  # refused before pairs are labelled, which takes long
    texts = {source: load_passages(source) for source in plan.text}
    groups, held_out = make_groups(
        texts, plan.n_pairs, plan.seed, job / "groups.jsonl", progress=progress
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


def _labels(plan: Plan, groups: list[Unlabelled], path: Path, progress: Progress) -> list[float]:
    """The teacher's logit of every pair, in order; those in the journal are not computed again."""
    pairs = [(query, passage) for query, passages in groups for passage in passages]
    keys = [("", pair_key(pair).hex()) for pair in pairs]  # equal pairs are labelled once
    header = {"teacher": plan.teacher, "weights": folder_fingerprint(model_folder(plan.teacher))}
    with Journal(path, header) as journal:
        texts = dict(zip(keys, pairs, strict=True))
        score_texts(texts, plan.teacher, journal, progress=progress)
        return [journal.scores[key] for key in keys]
