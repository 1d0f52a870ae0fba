import dataclasses
import re

import numpy as np
import pytest
import torch

from xenc_course import (
    Verdict,
    show_matrix,
    show_ranking,
    show_rankings,
    show_verdicts,
    verdict,
)

QUERY = "How do I reset my password?"
PASSAGES = ["Choose a new sign-in secret.", "Password policy", "Sunny and warm"]


def passages_of(table):
    return table.column("passage")


# One ranking


def test_ranking_puts_the_best_passage_first():
    assert str(show_ranking(QUERY, PASSAGES, [-7.8, 6.0, -11.25])).splitlines() == [
        "Query: How do I reset my password?",
        "rank    score  passage",
        "────  ───────  ────────────────────────────",
        "   1   +6.000  Password policy",
        "   2   -7.800  Choose a new sign-in secret.",
        "   3  -11.250  Sunny and warm",
    ]


@pytest.mark.parametrize(
    "scores",
    [
        [1, 3, 2],
        (1.0, 3.0, 2.0),
        np.array([1, 3, 2], dtype=np.float16),
        torch.tensor([1.0, 3.0, 2.0], dtype=torch.bfloat16, requires_grad=True),
    ],
)
def test_scores_may_come_from_any_library(scores):
    table = show_ranking(QUERY, PASSAGES, scores)
    assert passages_of(table) == [PASSAGES[1], PASSAGES[2], PASSAGES[0]]
    assert table.column("score") == [3.0, 2.0, 1.0]


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


# Several systems


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


# Matrices


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


# Verdicts


def test_a_verdict_shows_claim_measurement_and_result():
    assert str(verdict("A beats <B>", 0.7 > 0.8, "0.70 vs 0.80")) == (
        "Claim:    A beats <B>\nMeasured: 0.70 vs 0.80\nVerdict:  ✗ does not hold"
    )
    page = verdict("A beats <B>", np.bool_(True), "0.9")._repr_html_()
    assert "A beats &lt;B&gt;" in page
    assert "<b>✓ holds</b>" in page


def test_a_verdict_is_a_plain_frozen_value():
    result = verdict("claim", np.bool_(False), "measured")
    assert result == Verdict("claim", False, "measured")
    assert result.holds is False
    assert repr(result) == str(result)
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.holds = True


def test_the_two_results_differ_by_more_than_a_colour():
    pages = [verdict("c", holds, "m")._repr_html_() for holds in (True, False)]
    without_colour = [re.sub(r"#\w{6}", "", page) for page in pages]
    assert "solid" in without_colour[0] and "holds" in without_colour[0]
    assert "dashed" in without_colour[1] and "does not hold" in without_colour[1]


@pytest.mark.parametrize("holds", [None, "yes", 1, 0.9, np.float32(1), np.array([True])])
def test_a_verdict_must_be_computed_as_a_truth_value(holds):
    with pytest.raises(TypeError, match="holds must be True or False"):
        verdict("claim", holds, "measured")


def test_a_verdict_needs_both_texts():
    with pytest.raises(TypeError, match=r"the evidence must be text, not 0\.5"):
        verdict("claim", True, 0.5)
    with pytest.raises(ValueError, match="the claim is empty"):
        verdict(" ", True, "measured")


def test_the_wrap_up_table_counts_the_claims_that_hold():
    table = show_verdicts([verdict("a", True, "1"), verdict("b", False, "2")])
    assert str(table).splitlines() == [
        "1 of 2 claims hold",
        "claim  measured  verdict",
        "─────  ────────  ───────────────",
        "a      1         ✓ holds",
        "b      2         ✗ does not hold",
    ]
    assert "<b>✗ does not hold</b>" in table._repr_html_()
    assert str(show_verdicts([verdict("a", True, "1")])).startswith("1 of 1 claim holds")


def test_the_wrap_up_table_shows_long_claims_whole():
    claim = "the cross-encoder puts the passage that answers the question above every other one"
    table = show_verdicts([verdict(claim, True, "rank 1")])
    words = " ".join(line[:44].strip() for line in str(table).splitlines()[3:])
    assert words == claim
    assert claim in table._repr_html_()


