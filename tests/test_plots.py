import base64
import dataclasses
import io
import re

import numpy as np
import pytest
import torch
from PIL import Image

from xenc_course.display import plots
from xenc_course.display.plots import bar_plot, heatmap, histogram, line_plot, scatter_plot

TEXTS = {
    "title": "Bigger is slower",
    "xlabel": "batch size (pairs)",
    "ylabel": "pairs per second",
    "alt": "Pairs per second fall from 25 at batch size 1 to 11 at 32.",
}
XY = ([1, 2, 4], [3.0, 2.0, 1.0])
DRAWINGS = {
    "line": lambda **texts: line_plot({"A": XY}, **texts),
    "bar": lambda **texts: bar_plot(["a", "b"], {"A": [1, 2]}, **texts),
    "scatter": lambda **texts: scatter_plot({"A": (1, 2)}, **texts),
    "heat": lambda **texts: heatmap([[1, 2]], ["r"], ["a", "b"], unit="logit", **texts),
    "histogram": lambda **texts: histogram({"A": [1, 2, 2]}, bins=3, **texts),
}


@pytest.fixture
def axes(monkeypatch):
    """The matplotlib axes of every figure drawn in the test, in order."""
    drawn = []
    plain_canvas = plots.canvas_and_axes

    def canvas(*args, **kwargs):
        pair = plain_canvas(*args, **kwargs)
        drawn.append(pair[1])
        return pair

    monkeypatch.setattr(plots, "canvas_and_axes", canvas)
    return drawn


def pixels(figure):
    return np.asarray(Image.open(io.BytesIO(figure.png)).convert("RGB"))


def legend(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()] if axes.get_legend() else []


# What every figure has in common


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_a_figure_is_a_sharp_small_white_picture_with_its_texts(draw, axes):
    figure = draw(**TEXTS)
    image = pixels(figure)
    assert image.shape[1] >= 1000
    assert len(figure.png) < 80_000
    assert (image[0, 0] == 255).all()
    assert axes[0].figure.get_suptitle() == figure.title == TEXTS["title"]
    assert axes[0].get_xlabel() == TEXTS["xlabel"]
    assert axes[0].get_ylabel() == TEXTS["ylabel"]


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
@pytest.mark.parametrize("name", TEXTS)
def test_every_text_is_needed(draw, name):
    with pytest.raises(ValueError, match=f"{name} is empty"):
        draw(**{**TEXTS, name: " "})
    with pytest.raises(TypeError, match=f"{name} must be text, not None"):
        draw(**{**TEXTS, name: None})
    with pytest.raises(TypeError, match=name):
        draw(**{key: text for key, text in TEXTS.items() if key != name})


def test_a_figure_shows_its_picture_with_its_alt_text():
    figure = line_plot({"A": XY}, **{**TEXTS, "alt": 'a "quoted" <b>'})
    page = figure._repr_html_()
    assert page.startswith("<figure") and page.endswith("</figure>")
    assert 'alt="a &quot;quoted&quot; &lt;b&gt;"' in page
    assert "max-width: 100%" in page
    picture = re.search(r"data:image/png;base64,([^\"]+)", page).group(1)
    assert base64.b64decode(picture) == figure.png


