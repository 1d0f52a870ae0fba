"""Diagrams: boxes hold their texts, arrows meet boxes, and both read on a light and a dark page."""

import base64
import dataclasses
import re
import xml.etree.ElementTree as ET

import pytest
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

from xenc_course.display.diagram_layout import FONT_SIZE, Arrow, Box, text_size
from xenc_course.display.diagrams import draw_diagram
from xenc_course.display.tones import PAGES, contrast

SVG = "{http://www.w3.org/2000/svg}"
BOXES = [Box("a", "query", 0), Box("b", "passage", 0, 1), Box("c", "score", 1, look="model")]


def drawn(boxes, *arrows, **options):
    return ET.fromstring(draw_diagram("T", "alt", boxes, arrows, **options).svg)


def rectangles(svg):
    sides = ("x", "y", "width", "height")
    return [tuple(int(rect.get(side)) for side in sides) for rect in svg.iter(f"{SVG}rect")]


def points(element):
    return [tuple(map(int, point.split(","))) for point in element.get("points").split()]


def test_a_diagram_shows_its_title_and_its_picture_with_its_alt_text():
    diagram = draw_diagram("A & B", 'a "quoted" <b>', BOXES)
    page = diagram._repr_html_()
    assert page.startswith("<figure") and page.endswith("</figure>")
    assert 'alt="a &quot;quoted&quot; &lt;b&gt;"' in page and "<b>A &amp; B</b>" in page
    assert f"max-width: 100%; width: {diagram.width}px" in page
    picture = re.search(r"data:image/svg\+xml;base64,([^\"]+)", page).group(1)
    assert base64.b64decode(picture).decode() == diagram.svg
    assert ET.fromstring(diagram.svg).find(f"{SVG}title").text == "A & B"


def test_a_diagram_is_its_alt_text_does_not_change_and_is_drawn_the_same_twice():
    diagram = draw_diagram("T", "alt", BOXES)
    assert str(diagram) == repr(diagram) == "alt"
    assert diagram == draw_diagram("T", "alt", BOXES)
    with pytest.raises(dataclasses.FrozenInstanceError):
        diagram.alt = "other"


def test_boxes_of_a_row_stand_beside_each_other_and_rows_below():
    (ax, ay, aw, ah), (bx, by, _, _), (cx, cy, cw, _) = rectangles(drawn(BOXES))
    assert ay == by and bx > ax + aw
    assert cy > ay + ah and (cx, cw) == (ax, aw)


def test_a_box_may_span_columns_and_makes_them_wide_enough():
    wide = Box("w", "a long text over two columns", 1, 0, 2)
    first, second, below = rectangles(drawn([*BOXES[:2], wide]))
    assert below[0] == first[0] and below[0] + below[2] == second[0] + second[2]
    assert below[2] >= text_size(wide.text)[0]


def test_an_arrow_meets_both_boxes():
    svg = drawn(BOXES, Arrow("a", "c"), Arrow("a", "b"), Arrow("b", "c"))
    a, b, c = rectangles(svg)
    down, across, bent = (points(line) for line in svg.iter(f"{SVG}polyline"))
    middle = a[0] + a[2] // 2
    assert down == [(middle, a[1] + a[3]), (middle, c[1])]
    assert across[0][0] == a[0] + a[2] and across[1][0] == b[0]
    assert len(bent) == 4 and bent[0] == (b[0] + b[2] // 2, b[1] + b[3])
    assert [points(head)[0] for head in svg.iter(f"{SVG}polygon")] == [
        line[-1] for line in (down, across, bent)
    ]


def test_an_arrow_to_the_left_ends_on_the_right_side():
    svg = drawn(BOXES, Arrow("b", "a"))
    a, b, _ = rectangles(svg)
    ((start, end),) = (points(line) for line in svg.iter(f"{SVG}polyline"))
    assert start[0] == b[0] and end[0] == a[0] + a[2]


def test_a_mutual_arrow_hangs_below_and_has_two_heads():
    svg = drawn(BOXES[:2], Arrow("a", "b", "both ways", mutual=True))
    assert len(list(svg.iter(f"{SVG}polygon"))) == 2
    (line,) = (points(line) for line in svg.iter(f"{SVG}polyline"))
    assert line[1][1] == line[2][1] > line[0][1] == line[3][1]
    assert int(svg.get("height")) > line[1][1] + FONT_SIZE


def test_a_label_makes_room_for_itself():
    plain, labelled = drawn(BOXES, Arrow("a", "b")), drawn(BOXES, Arrow("a", "b", "a long label"))
    gaps = [b[0] - a[0] - a[2] for a, b, _ in map(rectangles, (plain, labelled))]
    assert gaps[1] >= text_size("a long label")[0] > gaps[0]


def test_text_takes_no_more_room_than_thought():
    """DejaVu Sans is the widest of the common sans-serif fonts."""
    for text in ("query and passage", "[CLS]", "teacher's logits", "quality (nDCG@10)", "MWmw"):
        for bold in (False, True):
            font = FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal")
            real = TextPath((0, 0), text, size=FONT_SIZE, prop=font).get_extents().width
            assert real <= text_size(text, bold=bold)[0] + 4, text


def test_every_colour_reads_on_both_pages_and_the_ground_is_transparent():
    boxes = [Box(look, look, i, look=look) for i, look in enumerate(("thing", "model", "stored"))]
    svg = draw_diagram("T", "alt", boxes, [Arrow("thing", "model", "label")]).svg
    colours = set(re.findall(r"#[0-9a-f]{6}", svg))
    assert len(colours) == 2
    assert all(contrast(colour, page) >= 3 for colour in colours for page in PAGES)
    letters = set(re.findall(r'<text fill="(#[0-9a-f]{6})"', svg))
    assert all(contrast(colour, page) >= 4 for colour in letters for page in PAGES)
    assert not re.search(r'<rect[^>]* fill="', svg) and 'fill="none"' in svg.split("\n")[0]


@pytest.mark.parametrize(
    ("boxes", "arrows", "message"),
    [
        ([BOXES[0], BOXES[0]], [], "same name"),
        ([], [], "at least one box"),
        (BOXES, [Arrow("a", "z")], "'z', which is no box"),
        (BOXES, [Arrow("c", "a")], "from 'c' runs upwards"),
        ([Box("a", "x", 0, look="blue")], [], "look 'blue'"),
    ],
)
def test_a_wrong_diagram_is_refused(boxes, arrows, message):
    with pytest.raises(ValueError, match=message):
        draw_diagram("T", "alt", boxes, arrows)


def test_any_letters_give_a_picture_that_can_be_read():
    bad = "a\x1b[2J\ud800\ufffe\u202e<b>"
    boxes = [Box("a", bad, 0), Box("b", bad, 1, look="heading")]
    diagram = draw_diagram(bad, bad, boxes, [Arrow("a", "b", bad)])
    seen = "a\ufffd[2J\ufffd\ufffd\ufffd<b>"
    texts = [element.text for element in ET.fromstring(diagram.svg).iter() if element.text]
    assert [text for text in texts if text.strip()] == [seen] * 4
    assert str(diagram) == seen
    assert diagram._repr_html_().count("\ufffd&lt;b&gt;") == 2
