"""`binder/` names the environment of the project, and its last step fetches models and text."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
BINDER = ROOT / "binder"


def environment(path: Path) -> tuple[list[str], list[list[str]]]:
    """What conda installs and what pip installs, with the files that are named as paths."""
    wanted = yaml.safe_load(path.read_text(encoding="utf-8"))["dependencies"]
    pip = next(item["pip"] for item in wanted if isinstance(item, dict))
    lines = [line.split() for line in pip]
    return [item for item in wanted if isinstance(item, str)], [
        [option, str((path.parent / name).resolve())] for option, name in lines
    ]


def test_binder_installs_what_the_project_installs():
    conda, pip = environment(BINDER / "environment.yml")
    _, own = environment(ROOT / "environment.yml")
    assert pip == own
    version = next(item for item in conda if item.startswith("python=")).partition("=")[2]
    assert (3, 11) <= tuple(map(int, version.split("."))) < (3, 15)


@pytest.mark.models
@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Binder runs Linux: postBuild is a shell script")
def test_the_last_step_finds_or_fetches_models_and_text():
    script = BINDER / "postBuild"
    assert os.access(script, os.X_OK)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [script], cwd=ROOT, env=os.environ | {"PATH": path}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
