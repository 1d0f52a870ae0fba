"""The box of findings in README.md: sentences and numbers are the lessons', the advice is ours.

Below them stand what it costs, from the table of prices, and what time buys, from the frontier.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from xenc_course.evaluation.frontier import Frontier, load_frontier
from xenc_course.teaching.prices import Prices, load_prices
from xenc_course.timing import format_seconds

from .notebooks import NOTEBOOKS
from .stored_findings import StoredFinding

README = NOTEBOOKS.parent / "README.md"
START, END = "<!-- findings: made by `make findings` -->", "<!-- end of findings -->"
# How a finding's sentence begins, and what follows from it.
ADVICE = (
    (
        "Reranking twenty candidates raises",
        "Rerank the first twenty results of your search, and measure: on helpdesk the same pair of "
        "models does not gain.",
    ),
    ("Where reranking changes", "Read some queries that it spoils before you switch it on."),
    ("Reranking BM25's results", "Begin there if you have a keyword search."),
    (
        "all-MiniLM alone beats BM25",
        "Compare first stages alone, too, before you add a reranker: they read no pairs.",
    ),
    ("Of first results with a sigmoid", "Sort by the score; do not show it as a probability."),
)


def readme_box(found: Sequence[StoredFinding]) -> list[str]:
    """The lines of the box: one finding per line, with its number and advice; then what it costs.

    Raises:
        ValueError: no lesson has a finding that begins as the box wants it.
    """
    lines = [START, ""]
    for beginning, advice in ADVICE:
        matching = [one for one in found if one.sentence.startswith(beginning)]
        if not matching:
            raise ValueError(
                f"README's box wants a finding that begins with {beginning!r}, and no lesson has "
                "one: change authoring/readme_findings.py."
            )
        one = matching[0]
        lines.append(
            f"- **{one.sentence}** {one.estimate} ({one.interval}; {one.n}): {one.state}. {advice} "
            f"[{one.lesson[:2]}](notebooks/{one.lesson}.ipynb)"
        )
    return [*lines, "", _costs(load_prices()), "", _time_buys(load_frontier()), "", END]


def _costs(prices: Prices) -> str:
    """What reading a passage and searching cost, in a paragraph."""
    read, read8 = prices["L12, predict, fp32"], prices["L12, Reranker onnx-int8"]
    encode, search = (
        prices["all-MiniLM, encode a query, fp32"],
        prices["compare with 10,000 vectors"],
    )
    ms = [format_seconds(one) for one in (read.seconds, read8.seconds)]
    first = format_seconds(encode.seconds + search.seconds)
    doubt = f" {prices.doubt}" if prices.doubt else ""
    return (
        f"**What it costs** on {prices.machine}: the cross-encoder reads a Wikipedia passage in "
        f"{ms[0]} with PyTorch (fp32) and in {ms[1]} in 8-bit integers; a search of 10,000 stored "
        f"vectors takes {first}, of which {format_seconds(encode.seconds)} read the query.{doubt} "
        "[All prices](FINDINGS.md#prices), and how to measure your own: "
        "[03](notebooks/03_speed.ipynb)"
    )


def _time_buys(frontier: Frontier) -> str:
    """The fastest way that is as good as the cross-encoder on everything, in a paragraph."""
    ways = []
    for collection in frontier.points[0].quality:
        point = frontier.fastest_as_good(collection)
        if point is None:
            ways.append(f"none on {collection}")
            continue
        one = point.quality[collection]
        ways.append(
            f"{point.name} on {collection} ({point.times[0]:.0f} times as fast as `predict`; "
            f"nDCG@10 {one.difference:+.4f}, 90 % interval {one.inner_low:+.4f} to "
            f"{one.inner_high:+.4f})"
        )
    return (
        "**What time buys:** the fastest ways to rerank a hundred candidates that are as good as "
        "the cross-encoder on all of them (nDCG@10 equivalent within ±0.01, or better): "
        f"{'; '.join(ways)}. The whole frontier: [05](notebooks/05_models.ipynb)"
    )


def with_box(readme: str, box: Sequence[str]) -> str:
    """README's text with the box in its place.

    Raises:
        ValueError: the lines that mark its place are missing.
    """
    before, start, rest = readme.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        raise ValueError(f"README.md lacks the lines {START} and {END}: put them back.")
    return before + "\n".join(box) + after


def check_readme(found: Sequence[StoredFinding], path: Path = README) -> None:
    """Compare README's box with what the lessons say now.

    Raises:
        ValueError: the two differ.
    """
    text = path.read_text(encoding="utf-8")
    if text != with_box(text, readme_box(found)):
        raise ValueError("README.md differs from the lessons: run `make findings` and commit it.")
