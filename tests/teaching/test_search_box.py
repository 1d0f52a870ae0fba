"""The search box, driven by its widgets without a browser."""

import numpy as np
import pytest

from xenc_course.teaching.search_box import search_box

pytest.importorskip("ipywidgets")

TEXTS = ["grain", "copper and grain", "grain, copper and <b>silk</b>", "rope"]


def find(query, k):
    hits = [{"title": f"Town {n}", "text": text} for n, text in enumerate(TEXTS) if query in text]
    return hits[:k]


def longest(pairs):
    return np.array([len(passage) for _, passage in pairs], dtype=np.float32)


def test_the_first_answer_is_there_before_anybody_clicks():
    box = search_box(find, longest, query="grain", k=3)
    assert repr(box) == "Query: grain\n1. Town 2\n2. Town 1\n3. Town 0"
    assert "“grain”: 3 passages read; first stage " in box.answer and "reranker " in box.answer
    assert "<li" in box.answer and "found at 3" in box.answer
    assert "&lt;b&gt;silk" in box.answer  # text is text, whatever it holds


def test_a_new_query_or_another_k_searches_again():
    box = search_box(find, longest, query="grain", k=3)
    box.slider.value = 1
    assert repr(box) == "Query: grain\n1. Town 0" and ": 1 passage read" in box.answer
    box.slider.value = 50
    assert repr(box).startswith("Query: grain\n1. Town 2")
    box.text.value = " copper "
    assert repr(box) == "Query: copper\n1. Town 2\n2. Town 1"
    assert set(box.seconds) == {"first stage", "reranker"} and min(box.seconds.values()) >= 0


def test_no_query_and_no_result_are_said_and_the_scorer_is_not_asked():
    def never(pairs):
        raise AssertionError

    box = search_box(find, never)
    assert repr(box) == "Type a query and press Enter."
    box.text.value = "zebra <i>"
    assert repr(box).startswith("Nothing was found for “zebra <i>”")
    assert "<i>" not in box.answer


def test_an_error_is_shown_and_the_next_search_works():
    def broken(pairs):
        if len(pairs) > 1:
            raise ValueError("No.")
        return longest(pairs)

    box = search_box(find, broken, query="grain", k=3)
    assert repr(box) == "This search failed: ValueError: No." and "No." in box.answer
    box.slider.value = 1
    assert repr(box) == "Query: grain\n1. Town 0"


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        ([np.nan, 1, 2], "not finite"),
        ([1, 2], "scores of shape (2,) for 3 pairs"),
        ([1, 2, 3, 4], "scores of shape (4,) for 3 pairs"),
        (np.ones((3, 2)), "scores of shape (3, 2) for 3 pairs"),
        (["1", "2", "3"], "gave ['1', '2', '3'] as scores"),
        (None, "gave None as scores"),
    ],
)
def test_scores_that_rank_nothing_are_no_answer(scores, message):
    box = search_box(find, lambda pairs: scores, query="grain", k=3)
    assert repr(box).startswith("This search failed: ") and message in repr(box)
    assert "<ol>" not in box.answer and box.seconds == {}


@pytest.mark.parametrize("rows", [[{"title": "Lima"}], [{"text": None}], ["grain"]])
def test_rows_without_a_text_are_named(rows):
    box = search_box(lambda query, k: rows, longest, query="grain")
    assert "A row is " in repr(box) and repr(box).endswith("give rows with a 'text'.")


def test_a_failed_search_keeps_no_time_and_no_page_of_an_error():
    def broken(pairs):
        raise ValueError("<b>No.</b>\n" * 999)

    box = search_box(find, longest, query="grain", k=3)
    assert box.seconds
    box.text.value = ""
    assert box.seconds == {}
    box = search_box(find, broken, query="grain", k=3)
    assert box.seconds == {} and len(repr(box)) <= 400 and "\n" not in repr(box)
    assert "<b>" not in box.answer and "&lt;b&gt;No." in box.answer


def test_titles_and_queries_do_nothing_but_be_read():
    row = {
        "title": "<script>{0}</script>",
        "text": "<img src=x onerror=no()> {title} \u202eabc",
    }
    box = search_box(lambda query, k: [row], longest, query="\"><script>{k} &amp; '\ud800", k=1)
    assert "<script" not in box.answer and "<img" not in box.answer
    assert "&lt;script&gt;{0}&lt;/script&gt;" in box.answer and "{title} \ufffdabc" in box.answer
    assert "&quot;&gt;&lt;script&gt;{k} &amp;amp; &#x27;\ufffd" in box.answer
    box.answer.encode()  # can be saved


def test_a_long_text_without_spaces_is_cut():
    box = search_box(lambda query, k: [{"text": "漢" * 9_999}], longest, query="a")
    assert len(box.answer) < 1_000 and "漢…" in box.answer


def test_what_scores_no_pairs_is_refused_at_once_and_a_name_is_a_model():
    with pytest.raises(TypeError, match="int"):
        search_box(find, 3)
    with pytest.raises((FileNotFoundError, ValueError), match="no-such-model"):
        search_box(find, "no-such-model")


def test_more_results_than_asked_for_are_not_read():
    box = search_box(lambda query, k: find(query, 99), longest, query="grain", k=2, n_shown=1)
    assert repr(box) == "Query: grain\n1. Town 1" and "2 passages read" in box.answer


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"k": 0}, "k must be from 1 to 100, not 0"),
        ({"k": 101}, "k must be from 1 to 100, not 101"),
        ({"k": 2.5}, "k must be a whole number, not 2.5"),
        ({"k": True}, "k must be a whole number, not True"),
        ({"largest": 0}, "largest must be 1 or more, not 0"),
        ({"n_shown": 0}, "n_shown must be 1 or more, not 0"),
    ],
)
def test_numbers_out_of_range_are_refused(numbers, message):
    with pytest.raises((ValueError, TypeError), match=message):
        search_box(find, longest, **numbers)


class Handle:
    """What IPython gives for something that it shows."""

    def __init__(self, data):
        self.data = data

    def update(self, data, raw):
        self.data = data


def test_the_answer_is_html_below_the_widget_and_changes_with_it(monkeypatch):
    import IPython.display

    shown = []

    def display(data, raw, display_id=False):
        shown.append(Handle(data))
        return shown[-1]

    monkeypatch.setattr(IPython.display, "display", display)
    box = search_box(find, longest, query="grain", k=3)
    box._ipython_display_()
    widget, answer = shown
    assert "application/vnd.jupyter.widget-view+json" in widget.data
    assert answer.data == {"text/plain": repr(box), "text/html": box.answer}
    before = answer.data
    box.text.value = "copper"
    assert answer.data != before and "<ol>" in answer.data["text/html"]
    assert answer.data["text/plain"].startswith("Query: copper")
