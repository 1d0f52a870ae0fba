"""What a process may use of the machine, what its processor can do, and what a fork does without.

A container is given a share of the processor by a quota of its control group. The number of cores
that the machine has says nothing about it.
"""

from __future__ import annotations

import math
import os
import platform
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
OWN_GROUPS = Path("/proc/self/cgroup")
CPU_FACTS = Path("/proc/cpuinfo")
# What decides how fast 8-bit integers and bf16 are, as Linux spells it: first x86, then Arm.
OF_X86 = ("avx2", "avx512f", "avx_vnni", "avx512_vnni", "amx_int8", "avx512_bf16", "amx_bf16")
FEATURES = (*OF_X86, "asimddp", "i8mm", "bf16")


def cores() -> int:
    """Cores that this process may use: of its affinity, within its control groups' quota."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, math.ceil(min(allowed or 1, quota())))


def quota(mounted: Path = GROUPS, own: Path = OWN_GROUPS) -> float:
    """The smallest quota of the process's control groups, in cores; infinite without one.

    Args:
        mounted: where the control groups are mounted, version 1 or 2.
        own: the file in which Linux names the groups of this process: lines of
            "number:controllers:path". Version 2 is the line without controllers.
    """
    found = [math.inf]
    try:
        lines = own.read_text(encoding="utf-8").splitlines()
    except OSError:  # another system than Linux
        return math.inf
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if not controllers:
            found += [_quota_2(group) for group in _up(mounted, path)]
        elif "cpu" in controllers.split(","):
            found += [_quota_1(group) for group in _up(mounted / "cpu", path)]
    return min(found)


def processor() -> str:
    """The name of this machine's processor, as the system tells it."""
    return _cpu_fact("model name") or platform.processor() or platform.machine()


def processor_features() -> tuple[str, ...]:
    """Those of `FEATURES` that this processor has; none where that is not told."""
    told = f"{_cpu_fact('flags')} {_cpu_fact('Features')}".split()
    return tuple(feature for feature in FEATURES if feature in told)


class ProcessLock:
    """A lock between the threads of one process.

    A fork copies a lock as it is. If another thread held it, nobody in the child ever lets it go.
    So a child gets a lock of its own.
    """

    def __init__(self) -> None:
        """Begin without a lock: each process makes its own when it first needs it."""
        self._locks: dict[int, threading.Lock] = {}

    def __enter__(self) -> None:
        """Wait until no other thread of this process is inside."""
        self._locks.setdefault(os.getpid(), threading.Lock()).acquire()

    def __exit__(self, *_: object) -> None:
        """Let the next thread in."""
        self._locks[os.getpid()].release()


def _one_torch_thread() -> None:
    """Let PyTorch compute with one thread, as its own `DataLoader` does in its workers.

    The threads of OpenMP do not live on in a forked child, and PyTorch would wait for them forever.
    """
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(1)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_one_torch_thread)


def _up(mounted: Path, path: str) -> Iterator[Path]:
    """A group and all that it is part of. Inside a container only the last may be visible."""
    group = mounted / path.lstrip("/")
    yield group
    while group != mounted and group != group.parent:
        group = group.parent
        yield group


def _quota_1(group: Path) -> float:
    return _cores(_word(group / "cpu.cfs_quota_us", 0), _word(group / "cpu.cfs_period_us", 0))


def _quota_2(group: Path) -> float:
    return _cores(_word(group / "cpu.max", 0), _word(group / "cpu.max", 1))


def _cores(microseconds: str, period: str) -> float:
    """Cores from a quota of microseconds per period; infinite for "max", -1 and no file."""
    if not microseconds.isdigit() or not period.isdigit() or int(period) == 0:
        return math.inf
    return int(microseconds) / int(period)


def _cpu_fact(key: str) -> str:
    """What `CPU_FACTS` says of the first processor; "" where it does not."""
    try:
        lines = CPU_FACTS.read_text(encoding="utf-8").splitlines()
    except OSError:  # another system than Linux
        return ""
    facts = (line.partition(":") for line in lines)
    return next((fact.strip() for name, _, fact in facts if name.strip() == key), "")


def _word(file: Path, place: int) -> str:
    try:
        return file.read_text(encoding="utf-8").split()[place]
    except (OSError, IndexError):
        return ""
