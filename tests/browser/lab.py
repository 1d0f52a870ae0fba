"""A real JupyterLab and a browser in front of it, for the checks of this folder."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def write_notebook(path: Path, source: str) -> None:
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": source, "outputs": []}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"cells": [cell | {"execution_count": None}], "metadata": {"kernelspec": kernel}}
    path.write_text(json.dumps(notebook | {"nbformat": 4, "nbformat_minor": 5}))


@contextmanager
def in_lab(jupyter: str, chromium: str, folder: Path, notebook: str) -> Iterator[tuple[Page, str]]:
    """A page of a browser, and the address of a notebook in a JupyterLab that ends with it."""
    server, address = start_lab(jupyter, folder, notebook)
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=chromium, args=OPTIONS)
            page = browser.new_page(viewport={"width": 1100, "height": 800})
            page.set_default_timeout(60_000)
            yield page, address
            browser.close()
    finally:
        os.killpg(server.pid, signal.SIGTERM)


def start_lab(jupyter: str, folder: Path, notebook: str) -> tuple[subprocess.Popen, str]:
    """A server of its own settings, and the notebook's address with the token."""
    names = ("JUPYTER_CONFIG_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
    own = {name: str(folder / "lab" / name) for name in names}
    options = ["--no-browser", "--allow-root", "--port=0", f"--ServerApp.root_dir={folder}"]
    server = subprocess.Popen(
        [str(Path(jupyter).absolute()), "lab", *options],
        env=os.environ | own,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    for line in server.stderr:
        if found := re.search(r"http://127\.0\.0\.1:(\d+)/lab\?(token=\w+)", line):
            return server, f"http://127.0.0.1:{found[1]}/lab/tree/{notebook}?{found[2]}"
    raise RuntimeError("JupyterLab did not start.")


def menu(page: Page, *names: str) -> None:
    page.get_by_role("menuitem", name=names[0], exact=True).click()
    for name in names[1:-1]:
        page.get_by_text(name, exact=True).hover()
    page.get_by_text(re.compile(f"^{re.escape(names[-1])}…?$")).click()
