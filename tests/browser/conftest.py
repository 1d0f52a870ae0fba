"""A browser for the checks of this folder: `make browser` installs what they need."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium of this machine, or the program that $CHROMIUM names."""
    api = pytest.importorskip("playwright.sync_api", reason="`make browser` installs Playwright")
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), None)
    with api.sync_playwright() as play:
        if program is None and Path(play.chromium.executable_path).is_file():
            program = play.chromium.executable_path  # after `playwright install chromium`
        if program is None:
            pytest.skip("there is no Chromium on this machine: install it, or name it in $CHROMIUM")
        chromium = play.chromium.launch(executable_path=program, args=OPTIONS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1100, "height": 800})
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def picture() -> Callable[[Any, str], None]:
    """Take a picture of a page, into the folder that $XENC_PICTURES names; else nothing."""
    folder = os.environ.get("XENC_PICTURES")

    def take(page: Any, name: str) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"{name}.png")

    return take
