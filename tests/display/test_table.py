"""Tables: aligned text, escaped HTML, and the numbers as they were given."""

import re

import numpy as np
import pytest
import torch

from xenc_course.display.cells import Cell
from xenc_course.display.table import Table
from xenc_course.display.text_width import display_width


def models(**options):
    rows = [["L12", 33_360_385, 0.7543], ["TinyBERT", 4_386_049, None]]
    return Table(["name", "parameters", "RR@10"], rows, "Models", **options)


def test_text_is_aligned_with_numbers_to_the_right():
    assert str(models(formats={"parameters": "{:,}", "RR@10": "{:.3f}"})).splitlines() == [
        "Models",
        "name      parameters  RR@10",
        "────────  ──────────  ─────",
        "L12       33,360,385  0.754",
        "TinyBERT   4,386,049      —",
    ]


def test_repr_is_the_text_so_that_stored_outputs_can_be_read():
    assert repr(models()) == str(models())


def test_floats_show_four_decimals_by_default_and_truth_values_words():
    table = Table(["x", "y"], [[np.float32(0.5), True], [2, np.bool_(False)]])
    assert str(table).splitlines()[2:] == ["0.5000  yes", "     2  no"]


def test_rows_and_columns_keep_the_unformatted_values():
    table = models(formats={"RR@10": "{:.1f}"})
    assert table.rows[0] == {"name": "L12", "parameters": 33_360_385, "RR@10": 0.7543}
    assert table.column("RR@10") == [0.7543, None]
    assert len(table) == 2


def test_rows_may_be_mappings_in_any_order():
    table = Table(["a", "b"], [{"b": 2, "a": 1}])
    assert table.rows == [{"a": 1, "b": 2}]


def test_numpy_numbers_become_plain_ones():
    table = Table(["n", "x"], [[np.int64(3), np.float64(0.25)]])
    assert [type(value) for value in table.rows[0].values()] == [int, float]


@pytest.mark.parametrize(("side", "line"), [("left", "1"), ("right", "   1"), ("center", " 1")])
def test_align_overrides_the_side(side, line):
    table = Table(["four"], [["1"]], align={"four": side})
    assert str(table).splitlines()[-1] == line
    assert f"text-align: {'start' if side == 'left' else side}" in table._repr_html_()


def test_html_escapes_cells_names_caption_and_notes():
    page = Table(["<a>"], [["<u>&"]], "<c>", notes=["<d>"])._repr_html_()
    for escaped in ("&lt;a&gt;", "&lt;u&gt;&amp;", "&lt;c&gt;", "&lt;d&gt;"):
        assert escaped in page
    assert not any(raw in page for raw in ("<a>", "<u>", "<c>", "<d>"))


def test_html_has_header_cells_caption_and_no_style_element_or_fixed_colour():
    page = models()._repr_html_()
    assert "<caption" in page
    assert page.count('<th scope="col"') == 3
    assert page.startswith('<div style="overflow-x: auto">')
    assert "<style" not in page
    assert "#" not in page
    assert "background" not in page


def test_in_html_prose_may_break_and_numbers_may_not():
    table = Table(["i", "text", "n"], [[1, "one two", "3 of 4"]], align={"n": "right"})
    page = table._repr_html_()
    assert 'white-space: normal">one two' in page
    assert 'white-space: nowrap">3 of 4' in page


def test_in_html_a_first_column_of_text_names_its_rows():
    page = models()._repr_html_()
    names = re.findall(r'<th scope="row" [^>]*font-weight: normal[^>]*>(.*?)</th>', page)
    assert names == ["L12", "TinyBERT"]
    assert page.count("<td") == 4


@pytest.mark.parametrize(
    ("columns", "rows"),
    [(["rank", "text"], [[1, "a"]]), (["a"], [["x"]]), (["a", "b"], [["x", 1], [None, 2]])],
)
def test_a_number_a_gap_or_an_only_column_names_no_row(columns, rows):
    assert 'scope="row"' not in Table(columns, rows)._repr_html_()


@pytest.mark.parametrize(("n_others", "share"), [(2, 84), (5, 60), (8, 55)])
def test_a_roomy_column_gets_more_than_half_of_the_width_in_html_only(n_others, share):
    columns = [*map(str, range(n_others)), "text"]
    row = [*range(n_others), "a long text"]
    table = Table(columns, [row], roomy="text")
    page = table._repr_html_()
    assert re.findall(r'width: (\d+)%">(\w+)</th>', page) == [(str(share), "text")]
    assert re.findall(r'min-width: [^"]*anywhere">(.*?)</td>', page) == ["a long text"]
    assert str(table) == str(Table(columns, [row]))
    assert re.sub("<.*?>", "", page) == re.sub("<.*?>", "", Table(columns, [row])._repr_html_())


def test_without_caption_there_is_none():
    table = Table(["a"], [[1]])
    assert "<caption" not in table._repr_html_()
    assert str(table).startswith("a\n")


def test_a_table_without_rows_shows_its_columns():
    assert str(Table(["a", "bc"], [])) == "a  bc\n─  ──"


def test_notes_come_last():
    assert str(Table(["a"], [[1]], notes=["one", "two"])).endswith("1\none\ntwo")


