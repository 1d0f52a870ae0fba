"""What the evaluate command found: evaluations, their comparison, and the work behind them."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass

from xenc_course.display.table import ShowsTable, Table
from xenc_course.retrieval.rerank import Work

from .metrics import Evaluation
from .run_comparison import RunComparison


@dataclass(frozen=True, repr=False)
class Outcome(ShowsTable):
    """What the evaluate command found; `str` is what it prints.

    Attributes:
        evaluations: name -> evaluation, of the first stage (judged passages have none) and of the
            model.
        comparison: of the two on the first metric; None where there is one.
        notes: what a reader must know to judge the numbers.
        work: pairs and seconds of the model; no pairs without a model.
    """

    evaluations: Mapping[str, Evaluation]
    comparison: RunComparison | None
    notes: tuple[str, ...]
    work: Work

    def table(self) -> Table:
        """One row per metric and run: mean, and the lower and upper end of the 95 % interval."""
        first = next(iter(self.evaluations.values()))
        rows = [
            (metric, name, found[metric].mean, found[metric].low, found[metric].high)
            for metric in (score.metric for score in first.scores)
            for name, found in self.evaluations.items()
        ]
        notes = [
            f"{name}: {note}" for name, found in self.evaluations.items() for note in found.notes()
        ]
        return Table(
            ["metric", "run", "mean", "95 % from", "to"],
            rows,
            caption=f"{first.collection}: means over {len(first.queries):,} queries",
            notes=[*notes, *self.notes],
        )

    def __str__(self) -> str:
        """The tables as aligned text, and the speed when a model has scored."""
        parts = [str(self.table())]
        if self.comparison is not None:
            parts.append(str(self.comparison))
        if self.work.pairs:
            parts.append(str(self.work))
        return "\n\n".join(parts)

    def _repr_html_(self) -> str:
        parts = [self.table()._repr_html_()]
        if self.comparison is not None:
            parts.append(self.comparison._repr_html_())
        if self.work.pairs:
            parts.append(f"<p>{html.escape(str(self.work))}</p>")
        return "\n".join(parts)
