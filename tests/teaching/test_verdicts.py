"""Verdicts: a claim, what was measured, and whether it holds."""

import dataclasses
import re

import numpy as np
import pytest

from xenc_course import Verdict, show_verdicts, verdict


def test_a_verdict_shows_claim_measurement_and_result():
    assert str(verdict("A beats <B>", 0.7 > 0.8, "0.70 vs 0.80")) == (
        "Claim:    A beats <B>\nMeasured: 0.70 vs 0.80\nVerdict:  ✗ does not hold"
    )
    page = verdict("A beats <B>", np.bool_(True), "0.9")._repr_html_()
    assert "A beats &lt;B&gt;" in page
    assert "<b>✓ holds</b>" in page


def test_a_verdict_is_a_plain_frozen_value():
    result = verdict("claim", np.bool_(False), "measured")
    assert result == Verdict("claim", False, "measured")
    assert result.holds is False
    assert repr(result) == str(result)
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.holds = True


def test_the_two_results_differ_by_more_than_a_colour():
    pages = [verdict("c", holds, "m")._repr_html_() for holds in (True, False)]
    without_colour = [re.sub(r"#\w{6}", "", page) for page in pages]
    assert "solid" in without_colour[0] and "holds" in without_colour[0]
    assert "dashed" in without_colour[1] and "does not hold" in without_colour[1]


@pytest.mark.parametrize("holds", [None, "yes", 1, 0.9, np.float32(1), np.array([True])])
def test_a_verdict_must_be_computed_as_a_truth_value(holds):
    with pytest.raises(TypeError, match="holds must be True or False"):
        verdict("claim", holds, "measured")


def test_a_verdict_needs_both_texts():
    with pytest.raises(TypeError, match=r"The evidence must be text, not 0\.5"):
        verdict("claim", True, 0.5)
    with pytest.raises(ValueError, match="The claim is empty"):
        verdict(" ", True, "measured")


def test_the_wrap_up_table_counts_the_claims_that_hold():
    table = show_verdicts([verdict("a", True, "1"), verdict("b", False, "2")])
    assert str(table).splitlines() == [
        "1 of 2 claims hold",
        "claim  measured  verdict",
        "─────  ────────  ───────────────",
        "a      1         ✓ holds",
        "b      2         ✗ does not hold",
    ]
    assert "<b>✗ does not hold</b>" in table._repr_html_()
    assert str(show_verdicts([verdict("a", True, "1")])).startswith("1 of 1 claim holds")


def test_the_wrap_up_table_shows_long_claims_whole():
    claim = "the cross-encoder puts the passage that answers the question above every other one"
    table = show_verdicts([verdict(claim, True, "rank 1")])
    words = " ".join(line[:44].strip() for line in str(table).splitlines()[3:])
    assert words == claim
    assert claim in table._repr_html_()


@pytest.mark.parametrize(
    ("verdicts", "error", "message"),
    [
        ([], ValueError, "no verdicts"),
        ([True], TypeError, r"verdicts\[0\] is a bool"),
        (Verdict("a", True, "b"), TypeError, r"put it in \[ \]"),
    ],
)
def test_the_wrap_up_table_takes_verdicts_only(verdicts, error, message):
    with pytest.raises(error, match=message):
        show_verdicts(verdicts)


def test_nothing_in_a_verdict_can_steer_a_terminal_or_a_page():
    shown = verdict("A\x1b[2J", True, "\u202e<b>")
    for text in (str(shown), shown._repr_html_(), str(show_verdicts([shown]))):
        assert "A\ufffd[2J" in text and not {"\x1b", "\u202e"} & set(text)
    assert "\ufffd&lt;b&gt;" in shown._repr_html_()
