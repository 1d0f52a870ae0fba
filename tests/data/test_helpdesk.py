"""The course's own collection keeps what its datasheet promises."""

import re
from collections import Counter

import pytest
from bm25s.stopwords import STOPWORDS_EN_PLUS

from xenc_course import HELPDESK, evaluate, load_collection, load_run, ranked

TAGS = {
    "plain",
    "paraphrase",
    "decoy",
    "negation",
    "direction",
    "swap",
    "number",
    "polysemy",
    "typo",
    "terse",
    "story",
    "noanswer",
}
SEVEN = (
    "bm25",
    "all-MiniLM-L6-v2",
    "bge-small-en-v1.5-int8",
    "answerai-colbert-small-v1-int8",
    "xenc-distil-L6",
    "xenc-distil-L3",
    "ms-marco-MiniLM-L12-v2",
)


@pytest.fixture(scope="module")
def helpdesk():
    return load_collection("helpdesk")


def rows(name: str) -> list[list[str]]:
    lines = (HELPDESK / "qrels" / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines[1:]]


def topic(document: str) -> str:
    return document.rsplit("-", 1)[0]


def test_it_is_as_large_as_the_datasheet_says(helpdesk):
    datasheet = (HELPDESK / "DATASHEET.md").read_text(encoding="utf-8")
    grades = Counter(grade for row in helpdesk.qrels.values() for grade in row.values())
    assert f"{len(helpdesk.documents)} passages" in datasheet
    assert f"{len(helpdesk.queries)} queries" in datasheet
    assert f"{sum(grades.values())} judgements" in datasheet
    for grade in (3, 2, 1, 0):
        assert f"{grades[grade]} of grade {grade}" in datasheet
    tags = Counter(helpdesk.tags.values())
    assert set(tags) == TAGS
    assert all(f"| `{tag}` | {count} |" in datasheet for tag, count in tags.items())
    assert min(tags.values()) >= 8


def test_every_query_is_judged_on_its_whole_topic_and_outside_it(helpdesk):
    topics = {}
    for document in helpdesk.documents:
        topics.setdefault(topic(document), set()).add(document)
    assert len(topics) >= 30
    for query, row in helpdesk.qrels.items():
        whole = [name for name, documents in topics.items() if documents <= row.keys()]
        assert whole, query
        assert len(row.keys() - topics[whole[0]]) >= 3, query


def test_only_queries_without_an_answer_lack_a_full_answer(helpdesk):
    for query, tag in helpdesk.tags.items():
        best = max(helpdesk.qrels[query].values())
        assert best == (0 if tag == "noanswer" else 3), query


def test_the_agreement_in_the_datasheet_is_that_of_the_files():
    second = {(query, document): int(grade) for query, document, grade in rows("second.tsv")}
    settled = {(q, d): (int(a), int(b)) for q, d, a, b, _ in rows("settled.tsv")}
    final = {(query, document): int(grade) for query, document, grade in rows("test.tsv")}
    assert len(second) >= 0.25 * len(final)
    # Where the judges agreed, the first grade is the final one; else it is recorded.
    pairs = [(settled.get(key, (final[key],))[0], grade) for key, grade in second.items()]
    assert sum(a != b for a, b in pairs) == len(settled) == 35
    for power, stated in ((2, "0.965"), (1, "0.920"), (0, "0.854")):
        assert f"{kappa(pairs, power):.3f}" == stated
        assert stated in (HELPDESK / "DATASHEET.md").read_text(encoding="utf-8")


def kappa(pairs: list[tuple[int, int]], power: int) -> float:
    """Cohen's kappa with weights |a - b| ** power, or plain disagreement for power 0."""

    def cost(a: int, b: int) -> float:
        return abs(a - b) ** power if power else float(a != b)

    first, second = (Counter(grades) for grades in zip(*pairs, strict=True))
    observed = sum(cost(a, b) for a, b in pairs) / len(pairs)
    by_chance = sum(cost(a, b) * first[a] * second[b] for a in first for b in second)
    return 1 - observed / (by_chance / len(pairs) ** 2)


def test_settled_grades_are_the_final_ones():
    final = {(query, document): grade for query, document, grade in rows("test.tsv")}
    assert all(final[q, d] == grade for q, d, _, _, grade in rows("settled.tsv"))


def test_how_much_is_judged_is_as_the_datasheet_says(helpdesk):
    datasheet = (HELPDESK / "DATASHEET.md").read_text(encoding="utf-8")
    without_second = len(rows("test.tsv")) - len(rows("second.tsv"))
    assert f"{without_second:,} pairs have no second grade" in datasheet
    runs = [load_run("helpdesk", system) for system in SEVEN]
    pairs = {(q, d) for run in runs for q, row in run.items() for d in ranked(row)[:5]}
    answered = {pair for pair in pairs if helpdesk.tags[pair[0]] != "noanswer"}
    counts = [
        (sum(document not in helpdesk.qrels[query] for query, document in of), len(of))
        for of in (pairs, answered)
    ]
    assert counts == [(1291, 2367), (1217, 2223)]
    assert "2,367 pairs, of which 1,291" in datasheet and "1,217 of 2,223" in datasheet
    condensed = [
        {q: {d: s for d, s in row.items() if d in helpdesk.qrels[q]} for q, row in run.items()}
        for run in runs
    ]
    assert order_of(runs, helpdesk) == order_of(condensed, helpdesk)


def order_of(runs: list, helpdesk) -> list[str]:
    """The seven systems by nDCG@10, worst first."""
    means = [evaluate(run, helpdesk, "nDCG@10")["nDCG@10"].mean for run in runs]
    return [system for _, system in sorted(zip(means, SEVEN, strict=True))]


def test_terse_queries_are_short_and_stories_long(helpdesk):
    words = {query: len(text.split()) for query, text in helpdesk.queries.items()}
    for query, tag in helpdesk.tags.items():
        if tag == "terse":
            assert words[query] <= 3, query
        if tag == "story":
            assert 40 <= words[query] <= 90, query


def content_words(text: str) -> set[str]:
    """Lower-cased words without their endings, function words left out."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    return {
        re.sub(r"(?<=...)(ies|ing|es|ed|ly|s|e)$", "", word)
        for word in words
        if word not in STOPWORDS_EN_PLUS and word != "one"
    }


def shared(helpdesk, query: str, grades: set[int]) -> int:
    """The most content words that a passage of these grades shares with the query."""
    words = content_words(helpdesk.queries[query])
    row = helpdesk.qrels[query].items()
    return max(
        len(words & content_words(helpdesk.passage(document)))
        for document, grade in row
        if grade in grades
    )


def test_a_paraphrase_shares_no_content_word_with_an_answer(helpdesk):
    paraphrases = [query for query, tag in helpdesk.tags.items() if tag == "paraphrase"]
    assert all(shared(helpdesk, query, {2, 3}) == 0 for query in paraphrases)


def test_a_useless_passage_shares_as_many_words_with_a_decoy_query_as_the_answer(helpdesk):
    decoys = [query for query, tag in helpdesk.tags.items() if tag == "decoy"]
    assert all(shared(helpdesk, query, {0}) >= shared(helpdesk, query, {3}) for query in decoys)
