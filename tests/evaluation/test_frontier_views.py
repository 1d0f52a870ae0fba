"""The frontier's table and figure show its best points, and cheap models alone."""

import pytest

from xenc_course.evaluation.frontier import Frontier, Point, Quality
from xenc_course.evaluation.frontier_views import frontier_plot, frontier_table

LATE = "late interaction"


def point(cheap, keep, times, difference):
    ends = (difference - 0.02, difference + 0.02, difference - 0.01, difference + 0.01)
    state = "contradicted" if difference else ""
    quality = Quality(0.7 + difference, difference, *ends, state)
    return Point(cheap, keep, {"c": 1.0}, 100.0, (times, times, times), {"c": quality})


FRONTIER = Frontier(
    (
        point(LATE, "0", 50.0, -0.1),
        point(LATE, "20", 20.0, -0.03),
        point("xenc-distil-L3-int8", "0", 10.0, -0.2),
        point("xenc-distil-L3-int8", "20", 8.0, -0.15),
        point("L12 on all", "100", 5.0, 0.0),
    ),
    "a machine of 2 cores",
    "versions",
    7,
    {"c": 40},
    1000.0,
)


def test_the_table_has_the_best_points_from_fast_to_slow_and_the_reference_without_interval():
    table = frontier_table(FRONTIER, "c")
    names = [LATE, f"{LATE}, L12 on 20", "L12 on all"]
    assert table.column("a hundred candidates") == names
    assert table.column("minus L12 on all") == [pytest.approx(-0.1), pytest.approx(-0.03), None]
    assert table.column("ms a query") == [20, 50, 200]
    assert "(40 queries), times on a machine of 2 cores" in str(table)


def test_the_figure_shows_cheap_models_alone_beside_the_best_points():
    said = str(frontier_plot(FRONTIER, "c"))
    assert "late, L12: 20: 5.0 %, -0.0300" in said and "L12: all: 20.0 %" in said
    assert "distil-L3: 10.0 %" in said  # beaten, and shown because it is alone
    assert "distil-L3, L12: 20" not in said


def test_a_collection_that_was_not_measured_is_an_error():
    with pytest.raises(KeyError):
        frontier_table(FRONTIER, "d")


def test_the_reference_is_shown_where_another_point_beats_it():
    better = point(LATE, "50", 6.0, 0.01)
    frontier = Frontier((*FRONTIER.points, better), "a machine", "versions", 7, {"c": 40}, 1000.0)
    names = frontier_table(frontier, "c").column("a hundred candidates")
    assert names[-2:] == [f"{LATE}, L12 on 50", "L12 on all"]
    assert "L12: all: 20.0 %" in str(frontier_plot(frontier, "c"))
