"""The commands `distil` and `finetune`: make a small cross-encoder, or train one further."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from xenc_course.files import shown

from .parsers import add_command, name, whole_number

GOES_ON = "Stopped. The same command goes on from here."
DISTIL = """\
Train a small cross-encoder to score as a large one does, on text that nobody has judged: make
queries from passages, mine negatives, let the teacher score the pairs, train the student on the
scores, and compare both on queries that were held out (a tenth as many, 10 to 200).

It says first how long this will take. Until the student is written, what is done lies in OUT.job:
stopped or killed, the same command goes on from there and gives the same student."""
FINETUNE = """\
Train a cross-encoder further on judgements, and measure the gain on queries that it never saw.
Of the queries with a relevant passage 60 % are trained on, 20 % choose the best epoch, and 20 % are
measured on. If no epoch is better on those that choose, the weights stay as they were.

Until the model is written, what is done lies in OUT.job: stopped or killed, the same command goes
on from there and gives the same model."""


def add_commands(commands: argparse._SubParsersAction) -> None:
    """Add `distil` and `finetune` to the course's commands."""
    distil = add_command(
        commands,
        "distil",
        "train a small cross-encoder to score as a large one does, on text of yours",
        DISTIL,
        "distil --student layers:0,5,11 --text my_texts --out student",
    )
    add = distil.add_argument
    add(
        "--teacher",
        type=name,
        default="ms-marco-MiniLM-L12-v2-int8",
        help="scores the pairs: a name or a folder (%(default)s)",
    )
    add(
        "--student",
        type=name,
        required=True,
        help="layers:0,2,4 of the teacher, or a model to train on",
    )
    add("--start", default="", help="the model whose layers are kept (the teacher, in fp32)")
    add(
        "--text",
        nargs="+",
        default=["wikipedia"],
        help="wikipedia, helpdesk, a BEIR or .txt folder; several may be named (wikipedia)",
    )
    add("--pairs", type=int, default=12_000, help="to label and train on (%(default)s)")
    add(
        "--match",
        type=_numbers,
        default=(),
        help="teacher layers to copy, one per student layer, as in 0,5,11 (none)",
    )
    add(
        "--loss",
        choices=("mse", "margin-mse", "listwise"),
        default="mse",
        help="against the logits (%(default)s)",
    )
    add("--epochs", type=int, default=1, help="how often each pair is trained on (%(default)s)")
    add("--learning-rate", type=float, default=1e-4, help="the highest (%(default)s)")
    add("--bfloat16", action="store_true", help="faster where the processor has avx512_bf16 (off)")
    add("--seed", type=whole_number(0), default=0, help="of all draws (%(default)s)")
    add("--labels", type=Path, help="a file that keeps the teacher's logits for others (none)")
    add("--out", type=Path, required=True, help="the new folder of the student")
    distil.set_defaults(run=_distil, interrupted=GOES_ON)

    finetune = add_command(
        commands,
        "finetune",
        "train a cross-encoder further on judgements, and measure the gain",
        FINETUNE,
        "finetune --model xenc-distil-L3 --collection helpdesk --out tuned",
    )
    add = finetune.add_argument
    add(
        "--model",
        type=name,
        required=True,
        help="a name of the catalogue, hub id or folder, in PyTorch",
    )
    add("--collection", type=name, required=True, help="helpdesk, irds:ID or a BEIR folder")
    add(
        "--loss",
        choices=("pairwise", "bce", "mse", "margin-mse"),
        default="pairwise",
        help="pairwise: the relevant passage first; others: its label is 1 (%(default)s)",
    )
    add("--epochs", type=int, default=2, help="how often each query is trained on (%(default)s)")
    add("--learning-rate", type=float, default=1e-5, help="the highest (%(default)s)")
    add("--seed", type=whole_number(0), default=0, help="of the split and the order (%(default)s)")
    add("--out", type=Path, required=True, help="the new folder of the model")
    finetune.set_defaults(run=_finetune, interrupted=GOES_ON)


def _distil(options: argparse.Namespace) -> int:
    from xenc_course.training.distillation import distil
    from xenc_course.training.plan import Plan

    plan = Plan(
        options.teacher,
        options.student,
        tuple(options.text),
        n_pairs=options.pairs,
        start=options.start,
        match=options.match,
        loss=options.loss,
        epochs=options.epochs,
        learning_rate=options.learning_rate,
        bfloat16=options.bfloat16,
        seed=options.seed,
    )
    command = ["python", "-m", "xenc_course", *sys.argv[1:]]
    print(distil(plan, options.out, labels=options.labels, command=command, tell=_tell))
    return 0


def _finetune(options: argparse.Namespace) -> int:
    from xenc_course.text.collection import load_collection
    from xenc_course.training.finetuning import finetune

    tuned = finetune(
        options.model,
        load_collection(options.collection),
        options.out,
        loss=options.loss,
        epochs=options.epochs,
        learning_rate=options.learning_rate,
        seed=options.seed,
        tell=_tell,
    )
    print(tuned)
    return 0


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _numbers(text: str) -> tuple[int, ...]:
    """Whole numbers with commas between."""
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{shown(text)} is no list of layers: write numbers with commas, as in 0,5,11."
        ) from None
