"""A queue, simulated: what theory says of it comes out, and what has no answer is refused."""

import math

import numpy as np
import pytest

from xenc_course import response_times


@pytest.mark.parametrize("busy", [0.3, 0.7])
@pytest.mark.parametrize("seconds", [[0.05], [0.01, 0.09]])
def test_the_mean_wait_is_that_of_pollaczek_and_khinchine(busy, seconds):
    mean, variation = np.mean(seconds), np.var(seconds) / np.mean(seconds) ** 2
    waits = response_times(seconds, busy / mean, n=200_000)
    expected = mean + busy / (1 - busy) * mean / 2 * (1 + variation)
    assert waits.mean() == pytest.approx(expected, rel=0.05)


def test_an_empty_machine_answers_at_once_and_a_busy_one_later():
    assert response_times([0.5], rate=1e-12) == pytest.approx(0.5)
    slow = [np.percentile(response_times([0.1], rate), 95) for rate in (1, 5, 9)]
    assert slow == sorted(slow) and slow[-1] > 3 * slow[0]


def test_near_the_limit_p95_does_not_depend_on_the_seed():
    slow = [np.percentile(response_times([0.1], 9.5, seed=seed), 95) for seed in range(3)]
    assert max(slow) < 1.15 * min(slow)


def test_the_same_seed_gives_the_same_times():
    assert (response_times([0.1, 0.2], 3, 50) == response_times([0.1, 0.2], 3, 50)).all()
    assert (response_times([0.1, 0.2], 3, 50) != response_times([0.1, 0.2], 3, 50, seed=1)).any()


@pytest.mark.parametrize("seconds", [[], [0.0], [-1.0], [math.nan], [0.1, math.inf]])
def test_a_time_is_above_0(seconds):
    with pytest.raises(ValueError, match="all above 0"):
        response_times(seconds, 1)


@pytest.mark.parametrize("rate", [0, -1, math.nan, math.inf])
def test_a_rate_is_above_0(rate):
    with pytest.raises(ValueError, match="queries come in a second"):
        response_times([0.1], rate)


def test_more_work_than_can_be_done_has_no_answer():
    with pytest.raises(ValueError, match=r"busy 200% of the time.*stay below 10\."):
        response_times([0.1], 20)
