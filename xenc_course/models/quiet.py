"""Keep transformers quiet while it loads a model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quietly() -> Iterator[None]:
    """Hide the bar that counts weights, which lessons would store, and the report on their names.

    What the report says is found by `check_names`, which raises it.
    """
    from transformers.utils import logging

    was_shown, was_told = logging.is_progress_bar_enabled(), logging.get_verbosity()
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    try:
        yield
    finally:
        logging.set_verbosity(was_told)
        if was_shown:
            logging.enable_progress_bar()
