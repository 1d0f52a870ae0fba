"""A program that is killed while it evaluates; its one argument is the run file to write."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

from tests.support.library import Overlap, experiment, library
from xenc_course.scoring.pairs import Pair


class KilledAfter(Overlap):
    """Ends its process without a farewell once it was asked more often than this."""

    def __init__(self, calls: int) -> None:
        super().__init__()
        self._left = calls

    def __call__(self, pairs: Sequence[Pair]) -> list[float]:
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1
        return super().__call__(pairs)


if __name__ == "__main__":
    experiment(library(20, 20), "bm25", "overlap", sys.argv[1], scorer=KilledAfter(1))
