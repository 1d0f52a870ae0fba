"""Scoring asks nobody and tells nobody: no look-up, no connection, no id of the machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from xenc_course import cache_folder

# Python reports what it asks of the network (PEP 578). A library in C++ does not, so that where the
# process has a network of its own, without any route, the kernel's count of failed sends is read.
WATCH = """
import json, pathlib, sys
asked, counts = [], pathlib.Path("/proc/net/snmp")
def watch(event, arguments):
    if event.startswith("socket.") and event != "socket.__new__":
        asked.append(event)
sys.addaudithook(watch)
exec(sys.argv[1])
rows = [line.split() for line in counts.read_text().splitlines()] if counts.exists() else []
lost = dict(zip(*[row for row in rows if row[0] == "Ip:"])).get("OutNoRoutes", "0") if rows else "0"
print(json.dumps({"asked": asked, "lost": int(lost)}))
"""
SCORING = """
from xenc_course import Reranker
reranker = Reranker("ms-marco-MiniLM-L12-v2-int8")
assert reranker.rank("How many people live in Berlin?", ["Berlin has 3.5 million.", "A lake."])
"""
ASKING = """
import socket
try:
    socket.create_connection(("192.0.2.1", 80), timeout=0.1)  # an address for examples (RFC 5737)
except OSError:
    pass
"""
ALONE = ("unshare", "--map-root-user", "--net")


def alone() -> tuple[str, ...]:
    """The command that gives a process a network of its own, where the machine allows it."""
    if not shutil.which(ALONE[0]):
        return ()
    done = subprocess.run([*ALONE, "true"], capture_output=True, check=False)
    return ALONE if done.returncode == 0 else ()


def watched(code: str, home: Path) -> tuple[list[str], int, list[Path]]:
    """What Python asked of the network, what the kernel could not send, what is new in the home."""
    switches = ("ORT_DISABLE_TELEMETRY", "HF_HUB_DISABLE_TELEMETRY", "DO_NOT_TRACK")
    known = {name: value for name, value in os.environ.items() if name not in switches}
    known = {name: value for name, value in known.items() if not name.startswith("XDG_")}
    known |= {"XENC_CACHE": str(cache_folder().resolve()), "PYTHONPATH": os.pathsep.join(sys.path)}
    known |= dict.fromkeys(("HOME", "USERPROFILE", "LOCALAPPDATA"), str(home))
    command = [*alone(), sys.executable, "-c", WATCH, code]
    done = subprocess.run(command, env=known, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    lost = seen["lost"] if alone() else 0  # the count of a shared network is everybody's
    return seen["asked"], lost, [path for path in home.rglob("*") if path.is_file()]


@pytest.mark.models
@pytest.mark.slow
def test_scoring_asks_nobody_and_leaves_no_id(tmp_path: Path):
    assert watched(SCORING, tmp_path) == ([], 0, [])


@pytest.mark.slow
def test_the_watch_sees_who_asks(tmp_path: Path):
    asked, lost, _ = watched(ASKING, tmp_path)
    assert "socket.connect" in asked
    assert lost > 0 or not alone()
