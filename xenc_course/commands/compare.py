"""The command `compare`: are runs that are there already better than the first of them?"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from .measuring import add_collection, add_output, judgements_note, load, show
from .parsers import add_command, whole_number

DESCRIPTION = """\
Compare TREC runs with the first of them, query by query: paired differences
with 95 % intervals, p of the sign-flip test (Holm's method when there are
several), and whether a difference is too small to matter."""

EXAMPLE = """\
compare --collection helpdesk bm25.trec L12.trec L6.trec \\
      --metric nDCG@10 --margin 0.01"""


def add_commands(commands: argparse._SubParsersAction) -> None:
    """Add `compare` to the course's commands."""
    summary = "compare TREC runs with the first of them"
    parser = add_command(commands, "compare", summary, DESCRIPTION, EXAMPLE)
    add = parser.add_argument
    add("runs", nargs="+", type=Path, metavar="RUN", help="TREC runs; the first is the baseline")
    add("--metric", default="nDCG@10", help="as ir_measures writes it (nDCG@10)")
    add(
        "--margin",
        type=float,
        default=0.01,
        help="the smallest difference that matters; choose it before you look (0.01)",
    )
    add("--seed", type=whole_number(0), default=0, help="of the resampling (0)")
    add_collection(parser)
    add_output(parser)
    parser.set_defaults(run=_compare)


def _compare(options: argparse.Namespace) -> int:
    from xenc_course.evaluation.run_contest import compare_run_files

    outcome = compare_run_files(
        options.runs,
        load(options, *options.runs),
        options.metric,
        margin=options.margin,
        condensed=options.condensed,
        rel=options.rel,
        seed=options.seed,
    )
    show(replace(outcome, notes=(*outcome.notes, judgements_note(options))), options)
    return 0
