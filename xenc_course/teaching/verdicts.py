"""A claim, what was measured, and the verdict that follows from it by computation."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from xenc_course.display.table import Cell, Table
from xenc_course.display.text_width import one_line


@dataclass(frozen=True, slots=True, repr=False)
class Verdict:
    """A claim, what was measured, and whether the claim holds; shows itself.

    Raises:
        TypeError: ``holds`` is not a bool (numpy's included), or a text is not a string.
        ValueError: a text is empty.
    """

    claim: str
    holds: bool
    evidence: str

    def __post_init__(self) -> None:
        """Refuse anything but two texts and a truth value."""
        for name in ("claim", "evidence"):
            text = getattr(self, name)
            if not isinstance(text, str):
                raise TypeError(f"the {name} must be text, not {text!r}")
            if not text.strip():
                raise ValueError(f"the {name} is empty: say it in words")
        if not isinstance(self.holds, bool | np.bool):
            raise TypeError(
                f"holds must be True or False, computed by a comparison, not {self.holds!r}"
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
        line = "solid #0072b2" if self.holds else "dashed #d55e00"
        return (
            f'<div style="border-left: 5px {line}; padding: 4px 12px; margin: 4px 0">'
            f'<div dir="auto">Claim: {html.escape(one_line(self.claim))}</div>'
            f'<div dir="auto">Measured: {html.escape(one_line(self.evidence))}</div>'
            f"<div>Verdict: <b>{self.word}</b></div></div>"
        )


def verdict(claim: str, holds: bool, evidence: str) -> Verdict:
    """A claim with its computed verdict: ``verdict("A beats B", a > b, f"{a:.3f} vs {b:.3f}")``.

    Raises:
        TypeError, ValueError: see `Verdict`.
    """
    return Verdict(claim, holds, evidence)


def show_verdicts(verdicts: Iterable[Verdict]) -> Table:
    """The wrap-up table: claim, what was measured, verdict; the caption counts those that hold.

    Raises:
        TypeError: something in the list is not a `Verdict`.
        ValueError: the list is empty.
    """
    if isinstance(verdicts, Verdict):
        raise TypeError("show_verdicts takes a list of verdicts: put this one in [ ]")
    verdicts = list(verdicts)
    if not verdicts:
        raise ValueError("there are no verdicts to show: give at least one verdict(...)")
    for i, item in enumerate(verdicts):
        if not isinstance(item, Verdict):
            raise TypeError(f"verdicts[{i}] is a {type(item).__name__}: make it with verdict(...)")
    rows = [(v.claim, v.evidence, Cell(v.word, v.word, bold=True)) for v in verdicts]
    held = sum(v.holds for v in verdicts)
    claims = "claim holds" if len(verdicts) == 1 else "claims hold"
    caption = f"{held} of {len(verdicts)} {claims}"
    return Table(["claim", "measured", "verdict"], rows, caption, wrap=44)
