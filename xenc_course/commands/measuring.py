"""What the commands evaluate and compare share: a collection, how it is measured, what is shown."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .parsers import name

if TYPE_CHECKING:
    from xenc_course.evaluation.outcome import Outcome
    from xenc_course.text.collection import Collection


def add_collection(parser: argparse.ArgumentParser) -> None:
    """Add what says where texts and judgements are."""
    group = parser.add_argument_group("the collection")
    add = group.add_argument
    add(
        "--collection",
        type=name,
        required=True,
        help="helpdesk, wikipedia, irds:ID or a BEIR folder",
    )
    add(
        "--qrels",
        type=Path,
        help="judgements in BEIR's or TREC's form, a file in the folder (qrels/test.tsv)",
    )
    add(
        "--unknown-ids",
        choices=("refuse", "keep"),
        default="refuse",
        help="judgements of documents whose text is missing (refuse)",
    )


def add_output(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Add how it is measured and what is shown of it; the group can take more options."""
    group = parser.add_argument_group("measures and output")
    add = group.add_argument
    add(
        "--rel",
        type=int,
        default=1,
        metavar="N",
        help="the lowest grade that RR, AP, P and R count as relevant (1); TREC DL takes 2",
    )
    add(
        "--condensed",
        action="store_true",
        help="measure a second time with passages left out that nobody has judged",
    )
    add(
        "--per-query",
        type=Path,
        metavar="FILE",
        help="write every query's values: run, metric, query and value between tabs",
    )
    add("--json", action="store_true", help="print one JSON object in place of tables")
    return group


def load(options: argparse.Namespace, *kept: Path | None) -> Collection:
    """Load the collection, after a look at what is to be written.

    Args:
        options: of the command.
        *kept: the runs that it reads or writes, which the values of the queries must not replace.

    Raises:
        FileNotFoundError: there is no folder for the values of the queries.
        ValueError: they would replace something else; and what `load_collection` raises.
    """
    from xenc_course.text.collection import load_collection

    if options.per_query is not None:
        _check_per_query(options.per_query, [path for path in kept if path is not None])
    return load_collection(options.collection, qrels=options.qrels, unknown_ids=options.unknown_ids)


def _check_per_query(path: Path, runs: Sequence[Path]) -> None:
    """Refuse a file for the values of the queries that is anything but such a file, or new."""
    from xenc_course.evaluation.outcome_files import is_per_query

    if not path.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {path.parent} for --per-query: make it first.")
    if path.is_dir():
        raise ValueError(f"{path} is a folder: name a file for --per-query.")
    if any(path.resolve() == run.resolve() for run in runs):
        raise ValueError(f"{path} is the file of a run: choose another file for --per-query.")
    if path.exists() and not (path.is_file() and is_per_query(path)):
        raise ValueError(
            f"{path} exists and holds no values of queries: choose another file for --per-query."
        )


def show(outcome: Outcome, options: argparse.Namespace) -> None:
    """Print an outcome as it was asked for, and write the values of its queries."""
    from xenc_course.evaluation.outcome_files import outcome_json, write_per_query

    if options.per_query is not None:
        write_per_query(outcome, options.per_query)
    print(outcome_json(outcome) if options.json else outcome)


def judgements_note(options: argparse.Namespace) -> str:
    """Where the judgements come from, in a sentence."""
    folder = Path(options.collection).expanduser()
    if options.qrels is None and not folder.is_dir():
        return f"The judgements are those of {options.collection}."
    return f"The judgements are in {folder / (options.qrels or 'qrels/test.tsv')}."
