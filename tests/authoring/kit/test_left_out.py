"""What an adapted lesson cannot run is left out with its reason, and so is what needs it."""

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from authoring.kit.left_out import leave_out, without_findings


def ran(source, *outputs):
    return new_code_cell(source, outputs=list(outputs))


def shows(text):
    return new_output("stream", text=text)


def raises(name, value, line=1):
    frame = (
        f"\x1b[36mCell\x1b[39m\x1b[36m \x1b[39m\x1b[32mIn[3]\x1b[39m\x1b[32m, line {line}\x1b[39m"
    )
    return new_output("error", ename=name, evalue=value, traceback=[frame])


def test_what_needs_a_lost_cell_is_lost_with_it_until_the_name_is_made_anew():
    book = new_notebook(
        cells=[
            new_markdown_cell("## 1. Kinds"),
            ran("tags = desk.tags", raises("ValueError", "There are no tags.")),
            ran("kinds = sorted(tags)", shows("an older value")),
            ran("print(kinds)", shows("an older value")),
            ran("tags = []", shows("made anew")),
            ran("print(tags)", shows("right"), new_output("stream", name="stderr", text="bar")),
        ]
    )
    said, lost = leave_out(book)
    assert said == ["1. Kinds: There are no tags."] and lost == {"tags", "kinds"}
    texts = [cell.outputs[0].text for cell in book.cells[1:]]
    assert texts[1] == "Left out: it needs tags, which a cell above could not make.\n"
    assert "needs kinds" in texts[2] and texts[3:] == ["made anew", "right"]
    assert len(book.cells[5].outputs) == 1


def test_what_a_cell_made_before_it_raised_is_not_lost():
    book = new_notebook(
        cells=[
            ran("gain = 1\nshare = 0 / 0\nmore = 2", raises("ValueError", "0 of 0.", line=2)),
            ran("print(gain)", shows("1")),
            ran("print(more)", shows("an older value")),
        ]
    )
    _, lost = leave_out(book)
    assert lost == {"share", "more"}
    assert book.cells[1].outputs[0].text == "1"
    assert "needs more" in book.cells[2].outputs[0].text


def test_reasons_are_sentences():
    book = new_notebook(
        cells=[
            ran("a", raises("KeyError", "'q1'")),
            ran("b", raises("KeyError", "\"There is no price of 'ours': choose one of 'L12'.\"")),
            ran("c", raises("IndexError", "list index out of range")),
            ran("d", raises("OSError", "disk full")),
            ran("e", raises("AssertionError", "No query has a tag.")),
            ran("f", raises("AssertionError", "")),
        ]
    )
    assert [sentence.removeprefix(": ") for sentence in leave_out(book)[0]] == [
        "what it looks up is not there: q1.",
        "There is no price of 'ours'.",
        "it takes one of a list that is empty or too short here.",
        "OSError: disk full.",
        "No query has a tag.",
        "a check of what the course found does not hold here.",
    ]


def test_a_finding_that_cannot_be_made_leaves_the_others_in_the_list():
    source = "assert two.n == 3\nassert one.n == 1\nshow_findings([one, two, finding('x', three)])"
    book = new_notebook(cells=[ran(source)])
    assert without_findings(book, {"two", "three"})
    assert book.cells[0].source == "assert one.n == 1\nshow_findings([one])"
    assert not without_findings(book, {"one"})
