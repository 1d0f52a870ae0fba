"""A reranker in other processes and threads gives the same scores, and never waits forever."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
HANGS = 240  # seconds, far more than any of this takes: only what hangs is ended
CORES = """
import os
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
else:
    os.cpu_count = lambda: 1
from xenc_course.commands.doctor import _cores
from xenc_course.processes import cores
from xenc_course.scoring.backends import OnnxBackend
print(cores(), next(_cores()).what.split(",")[0], sep="|")
"""


def run(*words: str, cache: Path) -> str:
    done = subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=os.environ | {"XENC_CACHE": str(cache), "OMP_NUM_THREADS": "4"},
        capture_output=True,
        text=True,
        timeout=HANGS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


# One process tries them all, for it takes seconds to load PyTorch; those that fork come first.
WAYS = [*(["fork_beside_a_thread", "fork"] if hasattr(os, "fork") else []), "threads", "spawn"]


def test_scores_are_the_same_elsewhere(tiny_model, tmp_path):
    said = run("-m", "tests.faults.scoring_elsewhere", str(tiny_model), *WAYS, cache=tmp_path)
    apart = dict(line.split() for line in said.splitlines())
    assert list(apart) == WAYS
    assert not [way for way in WAYS if not float(apart[way]) < 1e-5], apart


def test_a_process_on_one_core_counts_one(tmp_path):
    assert run("-c", CORES, cache=tmp_path) == "1|1 cores"
