"""A finding's state is computed from its evidence, of whichever kind."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from xenc_course import Collection, compare_runs
from xenc_course.teaching.findings import (
    Cases,
    Share,
    Speedup,
    finding,
    show_findings,
    wilson_interval,
)
from xenc_course.timing import Comparison, Timing


def difference(*ranks: int, margin: float = 0.01):
    """Run "new" has the answer first; run "old" has it at these ranks, one query each."""
    queries = {f"q{n}": "text" for n in range(len(ranks))}
    documents = {f"d{n}": "text" for n in range(5)}
    judged = Collection("toy", documents, queries, {q: {"d0": 1} for q in queries})
    new = {q: {"d0": 9.0} for q in queries}
    old = {
        q: {f"d{place}": float(-place) for place in range(1, rank)} | {"d0": -rank + 0.5}
        for q, rank in zip(queries, ranks, strict=True)
    }
    return compare_runs({"new": new}, {"old": old}, judged, "RR@10", margin=margin)["new"]


def timed(*ratios: float) -> Comparison:
    slow = Timing(tuple(ratios), 2, "slow")
    fast = Timing(tuple(1.0 for _ in ratios), 2, "fast")
    return Comparison((slow, fast))


def test_a_difference_gives_estimate_interval_n_and_state():
    better = finding("The new run is better.", difference(*[2] * 12))
    assert (better.state, better.kind) == ("shown", "comparison")
    assert better.estimate == "RR@10 +0.5000" and better.n == "12 queries of toy"
    worse = finding("The new run is worse.", difference(*[2] * 12), opposes=True)
    assert worse.state == "contradicted"
    same = finding("The new run is better.", difference(*[1] * 30))
    assert same.state == "equivalent"
    unsure = finding("The new run is better.", difference(1, 1, 1, 2))
    assert unsure.state == "cannot tell"


def test_a_share_is_held_against_a_bound_that_was_set_before():
    many = finding("Most of them are.", Share(90, 100, "pairs"))
    assert (many.state, many.kind, many.n) == ("shown", "count", "100 pairs")
    assert many.estimate == "0.9000 (90 of 100)"
    assert finding("Most of them are.", Share(10, 100, "pairs")).state == "contradicted"
    assert finding("Most of them are.", Share(52, 100, "pairs")).state == "cannot tell"
    assert finding("Few are.", Share(10, 100, "pairs"), opposes=True).state == "shown"


def test_wilsons_interval_is_that_of_the_textbook():
    low, high = wilson_interval(8, 10)  # Wilson 1927; Newcombe 1998 gives 0.4902 to 0.9433
    assert (low, high) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson_interval(0, 10)[0] == 0.0 and wilson_interval(10, 10)[1] == 1.0


@pytest.mark.parametrize(
    ("found", "always", "state"),
    [
        ([True, False], True, "contradicted"),
        ([True, True], True, "cannot tell"),  # no number of cases shows "always"
        ([False, True], False, "shown"),
        ([False, False], False, "cannot tell"),
    ],
)
def test_a_counterexample_contradicts_and_an_example_shows(found, always, state):
    seen = finding("It is so.", Cases(found, "pairs", always=always, seen="-11 to 9"))
    assert (seen.state, seen.kind) == (state, "example")
    assert seen.measured() == f"{sum(found)} of 2: -11 to 9; 2 pairs"


def test_a_time_needs_seven_rounds_that_agree():
    assert finding("It is faster.", Speedup(timed(*[2.0] * 7), "fast")).state == "shown"
    assert finding("It is faster.", Speedup(timed(*[0.5] * 7), "fast")).state == "contradicted"
    assert finding("It is faster.", Speedup(timed(*[1.0] * 7), "fast")).state == "equivalent"
    mixed = timed(0.7, 1.4, 1.4, 1.4, 1.4, 1.4, 1.4)
    open_still = finding("It is faster.", Speedup(mixed, "fast"))
    assert open_still.state == "cannot tell"
    assert "(0.70 to 1.40, all rounds)" in open_still.measured()
    with pytest.raises(ValueError, match="6 rounds say too little"):
        finding("It is faster.", Speedup(timed(*[2.0] * 6), "fast"))


def test_the_state_cannot_be_given_and_other_evidence_is_refused():
    with pytest.raises(TypeError):
        finding("It is so.", Share(1, 2, "pairs"), state="shown")
    with pytest.raises(TypeError, match="A bool is no evidence"):
        finding("It is so.", True)
    with pytest.raises(ValueError, match="The sentence is empty"):
        finding(" ", Share(1, 2, "pairs"))
    with pytest.raises(ValueError, match="There is no case"):
        finding("It is so.", Cases([], "pairs"))
    with pytest.raises(ValueError, match="is no share"):
        finding("It is so.", Share(3, 2, "pairs"))


def test_nan_never_reaches_a_finding():
    broken = replace(difference(1, 2), difference=math.nan)
    with pytest.raises(ValueError, match="NaN or infinite"):
        finding("It is so.", broken)


def test_the_wrap_up_says_the_sentence_first_and_counts_states():
    listed = [
        finding("Most <b> are.", Share(90, 100, "pairs")),
        finding("Most are not.", Share(90, 100, "pairs"), opposes=True),
    ]
    table = show_findings(listed)
    assert table.columns[0] == "finding" and table.caption == "Findings: 1 shown, 1 contradicted"
    assert "&lt;b&gt;" in table._repr_html_() and "&lt;b&gt;" in listed[0]._repr_html_()
    assert "State:    these data cannot tell" in str(finding("x", Share(1, 2, "pairs")))
    with pytest.raises(ValueError, match="no findings to show"):
        show_findings([])
    with pytest.raises(TypeError, match="make it with finding"):
        show_findings(["a sentence"])


def test_nothing_in_a_finding_can_steer_a_terminal_or_a_page():
    bad = "Most\x1b[2J \u202e<b>"
    shown = finding(bad, Share(90, 100, bad))
    for text in (str(shown), shown._repr_html_(), str(show_findings([shown]))):
        assert not {"\x1b", "\u202e"} & set(text)
        assert text.count("Most\ufffd[2J \ufffd") == 2
    assert shown._repr_html_().count("\ufffd&lt;b&gt;") == 2
