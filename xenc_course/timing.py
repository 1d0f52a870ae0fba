"""How long something takes on this machine: the median, the quartiles and the thread count."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from xenc_course.display.table import ShowsTable, Table
from xenc_course.files import shown
from xenc_course.processes import cores

__all__ = ["Comparison", "Timing", "compare", "format_seconds", "measure"]


@dataclass(frozen=True, repr=False)
class Timing:
    """The timed runs of one function.

    Attributes:
        samples: one duration per run, in seconds, in the order of the runs.
        threads: threads that one PyTorch operation may use; the machine's cores without PyTorch.
        label: what was timed; may be empty.
    """

    samples: tuple[float, ...]
    threads: int
    label: str = ""

    @property
    def median(self) -> float:
        """The median run, in seconds."""
        return float(np.median(self.samples))

    @property
    def low(self) -> float:
        """The lower quartile, in seconds."""
        return float(np.quantile(self.samples, 0.25))

    @property
    def high(self) -> float:
        """The upper quartile, in seconds."""
        return float(np.quantile(self.samples, 0.75))

    @property
    def iqr(self) -> float:
        """The interquartile range `high - low`, in seconds: the width of the middle half."""
        return self.high - self.low

    def __str__(self) -> str:
        """One line: label, median, quartiles, runs, threads."""
        label = f"{self.label}: " if self.label else ""
        runs = _count(len(self.samples), "run")
        return (
            f"{label}{format_seconds(self.median)} (middle half {format_seconds(self.low)} to "
            f"{format_seconds(self.high)}, {runs}, {_count(self.threads, 'thread')})"
        )

    __repr__ = __str__


@dataclass(frozen=True, repr=False)
class Comparison(ShowsTable):
    """Functions that were timed in turn, round by round.

    Attributes:
        timings: one per function, in the order given; the first is the reference.
    """

    timings: tuple[Timing, ...]

    def __getitem__(self, label: str) -> Timing:
        """The timing with this label.

        Raises:
            KeyError: there is no such label.
        """
        for timing in self.timings:
            if timing.label == label:
                return timing
        labels = ", ".join(repr(timing.label) for timing in self.timings)
        raise KeyError(f"No timing is called {label!r}: choose one of {labels}.")

    @property
    def threads(self) -> int:
        """The thread count that all the timings share."""
        return self.timings[0].threads

    def speedup(self, label: str) -> float:
        """How many times faster than the reference a function is; below 1 means slower.

        Returns:
            The median, over the rounds, of the reference's seconds divided by the function's.

        Raises:
            KeyError: there is no such label.
        """
        return float(np.median(self.ratios(label)))

    def speedup_interval(self, label: str) -> tuple[float, float]:
        """The lower and the upper quartile, over the rounds, of what `speedup` computes.

        Raises:
            KeyError: there is no such label.
        """
        low, high = np.quantile(self.ratios(label), [0.25, 0.75])
        return float(low), float(high)

    def ratios(self, label: str) -> np.ndarray:
        """How many times faster than the reference in each round: float64, shape (rounds,)."""
        # One ratio per round: neighbours in time share the machine's state, so its drift cancels.
        return np.array(self.timings[0].samples) / np.array(self[label].samples)

    def table(self) -> Table:
        """One row per function: label, median, interquartile range, times faster (quartiles)."""
        rows = []
        for timing in self.timings:
            low, high = self.speedup_interval(timing.label)
            faster = f"{self.speedup(timing.label):.2f} ({low:.2f} to {high:.2f})"
            if timing is self.timings[0]:
                faster = "1 (reference)"
            median, iqr = format_seconds(timing.median), format_seconds(timing.iqr)
            rows.append([timing.label, median, iqr, faster])
        rounds = _count(len(self.timings[0].samples), "round")
        caption = f"{rounds}, run in turn; {_count(self.threads, 'thread')}; quartiles in brackets"
        columns = ["what", "median", "IQR", "times faster"]
        return Table(columns, rows, caption, align=dict.fromkeys(columns[1:], "right"))


def measure(fn: Callable[[], object], repeats: int = 5, warmup: int = 1, label: str = "") -> Timing:
    """Time a function: first calls that do not count, then calls that do.

    What `fn` raises goes through, with a note that says in which run it happened.

    Args:
        fn: called without arguments.
        repeats: how many calls are timed, 1 or more.
        warmup: how many calls come before and do not count, 0 or more.
        label: what is timed, for the result; may be empty.

    Raises:
        TypeError: `fn` is not callable, `label` is no string, or a count is no whole number.
        ValueError: a count is too small.
    """
    return _run_in_turn({label: fn}, repeats, warmup)[0]


def compare(
    functions: Mapping[str, Callable[[], object]], repeats: int = 5, warmup: int = 1
) -> Comparison:
    """Time several functions in turn, round by round, and compare them with the first.

    All are warmed up before the first round. Running them in turn spreads the machine's slow
    moments over all of them, and each ratio is taken within one round.

    Args:
        functions: label -> a function that is called without arguments.
        repeats: how many rounds are timed, 1 or more.
        warmup: how many calls of each function come before and do not count, 0 or more.

    Raises:
        TypeError: `functions` is no dictionary; see also `measure`.
        ValueError: `functions` is empty; see also `measure`.
    """
    if not isinstance(functions, Mapping):
        raise TypeError(f"The functions must be a dict of label: function, not {shown(functions)}.")
    if not functions:
        raise ValueError("There are no functions: give at least one label: function.")
    return Comparison(_run_in_turn(functions, repeats, warmup))


def format_seconds(seconds: float) -> str:
    """A duration in seconds as text with three digits: `"85.0 µs"`, `"12.3 ms"`, `"1.50 s"`."""
    rounded = float(f"{seconds:.3g}")  # decides the unit: 0.9996 s is 1.00 s, not 1000 ms
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if rounded >= scale or unit == "µs":
            break
    decimals = 2 - math.floor(math.log10(rounded / scale)) if rounded >= scale else 2
    return f"{seconds / scale:.{max(decimals, 0)}f} {unit}"


def _run_in_turn(
    functions: Mapping[str, Callable[[], object]], repeats: int, warmup: int
) -> tuple[Timing, ...]:
    for label, fn in functions.items():
        if not isinstance(label, str):
            raise TypeError(f"A label must be a string, not {shown(label)}.")
        if not callable(fn):
            name = f" of {label!r}" if label else ""
            raise TypeError(
                f"The function{name} must be callable, not {shown(fn)}: wrap it in a lambda."
            )
    _check_count("repeats", repeats, at_least=1)
    _check_count("warmup", warmup, at_least=0)
    for label, fn in functions.items():
        for run in range(warmup):
            _seconds(fn, label, f"warm-up run {run + 1} of {warmup}")
    samples: dict[str, list[float]] = {label: [] for label in functions}
    for run in range(repeats):
        for label, fn in functions.items():
            samples[label].append(_seconds(fn, label, f"timed run {run + 1} of {repeats}"))
    threads = _thread_count()
    return tuple(Timing(tuple(taken), threads, label) for label, taken in samples.items())


def _seconds(fn: Callable[[], object], label: str, run: str) -> float:
    # perf_counter and not torch.utils.benchmark.Timer: its timeit() adds two calls to every
    # sample, minutes for a reranker, and sets one thread unless told otherwise.
    try:
        _synchronise()
        start = time.perf_counter()
        fn()
        _synchronise()
        elapsed = time.perf_counter() - start
    except Exception as error:
        error.add_note(f"This happened in {run}{f' of {label!r}' if label else ''}.")
        raise
    return max(elapsed, 1e-9)  # a coarse clock may not tick in between; a ratio needs more than 0


def _synchronise() -> None:
    # A GPU works on after a call returns: without waiting for it, only the launch would be timed.
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        torch.cuda.synchronize()
    elif torch is not None and torch.backends.mps.is_available():
        torch.mps.synchronize()


def _thread_count() -> int:
    torch = sys.modules.get("torch")  # not imported for this: what was timed did not use it
    return torch.get_num_threads() if torch is not None else cores()


def _check_count(name: str, value: int, at_least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"The argument {name} must be a whole number, not {value!r}.")
    if value < at_least:
        raise ValueError(f"The argument {name} must be at least {at_least}, not {value}.")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
