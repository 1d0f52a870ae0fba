"""The diagrams of lesson 02: what happens inside a model, as boxes and arrows."""

from __future__ import annotations

from .diagram_layout import Arrow, Box
from .diagrams import Diagram, draw_diagram


def diagram_layers() -> Diagram:
    """Draw what lies between the tokens and the two kinds of output (02)."""
    return draw_diagram(
        "From tokens to a vector, or to one number",
        "Every token becomes a vector, which goes through a stack of layers. In each layer, "
        "attention lets a token read other tokens, and a feed-forward network then changes each "
        "token alone. At the end a bi-encoder averages all tokens into one vector of 384 numbers; "
        "a cross-encoder turns the vector of [CLS] into one number.",
        [
            Box("tokens", "tokens", 0, 0, 2),
            Box("embedded", "one vector per token, 384 numbers each", 1, 0, 2),
            Box("attention", "attention: each token reads other tokens", 2, 0, 2, "model"),
            Box("feed-forward", "feed-forward: each token alone", 3, 0, 2, "model"),
            Box("bi", "bi-encoder:\nmean of all tokens", 4, 0),
            Box("ce", "cross-encoder:\n[CLS] alone", 4, 1),
            Box("vector", "a vector,\n384 numbers", 5, 0, look="stored"),
            Box("number", "one number", 5, 1),
        ],
        [
            Arrow("tokens", "embedded"),
            Arrow("embedded", "attention"),
            Arrow(
                "attention",
                "feed-forward",
                "both together are one layer;\nthere are 6 or 12 of them",
            ),
            Arrow("feed-forward", "bi"),
            Arrow("feed-forward", "ce"),
            Arrow("bi", "vector"),
            Arrow("ce", "number"),
        ],
    )


def diagram_cut() -> Diagram:
    """Draw who may read whom under the cut, and under its control (02)."""
    tables = {
        0: ("the cut: query and passage do not meet", ["no yes no", "no no yes"]),
        5: ("its control: as much is closed, inside the texts", ["no some yes", "no yes some"]),
    }
    boxes = []
    for top, (title, rows) in tables.items():
        boxes.append(Box(title, title, top, 0, 4, "heading"))
        boxes.append(Box(f"head {top}", "reads →", top + 1, 0, look="words"))
        for j, name in enumerate(["[CLS]", "query", "passage"], start=1):
            boxes.append(Box(f"{top} {name}", name, top + 1, j, look="words"))
        for i, row in enumerate(["yes yes yes", *rows], start=2):
            reader = ["[CLS]", "query", "passage"][i - 2]
            boxes.append(Box(f"{top} reader {i}", reader, top + i, 0, look="words"))
            for j, may in enumerate(row.split(), start=1):
                look = {"yes": "model", "some": "thing"}.get(may, "stored")
                boxes.append(Box(f"{top} {i} {j}", may, top + i, j, look=look))
    return draw_diagram(
        "Who may read whom",
        "A row is the token that reads, a column the token that is read. Under the cut the query "
        "reads only the query and the passage only the passage; [CLS] reads everything and nobody "
        "else reads [CLS]. Under the control query and passage read each other, and as much "
        "attention is closed inside the two texts.",
        boxes,
        column_gap=8,
        row_gap=6,
    )


def diagram_attention() -> Diagram:
    """Draw how one head of attention lets a token read another (02)."""
    return draw_diagram(
        "One head of attention",
        "The reading token makes a query vector; each token that is read makes a key vector and a "
        "value vector. Query times key gives a raw score, softmax turns a token's raw scores into "
        "weights that sum to 1, and the weights mix the values. All heads' mixtures are joined "
        "and added to the reading token's own vector.",
        [
            Box("reader", "the token that reads", 0, 0),
            Box("read", "each token that is read", 0, 1, 2),
            Box("q", "query vector", 1, 0, look="model"),
            Box("k", "key vector", 1, 1, look="model"),
            Box("v", "value vector", 1, 2, look="model"),
            Box("raw", "raw score: query · key / √32", 2, 0, 2),
            Box("weight", "softmax: weights, sum 1", 3, 0, 2),
            Box("mix", "values, mixed by the weights", 4, 0, 3),
            Box("sum", "all heads joined, added to the reader's vector", 5, 0, 3),
        ],
        [
            Arrow("reader", "q"),
            Arrow("read", "k"),
            Arrow("read", "v"),
            Arrow("q", "raw"),
            Arrow("k", "raw"),
            Arrow("raw", "weight"),
            Arrow("weight", "mix"),
            Arrow("v", "mix"),
            Arrow("mix", "sum"),
        ],
    )
