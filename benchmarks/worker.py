"""One system in a process of its own: `worker.py NAME`, with commands as JSON lines on stdin.

{"load": [passages]} loads the system and answers with its note. {"score": [[query, [passages]],
...]} scores, and answers with seconds and scores. Every answer also has the peak memory of the
process in megabytes.
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
    """The peak memory of this process in megabytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def resident() -> float:
    """The memory of this process in megabytes; the peak on systems without /proc."""
    path = Path("/proc/self/statm")
    if not path.is_file():
        return peak()
    return int(path.read_text().split()[1]) * resource.getpagesize() / 1e6


if __name__ == "__main__":
    main()
