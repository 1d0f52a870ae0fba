"""The judging widget, driven by its buttons without a browser."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.beir_folders import jsonl
from xenc_course import judge, load_collection
from xenc_course.teaching.judging import Judging

# It belongs to the course's environment; the package by itself is tested without it.
pytest.importorskip("ipywidgets")
ROOT = Path(__file__).parents[2]
CORPUS = [
    {"_id": "p1", "title": "Refunds <b>", "text": "You get <script>alert(1)</script> & more."},
    {"_id": "p2", "text": "Reset the password."},
    {"_id": "p3", "text": "Opening hours."},
    {"_id": "p4", "text": "Nobody found this."},
]
# Ids whose alphabetical order is another than that of the file.
QUERIES = [
    {"_id": "q9", "text": "a refund <i>"},
    {"_id": "q10", "text": "password"},
    {"_id": "q1", "text": "x"},
]
RUNS = {
    "lexical-XY": {"q9": {"p1": 123.25, "p2": 99.5}, "q10": {"p2": 77.125}},
    "neural-XY": {"q9": {"p3": 55.5}, "q10": {"p1": 44.25, "p2": 33.5}},
}


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "corpus.jsonl").write_text(jsonl(CORPUS))
    (tmp_path / "mine" / "queries.jsonl").write_text(jsonl(QUERIES))
    return tmp_path / "mine"


def seen(judging: Judging) -> str:
    """All texts that the widget shows."""

    def texts(widget) -> list[str]:
        if widget.layout.display == "none":
            return []
        if hasattr(widget, "children"):
            return [text for child in widget.children for text in texts(child)]
        return [widget.value if hasattr(widget, "value") else widget.description]

    return "\n".join(texts(judging._box))


def lines(folder: Path) -> list[str]:
    return (folder / "qrels" / "test.tsv").read_text().splitlines()[1:]


def test_every_click_is_stored_and_the_next_passage_shown(folder):
    judging = judge(folder, RUNS)
    assert [query for query, _ in judging.pairs] == ["q9", "q9", "q9", "q10", "q10"]
    assert not (folder / "qrels").exists()
    assert "0 of 5 judged; query 1 of 2" in seen(judging)
    given = [2, 0, 3, 1, 0]
    for number, grade in enumerate(given, start=1):
        query, document = judging.pairs[judging.at]
        assert html.escape(judging.collection.queries[query]) in seen(judging)
        assert html.escape(judging.collection.documents[document]) in seen(judging)
        judging.buttons[grade].click()
        assert lines(folder)[-1] == f"{query}\t{document}\t{grade}"
        assert f"{number} of 5 judged" in seen(judging)
    assert len(lines(folder)) == 5
    assert "Done: all passages are judged." in seen(judging)
    assert "Back" in seen(judging)
    assert "mine/qrels/test.tsv" in seen(judging)
    assert load_collection(folder).qrels == {
        query: {d: given[judging.pairs.index((q, d))] for q, d in judging.pairs if q == query}
        for query in ("q9", "q10")
    }


def test_it_goes_on_at_the_first_pair_without_a_grade(folder):
    first = judge(folder, RUNS)
    first.buttons[1].click()
    first.skip.click()
    first.buttons[2].click()
    again = judge(folder, RUNS)
    assert again.at == 1
    assert "2 of 5 judged; query 1 of 2" in seen(again)
    again.buttons[3].click()
    assert again.at == 3


def test_a_grade_is_shown_again_and_can_be_changed(folder):
    judging = judge(folder, RUNS)
    assert judging.back.disabled
    judging.buttons[2].click()
    assert not judging.back.disabled
    judging.back.click()
    assert "Your grade: 2 answers in part" in seen(judging)
    assert [button.button_style for button in judging.buttons] == ["", "", "primary", ""]
    assert judging.skip.description == "Next"
    judging.buttons[0].click()
    assert [line.split("\t")[2] for line in lines(folder)] == ["0"]
    assert judging.at == 1
    assert "Your grade" not in seen(judging)


def test_skipped_passages_are_named_at_the_end_and_can_be_reached(folder):
    judging = judge(folder, RUNS)
    for _ in judging.pairs:
        assert judging.skip.description == "Skip"
        judging.skip.click()
    assert "5 of the passages have no grade yet" in seen(judging)
    assert "not relevant" not in seen(judging)  # there is nothing to grade
    judging.back.click()
    assert judging.at == 4
    judging.buttons[1].click()
    assert "4 of the passages have no grade yet" in seen(judging)
    judging.skip.click()
    assert judging.at == 0
    assert "not relevant" in seen(judging)


def test_a_finished_judging_opens_at_its_end(folder):
    judging = judge(folder, RUNS, depth=1)
    while judging.at < len(judging.pairs):
        judging.buttons[0].click()
    again = judge(folder, RUNS, depth=1)
    assert "Done: all passages are judged." in seen(again)
    assert "To the first without a grade" not in seen(again)
    again.back.click()
    assert "Next" in seen(again)
    assert "Your grade: 0 not relevant" in seen(again)


def test_rankers_ranks_and_scores_are_never_shown(folder):
    judging = judge(folder, RUNS)
    views = []
    while judging.at < len(judging.pairs):
        views.append(seen(judging))
        judging.buttons[1].click()
    for text in [*views, seen(judging), repr(judging)]:
        assert not re.search(r"XY|lexical|neural|123\.|99\.|77\.|55\.|44\.|33\.", text)
        assert "Nobody found this" not in text


def test_markup_in_texts_is_shown_as_text(folder):
    judging = judge(folder, RUNS)
    views = []
    while judging.at < len(judging.pairs):
        views.append(seen(judging))
        judging.skip.click()
    shown = "\n".join(views)
    assert "<b>Refunds &lt;b&gt;</b>\nYou get &lt;script&gt;alert(1)&lt;/script&gt; &amp;" in shown
    assert "a refund &lt;i&gt;" in shown
    assert "<script" not in shown
    assert "<i>" not in shown


def test_a_click_that_cannot_be_stored_says_so_and_stays(folder):
    judging = judge(folder, RUNS)
    (folder / "qrels").write_text("a file where a folder must be")
    judging.buttons[1].click()
    assert "This grade is not stored: " in seen(judging)
    assert judging.at == 0
    assert "0 of 5 judged" in seen(judging)
    (folder / "qrels").unlink()
    judging.buttons[1].click()
    assert "not stored" not in seen(judging)
    assert judging.at == 1


@pytest.mark.slow
def test_a_saved_notebook_keeps_a_sentence_with_the_counts(folder):
    import nbformat
    from nbclient import NotebookClient

    cells = [
        f"from xenc_course import judge\njudging = judge('mine', {RUNS!r})\njudging",
        "judging.buttons[1].click()\nrepr(judging)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, resources={"metadata": {"path": str(folder.parent)}}).execute()
    sentence = (
        "1 of 5 passages for 2 queries of mine are judged; the judgements are in "
        "mine/qrels/test.tsv."
    )
    static, widget = (output["data"] for output in notebook.cells[0].outputs)
    assert static == {"text/plain": sentence, "text/html": f"<p>{sentence}</p>"}
    assert widget.pop("application/vnd.jupyter.widget-view+json")
    assert widget == {"text/plain": ""}
    assert notebook.cells[1].outputs[0]["data"]["text/plain"] == repr(sentence)


def test_a_collection_is_judged_into_a_folder_of_its_own(folder, tmp_path):
    judge(folder, RUNS).buttons[1].click()
    collection = load_collection(folder)
    with pytest.raises(ValueError, match="Where shall the judgements of mine go"):
        judge(collection, RUNS)
    second = judge(collection, RUNS, folder=tmp_path / "second judge")
    assert second.at == 0
    second.buttons[3].click()
    assert len(lines(tmp_path / "second judge")) == len(lines(folder)) == 1


@pytest.mark.parametrize(
    ("runs", "reason"),
    [
        ({"r": {"q7": {"p1": 1.0}}}, "mine has no query 'q7'"),
        ({"r": {"q9": {"p7": 1.0}}}, "mine has no passage 'p7'"),
        ({"r": {"q9": {}}}, "The runs found no passage"),
    ],
)
def test_runs_of_another_collection_are_refused(folder, runs, reason):
    with pytest.raises(ValueError, match=reason):
        judge(folder, runs)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ValueError, match="There is no folder 'nowhere'"):
        judge("nowhere", RUNS)


def test_the_package_imports_without_ipywidgets(folder):
    code = f"""
import sys
sys.modules["ipywidgets"] = None
from xenc_course import judge, pool
pool({RUNS!r})
try:
    judge({str(folder)!r}, {RUNS!r})
except ImportError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "run `pip install ipywidgets`" in done.stdout


@pytest.mark.checkout
def test_the_starter_collection_can_be_loaded_and_judged(tmp_path):
    collection = load_collection(ROOT / "notebooks" / "my_search")
    assert (len(collection.documents), len(collection.queries)) == (12, 5)
    assert set(collection.qrels) == set(collection.queries)
    run = {query: dict.fromkeys(collection.documents, 0.0) for query in collection.queries}
    assert len(judge(collection, {"all": run}, 12, folder=tmp_path).pairs) == 60
