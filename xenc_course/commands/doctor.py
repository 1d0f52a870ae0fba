"""Is this machine ready for the course? One line per finding: `ok`, or `FAIL` with the fix."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from xenc_course.assets.bundled_students import BASE, Student, released, student_damage
from xenc_course.assets.cache import AssetError, cache_folder, damaged_files, size_on_disk
from xenc_course.assets.wheels import ASSETS, Asset
from xenc_course.models.catalogue import MODELS
from xenc_course.models.inspection import check_folder
from xenc_course.processes import cores

from .parsers import add_command

LOCK = Path(__file__).parents[2] / "requirements.lock"
FETCH = ".venv/bin/python -m xenc_course fetch"
MANY = 10  # if more packages differ, the Python is probably the wrong one, and a list is no help
FREE_BYTES = 500e6  # a notebook's outputs, and room to fetch the largest asset again


@dataclass(frozen=True)
class Finding:
    """One line of the report.

    Attributes:
        ok: whether nothing is wrong.
        what: what was looked at, and what was seen.
        mend: how to fix it; shown only when something is wrong.
    """

    ok: bool
    what: str
    mend: str = ""

    def __str__(self) -> str:
        """The line of the report."""
        return f"ok    {self.what}" if self.ok else f"FAIL  {self.what}: {self.mend}"


def add_commands(commands: argparse._SubParsersAction) -> None:
    """Add `doctor` to the course's commands."""
    doctor = add_command(
        commands,
        "doctor",
        "check this machine, line by line",
        "Look at this machine and say in one line each what was seen, and how to mend what is "
        "wrong.\nNothing is changed. Exit code 0 when all is well, else 1.",
        "doctor",
    )
    doctor.set_defaults(run=_doctor)


def examine() -> list[Finding]:
    """Look at Python, packages, the cache, what is in it, cores, OpenVINO and hub, in order."""
    looks: dict[str, Callable[[], Iterator[Finding]]] = {"packages": _packages, "cache": _cache}
    looks |= {"cores": _cores, "OpenVINO": _openvino, "model hub": _hub}
    return [_python(), *(finding for what, look in looks.items() for finding in _seen(what, look))]


def locked_versions(lock: Path = LOCK) -> dict[str, str]:
    """The locked version of each package that this platform needs, by the package's name.

    Args:
        lock: a file of requirements with one version each.

    Raises:
        FileNotFoundError: there is no such file.
    """
    from packaging.requirements import Requirement

    lines = [line.strip() for line in lock.read_text(encoding="utf-8").splitlines()]
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {
        pin.name: next(iter(pin.specifier)).version
        for pin in pins
        if pin.marker is None or pin.marker.evaluate()
    }


def _seen(what: str, look: Callable[[], Iterator[Finding]]) -> list[Finding]:
    """What a look finds; one that raises is a finding as well, so that the others still follow."""
    try:
        return list(look())
    except Exception as error:
        return [Finding(False, f"{what}: {error}", "run `make setup`, then .venv/bin/python")]


def _python() -> Finding:
    seen = ".".join(map(str, sys.version_info[:3]))
    return Finding(
        (3, 11) <= sys.version_info < (3, 15),
        f"Python {seen}",
        "install Python 3.11 to 3.14, then `make setup`",
    )


