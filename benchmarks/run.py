"""Compare ways to rerank with the same L12 weights: `make bench`.

Each system has a process of its own. They score the same pairs in turn, round by round, so a slow
moment of the machine affects all of them. Times are ratios to `CrossEncoder.predict` in the same
round. Results are written to benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr
from systems import STUDENT, SYSTEMS

from xenc_course import Reranker, Table, compare, load_collection
from xenc_course.files import write_lines
from xenc_course.models.catalogue import MODELS

HERE = Path(__file__).parent
BASELINE = "CrossEncoder.predict"
PER_QUERY = 100
Workload = list[tuple[str, list[str]]]


class Worker:
    """The process of one system (see `worker.py`)."""

    def __init__(self, name: str) -> None:
        """Start the process of a system, by its name in `SYSTEMS`; it loads nothing yet."""
        command = [sys.executable, str(HERE / "worker.py"), name]
        self._said = tempfile.TemporaryFile("w+", errors="replace")  # noqa: SIM115, see close
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said, text=True
        )

    def ask(self, **command: object) -> dict:
        """Send a command and wait for its answer.

        Args:
            command: "load" or "score" with its data, see `worker.py`.

        Raises:
            RuntimeError: the process has ended; the message ends with the last line that it wrote.
        """
        print(json.dumps(command), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            code = self._process.wait()
            self._said.seek(0)
            said = (self._said.read().strip().splitlines() or ["nothing"])[-1]
            raise RuntimeError(f"{self._process.args[-1]} ended with {code}: {said}")
        return json.loads(line)

    def close(self) -> None:
        """End the process."""
        self._process.stdin.close()
        self._process.wait()
        self._said.close()


def workloads(queries: int) -> dict[str, Workload]:
    """Make the workloads: Wikipedia queries with 100 passages each.

    The passages of a query are drawn at random, because their ranking does not change the time.

    Args:
        queries: how many queries the first two workloads have.

    Returns:
        title -> workload: passages of mixed length, passages of 30 words, and one query.
    """
    wikipedia = load_collection("wikipedia").sample(queries, seed=0)
    texts = list(wikipedia.documents.values())
    draw = np.random.default_rng(0)
    mixed = [
        (query, [texts[place] for place in draw.choice(len(texts), PER_QUERY, replace=False)])
        for query in wikipedia.queries.values()
    ]
    short = [(query, [_first(text, 30) for text in passages]) for query, passages in mixed]
    return {
        f"{queries * PER_QUERY:,} pairs of mixed length": mixed,
        f"{queries * PER_QUERY:,} pairs, passages of 30 words": short,
        "100 passages of 60 words, one query": [(mixed[0][0], _longer(texts, 60))],
    }


def race(names: list[str], work: Workload, rounds: int) -> Table:
    """Time systems on one workload.

    Args:
        names: of the systems, with the baseline among them.
        work: what they score.
        rounds: how many are counted, after one that warms up.

    Returns:
        One row per system: times as fast as the baseline (median, range), pairs per second, mean
        Spearman correlation with the baseline's scores, peak memory in MB, and a note.

    Raises:
        RuntimeError: a system's process has ended.
    """
    workers = {name: Worker(name) for name in names}
    notes = {n: w.ask(load=work[0][1][:24])["note"] for n, w in workers.items()}
    answers: dict[str, list[dict]] = {name: [] for name in names}
    for _ in range(rounds + 1):  # the first round warms up and is not counted
        for name, worker in workers.items():
            answers[name].append(worker.ask(score=work))
    for worker in workers.values():
        worker.close()
    base = np.array([answer["seconds"] for answer in answers[BASELINE][1:]])
    exact = answers[BASELINE][-1]["scores"]
    pairs = sum(len(passages) for _, passages in work)
    rows = []
    for name in names:
        seconds = np.array([answer["seconds"] for answer in answers[name][1:]])
        ratios = base / seconds
        scores = answers[name][-1]["scores"]
        rho = np.mean([spearmanr(a, b).statistic for a, b in zip(scores, exact, strict=True)])
        peak = max(answer["peak"] for answer in answers[name])
        spread = f"{ratios.min():.2f} to {ratios.max():.2f}"
        speed = f"{pairs / np.median(seconds):.0f}"
        rows.append(
            (name, f"{np.median(ratios):.2f}", spread, speed, f"{rho:.3f}", f"{peak:.0f}",
             notes[name])
        )  # fmt: skip
    columns = ["system", "times as fast", "spread", "pairs/s", "rho", "peak MB", "how"]
    return Table(columns, rows)


def growth(sizes: list[int]) -> Table:
    """Measure time and memory for several numbers of pairs, in int8.

    Args:
        sizes: numbers of pairs.

    Returns:
        One row per size: milliseconds per pair, and MB beyond the loaded model.
    """
    rows = []
    for size in sizes:
        program = (
            "import sys; sys.path.insert(0, sys.argv[1])\n"
            "from run import grown; grown(int(sys.argv[2]))"
        )
        done = subprocess.run(
            [sys.executable, "-c", program, str(HERE), str(size)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        seconds, grown_by = map(float, done.stdout.split())
        rows.append((f"{size:,}", f"{1000 * seconds / size:.2f}", f"{grown_by:.0f}"))
    return Table(["pairs", "ms a pair", "MB beyond the loaded model"], rows)


def grown(size: int) -> None:
    """Score a stream of `size` pairs; print the seconds and the MB by which memory rose at most."""
    from worker import resident

    texts = list(load_collection("wikipedia").documents.values())
    reranker = Reranker("ms-marco-MiniLM-L12-v2-int8")
    pairs = ((f"query {n}", _first(texts[n % len(texts)], 12)) for n in range(size))
    reranker.score([("a query", texts[0])] * 2, progress=False)
    before = highest = resident()

    def look(done: int) -> None:
        nonlocal highest
        highest = max(highest, resident())

    for _ in reranker.stream(pairs, look):
        pass
    print(reranker.report.seconds, highest - before)


def peak_share() -> str:
    """Compare the exact backend with the peak of fp32 matrix products, on 256-token pairs.

    Returns:
        A sentence with both in GFLOP/s.
    """
    import torch

    texts = " ".join(list(load_collection("wikipedia").documents.values())[:60]).split()
    pairs = [("a query", " ".join(texts[n : n + 400])) for n in range(0, 1600, 100)]
    tokens = 256
    reranker = Reranker("ms-marco-MiniLM-L12-v2", "onnx", batch_tokens=tokens)
    tokenizer = reranker.tokenizer
    tokenizer._joiner.enable_truncation(tokens, strategy="only_second")
    flops = 12 * (24 * 384**2 + 4 * 384 * tokens) * tokens  # of a pair: see lesson 02
    n = 1536
    left, right = torch.randn(n, n), torch.randn(n, n)
    products = -(-flops * len(pairs) // (2 * n**3))  # as much arithmetic as the scoring has
    # In turn, and each long enough for the processor's clock to settle; the fastest round counts.
    timed = compare(
        {
            "products": lambda: [left @ right for _ in range(products)],
            "scoring": lambda: reranker(pairs),
        },
        repeats=9,
    )
    peak = products * 2 * n**3 / min(timed["products"].samples)
    reached = flops * len(pairs) / min(timed["scoring"].samples)
    return (
        f"fp32 matrix product: {peak / 1e9:.0f} GFLOP/s; ours, onnx on pairs of {tokens} tokens: "
        f"{reached / 1e9:.0f} GFLOP/s, {reached / peak:.0%} of it."
    )


def machine() -> str:
    """Name the processor, its cores, the system and the versions of libraries, in a sentence."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.is_file() else []
    model = next((line.split(":")[1].strip() for line in lines if "model name" in line), "")
    flags = next((line for line in lines if line.startswith("flags")), "")
    extras = [flag for flag in ("avx2", "avx512f", "avx512_vnni", "amx_int8") if flag in flags]
    libraries = ("torch", "sentence-transformers", "onnxruntime", "tokenizers")
    versions = ", ".join(f"{library} {version(library)}" for library in libraries)
    name = f"{model or platform.processor()} ({', '.join(extras)})"
    return f"{name}, {os.cpu_count()} cores, {platform.system()}; {versions}."


