import math

import pytest

from xenc_course.teaching.questions import asked, how_many, which

THREE = [("One", True, "Yes, one."), ("Two", False, "No."), ("Three", False, "Nor that.")]
RANGES = [("Few", 10, "a"), ("Some", 20, "b"), ("Many", math.inf, "c")]


def right(question):
    return question.options[question.right].text


def test_the_order_follows_from_the_text_and_keeps_every_option():
    first, again = asked("How?", THREE), asked("How?", THREE)
    assert first == again
    assert {option.text for option in first.options} == {"One", "Two", "Three"}
    assert right(first) == "One"


def test_the_right_option_stands_at_every_place_about_as_often():
    places = [asked(f"Question {n}?", THREE).right for n in range(600)]
    # Of 600 fair draws of three places, each has 200; sd 11.5.
    assert all(150 < places.count(place) < 250 for place in range(3))


@pytest.mark.parametrize(
    ("value", "expected"), [(-5, "Few"), (9.9, "Few"), (10, "Some"), (1e9, "Many")]
)
def test_the_range_that_holds_the_value_is_right(value, expected):
    assert right(how_many("How many?", value, RANGES, course="Some")) == expected


def test_a_measured_key_is_right():
    options = {"x": ("X", "a"), "y": ("Y", "b"), "z": ("Z", "c")}
    assert right(which("Which?", "y", options)) == "Y"
    with pytest.raises(ValueError, match="no option for 'w': it has x, y, z"):
        which("Which?", "w", options)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (THREE[:2], "three different options"),
        ([*THREE[:2], ("One", False, "Again.")], "three different options"),
        ([*THREE[:2], ("Three", False, "")], "without an explanation"),
        ([*THREE[:2], ("Three", True, "Also.")], "2 right options"),
        ([(answer, False, why) for answer, _, why in THREE], "0 right options"),
    ],
)
def test_a_question_that_teaches_nothing_is_refused(options, problem):
    with pytest.raises(ValueError, match=problem):
        asked("How?", options)


@pytest.mark.parametrize("ends", [(10, 5, math.inf), (10, 20, 30), (10, 10, math.inf)])
def test_ranges_that_leave_a_gap_are_refused(ends):
    ranges = [(f"Answer {n}", end, "why") for n, end in enumerate(ends)]
    with pytest.raises(ValueError, match="do not ascend to infinity"):
        how_many("How many?", 1, ranges, course="Answer 0")


def test_a_measurement_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="what was measured is none"):
        how_many("How many?", math.nan, RANGES, course="Some")


def test_explanations_are_the_courses_where_its_answer_is_right():
    whys = {option.text: option.why for option in how_many("?", 15, RANGES, course="Some").options}
    assert whys == {answer: why for answer, _, why in RANGES}


def test_where_another_answer_is_right_it_and_the_courses_say_so():
    asked = how_many("?", 1234, RANGES, course="Some")
    whys = {option.text: (option.right, option.why) for option in asked.options}
    assert whys["Many"][0] and whys["Many"][1].startswith("Measured here: 1,234.")
    assert not whys["Some"][0] and "Measured here: 1,234." in whys["Some"][1]
    with pytest.raises(ValueError, match="has no answer 'None'"):
        how_many("?", 1, RANGES, course="None")
