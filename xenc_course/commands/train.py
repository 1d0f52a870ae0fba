"""The commands `distil` and `finetune`: make a small cross-encoder, or train one further."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def add_commands(commands: argparse._SubParsersAction) -> None:
    """Add `distil` and `finetune` to the course's commands."""
    distil = commands.add_parser(
        "distil",
        help="train a small cross-encoder to score as a large one does, on text of yours",
        description="Make queries from passages, mine negatives, let the teacher score the pairs, "
        "train the student on the scores. Killed and started again, it goes on where it was.",
    )
    add = distil.add_argument
    add("--teacher", default="ms-marco-MiniLM-L12-v2-int8", help="scores the pairs (L12 in int8)")
    add("--student", required=True, help="layers:0,2,4 of the teacher, or a model to train on")
    add("--start", default="", help="the model whose layers are kept (the teacher, in fp32)")
    add(
        "--text",
        nargs="+",
        default=["wikipedia"],
        help="wikipedia, helpdesk, a BEIR or .txt folder",
    )
    add("--pairs", type=int, default=12_000, help="to label and train on (12,000)")
    add("--match", type=_numbers, default=(), help="teacher layers to copy, one per student layer")
    add("--loss", choices=("mse", "margin-mse"), default="mse", help="against the logits (mse)")
    add("--epochs", type=int, default=1)
    add("--learning-rate", type=float, default=1e-4)
    add("--bfloat16", action="store_true", help="faster where the processor has avx512_bf16")
    add("--seed", type=int, default=0)
    add("--labels", type=Path, help="a file that keeps the teacher's logits for the next student")
    add("--out", type=Path, required=True, help="the new folder of the student")
    distil.set_defaults(run=_distil)

    finetune = commands.add_parser(
        "finetune", help="train a cross-encoder further on judgements, and measure the gain"
    )
    add = finetune.add_argument
    add("--model", required=True, help="a name of the catalogue, hub id or folder, in PyTorch")
    add("--collection", required=True, help="helpdesk, irds:ID or a BEIR folder")
    add("--loss", choices=("pairwise", "bce", "mse", "margin-mse"), default="pairwise")
    add("--epochs", type=int, default=2)
    add("--learning-rate", type=float, default=1e-5)
    add("--seed", type=int, default=0, help="of the split and the order (0)")
    add("--out", type=Path, required=True, help="the new folder of the model")
    finetune.set_defaults(run=_finetune)


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
    command = " ".join(["python -m xenc_course", *sys.argv[1:]])
    print(distil(plan, options.out, labels=options.labels, command=command))
    return 0


def _finetune(options: argparse.Namespace) -> int:
    from xenc_course.text.collection import load_collection
    from xenc_course.training.finetuning import finetune

    comparison = finetune(
        options.model,
        load_collection(options.collection),
        options.out,
        loss=options.loss,
        epochs=options.epochs,
        learning_rate=options.learning_rate,
        seed=options.seed,
    )
    print(comparison)
    return 0


def _numbers(text: str) -> tuple[int, ...]:
    """Whole numbers with commas between."""
    return tuple(int(part) for part in text.split(","))
