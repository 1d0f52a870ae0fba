"""Comparisons: better, or not told apart by these queries."""

from __future__ import annotations

import pytest

from tests.support.judged import collection_of
from xenc_course.evaluation.paired_comparison import compare_each
from xenc_course.evaluation.run_comparison import compare_runs
from xenc_course.text.collection import Collection


def hits(*ranks: int) -> dict[str, dict[str, float]]:
    """A run that puts the one relevant passage of the n-th query at the n-th rank (0: nowhere)."""
    return {
        f"q{number}": {
            ("a" if place == rank else f"x{place}"): -float(place) for place in range(1, 11)
        }
        for number, rank in enumerate(ranks)
    }


def one_relevant(queries: int) -> Collection:
    return collection_of({f"q{number}": {"a": 1} for number in range(queries)})


def test_a_better_run_is_called_better_whichever_comes_first():
    good, bad, queries = hits(*[1] * 12), hits(*[3] * 12), one_relevant(12)
    ahead = compare_runs({"good": good}, {"bad": bad}, queries, "RR@10")
    behind = compare_runs({"bad": bad}, {"good": good}, queries, "RR@10")
    assert (ahead["good"].state, behind["bad"].state) == ("shown", "contradicted")
    found = ahead["good"]
    assert (found.mean, found.baseline_mean) == pytest.approx((1.0, 1 / 3))
    assert found.difference == pytest.approx(2 / 3)
    assert (found.wins, found.ties, found.losses) == (12, 0, 0)
    assert (found.p, found.exact) == (2 / 2**12, True)


def test_runs_that_the_queries_do_not_tell_apart():
    a, b = hits(1, 2, 1, 5, 0, 1), hits(2, 1, 1, 4, 0, 1)
    found = compare_runs({"a": a}, {"b": b}, one_relevant(6), "RR@10")
    assert found["a"].state == "cannot tell"
    assert (found["a"].wins, found["a"].ties, found["a"].losses) == (1, 3, 2)


def test_nothing_is_shown_when_the_interval_is_clear_of_zero_but_p_is_not_small():
    # Four wins of four: the interval lies above zero, but 2 of 16 sign patterns are as extreme.
    ahead, behind = {"a": hits(1, 1, 1, 1)}, {"b": hits(2, 2, 2, 2)}
    found = compare_runs(ahead, behind, one_relevant(4), "RR@10")
    assert found["a"].low > 0
    assert found["a"].p == 0.125
    assert found["a"].state == "cannot tell"


def test_several_runs_are_adjusted_by_holm():
    baseline, queries = hits(*[2] * 6), one_relevant(6)
    runs = {"first": hits(*[1] * 6), "second": hits(*[1] * 6), "same": baseline}
    alone = compare_runs({"first": runs["first"]}, {"base": baseline}, queries, "RR@10")
    assert (alone["first"].p, alone["first"].state) == (2 / 64, "shown")
    found = compare_runs(runs, {"base": baseline}, queries, "RR@10")
    assert [d.p for d in found.differences] == pytest.approx([6 / 64, 6 / 64, 1.0])
    assert found["first"].raw_p == 2 / 64
    assert found["first"].state == "cannot tell"
    assert found.table().column("p (Holm)") == pytest.approx([6 / 64, 6 / 64, 1.0])
    assert "Compared with base (RR@10 0.5000), 6 queries" in str(found)
    assert "<table" in found._repr_html_()
    with pytest.raises(KeyError, match="'second'"):
        found["third"]


def test_a_comparison_needs_runs_and_one_baseline():
    run, queries = hits(1), one_relevant(1)
    with pytest.raises(ValueError, match="not 1 with 2"):
        compare_runs({"a": run}, {"x": run, "y": run}, queries)
    with pytest.raises(TypeError, match="not a list"):
        compare_runs([run], {"b": run}, queries)
    with pytest.raises(TypeError, match="give each run its name"):
        compare_runs(run, {"b": run}, queries)


def test_each_run_is_compared_with_what_it_was_before_and_all_are_adjusted_together():
    queries = one_relevant(6)
    before = {"one": hits(*[2] * 6), "two": hits(*[1] * 6), "not asked": hits(*[3] * 6)}
    after = {"one": hits(*[1] * 6), "two": hits(*[1] * 6)}
    found = compare_each(after, before, queries, "RR@10")
    assert (found["one"].baseline_mean, found["one"].mean) == (0.5, 1.0)
    assert (found["one"].raw_p, found["one"].p) == (2 / 64, 4 / 64)
    assert found["two"].state == "cannot tell"  # equal on six queries says little
    table = found.table()
    assert table.column("before") == [0.5, 1.0] and "p (Holm)" in table.columns
    with pytest.raises(ValueError, match="'three' has nothing to be compared with"):
        compare_each({"three": hits(1)}, before, queries)
    with pytest.raises(ValueError, match="there is no run"):
        compare_each({}, before, queries)


def test_condensed_lists_that_cannot_differ_are_not_compared():
    runs = {"a": hits(1, 2)}, {"b": hits(2, 1)}
    with pytest.raises(ValueError, match="cannot differ: judge passages"):
        compare_runs(*runs, one_relevant(2), "RR@10", condensed=True)
    judged = collection_of({"q0": {"a": 1, "x1": 0}, "q1": {"a": 1}})
    assert compare_runs(*runs, judged, "RR@10", condensed=True)["a"].wins == 1
    missed = compare_runs({"a": hits(1, 0)}, runs[1], one_relevant(2), "RR@10", condensed=True)
    assert missed["a"].losses == 1
