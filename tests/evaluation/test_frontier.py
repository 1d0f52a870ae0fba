"""The frontier is read as it was measured, and its best points beat each other at something."""

import json

import pytest

from xenc_course.evaluation import frontier
from xenc_course.evaluation.frontier import Frontier, Point, Quality, load_frontier


def point(cheap, keep, times, mean):
    return Point(cheap, keep, {"c": 1.0}, 10.0, (times, times, times), {"c": Quality(mean)})


def test_a_point_that_another_beats_at_both_is_not_among_the_best():
    points = (
        point("a", "0", 50.0, 0.5),
        point("b", "5", 30.0, 0.6),
        point("a", "10", 30.0, 0.7),
        point("b", "10", 20.0, 0.6),
        point("L12 on all", "100", 6.0, 0.71),
    )
    found = Frontier(points, "a machine", "versions", 7, {"c": 40}, 3000.0)
    assert [each.name for each in found.best("c")] == ["a", "a, L12 on 10", "L12 on all"]
    assert found.ms(points[2]) == 100
    with pytest.raises(KeyError):
        found.best("d")


def test_the_fastest_point_that_is_equivalent_or_better_is_found():
    def with_state(cheap, times, state):
        quality = {"c": Quality(0.7, state=state)}
        return Point(cheap, "10", {"c": 1.0}, 10.0, (times, times, times), quality)

    points = (
        with_state("a", 50.0, "contradicted"),
        with_state("b", 20.0, "shown"),
        with_state("c", 30.0, "equivalent"),
        with_state("e", 40.0, "cannot tell"),
        with_state("L12 on all", 5.0, ""),
        with_state("d", 4.0, "equivalent"),  # slower than L12 on all
    )
    names = {"c": points, "b": points[:2], None: points[3:]}
    for name, some in names.items():
        found = Frontier(some, "a machine", "versions", 7, {"c": 40}, 3000.0).fastest_as_good("c")
        assert (found and found.cheap) == name


def test_the_stored_frontier_names_its_machine_and_has_l12_on_all():
    found = load_frontier()
    assert found.rounds >= 7 and "cores" in found.machine
    everything = {each.name: each for each in found.points}
    assert everything["L12 on all"].times[0] > 1
    for each in found.points:
        assert each.times[1] <= each.times[0] <= each.times[2]
        for name, one in each.quality.items():
            assert one.mean == pytest.approx(
                everything["L12 on all"].quality[name].mean + one.difference, abs=2e-4
            )
            assert one.low <= one.inner_low <= one.inner_high <= one.high
    assert len(found.table().rows) == len(found.points)


@pytest.mark.parametrize("content", [None, "{", "{}", '{"points": [{}]}', json.dumps([1])])
def test_a_file_that_was_not_measured_is_refused(tmp_path, monkeypatch, content):
    file = tmp_path / "frontier.json"
    monkeypatch.setattr(frontier, "FRONTIER", file)
    if content is not None:
        file.write_text(content)
    with pytest.raises(ValueError, match="is not the frontier that was measured"):
        load_frontier()
