"""Judge in a real JupyterLab: click, press keys, restart the kernel, go on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from .lab import lab, menu, open_notebook, write_notebook

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
CELL = """from xenc_course import judge, load_collection
collection = load_collection("my_search")
run = {q: {d: float(len(d)) for d in collection.documents} for q in collection.queries}
judge("my_search", {"longest name": run}, depth=3)"""


def test_judgements_are_written_at_once_and_outlive_the_kernel(page, picture, tmp_path):
    shutil.copytree(ROOT / "notebooks" / "my_search", tmp_path / "my_search")
    judgements = tmp_path / "my_search" / "qrels" / "test.tsv"
    # Of a pair that is not in the pool, because load_collection needs one judgement.
    judgements.write_text("query-id\tcorpus-id\tscore\nq1\thours\t3\n")
    write_notebook(tmp_path / "judge.ipynb", CELL)
    with lab(tmp_path, "judge.ipynb") as address:
        open_notebook(page, address)
        menu(page, "Run", "Run All Cells")
        page.get_by_text("0 of 15 judged; query 1 of 5").wait_for()
        picture(page, "judging-light")
        page.get_by_role("button", name="2 answers in part").click()
        page.get_by_text("1 of 15 judged").wait_for()
        for count, key in enumerate(("Enter", "Space"), start=2):
            page.get_by_role("button", name="1 on the subject").focus()
            page.keyboard.press(key)
            page.get_by_text(f"{count} of 15 judged").wait_for()
        grades = [line.split("\t")[2] for line in judgements.read_text().splitlines()[2:]]
        assert grades == ["2", "1", "1"]
        page.get_by_role("button", name="Back").click()
        page.get_by_text("3 of 15 judged; query 1 of 5").wait_for()
        menu(page, "Kernel", "Restart Kernel and Run All Cells")
        page.locator(".jp-Dialog button.jp-mod-warn").click()
        page.get_by_text("3 of 15 judged; query 2 of 5").wait_for()
        menu(page, "Settings", "Theme", "JupyterLab Dark")
        page.get_by_role("button", name="Back").click()
        page.get_by_text("Your grade: 1 on the subject").wait_for()
        picture(page, "judging-dark")
        page.get_by_role("button", name="Next").click()
        for count in range(4, 16):
            page.get_by_role("button", name="0 not relevant").click()
            page.get_by_text(f"{count} of 15 judged").wait_for()
        page.get_by_text("Done: all passages are judged.").wait_for()
        picture(page, "judging-done")
