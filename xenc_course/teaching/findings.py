"""Findings: a sentence that a reader would act on, what was measured, and the state that follows.

The state is computed from the evidence and never given: see `xenc_course.evaluation.states`.
Evidence is a `Difference` of `compare_runs`, or one of the kinds below: a share of cases, single
cases, a time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import singledispatch

import numpy as np

from xenc_course.display.cells import Cell
from xenc_course.display.table import Table
from xenc_course.display.text_width import escaped, one_line
from xenc_course.display.tones import AGAINST, FOR, OPEN
from xenc_course.evaluation.difference import Difference
from xenc_course.evaluation.states import (
    CANNOT_TELL,
    CONTRADICTED,
    EQUIVALENT,
    SHOWN,
    STATES,
    opposite,
    state_of_value,
)
from xenc_course.timing import Comparison

NO_INTERVAL = "–"
LEAST_ROUNDS = 7  # smallest and largest of seven rounds hold the median in 98 of 100 cases
WORDS = {
    SHOWN: "shown",
    CONTRADICTED: "contradicted",
    EQUIVALENT: "equivalent: the difference is too small to matter",
    CANNOT_TELL: "these data cannot tell",
}
LINES = {
    SHOWN: f"solid {FOR}",
    CONTRADICTED: f"dashed {AGAINST}",
    EQUIVALENT: f"double {FOR}",
    CANNOT_TELL: f"dotted {OPEN}",
}


@dataclass(frozen=True)
class Share:
    """A share of cases, as evidence for "more than `bound` of them".

    Its interval takes the cases as independent of each other. Count at most one case per query:
    ten passages of one query rise and fall together.

    Attributes:
        hits: in how many cases it is so.
        n: how many cases there are.
        cases: what they are, such as "candidates above 5".
        bound: the share that the sentence speaks of, from 0 to 1; decided before counting.
    """

    hits: int
    n: int
    cases: str
    bound: float = 0.5


@dataclass(frozen=True)
class Cases:
    """Single cases, as evidence for "it is always so" or for "it happens".

    A case against "always" contradicts it; no number of cases shows it. A case for "it happens"
    shows it; no number of cases contradicts it.

    Attributes:
        found: whether it is so, case by case.
        cases: what they are, such as "documents".
        always: whether the sentence says "always"; otherwise it says "it happens".
        seen: what the reader should see of them, such as "answer -9.631, stuffed +5.744".
    """

    found: Sequence[bool]
    cases: str
    always: bool = False
    seen: str = ""


@dataclass(frozen=True)
class Speedup:
    """How many times faster something is than the reference, as evidence for "faster".

    It is shown when every round was faster, contradicted when every round was slower. Its interval
    goes from the lowest round to the highest.

    Attributes:
        comparison: of `compare`, with at least seven rounds.
        label: of what is said to be faster.
        bound: how many times faster makes a difference; below it, both ways, is equivalent.
    """

    comparison: Comparison
    label: str
    bound: float = 1.1


@dataclass(frozen=True, slots=True, repr=False)
class Finding:
    """A sentence, what was measured, and its state; made by `finding`, shows itself.

    Attributes:
        sentence: what a reader would act on.
        estimate: the number that was measured, with its unit.
        interval: where the number may lie, 95 %; of a time, from the lowest round to the highest
            (98 % for the median of seven); a dash where it is no sample.
        n: how many queries, cases or rounds that rests on, and of what.
        kind: "comparison", "count", "example" or "timing".
        state: one of `STATES`.
    """

    sentence: str
    estimate: str
    interval: str
    n: str
    kind: str
    state: str

    def measured(self) -> str:
        """Estimate, interval and n as one line."""
        interval = "" if self.interval == NO_INTERVAL else f" ({self.interval})"
        return f"{self.estimate}{interval}; {self.n}"

    def __str__(self) -> str:
        """Sentence, measurement and state, one line each."""
        return (
            f"Finding:  {one_line(self.sentence)}\n"
            f"Measured: {one_line(self.measured())}\n"
            f"State:    {WORDS[self.state]}"
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return (
            f'<div style="border-left: 6px {LINES[self.state]}; padding: 4px 12px; margin: 4px 0">'
            f'<div dir="auto"><b>{escaped(one_line(self.sentence))}</b></div>'
            f'<div dir="auto">Measured: {escaped(one_line(self.measured()))}</div>'
            f"<div>State: <b>{WORDS[self.state]}</b></div></div>"
        )


def finding(
    sentence: str, evidence: Difference | Share | Cases | Speedup, *, opposes: bool = False
) -> Finding:
    """A sentence with its measurement and the state that follows from it.

    Args:
        sentence: says in which direction: "Reranking twenty passages raises RR@10."
        evidence: for the direction "more": the run is better than the baseline, the share is above
            its bound, it happens or is always so, it is faster.
        opposes: whether the sentence says the opposite: lower, fewer, slower, never.

    Raises:
        TypeError: the sentence is no text, or the evidence is of another kind.
        ValueError: the sentence is empty, a number is not finite, there are too few rounds, or
            there is no case.
    """
    if not isinstance(sentence, str):
        raise TypeError(f"The sentence must be text, not {sentence!r}.")
    if not sentence.strip():
        raise ValueError("The sentence is empty: say what was found.")
    estimate, interval, n, kind, state = _measured(evidence)
    return Finding(sentence, estimate, interval, n, kind, opposite(state) if opposes else state)


def show_findings(findings: Iterable[Finding]) -> Table:
    """The wrap-up of a lesson: sentence first, numbers after; the caption counts the states.

    Raises:
        TypeError: something in the list is no `Finding`.
        ValueError: the list is empty.
    """
    listed = [findings] if isinstance(findings, Finding) else list(findings)
    if not listed:
        raise ValueError("There are no findings to show: give at least one finding(...).")
    for i, item in enumerate(listed):
        if not isinstance(item, Finding):
            raise TypeError(f"findings[{i}] is a {type(item).__name__}: make it with finding(...).")
    rows = [
        [f.sentence, Cell(f.state, f.state, bold=True), f.estimate, f.interval, f.n, f.kind]
        for f in listed
    ]
    counts = [(state, sum(item.state == state for item in listed)) for state in STATES]
    caption = "Findings: " + ", ".join(f"{count} {state}" for state, count in counts if count)
    return Table(
        ["finding", "state", "measured", "95 % interval", "n", "kind"], rows, caption, wrap=44
    )


Measured = tuple[str, str, str, str, str]  # estimate, interval, n, kind, state


@singledispatch
def _measured(evidence: object) -> Measured:
    raise TypeError(
        f"A {type(evidence).__name__} is no evidence: give a Difference of compare_runs, a Share, "
        "Cases or a Speedup."
    )


@_measured.register
def _(evidence: Difference) -> Measured:
    _check_finite(evidence.difference, evidence.low, evidence.high, evidence.p)
    return (
        f"{evidence.metric} {evidence.difference:+.4f}",
        f"{evidence.low:+.4f} to {evidence.high:+.4f}",
        f"{len(evidence.per_query):,} queries of {evidence.collection}",
        "comparison",
        evidence.state,
    )


@_measured.register
def _(evidence: Share) -> Measured:
    if not 0 <= evidence.hits <= evidence.n or not evidence.n:
        raise ValueError(f"{evidence.hits} of {evidence.n} {evidence.cases} is no share.")
    low, high = wilson_interval(evidence.hits, evidence.n)
    return (
        f"{evidence.hits / evidence.n:.4f} ({evidence.hits:,} of {evidence.n:,})",
        f"{low:.4f} to {high:.4f}",
        f"{evidence.n:,} {evidence.cases}",
        "count",
        state_of_value((low, high), evidence.bound),
    )


@_measured.register
def _(evidence: Cases) -> Measured:
    found = [bool(one) for one in evidence.found]
    if not found:
        raise ValueError("There is no case to look at: give at least one.")
    if evidence.always:
        state = CANNOT_TELL if all(found) else CONTRADICTED
    else:
        state = SHOWN if any(found) else CANNOT_TELL
    counted = f"{sum(found):,} of {len(found):,}"
    estimate = f"{counted}: {evidence.seen}" if evidence.seen else counted
    return estimate, NO_INTERVAL, f"{len(found):,} {evidence.cases}", "example", state


@_measured.register
def _(evidence: Speedup) -> Measured:
    ratios = evidence.comparison.ratios(evidence.label)
    if len(ratios) < LEAST_ROUNDS:
        raise ValueError(
            f"{len(ratios)} rounds say too little about a time: take {LEAST_ROUNDS} or more."
        )
    low, high = float(ratios.min()), float(ratios.max())
    _check_finite(low, high)
    if 1 / evidence.bound < low and high < evidence.bound:
        state = EQUIVALENT
    else:
        state = state_of_value((low, high), 1.0)
    threads = evidence.comparison.threads
    return (
        f"{float(np.median(ratios)):.2f} times as fast",
        f"{low:.2f} to {high:.2f}, all rounds",
        f"{len(ratios)} rounds, {threads} {'thread' if threads == 1 else 'threads'}",
        "timing",
        state,
    )


def wilson_interval(hits: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """The interval of a share (Wilson 1927), 95 % for z = 1.96; both ends lie from 0 to 1."""
    share, spread = hits / n, z * z / n
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def _check_finite(*numbers: float) -> None:
    if not all(map(math.isfinite, numbers)):
        raise ValueError("A measured number is NaN or infinite: there is nothing to find in it.")
