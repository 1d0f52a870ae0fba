"""The command `evaluate`: rerank a collection's candidates with a model, and measure the result."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_commands(commands: argparse._SubParsersAction) -> None:
    """Add `evaluate` to the course's commands."""
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
    add("--depth", type=int, default=100, help="candidates per query (100)")
    add("--queries", type=int, metavar="N", help="a sample of N queries (all)")
    add("--seed", type=int, default=0, help="of the sample (0)")
    add("--qrels", type=Path, help="judgements, a file in the folder (qrels/test.tsv)")
    add(
        "--unknown-ids",
        choices=("refuse", "keep"),
        default="refuse",
        help="judgements of documents whose text is missing (refuse)",
    )
    add("--metrics", nargs="+", metavar="METRIC", help="as ir_measures writes them: nDCG@10 RR@10")
    add("--no-titles", action="store_true", help="give the model the text without its title")
    evaluation.set_defaults(run=_evaluate)


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
