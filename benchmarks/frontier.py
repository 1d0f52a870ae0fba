"""Measure the frontier of quality against cost: `make frontier`.

A cheap model orders a query's hundred candidates, and L12 in int8 reads the best few. For each
cheap model and each depth: nDCG@10 on judged collections, its difference from L12 on all hundred,
and how many times as fast it is as `CrossEncoder.predict` on the same candidates. Runs lie in
benchmarks/.rounds/frontier, and a call that was killed goes on where it was. The result is
written to xenc_course/data/frontier.json.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from machine import machine, versions
from ours import StoredVectors
from workloads import found

from xenc_course import (
    Collection,
    LateInteraction,
    Reranker,
    Table,
    cascade,
    compare,
    compare_runs,
    load_collection,
    load_cross_encoder,
    read_run,
)
from xenc_course.evaluation.experiment import rerank_and_evaluate
from xenc_course.evaluation.frontier import FRONTIER, REFERENCE as ALL
from xenc_course.evaluation.plan import Experiment
from xenc_course.files import write_lines
from xenc_course.retrieval.first_stage import find_candidates
from xenc_course.retrieval.rerank import rerank
from xenc_course.retrieval.runs import Run, ranked, write_run
from xenc_course.scoring.cascade import AT_LEAST
from xenc_course.scoring.pairs import Pair
from xenc_course.scoring.scorers import Scorer

HERE = Path(__file__).parent
L12, L6, L3 = "ms-marco-MiniLM-L12-v2", "xenc-distil-L6-int8", "xenc-distil-L3-int8"
DEPTH = 100
BASELINE = "CrossEncoder.predict"
KEEPS = (0, 5, 10, 20, 50)
# Of MaxSim. On scifact (see `tuned`) no margin loses nDCG@10; this one reads 14 passages a query.
MARGIN = 0.1
MOST = 30  # passages that L12 reads where the margin decides
VECTORS, LATE, POOLED = (
    "stored vectors",
    "late interaction",
    "late interaction, two tokens a vector",
)
QUERIES, TIMED = 1_000, 4  # of Wikipedia
TUNING = 100  # queries that a margin is chosen on


@dataclass(frozen=True)
class Task:
    """A collection and the candidates of its queries.

    Attributes:
        collection: its judged queries.
        candidates: a hundred of each query.
        runs: name of a scorer -> its run over the candidates.
    """

    collection: Collection
    candidates: Run
    runs: dict[str, Run]


def wikipedia_candidates(folder: Path) -> tuple[Collection, str]:
    """Queries of Wikipedia, and the file of their candidates, which stored vectors have found."""
    collection = load_collection("wikipedia").sample(QUERIES, seed=0)
    file = folder / "wikipedia-candidates.trec"
    if not file.is_file():
        run = found(collection)
        best = {q: {name: run[q][name] for name in ranked(run[q])[:DEPTH]} for q in run}
        write_run(best, file, tag="all-MiniLM-L6-v2")
    return collection, str(file)


def make_task(
    collection: Collection, first_stage: str, folder: Path, models: Sequence[str] = (L12, L6, L3)
) -> Task:
    """Score the candidates of a collection with every model.

    Args:
        collection: it is judged.
        first_stage: see `find_candidates`.
        folder: for the runs of cross-encoders, which take minutes.
        models: the cross-encoders.
    """
    runs: dict[str, Run] = {}
    for model in models:
        out = folder / f"{Path(collection.name).name}-{model}.trec"
        backend = "onnx-int8" if model == L12 else "auto"
        experiment = Experiment(first_stage, model, DEPTH, backend=backend)
        print(rerank_and_evaluate(collection, experiment, out), flush=True)
        runs[model] = read_run(out)
    chosen = collection.select(list(runs[L12]))
    passages = chosen.passages()
    candidates = find_candidates(first_stage, chosen, passages, DEPTH)[0]
    read = {passages[document] for scores in candidates.values() for document in scores}
    late, pooled = (LateInteraction(folder=folder / f"pool-{n}", pool=n) for n in (1, 2))
    for each in (late, pooled):
        each.store(sorted(read), progress=True)
    for name, scorer in ((VECTORS, StoredVectors()), (LATE, late), (POOLED, pooled)):
        runs[name] = rerank(candidates, chosen.queries, passages, scorer, progress=True)
    return Task(chosen, candidates, runs)


def cascaded(runs: dict[str, Run], plan: Callable[[Scorer, Scorer], Scorer], cheap: str) -> Run:
    """Compute the run of a cascade from the runs of its two models.

    Args:
        runs: name -> run.
        plan: makes the cascade from two scorers of (query id, document id) pairs.
        cheap: the name of the cheap run.
    """

    def known(run: Run) -> Scorer:
        return lambda pairs: np.array([run[query][document] for query, document in pairs])

    joined = plan(known(runs[cheap]), known(runs[L12]))
    found = {}
    for query, scores in runs[cheap].items():
        pairs = [(query, document) for document in scores]
        found[query] = dict(zip(scores, joined(pairs).tolist(), strict=True))
    return found


def plans() -> dict[tuple[str, str], Callable[[Scorer, Scorer], Scorer]]:
    """The points: (cheap model, depth) -> what joins a cheap scorer and L12."""
    fixed = {
        (cheap, str(keep)): (lambda fast, strong, keep=keep: kept(fast, strong, keep))
        for cheap in (VECTORS, LATE, POOLED, L3, L6)
        for keep in KEEPS
    }
    adaptive = (LATE, f"{AT_LEAST} to {MOST}")
    return fixed | {adaptive: lambda fast, strong: cascade(fast, strong, MOST, MARGIN)}


def kept(fast: Scorer, strong: Scorer, keep: int) -> Scorer:
    """A cascade, or the cheap scorer alone where nothing is kept."""
    return cascade(fast, strong, keep) if keep else fast


def qualities(task: Task) -> dict[tuple[str, str], dict[str, float]]:
    """nDCG@10 of every point, and its difference from L12 on all candidates."""
    runs = {
        " | ".join(point): cascaded(task.runs, plan, point[0]) for point, plan in plans().items()
    }
    contest = compare_runs(runs, {ALL: task.runs[L12]}, task.collection, "nDCG@10", margin=0.01)
    found = {}
    for point in plans():
        one = contest[" | ".join(point)]
        names = ("mean", "difference", "low", "high", "inner_low", "inner_high", "state")
        found[point] = {name: rounded(getattr(one, name)) for name in names}
    found[ALL, str(DEPTH)] = {"mean": rounded(one.baseline_mean)}
    return found


def reads(run: Run, plan: Callable[[Scorer, Scorer], Scorer]) -> float:
    """How many passages per query L12 reads in a cascade over a cheap run, on average."""
    counted = []

    def strong(pairs: Sequence[Pair]) -> np.ndarray:
        counted.append(len(pairs))
        return np.zeros(len(pairs))

    for query, scores in run.items():
        values = np.array(list(scores.values()))
        plan(lambda pairs, values=values: values, strong)([(query, name) for name in scores])
    return rounded(sum(counted) / len(run))


def speeds(task: Task, rounds: int) -> tuple[dict[tuple[str, str], list[float]], float]:
    """Time all points and `predict` in turn.

    Passages' vectors are there before; queries are read anew each time, and no score is remembered.

    Returns:
        How many times as fast as `predict` every point is: median, lowest and highest of the
        rounds; and the milliseconds of `predict` per query.
    """
    queries = list(task.candidates)[:TIMED]
    work = [
        [(task.collection.queries[query], task.collection.passage(name)) for name in scores]
        for query, scores in task.candidates.items()
        if query in queries
    ]
    cheap: dict[str, Scorer] = {
        VECTORS: StoredVectors(),
        LATE: LateInteraction(),
        POOLED: LateInteraction(pool=2),
        L3: Reranker(L3, cache=0),
        L6: Reranker(L6, cache=0),
    }
    strong = Reranker(L12, "onnx-int8", cache=0)
    ways: dict[tuple[str, str], Scorer] = {
        point: plan(cheap[point[0]], strong) for point, plan in plans().items()
    }
    ways[ALL, str(DEPTH)] = strong
    predict = load_cross_encoder(L12, device="cpu").predict
    timed = compare(
        {BASELINE: lambda: [predict(pairs) for pairs in work]}
        | {
            " | ".join(p): lambda way=way: [way(pairs) for pairs in work] for p, way in ways.items()
        },
        repeats=rounds,
    )
    found = {}
    for point in ways:
        ratios = timed.ratios(" | ".join(point))
        found[point] = [rounded(value) for value in (np.median(ratios), ratios.min(), ratios.max())]
    return found, rounded(1000 * timed[BASELINE].median / len(work))


def stored_bytes(task: Task) -> dict[str, float]:
    """Bytes per passage that a cheap model stores, over the candidates of some queries."""
    lists = list(task.candidates.values())[:TIMED]
    passages = [task.collection.passage(name) for scores in lists for name in scores]
    return {
        VECTORS: 384.0,  # 8-bit integers, as `load_vectors` stores them
        LATE: mean_bytes(LateInteraction(), passages),
        POOLED: mean_bytes(LateInteraction(pool=2), passages),
    }


def mean_bytes(late: LateInteraction, passages: Sequence[str]) -> float:
    """Bytes that the token vectors of a passage take, on average."""
    return float(np.mean([late.bytes_stored(text) for text in passages]))


def measured(tasks: dict[str, Task], rounds: int) -> dict[str, object]:
    """Everything about every point, as `load_frontier` reads it."""
    quality = {title: qualities(task) for title, task in tasks.items()}
    timed, predict = speeds(tasks["wikipedia"], rounds)
    stored = stored_bytes(tasks["wikipedia"])
    found = []
    for point, times in timed.items():
        cheap, keep = point
        read = {
            title: float(DEPTH) if cheap == ALL else reads(task.runs[cheap], plans()[point])
            for title, task in tasks.items()
        }
        found.append(
            {
                "cheap": cheap,
                "keep": keep,
                "reads": read,
                "bytes": stored.get(cheap, 0.0),
                "times": times,
                "quality": {title: each[point] for title, each in quality.items()},
            }
        )
    sizes = {title: len(task.candidates) for title, task in tasks.items()}
    return {"queries": sizes, "predict_ms": predict, "points": found}


def tuned(task: Task) -> Table:
    """What every margin reads and loses: choose on a collection that nothing is tested on."""
    rows = []
    for most in (20, 30, 50):
        for margin in (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, np.inf):

            def plan(
                fast: Scorer, strong: Scorer, most: int = most, margin: float = margin
            ) -> Scorer:
                return cascade(fast, strong, most, margin)

            run = cascaded(task.runs, plan, LATE)
            one = compare_runs(
                {"cascade": run}, {ALL: task.runs[L12]}, task.collection, "nDCG@10", margin=0.01
            )["cascade"]
            interval = f"{one.inner_low:+.4f} to {one.inner_high:+.4f}"
            read = reads(task.runs[LATE], plan)
            rows.append((most, margin, f"{read:.1f}", f"{one.difference:+.4f}", interval))
    return Table(["at most", "margin", "reads", "difference of nDCG@10", "90 % interval"], rows)


def rounded(value: float | str) -> float | str:
    """A number with four digits after the point; a word as it is."""
    return value if isinstance(value, str) else round(float(value), 4)


def main() -> None:
    """Measure, and write the frontier; or show what the margin costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--judged",
        nargs=3,
        metavar=("FOLDER", "QRELS", "RUN"),
        help="a human-judged collection, its judgements and its first stage",
    )
    parser.add_argument(
        "--tune", nargs=2, metavar=("FOLDER", "RUN"), help="show what margins read and lose"
    )
    parser.add_argument("--rounds", type=int, default=7, help="of the timing (default: 7)")
    options = parser.parse_args()
    folder = HERE / ".rounds" / "frontier"
    folder.mkdir(parents=True, exist_ok=True)
    if options.tune:
        where, run = options.tune
        folder = folder / "tuning"  # other queries than those of the same collection under --judged
        folder.mkdir(exist_ok=True)
        sample = load_collection(where).sample(TUNING, seed=0)
        print(tuned(make_task(sample, run, folder, models=(L12,))))
        return
    tasks = {
        "wikipedia": make_task(*wikipedia_candidates(folder), folder),
        "helpdesk": make_task(load_collection("helpdesk"), "bi-encoder", folder),
    }
    if options.judged:
        where, qrels, run = options.judged
        collection = load_collection(where, qrels=qrels, unknown_ids="keep")
        tasks[Path(where).name] = make_task(collection, run, folder)
    result = {
        "machine": machine(),
        "versions": versions(),
        "command": "make frontier",
        "rounds": options.rounds,
        **measured(tasks, options.rounds),
    }
    write_lines(FRONTIER, [json.dumps(result, indent=1)])


if __name__ == "__main__":
    main()
