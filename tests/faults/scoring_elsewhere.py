"""A program that scores in other processes and threads than the one that made the reranker.

    python -m tests.faults.scoring_elsewhere FOLDER WAY ...

A WAY is a function of this module, FOLDER a cross-encoder. It prints for each way the largest
difference from the scores of the process that made the reranker.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch

from xenc_course import Reranker, load_cross_encoder
from xenc_course.scoring.pairs import Pair

HANGS = 120  # seconds after which a child that waits forever is ended
# Long enough that PyTorch divides the work among its threads.
PAIRS: list[Pair] = [(f"who sells grain {n}", "the market of the town " * 40) for n in range(48)]


def differences(reranker: Reranker, known: np.ndarray) -> float:
    return float(np.abs(reranker.score(PAIRS, progress=False) - known).max())


def in_a_fork(work: Callable[[], float]) -> float:
    """What `work` gives in a forked child."""
    read, write = os.pipe()
    if os.fork() == 0:
        signal.alarm(HANGS)
        os.write(write, pickle.dumps(work()))
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as answer:
        return pickle.load(answer)


def fork(folder: str) -> float:
    """A child uses its parent's rerankers, a new one, and the library's own `predict`."""
    torch.set_num_threads(4)
    model = load_cross_encoder(folder, device="cpu")
    rerankers = [Reranker(model, "torch"), Reranker(folder, "onnx"), Reranker(folder, cache=9)]
    known = [reranker.score(PAIRS, progress=False) for reranker in rerankers]

    def child() -> float:
        found = [differences(each, scores) for each, scores in zip(rerankers, known, strict=True)]
        found.append(differences(Reranker(folder, "torch"), known[0]))
        predicted = model.predict(PAIRS, show_progress_bar=False)
        return max(*found, float(np.abs(predicted - known[0]).max()))

    return in_a_fork(child)


def fork_beside_a_thread(folder: str) -> float:
    """The parent forks while another of its threads chooses a backend and keeps scores."""
    known = Reranker(folder, "torch").score(PAIRS, progress=False)
    reranker = Reranker(folder, cache=9)
    with ThreadPoolExecutor(1) as pool, reranker._choose._lock, reranker._kept._lock:
        return pool.submit(in_a_fork, lambda: differences(reranker, known)).result()


def spawn(folder: str) -> float:
    """Processes that share nothing get the reranker pickled."""
    made_of = [(folder, "torch"), (folder, "onnx"), (load_cross_encoder(folder), "torch")]
    rerankers = [Reranker(model, backend) for model, backend in made_of]
    known = [reranker.score(PAIRS, progress=False) for reranker in rerankers]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        return max(pool.starmap(differences, zip(rerankers, known, strict=True)))


def threads(folder: str) -> float:
    """Eight threads share one reranker that has not chosen a backend yet."""
    known = Reranker(folder, "torch").score(PAIRS, progress=False)
    reranker = Reranker(folder, cache=9)
    with ThreadPoolExecutor(8) as pool:
        return max(pool.map(lambda _: differences(reranker, known), range(24)))


if __name__ == "__main__":
    folder, *ways = sys.argv[1:]
    for way in ways:
        print(way, globals()[way](folder), flush=True)