def test_a_figure_is_its_alt_text_and_does_not_change():
    figure = line_plot({"A": XY}, **TEXTS)
    assert str(figure) == repr(figure) == TEXTS["alt"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        figure.alt = "other"


def test_drawing_twice_gives_the_same_bytes_and_leaves_the_style_alone():
    import matplotlib

    matplotlib.rcParams["font.size"] = 23
    first, second = line_plot({"A": XY}, **TEXTS), line_plot({"A": XY}, **TEXTS)
    assert first == second
    assert matplotlib.rcParams["font.size"] == 23
    matplotlib.rcdefaults()
    assert line_plot({"A": XY}, **TEXTS) == first


def test_a_long_title_is_broken_and_a_dollar_sign_is_kept(axes):
    title = "The cost of a million passages in $ and in € on a machine with two cores, measured"
    line_plot({"A": XY}, **{**TEXTS, "title": title, "xlabel": "cost ($ per $)"})
    assert axes[0].figure.get_suptitle().split("\n") == [title[:66].rstrip(), title[66:].lstrip()]
    assert axes[0].get_xlabel() == "cost ($ per $)"


def test_series_differ_by_marker_and_dash_as_well_as_colour(axes):
    line_plot(dict.fromkeys("ABCDEFG", XY), **TEXTS)
    lines = axes[0].get_lines()
    for look in ("get_marker", "get_color"):
        assert len({getattr(line, look)() for line in lines[:6]}) == 6
    assert len({line.get_linestyle() for line in lines[:3]}) == 3
    assert lines[6].get_color() == lines[0].get_color()
    assert len({(line.get_marker(), line.get_color()) for line in lines}) == 7
    assert legend(axes[0]) == list("ABCDEFG")


def test_one_series_needs_no_legend(axes):
    line_plot({"A": XY}, **TEXTS)
    bar_plot(["a"], {"A": [1]}, **TEXTS)
    assert [legend(drawn) for drawn in axes] == [[], []]


# Each kind


def test_a_line_runs_through_its_points_inside_its_band(axes):
    line_plot({"A": XY, "B": XY}, **TEXTS, spread={"B": ([2, 1, 0], [4, 3, 2])})
    assert axes[0].get_lines()[0].get_xydata().tolist() == [[1, 3], [2, 2], [4, 1]]
    (band,) = axes[0].collections
    corners = {tuple(point) for point in band.get_paths()[0].vertices}
    assert {(1, 2), (1, 4), (4, 0), (4, 2)} <= corners


def test_a_logarithmic_axis_names_few_batch_sizes_one_by_one(axes):
    sizes = [1, 2, 4, 8, 16, 32, 64]
    line_plot({"A": (sizes, torch.tensor(sizes))}, **TEXTS, logx=True)
    assert axes[0].get_xscale() == "log" and axes[0].get_yscale() == "linear"
    assert axes[0].get_xticks().tolist() == sizes
    assert [label.get_text() for label in axes[0].get_xticklabels()] == [str(n) for n in sizes]


@pytest.mark.parametrize(("low", "high"), [(30, 45), (3, 400), (1, 1e6)])
def test_a_logarithmic_axis_has_plain_readable_ticks(axes, low, high):
    line_plot({"A": (range(2, 22), np.geomspace(low, high, 20))}, **TEXTS, logy=True, logx=True)
    bottom, top = axes[0].get_ylim()
    ticks = [tick for tick in axes[0].get_yticks() if bottom <= tick <= top]
    assert 3 <= len(ticks) <= 10
    labels = [label.get_text() for label in axes[0].get_yticklabels()]
    assert all(re.fullmatch(r"[\d,.]+", label) for label in labels)


def test_bars_stand_beside_each_other_with_their_intervals(axes):
    values = {"RR@10": [0.6, 0.7], "nDCG@10": [0.5, 0.8]}
    bar_plot(["a", "b"], values, **TEXTS, intervals={"RR@10": ([0.55, 0.65], [0.62, 0.75])})
    bars = axes[0].patches
    assert [bar.get_height() for bar in bars] == [0.6, 0.7, 0.5, 0.8]
    assert bars[0].get_x() + bars[0].get_width() == pytest.approx(bars[2].get_x())
    assert bars[0].get_hatch() != bars[2].get_hatch()
    assert legend(axes[0]) == ["RR@10", "nDCG@10"]
    whiskers = axes[0].collections[0].get_segments()
    assert [segment[:, 1].tolist() for segment in whiskers] == [
        pytest.approx([0.55, 0.62]),
        pytest.approx([0.65, 0.75]),
    ]


def test_lying_bars_start_at_the_top_and_make_room(axes):
    labels = [f"a rather long label {i}" for i in range(20)]
    figure = bar_plot(labels, {"A": range(20)}, **TEXTS, horizontal=True)
    low = bar_plot(["a"], {"A": [1]}, **TEXTS, horizontal=True, intervals={"A": ([0.5], [2])})
    assert [bar.get_width() for bar in axes[0].patches] == list(range(20))
    assert axes[0].yaxis_inverted()
    assert pixels(figure).shape[0] > pixels(low).shape[0]
    assert axes[1].collections[0].get_segments()[0][:, 0].tolist() == [0.5, 2]


def test_long_names_under_bars_are_turned(axes):
    bar_plot(["short", "names"], {"A": [1, 2]}, **TEXTS)
    bar_plot(["a rather long name " * 2, "and another one " * 2], {"A": [1, 2]}, **TEXTS)
    assert [drawn.get_xticklabels()[0].get_rotation() for drawn in axes] == [0, 30]


def test_points_carry_their_names_and_intervals(axes):
    points = {"L12": (64, 0.75), "L6": (33, 0.74)}
    scatter_plot(points, **TEXTS, logx=True, intervals={"L12": (0.7, 0.8)})
    assert [text.get_text() for text in axes[0].texts] == ["L12", "L6"]
    assert axes[0].collections[0].get_segments()[0].tolist() == [[64, 0.7], [64, 0.8]]


def test_some_points_can_be_joined_by_a_line(axes):
    scatter_plot({"A": (1, 2), "B": (2, 1), "C": (3, 5)}, **TEXTS, line=["A", "C"])
    assert axes[0].lines[0].get_xydata().tolist() == [[1, 2], [3, 5]]


def test_names_of_near_points_do_not_overlap(axes):
    scatter_plot({f"model {i}": (1 + i / 500, 1) for i in range(3)} | {"far": (2, 2)}, **TEXTS)
    boxes = [text.get_window_extent() for text in axes[0].texts]
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:i])


