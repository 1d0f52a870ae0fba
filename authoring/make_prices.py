"""Measure the table of prices: what scoring, encoding and searching cost on this machine.

A new price is one `Row` in `ROWS`. Everything is timed in turn, round by round, so that a slow
moment of the machine meets all rows alike. Each round asks another query.
"""

from __future__ import annotations

import itertools
import json
import os
import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np

from xenc_course.files import write_lines
from xenc_course.models.loading import load_bi_encoder, load_cross_encoder
from xenc_course.processes import cores, processor, processor_features
from xenc_course.retrieval.stored_vectors import load_vectors
from xenc_course.scoring.late_interaction import LateInteraction
from xenc_course.scoring.reranker import Reranker
from xenc_course.teaching.prices import PASSAGE, PRICES, QUERY, Price, Prices, load_prices
from xenc_course.text.collection import load_collection
from xenc_course.timing import Timing, compare

COMMAND = "python -m authoring runs prices"
LIBRARIES = ("torch", "sentence-transformers", "transformers", "onnxruntime", "tokenizers", "numpy")
N_PASSAGES, ROUNDS = 150, 7
KEPT = 20  # of the vectors that a query is compared with
CALLS = 20  # of what takes milliseconds, in a round
L12 = "ms-marco-MiniLM-L12-v2"

Score = Callable[[list[tuple[str, str]]], object]
Timed = Callable[[str], object]  # does the work of a row for one query


@dataclass(frozen=True)
class Work:
    """The text that all rows read: passages, and a query for each round."""

    passages: list[str]
    queries: list[str]


@dataclass(frozen=True)
class Row:
    """One price.

    Attributes:
        name: what the table calls it.
        unit: `PASSAGE` or `QUERY`, of which one call does as many as it says.
        load: loads the model and returns what is timed: a function of a query.
        calls: how many calls are timed in a round.
    """

    name: str
    unit: str
    load: Callable[[Work], Timed]
    calls: int = 1


def _pairs(load: Callable[[], Score]) -> Callable[[Work], Timed]:
    """All passages with the query, in one call of a scorer."""

    def prepared(work: Work) -> Timed:
        score = load()
        return lambda query: score([(query, passage) for passage in work.passages])

    return prepared


def _one_pair_a_call(work: Work) -> Timed:
    predict = load_cross_encoder(L12, device="cpu").predict
    return lambda query: [predict([(query, passage)]) for passage in work.passages]


def _encode_passages(work: Work) -> Timed:
    model = load_bi_encoder(device="cpu")
    return lambda query: model.encode_document(work.passages)


def _encode_query(work: Work) -> Timed:
    return load_bi_encoder(device="cpu").encode_query


def _search(n_vectors: int) -> Callable[[Work], Timed]:
    """Compare the query's vector, made beforehand, with stored ones and find the best."""

    def prepared(work: Work) -> Timed:
        stored = load_vectors("wikipedia")[1]
        vectors = np.resize(stored, (n_vectors, stored.shape[1]))  # from the start again at the end
        encode = load_bi_encoder(device="cpu").encode_query
        made = {query: encode(query) for query in work.queries}
        return lambda query: np.argpartition(-(vectors @ made[query]), KEPT)[:KEPT]

    return prepared


def _bm25(work: Work) -> Timed:
    """Score all of Wikipedia's passages with an index made beforehand, and find the best."""
    import bm25s

    index = bm25s.BM25()
    passages = list(load_collection("wikipedia").passages().values())
    index.index(bm25s.tokenize(passages, show_progress=False), show_progress=False)

    def search(query: str) -> np.ndarray:
        [words] = bm25s.tokenize(query, return_ids=False, show_progress=False)
        return np.argpartition(-index.get_scores(words), KEPT)[:KEPT]

    return search


def _late_interaction(work: Work) -> Timed:
    late = LateInteraction()
    late.store(work.passages)
    return lambda query: late([(query, passage) for passage in work.passages])


def _predict() -> Score:
    return load_cross_encoder(L12, device="cpu").predict


def _reranker(model: str, backend: str) -> Callable[[Work], Timed]:
    return _pairs(lambda: Reranker(model, backend))


