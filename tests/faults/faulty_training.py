"""`distil` or `finetune` in a process of its own, to which something happens at an exact moment.

    python -m tests.faults.faulty_training FAULT PLACE NUMBER COMMAND ...

The fault strikes when the function at PLACE (module:name) is called for the NUMBERth time.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable
from importlib import import_module

from xenc_course.__main__ import main


def send(name: signal.Signals) -> Callable[[], None]:
    return lambda: os.kill(os.getpid(), name)


def fill_the_disk() -> None:
    """From now on no file can grow beyond some bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))


FAULTS: dict[str, Callable[[], None]] = {
    "kill": send(signal.SIGKILL),
    "interrupt": send(signal.SIGINT),
    "stop": send(signal.SIGSTOP),
    "full disk": fill_the_disk,
}


def strike(fault: Callable[[], None], place: str, number: int) -> None:
    module_name, _, name = place.partition(":")
    module, calls = import_module(module_name), []
    real = getattr(module, name)

    def struck(*given: object, **named: object) -> object:
        calls.append(name)
        if len(calls) == number:
            fault()
        return real(*given, **named)

    setattr(module, name, struck)


if __name__ == "__main__":
    strike(FAULTS[sys.argv[1]], sys.argv[2], int(sys.argv[3]))
    sys.argv = ["xenc_course", *sys.argv[4:]]
    sys.exit(main())
