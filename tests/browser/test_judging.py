"""Judge in a real JupyterLab: click, restart the kernel, go on; takes half a minute.

    python -m venv build/browser && build/browser/bin/pip install playwright
    build/browser/bin/python tests/browser/judging.py .venv/bin/jupyter CHROMIUM PICTURES

CHROMIUM is the browser's program, PICTURES a folder for what it shows.

It judges a copy of `notebooks/my_search`, and writes pictures in light and dark. pytest does not
collect it, because it needs a browser.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from lab import in_lab, menu, write_notebook
from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
CELL = """from xenc_course import judge, load_collection
collection = load_collection("my_search")
run = {q: {d: float(len(d)) for d in collection.documents} for q in collection.queries}
judge("my_search", {"longest name": run}, depth=3)"""
NAME = "judge.ipynb"


def drive(page: Page, address: str, judgements: Path, pictures: Path) -> None:
    page.goto(address)
    page.get_by_text("| Idle").wait_for(timeout=60_000)  # before, JupyterLab asks for a kernel
    menu(page, "Run", "Run All Cells")
    page.get_by_text("0 of 15 judged; query 1 of 5").wait_for(timeout=60_000)
    page.screenshot(path=pictures / "light.png")
    page.get_by_role("button", name="2 answers in part").click()
    page.get_by_text("1 of 15 judged").wait_for()
    for count, key in enumerate(("Enter", "Space"), start=2):
        page.get_by_role("button", name="1 on the subject").focus()
        page.keyboard.press(key)
        page.get_by_text(f"{count} of 15 judged").wait_for()
    grades = [line.split("\t")[2] for line in judgements.read_text().splitlines()[2:]]
    assert grades == ["2", "1", "1"], grades
    page.get_by_role("button", name="Back").click()
    page.get_by_text("3 of 15 judged; query 1 of 5").wait_for()
    menu(page, "Kernel", "Restart Kernel and Run All Cells")
    page.locator(".jp-Dialog button.jp-mod-warn").click()
    page.get_by_text("3 of 15 judged; query 2 of 5").wait_for(timeout=60_000)
    menu(page, "Settings", "Theme", "JupyterLab Dark")
    page.get_by_role("button", name="Back").click()
    page.get_by_text("Your grade: 1 on the subject").wait_for()
    page.set_viewport_size({"width": 800, "height": 800})
    page.wait_for_timeout(1000)
    page.get_by_text("3 of 15 passages").scroll_into_view_if_needed()
    page.screenshot(path=pictures / "dark.png")
    page.get_by_role("button", name="Next").click()
    for count in range(4, 16):
        page.get_by_role("button", name="0 not relevant").click()
        page.get_by_text(f"{count} of 15 judged").wait_for()
    page.get_by_text("Done: all passages are judged.").wait_for()
    page.screenshot(path=pictures / "done.png")


def main(jupyter: str, chromium: str, pictures: str) -> None:
    Path(pictures).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        shutil.copytree(ROOT / "notebooks" / "my_search", folder / "my_search")
        judgements = folder / "my_search" / "qrels" / "test.tsv"
        # Of a pair that is not in the pool, because load_collection needs one judgement.
        judgements.write_text("query-id\tcorpus-id\tscore\nq1\thours\t3\n")
        write_notebook(folder / NAME, CELL)
        with in_lab(jupyter, chromium, folder, NAME) as (page, address):
            drive(page, address, judgements, Path(pictures))
    print(f"All is well; look at the pictures in {pictures}.")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
