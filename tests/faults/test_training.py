"""`distil` and `finetune` killed, stopped, on a full disk and called twice: no model is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.towns import write_judged_towns
from xenc_course.__main__ import main

pytestmark = [pytest.mark.models, pytest.mark.slow, pytest.mark.soak]

LABELS = "xenc_course.training.distillation:score_texts"
STEP = "xenc_course.training.loop:loss_of"
CHECKPOINT = "xenc_course.training.loop:save_checkpoint"
CALLS = {
    "distil": "xenc_course.training.distillation",
    "finetune": "xenc_course.training.finetuning",
}


@pytest.fixture(scope="module")
def words(tiny_model, towns, tmp_path_factory) -> dict[str, list[str]]:
    """The words of both commands, without --out."""
    judged = write_judged_towns(tmp_path_factory.mktemp("judged") / "towns")
    distil = ["--teacher", tiny_model, "--student", "layers:0,2", "--text", towns, "--pairs", "60"]
    finetune = ["--model", tiny_model, "--collection", judged, "--learning-rate", "1e-2"]
    return {
        "distil": ["distil", *map(str, distil), "--epochs", "2"],
        "finetune": ["finetune", *map(str, finetune), "--epochs", "3"],
    }


@pytest.fixture(scope="module")
def whole(words, tmp_path_factory) -> dict[str, dict[str, bytes]]:
    """What both commands write when nothing happens to them."""
    folder = tmp_path_factory.mktemp("whole")
    for name, command in words.items():
        assert main([*command, "--out", str(folder / name)]) == 0
    return {name: contents(folder / name) for name in words}


def contents(folder: Path) -> dict[str, bytes]:
    """Every file but the card, which says how long the call took."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "README.md"}


def start(fault: str, place: str, number: int, command: list[str]) -> subprocess.Popen:
    program = [sys.executable, "-m", "tests.faults.faulty_training", fault, place, str(number)]
    return subprocess.Popen(
        [*program, *command],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def last_line(stderr: str) -> str:
    assert "Traceback" not in stderr
    return stderr.rstrip().splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "place", "number"),
    [
        ("distil", LABELS, 1),
        ("distil", STEP, 3),
        ("distil", f"{CALLS['distil']}:write_model", 1),
        ("finetune", STEP, 2),
        ("finetune", f"{CALLS['finetune']}:write_model", 1),
    ],
)
def test_a_killed_command_goes_on_to_the_same_bytes(name, place, number, words, whole, tmp_path):
    out = tmp_path / "model"
    command = [*words[name], "--out", str(out)]
    process = start("kill", place, number, command)
    _, stderr = process.communicate()
    assert process.returncode == -signal.SIGKILL, stderr
    assert not out.exists() and (tmp_path / "model.job").is_dir()
    assert main(command) == 0
    assert contents(out) == whole[name]
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


@pytest.mark.parametrize("name", ["distil", "finetune"])
def test_ctrl_c_ends_in_one_line_that_says_how_to_go_on(name, words, whole, tmp_path):
    command = [*words[name], "--out", str(tmp_path / "model")]
    process = start("interrupt", STEP, 2, command)
    _, stderr = process.communicate()
    assert process.returncode == 130, stderr
    assert last_line(stderr) == f"{name}: Stopped. The same command goes on from here."
    assert main(command) == 0
    assert contents(tmp_path / "model") == whole[name]


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("distil", CHECKPOINT),
        ("distil", f"{CALLS['distil']}:write_model"),
        ("finetune", CHECKPOINT),
    ],
)
def test_a_full_disk_ends_in_one_line_and_loses_nothing(name, place, words, whole, tmp_path):
    out = tmp_path / "model"
    command = [*words[name], "--out", str(out)]
    process = start("full disk", place, 2 if name == "finetune" else 1, command)
    _, stderr = process.communicate()
    assert process.returncode == 1, stderr
    assert last_line(stderr).startswith(f"{name}: {out} is not made yet (")
    assert "the same command goes on from there." in last_line(stderr)
    assert [path.name for path in tmp_path.iterdir()] == ["model.job"]
    assert main(command) == 0
    assert contents(out) == whole[name]


@pytest.mark.parametrize("name", ["distil", "finetune"])
def test_a_second_run_ends_at_once_and_the_first_keeps_its_model(
    name, words, whole, tmp_path, capsys
):
    out = tmp_path / "model"
    command = [*words[name], "--out", str(out)]
    first = start("stop", STEP, 2, command)
    _, status = os.waitpid(first.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)  # it stands still in the middle of its training
    assert main(command) == 1
    refusal = (
        f"{name}: Another run is at work on {out}: wait for its end, or choose another folder."
    )
    assert last_line(capsys.readouterr().err) == refusal
    first.send_signal(signal.SIGCONT)
    _, stderr = first.communicate()
    assert first.returncode == 0, stderr
    assert contents(out) == whole[name]
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


@pytest.mark.parametrize("name", ["distil", "finetune"])
def test_a_target_that_cannot_be_written_is_found_before_the_training(
    name, words, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr("xenc_course.training.loop.loss_of", lambda *_: pytest.fail("trained"))
    (tmp_path / "file").touch()
    out = tmp_path / "file" / "model"
    assert main([*words[name], "--out", str(out)]) == 1
    assert last_line(capsys.readouterr().err).startswith(
        f"{name}: Nothing can be written beside {out} ("
    )
