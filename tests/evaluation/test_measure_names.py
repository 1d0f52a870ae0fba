"""Names of measures are read as ir_measures reads them, on every Python that the course runs on."""

from __future__ import annotations

import ast

import pytest

from tests.evaluation.test_measures import MEASURES
from xenc_course.evaluation.measure_names import METRICS, parse_metrics

GONE = ("Num", "Str", "Bytes", "NameConstant", "Ellipsis")  # from `ast`, with Python 3.14


@pytest.fixture
def newest_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """An `ast` as Python 3.14 has it."""
    for name in GONE:
        monkeypatch.delattr(ast, name, raising=False)


@pytest.mark.usefixtures("newest_python")
def test_a_name_means_the_measure_that_ir_measures_writes_so():
    from ir_measures import AP, RR, Bpref, Judged, P, R, SetF, Success, nDCG

    meant = {
        "nDCG@10": nDCG @ 10,
        "nDCG(dcg='exp-log2')@10": nDCG(dcg="exp-log2") @ 10,
        "nDCG(gains={0: 0, 2: 3})@5": nDCG(gains={0: 0, 2: 3}) @ 5,
        "RR(judged_only=True, rel=2)": RR(judged_only=True, rel=2),
        "AP": AP,
        "AP(rel=2)": AP(rel=2),
        "P()@5": P @ 5,
        "R@100": R @ 100,
        "Judged@10": Judged @ 10,
        "Success(rel=3)@1": Success(rel=3) @ 1,
        "SetF(beta=0.5)": SetF(beta=0.5),
        "Bpref": Bpref,
    }
    assert parse_metrics(meant) == meant
    assert list(map(str, parse_metrics(METRICS).values())) == list(METRICS)
    assert parse_metrics(MEASURES).keys() == set(MEASURES)


@pytest.mark.parametrize(
    "name",
    [
        *("", "nDCG@", "nDCG@10; AP", "import os", "nDCG + AP", "a.nDCG", "nDCG(10)", "nDCG@10@5"),
        *("nDCG(**{'cutoff': 5})", "nDCG@__import__('os')", "nDCG@-10", "P@(5, 6)", "P@None"),
        *("nDCG(gains=[1])@10", "nDCG(gains={[]: 1})@10", " nDCG@10", "P@5\x00", "nDCG@1j"),
    ],
)
def test_what_is_no_name_is_refused_in_a_sentence(name: str):
    with pytest.raises(ValueError, match=r"(?s)^(There is no metric|'.*: choose a).*\.$"):
        parse_metrics(name)