ROWS = (
    Row("L12, predict, fp32", PASSAGE, _pairs(_predict)),
    Row("L12, predict, fp32, one pair a call", PASSAGE, _one_pair_a_call),
    Row("L12, Reranker torch, fp32", PASSAGE, _reranker(L12, "torch")),
    Row("L12, Reranker onnx, fp32", PASSAGE, _reranker(L12, "onnx")),
    Row("L12, Reranker onnx-int8", PASSAGE, _reranker(L12, "onnx-int8")),
    Row("L12, packaged int8", PASSAGE, _reranker(f"{L12}-int8", "auto")),
    Row("L6, Reranker onnx, fp32", PASSAGE, _reranker("xenc-distil-L6", "onnx")),
    Row("L6, Reranker onnx-int8", PASSAGE, _reranker("xenc-distil-L6-int8", "auto")),
    Row("L3, Reranker onnx, fp32", PASSAGE, _reranker("xenc-distil-L3", "onnx")),
    Row("L3, Reranker onnx-int8", PASSAGE, _reranker("xenc-distil-L3-int8", "auto")),
    Row("late interaction, token vectors stored", PASSAGE, _late_interaction),
    Row("all-MiniLM, encode passages, fp32", PASSAGE, _encode_passages),
    Row("all-MiniLM, encode a query, fp32", QUERY, _encode_query, CALLS),
    # The smaller one fits into a processor's cache, the larger one does not.
    Row("compare with 10,000 vectors", QUERY, _search(10_000), CALLS),
    Row("compare with 100,000 vectors", QUERY, _search(100_000), CALLS),
    Row("BM25 (bm25s), search 10,000 passages", QUERY, _bm25, CALLS),
)


def wikipedia_work(rounds: int = ROUNDS) -> Work:
    """Whole Wikipedia passages of mixed length (title and text), and other articles' queries."""
    sample = load_collection("wikipedia").sample(N_PASSAGES, seed=0)
    passages = [sample.passage(next(iter(sample.qrels[query]))) for query in sample.queries]
    return Work(passages, list(sample.queries.values())[: rounds + 1])


def make_prices(
    rows: tuple[Row, ...] = ROWS,
    work: Work | None = None,
    rounds: int = ROUNDS,
    path: Path = PRICES,
) -> Prices:
    """Time all rows in turn and store the table (minutes).

    Args:
        rows: the prices.
        work: the text; that of `wikipedia_work` when None.
        rounds: how often each row is timed, after a round that does not count.
        path: the file to write.

    Returns:
        The table as it was stored.

    Raises:
        ValueError: see `compare`.
    """
    import torch

    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    torch.set_num_threads(cores())  # what onnxruntime's workers take as well
    work = work or wikipedia_work(rounds)
    timed = {row.name: _timed(row, work) for row in rows}
    comparison = compare(timed, repeats=rounds)
    prices = [_price(row, comparison[row.name], len(work.passages)) for row in rows]
    facts = {
        "processor": processor(),
        "features": processor_features(),
        "cores": cores(),
        "threads": comparison.threads,
        "system": platform.system(),
        "load": round(load, 1),
        "rounds": rounds,
        "work": _described(work),
        "command": COMMAND,
        "versions": {library: version(library) for library in LIBRARIES},
    }
    lines = [f'  "{key}": {json.dumps(value)},' for key, value in facts.items()]
    each = [f"    {json.dumps(asdict(price))}" for price in prices]
    write_lines(path, ["{", *lines, '  "prices": [', ",\n".join(each), "  ]", "}"])
    return load_prices(path)


def _timed(row: Row, work: Work) -> Callable[[], object]:
    """One round of a row: its calls, on the next queries."""
    run, queries = row.load(work), itertools.cycle(work.queries)

    def one_round() -> None:
        for query in itertools.islice(queries, row.calls):
            run(query)

    return one_round


def _price(row: Row, timing: Timing, n_passages: int) -> Price:
    units = row.calls * (n_passages if row.unit == PASSAGE else 1)
    digits = partial(np.format_float_positional, precision=4, fractional=False)
    figures = (timing.median, min(timing.samples), max(timing.samples))
    median, low, high = (float(digits(1000 * seconds / units)) for seconds in figures)
    return Price(row.name, row.unit, median, low, high)


def _described(work: Work) -> str:
    query = work.queries[0]
    pairs = [(query, passage) for passage in work.passages]
    lengths = [len(each) for each in Reranker(L12).tokenizer(pairs)]
    return (
        f"{len(pairs)} whole Wikipedia passages with a query of a line, {np.mean(lengths):.0f} "
        f"tokens a pair on average, {min(lengths)} to {max(lengths)}"
    )
