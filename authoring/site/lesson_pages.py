"""A lesson as a page: its stored outputs, with links to get it and run it."""

from __future__ import annotations

import copy
import re

from nbformat import NotebookNode

from xenc_course.teaching.learner_code import NOT_TRIED

from ..cells import shown_text, title_of
from ..notebooks import WIDGET_VIEW
from .settings import Settings

RUN_IT = "[run it in JupyterLab](../README.md#two-commands)"
HERE = "Here you can read, unfold solutions and take the quiz. To try exercises and hints, "
FOLDED = {"source_hidden": "hide-input", "outputs_hidden": "hide-output"}
# What has no end in HTML must be closed in XHTML.
_NEVER_CLOSED = re.compile(r"""(<(?:br|hr|img|wbr)\b(?:[^>"']|"[^"]*"|'[^']*')*)(?<!/)>""")


def lesson_page(lesson: NotebookNode, name: str, settings: Settings) -> NotebookNode:
    """Copy a lesson for the website: nothing in it is executed again.

    What is folded in JupyterLab is folded there. A widget is left out, because a page has no
    kernel; what it shows without one stays. HTML becomes XHTML, which a book must have.

    Args:
        lesson: with its outputs, in nbformat 4; it is not changed.
        name: such as "01_basics".
        settings: of the website.

    Returns:
        The copy.

    Raises:
        ValueError: the lesson does not begin with its title.
    """
    page = copy.deepcopy(lesson)
    for cell in page.cells:
        hidden = cell.metadata.get("jupyter", {})
        tags = [tag for key, tag in FOLDED.items() if hidden.get(key)]
        if tags:
            cell.metadata["tags"] = [*cell.metadata.get("tags", []), *tags]
        if NOT_TRIED in shown_text(cell):  # an exercise: nobody can try it on a page
            cell.outputs = []
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            data.pop(WIDGET_VIEW, None)
            if "text/html" in data:
                data["text/html"] = _NEVER_CLOSED.sub(r"\1/>", data["text/html"])
    _insert_links(page, name, settings)
    return page


def _insert_links(page: NotebookNode, name: str, settings: Settings) -> None:
    links = [f"{{download}}`Download this lesson <../downloads/{name}.ipynb>`"]
    for service, address in settings.launchers(f"notebooks/{name}.ipynb").items():
        links.append(f"[Open in {service}]({address})")
    title = title_of(page, name)
    rest = page.cells[0].source.partition("\n")[2]
    use = f"{HERE}{RUN_IT}. {settings.get_project()}"
    page.cells[0].source = f"# {name[:2]} · {title}\n\n{' · '.join(links)}\n\n{use}\n{rest}"
