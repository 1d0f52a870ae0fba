"""One system in a process of its own: `worker.py NAME`, with commands as JSON lines on stdin.

It runs in the environment of its system, which need not have the course.

{"load": {...}}, with what `Given` holds, loads the system and answers with its note. {"score":
[[query, [passages]], ...]} scores, and answers with seconds and scores. Every answer also has the
peak memory of the process in megabytes; None on Windows.
"""

from __future__ import annotations

import json
import os
import sys
import time
from importlib import import_module
from pathlib import Path

import numpy as np
from systems import SYSTEMS, Given

try:
    import resource
except ImportError:  # Windows
    resource = None


def main() -> None:
    """Answer commands until stdin ends; what libraries print goes to stderr."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    score = None
    for line in sys.stdin:
        command = json.loads(line)
        if "load" in command:
            module, function = SYSTEMS[sys.argv[1]].loader.split(".")
            score, note = getattr(import_module(module), function)(_given(**command["load"]))
            answer: dict[str, object] = {"note": note}
        else:
            started = time.perf_counter()
            scores = [score(query, passages) for query, passages in command["score"]]
            answer = {"seconds": time.perf_counter() - started}
            answer["scores"] = [np.asarray(part, dtype=float).tolist() for part in scores]
        answer["peak"] = peak()
        print(json.dumps(answer), file=answers, flush=True)


def peak() -> float | None:
    """The peak memory of this process in megabytes; None where the system does not tell."""
    if resource is None:
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def _given(fp32: str, int8: str, scratch: str, sample: list, calibration: list) -> Given:
    sample, calibration = [tuple(p) for p in sample], [tuple(p) for p in calibration]
    return Given(Path(fp32), Path(int8), sample, calibration, Path(scratch))


if __name__ == "__main__":
    main()
