"""The diagrams of the lessons: they fit a phone, say what they show, and no text covers another."""

import re
import xml.etree.ElementTree as ET

import pytest

import xenc_course
from xenc_course.display.diagram_layout import FONT_SIZE, LINE, text_size

SVG = "{http://www.w3.org/2000/svg}"
NAMES = [name for name in dir(xenc_course) if name.startswith("diagram_")]
every_diagram = pytest.mark.parametrize("name", NAMES)


def test_each_lesson_with_a_mechanism_has_its_diagram():
    shown = (
        "attention batch calibrate choose cost cut distil inputs judged_test layers limit "
        "no_answer pipeline retrieve_and_rerank two_encoders"
    )
    assert [f"diagram_{name}" for name in shown.split()] == NAMES


def text_boxes(svg):
    """(left, top, right, bottom) of each line of text."""
    for text in svg.iter(f"{SVG}text"):
        for span in text:
            width, _ = text_size(span.text or "", bold=text.get("font-weight") == "bold")
            x, y = int(span.get("x")), int(span.get("y"))
            left = x if text.get("text-anchor") == "start" else x - width // 2
            if span.text:
                yield left, y - FONT_SIZE, left + width, y + LINE - FONT_SIZE


def overlap(one, other):
    return min(one[2], other[2]) > max(one[0], other[0]) and min(one[3], other[3]) > max(
        one[1], other[1]
    )


@every_diagram
def test_no_text_covers_another_or_leaves_the_picture(name):
    svg = ET.fromstring(getattr(xenc_course, name)().svg)
    width, height = int(svg.get("width")), int(svg.get("height"))
    boxes = list(text_boxes(svg))
    for i, box in enumerate(boxes):
        assert box[0] >= 0 and box[1] >= 0 and box[2] <= width and box[3] <= height
        assert not any(overlap(box, other) for other in boxes[:i])


@every_diagram
def test_letters_stay_readable_on_a_phone(name):
    width = getattr(xenc_course, name)().width
    assert FONT_SIZE * min(1, 370 / width) >= 11


@every_diagram
def test_the_alt_text_is_one_to_three_sentences_that_say_more_than_the_title(name):
    diagram = getattr(xenc_course, name)()
    assert 1 <= len(re.findall(r"[.](?: |$)", diagram.alt)) <= 3
    assert len(diagram.alt) > 3 * len(diagram.title) and diagram.alt[-1] == "."
    assert diagram == getattr(xenc_course, name)()
