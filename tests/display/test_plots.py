"""Each kind of plot shows its numbers, its labels and its intervals."""

import re

import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex

from tests.support.drawings import DRAWINGS, TEXTS, XY, legend, pixels
from xenc_course.display.plots import bar_plot, heatmap, histogram, line_plot, scatter_plot
from xenc_course.display.tones import contrast


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


def test_names_that_are_too_many_to_read_are_thinned_out_and_the_axis_says_so(axes):
    bar_plot([f"name {i}" for i in range(200)], {"A": range(200)}, **TEXTS)
    bar_plot([f"name {i}" for i in range(20)], {"A": range(20)}, **TEXTS)
    names = [f"token {i}" for i in range(120)]
    heatmap(np.eye(120), names, names, unit="attention", **TEXTS)
    assert len(axes[0].patches) == 200  # every bar is drawn
    shown = {
        tick: label.get_text()
        for tick, label in zip(axes[0].get_xticks(), axes[0].get_xticklabels(), strict=True)
    }
    assert shown == {i: f"name {i}" for i in range(0, 200, 10)}
    assert axes[0].get_xlabel() == "batch size (pairs) (one name in 10)"
    assert len(axes[1].get_xticks()) == 20 and axes[1].get_xlabel() == TEXTS["xlabel"]
    assert [len(axes[2].get_xticks()), len(axes[2].get_yticks())] == [30, 40]
    assert axes[2].get_xlabel().endswith(" (one name in 4)")
    assert axes[2].get_ylabel().endswith(" (one name in 3)")


def test_no_two_of_many_series_of_bars_or_bins_look_alike(axes):
    names = range(36)
    bar_plot(["a"], {i: [1] for i in names}, **TEXTS)
    histogram({i: [1] for i in names}, **TEXTS)
    bars = {(to_hex(bar.get_facecolor()), bar.get_hatch()) for bar in axes[0].patches}
    outlines = {
        (to_hex(bin_.get_edgecolor()), bin_.get_linestyle())
        for bin_ in axes[1].patches
        if not bin_.get_fill()
    }
    assert len(bars) == len(outlines) == 36


def test_points_carry_their_names_and_intervals(axes):
    points = {"L12": (64, 0.75), "L6": (33, 0.74)}
    scatter_plot(points, **TEXTS, logx=True, intervals={"L12": (0.7, 0.8)})
    assert [text.get_text() for text in axes[0].texts] == ["L12", "L6"]
    assert axes[0].collections[0].get_segments()[0].tolist() == [[64, 0.7], [64, 0.8]]


def test_some_points_can_be_joined_by_a_line(axes):
    scatter_plot({"A": (1, 2), "B": (2, 1), "C": (3, 5)}, **TEXTS, line=["A", "C"])
    assert axes[0].lines[0].get_xydata().tolist() == [[1, 2], [3, 5]]


def test_a_heatmap_has_its_labels_its_unit_and_its_numbers(axes):
    heatmap([[1, 2], [3, 4]], ["a", "b"], ["c", "d"], **TEXTS, unit="logit", values="{:.1f}")
    assert axes[0].images[0].get_array().tolist() == [[1, 2], [3, 4]]
    assert [label.get_text() for label in axes[0].get_yticklabels()] == ["a", "b"]
    assert [label.get_text() for label in axes[0].get_xticklabels()] == ["c", "d"]
    assert axes[0].images[0].colorbar.ax.get_ylabel() == "logit"
    assert [text.get_text() for text in axes[0].texts] == ["1.0", "2.0", "3.0", "4.0"]


def test_the_numbers_of_a_heatmap_read_on_their_cells(axes):
    heatmap([range(12)], ["r"], list("abcdefghijkl"), **TEXTS, unit="logit", values="{:.0f}")
    image = axes[0].images[0]
    for text, value in zip(axes[0].texts, image.get_array().ravel(), strict=True):
        cell = to_hex(image.cmap(image.norm(value)))
        assert contrast(to_hex(text.get_color()), cell) >= 4.5


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