def test_a_name_is_written_even_where_nothing_is_free(axes):
    scatter_plot({f"model {i}": (1, 1) for i in range(6)}, **TEXTS)
    assert [text.get_text() for text in axes[0].texts] == [f"model {i}" for i in range(6)]


def test_a_heatmap_has_its_labels_its_unit_and_its_numbers(axes):
    heatmap([[1, 2], [3, 4]], ["a", "b"], ["c", "d"], **TEXTS, unit="logit", values="{:.1f}")
    assert axes[0].images[0].get_array().tolist() == [[1, 2], [3, 4]]
    assert [label.get_text() for label in axes[0].get_yticklabels()] == ["a", "b"]
    assert [label.get_text() for label in axes[0].get_xticklabels()] == ["c", "d"]
    assert axes[0].images[0].colorbar.ax.get_ylabel() == "logit"
    assert [text.get_text() for text in axes[0].texts] == ["1.0", "2.0", "3.0", "4.0"]
    assert [text.get_color() for text in axes[0].texts] == ["black", "black", "white", "white"]


def test_a_heatmap_of_many_tokens_turns_their_names_and_makes_room(axes):
    tokens = [f"token{i}" for i in range(24)]
    figure = heatmap(np.eye(24), tokens, tokens, **TEXTS, unit="attention")
    assert axes[0].get_xticklabels()[0].get_rotation() == 45
    assert pixels(figure).shape[0] > pixels(DRAWINGS["heat"](**TEXTS)).shape[0]


def test_a_histogram_counts_in_shared_bins(axes):
    samples = {"relevant": [0.5, 1.5, 1.6], "other": [2.5]}
    histogram(samples, **TEXTS, bins=[0, 1, 2, 3])
    outlines = [patch for patch in axes[0].patches if patch.get_label() in samples]
    assert [patch.get_data().values.tolist() for patch in outlines] == [[1, 2, 0], [0, 0, 1]]
    assert legend(axes[0]) == ["relevant", "other"]
    assert outlines[0].get_linestyle() != outlines[1].get_linestyle()


# Bad input


@pytest.mark.parametrize(
    ("series", "options", "error", "message"),
    [
        ({}, {}, ValueError, "nothing to draw"),
        ([XY], {}, TypeError, "give a dictionary"),
        ({"A": [1, 2, 3]}, {}, ValueError, "'A' must come with two things"),
        ({"A": ([1, 2], [1])}, {}, ValueError, "y of 'A' has 1 values where 2"),
        ({"A": ([], [])}, {}, ValueError, "x of 'A' is empty"),
        ({"A": ([1], [np.nan])}, {}, ValueError, "y of 'A' holds a value that is not finite"),
        ({"A": (["a"], [1])}, {}, TypeError, "x of 'A' must be numbers"),
        ({"A": ([[1]], [1])}, {}, ValueError, r"not of shape \(1, 1\)"),
        ({"A": ([0, 1], [1, 2])}, {"logx": True}, ValueError, "x of 'A' holds 0"),
        ({"A": ([0, 1], [1, -2])}, {"logy": True}, ValueError, "y of 'A' holds -2"),
        ({"A": XY}, {"spread": {"B": XY}}, ValueError, "spread names 'B'"),
        ({"A": XY}, {"spread": {"A": ([1], [2])}}, ValueError, "has 1 values where 3"),
        ({"A": XY}, {"spread": {"A": ([3, 3, 3], [4, 2, 4])}}, ValueError, "low end above"),
    ],
)
def test_wrong_lines_are_refused(series, options, error, message):
    with pytest.raises(error, match=message):
        line_plot(series, **TEXTS, **options)


@pytest.mark.parametrize(
    ("draw", "error", "message"),
    [
        (lambda: bar_plot("ab", {"A": [1, 2]}, **TEXTS), TypeError, "labels must be a list"),
        (lambda: bar_plot([], {"A": []}, **TEXTS), ValueError, "there are no labels"),
        (lambda: bar_plot(["a"], {"A": [1, 2]}, **TEXTS), ValueError, "has 2 values where 1"),
        (lambda: scatter_plot({"A": ([1, 2], [1, 2])}, **TEXTS), ValueError, "one \\(x, y\\)"),
        (lambda: scatter_plot({"A": 1}, **TEXTS), ValueError, "two things"),
        (lambda: scatter_plot({"A": (1, 1)}, **TEXTS, line=["B"]), ValueError, "names 'B'"),
        (
            lambda: heatmap([[1, 2]], ["r"], ["a"], unit="logit", **TEXTS),
            ValueError,
            r"shape \(1, 2\) but the labels say \(1, 1\)",
        ),
        (lambda: heatmap([[1]], ["r"], ["a"], unit="", **TEXTS), ValueError, "unit is empty"),
        (lambda: histogram({"A": [1]}, bins=0, **TEXTS), ValueError, "bins must be 1 or more"),
    ],
)
def test_wrong_figures_are_refused(draw, error, message):
    with pytest.raises(error, match=message):
        draw()
