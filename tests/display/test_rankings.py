"""Rankings and matrices as tables: order, ties, what is left out, and what is refused."""

import re

import numpy as np
import pytest
import torch

from xenc_course import show_matrix, show_ranking, show_rankings

QUERY = "How do I reset my password?"
PASSAGES = ["Choose a new sign-in secret.", "Password policy", "Sunny and warm"]


def passages_of(table):
    return table.column("passage")


def test_ranking_puts_the_best_passage_first():
    assert str(show_ranking(QUERY, PASSAGES, [-7.8, 6.0, -11.25])).splitlines() == [
        "Query: How do I reset my password?",
        "rank    score  passage",
        "────  ───────  ────────────────────────────",
        "   1   +6.000  Password policy",
        "   2   -7.800  Choose a new sign-in secret.",
        "   3  -11.250  Sunny and warm",
    ]


def test_ties_share_a_rank_are_marked_and_keep_the_given_order():
    table = show_ranking(QUERY, ["a", "b", "c", "d"], [1.0, 2.00001, 2.00002, 0.0])
    lines = str(table).splitlines()
    assert lines[3:7] == [
        "  =1  +2.000  b",
        "  =1  +2.000  c",
        "   3  +1.000  a",
        "   4  +0.000  d",
    ]
    assert lines[7].startswith("= a tie:")
    assert "= a tie:" in table._repr_html_()
    assert table.column("rank") == [1, 1, 3, 4]


def test_more_decimals_tell_near_scores_apart():
    table = show_ranking(QUERY, ["a", "b"], [0.71234, 0.71236], decimals=5)
    assert passages_of(table) == ["b", "a"]
    assert "+0.71236" in str(table)
    assert "tie" not in str(table)


def test_a_score_that_rounds_to_zero_has_no_minus():
    assert "+0.000" in str(show_ranking(QUERY, ["a"], [-0.0001]))


def test_top_k_shows_the_best_and_counts_the_rest():
    table = show_ranking(QUERY, PASSAGES, [1, 2, 3], top_k=np.int64(1))
    assert passages_of(table) == [PASSAGES[2]]
    assert str(table).endswith("… and 2 more passages")
    assert "… and 2 more passages" in table._repr_html_()


def test_one_hidden_passage_is_singular_and_none_is_not_mentioned():
    assert str(show_ranking(QUERY, PASSAGES, [1, 2, 3], top_k=2)).endswith("… and 1 more passage")
    assert "more" not in str(show_ranking(QUERY, PASSAGES, [1, 2, 3], top_k=9))


def test_a_tie_below_the_shown_rows_needs_no_footnote():
    assert "tie" not in str(show_ranking(QUERY, ["a", "b", "c"], [2, 1, 1], top_k=1))


def test_ten_thousand_passages_show_twenty():
    scores = np.arange(10_000)
    table = show_ranking(QUERY, [f"passage {i}" for i in range(10_000)], scores)
    assert passages_of(table) == [f"passage {i}" for i in range(9_999, 9_979, -1)]
    assert "… and 9,980 more passages" in str(table)


def test_one_passage_and_an_empty_query():
    table = show_ranking("", ["only"], [0.5])
    assert "(empty query)" in str(table)
    assert passages_of(table) == ["only"]


def test_a_blank_passage_is_named_as_such():
    assert "(empty passage)" in str(show_ranking(QUERY, [" \n"], [1.0]))


def test_long_passages_are_shortened_at_a_word_less_in_html():
    passage = "one two three four " * 20
    table = show_ranking(QUERY, [passage], [1.0])
    text = re.search(r"one.*…", str(table)).group()
    page = re.search(r"one.*…", table._repr_html_()).group()
    assert 70 < len(text) <= 80 < len(page) <= 120
    assert passage.startswith(text[:-1]) and passage.startswith(page[:-1])
    assert passages_of(table) == [passage]


def test_long_passages_get_more_than_half_of_the_width_and_short_ones_what_they_need():
    systems = {"bi-encoder": [1.0], "cross-encoder": [2.0]}
    for passage, roomy in (("word " * 30, True), ("Sunny and warm", False)):
        page = show_rankings(QUERY, [passage], systems)._repr_html_()
        assert ('width: 60%">passage</th>' in page) == roomy
        assert ("min-width" in page) == roomy


def test_the_query_names_its_row_in_a_matrix_and_a_rank_does_not():
    assert 'scope="row"' in show_matrix([QUERY], ["a"], [[1]])._repr_html_()
    assert 'scope="row"' not in show_ranking(QUERY, ["a"], [1])._repr_html_()


def test_width_sets_both():
    table = show_ranking(QUERY, ["one two three four five"], [1.0], width=12)
    assert "one two…" in str(table)
    assert "one two…<" in table._repr_html_()


def test_a_wide_passage_stays_on_one_line():
    passage = "word " * 19 + "end"
    assert passage in str(show_ranking(QUERY, [passage], [1.0], width=100))


def test_html_in_passages_is_text():
    table = show_ranking("<i>q</i>", ["<script>alert(1)</script>\nnext"], [1.0])
    assert "<script>alert(1)</script> next" in str(table)
    page = table._repr_html_()
    assert "<script>" not in page and "<i>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; next" in page


