"""Distil a small cross-encoder from a large one, on text that nobody has judged.

Queries are made from passages, hard negatives are mined, the teacher scores every pair, and the
student learns to give the same scores (Hinton, Vinyals and Dean 2015, arXiv 1503.02531). Every
stage writes its result into the job's folder, so a killed run goes on and gives the same student.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from xenc_course.evaluation.run_comparison import RunComparison
from xenc_course.files import write_lines
from xenc_course.jobs import Journal
from xenc_course.models.fingerprint import folder_fingerprint
from xenc_course.models.loading import load_cross_encoder, model_folder, transformer
from xenc_course.progress import Progress
from xenc_course.retrieval.rerank import score_texts
from xenc_course.scoring.pairs import pair_key
from xenc_course.scoring.scorers import expect_pairs, load_scorer
from xenc_course.text.passages import load_passages

from .distillation_data import PASSAGES, Unlabelled, make_groups
from .estimate import estimate
from .group_batches import Group
from .held_out_comparison import measure_held_out
from .job import training_job, write_model
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
    out: str | Path,
    *,
    labels: str | Path | None = None,
    command: Sequence[str] = (),
    progress: Progress = True,
    tell: Callable[[str], object] | None = None,
) -> Distilled:
    """Train a student by a plan and write it to a new folder, as Hugging Face lays models out.

    Until it ends, what is done lies in `<out>.job`, and the same call goes on from there. On the
    same machine it then gives the same bytes. A call that is refused leaves no folder.

    Args:
        plan: what decides the student.
        out: the new folder.
        labels: a file for the teacher's logits that is kept, so that another student of the same
            teacher can use them; when None they are removed with the job.
        command: the words of the command line that the model card names.
        progress: whether to show bars on stderr.
        tell: called with a sentence on how long this will take, before it starts.

    Raises:
        ValueError: the folder exists, another run is at work on it, the job is of another plan,
            there is too little text, or the student cannot be trained; and what else the stages
            raise.
        FloatingPointError: see `train`.
        OSError: nothing can be written beside `out`, or the disk is full; the job can go on
            afterwards.
    """
    started = time.perf_counter()
    out = Path(out)
    with training_job(out, asdict(plan)) as job:
        student = untrained_student(plan)
        match = None
        if plan.match:
            match = Match(load_cross_encoder(exact(plan.teacher)), plan.match, plan.match_weight)
        check_model(student, match)  # refused before pairs are labelled, which takes long
        journal = Path(labels) if labels else job / "labels.journal"
        if labels:  # so is a file of another teacher, or one that cannot be written
            with _journal(plan, journal):
                pass
        texts = {source: load_passages(source) for source in plan.text}
        if tell is not None:
            tell(str(estimate(plan, student, match, texts)))
        groups, held_out = make_groups(
            texts, plan.n_pairs, plan.seed, job / "groups.jsonl", progress=progress
        )
        losses = train(
            student,
            _labelled(groups, _labels(plan, groups, journal, progress)),
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

        write_model(out, fill)
    return Distilled(out, comparison, spent)


def _labelled(groups: list[Unlabelled], logits: list[float]) -> list[Group]:
    """Each query with its passages and their logits, which stand in the same order."""
    starts = range(0, len(logits), PASSAGES)
    return [
        Group(query, passages, tuple(logits[start : start + PASSAGES]))
        for (query, passages), start in zip(groups, starts, strict=True)
    ]


def _labels(plan: Plan, groups: list[Unlabelled], path: Path, progress: Progress) -> list[float]:
    """The teacher's logit of every pair, in order; those in the journal are not computed again.

    One backend computes them all, also those that were missing after a kill, and no clock chooses
    it: two backends' logits differ in their last bits, and so would the students.
    """
    pairs = [(query, passage) for query, passages in groups for passage in passages]
    keys = [("", pair_key(pair).hex()) for pair in pairs]  # equal pairs are labelled once
    with _journal(plan, path) as journal:
        texts = dict(zip(keys, pairs, strict=True))
        if texts.keys() - journal.scores.keys():
            backend = str(journal.facts.get("backend", "auto"))
            teacher = load_scorer(plan.teacher, backend, by_clock=False)
            expect_pairs(teacher, len(texts))
            score_texts(texts, teacher, journal, progress=progress)
        return [journal.scores[key] for key in keys]


def _journal(plan: Plan, path: Path) -> Journal:
    """The teacher's logits that are known already, of the same teacher."""
    weights = folder_fingerprint(model_folder(plan.teacher))
    return Journal(path, {"teacher": plan.teacher, "weights": weights})
