"""Search in a real JupyterLab: type, move the slider, save and export; takes half a minute.

    python -m venv build/browser && build/browser/bin/pip install playwright
    build/browser/bin/python tests/browser/searching.py .venv/bin/jupyter CHROMIUM PICTURES

CHROMIUM is the browser's program, PICTURES a folder for what it shows.

It searches helpdesk, and writes pictures in light and dark. pytest does not collect it, because it
needs a browser.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from lab import in_lab, menu, write_notebook
from playwright.sync_api import Page

NAME = "search.ipynb"
CELL = """from xenc_course import Reranker, bm25_run, load_collection, search_box
desk = load_collection("helpdesk")
passages = desk.passages()
def find(query, k):
    found = bm25_run(passages, {"q": query}, k)["q"]
    return [{"title": desk.titles[d], "text": desk.documents[d]} for d in found]
search_box(find, Reranker(backend="onnx-int8"), query="change password", k=10)"""


def drive(page: Page, address: str, pictures: Path) -> None:
    page.goto(address)
    page.get_by_text("| Idle").wait_for(timeout=60_000)  # before, JupyterLab asks for a kernel
    menu(page, "Run", "Run All Cells")
    page.get_by_text(re.compile("10 passages read; first stage .* reranker .*s")).wait_for()
    assert page.get_by_text("passages read").count() == 1  # the answer stands there once
    page.screenshot(path=pictures / "light.png")
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
    page.set_viewport_size({"width": 800, "height": 800})
    page.wait_for_timeout(1000)
    page.screenshot(path=pictures / "dark.png")
    page.keyboard.press("Control+s")
    page.wait_for_timeout(2000)


def main(jupyter: str, chromium: str, pictures: str) -> None:
    Path(pictures).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        write_notebook(folder / NAME, CELL)
        with in_lab(jupyter, chromium, folder, NAME) as (page, address):
            drive(page, address, Path(pictures))
            export = [jupyter, "nbconvert", "--to", "html", "--stdout", str(folder / NAME)]
            html = subprocess.run(export, capture_output=True, text=True, check=True).stdout
            assert "passages read; first stage" in html, "The export has no answer."
            (folder / "export.html").write_text(html, encoding="utf-8")
            page.goto((folder / "export.html").as_uri())
            page.get_by_text("passages read").wait_for()
            page.screenshot(path=Path(pictures) / "export.png")
    print(f"All is well; look at the pictures in {pictures}.")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
