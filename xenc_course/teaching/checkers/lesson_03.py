"""The checkers of lesson 03: a depth, a number of machines, a stopwatch, a price of your own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from xenc_course.models.loading import DEFAULT_CROSS_ENCODER
from xenc_course.scoring.reranker import Reranker
from xenc_course.timing import Timing, format_seconds

from .exercise import Exercise, call_for_number, expect
from .folders import open_folder, parts

LEAST_ROUNDS = 7
BUDGET = 0.1  # seconds, for which a learner's own depth is said


def _depth(function: Any) -> str:
    got = call_for_number(function, 1.0, 0.3125, 0.25)  # 2.75 fit
    expect(got != 3, "2.75 passages fit, and the third would end too late: round down.")
    expect(got != 4, "The first stage needs its share: take it off the budget before you divide.")
    expect(got == int(got), "A passage is read whole: return a whole number.")
    expect(got != -3, "A time left is the budget minus what is used, not the other way round.")
    expect(got == 2, "How much of the budget is left for pairs, and how many pairs fit into that?")
    expect(
        call_for_number(function, 0.125, 0.5, 0.25) == 0,
        "When the first stage uses up the budget, no pair fits: the answer is 0, never less.",
    )
    expect(
        call_for_number(function, 1.0, 0.0, 0.25) == 4,
        "A budget of 1 s without a first stage holds four pairs of 0.25 s.",
    )
    expect(
        call_for_number(function, 8.0, 2.0, 0.5) == 12,
        "It is not right for every budget: use all three numbers.",
    )
    return ""


def _machines(function: Any) -> str:
    got = call_for_number(function, 9.0, 0.25, 0.5)  # 4.5 are needed
    expect(got != 4, "Half a machine is missing then: round up.")
    expect(
        not 2 <= got <= 3,
        "That many would be busy all the time, and queries would queue without end: leave room "
        "with `busy`.",
    )
    expect(got not in (1, 1.125), "Divide by `busy`: the less each is used, the more you need.")
    expect(got not in (36, 72, 18), "Seconds of work per second: the rate times the seconds each.")
    expect(got == int(got), "Machines are bought whole: return a whole number.")
    expect(got == 5, "How many seconds of work come in each second, and how many may one do?")
    expect(
        call_for_number(function, 8.0, 0.25, 0.5) == 4,
        "Four machines are exactly enough for 8 queries a second of 0.25 s each at one half.",
    )
    expect(
        call_for_number(function, 1.0, 0.125, 0.5) == 1,
        "It is not right for every load: a quarter of a machine's work needs one machine.",
    )
    return ""


class Stopped:
    """A function and a clock of its own, on which each call takes the next of these seconds."""

    def __init__(self, durations: Sequence[float]) -> None:
        """Begin at 0 s."""
        self.durations, self.calls, self.now, self.read = durations, 0, 0.0, 0

    def run(self) -> None:
        """Let the next duration pass; none is left after the last."""
        if self.calls < len(self.durations):
            self.now += self.durations[self.calls]
        self.calls += 1

    def clock(self) -> float:
        """What the clock shows."""
        self.read += 1
        return self.now


def _reading(function: Any, durations: Sequence[float]) -> tuple[float, Stopped]:
    """What a learner's stopwatch says when the calls take these seconds, the first to warm up."""
    stopped = Stopped(durations)
    n_rounds = len(durations) - 1
    # A bound method would be copied, with the clock that it belongs to.
    seconds = call_for_number(function, lambda: stopped.run(), n_rounds, lambda: stopped.clock())
    return seconds, stopped


def _stopwatch(function: Any) -> str:
    seconds, stopped = _reading(function, [100.0, 2.0])
    expect(stopped.calls, "Your function never calls `fn()`.")
    expect(stopped.read, "Read `clock()` before and after each call: it is the only clock here.")
    expect(
        stopped.calls == 2,
        "Call `fn()` once without counting, then `repeats` times: that is repeats + 1 calls.",
    )
    expect(seconds == 2, "The first call is the warm-up: it must not count.")
    seconds, _ = _reading(function, [100.0, 1.0, 9.0, 2.0])
    expect(seconds != 4, "That is the mean: one slow call moves it, so take the median.")
    expect(seconds != 1, "That is the fastest call: take the median.")
    expect(seconds != 9, "The middle of the calls as they came is not the median: sort them.")
    expect(seconds != 12, "That is all calls together: time each one.")
    expect(seconds == 2, "Of 1, 9 and 2 seconds the median is 2.")
    seconds, _ = _reading(function, [100.0, 4.0, 1.0, 3.0, 2.0])
    expect(seconds == 2.5, "Of an even number the median is the mean of the two in the middle.")
    return ""


def _own_price(answer: Any) -> str:
    answer = parts(answer, "my_folder, my_timing", "03.4")
    collection, timing = open_folder(answer[0], judged=False), answer[1]
    expect(
        isinstance(timing, Timing),
        f"my_timing is what `measure` returns, and yours is a {type(timing).__name__}.",
    )
    rounds = len(timing.samples)
    expect(
        rounds >= LEAST_ROUNDS,
        f"{rounds} rounds say too little about a time: give repeats={LEAST_ROUNDS} or more.",
    )
    expect(collection.queries, "The folder has no query: write one.")
    query, n = next(iter(collection.queries.values())), len(collection.documents)
    pairs = [(query, collection.passage(document)) for document in collection.documents]
    tokens = [len(each) for each in Reranker(DEFAULT_CROSS_ENCODER).tokenizer(pairs)]
    each = timing.median / n
    return (
        f"One of your {n:,} passages takes {format_seconds(each)} ({np.mean(tokens):.0f} tokens "
        f"with the query on average, {max(tokens)} at most; rounds from "
        f"{format_seconds(min(timing.samples) / n)} to {format_seconds(max(timing.samples) / n)}). "
        f"So {math.floor(BUDGET / each):,} such passages fit into {1000 * BUDGET:.0f} ms, "
        "before the first stage takes its share."
    )


EXERCISES = {
    "03.1": Exercise(
        wants="depth(budget, first_stage, per_pair) returns one whole number.",
        hints=(
            "What is left of the budget when the first stage is done? Pairs are read one after the "
            "other, and a pair that ends too late does not count.",
            "int(x) cuts off what stands behind the point; max(0, x) keeps a number from falling "
            "below 0.",
        ),
        judge=_depth,
    ),
    "03.2": Exercise(
        wants="machines(rate, seconds, busy) returns one whole number.",
        hints=(
            "Each second brings rate × seconds of work. How much of it may one machine do in that "
            "second?",
            "Divide by `busy`, and round up: math.ceil, or -(-a // b).",
        ),
        judge=_machines,
    ),
    "03.3": Exercise(
        wants="median_seconds(fn, repeats, clock) returns one number.",
        hints=(
            "Call fn() once and throw its time away. Then, `repeats` times, read the clock, call, "
            "read the clock again, and keep the difference in a list.",
            "np.median(list) sorts and takes the middle, for even numbers the mean of the two in "
            "the middle.",
        ),
        judge=_stopwatch,
    ),
    "03.4": Exercise(
        wants="my_folder is the path of a folder, and my_timing what `measure` returned.",
        hints=(
            "Take the first query of your folder with every passage: those are the pairs. A "
            "function without arguments that scores them is what `measure` wants.",
            "my_timing = measure(lambda: int8(pairs), repeats=7), with mine = "
            "load_collection(my_folder) and mine.passage(document) for each of mine.documents.",
        ),
        judge=_own_price,
    ),
}
