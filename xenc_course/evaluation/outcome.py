"""What the commands evaluate and compare found: evaluations, comparisons, the work behind them."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from xenc_course.display.table import ShowsTable, Table
from xenc_course.retrieval.rerank import Work

from .measured import CONDENSED, Measured
from .metrics import Evaluation
from .run_comparison import RunComparison


@dataclass(frozen=True, repr=False)
class Outcome(ShowsTable):
    """What a command found; `str` is what it prints.

    Attributes:
        usual: what was measured of the runs as they are.
        condensed: what was measured with unjudged passages left out; None if it was not asked for.
        notes: what a reader must know to judge the numbers.
        works: model -> pairs and seconds, of the models that have scored.
    """

    usual: Measured
    condensed: Measured | None
    notes: tuple[str, ...]
    works: Mapping[str, Work] = field(default_factory=dict)

    @property
    def evaluations(self) -> Mapping[str, Evaluation]:
        """Name -> evaluation of the run as it is (judged passages, as a first stage, have none)."""
        return self.usual.evaluations

    @property
    def comparison(self) -> RunComparison | None:
        """Of the others with the first run on the first metric; None where there is one run."""
        return self.usual.comparison

    def measured(self) -> Iterator[tuple[str, Measured]]:
        """Each way of measuring: what it is called ("" for the usual one), and what it gave."""
        yield "", self.usual
        if self.condensed is not None:
            yield CONDENSED, self.condensed

    def table(self) -> Table:
        """One row per metric and run: mean, and the lower and upper end of the 95 % interval."""
        first = next(iter(self.evaluations.values()))
        rows = [
            (f"{metric} {way}".strip(), name, score.mean, score.low, score.high)
            for metric in (score.metric for score in first.scores)
            for way, measured in self.measured()
            for name, found in measured.evaluations.items()
            for score in [found[metric]]
        ]
        return Table(
            ["metric", "run", "mean", "95 % from", "to"],
            rows,
            caption=f"{first.collection}: means over {len(first.queries):,} queries",
            notes=[*self._notes_of_runs(), *self.notes],
        )

    def comparisons(self) -> list[RunComparison]:
        """The differences, for each way of measuring; none where there is one run."""
        found = [measured.comparison for _, measured in self.measured()]
        return [comparison for comparison in found if comparison is not None]

    def __str__(self) -> str:
        """The tables as aligned text, and the speed of the models that have scored."""
        return "\n\n".join([str(self.table()), *map(str, self.comparisons()), *self._speeds()])

    def _repr_html_(self) -> str:
        tables = [self.table(), *(comparison.table() for comparison in self.comparisons())]
        speeds = [f"<p>{html.escape(speed)}</p>" for speed in self._speeds()]
        return "\n".join([*(table._repr_html_() for table in tables), *speeds])

    def _notes_of_runs(self) -> list[str]:
        """What the evaluations say: once where every run has it, else with the names of runs."""
        said: dict[str, list[str]] = {}
        for _, measured in self.measured():
            for name, found in measured.evaluations.items():
                for note in found.notes():
                    names = said.setdefault(note, [])
                    names += [] if name in names else [name]
        everyone = list(self.evaluations)
        return [
            note if names == everyone else f"{', '.join(names)}: {note}"
            for note, names in said.items()
        ]

    def _speeds(self) -> list[str]:
        named = len(self.works) > 1
        return [f"{model}: {work}" if named else str(work) for model, work in self.works.items()]
