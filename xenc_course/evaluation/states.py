"""What a measurement says about a sentence: shown, contradicted, equivalent, or it cannot tell.

The margin is the smallest difference that would change what somebody does. It is chosen before the
result is seen. Two differences that lie within it are worth the same in practice.
"""

from __future__ import annotations

SHOWN = "shown"
CONTRADICTED = "contradicted"
EQUIVALENT = "equivalent"
CANNOT_TELL = "cannot tell"
STATES = (SHOWN, CONTRADICTED, EQUIVALENT, CANNOT_TELL)

ALPHA = 0.05
MARGIN = 0.01  # in RR: two queries in a hundred move from the second place to the first
EQUIVALENCE_CONFIDENCE = 0.90  # two one-sided tests at 5 % each (Schuirmann 1987)
# Equal on 29 queries, one in ten may still differ (0.9 ** 29 = 0.047): too few to say "equal".
LEAST_FOR_EQUIVALENCE = 30

Interval = tuple[float, float]


def state_of_difference(
    interval: Interval, p: float, inner: Interval, margin: float, n: int
) -> str:
    """The state of the sentence "the difference is above zero".

    Args:
        interval: 95 % interval of the difference.
        p: of the test that the difference is zero, adjusted when there are several.
        inner: 90 % interval of the difference. Lying within the margin, it shows equivalence: that
            is what two one-sided tests at 5 % each ask for (Schuirmann 1987).
        margin: the smallest difference that matters, above 0.
        n: how many queries the difference is a mean of.

    Returns:
        `EQUIVALENT` when the 90 % interval lies within ±margin and n is at least 30, also if zero
        is outside of it: such a difference is real and too small to matter. Else `SHOWN` or
        `CONTRADICTED` when the 95 % interval leaves out zero and p is below 0.05. Else
        `CANNOT_TELL`.

    Raises:
        ValueError: the margin is not a finite number above 0.
    """
    if not 0 < margin < float("inf"):
        raise ValueError(f"The margin is {margin}: choose the smallest difference that matters.")
    if n >= LEAST_FOR_EQUIVALENCE and -margin < inner[0] and inner[1] < margin:
        return EQUIVALENT
    if interval[0] <= 0 <= interval[1] or p >= ALPHA:
        return CANNOT_TELL
    return SHOWN if interval[0] > 0 else CONTRADICTED


def state_of_value(interval: Interval, bound: float) -> str:
    """The state of the sentence "the value is above the bound", from the value's 95 % interval."""
    if interval[0] > bound:
        return SHOWN
    return CONTRADICTED if interval[1] < bound else CANNOT_TELL


def opposite(state: str) -> str:
    """The state of the opposite sentence: what is shown there is contradicted here."""
    return {SHOWN: CONTRADICTED, CONTRADICTED: SHOWN}.get(state, state)
