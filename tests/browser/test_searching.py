"""Search in a real JupyterLab: type, move the slider, save and export."""

from __future__ import annotations

import re
import subprocess

import pytest

from .lab import JUPYTER, lab, menu, open_notebook, write_notebook

pytestmark = [pytest.mark.slow, pytest.mark.models]

CELL = """from xenc_course import Reranker, bm25_run, load_collection, search_box
desk = load_collection("helpdesk")
passages = desk.passages()
def find(query, k):
    found = bm25_run(passages, {"q": query}, k)["q"]
    return [{"title": desk.titles[d], "text": desk.documents[d]} for d in found]
search_box(find, Reranker(backend="onnx-int8"), query="change password", k=10)"""


def test_the_search_box_searches_reads_deeper_and_keeps_its_answer_in_an_export(
    page, picture, tmp_path
):
    notebook = tmp_path / "search.ipynb"
    write_notebook(notebook, CELL)
    with lab(tmp_path, notebook.name) as address:
        open_notebook(page, address)
        menu(page, "Run", "Run All Cells")
        page.get_by_text(re.compile("10 passages read; first stage .* reranker .*s")).wait_for()
        assert page.get_by_text("passages read").count() == 1  # the answer stands there once
        picture(page, "search-light")
        field = page.get_by_placeholder("a query, then Enter")
        field.fill("how long does a refund take")
        field.press("Enter")
        page.get_by_text("How long a refund takes").first.wait_for()
        handle = page.locator(".widget-slider .noUi-handle")
        handle.focus()
        for _ in range(3):
            handle.press("ArrowRight")
        page.get_by_text("13 passages read").wait_for()
        field.fill("zzz")
        field.press("Enter")
        page.get_by_text("Nothing was found for").wait_for()
        field.fill("<b>refund</b>")
        field.press("Enter")
        page.get_by_text("passages read").wait_for()
        menu(page, "Settings", "Theme", "JupyterLab Dark")
        picture(page, "search-dark")
        saved = notebook.stat().st_mtime_ns
        page.keyboard.press("Control+s")
        for _ in range(300):
            if notebook.stat().st_mtime_ns != saved:
                break
            page.wait_for_timeout(100)
    export = [str(JUPYTER), "nbconvert", "--to", "html", "--stdout", str(notebook)]
    html = subprocess.run(export, capture_output=True, text=True, check=True).stdout
    assert "passages read; first stage" in html
    (tmp_path / "export.html").write_text(html, encoding="utf-8")
    page.goto((tmp_path / "export.html").as_uri())
    page.get_by_text("passages read").wait_for()
    picture(page, "search-export")
