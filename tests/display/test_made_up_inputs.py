"""Tables, rankings and diagrams of any texts and numbers show themselves and steer nothing."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
from hypothesis import given, strategies as st

from tests.support.made_up_texts import NAMES, NUMBERS, TEXTS, plain, tags
from xenc_course import show_matrix, show_ranking, show_rankings
from xenc_course.display.diagram_layout import Arrow, Box
from xenc_course.display.diagrams import draw_diagram
from xenc_course.display.table import Table
from xenc_course.display.text_width import display_width, one_line, shorten, wrapped

TABLE_TAGS = {"div", "table", "caption", "b", "thead", "tbody", "tr", "th", "td", "p"}
VALUES = st.one_of(TEXTS, st.floats(), st.integers(), st.booleans(), st.none())
OPTIONS = {
    "width": st.none() | st.integers(10, 200),
    "decimals": st.integers(0, 15),
    "top_k": st.none() | st.integers(1, 9),
}


def shows_itself(table: Table) -> None:
    """Nothing raises, nothing steers, and no text became a tag or a row."""
    text, page = str(table), table._repr_html_()
    assert plain(text) and plain(page) and all(map(plain, table.markdown()))
    assert tags(page) <= TABLE_TAGS
    assert page.count("<tr") == len(table) + 1


@st.composite
def tables(draw: st.DrawFn) -> Table:
    columns = draw(NAMES)
    rows = draw(st.lists(st.tuples(*(VALUES for _ in columns)), max_size=4))
    sides = draw(st.lists(st.sampled_from(["left", "right", "center"]), min_size=len(columns)))
    return Table(
        columns,
        rows,
        draw(TEXTS),
        dict(zip(columns, sides, strict=False)),
        notes=draw(st.lists(TEXTS, max_size=2)),
        wrap=draw(st.integers(1, 80)),
        roomy=draw(st.sampled_from([None, *columns])),
    )


@given(tables())
def test_a_table_of_any_values_shows_itself(table: Table):
    shows_itself(table)


@st.composite
def scored(draw: st.DrawFn, n_systems: int) -> tuple[list[str], list[list[float]]]:
    passages = draw(st.lists(TEXTS, min_size=1, max_size=5))
    scores = st.lists(NUMBERS, min_size=len(passages), max_size=len(passages))
    return passages, draw(st.lists(scores, min_size=n_systems, max_size=n_systems))


@given(TEXTS, scored(1), st.fixed_dictionaries({}, optional=OPTIONS))
def test_a_ranking_of_any_texts_and_scores_shows_itself_best_first(query, given_, options):
    passages, (scores,) = given_
    table = show_ranking(query, passages, scores, **options)
    shows_itself(table)
    shown = min(len(passages), options.get("top_k") or 20)
    assert len(table) == shown
    ranks, kept = table.column("rank"), table.column("score")
    assert ranks == sorted(ranks) and ranks[0] == 1 and kept == sorted(kept, reverse=True)
    assert set(table.column("passage")) <= set(passages)
    tolerance = 0.51 * 10.0 ** -options.get("decimals", 3)
    best = np.sort(np.array(scores))[::-1][:shown]
    np.testing.assert_allclose(kept, best, atol=tolerance, rtol=1e-15)


@given(TEXTS, NAMES, st.data())
def test_rankings_of_any_systems_show_themselves(query, names, data):
    passages, scores = data.draw(scored(len(names)))
    heads = [f"{name} {what}" for name in names for what in ("rank", "score")]
    table = show_rankings(query, passages, dict(zip(names, scores, strict=True)))
    shows_itself(table)
    assert set(heads) <= set(table.columns)


@given(NAMES, scored(2))
def test_a_matrix_of_any_texts_shows_itself(queries, given_):
    passages, (scores, _) = given_
    table = show_matrix(queries, passages, [scores] * len(queries))
    shows_itself(table)
    assert len(table) == len(queries)


@given(NAMES, TEXTS, TEXTS)
def test_a_diagram_of_any_texts_is_a_picture_that_can_be_read(names, title, alt):
    boxes = [Box(f"box {row}", name, row) for row, name in enumerate(names)]
    arrows = [Arrow(f"box {row}", f"box {row + 1}", title) for row in range(len(names) - 1)]
    diagram = draw_diagram(title, alt, boxes, arrows)
    assert plain(diagram.svg) and plain(str(diagram)) and plain(diagram._repr_html_())
    known = {"svg", "title", "rect", "text", "tspan", "polyline", "polygon"}
    assert {element.tag.split("}")[1] for element in ET.fromstring(diagram.svg).iter()} <= known
    assert tags(diagram._repr_html_()) == {"figure", "figcaption", "b", "img"}


@given(TEXTS, st.integers(3, 90))
def test_lines_of_any_text_fit_and_lose_no_letter(text, width):
    line = one_line(text)
    assert all(display_width(part) <= width for part in wrapped(line, width))
    assert "".join("".join(wrapped(line, width)).split()) == "".join(line.split())
    assert display_width(shorten(text, width)) <= width
