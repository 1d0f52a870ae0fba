"""The diagrams of the lessons: one mechanism each, as boxes and arrows."""

from __future__ import annotations

from .diagram_layout import Arrow, Box
from .diagrams import Diagram, draw_diagram


def diagram_retrieve_and_rerank() -> Diagram:
    """Draw the two stages of a search: retrieve many candidates cheaply, then rerank them (01)."""
    return draw_diagram(
        "Retrieve, then rerank",
        "A first stage compares the query with the stored vector of every passage and keeps the 20 "
        "best as candidates. A cross-encoder reads each candidate together with the query and puts "
        "them in a new order.",
        [
            Box("query", "query", 0, 0),
            Box("passages", "all passages\n(vectors stored)", 0, 1, look="stored"),
            Box("first", "first stage\ncompares vectors", 1, span=2, look="model"),
            Box("candidates", "20 candidates", 2, span=2),
            Box("cross", "cross-encoder\nreads each pair", 3, span=2, look="model"),
            Box("list", "reranked list", 4, span=2),
        ],
        [
            Arrow("query", "first"),
            Arrow("passages", "first"),
            Arrow("first", "candidates", "the 20 best of all"),
            Arrow("candidates", "cross", "20 pairs (query, passage)"),
            Arrow("cross", "list", "sorted by the new score"),
        ],
    )


def diagram_two_encoders() -> Diagram:
    """Draw a bi-encoder beside a cross-encoder (01)."""
    return draw_diagram(
        "Apart or together",
        "On the left, a bi-encoder: query and passage go through the model apart, and the cosine "
        "of their two vectors is the score. On the right, a cross-encoder: query and passage go "
        "through the model together, and one number comes out.",
        [
            Box("bi", "bi-encoder", 0, 0, 2, "heading"),
            Box("ce", "cross-encoder", 0, 3, look="heading"),
            Box("query", "query", 1, 0),
            Box("passage", "passage", 1, 1),
            Box("both", "query\nand passage", 1, 3),
            Box("model 1", "model", 2, 0, look="model"),
            Box("model 2", "model", 2, 1, look="model"),
            Box("model 3", "model", 2, 3, look="model"),
            Box("vector 1", "vector", 3, 0),
            Box("vector 2", "vector", 3, 1, look="stored"),
            Box("cosine", "cosine", 4, 0, 2),
            Box("number", "one number", 4, 3),
        ],
        [Arrow("query", "model 1"), Arrow("passage", "model 2"), Arrow("both", "model 3")]
        + [Arrow(f"model {i}", f"vector {i}") for i in (1, 2)]
        + [Arrow("vector 1", "cosine"), Arrow("vector 2", "cosine"), Arrow("model 3", "number")],
    )


def diagram_inputs() -> Diagram:
    """Draw what each model reads, with its special tokens (02)."""
    texts = {1: ["[CLS]", "query", "[SEP]"], 2: ["[CLS]", "passage", "[SEP]"]}
    texts[4] = ["[CLS]", "query", "[SEP]", "passage", "[SEP]"]
    return draw_diagram(
        "What each model reads",
        "A bi-encoder reads [CLS] query [SEP] and, apart from it, [CLS] passage [SEP]. A "
        "cross-encoder reads [CLS] query [SEP] passage [SEP] as one input, in which every token "
        "may look at every token.",
        [
            Box("bi", "bi-encoder: two inputs, two vectors", 0, 0, 5, "heading"),
            Box("ce", "cross-encoder: one input, one number", 3, 0, 5, "heading"),
            *(
                Box(f"{row}.{j}", token, row, j, look="stored" if token[0] == "[" else "thing")
                for row, tokens in texts.items()
                for j, token in enumerate(tokens)
            ),
        ],
        [Arrow("4.1", "4.3", "every token may look at every token", mutual=True)],
        column_gap=5,
        row_gap=8,
    )


