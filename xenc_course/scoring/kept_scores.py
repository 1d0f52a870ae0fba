"""Scores of earlier pairs, those that were asked for last; several threads may share them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping

import numpy as np

from xenc_course.processes import ProcessLock


class KeptScores:
    """At most `room` scores, by the key of their pair."""

    def __init__(self, room: int) -> None:
        """Begin without scores.

        Args:
            room: how many are kept; those that were asked for longest ago go first.
        """
        self._room = room
        self._scores: OrderedDict[bytes, np.float32] = OrderedDict()
        self._lock = ProcessLock()

    def known(self, keys: Iterable[bytes]) -> dict[bytes, np.float32]:
        """The scores of those keys that are kept."""
        with self._lock:
            return {key: self._scores[key] for key in keys if key in self._scores}

    def keep(self, found: Mapping[bytes, np.float32], keys: Iterable[bytes]) -> None:
        """Remember scores, in the order in which the keys were asked for."""
        if not self._room:
            return
        with self._lock:
            for key in keys:
                self._scores[key] = found[key]
                self._scores.move_to_end(key)
            while len(self._scores) > self._room:
                self._scores.popitem(last=False)
