"""What Hypothesis makes up for several wings' tests: ids, texts, judgements and runs."""

from __future__ import annotations

from hypothesis import strategies as st

TEXTS = st.text(max_size=40)  # any characters, line ends and NUL among them, no half pairs
IDS = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1, max_size=8
).filter(lambda name: not name.startswith("\ufeff"))
SCORES = st.one_of(
    st.integers(-3, 3).map(float),  # many are equal
    st.floats(-3e38, 3e38, allow_nan=False),
    st.sampled_from([1.0, 1.0 + 1e-12, -0.0, 5e-324, 1e-45, 0.1 + 0.2]),
)
GRADES = st.integers(-1, 4)


def rows(values: st.SearchStrategy, least: int = 1) -> st.SearchStrategy:
    """Query id -> {document id: value}; documents are of a small set, so that they meet."""
    return st.lists(IDS, min_size=6, max_size=6, unique=True).flatmap(
        lambda names: st.dictionaries(
            st.sampled_from(names[:4]),
            st.dictionaries(st.sampled_from(names), values, min_size=least, max_size=6),
            min_size=1,
            max_size=4,
        )
    )


@st.composite
def judged_runs(draw: st.DrawFn) -> tuple[dict, dict]:
    """Judgements, at least one of them above 0, and a run over the same ids and some others."""
    names = draw(st.lists(IDS, min_size=8, max_size=8, unique=True))
    queries = names[:3]
    qrels = {
        query: draw(st.dictionaries(st.sampled_from(names), GRADES, min_size=1, max_size=8))
        for query in queries
    }
    qrels[queries[0]][names[0]] = draw(st.integers(1, 4))
    run = {
        query: draw(st.dictionaries(st.sampled_from(names), SCORES, min_size=1, max_size=8))
        for query in queries[: draw(st.integers(1, 3))]
    }
    return qrels, run