@pytest.mark.parametrize(
    ("verdicts", "error", "message"),
    [
        ([], ValueError, "no verdicts"),
        ([True], TypeError, r"verdicts\[0\] is a bool"),
        (Verdict("a", True, "b"), TypeError, r"put this one in \[ \]"),
    ],
)
def test_the_wrap_up_table_takes_verdicts_only(verdicts, error, message):
    with pytest.raises(error, match=message):
        show_verdicts(verdicts)


# Bad input


@pytest.mark.parametrize(
    ("query", "passages", "scores", "error", "message"),
    [
        (None, PASSAGES, [1, 2, 3], TypeError, "query must be one text"),
        (QUERY, "one text", [1], TypeError, r"not one text: put it in \[ \]"),
        (QUERY, {"id": "text"}, [1], TypeError, "passages must be a list of texts, not a dict"),
        (QUERY, 3, [1], TypeError, "passages must be a list of texts, not a int"),
        (QUERY, [], [], ValueError, "there are no passages"),
        (QUERY, ["a", None], [1, 2], TypeError, r"passages\[1\] must be text"),
        (QUERY, PASSAGES, [1, 2], ValueError, "3 passages but 2 scores"),
        (QUERY, PASSAGES, [1, float("nan"), 3], ValueError, r"scores\[1\] is nan"),
        (QUERY, PASSAGES, [1, 2, float("inf")], ValueError, r"scores\[2\] is inf"),
        (QUERY, PASSAGES, [1, None, 3], TypeError, "must be numbers, but None"),
        (QUERY, PASSAGES, None, TypeError, "must be numbers, but None"),
        (QUERY, PASSAGES, ["a", "b", "c"], TypeError, "must be numbers, but 'a'"),
        (QUERY, PASSAGES, [True, False, True], TypeError, "must be numbers, but True"),
        (QUERY, PASSAGES, 1.0, ValueError, r"shape \(3,\)"),
        (QUERY, PASSAGES, np.ones((3, 2)), ValueError, r"shape \(3,\), .*not \(3, 2\)"),
        (QUERY, PASSAGES, np.ones((3, 1)), ValueError, r"pass scores\[:, 0\]"),
        (QUERY, PASSAGES, [[1], [1, 2]], ValueError, "rows of different lengths"),
    ],
)
def test_a_wrong_ranking_is_refused_in_one_sentence(query, passages, scores, error, message):
    with pytest.raises(error, match=message):
        show_ranking(query, passages, scores)


@pytest.mark.parametrize(
    ("option", "value", "error", "message"),
    [
        ("top_k", 0, ValueError, "top_k must be 1 or more, not 0"),
        ("top_k", 1.5, TypeError, "top_k must be a whole number, not 1.5"),
        ("top_k", True, TypeError, "top_k must be a whole number, not True"),
        ("width", 3, ValueError, "width must be 10 or more"),
        ("decimals", -1, ValueError, "decimals must be 0 or more"),
    ],
)
def test_a_wrong_option_is_refused(option, value, error, message):
    with pytest.raises(error, match=message):
        show_ranking(QUERY, PASSAGES, [1, 2, 3], **{option: value})


@pytest.mark.parametrize(
    ("systems", "options", "error", "message"),
    [
        ({}, {}, ValueError, "there are no systems"),
        ([1, 2, 3], {}, TypeError, "systems must be a dictionary"),
        ({1: [1, 2, 3]}, {}, TypeError, "a system's name must be text, not 1"),
        ({"A": [1, 2]}, {}, ValueError, "3 passages but 2 scores of 'A'"),
        ({"A": [1, 2, 3]}, {"decimals": {"B": 3}}, ValueError, "nothing about the system 'A'"),
    ],
)
def test_wrong_systems_are_refused(systems, options, error, message):
    with pytest.raises(error, match=message):
        show_rankings(QUERY, PASSAGES, systems, **options)


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        (np.ones((3, 2)), "transpose it"),
        (np.ones(6), r"scores.reshape\(2, 3\)"),
        (np.ones((2, 2)), r"\(2, 3\), not \(2, 2\)$"),
        ([[1, 2, 3], [1, 2, np.nan]], r"scores\[1, 2\] is nan"),
    ],
)
def test_a_wrong_matrix_is_refused(scores, message):
    with pytest.raises(ValueError, match=message):
        show_matrix(["q1", "q2"], PASSAGES, scores)


def test_a_matrix_needs_lists_of_texts():
    with pytest.raises(TypeError, match="queries must be a list"):
        show_matrix("q", PASSAGES, [[1, 2, 3]])
