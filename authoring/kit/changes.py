"""What changed when lessons ran on another collection: a page of findings, old beside new."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from xenc_course.display.table import Table

from ..stored_findings import StoredFinding
from .adapt import Adapted, Order

HEAD = """# What changed

The lessons ran on **{collection}** with {cross_encoder} and {bi_encoder}. A finding *flipped* when
its state is another one than in the original. One that this run lacks, or the original, stands
alone in its row.
"""


def changes_page(order: Order, adapted: Sequence[Adapted]) -> list[str]:
    """Make the lines of the page.

    Args:
        order: what was asked for.
        adapted: the lessons, in their order.

    Returns:
        Markdown: for each lesson its findings, and what was left out and why.
    """
    head = HEAD.format(
        collection=order.name,
        cross_encoder=order.cross_encoder,
        bi_encoder=order.bi_encoder,
    )
    lines = head.splitlines()
    for one in adapted:
        lines += ["", f"## {one.lesson}", ""]
        rows = list(_rows(one.before, one.after))
        flipped = sum(row[-1] == "yes" for row in rows)
        lines += [f"{flipped} of {len(rows)} findings flipped.", ""]
        columns = ["finding", "state before", "state here", "before", "here", "flipped"]
        lines += Table(columns, rows).markdown() if rows else []
        if one.left_out:
            lines += ["", "Left out:", "", *(f"- {sentence}" for sentence in one.left_out)]
    return lines


def _rows(
    before: Sequence[StoredFinding], after: Sequence[StoredFinding]
) -> Iterable[tuple[str, ...]]:
    """Findings at the same place of the table; the sentences may name other collections."""
    if len(before) == len(after):
        for old, new in zip(before, after, strict=True):
            flipped = "yes" if old.state != new.state else "no"
            yield new.sentence, old.state, new.state, old.estimate, new.estimate, flipped
        return
    for old in before:
        yield old.sentence, old.state, "–", old.estimate, "–", "left out"
    for new in after:
        yield new.sentence, "–", new.state, "–", new.estimate, "new"
