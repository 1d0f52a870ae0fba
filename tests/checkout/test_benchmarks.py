"""The benchmark without its times: it goes on after a kill, mixes nothing, and names who fails."""

from __future__ import annotations

import ast
import importlib
import os
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
ANYWHERE = ("machine", "systems", "theirs", "worker")  # read in environments without the course


@pytest.fixture
def bench(monkeypatch):
    """Import a module of the benchmark; none is left behind."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    for path in BENCHMARKS.glob("*.py"):
        monkeypatch.delitem(sys.modules, path.stem, raising=False)
    yield importlib.import_module
    for path in BENCHMARKS.glob("*.py"):
        sys.modules.pop(path.stem, None)


def imported(name: str) -> set[str]:
    nodes = list(ast.walk(ast.parse((BENCHMARKS / f"{name}.py").read_text(encoding="utf-8"))))
    plain = {a.name for node in nodes if isinstance(node, ast.Import) for a in node.names}
    return plain | {node.module for node in nodes if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("name", ANYWHERE)
def test_what_a_foreign_environment_reads_imports_nothing_of_the_course(name):
    own = {path.stem for path in BENCHMARKS.glob("*.py")}
    roots = {module.split(".")[0] for module in imported(name)}
    assert "xenc_course" not in roots
    assert roots & own <= set(ANYWHERE)


def test_every_system_has_a_loader_and_an_environment_with_a_baseline(bench):
    systems = bench("systems")
    for name, system in systems.SYSTEMS.items():
        module, function = system.loader.split(".")
        tree = ast.parse((BENCHMARKS / f"{module}.py").read_text(encoding="utf-8"))
        assert function in {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}, name
        assert (BENCHMARKS / "peers" / f"{system.environment}.txt").is_file()
    for environment, baseline in systems.BASELINES.items():
        assert {baseline, systems.OURS} <= set(systems.contestants(environment))


def test_a_journal_measures_once_also_after_a_kill_and_refuses_another_job(bench, tmp_path):
    journal = bench("journal")
    job, calls = {"machine": "one"}, []

    def measure() -> dict[str, float]:
        calls.append(1)
        return {"seconds": 0.1 + len(calls)}

    first = journal.Journal(tmp_path / "rounds", job).once("race, 1", measure)
    again = journal.Journal(tmp_path / "rounds", job).once("race, 1", measure)
    assert first == again == {"seconds": 1.1}
    with pytest.raises(ValueError, match="rounds"):
        journal.Journal(tmp_path / "rounds", {"machine": "two"})


def test_a_measurement_that_was_broken_off_is_taken_again(bench, tmp_path):
    journal = bench("journal").Journal(tmp_path / "rounds", {})

    def killed() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        journal.once("growth", killed)
    assert journal.once("growth", lambda: 7) == 7


def test_a_flat_cost_is_foretold_without_error_and_a_rising_one_goes_on_rising(bench):
    growth = bench("growth")
    second = growth.BLOCK / 1000  # of a block, at 1 ms a pair
    assert growth.extrapolated([[second] * 10], 10**6) == pytest.approx((1, 0), abs=1e-9)
    rising, _ = growth.extrapolated(
        [[second * (1 + n / 100) for n in range(10)]], 100 * growth.BLOCK
    )
    assert rising == pytest.approx(1 + 0.495)
    _, error = growth.extrapolated([[second, 1.1 * second] * 5], 10**6)
    assert error > 0.1


def answer(seconds: float, scores: list[float]) -> dict:
    return {"seconds": seconds, "scores": [scores], "peak": 100.0, "note": "a note"}


def test_a_system_is_compared_with_the_baseline_of_its_own_environment(bench):
    systems, report = bench("systems"), bench("report")
    here, there = systems.BASELINES[systems.COURSE], systems.BASELINES[systems.ONNX]
    peer, scores = 'backend="onnx", int8', [1.0, 2.0, 3.0]
    rounds = [
        {here: answer(8, scores), systems.OURS: answer(1, scores)},
        {there: answer(6, scores), peer: answer(2, scores[::-1]), systems.OURS: answer(1, scores)},
        {there: answer(8, scores), peer: answer(2, scores[::-1]), systems.OURS: answer(1, scores)},
    ]
    row = report.speed(rounds, [peer]).rows[0]
    assert (row["× predict"], row["spread"]) == ("3.50", "3.00 to 4.00")
    assert (row["our int8 ×"], row["rho"]) == ("2.00", "-1.000")


def test_a_peer_that_fails_is_named_and_a_system_of_the_course_ends_the_race(bench, monkeypatch):
    systems, report, workers = bench("systems"), bench("report"), bench("workers")
    monkeypatch.setattr(workers, "failure", lambda environment: "pip cannot install it: ERROR")
    peer = systems.BASELINES[systems.ONNX]
    with workers.Field([peer], given=None, warm_up=[]) as field:
        rounds = [field.score([("a query", ["a passage"])])]
    failed = report.left_out(rounds)
    assert failed == {peer: "pip cannot install it: ERROR"}
    assert 'backend="onnx", fp32' not in report.standing(failed)
    with workers.Field(["ours, openvino"], given=None, warm_up=[]) as field:
        answers = field.score([("a query", ["a passage"])])
    assert "failed" in answers["ours, openvino"]  # an optional package ends no race
    with (
        workers.Field([systems.OURS], given=None, warm_up=[]) as field,
        pytest.raises(RuntimeError, match=r"ours, onnx-int8 has failed\. pip cannot"),
    ):
        field.score([("a query", ["a passage"])])


def test_what_lies_beside_the_course_is_run_by_its_python_and_parted(bench, monkeypatch):
    systems, environments = bench("systems"), bench("environments")
    monkeypatch.setenv("PYTHONPATH", "mine")
    paths = {}
    for environment in systems.BESIDE:
        assert environments.interpreter(environment) == Path(sys.executable)
        paths[environment] = environments.variables(environment)["PYTHONPATH"].split(os.pathsep)
        assert paths[environment] == [str(environments.PEERS / environment), "mine"]
    assert "PYTHONPATH" not in environments.variables(systems.ONNX)