def diagram_cost() -> Diagram:
    """Draw what each model computes once per passage, per query and per pair (03)."""
    return draw_diagram(
        "What is computed how often",
        "A bi-encoder runs its model once per passage, before any query, and stores the vector; "
        "then once per query; a pair costs it only one cosine. A cross-encoder stores nothing and "
        "runs its model once per pair.",
        [
            Box("bi", "bi-encoder", 0, 1, 2, "heading"),
            Box("ce", "cross-encoder", 0, 3, look="heading"),
            Box("per passage", "once per\npassage", 1, 0, look="words"),
            Box("passage", "model", 1, 1, look="model"),
            Box("nothing 1", "nothing", 1, 3, look="words"),
            Box("vector", "vector,\nstored", 2, 1, look="stored"),
            Box("per query", "once per\nquery", 3, 0, look="words"),
            Box("query", "model", 3, 2, look="model"),
            Box("nothing 2", "nothing", 3, 3, look="words"),
            Box("per pair", "once per\npair", 4, 0, look="words"),
            Box("cosine", "cosine", 4, 1, 2),
            Box("pair", "model", 4, 3, look="model"),
        ],
        [Arrow("passage", "vector"), Arrow("vector", "cosine"), Arrow("query", "cosine")],
    )


def diagram_judged_test() -> Diagram:
    """Draw how a test with judgements compares two rankers (04)."""
    return draw_diagram(
        "How two rankers are compared",
        "Two rankers order the same candidates of the same queries. The judgements turn each run "
        "into one value of the metric per query, and the paired differences of the values give an "
        "interval, which decides what the finding says.",
        [
            Box("queries", "queries and their candidates", 0, 0, 3),
            Box("ranker A", "ranker A", 1, 0, look="model"),
            Box("ranker B", "ranker B", 1, 2, look="model"),
            Box("run A", "run A", 2, 0),
            Box("run B", "run B", 2, 2),
            Box("metric A", "metric\nper query", 3, 0),
            Box("judgements", "judgements", 3, 1, look="stored"),
            Box("metric B", "metric\nper query", 3, 2),
            Box("differences", "paired differences, B − A, one per query", 4, 0, 3),
            Box("interval", "mean difference and its interval", 5, 0, 3),
            Box("finding", "finding", 6, 0, 3),
        ],
        [Arrow("queries", f"ranker {side}") for side in "AB"]
        + [Arrow(f"ranker {side}", f"run {side}") for side in "AB"]
        + [Arrow(f"run {side}", f"metric {side}") for side in "AB"]
        + [Arrow("judgements", f"metric {side}") for side in "AB"]
        + [Arrow(f"metric {side}", "differences") for side in "AB"]
        + [Arrow("differences", "interval"), Arrow("interval", "finding")],
    )


def diagram_choose() -> Diagram:
    """Draw what is chosen, in which order, and the two results that decide (05)."""
    return draw_diagram(
        "Three choices, two results",
        "Choose a first stage, then a reranker, then the depth k, which is how many candidates the "
        "reranker reads. The three together have two results: the time per query and the quality.",
        [
            Box("first", "first stage", 0, 0, 2, "model"),
            Box("reranker", "reranker", 1, 0, 2, "model"),
            Box("depth", "depth k", 2, 0, 2),
            Box("time", "time per query", 3, 0),
            Box("quality", "quality (nDCG@10)", 3, 1),
        ],
        [
            Arrow("first", "reranker", "which candidates it gets"),
            Arrow("reranker", "depth", "how many it reads"),
            Arrow("depth", "time"),
            Arrow("depth", "quality"),
        ],
    )


def diagram_batch() -> Diagram:
    """Draw a padded batch, and the same pairs sorted by length first (06)."""
    batches = {1: [("A", 6), ("B", 2)], 4: [("C", 2), ("D", 5)]}
    sorted_batches = {8: [("A", 6), ("D", 5)], 11: [("B", 2), ("C", 2)]}
    boxes = [
        Box("given", "as given: 7 of 22 places are padding", 0, 0, 6, "heading"),
        Box("sorted", "sorted by length: 1 of 16 is padding", 7, 0, 6, "heading"),
    ]
    for top, pairs in (batches | sorted_batches).items():
        boxes.append(Box(f"batch {top}", f"batch {1 + (top in (4, 11))}", top, 0, look="words"))
        longest = max(length for _, length in pairs)
        for row, (name, length) in enumerate(pairs, start=top):
            boxes.append(Box(f"{name} {top}", f"pair {name}", row, 1, length))
            if pad := longest - length:
                boxes.append(Box(f"pad {row}", "pad", row, 1 + length, pad, "stored"))
    return draw_diagram(
        "Pairs of unequal length in one table",
        "Four pairs of 6, 2, 2 and 5 tokens in batches of two: each batch is padded to its longest "
        "pair. As given, 7 of 22 places hold padding; sorted by length first, 1 of 16.",
        boxes,
        column_gap=5,
        row_gap=6,
    )


