"""A claim, what was measured, and the verdict that follows from it by computation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from xenc_course.display.cells import Cell
from xenc_course.display.table import Table
from xenc_course.display.text_width import escaped, one_line
from xenc_course.display.tones import AGAINST, FOR


@dataclass(frozen=True, slots=True, repr=False)
class Verdict:
    """A claim, what was measured, and whether the claim holds; shows itself.

    Attributes:
        claim: one sentence.
        holds: computed by a comparison.
        evidence: what was measured, with its numbers.
    """

    claim: str
    holds: bool
    evidence: str

    def __post_init__(self) -> None:
        """Refuse anything but two texts and a truth value.

        Raises:
            TypeError: `holds` is no bool (of Python or numpy), or a text is no string.
            ValueError: a text is empty.
        """
        for name in ("claim", "evidence"):
            text = getattr(self, name)
            if not isinstance(text, str):
                raise TypeError(f"The {name} must be text, not {text!r}.")
            if not text.strip():
                raise ValueError(f"The {name} is empty: say it in words.")
        if not isinstance(self.holds, bool | np.bool):
            raise TypeError(
                "The argument holds must be True or False, computed by a comparison, "
                f"not {self.holds!r}."
            )
        object.__setattr__(self, "holds", bool(self.holds))

    @property
    def word(self) -> str:
        """'✓ holds' or '✗ does not hold'."""
        return "✓ holds" if self.holds else "✗ does not hold"

    def __str__(self) -> str:
        """Claim, measurement and verdict, one line each."""
        return (
            f"Claim:    {one_line(self.claim)}\n"
            f"Measured: {one_line(self.evidence)}\n"
            f"Verdict:  {self.word}"
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        line = f"solid {FOR}" if self.holds else f"dashed {AGAINST}"
        return (
            f'<div style="border-left: 5px {line}; padding: 4px 12px; margin: 4px 0">'
            f'<div dir="auto">Claim: {escaped(one_line(self.claim))}</div>'
            f'<div dir="auto">Measured: {escaped(one_line(self.evidence))}</div>'
            f"<div>Verdict: <b>{self.word}</b></div></div>"
        )


def verdict(claim: str, holds: bool, evidence: str) -> Verdict:
    """State a claim with its verdict: `verdict("A beats B", a > b, f"{a:.3f} vs {b:.3f}")`.

    Args:
        claim: one sentence.
        holds: whether the claim holds, computed by a comparison.
        evidence: what was measured, with its numbers.

    Raises:
        TypeError: `holds` is no bool (of Python or numpy), or a text is no string.
        ValueError: a text is empty.
    """
    return Verdict(claim, holds, evidence)


def show_verdicts(verdicts: Iterable[Verdict]) -> Table:
    """Show all verdicts of a lesson as one table.

    Returns:
        A table with the columns claim, measured and verdict; its caption counts the claims that
        hold.

    Raises:
        TypeError: something in the list is not a `Verdict`.
        ValueError: the list is empty.
    """
    if isinstance(verdicts, Verdict):
        raise TypeError("The verdicts must be a list of verdicts, not one: put it in [ ].")
    verdicts = list(verdicts)
    if not verdicts:
        raise ValueError("There are no verdicts to show: give at least one verdict(...).")
    for i, item in enumerate(verdicts):
        if not isinstance(item, Verdict):
            raise TypeError(f"verdicts[{i}] is a {type(item).__name__}: make it with verdict(...).")
    rows = [(v.claim, v.evidence, Cell(v.word, v.word, bold=True)) for v in verdicts]
    held = sum(v.holds for v in verdicts)
    claims = "claim holds" if len(verdicts) == 1 else "claims hold"
    caption = f"{held} of {len(verdicts)} {claims}"
    return Table(["claim", "measured", "verdict"], rows, caption, wrap=44)
