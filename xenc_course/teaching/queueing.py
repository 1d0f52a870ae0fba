"""How long users wait when queries come at random and a machine answers one after the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["response_times"]


def response_times(
    seconds: Sequence[float] | np.ndarray, rate: float, n: int = 1_000_000, seed: int = 0
) -> np.ndarray:
    """Simulate a queue: from each query's arrival to its answer.

    Queries arrive independently of each other (exponential gaps), take one of the measured times
    and are answered in the order in which they came, one at a time.

    Args:
        seconds: measured times of single queries, each as likely as the others.
        rate: how many queries come in a second on average.
        n: how many queries are simulated, the first at an empty machine. The nearer the machine is
            to being busy all the time, the more it takes until p95 settles: at 95 %, a million.
        seed: of the random arrivals and times.

    Returns:
        Seconds of each query: float64, shape (n,).

    Raises:
        ValueError: a time, the rate or `n` is not above 0, or more work comes than can be done, so
            that the queue would grow without end.
    """
    taken = np.asarray(seconds, dtype=np.float64)
    if not taken.size or not (np.isfinite(taken) & (taken > 0)).all():
        raise ValueError("The times of single queries are one number or more, all above 0.")
    if n < 1:
        raise ValueError(f"At least one query has to be simulated, not {n}.")
    if not 0 < rate < np.inf:
        raise ValueError(f"The rate is {rate}: give how many queries come in a second, above 0.")
    busy = rate * float(taken.mean())
    if busy >= 1:
        raise ValueError(
            f"At {rate:.4g} queries a second the machine would be busy {busy:.0%} of the time, and "
            f"the queue would grow without end: stay below {1 / taken.mean():.4g}."
        )
    random = np.random.default_rng(seed)
    gaps, times = random.exponential(1 / rate, n), random.choice(taken, n)
    # What a query waits is how far the work has outgrown the time since the queue was last empty
    # (Lindley 1952).
    grown = np.concatenate([[0.0], np.cumsum(times - gaps)[:-1]])
    return grown - np.minimum.accumulate(grown) + times
