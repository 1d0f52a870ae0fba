"""How a long job tells how far it is: a bar on stderr, a function of the caller's, or nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

# True: a bar on stderr that shows after two seconds. False: nothing. A function: it is called with
# the number of items done since its last call.
Progress = bool | Callable[[int], object]

DELAY = 2.0  # seconds before a bar shows: a short job needs none
TICK = 1.0  # seconds after which a bar moves though nothing is done: its clock runs


class Advance(Protocol):
    """Says that some items are done, and what a bar should show beside them."""

    def __call__(self, n_done: int, **shown: str) -> object:
        """`n_done` items more are done; `shown` stands at the end of a bar, such as loss="0.1"."""


@contextmanager
def progress_bar(
    progress: Progress, n_items: int | None, unit: str, *, n_before: int = 0
) -> Iterator[Advance]:
    """Show a job's progress as the caller asked for it.

    Args:
        progress: see `Progress`.
        n_items: how many there are in all; None when nobody knows.
        unit: what one item is called, such as "pair".
        n_before: how many were done before this call.

    Yields:
        What to call when items are done.
    """
    if callable(progress):
        yield lambda n_done, **shown: progress(n_done)
    elif progress:
        with _ticking_bar(n_items, unit, n_before) as advance:
            yield advance
    else:
        yield lambda n_done, **shown: None


@contextmanager
def _ticking_bar(n_items: int | None, unit: str, n_before: int) -> Iterator[Advance]:
    """A bar on stderr that is drawn again every `TICK`, however long one item takes."""
    from tqdm import tqdm

    ended, drawing = threading.Event(), threading.Lock()
    # miniters=0: an update of no items draws the bar as well, with its clock.
    with tqdm(total=n_items, initial=n_before, unit=unit, delay=DELAY, miniters=0) as bar:

        def advance(n_done: int, **shown: str) -> None:
            with drawing:
                bar.set_postfix(shown, refresh=False)
                bar.update(n_done)

        def tick() -> None:
            while not ended.wait(TICK):
                with drawing:
                    bar.update(0)

        clock = threading.Thread(target=tick, daemon=True)
        clock.start()
        try:
            yield advance
        finally:
            ended.set()
            clock.join()