def diagram_limit() -> Diagram:
    """Draw what of a pair that is too long is read, and who decides how much (06)."""
    rows = {
        1: [("[CLS]", 0, 1), ("query", 1, 1), ("[SEP]", 2, 1), ("passage", 3, 2)],
        3: [("[CLS]", 0, 1), ("query", 1, 2), ("[SEP]", 3, 1), ("passage", 4, 1)],
    }
    boxes = [
        Box("both", "one limit for both texts", 0, 0, 7, "heading"),
        Box("less", "a longer query leaves less for the passage", 2, 0, 7, "heading"),
    ]
    for row, parts in rows.items():
        for text, column, span in [*parts, ("[SEP]", 5, 1), ("lost", 6, 1)]:
            look = "stored" if text == "lost" else "thing"
            boxes.append(Box(f"{row}.{column}", text, row, column, span, look))
    return draw_diagram(
        "What is read of a pair that is too long",
        "Query, passage and three special tokens share one limit. What of the passage stands "
        "beyond it is lost, and a longer query leaves less room for the passage.",
        boxes,
        column_gap=4,
        row_gap=6,
    )


def diagram_calibrate() -> Diagram:
    """Draw how a calibration is fitted on some queries and tested on others (07)."""
    return draw_diagram(
        "From scores to probabilities",
        "Judged queries are split into two halves. On the first half a curve from logits to the "
        "share of right results is fitted: the calibration. On the second half its promises are "
        "compared with what happened.",
        [
            Box("queries", "judged queries, with the logits of their results", 0, 0, 2),
            Box("fit", "half A", 1, 0),
            Box("test", "half B", 1, 1),
            Box("curve", "fit a rising curve", 2, 0, look="model"),
            Box("calibration", "calibration", 3, 0, look="stored"),
            Box("compare", "promised against happened", 4, 0, 2),
        ],
        [
            Arrow("queries", "fit", "drawn by query"),
            Arrow("queries", "test"),
            Arrow("fit", "curve", "logit, right or wrong"),
            Arrow("curve", "calibration"),
            Arrow("calibration", "compare", "a probability per result"),
            Arrow("test", "compare", "right or wrong"),
        ],
    )


def diagram_no_answer() -> Diagram:
    """Draw how each query is asked twice, with its answer and without (07)."""
    return draw_diagram(
        "The same query with its answer and without",
        "A query's candidates are taken twice: as they are, and without the passages that answer "
        "it. The reranker's logits stay the same. The highest logit of each list is compared.",
        [
            Box("query", "a query and its candidates, with logits", 0, 0, 2),
            Box("with", "all candidates", 1, 0),
            Box("without", "answers deleted", 1, 1, look="stored"),
            Box("top with", "highest logit", 2, 0),
            Box("top without", "highest logit", 2, 1),
            Box("apart", "can a cut tell the two apart?", 3, 0, 2),
        ],
        [
            Arrow("query", "with"),
            Arrow("query", "without"),
            Arrow("with", "top with"),
            Arrow("without", "top without"),
            Arrow("top with", "apart"),
            Arrow("top without", "apart"),
        ],
    )


def diagram_distil() -> Diagram:
    """Draw how a student learns from a teacher without any judgement (11)."""
    return draw_diagram(
        "Train a small model without judgements",
        "Queries come from a search log or are made from the passages; a first stage finds hard "
        "negatives for each; the teacher, a large cross-encoder, gives every pair a logit; the "
        "student, a few of its layers, learns to give the same logits.",
        [
            Box("queries", "queries", 0, 0),
            Box("passages", "passages", 0, 1, look="stored"),
            Box("groups", "groups: a query and 8 passages", 1, span=2),
            Box("teacher", "teacher", 2, 0, look="model"),
            Box("student", "student", 2, 1, look="model"),
            Box("logits", "8 logits", 3, 0),
            Box("own", "8 logits", 3, 1),
            Box("loss", "loss: how far apart?", 4, span=2),
        ],
        [
            Arrow("queries", "groups"),
            Arrow("passages", "groups", "a first stage finds\nhard negatives"),
            Arrow("groups", "teacher"),
            Arrow("groups", "student"),
            Arrow("teacher", "logits", "once"),
            Arrow("student", "own", "in every step"),
            Arrow("logits", "loss"),
            Arrow("own", "loss"),
        ],
    )
