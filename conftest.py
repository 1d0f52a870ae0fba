"""Makes strict `pytest --nbval` fit for real models: see `pytest_itemcollected`."""

from __future__ import annotations

import pytest
from nbval.plugin import IPyNbCell, IPyNbFile

from authoring.execute import share_cores
from authoring.tolerance import TolerantText

collect_ignore = ["work"]  # the learner's own copies of the lessons
collect_ignore_glob = ["*.ipynb_checkpoints*"]

share_cores()


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Leave stderr out of the comparison: warnings differ between machines."""
    if isinstance(collector, IPyNbFile):
        collector.skip_compare += ("stderr",)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Compare outputs of lesson cells with a tolerance for floats, and wait longer for them."""
    if not isinstance(item, IPyNbCell):
        return
    # nbval gives up when no output arrives for 5 s; a busy machine may be slower than that.
    item.output_timeout = 60
    plain_sanitize = item.sanitize

    def sanitize(value: object) -> object:
        value = plain_sanitize(value)
        return TolerantText(value) if isinstance(value, str) else value

    # nbval passes both the stored and the new text through this and compares the results.
    item.sanitize = sanitize