def test_long_text_continues_on_the_next_line_of_its_column():
    table = Table(["n", "text"], [[1, "one two three"], [2, "x"]], wrap=8)
    assert str(table).splitlines()[2:] == ["1  one two", "   three", "2  x"]


def test_a_long_column_name_ends_on_the_line_above_the_rule():
    table = Table(["one two", "n"], [["x", 1]], wrap=4)
    assert str(table).splitlines() == ["one", "two  n", "───  ─", "x    1"]


def test_a_table_does_not_change():
    table = models()
    with pytest.raises(AttributeError, match="cannot assign to field"):
        table.caption = "other"
    table.rows.clear()
    assert len(table.rows) == 2


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        (([], []), {}, ValueError, "at least one column"),
        ((["a"], [[1]]), {"caption": 5}, TypeError, "caption and the notes are text, not 5"),
        ((["a"], [[1]]), {"notes": "one"}, TypeError, r"a list of lines, not 'one': put it in"),
        ((["a"], [[1]]), {"notes": [None]}, TypeError, "caption and the notes are text, not None"),
        ((["a"], [[1]]), {"wrap": 0}, ValueError, "wrap must be 1 or more"),
        ((["a"], [[1.5]]), {"formats": {"a": "{:d}"}}, ValueError, "in the format '{:d}'"),
        ((["a"], [[1]]), {"formats": {"a": "{x}"}}, ValueError, "in the format '{x}'"),
        (
            (["a"], [[10**400]]),
            {"formats": {"a": "{:.1f}"}},
            ValueError,
            "Row 0, column 'a', cannot",
        ),
        ((["a"], [[10**5000]]), {}, ValueError, "Row 0, column 'a', cannot be written"),
        ((["a"], [[1j]]), {}, TypeError, "Row 0, column 'a', is a complex"),
        ((["a"], [[torch.ones(2)]]), {}, TypeError, "Row 0, column 'a', is a Tensor"),
        ((["a"], ["x" * 999]), {}, ValueError, r"Row 0 is 'x{59}…: give"),
        (("ab", []), {}, TypeError, "columns is a list of names"),
        (([1], []), {}, TypeError, "columns is a list of names"),
        ((["a", "a"], []), {}, ValueError, "its own name"),
        ((["a", "b"], [[1, 2], [1]]), {}, ValueError, "Row 1 is"),
        ((["a"], ["x"]), {}, ValueError, "Row 0 is 'x'"),
        ((["a"], [{"b": 1}]), {}, ValueError, "Row 0 has the columns"),
        ((["a"], [[[1]]]), {}, TypeError, "Row 0, column 'a', is a list"),
        ((["a"], [[1]]), {"formats": {"b": "{}"}}, ValueError, "formats names 'b'"),
        ((["a"], [[1]]), {"align": {"b": "left"}}, ValueError, "align names 'b'"),
        ((["a"], [[1]]), {"roomy": "b"}, ValueError, "roomy names 'b'"),
        ((["a"], [[1]]), {"align": {"a": "top"}}, ValueError, "not 'top'"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(arguments, options, error, message):
    with pytest.raises(error, match=message):
        Table(*arguments, **options)


def test_an_unknown_column_names_the_known_ones():
    with pytest.raises(ValueError, match=r"no column 'speed'.*'RR@10'"):
        models().column("speed")


def test_wide_letters_and_right_to_left_text_keep_the_columns_aligned():
    hello = "שלום"
    table = Table(["text", "n"], [["密码", 1], [hello, 2], ["abcd", 3]])
    lines = str(table).splitlines()[2:]
    assert [line[-1] for line in lines] == ["1", "2", "3"]
    assert {display_width(line) for line in lines} == {7}
    assert f"\u2068{hello}\u2069" in lines[1]
    assert 'dir="auto"' in table._repr_html_()


def test_a_first_column_without_a_name_takes_no_more_room_than_it_needs():
    shown = Table(["", "one"], [("reads", "apart")])._repr_html_()
    assert "width: " not in shown.replace("min-width", "") and "min-width" not in shown
    assert "min-width" in Table(["", "one"], [("reads", "apart")], roomy="one")._repr_html_()


@pytest.mark.parametrize(
    "value",
    [
        torch.tensor(0.5, dtype=torch.bfloat16, requires_grad=True),
        torch.ones(3, requires_grad=True).mean() / 2,
        np.array(0.5),
        np.float16(0.5),
    ],
)
def test_one_number_of_any_library_is_a_number(value):
    table = Table(["x"], [[value]])
    assert str(table).endswith("0.5000")
    assert table.column("x") == [0.5] and type(table.column("x")[0]) is float


def test_nothing_in_a_table_can_steer_a_terminal_or_a_page():
    bad = "a\x1b[2Jb\u202ec\nd"
    table = Table([bad], [[bad], [Cell(1, bad, wide=bad)]], bad, notes=[bad])
    shown = (str(table), table._repr_html_(), *table.markdown())
    for text in shown:
        assert not {"\x1b", "\u202e"} & set(text)
    assert str(table).count("a\ufffd[2Jb\ufffdc d") == 5
    assert " ".join(table._repr_html_().split()).count("a\ufffd[2Jb\ufffdc d") == 5
    assert table.rows[0] == {bad: bad}  # the values stay as they were given