def main() -> None:
    """Print the tables and write them to RESULTS.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the work, to try it out")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    names = [name for name in SYSTEMS if STUDENT in MODELS or "L3" not in name]
    lines = ["# Benchmark", "", f"Made by `make bench` on {machine()}", ""]
    lines += [
        "Times are ratios to `CrossEncoder.predict` in the same round: median and range. rho is "
        "the mean Spearman correlation with its scores, query by query.",
    ]
    for title, work in workloads(1 if options.quick else 10).items():
        table = race(names, work, 1 if options.quick else options.rounds)
        print(f"\n{title}\n{table}", flush=True)
        lines += ["", f"## {title}", "", *table.markdown()]
    share = peak_share()
    table = growth([100, 1_000] if options.quick else [100, 1_000, 10_000, 100_000])
    print(f"\n{share}\n\n{table}")
    lines += ["", share, "", "## Cost against the number of pairs, int8", "", *table.markdown()]
    if not options.quick:
        write_lines(HERE / "RESULTS.md", lines)


def _first(text: str, words: int) -> str:
    return " ".join(text.split()[:words])


def _longer(texts: list[str], words: int) -> list[str]:
    return [_first(text, words) for text in texts if len(text.split()) >= words][:PER_QUERY]


if __name__ == "__main__":
    main()
