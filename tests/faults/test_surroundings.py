"""The commands in surroundings that no author has: odd paths, old encodings, one core, no home."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.beir_folders import make_folder
from xenc_course import asset_folder, read_run
from xenc_course.retrieval.runs import Run

INT8 = "ms-marco-MiniLM-L12-v2-int8"
ODD = "Städte und 密码 – Ж"
HOMES = ("HOME", "USERPROFILE", "LOCALAPPDATA")
RUN = "import runpy, sys; runpy.run_module('xenc_course', run_name='__main__', alter_sys=True)"
ONE_CORE = """
import os
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
"""
UNKNOWN_USER = """
import getpass, os, sys
if sys.platform != "win32":
    import pwd
    def unknown(uid):
        raise KeyError(f"getpwuid(): uid not found: {uid}")
    pwd.getpwuid = unknown
"""


@dataclass(frozen=True)
class Surroundings:
    """What differs from a usual machine.

    Attributes:
        set: variables of the environment; None takes one away.
        first: code that the process runs before the command.
        cache: the name of the folder of the cache. Where Python cannot read an odd name, the
            libraries that open a model cannot either.
    """

    set: dict[str, str | None] = field(default_factory=dict)
    first: str = ""
    cache: str = "cache"


UNUSUAL = {
    "odd folders": Surroundings(cache=ODD),
    "the C locale": Surroundings({"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0"}),
    "an old encoding": Surroundings({"PYTHONIOENCODING": "cp1252"}),
    "one core": Surroundings(first=ONE_CORE),
    "a home that cannot be": Surroundings(dict.fromkeys(HOMES, str(Path(__file__) / "home"))),
    "no home": Surroundings({"HOME": None}),
    "no home and no name": Surroundings({"HOME": None, "USER": None}, UNKNOWN_USER),
}


@pytest.fixture(scope="module")
def caches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of caches; each holds one packaged model."""
    folder = tmp_path_factory.mktemp("caches")
    for name in ("cache", ODD):
        shutil.copytree(asset_folder(INT8), folder / name / INT8)
    return folder


def call(
    words: list[str], folder: Path, caches: Path | None, around: Surroundings
) -> subprocess.CompletedProcess[bytes]:
    """Run one command in a folder; without a cache, the one in the user's home is used."""
    here = {name: value for name, value in os.environ.items() if name != "PYTHONIOENCODING"}
    here |= {"XENC_CACHE": str(caches / around.cache if caches else ""), "HF_HUB_OFFLINE": "1"}
    here |= {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    here |= {name: value for name, value in around.set.items() if value is not None}
    for name in (name for name, value in around.set.items() if value is None):
        here.pop(name, None)
    start = ["-c", f"{around.first}\n{RUN}"] if around.first else ["-m", "xenc_course"]
    command = [sys.executable, *start, *words]
    return subprocess.run(command, cwd=folder, env=here, capture_output=True, check=False)


def evaluated(folder: Path, caches: Path, around: Surroundings) -> Run:
    """The run that `evaluate` writes for the judged folder below `folder`."""
    make_folder(folder / ODD)
    words = ["evaluate", "--collection", ODD, "--first-stage", "bm25", "--model", INT8]
    done = call([*words, "--out", f"{ODD}.trec"], folder, caches, around)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    assert b"means over 2 queries" in done.stdout and b"nDCG@10" in done.stdout
    return read_run(folder / f"{ODD}.trec")


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory, caches: Path) -> Run:
    """The run of a usual machine."""
    return evaluated(tmp_path_factory.mktemp("usual"), caches, Surroundings())


@pytest.mark.models
@pytest.mark.slow
@pytest.mark.parametrize("around", UNUSUAL.values(), ids=UNUSUAL)
def test_the_scores_are_the_same_everywhere(
    around: Surroundings, tmp_path: Path, caches: Path, usual: Run
):
    (folder := tmp_path / ODD).mkdir()
    assert evaluated(folder, caches, around) == usual


@pytest.mark.models
@pytest.mark.slow
@pytest.mark.parametrize("around", UNUSUAL.values(), ids=UNUSUAL)
def test_the_doctor_says_all_it_has_to_say(around: Surroundings, tmp_path: Path, caches: Path):
    (folder := tmp_path / ODD).mkdir()
    doctor = call(["doctor"], folder, caches, around)
    lines = doctor.stdout.decode(errors="replace").splitlines()
    assert doctor.returncode == 1 and not doctor.stderr  # the other models are not in this cache
    assert {line.split()[0] for line in lines} == {"ok", "FAIL"}
    assert any(line.startswith("ok") and INT8 in line for line in lines)
    assert not [line for line in lines if line.startswith("FAIL") and "not at hand" not in line]


@pytest.mark.slow
@pytest.mark.parametrize("around", UNUSUAL.values(), ids=UNUSUAL)
def test_the_list_of_models_needs_no_cache(around: Surroundings, tmp_path: Path):
    models = call(["models"], tmp_path, None, around)
    assert models.returncode == 0 and not models.stderr
    assert b"ms-marco-electra-base" in models.stdout
    assert not any(tmp_path.iterdir())
