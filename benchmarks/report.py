"""The tables of the benchmark, from what was measured."""

from __future__ import annotations

import numpy as np
from contest import Round
from scipy.stats import spearmanr
from systems import BASELINES, COURSE, OURS, SYSTEMS
from workers import Answer

from xenc_course import Collection, Table, compare_runs

PREDICT = BASELINES[COURSE]


def left_out(rounds: list[Round]) -> dict[str, str]:
    """The systems that failed in a round: name -> reason."""
    answers = [each for row in rounds for each in row.items()]
    return {name: answer["failed"] for name, answer in answers if "failed" in answer}


def standing(failed: dict[str, str]) -> list[str]:
    """The systems that read every pair, without those that failed or whose baseline did."""
    return [
        name
        for name, system in SYSTEMS.items()
        if system.every_pair and not {name, BASELINES[system.environment]} & failed.keys()
    ]


def speed(rounds: list[Round], names: list[str]) -> Table:
    """How fast systems are.

    Args:
        rounds: of all environments, see `race`.
        names: of the systems that get a row.

    Returns:
        One row per system: times as fast as the `CrossEncoder.predict` of its environment and how
        many times as fast as it our int8 is, in the same rounds (median, range), pairs per second,
        mean Spearman correlation with the fp32 scores, peak memory in MB, and a note.
    """
    exact = next(row[PREDICT]["scores"] for row in rounds if PREDICT in row)
    rows = []
    for name in names:
        baseline = BASELINES[SYSTEMS[name].environment]
        raced = [row for row in rounds if name in row and baseline in row]
        answers = [row[name] for row in raced]
        seconds = _seconds(raced, name)
        pairs = sum(map(len, answers[0]["scores"]))
        peaks = [answer["peak"] for answer in answers if answer["peak"] is not None]
        rows.append(
            (
                name,
                *_ratio(_seconds(raced, baseline) / seconds),
                *_ratio(seconds / _seconds(raced, OURS)),
                f"{pairs / np.median(seconds):.0f}",
                f"{agreement(answers[0], exact):.3f}",
                f"{max(peaks):.0f}" if peaks else "",
                answers[0]["note"],
            )
        )
    columns = ["system", "× predict", "spread", "our int8 ×", "spread of that"]
    return Table([*columns, "pairs/s", "rho", "peak MB", "how"], rows)


def agreement(answer: Answer, exact: list[list[float]]) -> float:
    """The mean over queries of Spearman's correlation of a system's scores with exact ones.

    A query for which a system gives all passages the same score counts as 0: it has no order.
    """
    pairs = zip(answer["scores"], exact, strict=True)
    rhos = [spearmanr(found, right).statistic if np.ptp(found) else 0.0 for found, right in pairs]
    return float(np.mean(rhos))


def judged_quality(
    answers: dict[str, Answer], wikipedia: Collection, found: dict[str, list[str]], exact: str
) -> Table:
    """How well systems rank judged candidates.

    Args:
        answers: name -> the answer of a system to the candidates.
        wikipedia: the collection of the queries.
        found: query id -> document ids, the candidates.
        exact: the name of the system that the others are compared with.

    Returns:
        One row per system: mean Spearman correlation with the scores of `exact`, nDCG@10, and its
        difference from that of `exact` with the 95 % interval.
    """
    runs = {
        name: {
            query: dict(zip(documents, scores, strict=True))
            for (query, documents), scores in zip(found.items(), answer["scores"], strict=True)
        }
        for name, answer in answers.items()
    }
    others = {name: run for name, run in runs.items() if name != exact}
    compared = compare_runs(others, {exact: runs[exact]}, wikipedia)
    rows = []
    for name, answer in answers.items():
        rho = f"{agreement(answer, answers[exact]['scores']):.3f}"
        if name == exact:
            mean = compared[next(iter(others))].baseline_mean
            rows.append((name, rho, f"{mean:.4f}", "", ""))
        else:
            one = compared[name]
            interval = f"{one.low:+.4f} to {one.high:+.4f}"
            rows.append((name, rho, f"{one.mean:.4f}", f"{one.difference:+.4f}", interval))
    return Table(["system", "rho", "nDCG@10", "difference", "95 % interval"], rows)


def first_score(rounds: list[dict[str, float]]) -> Table:
    """How long a cold process takes to its first score.

    Args:
        rounds: see `first_scores`.

    Returns:
        One row per system: seconds, and times as fast as `CrossEncoder.predict` in the same round
        (median, range).
    """
    rows = []
    for name in rounds[0]:
        raced = [row for row in rounds if name in row]
        ratios = np.array([row[PREDICT] / row[name] for row in raced])
        rows.append((name, f"{np.median([row[name] for row in raced]):.2f}", *_ratio(ratios)))
    return Table(["system", "seconds", "× predict", "spread"], rows)


def _seconds(rounds: list[Round], name: str) -> np.ndarray:
    return np.array([row[name]["seconds"] for row in rounds])


def _ratio(values: np.ndarray) -> tuple[str, str]:
    return f"{np.median(values):.2f}", f"{values.min():.2f} to {values.max():.2f}"
