"""What counts as the same output: equal but for the last digits of floats."""

from __future__ import annotations

import pytest

from authoring.tolerance import TolerantText, same_output

SAME = [
    ("8.533", "8.534"),
    ("+8.533", "+8.5331"),
    ("logit \u22124.078", "logit -4.079"),
    ("-0.000", "0.000"),
    ("-0.000", "+0.000"),
    ("0.0500", "0.0501"),
    ("1e-05", "3.2e-06"),
    ("1.0e+16", "1.0001e+16"),
    ("93.1 %", "93.15 %"),
    ("10,033.5 pairs", "10,033.6 pairs"),
    ("It is 8.533.", "It is 8.534."),
    ("[0.5,8.533]", "[0.5,8.534]"),
    ("0.75 to 0.93", "0.7501 to 0.9301"),
    ("a  1 | 9.999 |", "a  1 | 10.000 |"),
    (" 9.999\n10.001", "10.000\n10.001"),
    ("array([ 9.999, 2.   ])", "array([10.001, 2.   ])"),
    ("x\n-----\n9.999", "x\n------\n10.000"),
    ("<td style='opacity:0.3511'>8.533</td>", "<td style='opacity:0.3512'>8.534</td>"),
    (
        '<img alt="nDCG 0.7205" src="data:image/png;base64,AAAA/+8=">',
        '<img alt="nDCG 0.7206" src="data:image/png;base64,BBBBBBBB">',
    ),
    ("nan", "nan"),
    ("-inf", "-inf"),
    ("", ""),
]

DIFFERENT = [
    ("8.533", "8.6"),
    ("8.533", "-8.533"),
    ("0.1234", "0.1236"),
    ("0.0001", "0.0003"),
    ("12", "13"),
    ("12", "12.0"),
    ("10,033", "10,034"),
    ("33360385", "33360386"),
    ("93.1 %", "93.3 %"),
    ("93.1 %", "93.1"),
    ("2026-11-22", "2026-11-23"),
    ("6.2.0", "6.2.1"),
    ("6.2.0000", "6.2.0001"),
    ("bge-small-en-v1.5000", "bge-small-en-v1.5001"),
    ("22.10.2026", "22.11.2026"),
    ("commit 1200e45", "commit 1200e46"),
    ("nan", "0.5"),
    ("inf", "-inf"),
    ("1.0e+400", "inf"),
    ("holds", "does not hold"),
    ("1 cats 8.533\n2 dogs 8.532", "1 dogs 8.533\n2 cats 8.532"),
    ("0.5 0.5", "0.5"),
    ("0.5\n0.5", "0.5 0.5"),
    ("Holds 0.5", "holds 0.5"),
    ("<td>7</td>", "<td>8</td>"),
    ("<td>8.533</td>", "<th>8.533</th>"),
    (
        '<img alt="A" src="data:image/png;base64,AA">',
        '<img alt="B" src="data:image/png;base64,AA">',
    ),
    ("text", ""),
]


@pytest.mark.parametrize(("reference", "computed"), SAME)
def test_the_same_within_tolerance(reference: str, computed: str):
    assert same_output(reference, computed)
    assert same_output(computed, reference)


@pytest.mark.parametrize(("reference", "computed"), DIFFERENT)
def test_a_difference_that_counts(reference: str, computed: str):
    assert not same_output(reference, computed)
    assert not same_output(computed, reference)


def test_tolerant_text_compares_like_same_output_and_hashes_alike():
    reference, near, far = (TolerantText(f"score {x}") for x in ("8.533", "8.534", "8.600"))
    assert reference == near
    assert (reference != near) is False  # `!=` is what nbval asks, and str has its own
    assert reference == "score 8.534"
    assert hash(reference) == hash(near)
    assert reference != far
    assert reference != 8.533
