from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from xenc_course.__main__ import main
from xenc_course.evaluation import experiment as reranking
from xenc_course.evaluation.experiment import Experiment, rerank_and_evaluate
from xenc_course.jobs import Journal
from xenc_course.retrieval.first_stage import best_of, bi_encoder_run, bm25_run
from xenc_course.retrieval.runs import read_run, write_run
from xenc_course.scoring.pairs import Pair
from xenc_course.scoring.scorers import BLOCK, load_scorer, score_pairs
from xenc_course.text.collection import Collection

INT8 = "ms-marco-MiniLM-L12-v2-int8"
BERLIN = "How many people live in Berlin?"
BERLIN_PASSAGES = [
    "Berlin had a population of 3,520,031 registered inhabitants in an area of 891.82 square "
    "kilometers.",
    "Berlin is well known for its museums.",
]


class Overlap:
    """A scorer: how many words of the query the passage has. Keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Pair] = []

    def __call__(self, pairs: Sequence[Pair]) -> list[float]:
        self.asked += pairs
        return [float(len(set(q.split()) & set(p.split()))) for q, p in pairs]


class KilledAfter(Overlap):
    """Ends its process without a farewell once it was asked more often than this."""

    def __init__(self, calls: int) -> None:
        super().__init__()
        self._left = calls

    def __call__(self, pairs: Sequence[Pair]) -> list[float]:
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1
        return super().__call__(pairs)


def library(queries: int = 10, passages: int = 12) -> Collection:
    """Every query shares a word with every passage; the one of its number is relevant."""
    return Collection(
        name="library",
        documents={f"p{n}": f"shelf {n} holds book number{n}" for n in range(passages)},
        queries={f"q{n}": f"which shelf holds number{n}" for n in range(queries)},
        qrels={f"q{n}": {f"p{n}": 1, "p0": int(n == 0)} for n in range(queries)},
    )


def experiment(collection, first_stage="bm25", model=None, out=None, *, scorer=None, **plan):
    """One call of `rerank_and_evaluate`, with the parts of its plan as arguments."""
    if isinstance(plan.get("metrics"), list):
        plan["metrics"] = tuple(plan["metrics"])
    return rerank_and_evaluate(collection, Experiment(first_stage, model, **plan), out, scorer)


def test_bm25_candidates_are_reranked_written_and_measured(tmp_path: Path):
    out = tmp_path / "run.trec"
    found = experiment(library(), "bm25", "overlap", out, depth=5, scorer=Overlap())
    run = read_run(out)
    assert {len(scores) for scores in run.values()} == {5}
    assert found.evaluations["overlap"]["RR@10"].mean == 1.0
    assert found.comparison is not None
    assert found.comparison.baseline == "bm25"
    assert (found.work.pairs, found.work.scored) == (50, 50)
    assert [path.name for path in tmp_path.iterdir()] == ["run.trec"]
    shown = str(found)
    assert "library: means over 10 queries" in shown
    assert "Compared with bm25 (nDCG@10 1.0000), 10 queries" in shown
    assert "Scored 50 pairs in " in shown and shown.endswith(" pairs/s.")


def test_a_killed_command_goes_on_where_it_was(tmp_path: Path):
    whole, out = tmp_path / "whole.trec", tmp_path / "run.trec"
    experiment(library(20, 20), "bm25", "overlap", whole, scorer=Overlap())
    assert len(read_run(whole)["q0"]) == 20
    program = (
        "from test_evaluate_command import KilledAfter, experiment, library\n"
        f"experiment(library(20, 20), 'bm25', 'overlap', {str(out)!r}, scorer=KilledAfter(1))\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", program], cwd=Path(__file__).parent, capture_output=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert not out.exists()
    journal = tmp_path / "run.trec.journal"
    kept = [line.split("\t") for line in journal.read_text().splitlines()[1:]]
    assert len(kept) == BLOCK
    with journal.open("a") as file:
        file.write("q9\tp11")  # the line that a kill tore

    rest = Overlap()
    found = experiment(library(20, 20), "bm25", "overlap", out, scorer=rest)
    assert (found.work.pairs, found.work.scored) == (400, 400 - BLOCK)
    assert "(128 more were in the journal)" in str(found)
    texts = library(20, 20)
    before = {(texts.queries[query], texts.documents[document]) for query, document, _ in kept}
    assert len(before) == BLOCK
    assert len(rest.asked) == len(set(rest.asked)) == 400 - BLOCK
    assert not before & set(rest.asked)
    assert out.read_bytes() == whole.read_bytes()
    assert not journal.exists()


def test_a_journal_killed_before_its_first_line_was_whole_starts_over(tmp_path: Path):
    journal = tmp_path / "run.trec.journal"
    journal.write_text('{"collec')
    out = tmp_path / "run.trec"
    found = experiment(library(), "bm25", "overlap", out, scorer=Overlap())
    assert found.work.scored == 120


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"depth": 4}, "begun with another depth (6, not 4)"),
        ({"model": "other"}, "begun with another model (overlap, not other)"),
        ({"n_queries": 3}, "begun with another set of pairs"),
    ],
)
def test_a_journal_of_another_job_is_refused_and_kept(tmp_path: Path, change: dict, reason: str):
    def scorer(pairs: Sequence[Pair]) -> list[float]:
        raise KeyboardInterrupt

    out = tmp_path / "run.trec"
    job = {"first_stage": "bm25", "model": "overlap", "depth": 6, "scorer": scorer}
    with pytest.raises(KeyboardInterrupt):
        experiment(library(), out=out, **job)
    journal = tmp_path / "run.trec.journal"
    begun = journal.read_bytes()
    with pytest.raises(ValueError) as caught:
        experiment(library(), out=out, **(job | change))
    assert reason in str(caught.value)
    assert "choose another place, or remove this one" in str(caught.value)
    assert journal.read_bytes() == begun
    assert not out.exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("q1\tp1\t0.5\n", "line 1: no journal of scores"),
        ("7\n", "line 1: no journal of scores"),
        ('{"model": "m"}\nq1\tp1\t0.5\nq1\tp2\n', "line 3: 'q1\\tp2' is no score"),
        ('{"model": "m"}\nq1\tp1\tgood\n', "line 2: 'q1\\tp1\\tgood' is no score"),
    ],
)
def test_a_damaged_journal_is_named_with_its_line(tmp_path: Path, content: str, reason: str):
    path = tmp_path / "run.journal"
    path.write_text(content)
    with pytest.raises(ValueError) as caught:
        Journal(path, {"model": "m"})
    assert reason in str(caught.value)
    assert path.read_text() == content


def test_a_journal_keeps_the_exact_scores(tmp_path: Path):
    path, score = tmp_path / "run.journal", float(np.float32(1) / np.float32(3))
    with Journal(path, {"model": "m"}) as journal:
        journal.add([("q", "d", score)])
    with Journal(path, {"model": "m"}) as journal:
        assert journal.scores == {("q", "d"): score}
    assert json.loads(path.read_text().splitlines()[0]) == {"model": "m"}


def test_a_first_stage_alone_needs_no_model_and_is_written_when_asked(tmp_path: Path):
    found = experiment(library(), "bm25", metrics="RR@10")
    assert list(found.evaluations) == ["bm25"]
    assert found.comparison is None
    assert "pairs/s" not in str(found)
    experiment(library(), "bm25", out=tmp_path / "bm25.trec.gz", depth=3)
    assert {len(scores) for scores in read_run(tmp_path / "bm25.trec.gz").values()} == {3}


def test_a_run_file_is_reranked_to_its_best_passages(tmp_path: Path):
    first = {f"q{n}": {f"p{m}": float(-m) for m in range(12)} for n in range(4)}
    write_run(first | {"q77": {"p1": 1.0}}, tmp_path / "first.trec")
    scorer, out = Overlap(), tmp_path / "run.trec"
    stage = str(tmp_path / "first.trec")
    found = experiment(library(4), stage, "overlap", out, depth=3, scorer=scorer)
    assert set(read_run(out)["q3"]) == {"p0", "p1", "p2"}
    assert len(scorer.asked) == 12
    assert list(found.evaluations) == ["first.trec", "overlap"]
    assert "but not asked for: 1 queries." in str(found)


def test_judged_passages_are_ranked_by_the_model_alone(tmp_path: Path):
    collection = Collection(
        name="judged",
        documents={"a": "red apple", "b": "green pear", "c": "red car"},
        queries={"q1": "red apple", "q2": "green"},
        qrels={"q1": {"a": 1, "c": 0, "gone": 1}, "q2": {"b": 1}},
    )
    out = tmp_path / "run.trec"
    found = experiment(collection, "judged", "overlap", out, depth=1, scorer=Overlap())
    assert {query: list(scores) for query, scores in read_run(out).items()} == {
        "q1": ["a", "c"],
        "q2": ["b"],
    }
    assert list(found.evaluations) == ["overlap"]
    assert found.evaluations["overlap"]["AP"].mean == pytest.approx((1 / 2 + 1) / 2)
    assert "Judged but without text, not ranked: 1 passages." in str(found)
    with pytest.raises(ValueError, match="no order of their own"):
        experiment(collection, "judged")


def test_titles_are_read_unless_they_are_refused(tmp_path: Path):
    collection = Collection(
        "titled", {"a": "a fruit", "b": "b"}, {"q": "fruit"}, {"q": {"a": 1}}, {"a": "Apple"}
    )
    for titles, read in ((True, "Apple a fruit"), (False, "a fruit")):
        scorer = Overlap()
        out = tmp_path / f"{titles}.trec"
        experiment(collection, "bm25", "m", out, titles=titles, scorer=scorer)
        assert scorer.asked == [("fruit", read)]


def test_only_judged_queries_are_ranked_and_a_sample_of_them_when_asked():
    collection = library()
    more = Collection(
        collection.name, collection.documents, collection.queries | {"x": "shelf"}, collection.qrels
    )
    found = experiment(more, "bm25", n_queries=4, seed=2)
    queries = found.evaluations["bm25"].queries
    assert len(queries) == 4
    assert queries == tuple(collection.sample(4, seed=2).queries)
    assert "Without any judgement, not ranked: 1 queries." in str(found)
    assert "Sampled with seed 2: 4 queries." in str(found)


def test_arguments_that_do_not_fit_are_refused_before_any_work(tmp_path: Path):
    out = tmp_path / "run.trec"
    out.write_text("precious")
    cases = [
        ({"model": "m"}, ValueError, "Name a file for the reranked run"),
        ({"model": "m", "out": out}, ValueError, "exists: choose another --out"),
        ({"out": tmp_path / "no" / "run"}, FileNotFoundError, "There is no folder"),
        ({"depth": 0}, ValueError, "depth is at least 1, not 0"),
        ({"first_stage": str(tmp_path / "x")}, FileNotFoundError, "no first stage and no file"),
        ({"n_queries": 11}, ValueError, "library has 10 queries"),
        ({"metrics": ["nDGC@10"]}, ValueError, "There is no metric 'nDGC@10'"),
    ]
    for options, error, reason in cases:
        with pytest.raises(error, match=reason):
            experiment(library(), **({"first_stage": "bm25"} | options))
    assert out.read_text() == "precious"


def test_what_cannot_be_reranked_is_refused(tmp_path: Path):
    stage = tmp_path / "first.trec"
    options = {"model": "m", "out": tmp_path / "run.trec", "scorer": Overlap()}
    write_run({"q1": {"p1": 2.0, "elsewhere": 1.0}}, stage)
    with pytest.raises(ValueError, match="'elsewhere', a candidate of query 'q1', has no text"):
        experiment(library(), str(stage), **options)
    write_run({"other": {"p1": 2.0}}, stage)
    with pytest.raises(ValueError, match="has none of the queries of library"):
        experiment(library(), str(stage), **options)
    strange = Collection("strange", {"a": "word"}, {"q": "zzz"}, {"q": {"a": 1}})
    with pytest.raises(ValueError, match="found no passage for any query"):
        experiment(strange, "bm25", **options)
    spaced = Collection("spaced", {"a 1": "word"}, {"q": "word"}, {"q": {"a 1": 1}})
    with pytest.raises(ValueError, match="The id of a document is 'a 1'"):
        experiment(spaced, "bm25", **options)
    unjudged = Collection("unjudged", {"a": "word"}, {"q": "word"}, {})
    with pytest.raises(ValueError, match="No query of unjudged has a judgement"):
        experiment(unjudged, "bm25")
    assert not (tmp_path / "run.trec").exists()


def test_bm25_leaves_out_passages_that_share_no_word():
    passages = {"a": "cats purr", "b": "dogs bark", "c": "cats and dogs"}
    run = bm25_run(passages, {"q1": "why do cats purr", "q2": "the", "q3": "birds"}, depth=10)
    assert list(run["q1"]) == ["a", "c"]
    assert run["q1"]["a"] > run["q1"]["c"] > 0
    assert run["q2"] == run["q3"] == {}
    with pytest.raises(ValueError, match="BM25 found no word"):
        bm25_run({"a": "the"}, {"q": "cats"}, depth=1)


def test_bm25_takes_equal_passages_in_the_order_of_a_run():
    passages = {f"d{number}": "cats purr" for number in range(40)} | {"best": "cats purr purr"}
    run = bm25_run(passages, {"q": "purr"}, depth=4)
    assert list(run["q"]) == ["best", "d9", "d8", "d7"]


def test_the_bi_encoder_ranks_by_cosine():
    class Letters:
        def encode(self, texts: list[str], **options: bool) -> np.ndarray:
            assert options["normalize_embeddings"]
            counts = np.array([[text.count(letter) for letter in "abc"] for text in texts])
            return (counts / np.linalg.norm(counts, axis=1, keepdims=True)).astype(np.float32)

        encode_query = encode_document = encode

    queries = {f"q{n}": "a" for n in range(70)} | {"last": "bc"}
    run = bi_encoder_run({"1": "ab", "2": "aa", "3": "c"}, queries, 2, Letters())
    assert list(run) == list(queries)
    assert list(run["q69"]) == ["2", "1"]
    assert run["q0"] == pytest.approx({"2": 1.0, "1": 0.5**0.5})
    assert set(run["last"]) == {"1", "3"}


def test_the_real_bi_encoder_is_a_first_stage():
    found = experiment(library(3, 4), "bi-encoder", depth=2, metrics=["RR@10"])
    assert found.evaluations["bi-encoder"].missing == 0


def test_the_best_of_a_run():
    assert best_of({"q": {"a": 1.0, "b": 2.0, "c": 1.0}}, 2) == {"q": {"b": 2.0, "c": 1.0}}


def test_scores_keep_the_order_of_the_pairs_and_progress_is_told():
    pairs = [("a b c", " ".join("abc"[: n % 4])) for n in range(270)]
    told: list[int] = []
    scores = score_pairs(Overlap(), pairs, told.append)
    assert scores.dtype == np.float32
    assert scores.tolist() == [n % 4 for n in range(270)]
    assert told == [128, 128, 14]
    assert score_pairs(Overlap(), []).shape == (0,)


@pytest.mark.parametrize(
    ("pair", "scores", "error", "reason"),
    [
        ("ab", [1.0], TypeError, "two strings, not 'ab'"),
        (("a", None), [1.0], TypeError, "two strings"),
        (("a", "b", "c"), [1.0], TypeError, "two strings"),
        (("a", "b"), [1.0, 2.0], ValueError, "one number a pair"),
        (("a", "b"), [[1.0, 2.0]], ValueError, "one number a pair"),
        (("why", "b"), [float("nan")], ValueError, "not finite to the query 'why'"),
    ],
)
def test_bad_pairs_and_bad_scores_are_refused(
    pair: object, scores: list, error: type[Exception], reason: str
):
    with pytest.raises(error, match=reason):
        score_pairs(lambda pairs: scores, [pair])


def test_the_int8_model_scores_as_published_whatever_a_pair_stands_beside():
    scorer = load_scorer(INT8)
    pairs = [(BERLIN, passage) for passage in BERLIN_PASSAGES]
    long = (BERLIN, "The capital has many inhabitants. " * 200)
    scores = score_pairs(scorer, [*pairs, long, ("", "")])
    assert scores[:2] == pytest.approx([9.22, -4.08], abs=0.4)
    assert score_pairs(scorer, pairs[::-1]).tolist() == scores[1::-1].tolist()


def test_a_pytorch_model_scores_as_published():
    pairs = [(BERLIN, passage) for passage in BERLIN_PASSAGES]
    assert score_pairs("ms-marco-MiniLM-L12-v2", pairs) == pytest.approx([9.22, -4.08], abs=0.2)


def test_another_model_in_the_same_folder_is_another_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def interrupted(name: str, backend: str) -> None:
        raise KeyboardInterrupt

    folder, out = tmp_path / "model", tmp_path / "run.trec"
    folder.mkdir()
    (folder / "model.onnx").write_bytes(b"weights")
    monkeypatch.setattr(reranking, "load_scorer", interrupted)
    with pytest.raises(KeyboardInterrupt):
        experiment(library(), "bm25", str(folder), out)
    (folder / "model.onnx").write_bytes(b"weights, trained on")
    with pytest.raises(ValueError, match="begun with another weights"):
        experiment(library(), "bm25", str(folder), out)
    (folder / "model.onnx").write_bytes(b"weights")
    with pytest.raises(KeyboardInterrupt):
        experiment(library(), "bm25", str(folder), out)


def write_folder(folder: Path) -> Path:
    """The two Berlin passages and three questions, in BEIR layout."""
    (folder / "qrels").mkdir(parents=True)
    passages = enumerate(BERLIN_PASSAGES)
    questions = enumerate([BERLIN, "Which Berlin museums are famous?", "How large is Berlin?"])
    for name, texts in (("corpus", passages), ("queries", questions)):
        lines = [json.dumps({"_id": str(n), "text": text}) for n, text in texts]
        (folder / f"{name}.jsonl").write_text("\n".join(lines))
    qrels = "query-id\tcorpus-id\tscore\n0\t0\t2\n1\t1\t1\n2\t0\t1\n"
    (folder / "qrels" / "test.tsv").write_text(qrels)
    return folder


def test_the_command_reranks_a_folder_with_the_int8_model(
    tmp_path: Path, capsys: pytest.CaptureFixture
):
    folder, out = write_folder(tmp_path / "berlin"), tmp_path / "run.trec.gz"
    command = ["evaluate", "--collection", str(folder), "--first-stage", "bm25", "--model", INT8]
    assert main([*command, "--out", str(out), "--metrics", "RR@10", "nDCG@10"]) == 0
    shown = capsys.readouterr().out
    assert "berlin: means over 3 queries" in shown
    assert f"RR@10    {INT8}  1.0000" in shown
    assert "Scored 6 pairs in" in shown
    assert {query: len(scores) for query, scores in read_run(out).items()} == dict.fromkeys(
        "012", 2
    )
    assert main([*command, "--out", str(out)]) == 1
    assert "exists: choose another --out" in capsys.readouterr().err
