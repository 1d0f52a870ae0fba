"""Findings and checkers of any texts show themselves; a pool loses nothing."""

from __future__ import annotations

from hypothesis import given, strategies as st

from tests.support.made_up_texts import TEXTS, plain, tags
from xenc_course.retrieval.runs import ranked
from xenc_course.teaching.exercises import Feedback, Hint, check
from xenc_course.teaching.findings import Cases, Share, finding, show_findings
from xenc_course.teaching.judgements import pool

SENTENCES = TEXTS.filter(str.strip)
SCORES = st.floats(-1e6, 1e6)
IDS = st.text("abcdé密0-", min_size=1, max_size=4)
RUNS = st.dictionaries(
    TEXTS,
    st.dictionaries(IDS, st.dictionaries(IDS, SCORES, max_size=8), max_size=4),
    min_size=1,
    max_size=3,
)


@given(SENTENCES, TEXTS, TEXTS, st.lists(st.booleans(), min_size=1, max_size=9), st.booleans())
def test_a_finding_of_any_texts_shows_itself(sentence, cases, seen, found, opposes):
    share = Share(sum(found), len(found), cases)
    for evidence in (Cases(found, cases, seen=seen), share):
        shown = finding(sentence, evidence, opposes=opposes)
        assert plain(str(shown)) and plain(shown._repr_html_())
        assert str(shown).count("\n") == 2 and tags(shown._repr_html_()) == {"div", "b"}
        assert plain(str(show_findings([shown]))) and plain(show_findings([shown])._repr_html_())


@given(SENTENCES, TEXTS)
def test_what_a_checker_says_shows_itself(advice, reason):
    def failing(_: object) -> bool:
        raise ValueError(reason)

    for said in (check(1, (failing, advice)), Feedback(True, reason), Hint(advice)):
        assert plain(str(said)) and plain(said._repr_html_()) and tags(said._repr_html_()) == {"p"}


@given(RUNS, st.integers(1, 9), st.integers())
def test_a_pool_holds_what_the_rankers_found_once_and_nothing_else(runs, depth, seed):
    pooled = pool(runs, depth, seed)
    queries = {query for run in runs.values() for query in run}
    assert set(pooled) == queries
    for query, documents in pooled.items():
        found = [ranked(run.get(query, {}))[:depth] for run in runs.values()]
        assert len(documents) == len(set(documents))
        assert set(documents) == {document for best in found for document in best}
    assert pool(dict(reversed(runs.items())), depth, seed) == pooled
