"""Build the website and the book with Sphinx, and put slides beside the website's pages."""

from __future__ import annotations

import tempfile
from pathlib import Path

from xenc_course.files import appears_whole

from ..kit.slides import put_slides
from ..notebooks import NOTEBOOKS
from .pages import lay_out
from .settings import Settings, load_settings

SITE = NOTEBOOKS.parent / "build" / "site"
BUILDERS = ("html", "epub")


def build_site(site: Path = SITE, settings: Settings | None = None) -> str:
    """Lay out the pages, let Sphinx make the website and an EPUB of them, and add the slides.

    They take the place of an older website when they are whole.

    Args:
        site: the folder that gets `html/` and `epub/`; whatever else it holds is removed.
        settings: of the website; those of `site.toml` when None.

    Returns:
        Where they are, and what readers will miss in them.

    Raises:
        RuntimeError: Sphinx or reveal.js is not installed, or Sphinx warns; the old website stays.
        ValueError: a setting is wrong, or a lesson has no title.
        OSError: a file cannot be read or written.
    """
    try:
        from sphinx.cmd.build import main as sphinx
    except ImportError as error:
        raise RuntimeError(
            "Sphinx is not installed: run `make site`, which installs it."
        ) from error
    settings = settings or load_settings()
    site.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, appears_whole(site) as made:
        source = Path(scratch, "source")
        lay_out(source, settings)
        for builder in BUILDERS:
            options = ["-q", "-W", "--keep-going", "-b", builder, "-d", f"{scratch}/doctrees"]
            if sphinx([*options, str(source), str(made / builder)]):
                raise RuntimeError(
                    f"Sphinx could not make the {builder} pages: its messages are above."
                )
        put_slides(made / "html" / "slides")
    book = next((site / "epub").glob("*.epub"))
    said = f"Open {site / 'html' / 'index.html'} in a browser; the book is {book}."
    return "\n".join(filter(None, (said, settings.advice())))
