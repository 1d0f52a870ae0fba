"""One table of prices: what scoring, encoding and searching cost on a named machine.

Lessons, README and FINDINGS.md quote times from this table only, so that they agree. It is made by
one command, `python -m authoring runs prices`, and stored with the machine, the versions and the
text. A lesson puts its own live figures beside the stored ones (`Prices.beside`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from xenc_course.display.table import ShowsTable, Table
from xenc_course.files import DATA, shown
from xenc_course.timing import Timing, format_seconds

__all__ = ["PASSAGE", "PRICES", "QUERY", "Price", "Prices", "load_prices"]

PRICES = DATA / "prices.json"
PASSAGE, QUERY = "a passage", "a query"
FAR = 0.25  # a live figure that differs by more than a quarter is told
BUSY = 0.5  # of the cores taken by other work: such prices are too high, and say so


@dataclass(frozen=True)
class Price:
    """What one thing costs, per passage or per query.

    Attributes:
        name: of what was timed.
        unit: `PASSAGE` or `QUERY`.
        median: milliseconds a unit, the middle round.
        low: the lowest round.
        high: the highest round.
    """

    name: str
    unit: str
    median: float
    low: float
    high: float

    @property
    def seconds(self) -> float:
        """The median in seconds a unit."""
        return self.median / 1000


@dataclass(frozen=True, repr=False)
class Prices(ShowsTable):
    """Prices that were measured together, in turn, on one machine.

    Attributes:
        processor: its name, as the system tells it.
        features: what it can do with 8-bit integers and bf16, as Linux spells it.
        cores: how many the process might use.
        threads: how many each runtime used.
        system: the operating system.
        load: how many processes wanted a core just before, on average over a minute.
        rounds: how often each thing was timed.
        work: which text was read.
        command: what made the table.
        versions: library -> version.
        prices: one per thing.
    """

    processor: str
    features: tuple[str, ...]
    cores: int
    threads: int
    system: str
    load: float
    rounds: int
    work: str
    command: str
    versions: dict[str, str]
    prices: tuple[Price, ...]

    def __getitem__(self, name: str) -> Price:
        """The price of this name.

        Raises:
            KeyError: there is no such price.
        """
        for price in self.prices:
            if price.name == name:
                return price
        names = ", ".join(repr(price.name) for price in self.prices)
        raise KeyError(f"There is no price of {shown(name)}: choose one of {names}.")

    @property
    def machine(self) -> str:
        """Where it was measured, in a phrase."""
        threads = f"{self.threads} {'thread' if self.threads == 1 else 'threads'}"
        return f"{self.processor} ({', '.join(self.features)}), {threads}"

    @property
    def doubt(self) -> str:
        """Why these prices are not to be trusted, a sentence; "" when the machine was quiet."""
        if self.load <= BUSY * self.cores:
            return ""
        return (
            f"Other work kept the machine busy (load {self.load:.1f} on {self.cores} cores), so "
            "these times are too high: measure again on a quiet machine."
        )

    def table(self) -> Table:
        """One row per price: name, unit, median, and from the lowest to the highest round."""
        rows = [
            (p.name, p.unit, *(format_seconds(ms / 1000) for ms in (p.median, p.low, p.high)))
            for p in self.prices
        ]
        columns = ["what", "for", "median", "lowest", "highest"]
        caption = f"{self.machine}; {self.rounds} rounds in turn"
        sides = dict.fromkeys(columns[2:], "right")
        notes = [f"Text: {self.work}.", *filter(None, [self.doubt])]
        return Table(columns, rows, caption, sides, notes=notes)

    def beside(self, live: Mapping[str, float | Timing]) -> Table:
        """Put live figures beside the stored ones, and say which differ by more than a quarter.

        Args:
            live: name of a price -> seconds a unit measured here, or a `Timing` of one unit.

        Returns:
            One row each: what, stored, here, here divided by stored, and "differs" or "agrees".

        Raises:
            KeyError: there is no such price.
            ValueError: there is no live figure, or one is not above 0.
        """
        if not live:
            raise ValueError("There is no live figure: give at least one name and its seconds.")
        rows: list[tuple[str, str, str, float, str]] = []
        for name, figure in live.items():
            here = figure.median if isinstance(figure, Timing) else float(figure)
            if not 0 < here < float("inf"):
                raise ValueError(f"The live figure of {name!r} is {here} s: a time is above 0.")
            ratio = here / self[name].seconds
            verdict = "differs" if abs(ratio - 1) > FAR else "agrees"
            stored = format_seconds(self[name].seconds)
            rows.append(
                (f"{name}, {self[name].unit}", stored, format_seconds(here), ratio, verdict)
            )
        apart = sum(row[-1] == "differs" for row in rows)
        what = f"{apart} of {len(rows)} differ by more than a quarter"
        note = (
            f"{what}: for your machine, trust the column 'here'."
            if apart
            else f"{what}: the stored prices hold here, too."
        )
        columns = ["what", "stored", "here", "here / stored", "within a quarter?"]
        sides = dict.fromkeys(columns[1:4], "right")
        formats = {columns[3]: "{:.2f}"}
        caption = f"Stored: {self.machine}"
        return Table(columns, rows, caption, sides, formats=formats, notes=[note])


def load_prices(path: Path = PRICES) -> Prices:
    """Load the stored table of prices.

    Args:
        path: the file that `python -m authoring runs prices` writes.

    Raises:
        FileNotFoundError: it is missing.
        ValueError: it is no such table.
    """
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no table of prices at {path}: make it with `python -m authoring runs "
            "prices`."
        )
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        prices = tuple(Price(**price) for price in facts.pop("prices"))
        if not prices or not all(0 < p.low <= p.median <= p.high < float("inf") for p in prices):
            raise ValueError("no price, or a time that is not between its lowest and its highest")
        return Prices(features=tuple(facts.pop("features")), prices=prices, **facts)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(
            f"{path} is no table of prices ({str(error)[:60]}): restore it with `git checkout`, or "
            "make it again with `python -m authoring runs prices`."
        ) from error
