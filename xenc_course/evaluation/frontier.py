"""The frontier of quality against cost: what a cheap model and L12 reach together, as measured.

`make frontier` has measured it on a named machine. A point is a cheap model that orders a hundred
candidates, and how many of the best L12 reads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from xenc_course.display.table import ShowsTable, Table
from xenc_course.files import DATA

from .states import EQUIVALENT, SHOWN

FRONTIER = DATA / "frontier.json"
REFERENCE = "L12 on all"
ALONE = "0"  # `Point.keep` where L12 reads nothing


@dataclass(frozen=True)
class Quality:
    """A point on one collection, compared with L12 on all hundred candidates.

    Attributes:
        mean: nDCG@10.
        difference: `mean` minus that of L12 on all.
        low: the lower end of its 95 % bootstrap interval.
        high: the upper end.
        inner_low: the lower end of its 90 % bootstrap interval.
        inner_high: the upper end.
        state: of "it is better than L12 on all", with a margin of 0.01; "" for L12 itself.
    """

    mean: float
    difference: float = 0.0
    low: float = 0.0
    high: float = 0.0
    inner_low: float = 0.0
    inner_high: float = 0.0
    state: str = ""


@dataclass(frozen=True)
class Point:
    """A cheap model, and how many of its best passages L12 reads.

    Attributes:
        cheap: what orders the candidates; "L12 on all" where L12 reads them all.
        keep: how many L12 reads, as text: "20", or "10 to 30" where a margin decides.
        reads: collection -> passages that L12 reads per query, on average.
        bytes: that are stored per passage; 0 where nothing is.
        times: as fast as `CrossEncoder.predict` on the same hundred candidates: median, lowest and
            highest of the rounds.
        quality: collection -> what it reaches.
    """

    cheap: str
    keep: str
    reads: Mapping[str, float]
    bytes: float
    times: tuple[float, float, float]
    quality: Mapping[str, Quality]

    @property
    def name(self) -> str:
        """Both in a phrase: "late interaction, L12 on 20"."""
        alone = self.cheap == REFERENCE or self.keep == ALONE
        return self.cheap if alone else f"{self.cheap}, L12 on {self.keep}"


@dataclass(frozen=True, repr=False)
class Frontier(ShowsTable):
    """All points, and where they were measured.

    Attributes:
        points: the points.
        machine: the processor and its cores.
        versions: of the libraries.
        rounds: of the timing.
        queries: collection -> how many queries have a hundred candidates in it.
        predict_ms: milliseconds that `CrossEncoder.predict` takes for a query's hundred.
    """

    points: tuple[Point, ...]
    machine: str
    versions: str
    rounds: int
    queries: Mapping[str, int]
    predict_ms: float

    def ms(self, point: Point) -> float:
        """Milliseconds a query, on the machine of the measurement."""
        return self.predict_ms / point.times[0]

    def best(self, collection: str) -> tuple[Point, ...]:
        """The points that no other beats at both: slower ones are better, from fast to slow.

        Args:
            collection: whose nDCG@10 counts.

        Raises:
            KeyError: nothing was measured on it.
        """

        def fast_then_good(point: Point) -> tuple[float, float]:
            return -point.times[0], -point.quality[collection].mean

        found: list[Point] = []
        for point in sorted(self.points, key=fast_then_good):
            if not found or point.quality[collection].mean > found[-1].quality[collection].mean:
                found.append(point)
        return tuple(found)

    def fastest_as_good(self, collection: str) -> Point | None:
        """The fastest point that is equivalent to L12 on all, or better; None where none is faster.

        Args:
            collection: whose nDCG@10 counts, with a margin of 0.01.

        Raises:
            KeyError: nothing was measured on it.
        """
        slowest = max((p.times[0] for p in self.points if p.cheap == REFERENCE), default=0.0)
        as_good = [
            point
            for point in self.points
            if point.quality[collection].state in (EQUIVALENT, SHOWN) and point.times[0] > slowest
        ]
        return max(as_good, key=lambda point: point.times[0], default=None)

    def table(self) -> Table:
        """One row per point: times as fast, bytes stored, and nDCG@10 on each collection."""
        collections = list(self.points[0].quality)
        rows = []
        for point in sorted(self.points, key=lambda point: -point.times[0]):
            cells = [point.name, f"{self.ms(point):.0f}", f"{point.times[0]:.1f}"]
            cells.append(f"{point.bytes:,.0f}")
            for name in collections:
                one = point.quality[name]
                interval = f"{one.inner_low:+.4f} to {one.inner_high:+.4f}" if one.state else ""
                cells += [f"{one.mean:.4f}", interval]
            rows.append(cells)
        columns = ["what", "ms a query", "times as fast as predict", "bytes a passage"]
        for name in collections:
            columns += [f"nDCG@10, {name}", f"difference from L12 on all, 90 %, {name}"]
        return Table(columns, rows, caption=f"Measured on {self.machine}")


def load_frontier() -> Frontier:
    """Read the frontier that `make frontier` has measured.

    Raises:
        ValueError: the file is not the one that was measured.
    """
    try:
        found = json.loads(FRONTIER.read_text(encoding="utf-8"))
        points = tuple(
            Point(
                cheap=point["cheap"],
                keep=point["keep"],
                reads=point["reads"],
                bytes=point["bytes"],
                times=tuple(point["times"]),
                quality={name: Quality(**each) for name, each in point["quality"].items()},
            )
            for point in found["points"]
        )
        names = ("machine", "versions", "rounds", "queries", "predict_ms")
        return Frontier(points, **{name: found[name] for name in names})
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(
            f"{FRONTIER} is not the frontier that was measured: restore it with `git checkout`, or "
            "measure it anew with `make frontier`."
        ) from error
