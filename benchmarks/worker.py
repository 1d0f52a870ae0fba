"""One contestant in a process of its own: `worker.py NAME`, commands as JSON lines on stdin.

{"load": [passages]} loads it; {"score": [[query, [passages]], ...]} scores and answers with
seconds, scores, and megabytes of memory at the peak of the process.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

import numpy as np


def main() -> None:
    """Answer commands until stdin ends; what libraries print goes to stderr."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    from systems import SYSTEMS

    score = None
    for line in sys.stdin:
        command = json.loads(line)
        if "load" in command:
            score, note = SYSTEMS[sys.argv[1]](command["load"])
            answer: dict[str, object] = {"note": note}
        else:
            started = time.perf_counter()
            scores = [score(query, passages) for query, passages in command["score"]]
            answer = {"seconds": time.perf_counter() - started}
            answer["scores"] = [np.asarray(part, dtype=float).tolist() for part in scores]
        answer["peak"] = peak()
        print(json.dumps(answer), file=answers, flush=True)


def peak() -> float:
    """Megabytes at the peak of this process."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def resident() -> float:
    """Megabytes in memory now; the peak where the system does not say."""
    path = Path("/proc/self/statm")
    if not path.is_file():
        return peak()
    return int(path.read_text().split()[1]) * resource.getpagesize() / 1e6


if __name__ == "__main__":
    main()
