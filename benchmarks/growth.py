"""How cost and memory of the course's int8 reranker grow with the number of pairs.

`growth.py SIZE` scores that many pairs in a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from environments import variables
from journal import Journal
from scipy.stats import linregress, t
from systems import COURSE
from worker import peak
from workloads import first_words

from xenc_course import Reranker, Table, compare, load_collection

BLOCK = 1024  # pairs: what a reranker sorts and scores together, so that all blocks are alike


def growth(journal: Journal, sizes: list[int], rounds: int) -> Table:
    """Measure time and memory for several numbers of pairs, and extrapolate to ten times as many.

    Args:
        journal: keeps each run.
        sizes: numbers of pairs, ascending.
        rounds: how often each is measured; the largest, which takes minutes, three times.

    Returns:
        One row per size: milliseconds per pair with their spread, and MB beyond the loaded model.
    """
    rows = []
    for size in sizes:
        times = min(rounds, 3) if size == sizes[-1] else rounds
        runs = [
            journal.once(f"growth {size} {n}", lambda size=size: _run(size)) for n in range(times)
        ]
        costs = [1000 * run["seconds"] / size for run in runs]
        memory = max(run["megabytes"] for run in runs)
        spread = f"{min(costs):.2f} to {max(costs):.2f}"
        rows.append((f"{size:,}", f"{np.median(costs):.2f}", spread, f"{memory:.0f}"))
    cost, error = extrapolated([run["blocks"] for run in runs], 10 * size)
    spread = f"extrapolated, {cost - error:.2f} to {cost + error:.2f}"
    rows.append((f"{10 * size:,}", f"{cost:.2f}", spread, ""))
    return Table(["pairs", "ms a pair", "spread", "MB beyond the loaded model"], rows)


def extrapolated(runs: list[list[float]], target: int) -> tuple[float, float]:
    """Foretell the cost of a longer run from the blocks of shorter ones.

    A line is fitted to the cost of a pair over its place in its run, so a cost that rises goes on
    rising. One line for several runs: in a single one the machine's clock drifts, too.

    Args:
        runs: of each the seconds of its blocks of `BLOCK` pairs; 3 blocks or more in all.
        target: the pairs of the longer run.

    Returns:
        Milliseconds per pair, and half the width of their 95 % interval.
    """
    costs = 1000 * np.concatenate(runs) / BLOCK
    places = np.concatenate([(np.arange(len(run)) + 0.5) * BLOCK for run in runs])
    line = linregress(places, costs)
    middle = target / 2  # the mean of a line is its value in the middle
    left = costs - line.intercept - line.slope * places
    noise = np.sqrt(left @ left / (len(costs) - 2))
    reach = (middle - places.mean()) ** 2 / ((places - places.mean()) ** 2).sum()
    error = t.ppf(0.975, len(costs) - 2) * noise * np.sqrt(1 / len(costs) + reach)
    return float(line.intercept + line.slope * middle), float(error)


def peak_share() -> str:
    """Compare the exact backend with PyTorch's product of fp32 matrices, on 256-token pairs.

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


def resident() -> float:
    """The memory of this process in megabytes; its peak on systems without /proc."""
    path = Path("/proc/self/statm")
    if not path.is_file():
        return peak() or 0.0
    return int(path.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def _run(size: int) -> dict:
    command = [sys.executable, __file__, str(size)]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, check=True, env=variables(COURSE)
    )
    return json.loads(done.stdout)


def _grown(size: int) -> dict:
    """Score a stream of `size` pairs: the seconds, those of each block, and how memory rose."""
    texts = list(load_collection("wikipedia").documents.values())
    reranker = Reranker("ms-marco-MiniLM-L12-v2", "onnx-int8")
    # Seven digits each, so that later queries are no longer than the first.
    queries = (f"query {1_000_000 + n}" for n in range(size))
    pairs = ((q, first_words(texts[n % len(texts)], 12)) for n, q in enumerate(queries))
    reranker.score([("a query", texts[0])] * 2, progress=False)
    before = highest = resident()
    started = time.perf_counter()
    scored, ends = 0, []

    def look(done: int) -> None:
        nonlocal highest, scored
        scored += done
        highest = max(highest, resident())
        if done and scored % BLOCK == 0:  # the reranker also reports that nothing more was read
            ends.append(time.perf_counter() - started)

    for _ in reranker.stream(pairs, look):
        pass
    seconds = time.perf_counter() - started
    blocks = np.diff([0.0, *ends]).tolist()
    return {"seconds": seconds, "blocks": blocks, "megabytes": highest - before}


if __name__ == "__main__":
    print(json.dumps(_grown(int(sys.argv[1]))))
