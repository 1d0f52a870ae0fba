"""The box of findings in README.md: sentences and numbers are the lessons', the advice is ours."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

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
    """The lines of the box: one finding per line, with its number, its interval and advice.

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
    return [*lines, "", END]


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
