"""Arguments of figures: texts are needed, and numbers that cannot be drawn are named."""

import numpy as np
import pytest
import torch

from tests.support.drawings import DRAWINGS, TEXTS, XY
from xenc_course.display.plots import bar_plot, heatmap, histogram, line_plot, scatter_plot


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
@pytest.mark.parametrize("name", TEXTS)
def test_every_text_is_needed(draw, name):
    with pytest.raises(ValueError, match=f"{name} is empty"):
        draw(**{**TEXTS, name: " "})
    with pytest.raises(TypeError, match=f"{name} must be text, not None"):
        draw(**{**TEXTS, name: None})
    with pytest.raises(TypeError, match=name):
        draw(**{key: text for key, text in TEXTS.items() if key != name})


@pytest.mark.parametrize(
    ("series", "options", "error", "message"),
    [
        ({}, {}, ValueError, "nothing to draw"),
        ([XY], {}, TypeError, "Give a dictionary"),
        ({"A": [1, 2, 3]}, {}, ValueError, "'A' must come with two things"),
        ({"A": ([1, 2], [1])}, {}, ValueError, "y of 'A' must have 2 values, not 1"),
        ({"A": ([], [])}, {}, ValueError, "x of 'A' is empty"),
        ({"A": ([1], [np.nan])}, {}, ValueError, r"nan stands in the y of 'A' at \[0\]\.$"),
        ({"A": (["a"], [1])}, {}, TypeError, "x of 'A' must be numbers"),
        ({"A": ([[1]], [1])}, {}, ValueError, r"not of shape \(1, 1\)"),
        ({"A": ([0, 1], [1, 2])}, {"logx": True}, ValueError, "x of 'A' holds 0"),
        ({"A": ([0, 1], [1, -2])}, {"logy": True}, ValueError, "y of 'A' holds -2"),
        ({"A": XY}, {"spread": {"B": XY}}, ValueError, "spread names 'B'"),
        ({"A": XY}, {"spread": {"A": ([1], [2])}}, ValueError, "must have 3 values, not 1"),
        ({"A": XY}, {"spread": {"A": ([3, 3, 3], [4, 2, 4])}}, ValueError, "low end is above"),
    ],
)
def test_wrong_lines_are_refused(series, options, error, message):
    with pytest.raises(error, match=message):
        line_plot(series, **TEXTS, **options)


@pytest.mark.parametrize(
    ("draw", "error", "message"),
    [
        (lambda: bar_plot("ab", {"A": [1, 2]}, **TEXTS), TypeError, "labels must be a list"),
        (lambda: bar_plot([], {"A": []}, **TEXTS), ValueError, "There are no labels"),
        (lambda: bar_plot(["a"], {"A": [1, 2]}, **TEXTS), ValueError, "must have 1 values, not 2"),
        (lambda: scatter_plot({"A": ([1, 2], [1, 2])}, **TEXTS), ValueError, "one \\(x, y\\)"),
        (lambda: scatter_plot({"A": 1}, **TEXTS), ValueError, "two things"),
        (lambda: scatter_plot({"A": (1, 1)}, **TEXTS, line=["B"]), ValueError, "names 'B'"),
        (
            lambda: heatmap([[1, 2]], ["r"], ["a"], unit="logit", **TEXTS),
            ValueError,
            r"shape \(1, 2\) but the labels say \(1, 1\)",
        ),
        (lambda: heatmap([[1]], ["r"], ["a"], unit="", **TEXTS), ValueError, "unit is empty"),
        (lambda: histogram({"A": [1]}, bins=0, **TEXTS), ValueError, "bins must be from 1 to 1000"),
        (lambda: histogram({"A": [1]}, bins=10**9, **TEXTS), ValueError, "not 1000000000"),
        (lambda: histogram({"A": [1]}, bins="auto", **TEXTS), TypeError, "not 'auto'"),
        (
            lambda: bar_plot(range(1000), {"A": range(1000), "B": range(1000)}, **TEXTS),
            ValueError,
            "At most 200 bars .* these are 2,000: draw the ones",
        ),
        (
            lambda: heatmap(np.eye(40), range(40), range(40), unit="u", values="{}", **TEXTS),
            ValueError,
            "At most 1,000 numbers .* these are 1,600: leave the argument values out",
        ),
    ],
)
def test_wrong_figures_are_refused(draw, error, message):
    with pytest.raises(error, match=message):
        draw()


@pytest.mark.parametrize(
    "draw",
    [
        lambda names: line_plot(dict.fromkeys(names, XY), **TEXTS),
        lambda names: bar_plot(["a"], {name: [1] for name in names}, **TEXTS),
        lambda names: scatter_plot(dict.fromkeys(names, (1, 2)), **TEXTS),
        lambda names: histogram({name: [1] for name in names}, **TEXTS),
    ],
    ids=["line", "bar", "scatter", "histogram"],
)
def test_more_labels_than_there_are_looks_are_refused(draw):
    with pytest.raises(ValueError, match="at most 36 labels apart, and these are 37: draw fewer"):
        draw(range(37))


@pytest.mark.parametrize(
    "draw",
    [lambda y: line_plot({"A": ([0, 1], y)}, **TEXTS), lambda y: histogram({"A": y}, **TEXTS)],
)
def test_numbers_near_the_end_of_float64_are_drawn_or_refused(draw):
    draw([-1e300, 1e300])
    with pytest.raises(ValueError, match=r"numbers up to 1e\+300, and .* reaches 1e\+308"):
        draw([-1e308, 1])


def test_numbers_of_any_library_are_drawn():
    tensors = torch.tensor([1.0, 2.0], dtype=torch.bfloat16, requires_grad=True)
    for values in (tensors, [*tensors]):
        bar_plot(["a", "b"], {"A": values}, **TEXTS, intervals={"A": (values, values)})
        line_plot({"A": (values, values)}, **TEXTS, spread={"A": (values, values)})
        histogram({"A": values}, **TEXTS)
    scatter_plot({"A": tuple(tensors)}, **TEXTS, intervals={"A": tuple(tensors)})
    heatmap([[*tensors]], ["r"], ["a", "b"], unit="logit", **TEXTS)