def _packages() -> Iterator[Finding]:
    """One finding when every package is the locked one, else one per package that differs."""
    if not LOCK.is_file():
        yield Finding(False, "requirements.lock is missing", "run from a checkout of the course")
        return
    locked = locked_versions(LOCK)
    differing = {name: _installed(name) for name in locked}
    # A build of torch names its device after a plus sign (2.13.0+cpu); the release counts.
    differing = {
        name: seen
        for name, seen in differing.items()
        if seen is None or seen.split("+")[0] != locked[name]
    }
    if len(differing) > MANY:
        yield Finding(
            False,
            f"{len(differing)} of {len(locked)} packages are missing or not the locked ones",
            f"{sys.executable} may not be the course's Python: run `make setup`, then "
            "`.venv/bin/python -m xenc_course doctor`",
        )
        return
    for name, seen in differing.items():
        yield Finding(
            False,
            f"{name} is {seen or 'not installed'}, the lock says {locked[name]}",
            "run `make clean setup`, or pip install -r requirements.lock",
        )
    if not differing:
        yield Finding(True, f"{len(locked)} packages as in requirements.lock")


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _cache() -> Iterator[Finding]:
    """The folder itself; then, where there is one, what lies in it."""
    other = "make it writable, or set XENC_CACHE to a folder that can be written"
    try:
        folder = cache_folder()
        folder.mkdir(parents=True, exist_ok=True)
    except AssetError as error:  # its sentence says what to do, after a colon
        what, _, mend = str(error).removesuffix(".").rpartition(": ")
        yield Finding(False, what, mend)
        return
    except OSError as error:
        yield Finding(False, f"the cache {folder} cannot be made ({error.strerror})", other)
        return
    if os.access(folder, os.W_OK | os.X_OK):
        yield Finding(True, f"the cache is {folder}")
    else:
        yield Finding(False, f"the cache {folder} cannot be written", other)
    for asset in ASSETS.values():
        yield from _seen(asset.name, partial(_asset, asset))
    for student in released().values():
        yield from _seen(student.name, partial(_student, student))
    yield from _seen("exports to ONNX", _exports)
    yield from _seen("disk", partial(_disk, folder))


def _asset(asset: Asset) -> Iterator[Finding]:
    label = f"{asset.name} from {asset.wheel.requirement}"
    if not asset.at_hand:
        yield Finding(False, f"{label} is not at hand", f"run `{FETCH}`")
    elif damage := damaged_files(asset.path):
        mend = f"run `{FETCH} --again {asset.name}`"
        yield Finding(False, f"{label} is damaged ({damage[0]})", mend)
    elif flaw := _flaw(asset):
        yield Finding(False, f"{label}: {flaw}", f"run `{FETCH} --again {asset.name}`")
    else:
        size = size_on_disk(asset.path) / 1e6
        yield Finding(True, f"{label}, {size:.0f} MB, checksums match")


def _student(student: Student) -> Iterator[Finding]:
    if not student.folder.is_dir():
        yield Finding(True, f"{student.name} is made from {BASE} when it is first needed")
    elif damage := student_damage(student, quick=False):
        mend = f"run `{FETCH} --again {student.name}`"
        yield Finding(False, f"{student.name} is damaged ({damage[0]})", mend)
    else:
        yield Finding(True, f"{student.name}, made from {BASE}, checksums match")


def _exports() -> Iterator[Finding]:
    from xenc_course.models.onnx_export import damaged_exports, exports_folder

    if damage := damaged_exports():
        what = f"{len(damage)} exports to ONNX are damaged ({damage[0]})"
        yield Finding(False, what, f"run `{FETCH} --again onnx`")
    else:
        number = len(list(exports_folder().glob("*.onnx")))
        yield Finding(True, f"{number} exports to ONNX, checksums match")


def _flaw(asset: Asset) -> str:
    """What the look at a model before its first score finds; "" for a sound one and for text."""
    model = MODELS.get(asset.name)
    try:
        if model is not None:
            check_folder(asset.path, asset.name, model.architecture)
    except ValueError as error:
        return str(error).rstrip(".")
    return ""


def _cores() -> Iterator[Finding]:
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    if torch.backends.mps.is_available():
        device = "mps"
    seen = f"{cores()} cores, {torch.get_num_threads()} torch threads, device {device}"
    yield Finding(True, seen)


def _openvino() -> Iterator[Finding]:
    """The optional backend, where it is installed."""
    from xenc_course.scoring.openvino_backend import precision

    if seen := _installed("openvino"):
        yield Finding(True, f"OpenVINO {seen}, an optional backend, computes in {precision()}")


def _disk(folder: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(folder).free
    yield Finding(
        free >= FREE_BYTES,
        f"{free / 1e9:.1f} GB free where models are kept",
        f"free {FREE_BYTES / 1e9:.1f} GB, or point XENC_CACHE to another disk",
    )


def _hub() -> Iterator[Finding]:
    from xenc_course.assets.hub import hub_reachable

    state = "reachable" if hub_reachable() else "not reachable (the lessons do not need it)"
    yield Finding(True, f"model hub {state}")


def _doctor(options: argparse.Namespace) -> int:
    findings = examine()
    for finding in findings:
        print(finding)
    return 0 if all(finding.ok for finding in findings) else 1
