"""Names of points: each is written once, inside the figure, and covers no point and no name."""

import numpy as np
import pytest
from matplotlib.text import Text

from tests.support.drawings import TEXTS
from xenc_course.display.figure import MARKERS
from xenc_course.display.plots import scatter_plot
from xenc_course.display.point_names import NAME_WIDTH

RANDOM = np.random.default_rng(0)
CROWDS = {
    "a row of near points": {f"model {i}": (1 + i / 500, 1) for i in range(3)} | {"far": (2, 2)},
    "the same point": {f"model {i}": (1, 1) for i in range(6)},
    "a cloud": {f"m{i}": tuple(RANDOM.random(2)) for i in range(36)},
    "long names in a heap": {
        f"cross-encoder/ms-marco-MiniLM-{i}": tuple(RANDOM.random(2)) for i in range(14)
    }
    | {"corner": (90, 90)},
    "one very long name": {"a name that nobody wants to read " * 4: (1, 1), "B": (2, 1)},
    "many long names on one point": {f"the model with the number {i}": (1, 1) for i in range(30)},
}


def names(axes):
    """The names in the axes and in the key below, as they were given."""
    inside = axes.texts
    below = [text for key in axes.figure.legends for text in key.get_texts()]
    return {text.get_text().replace("\n", " "): text for text in (*inside, *below)}


def extent(text):
    return Text.get_window_extent(text)  # without the line to the point


@pytest.mark.parametrize("points", CROWDS.values(), ids=CROWDS)
@pytest.mark.parametrize("log", [False, True])
def test_every_name_is_in_the_figure_and_covers_no_other_name_and_no_point(points, log, axes):
    scatter_plot(points, **TEXTS, logx=log, logy=log)
    written = names(axes[0])
    assert sorted(written) == sorted(label.strip() for label in points)
    boxes = [extent(text) for text in written.values()]
    canvas = axes[0].figure.bbox
    dots = axes[0].transData.transform([*points.values()])
    for i, box in enumerate(boxes):
        assert canvas.x0 <= box.x0 and box.x1 <= canvas.x1
        assert canvas.y0 <= box.y0 and box.y1 <= canvas.y1
        assert not any(box.overlaps(other) for other in boxes[:i])
        assert not any(box.contains(*dot) for dot in dots)


def test_a_name_far_from_its_point_has_a_line_to_it(axes):
    points = {f"model {i}": (i / 300, i % 2 / 300) for i in range(8)} | {"far": (1, 1)}
    scatter_plot(points, **TEXTS)
    dots = {label: axes[0].transData.transform(point) for label, point in points.items()}
    led = 0
    for text in axes[0].texts:
        box, (x, y) = extent(text), dots[text.get_text()]
        gap = np.hypot(max(box.x0 - x, 0, x - box.x1), max(box.y0 - y, 0, y - box.y1))
        assert (gap > 30) == (text.arrow_patch is not None)
        led += gap > 30
    assert led


def test_a_key_below_makes_the_figure_higher_and_leaves_the_axes_alone(axes):
    scatter_plot({"A": (1, 1)}, **TEXTS)
    scatter_plot(CROWDS["many long names on one point"], **TEXTS)
    alone, crowded = axes
    (key,) = crowded.figure.legends
    assert key.get_window_extent().y1 <= crowded.bbox.y0
    assert crowded.bbox.height > 0.9 * alone.bbox.height
    assert crowded.figure.bbox.height > alone.figure.bbox.height


def test_the_key_shows_the_marker_of_each_point(axes):
    points = CROWDS["many long names on one point"]
    scatter_plot(points, **TEXTS, intervals=dict.fromkeys(points, (0.5, 1.5)))
    (key,) = axes[0].figure.legends
    drawn = [line for line in axes[0].lines if line.get_marker() in MARKERS]
    looks = {
        label: (line.get_marker(), line.get_color())
        for label, line in zip(points, drawn, strict=True)
    }
    listed = {
        text.get_text(): (handle.get_marker(), handle.get_color())
        for text, handle in zip(key.get_texts(), key.legend_handles, strict=True)
    }
    assert listed and listed.items() <= looks.items()


def test_a_name_keeps_clear_of_error_bars_and_of_a_line_that_joins_points(axes):
    points = {"A": (1, 1), "B": (2, 1), "C": (3, 1)}
    scatter_plot(points, **TEXTS, line=["A", "B", "C"], intervals={"B": (0.5, 1.5)})
    line = axes[0].lines[0]
    path = line.get_transform().transform_path(line.get_path())
    low, high = axes[0].transData.transform([(2, 0.5), (2, 1.5)])
    for text in axes[0].texts:
        box = extent(text)
        assert not path.intersects_bbox(box, filled=False)
        assert not (box.x0 < low[0] < box.x1 and box.y1 > low[1] and box.y0 < high[1])


def test_a_long_name_is_broken(axes):
    scatter_plot({"a name that nobody wants to read at all": (1, 1)}, **TEXTS)
    assert all(len(line) <= NAME_WIDTH for line in axes[0].texts[0].get_text().split("\n"))
