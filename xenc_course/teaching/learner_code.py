"""What a learner wrote: whether anything was written yet, and which of its lines raised."""

from __future__ import annotations

import dis
import inspect
import re
import traceback
from types import CodeType

NOT_TRIED = "Not tried yet: replace the ... and run this cell again."

# The file names that IPython and ipykernel give to cells.
_CELL = re.compile(r"^<ipython-input-|[\\/](?:ipykernel|xpython)_\d+[\\/][^\\/]+\.py$")
_DOES_NOTHING = ("RESUME", "NOP", "CACHE")
# All that is left of a body of `...`, `pass` or a docstring: Python 3.12 and 3.13 have one step.
_RETURNS_NONE = (
    [("LOAD_CONST", None), ("RETURN_VALUE", None)],
    [("RETURN_CONST", None)],
)


def is_stub(answer: object) -> bool:
    """Whether nothing was written yet.

    A stub is `None`, `...`, a tuple or list that still holds a `...` (also in a pair inside), and a
    function whose body is only `...`, `pass` or a docstring.
    """
    if isinstance(answer, (tuple, list)):
        inner = (item if isinstance(item, (tuple, list)) else (item,) for item in answer)
        return any(value is Ellipsis for items in inner for value in items)
    return answer is None or answer is Ellipsis or _does_nothing(answer)


def what_was_raised(error: Exception, answer: object = None) -> str:
    """Say what the learner's code raised, and in which of the learner's lines.

    That line is the deepest one in a cell, or in the file that `answer` was defined in: what was
    called from there is a library, and what called it is a checker.

    Args:
        error: as it was caught.
        answer: the learner's function.

    Returns:
        One sentence.
    """
    return (
        f"Your code raised {in_a_word(error)}{_where(error, answer)}: fix it and run the check "
        "again."
    )


def in_a_word(error: Exception) -> str:
    """An error's type and message, on one line and without a full stop.

    An error of a learner's own class may raise when it is asked for its message; it has none then.
    """
    try:
        message = " ".join(str(error).split()).rstrip(".")
    except Exception:
        message = ""
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def _where(error: Exception, answer: object) -> str:
    code = _code(answer)
    own = code.co_filename if code else None
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.line and (frame.filename == own or _CELL.search(frame.filename)):
            return f" in line {frame.lineno}, `{frame.line}`"
    return ""


def _does_nothing(function: object) -> bool:
    if (code := _code(function)) is None:
        return False
    done = [(step.opname, step.argval) for step in dis.get_instructions(code)]
    return [step for step in done if step[0] not in _DOES_NOTHING] in _RETURNS_NONE


def _code(function: object) -> CodeType | None:
    plain = inspect.unwrap(function) if callable(function) else function
    return plain.__code__ if inspect.isfunction(plain) else None
