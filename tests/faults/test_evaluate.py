"""`evaluate` in real processes: killed, interrupted, on a full disk, called twice, on any pipe.

Whatever happens, the same command afterwards gives the bytes of a run that nothing happened to. It
is given within the tests' own process. The model is an ONNX file alone: no process loads PyTorch,
which takes seconds.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.beir_folders import jsonl
from xenc_course import load_cross_encoder
from xenc_course.__main__ import main
from xenc_course.models.onnx_export import exported
from xenc_course.retrieval.runs import read_run

ROOT = Path(__file__).parents[2]
N_QUERIES, N_PASSAGES = 8, 48  # 384 pairs: three blocks
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def collection(tmp_path_factory) -> Path:
    """A BEIR folder, with a space and a letter beyond ASCII in its path."""
    folder = tmp_path_factory.mktemp("faults") / "my tëxts"
    (folder / "qrels").mkdir(parents=True)
    passages = (
        {"_id": f"d{n}", "text": f"song {n} of a harbour" * (1 + n % 5)} for n in range(N_PASSAGES)
    )
    queries = ({"_id": f"q{n}", "text": f"song number {n}"} for n in range(N_QUERIES))
    (folder / "corpus.jsonl").write_text(jsonl(passages))
    (folder / "queries.jsonl").write_text(jsonl(queries))
    judged = "".join(f"q{n}\td{n}\t1\n" for n in range(N_QUERIES))
    (folder / "qrels" / "test.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judged}")
    return folder


@pytest.fixture(scope="module")
def onnx_model(tiny_model: Path, tmp_path_factory) -> Path:
    """The tiny model as an ONNX file and its tokenizer, without PyTorch's weights."""
    folder = tmp_path_factory.mktemp("onnx") / "tiny"
    shutil.copytree(tiny_model, folder, ignore=shutil.ignore_patterns("*.safetensors"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XENC_CACHE", str(folder.parent / "cache"))
        shutil.copy(exported("a" * 64, lambda: load_cross_encoder(str(tiny_model))), folder)
    next(folder.glob("*.onnx")).rename(folder / "model.onnx")
    return folder


@pytest.fixture(scope="module")
def command(collection: Path, onnx_model: Path) -> list[str]:
    """The command, without `--out`."""
    words = ["evaluate", "--collection", str(collection), "--model", str(onnx_model)]
    return [*words, "--metrics", "RR@10"]


def run(
    words: list[str], out: Path, fault: str = "nothing", *, limit: int | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run the command in a process, in which a fault strikes or files cannot grow over a limit."""

    def prepare() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(
        [sys.executable, "-m", "tests.faults.faulty_command", fault, *words, "--out", str(out)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"} | more,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        preexec_fn=prepare,
        check=False,
    )


@pytest.fixture(scope="module")
def whole(command: list[str], tmp_path_factory) -> bytes:
    """The run when nothing happens; its process writes to a pipe as Windows has them."""
    out = tmp_path_factory.mktemp("whole") / "run.trec"
    done = run(command, out, PYTHONIOENCODING="cp1252")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert "RR@10" in done.stdout
    return out.read_bytes()


@pytest.fixture
def goes_on(command: list[str], whole: bytes, capsys) -> Callable[[Path], str]:
    """Give the same command again: it ends well, gives the same bytes and leaves nothing else."""

    def check(out: Path) -> str:
        assert main([*command, "--out", str(out)]) == 0
        assert out.read_bytes() == whole
        assert [path.name for path in out.parent.iterdir()] == [out.name]
        return capsys.readouterr().out

    return check


@pytest.mark.parametrize(
    ("moment", "kept"), [("killed at a block", 128), ("killed at the end", 384)]
)
def test_a_killed_command_goes_on_to_the_same_bytes(command, tmp_path, goes_on, moment, kept):
    out = tmp_path / "run.trec"
    assert run(command, out, moment).returncode == -signal.SIGKILL
    assert not out.exists()
    assert f"({kept} more were in the journal)" in goes_on(out)


def test_ctrl_c_is_one_line_that_says_that_the_same_command_goes_on(command, tmp_path, goes_on):
    out = tmp_path / "run.trec"
    done = run(command, out, "interrupted")
    assert done.returncode == 130
    assert done.stderr.strip().splitlines()[-1] == (
        "evaluate: Interrupted: the same command goes on where it was."
    )
    assert "Traceback" not in done.stderr and done.stdout == ""
    assert "(128 more were in the journal)" in goes_on(out)


@pytest.mark.parametrize("full_at", ["the journal", "the run"])
def test_a_full_disk_loses_nothing(command, tmp_path, whole, goes_on, full_at):
    out = tmp_path / "run.trec"
    done = run(command, out, limit=6_000 if full_at == "the journal" else len(whole) - 100)
    assert (done.returncode, done.stdout) == (1, "")
    said = done.stderr.strip().splitlines()[-1]
    assert said.startswith("evaluate: ") and "File too large" in said
    assert [path.name for path in tmp_path.iterdir()] == ["run.trec.journal"]
    kept = 128 if full_at == "the journal" else 384
    assert f"({kept} more were in the journal)" in goes_on(out)


def test_the_second_of_two_calls_ends_at_once_and_the_first_is_not_harmed(command, tmp_path, whole):
    out = tmp_path / "run.trec"
    done = run(command, out, "called twice")
    assert done.returncode == 0, done.stderr
    assert f"[1] evaluate: Another process is writing {out}: wait for it" in done.stderr
    assert out.read_bytes() == whole
    assert [path.name for path in tmp_path.iterdir()] == ["run.trec"]


def test_a_journal_that_a_kill_tore_keeps_its_whole_lines(command, tmp_path, whole, capsys):
    out, journal = tmp_path / "run.trec", tmp_path / "run.trec.journal"
    assert run(command, out, "killed within a block").returncode == -signal.SIGKILL
    torn = journal.read_bytes()
    assert not torn.endswith(b"\n") and torn.count(b"\n") > 2 + 128
    assert main([*command, "--out", str(out)]) == 0
    assert f"({torn.count(10) - 2} more were in the journal)" in capsys.readouterr().out
    # The rest of the block was scored without its beginning, which may move a last digit.
    (tmp_path / "whole.trec").write_bytes(whole)
    before = read_run(tmp_path / "whole.trec")
    for query, scores in read_run(out).items():
        assert scores == pytest.approx(before[query], abs=1e-6)


def test_a_damaged_journal_is_named_with_its_line_and_kept(command, tmp_path, goes_on, capsys):
    out, journal = tmp_path / "run.trec", tmp_path / "run.trec.journal"
    run(command, out, "killed at a block")
    job, facts, first, *rest = journal.read_bytes().splitlines(keepends=True)
    not_a_number = b"\t".join([*first.split(b"\t")[:2], b"nan\n"])
    for line, damaged in [(3, [job, facts, not_a_number, *rest]), (1, [b"[]\n", facts, *rest])]:
        journal.write_bytes(b"".join(damaged))
        assert main([*command, "--out", str(out)]) == 1
        assert f"evaluate: {journal}, line {line}: " in capsys.readouterr().err
        assert journal.read_bytes() == b"".join(damaged) and not out.exists()
    journal.unlink()
    goes_on(out)


def test_a_terminal_that_knows_ascii_alone_gets_its_output(command, tmp_path, whole):
    out = tmp_path / "run.trec"
    ascii_alone = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    done = run(command, out, **ascii_alone)
    assert done.returncode == 0, done.stderr
    assert "my t??xts: means over 8 queries" in done.stdout and "Traceback" not in done.stderr
    (tmp_path / "whole.trec").write_bytes(whole)
    assert read_run(out) == read_run(tmp_path / "whole.trec")
