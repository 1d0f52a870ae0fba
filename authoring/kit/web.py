"""A notebook as a web page that needs no network."""

from __future__ import annotations

from pathlib import Path

from nbformat import NotebookNode

from xenc_course.files import write_whole


def write_page(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook as one HTML file, whole or not at all.

    Args:
        notebook: as it ran.
        path: the file; its name without the ending is the title.

    Raises:
        OSError: the file cannot be written.
    """
    from nbconvert import HTMLExporter

    # Without these two links the page needs no network: lessons use no formulas.
    exporter = HTMLExporter(require_js_url="", mathjax_url="")
    page, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": path.stem}})
    write_whole(path, page.encode())
