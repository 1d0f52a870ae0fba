"""What every figure has in common: its texts, its look, and the same bytes each time."""

import base64
import dataclasses
import re

import pytest
from matplotlib.colors import to_hex
from matplotlib.text import Text

from tests.support.drawings import DRAWINGS, TEXTS, XY, legend, pixels
from xenc_course.display.plots import bar_plot, histogram, line_plot, scatter_plot
from xenc_course.display.tones import COLOURS, PAGES, contrast


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_a_figure_is_a_sharp_small_picture_on_no_ground_with_its_texts(draw, axes):
    figure = draw(**TEXTS)
    image = pixels(figure)
    assert image.shape[1] >= 1000
    assert len(figure.png) < 80_000
    assert image[0, 0, 3] == 0 and image[:, :, 3].max() == 255
    assert axes[0].figure.get_suptitle() == figure.title == TEXTS["title"]
    assert axes[0].get_xlabel() == TEXTS["xlabel"]
    assert axes[0].get_ylabel() == TEXTS["ylabel"]


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


@pytest.mark.parametrize(
    ("n", "name"), [(2, "A"), (9, "A"), (5, "a rather long name of a series, number")]
)
def test_a_legend_lies_above_the_axes_inside_the_figure_and_takes_nothing_from_them(n, name, axes):
    series = {f"{name} {i}": XY for i in range(n)}
    line_plot({"A": XY}, **TEXTS)
    line_plot(series, **TEXTS)
    bar_plot(["a", "b", "c"], {label: y for label, (_, y) in series.items()}, **TEXTS)
    histogram({label: y for label, (_, y) in series.items()}, **TEXTS)
    alone, *others = axes
    for drawn in others:
        box, canvas = drawn.get_legend().get_window_extent(), drawn.figure.bbox
        title = drawn.figure._suptitle.get_window_extent()
        assert drawn.bbox.y1 <= box.y0 and box.y1 <= title.y0 and box.x1 <= canvas.x1
        assert drawn.bbox.height > 0.9 * alone.bbox.height
        assert legend(drawn) == list(series)


def test_a_series_whose_name_begins_with_an_underscore_is_in_the_legend(axes):
    line_plot({"_a": XY, "_b": XY}, **TEXTS)
    assert [label.strip() for label in legend(axes[0])] == ["_a", "_b"]


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_every_text_and_axis_reads_on_a_light_and_on_a_dark_page(draw, axes):
    draw(**TEXTS)
    (canvas,) = {drawn.figure for drawn in axes}
    outside = [text for text in canvas.findobj(Text) if text.get_text()]
    assert len(outside) > 5
    for text in outside:
        assert all(contrast(to_hex(text.get_color()), page) >= 4 for page in PAGES), text
    for drawn in axes:
        lines = [*drawn.spines.values()]
        colours = [to_hex(line.get_edgecolor()) for line in lines]
        colours += [to_hex(line.get_color()) for line in drawn.get_xgridlines()]
        assert all(contrast(colour, page) >= 3 for colour in colours for page in PAGES)


def test_whiskers_show_on_bars_of_any_colour_and_on_both_pages(axes):
    bar_plot(["a"], {"A": [1]}, **TEXTS, intervals={"A": ([0.5], [2])})
    (whisker,) = axes[0].collections
    (rim,) = whisker.get_path_effects()
    tones = [to_hex(whisker.get_color()[0]), rim._gc["foreground"]]
    assert sorted(tones) == sorted(PAGES)
    assert all(max(contrast(tone, other) for tone in tones) >= 3 for other in (*PAGES, *COLOURS))


@pytest.mark.filterwarnings("ignore:Glyph")
@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_any_letters_give_a_figure_that_can_be_read(draw):
    bad = "a\x1b[2J\ud800\u202e<b>"
    figure = draw(**dict.fromkeys(TEXTS, bad))
    assert str(figure) == figure.title == "a\ufffd[2J\ufffd\ufffd<b>"
    assert 'alt="a\ufffd[2J\ufffd\ufffd&lt;b&gt;"' in figure._repr_html_()
    assert pixels(figure).any()


def test_any_letters_may_name_what_is_drawn():
    for name in ("a\x1b[2J", "\ud800", "\u202eabc"):
        line_plot({name: XY, "b": XY}, **TEXTS)
        bar_plot([name, "b"], {name: [1, 2], "b": [1, 2]}, **TEXTS)
        scatter_plot({name: (1, 2)}, **TEXTS)
