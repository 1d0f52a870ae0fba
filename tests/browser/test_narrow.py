"""A ranking as a web page on a telephone: its table fits, and is not scrolled sideways.

    build/browser/bin/python tests/browser/narrow.py .venv/bin/python CHROMIUM

For the first program see `judging.py`. The second has the course installed; CHROMIUM is the
browser's program. pytest does not collect this file, because it needs a browser.
"""

from __future__ import annotations

import subprocess
import sys

from playwright.sync_api import sync_playwright

WIDTH = 390  # pixels of a telephone
MAKE = """
from xenc_course import show_ranking
passages = ["word " * 60, "https://example.com/" + "a" * 200, "short"]
print(show_ranking("How long is a passage?", passages, [3, 2, 1])._repr_html_())
"""
WIDTHS = "() => { const d = document.querySelector('div'); return [d.scrollWidth, d.clientWidth]; }"


def main(python: str, chromium: str) -> None:
    """Raise an AssertionError when the table is wider than the page."""
    done = subprocess.run([python, "-c", MAKE], capture_output=True, text=True, check=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": 800})
        page.set_content(done.stdout)
        needed, there = page.evaluate(WIDTHS)
        browser.close()
    assert needed <= there, f"The table takes {needed} of {there} pixels."
    print(f"The table fits into {there} pixels.")


if __name__ == "__main__":
    main(*sys.argv[1:])
