from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from xenc_course import timing
from xenc_course.processes import cores
from xenc_course.timing import Timing, compare, format_seconds, measure


class Clock:
    """Time that passes only when a timed function says so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr(timing.time, "perf_counter", lambda: self.now)

    def taking(self, *durations: float):
        """A function whose calls take these durations, in seconds, one after the other."""
        remaining = iter(durations)

        def fn() -> None:
            self.now += next(remaining)

        return fn


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def test_warm_up_does_not_count(clock: Clock):
    timed = measure(clock.taking(100, 1, 2, 3, 4, 5), repeats=5, warmup=1)
    assert timed.samples == pytest.approx((1, 2, 3, 4, 5))
    assert (timed.median, timed.low, timed.high, timed.iqr) == pytest.approx((3, 2, 4, 2))


def test_one_run_without_warm_up(clock: Clock):
    timed = measure(clock.taking(2), repeats=1, warmup=0)
    assert (timed.median, timed.low, timed.high, timed.iqr) == pytest.approx((2, 2, 2, 0))


def test_a_function_too_fast_for_the_clock_still_has_a_ratio(clock: Clock):
    compared = compare({"none": clock.taking(0, 0), "some": clock.taking(1, 1)}, repeats=1)
    assert 0 < compared.speedup("some") < 1


def test_real_samples_are_positive_and_as_many_as_asked():
    calls = []
    timed = measure(lambda: calls.append(1), repeats=4, warmup=2)
    assert len(timed.samples) == 4
    assert len(calls) == 6
    assert all(seconds > 0 for seconds in timed.samples)


def test_threads_are_those_of_torch_when_it_is_loaded(monkeypatch: pytest.MonkeyPatch):
    import torch

    assert measure(int, repeats=1).threads == torch.get_num_threads()
    monkeypatch.delitem(sys.modules, "torch")
    assert measure(int, repeats=1).threads == cores()


def test_a_gpu_in_use_is_waited_for_before_each_reading(monkeypatch: pytest.MonkeyPatch):
    events = []
    cuda = SimpleNamespace(is_initialized=lambda: True, synchronize=lambda: events.append("wait"))
    fake = SimpleNamespace(cuda=cuda, get_num_threads=lambda: 3)
    monkeypatch.setitem(sys.modules, "torch", fake)
    timed = measure(lambda: events.append("run"), repeats=1, warmup=0)
    assert events == ["wait", "run", "wait"]
    assert timed.threads == 3


def test_apples_gpu_is_waited_for_as_well(monkeypatch: pytest.MonkeyPatch):
    events = []
    fake = SimpleNamespace(
        cuda=SimpleNamespace(is_initialized=lambda: False),
        backends=SimpleNamespace(mps=SimpleNamespace(is_available=lambda: True)),
        mps=SimpleNamespace(synchronize=lambda: events.append("wait")),
        get_num_threads=lambda: 3,
    )
    monkeypatch.setitem(sys.modules, "torch", fake)
    measure(lambda: events.append("run"), repeats=1, warmup=0)
    assert events == ["wait", "run", "wait"]


def test_compare_warms_all_up_then_takes_turns():
    order = []
    compare({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, repeats=2, warmup=2)
    assert "".join(order) == "aabb" + "abab"


def test_a_speedup_is_the_median_of_the_ratios_within_rounds(clock: Clock):
    # The machine slows down tenfold for the second round: the ratio of each round is 2 or 4.
    compared = compare(
        {"slow": clock.taking(4, 40, 4), "fast": clock.taking(2, 20, 1)}, repeats=3, warmup=0
    )
    assert compared.speedup("fast") == pytest.approx(2)
    assert compared.speedup_interval("fast") == pytest.approx((2, 3))
    assert compared.speedup("slow") == 1
    assert compared.speedup_interval("slow") == (1, 1)


def test_a_slower_function_has_a_speedup_below_one(clock: Clock):
    compared = compare({"a": clock.taking(1, 1), "b": clock.taking(4, 4)}, repeats=1)
    assert compared.speedup("b") == pytest.approx(0.25)


def test_a_comparison_gives_its_timings_by_label(clock: Clock):
    compared = compare({"a": clock.taking(1), "b": clock.taking(2)}, repeats=1, warmup=0)
    assert compared["b"].label == "b"
    assert compared["b"].median == pytest.approx(2)
    assert compared.threads == compared["a"].threads
    with pytest.raises(KeyError, match=r"No timing is called 'c': choose one of 'a', 'b'"):
        compared["c"]


def test_a_comparison_shows_itself_as_a_table(clock: Clock):
    compared = compare(
        {"loop": clock.taking(0.5, 0.5), "<batch>": clock.taking(0.2, 0.2)}, repeats=2, warmup=0
    )
    text = str(compared)
    assert repr(compared) == text
    for shown in ("loop", "500 ms", "1 (reference)", "200 ms", "2.50 (2.50 to 2.50)", "2 rounds"):
        assert shown in text
    assert f"{compared.threads} thread" in text
    html = compared._repr_html_()
    assert "&lt;batch&gt;" in html
    assert "2.50 (2.50 to 2.50)" in html


def test_a_timing_shows_median_quartiles_runs_and_threads():
    timed = Timing((0.001, 0.002, 0.003), threads=2, label="encode")
    shown = "encode: 2.00 ms (middle half 1.50 ms to 2.50 ms, 3 runs, 2 threads)"
    assert str(timed) == repr(timed) == shown
    assert str(Timing((1.5,), 1)) == "1.50 s (middle half 1.50 s to 1.50 s, 1 run, 1 thread)"


def test_a_timing_cannot_be_changed():
    with pytest.raises(AttributeError):
        Timing((1.0,), 1).threads = 2


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.00 µs"),
        (0.9996, "1.00 s"),
        (9.996, "10.0 s"),
        (2e-7, "0.20 µs"),
        (8.5e-5, "85.0 µs"),
        (0.00123, "1.23 ms"),
        (0.0456, "45.6 ms"),
        (0.789, "789 ms"),
        (1, "1.00 s"),
        (75.25, "75.2 s"),
        (1234.5, "1234 s"),
    ],
)
def test_seconds_are_written_in_a_unit_that_fits(seconds: float, text: str):
    assert format_seconds(seconds) == text


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"fn": 3}, TypeError, "The function must be callable, not 3"),
        ({"repeats": 0}, ValueError, "repeats must be at least 1, not 0"),
        ({"warmup": -1}, ValueError, "warmup must be at least 0, not -1"),
        ({"repeats": True}, TypeError, "repeats must be a whole number, not True"),
        ({"warmup": False}, TypeError, "warmup must be a whole number, not False"),
        ({"repeats": 2.0}, TypeError, "repeats must be a whole number, not 2.0"),
    ],
)
def test_measure_refuses_bad_arguments(arguments: dict, error: type, message: str):
    with pytest.raises(error, match=message):
        measure(**{"fn": int, **arguments})


@pytest.mark.parametrize(
    ("functions", "error", "message"),
    [
        ({}, ValueError, "There are no functions"),
        ([int], TypeError, "functions must be a dict"),
        ({1: int}, TypeError, "A label must be a string, not 1"),
        ({"a": int, "b": "text"}, TypeError, "The function of 'b' must be callable, not 'text'"),
    ],
)
def test_compare_refuses_bad_arguments(functions: object, error: type, message: str):
    with pytest.raises(error, match=message):
        compare(functions)


def test_nothing_runs_when_an_argument_is_bad():
    calls = []
    with pytest.raises(ValueError, match="repeats"):
        compare({"a": lambda: calls.append(1)}, repeats=0)
    assert calls == []


def fails_from_call(number: int):
    calls = []

    def fn() -> None:
        calls.append(1)
        if len(calls) >= number:
            raise OSError("out of paper")

    return fn


@pytest.mark.parametrize(
    ("number", "run"),
    [(1, "warm-up run 1 of 2"), (2, "warm-up run 2 of 2"), (4, "timed run 2 of 3")],
)
def test_what_a_function_raises_goes_through_and_says_when(number: int, run: str):
    with pytest.raises(OSError, match="out of paper") as raised:
        compare({"good": int, "printer": fails_from_call(number)}, repeats=3, warmup=2)
    assert raised.value.__notes__ == [f"This happened in {run} of 'printer'."]


def test_measure_says_when_without_a_label():
    with pytest.raises(OSError, match="out of paper") as raised:
        measure(fails_from_call(2))
    assert raised.value.__notes__ == ["This happened in timed run 1 of 5."]