def test_right_to_left_text_and_emoji_are_kept():
    page = show_ranking("איפוס 🔑", ["איך לאפס", "I forgot 🔑"], [2, 1])._repr_html_()
    assert 'dir="auto"' in page
    assert "איך לאפס" in page and "🔑" in page


def test_rankings_follow_the_last_system_and_say_how_ranks_changed():
    systems = {"bi-encoder": [0.7, 0.9, 0.8, 0.1], "cross-encoder": [8.5, 6.0, -1.0, -11.0]}
    table = show_rankings(QUERY, ["a", "b", "c", "d"], systems)
    assert passages_of(table) == ["a", "b", "c", "d"]
    assert table.column("bi-encoder rank") == [3, 1, 2, 4]
    assert table.column("cross-encoder rank") == [1, 2, 3, 4]
    assert table.column("change") == [2, -1, -1, 0]
    for shown in (str(table), table._repr_html_()):
        marks = re.findall(r"▲ up \d|▼ down \d|= same", shown)
        assert marks == ["▲ up 2", "▼ down 1", "▼ down 1", "= same"]


def test_rankings_of_three_systems_count_changes_from_the_first():
    systems = {"A": [1, 2], "B": [2, 1], "C": [1, 2]}
    table = show_rankings(QUERY, ["x", "y"], systems)
    assert table.column("change to B") == [-1, 1]
    assert table.column("change to C") == [0, 0]


def test_rankings_of_one_system_have_no_change():
    table = show_rankings(QUERY, ["x", "y"], {"A": [1, 2]})
    assert table.columns == ("A rank", "A score", "passage")
    assert passages_of(table) == ["y", "x"]


def test_rankings_mark_ties_of_any_system():
    table = show_rankings(QUERY, ["x", "y"], {"A": [1, 1], "B": [1, 2]})
    assert str(table).count("=1") == 2
    assert "= a tie:" in str(table)


def test_rankings_shorten_the_list():
    table = show_rankings(QUERY, PASSAGES, {"A": [3, 2, 1]}, top_k=1, width=10)
    assert passages_of(table) == [PASSAGES[0]]
    assert "Choose a…" in str(table)
    assert "… and 2 more passages" in str(table)


def test_each_system_can_have_its_decimals():
    systems = {"bi-encoder": [0.71234], "cross-encoder": [8.5334]}
    decimals = {"bi-encoder": 4, "cross-encoder": 3}
    text = str(show_rankings(QUERY, ["a"], systems, decimals=decimals))
    assert "+0.7123" in text and "+8.533" in text
    assert "8.5334" not in text


@pytest.mark.parametrize(
    ("systems", "options", "error", "message"),
    [
        ({}, {}, ValueError, "There are no systems"),
        ([1, 2, 3], {}, TypeError, "systems must be a dictionary"),
        ({1: [1, 2, 3]}, {}, TypeError, "The name of a system must be text, not 1"),
        ({"A": [1, 2]}, {}, ValueError, "3 passages but 2 scores of 'A'"),
        ({"A": [1, 2, 3]}, {"decimals": {"B": 3}}, ValueError, "no entry for the system 'A'"),
    ],
)
def test_wrong_systems_are_refused(systems, options, error, message):
    with pytest.raises(error, match=message):
        show_rankings(QUERY, PASSAGES, systems, **options)


def test_matrix_marks_the_best_passage_of_each_query():
    table = show_matrix(["q1", "q2"], ["a", "b", "c"], [[1, 3, 2], [0, -1, 0]])
    assert str(table).splitlines() == [
        "query      1. a      2. b      3. c",
        "─────  ────────  ────────  ────────",
        "q1       +1.000  ★ +3.000    +2.000",
        "q2     ★ +0.000    -1.000  ★ +0.000",
        "★ best passage of the query",
        "several ★ in a row: a tie, scores equal in the shown decimals",
    ]
    assert re.findall(r"<b>(.*?)</b>", table._repr_html_()) == ["★ +3.000", "★ +0.000", "★ +0.000"]
    assert table.rows[0] == {"query": "q1", "1. a": 1.0, "2. b": 3.0, "3. c": 2.0}


def test_matrix_shortens_texts_and_takes_equal_ones():
    long = "one two three four five six seven eight nine ten"
    table = show_matrix([long, ""], [long, long], torch.ones(2, 2), width=12, decimals=1)
    assert table.columns == ("query", "1. one two…", "2. one two…")
    assert "one two…" in str(table) and "(empty query)" in str(table)
    assert "+1.0\n" not in str(table).splitlines()[0]


def test_a_large_matrix_shows_a_corner_and_says_what_is_missing():
    scores = np.zeros((25, 12))
    scores[:, 0] = 1
    scores[3, 11] = 2
    table = show_matrix([f"q{i}" for i in range(25)], [f"p{i}" for i in range(12)], scores)
    assert len(table) == 20 and len(table.columns) == 11
    assert list(table.notes) == [
        "★ best passage of the query",
        "1 of these queries have their best passage among those not shown",
        "… and 5 more queries",
        "… and 2 more passages",
    ]


def test_a_matrix_needs_lists_of_texts():
    with pytest.raises(TypeError, match="queries must be a list"):
        show_matrix("q", PASSAGES, [[1, 2, 3]])
