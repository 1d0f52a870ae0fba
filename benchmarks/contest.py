"""The measurements that compare systems: a race, the quality of scores, the first score."""

from __future__ import annotations

import time
from dataclasses import replace

from journal import Journal
from systems import BASELINES, SYSTEMS, Given, contestants
from workers import Answer, Field, Workload

Round = dict[str, Answer]


def prepare(given: Given) -> None:
    """Load each system once, so that what it exports is there and counts for none.

    Args:
        given: what the loaders are given.

    Raises:
        RuntimeError: a system that is required has failed.
    """
    query, passage = given.sample[0]
    for name in SYSTEMS:
        with Field([name], replace(given, sample=given.sample[:1]), warm_up=[]) as field:
            field.score([(query, [passage])])


def race(journal: Journal, title: str, work: Workload, given: Given, rounds: int) -> list[Round]:
    """Time all systems on one workload, the systems of one environment after those of another.

    In a round each system of an environment scores the workload once, so a slow moment of the
    machine affects all of them. Each environment has its own `CrossEncoder.predict`. All score the
    workload once before the first round.

    Args:
        journal: keeps each round.
        title: of the workload.
        work: what they score.
        given: what the loaders are given.
        rounds: how many.

    Returns:
        The rounds of each environment: name -> answer.

    Raises:
        RuntimeError: a system that is required has failed.
    """
    found = []
    for environment in BASELINES:
        with Field(contestants(environment), given, warm_up=work) as field:
            for number in range(rounds):
                name = f"race {title} {environment} {number}"
                found.append(journal.once(name, lambda field=field: field.score(work)))
    return found


def quality(
    journal: Journal, title: str, names: list[str], work: Workload, given: Given
) -> dict[str, Answer]:
    """Let systems score judged candidates, one system after another; no time counts.

    Args:
        journal: keeps the scores of each system.
        title: of the candidates.
        names: of the systems.
        work: the candidates.
        given: what the loaders are given.

    Returns:
        name -> answer.

    Raises:
        RuntimeError: a system that is required has failed.
    """
    found = {}
    for name in names:
        with Field([name], given, warm_up=[]) as field:
            key = f"quality {title} {name}"
            found |= journal.once(key, lambda field=field: field.score(work))
    return found


def first_scores(journal: Journal, given: Given, rounds: int) -> list[dict[str, float]]:
    """Time from the start of a process to its first score, in turn; the files were read before.

    Args:
        journal: keeps each round.
        given: what the loaders are given.
        rounds: how many, after one that does not count.

    Returns:
        The rounds: name -> seconds; a peer that cannot do it is not in them.

    Raises:
        RuntimeError: a system that is required has failed.
    """
    query, passage = given.sample[0]
    small = replace(given, sample=given.sample[:1], calibration=[])
    names = [name for name, system in SYSTEMS.items() if system.cold]

    def one_round() -> dict[str, float]:
        taken = {}
        for name in names:
            started = time.perf_counter()
            with Field([name], small, warm_up=[]) as field:
                answer = field.score([(query, [passage])])[name]
                if "failed" not in answer:
                    taken[name] = time.perf_counter() - started
        return taken

    return [journal.once(f"first score {n}", one_round) for n in range(rounds + 1)][1:]
