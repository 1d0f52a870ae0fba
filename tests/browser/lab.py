"""A real JupyterLab, and what a learner does in it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

START = 120  # seconds until JupyterLab answers
JUPYTER = Path(sys.executable).with_name("jupyter")
# Otherwise JupyterLab takes cells that are out of sight out of the page, too.
TRACKER = "JUPYTERLAB_SETTINGS_DIR/@jupyterlab/notebook-extension/tracker.jupyterlab-settings"


def write_notebook(path: Path, source: str) -> None:
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": source, "outputs": []}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"cells": [cell | {"execution_count": None}], "metadata": {"kernelspec": kernel}}
    path.write_text(json.dumps(notebook | {"nbformat": 4, "nbformat_minor": 5}))


@contextmanager
def lab(folder: Path, notebook: str) -> Iterator[str]:
    """The address of a notebook in a JupyterLab that has settings of its own and ends with this."""
    names = ("JUPYTER_CONFIG_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
    own = {name: str(folder / "lab" / name) for name in names}
    tracker = folder / "lab" / TRACKER
    tracker.parent.mkdir(parents=True)
    tracker.write_text(json.dumps({"windowingMode": "none"}))
    options = ["--no-browser", "--allow-root", "--port=0", f"--ServerApp.root_dir={folder}"]
    log = folder / "lab" / "log.txt"
    with log.open("w") as stderr:  # a pipe that nobody reads would stop the server once it is full
        server = subprocess.Popen(
            [str(JUPYTER), "lab", *options],
            env=os.environ | own,
            stderr=stderr,
            start_new_session=True,
        )
    try:
        yield _address(server, log, notebook)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def open_notebook(page: Any, address: str) -> None:
    page.goto(address)
    page.get_by_text("| Idle").wait_for()  # before, JupyterLab asks for a kernel


def menu(page: Any, *names: str) -> None:
    page.get_by_role("menuitem", name=names[0], exact=True).click()
    for name in names[1:-1]:
        page.get_by_text(name, exact=True).hover()
    page.get_by_text(re.compile(f"^{re.escape(names[-1])}…?$")).click()


def run_cell(page: Any, cell: Any, source: str) -> None:
    """Write other code into a cell, and run it."""
    cell.locator(".cm-content").first.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(source)
    page.keyboard.press("Control+Enter")


def _address(server: subprocess.Popen, log: Path, notebook: str) -> str:
    deadline = time.monotonic() + START
    while time.monotonic() < deadline and server.poll() is None:
        if found := re.search(r"http://127\.0\.0\.1:(\d+)/lab\?(token=\w+)", log.read_text()):
            return f"http://127.0.0.1:{found[1]}/lab/tree/{notebook}?{found[2]}"
        time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start: {log.read_text()[-500:]}")
