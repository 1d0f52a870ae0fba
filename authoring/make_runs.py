"""Make the runs that the package stores, with the evaluate command, and record how."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from xenc_course.assets.bundled_students import released
from xenc_course.assets.cache import cache_folder
from xenc_course.evaluation import stored_runs
from xenc_course.evaluation.experiment import Experiment, rerank_and_evaluate
from xenc_course.evaluation.stored_runs import INDEX, run_index
from xenc_course.files import file_sha256, write_lines
from xenc_course.retrieval.runs import read_run, write_run
from xenc_course.text.collection import load_collection

DECIMALS = 4  # of stored scores: a file shrinks to a third, and metrics keep their four digits
BI_ENCODER = "all-MiniLM-L6-v2"
BGE = "bge-small-en-v1.5-int8"
LATE_INTERACTION = "answerai-colbert-small-v1-int8"
LIBRARIES = ("torch", "sentence-transformers", "onnxruntime", "bm25s")


@dataclass(frozen=True)
class StoredRun:
    """One stored run: what evaluate ranks, with which first stage and model.

    Attributes:
        collection: its name.
        model: the name that `load_run` takes.
        first_stage: see `find_candidates`; the path of a run is relative to `data/runs`.
        depth: candidates per query.
        n_queries: how many are sampled; None means all.
        reranks: the model whose stored run is reranked; "" when the run is that of the first stage.
    """

    collection: str
    model: str
    first_stage: str
    depth: int
    n_queries: int | None = None
    reranks: str = ""

    @property
    def file(self) -> str:
        """Where the run lies, below `data/runs`."""
        over = f"-over-{self.reranks}" if self.reranks not in ("", BI_ENCODER) else ""
        return f"{self.collection}/{self.model}{over}.trec.gz"

    @property
    def command(self) -> str:
        """The command that makes the run, to be given in the folder `data/runs`."""
        parts = [f"python -m xenc_course evaluate --collection {self.collection}"]
        parts += [f"--first-stage {self.first_stage} --depth {self.depth}"]
        parts += [f"--queries {self.n_queries} --seed 0"] if self.n_queries else []
        parts += [f"--model {self.model}"] if self.reranks else []
        return " ".join([*parts, f"--out {self.file}"])


def _plans(collection: str, depth: int, queries: int | None) -> list[StoredRun]:
    """BM25 and bi-encoders rank all passages; other models rerank what all-MiniLM-L6-v2 found.

    L12 in int8 reranks what BM25 and bge found as well.
    """

    def over(first: str, model: str) -> StoredRun:
        found = f"{collection}/{first}.trec.gz"
        return StoredRun(collection, model, found, depth, queries, reranks=first)

    teachers = ("ms-marco-MiniLM-L12-v2-int8", "ms-marco-MiniLM-L12-v2")
    reranked = (LATE_INTERACTION, *sorted(released()), *teachers)
    return [
        StoredRun(collection, "bm25", "bm25", depth, queries),
        StoredRun(collection, BI_ENCODER, "bi-encoder", depth, queries),
        StoredRun(collection, BGE, BGE, depth, queries),
        *(over(BI_ENCODER, model) for model in reranked),
        *(over(first, teachers[0]) for first in ("bm25", BGE)),
    ]


def _students(collection: str, depth: int, queries: int | None) -> list[StoredRun]:
    """The course's students in int8 rerank what each bi-encoder found."""
    return [
        StoredRun(
            collection, f"{student}-int8", f"{collection}/{first}.trec.gz", depth, queries, first
        )
        for first in (BI_ENCODER, BGE)
        for student in sorted(released())
    ]


PLANS = (
    _plans("helpdesk", 50, None) + _plans("wikipedia", 20, 1000) + _students("wikipedia", 20, 1000)
)


def make_run(plan: StoredRun) -> None:
    """Make a stored run and record it; after a kill, the same call goes on where it was.

    Args:
        plan: the run; that of its first stage must be there already.

    Raises:
        FileNotFoundError: the run of the first stage is missing.
        ValueError: see `rerank_and_evaluate`.
    """
    target = stored_runs.RUNS / plan.file
    first_stage = plan.first_stage
    if plan.reranks:
        first_stage = str(stored_runs.RUNS / first_stage)
    unfinished = cache_folder() / "unfinished-runs" / plan.collection
    unfinished.mkdir(parents=True, exist_ok=True)
    out = unfinished / Path(plan.file).name.removesuffix(".gz")
    experiment = Experiment(
        first_stage,
        plan.model if plan.reranks else None,
        depth=plan.depth,
        n_queries=plan.n_queries,
    )
    outcome = rerank_and_evaluate(load_collection(plan.collection), experiment, out)
    print(outcome)
    run = read_run(out)
    rounded = {
        query: {document: round(score, DECIMALS) for document, score in scores.items()}
        for query, scores in run.items()
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    write_run(rounded, target, tag=plan.model)
    _record(plan, rounded)
    out.unlink()


def _record(plan: StoredRun, run: dict[str, dict[str, float]]) -> None:
    entry = {
        "collection": plan.collection,
        "model": plan.model,
        "first_stage": plan.reranks,
        "file": plan.file,
        "sha256": file_sha256(stored_runs.RUNS / plan.file),
        "queries": len(run),
        "pairs": sum(map(len, run.values())),
        "command": plan.command,
        "decimals": DECIMALS,
        "versions": {library: version(library) for library in LIBRARIES},
    }
    recorded = run_index() if (stored_runs.RUNS / INDEX).is_file() else []
    entries = {e["file"]: e for e in recorded} | {plan.file: entry}
    order = [p.file for p in PLANS]
    kept = sorted(entries.values(), key=lambda e: order.index(e["file"]))
    write_lines(stored_runs.RUNS / INDEX, [json.dumps(kept, indent=2)])
