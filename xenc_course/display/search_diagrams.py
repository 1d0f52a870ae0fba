"""The diagram of a whole search, from one table to the list that a reader sees (08)."""

from __future__ import annotations

from .diagram_layout import Arrow, Box
from .diagrams import Diagram, draw_diagram


def diagram_pipeline() -> Diagram:
    """Draw a search over one table: two first stages, their fusion, and a cross-encoder (08)."""
    return draw_diagram(
        "One table, two searches, one reader",
        "The query goes to two searches of one table: full text looks into the index of words, "
        "vector search into the vectors. Their rankings are fused into one list, the cross-encoder "
        "reads its best k passages, and the list is sorted by the new score.",
        [
            Box("query", "query", 0, span=2),
            Box("words", "full-text search", 1, 0, look="model"),
            Box("vectors", "vector search", 1, 1, look="model"),
            Box("index", "one table:\nindex of words", 2, 0, look="stored"),
            Box("stored", "one table:\nvectors", 2, 1, look="stored"),
            Box("fusion", "fusion of two rankings", 3, span=2),
            Box("cross", "cross-encoder\nreads k pairs", 4, span=2, look="model"),
            Box("list", "reranked list", 5, span=2),
        ],
        [
            Arrow("query", "words"),
            Arrow("query", "vectors"),
            Arrow("words", "index"),
            Arrow("vectors", "stored"),
            Arrow("index", "fusion"),
            Arrow("stored", "fusion"),
            Arrow("fusion", "cross", "the k best"),
            Arrow("cross", "list", "sorted by the new score"),
        ],
    )
