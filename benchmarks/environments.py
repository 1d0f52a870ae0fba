"""The environments of the systems: `environments.py [arguments of pip]` installs what is missing.

Peers that fit beside the course's packages go into a folder that only the benchmark reads, so that
they share one torch and one onnxruntime with the course. OpenVINO for the course's own backend has
a second such folder. The others need versions that exclude the
course's, and have a virtual environment of their own.

All lie in benchmarks/.peers. What cannot be installed is left out of the race; the reason is kept
there and stands in RESULTS.md.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from systems import BASELINES, BESIDE

HERE = Path(__file__).parent
PEERS = HERE / ".peers"


def interpreter(environment: str) -> Path:
    """The Python of an environment."""
    if environment in BESIDE:
        return Path(sys.executable)
    return PEERS / environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def variables(environment: str) -> dict[str, str]:
    """The environment variables of a system's process: no hub is asked, and no environment mixed.

    Args:
        environment: where the system runs.
    """
    own = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(PEERS / "hub"), "PYTHONNOUSERSITE": "1"}
    given = {**os.environ, **own}
    paths = given.pop("PYTHONPATH", "")
    if environment in BESIDE:
        paths = [str(PEERS / environment), *paths.split(os.pathsep)]
        given["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    return given


def failure(environment: str) -> str:
    """Why an environment could not be installed; "" where it was."""
    if _stamp(environment).is_file():
        return ""
    path = _reason(environment)
    return path.read_text(encoding="utf-8") if path.is_file() else "It is not installed."


def install(environment: str, arguments: list[str]) -> None:
    """Install an environment, unless the same packages are there already.

    Args:
        environment: which.
        arguments: further ones of `pip install`, such as an index.
    """
    requirements = HERE / "peers" / f"{environment}.txt"
    wanted = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()
    stamp, folder = _stamp(environment), PEERS / environment
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    stamp.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    pip = [str(interpreter(environment)), "-m", "pip", "install", "--no-cache-dir", *arguments]
    pinned = ["--no-deps", "-r", str(requirements)]
    if environment in BESIDE:
        commands = [[*pip, "--target", str(folder), *pinned]]
    else:
        venv.create(folder, with_pip=True)
        # torch alone with what it depends on: its CUDA builds bring libraries, its CPU build none.
        torch = [line for line in requirements.read_text().split() if line.startswith("torch==")]
        commands = [[*pip, *torch], [*pip, *pinned]]
    for command in commands:
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True, errors="replace")
        if done.returncode:
            said = [line for line in done.stderr.splitlines() if line.startswith("ERROR:")]
            reason = f"pip cannot install it: {(said or ['no reason given'])[-1]}"
            _reason(environment).write_text(reason, encoding="utf-8")
            print(f"{environment}: {reason}", file=sys.stderr)
            return
    stamp.write_text(wanted)


def _stamp(environment: str) -> Path:
    return PEERS / f"{environment}.ready"


def _reason(environment: str) -> Path:
    return PEERS / f"{environment}.failed"


if __name__ == "__main__":
    PEERS.mkdir(exist_ok=True)
    for name in BASELINES:
        install(name, sys.argv[1:])
