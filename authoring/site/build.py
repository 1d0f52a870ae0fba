"""Build the website and the book with Sphinx."""

from __future__ import annotations

import shutil
from pathlib import Path

from ..notebooks import NOTEBOOKS
from .pages import lay_out
from .settings import Settings, load_settings

BUILD = NOTEBOOKS.parent / "build" / "site"
BUILDERS = ("html", "epub")


def build_site(build: Path = BUILD, settings: Settings | None = None) -> str:
    """Lay out the pages and let Sphinx make the website and an EPUB of them.

    Args:
        build: the folder for the pages and what is made of them.
        settings: of the website; those of `site.toml` when None.

    Returns:
        A sentence that says where they are.

    Raises:
        RuntimeError: Sphinx is not installed, or it warns.
        OSError: a file cannot be read or written.
    """
    try:
        from sphinx.cmd.build import main as sphinx
    except ImportError as error:
        raise RuntimeError(
            "Sphinx is not installed: run `make site`, which installs it."
        ) from error
    shutil.rmtree(build, ignore_errors=True)  # a page that is gone must not stay
    source = build / "source"
    lay_out(source, settings or load_settings())
    for builder in BUILDERS:
        options = ["-q", "-W", "--keep-going", "-b", builder, "-d", str(build / "doctrees")]
        failed = sphinx(
            [*options, "-c", str(Path(__file__).parent), str(source), str(build / builder)]
        )
        if failed:
            raise RuntimeError(
                f"Sphinx could not make the {builder} pages: its messages are above."
            )
    book = next((build / "epub").glob("*.epub"))
    return f"Open {build / 'html' / 'index.html'} in a browser; the book is {book}."
