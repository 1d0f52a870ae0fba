"""The command `evaluate`: rerank a collection's candidates with models, and measure the result."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from .measuring import add_collection, add_output, judgements_note, load, show
from .parsers import add_command, name, whole_number

BACKENDS = ("auto", "torch", "onnx", "onnx-int8", "openvino")

DESCRIPTION = """\
Rerank the candidates of a first stage with one model or several, and print
measures with 95 % intervals. The first metric decides the comparison.

Killed or interrupted, the same command goes on where it was. A run that is
whole already is measured, and not made again."""

EXAMPLE = """\
evaluate --collection helpdesk --first-stage bm25 \\
      --model ms-marco-MiniLM-L12-v2-int8 --depth 20 --out helpdesk.trec"""


def add_commands(commands: argparse._SubParsersAction) -> None:
    """Add `evaluate` to the course's commands."""
    summary = "rerank a collection's candidates with models and measure the result"
    parser = add_command(commands, "evaluate", summary, DESCRIPTION, EXAMPLE)
    add_collection(parser)
    _add_first_stage(parser)
    _add_models(parser)
    add_output(parser).add_argument(
        "--metrics",
        nargs="+",
        metavar="METRIC",
        help="as ir_measures writes them (nDCG@10 RR@10 AP R@100 Judged@10)",
    )
    parser.set_defaults(
        run=_evaluate, interrupted="Interrupted: the same command goes on where it was."
    )


def _add_first_stage(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("the first stage").add_argument
    add(
        "--first-stage",
        type=name,
        default="bm25",
        help="bm25, bi-encoder, a bi-encoder's name, hub id or folder, judged, a TREC run (bm25)",
    )
    add(
        "--depth",
        type=whole_number(1),
        default=100,
        help="candidates per query that a model reads (100)",
    )
    add("--queries", type=whole_number(1), metavar="N", help="a sample of N queries (all)")
    add("--seed", type=whole_number(0), default=0, help="of the sample (0)")
    add(
        "--own-document",
        choices=("drop", "keep"),
        default="drop",
        help="the document that has the id of the query, as in ArguAna: BEIR drops it (drop)",
    )


def _add_models(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("the models").add_argument
    add(
        "--model",
        type=name,
        nargs="+",
        metavar="MODEL",
        help="names of the catalogue, hub ids or folders (none: the first stage alone)",
    )
    add(
        "--backend",
        choices=BACKENDS,
        default="auto",
        help="auto: the faster exact one; openvino needs that package (auto)",
    )
    add("--no-titles", action="store_true", help="give the model the text without its title")
    add(
        "--out",
        type=Path,
        help="the TREC run to write, gzip if it ends in .gz; for several models a folder, which "
        "gets a file MODEL.trec for each",
    )
    add(
        "--keep-tail",
        action="store_true",
        help="let the first stage find 1,000 passages; those that no model reads follow below",
    )
    add(
        "--fusion-weight",
        type=float,
        metavar="W",
        help="rank by W · model + (1 − W) · first stage, both scaled to 0…1 per query "
        "(none: the model alone)",
    )


def _evaluate(options: argparse.Namespace) -> int:
    from xenc_course.evaluation.experiment import rerank_and_evaluate
    from xenc_course.evaluation.metrics import METRICS
    from xenc_course.evaluation.plan import Experiment
    from xenc_course.evaluation.run_file import run_paths

    experiment = Experiment(
        options.first_stage,
        tuple(options.model) if options.model else None,
        depth=options.depth,
        n_queries=options.queries,
        seed=options.seed,
        titles=not options.no_titles,
        metrics=tuple(options.metrics or METRICS),
        backend=options.backend,
        own_document=options.own_document,
        keep_tail=options.keep_tail,
        fusion_weight=options.fusion_weight,
        condensed=options.condensed,
        rel=options.rel,
    )
    rankers = experiment.models or (experiment.first_name,)
    runs = [options.out, *run_paths(options.out, rankers)] if options.out is not None else []
    outcome = rerank_and_evaluate(load(options, *runs), experiment, options.out)
    show(replace(outcome, notes=(*outcome.notes, judgements_note(options))), options)
    return 0
