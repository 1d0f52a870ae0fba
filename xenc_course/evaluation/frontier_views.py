"""The frontier to look at: a table of its best points, and a figure of cost and quality."""

from __future__ import annotations

from xenc_course.display.figure import Figure
from xenc_course.display.plots import scatter_plot
from xenc_course.display.table import Table

from .frontier import ALONE, REFERENCE, Frontier

SHORTER = {
    "late interaction": "late",
    ", two tokens a vector": " (pooled)",
    "stored vectors": "vectors",
    "xenc-": "",
    "-int8": "",
    "L12 on all": "L12: all",
    "L12 on ": "L12: ",
}


def frontier_table(frontier: Frontier, collection: str) -> Table:
    """The best points on a collection, from fast to slow, and L12 on all candidates.

    Args:
        frontier: what was measured.
        collection: whose nDCG@10 counts.

    Raises:
        KeyError: nothing was measured on it.
    """
    columns = ["a hundred candidates", "ms a query", "× predict", "bytes a passage", "nDCG@10"]
    columns += ["minus L12 on all", "90 % interval", "better?"]
    rows = []
    best = frontier.best(collection)
    reference = [p for p in frontier.points if p.name == REFERENCE and p not in best]
    for point in (*best, *reference):
        one = point.quality[collection]
        interval = f"{one.inner_low:+.4f} to {one.inner_high:+.4f}"
        versus = (one.difference, interval, one.state) if one.state else (None, None, None)
        cost = (frontier.ms(point), point.times[0], point.bytes)
        rows.append((point.name, *cost, one.mean, *versus))
    return Table(
        columns,
        rows,
        caption=f"Best points on {collection} ({frontier.queries[collection]:,} queries), times on "
        f"{frontier.machine}",
        formats={
            columns[1]: "{:.0f}",
            columns[2]: "{:.1f}",
            columns[3]: "{:,.0f}",
            columns[5]: "{:+.4f}",
        },
    )


def frontier_plot(frontier: Frontier, collection: str) -> Figure:
    """Draw the best points on a collection, every cheap model alone, and L12 on all candidates.

    The cost is the time in per cent of what `CrossEncoder.predict` takes; the quality is nDCG@10
    minus that of L12 on all candidates, with its 95 % interval.

    Args:
        frontier: what was measured.
        collection: whose nDCG@10 counts.

    Raises:
        KeyError: nothing was measured on it.
    """
    best = frontier.best(collection)
    shown = [p for p in frontier.points if p in best or p.keep == ALONE or p.name == REFERENCE]
    at = {_short(p.name): (100 / p.times[0], p.quality[collection].difference) for p in shown}
    compared = {_short(p.name): p.quality[collection] for p in shown}
    return scatter_plot(
        at,
        intervals={name: (one.low, one.high) for name, one in compared.items() if one.state},
        line=[_short(point.name) for point in best],
        title=f"What time buys on {collection} (a hundred candidates)",
        logx=True,
        xlabel="time, % of CrossEncoder.predict on the same pairs (logarithmic)",
        ylabel="nDCG@10 minus L12 on all",
        alt="; ".join(f"{name}: {x:.1f} %, {y:+.4f}" for name, (x, y) in at.items()),
    )


def _short(name: str) -> str:
    for long, word in SHORTER.items():
        name = name.replace(long, word)
    return name
