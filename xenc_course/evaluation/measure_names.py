"""Which measure of `ir_measures` a name means, and which numbers its parameters may be."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from xenc_course.files import shown
from xenc_course.text.qrels import MAX_GRADE

if TYPE_CHECKING:
    from ir_measures.measures import Measure

METRICS = ("nDCG@10", "RR@10", "AP", "R@100", "Judged@10")
ADVICE = "try 'nDCG@10'"
# What trec_eval and the others take without harm; a cutoff is a C integer there.
_WHOLE = {
    "cutoff": (1, 2**31 - 1),
    "rel": (1, MAX_GRADE),
    "min_rel": (0, MAX_GRADE),
    "max_rel": (1, MAX_GRADE),
}
_REAL = {"recall": (0, 1), "p": (0, 1), "alpha": (0, 1), "beta": (0.001, 1000)}


def parse_metrics(metrics: str | Iterable[str]) -> dict[str, Measure]:
    """Look up metrics in `ir_measures`.

    Args:
        metrics: one name or several, as `ir_measures` writes them.

    Returns:
        name -> measure, in the order of the names.

    Raises:
        TypeError: `metrics` holds no names.
        ValueError: there is no name, or a metric that cannot be computed here; a cutoff, grade or
            other parameter is out of its range.
    """
    import ir_measures

    if isinstance(metrics, ir_measures.Measure):
        metrics = [str(metrics)]
    if not isinstance(metrics, Iterable):
        raise TypeError(f"Metrics are names such as {METRICS[0]!r}, not {shown(metrics)}.")
    names = [metrics] if isinstance(metrics, str) else list(metrics)
    if not names:
        raise ValueError(f"Name at least one metric, such as {METRICS[0]!r}.")
    return {str(name): _parsed(name) for name in names}


def check_number(parameter: str, value: Any, what: str, least: float | None = None) -> None:
    """Refuse a number out of the range of its kind of parameter.

    Args:
        parameter: "cutoff", "rel" and so on.
        value: what was given for it.
        what: what the message calls it.
        least: the end of the range, where it is not the parameter's own.

    Raises:
        ValueError: it is no number, or out of the range.
    """
    low, high = (_WHOLE | _REAL)[parameter]
    low = low if least is None else least
    whole = parameter in _WHOLE
    number = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    if not number or not low <= value <= high:
        kind = "a whole number" if whole else "a number"
        raise ValueError(f"{what} is {shown(value)}: choose {kind} from {low:,} to {high:,}.")


def _parsed(name: str | Measure) -> Measure:
    import ir_measures

    if not isinstance(name, str | ir_measures.Measure):
        raise ValueError(f"There is no metric {shown(name)}: {ADVICE}.")
    # What reading a name raises, and what ir_measures does of parameters that it does not know.
    bad = (
        NameError,
        SyntaxError,
        ValueError,
        AssertionError,
        TypeError,
        RecursionError,
        MemoryError,
    )
    try:
        measure = _read(name) if isinstance(name, str) else name
        supported = ir_measures.DefaultPipeline.supports(measure)
    except bad as error:
        cause = re.sub("invalid param (.*)=<object.*", r"it needs a \1", str(error))[:200]
        raise ValueError(f"There is no metric {shown(name)} ({cause}): {ADVICE}.") from error
    for parameter, value in measure.params.items():
        _check_parameter(str(name), parameter, value)
    if not supported:
        raise ValueError(f"ir_measures cannot compute {shown(name)} here: {ADVICE}.")
    return measure


def _read(name: str) -> Measure:
    """The measure of a name such as "nDCG(dcg='exp-log2')@10".

    `ir_measures.parse_measure` reads the same names with parts of `ast` that Python 3.14 has no
    more.
    """
    from ir_measures.measures import registry

    lines = ast.parse(name).body
    node: Any = lines[0].value if len(lines) == 1 and isinstance(lines[0], ast.Expr) else None
    given: dict[str, Any] = {}
    cutoff = None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        node, cutoff = node.left, node.right
    if isinstance(node, ast.Call) and not node.args:
        given = {str(keyword.arg): _value(keyword.value) for keyword in node.keywords}
        node = node.func
    if not isinstance(node, ast.Name):
        raise ValueError("a name is Measure(parameter=value)@cutoff")
    if node.id not in registry:
        raise NameError("no measure has this name")
    kind = registry[node.id]
    if cutoff is not None:
        given[kind.AT_PARAM] = _value(cutoff)
    return kind(**given)


def _value(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError:
        raise ValueError("the value of a parameter is a number, text or a dict") from None


def _check_parameter(name: str, parameter: str, value: Any) -> None:
    if parameter == "gains":
        for number in (*value.keys(), *value.values()):
            check_number("rel", number, f"{shown(name)}: a grade or gain", least=-MAX_GRADE)
    elif parameter in _WHOLE or parameter in _REAL:
        check_number(parameter, value, f"{shown(name)}: {parameter}")
