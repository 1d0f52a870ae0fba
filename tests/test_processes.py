"""Cores are those that affinity and the quotas of control groups leave, never less than one."""

from __future__ import annotations

import math
import os
import threading
from pathlib import Path

import pytest

from xenc_course import processes
from xenc_course.processes import ProcessLock, cores, quota


def groups(folder: Path, own: str, files: dict[str, str]) -> tuple[Path, Path]:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    (folder / "own").write_text(own)
    return folder, folder / "own"


V1 = "5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n"


@pytest.mark.parametrize(
    ("own", "files", "found"),
    [
        ("0::/\n", {"cpu.max": "150000 100000\n"}, 1.5),
        ("0::/\n", {"cpu.max": "max 100000\n"}, math.inf),
        ("0::/\n", {}, math.inf),
        ("0::/a/b\n", {"a/b/cpu.max": "max 100000", "a/cpu.max": "50000 100000"}, 0.5),
        ("0::/not/visible\n", {"cpu.max": "200000 100000"}, 2.0),
        ("0::/../other\n", {"cpu.max": "200000 100000"}, 2.0),
        (V1, {"cpu/docker/abc/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "1"}, math.inf),
        (
            V1,
            {
                "cpu/docker/abc/cpu.cfs_quota_us": "300000\n",
                "cpu/docker/abc/cpu.cfs_period_us": "100000\n",
            },
            3.0,
        ),
        (V1, {"cpu/cpu.cfs_quota_us": "10000", "cpu/cpu.cfs_period_us": "100000"}, 0.1),
        ("0::/\n", {"cpu.max": "odd\n"}, math.inf),
        ("0::/\n", {"cpu.max": "100 0\n"}, math.inf),
    ],
)
def test_the_smallest_quota_of_the_groups_counts(own, files, found, tmp_path):
    assert quota(*groups(tmp_path, own, files)) == found


def test_a_system_without_control_groups_has_no_quota(tmp_path):
    assert quota(tmp_path, tmp_path / "none") == math.inf


@pytest.mark.parametrize(
    ("allowed", "left"), [(0.1, 1), (1.0, 1), (1.5, 2), (math.inf, 8), (64, 8)]
)
def test_cores_are_rounded_up_and_at_least_one(allowed, left, monkeypatch):
    monkeypatch.setattr(processes, "quota", lambda: allowed)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    assert cores() == left


def test_one_thread_of_a_process_is_inside_a_lock_at_a_time():
    lock, inside, most = ProcessLock(), [], []

    def work() -> None:
        for _ in range(200):
            with lock:
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1 and len(most) == 800


def test_the_processor_and_what_it_can_do_are_read_from_the_system(monkeypatch, tmp_path):
    facts = tmp_path / "cpuinfo"
    monkeypatch.setattr(processes, "CPU_FACTS", facts)
    facts.write_text("processor\t: 0\nmodel name\t: A: fast one\nflags\t\t: fpu avx2 avx_vnni\n")
    assert processes.processor() == "A: fast one"
    assert processes.processor_features() == ("avx2", "avx_vnni")
    facts.write_text("processor\t: 0\nFeatures\t: fp asimddp i8mm\n")
    assert processes.processor_features() == ("asimddp", "i8mm")


def test_a_system_that_tells_nothing_of_its_processor(monkeypatch, tmp_path):
    monkeypatch.setattr(processes, "CPU_FACTS", tmp_path / "none")
    monkeypatch.setattr(processes.platform, "processor", lambda: "")
    assert processes.processor() == processes.platform.machine()
    assert processes.processor_features() == ()
