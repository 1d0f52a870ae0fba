"""Reading the cells of a lesson: code as Python, prose without code, and what outputs say."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from html import unescape

from nbformat import NotebookNode

OPENING_LISTS = ("What you'll do", "What you'll learn", "What you'll need")
# The heading of an exercise: its number, task, minutes and level.
EXERCISE = re.compile(
    r"^### Exercise (?P<number>\d+): (?P<task>\S.*) · (?P<minutes>\d+) min\w*"
    r" · (?P<level>easy|medium|hard)\s*$",
    re.MULTILINE,
)
MARKER = re.compile(r"^\s*#.*\b(NBVAL_\w+)", re.MULTILINE)
CODE_IN_PROSE = re.compile(r"^```.*?^```|`[^`]+`", re.MULTILINE | re.DOTALL)

_IMAGE = re.compile(r"""<img\b[^>]*\balt=(["'])(.*?)\1[^>]*>""", re.DOTALL)
_ROW = re.compile(r"</tr>|</div>|<br ?/?>")
_COLUMN = re.compile(r"</t[dh]>")
_TAG = re.compile(r"<[^>]+>")

Numbered = tuple[int, NotebookNode]  # a cell and its place in the notebook, counted from 1


def part_of(cells: list[Numbered], title: str) -> list[Numbered]:
    """Find a section: the cells from the one that holds '## title' up to the next section.

    Args:
        cells: of a lesson.
        title: of the section.

    Returns:
        Its cells; none if there is no such section.
    """
    inside = False
    part = []
    for number, cell in cells:
        if is_markdown(cell) and (found := re.findall(r"^## (.*)$", cell.source, re.MULTILINE)):
            inside = any(heading.strip() == title for heading in found)
        if inside:
            part.append((number, cell))
    return part


def title_of(lesson: NotebookNode, name: str) -> str:
    """The title of a lesson: the heading that its first cell begins with.

    Raises:
        ValueError: it does not begin with one; `name` is in the message.
    """
    first = lesson.cells[0] if lesson.cells else None
    if first is None or not is_markdown(first) or not first.source.startswith("# "):
        raise ValueError(f"{name} must begin with its title: a first cell with '# ' and a title.")
    return first.source.partition("\n")[0].removeprefix("# ").strip()


def code_cells(cells: list[Numbered]) -> list[Numbered]:
    """The code cells that are not empty."""
    return [(n, cell) for n, cell in cells if cell.cell_type == "code" and cell.source.strip()]


def cells_before_code(cells: list[Numbered]) -> int:
    """How many cells come before the first code cell that is not empty."""
    code = code_cells(cells)
    return code[0][0] - 1 if code else len(cells)


def minutes_of_exercises(prose: str) -> int:
    """The minutes of all exercises whose headings stand in a text."""
    return sum(int(match["minutes"]) for match in EXERCISE.finditer(prose))


def is_markdown(cell: NotebookNode) -> bool:
    """Whether a cell is prose."""
    return cell.cell_type == "markdown"


def has_tag(cell: NotebookNode, tag: str) -> bool:
    """Whether a cell carries a tag."""
    return tag in cell.metadata.get("tags", [])


def may_raise(cell: NotebookNode) -> bool:
    """Whether a cell is marked as one that ends in an error on purpose."""
    tags = ("raises-exception", "nbval-raises-exception")
    return any(has_tag(cell, t) for t in tags) or "NBVAL_RAISES_EXCEPTION" in cell.source


def nbval_markers(cell: NotebookNode) -> set[str]:
    """A cell's tags, and its comments for nbval spelt as tags, such as "nbval-ignore-output"."""
    markers = {match.lower().replace("_", "-") for match in MARKER.findall(cell.source)}
    return markers | set(cell.metadata.get("tags", []))


def without_code(markdown: str) -> str:
    """Markdown without code spans and fenced code."""
    return CODE_IN_PROSE.sub("", markdown)


def outside_code(markdown: str, change: Callable[[str], str]) -> str:
    """Change markdown, and leave its code spans and fenced code as they are.

    Args:
        markdown: the text.
        change: is given each part that is not code, and returns what takes its place.
    """
    parts, end = [], 0
    for code in CODE_IN_PROSE.finditer(markdown):
        parts += [change(markdown[end : code.start()]), code.group()]
        end = code.end()
    return "".join([*parts, change(markdown[end:])])


def blocks_of(markdown: str) -> list[str]:
    """Divide a text at its empty lines, but not within fenced code."""
    blocks, fenced = [""], False
    for line in markdown.splitlines():
        fenced ^= line.startswith("```")
        if line.strip() or fenced:
            blocks[-1] += f"{line}\n"
        elif blocks[-1]:
            blocks.append("")
    return [block.rstrip() for block in blocks if block]


def straight_quotes(markdown: str) -> str:
    """Markdown with every typographic apostrophe as a straight one."""
    return markdown.replace("\u2019", "'")


def running_text(markdown: str) -> str:
    """Markdown without headings, tables and fenced code: the words that are read in sentences."""
    text = re.sub(r"^```.*?^```", "", markdown, flags=re.MULTILINE | re.DOTALL)
    return "\n".join(line for line in text.splitlines() if not re.match(r"\s*(\||#)", line))


def syntax_tree(cell: NotebookNode) -> ast.Module:
    """Parse the code of a cell; lines for IPython (`%magic`, `!shell`) become `pass`.

    Raises:
        SyntaxError: the code is not Python.
    """
    return ast.parse(re.sub(r"^(\s*)[%!].*$", r"\1pass", cell.source, flags=re.MULTILINE))


def has_imports(cell: NotebookNode) -> bool:
    """Whether a cell imports something."""
    return any(
        isinstance(node, (ast.Import, ast.ImportFrom)) for node in ast.walk(syntax_tree(cell))
    )


def shows_something(cell: NotebookNode) -> bool:
    """Whether a cell would have an output when it runs."""
    body = syntax_tree(cell).body
    if cell.source.rstrip().endswith(";"):
        body = body[:-1]
    elif body and isinstance(body[-1], ast.Expr):
        return True
    # A function prints only when it is called, and this cell may not call it.
    running = [s for s in body if not isinstance(s, (ast.FunctionDef, ast.ClassDef))]
    calls = (n.func for s in running for n in ast.walk(s) if isinstance(n, ast.Call))
    return any(isinstance(f, ast.Name) and f.id in ("print", "display") for f in calls)


def defines_only(cell: NotebookNode) -> bool:
    """Whether a cell holds functions and classes and nothing else: something worth reading."""
    body = syntax_tree(cell).body
    return all(isinstance(node, (ast.FunctionDef, ast.ClassDef)) for node in body)


def shown_markup(cell: NotebookNode) -> str:
    """All text and markup of the cell's stored outputs, as one text."""
    texts = []
    for output in cell.outputs:
        texts.append(output.get("text", ""))
        texts += [value for value in output.get("data", {}).values() if isinstance(value, str)]
    return "\n".join(texts)


def shown_text(cell: NotebookNode) -> str:
    """Every output of a code cell as text; see `from_html` for tables and images."""
    return "\n".join(_text(output) for output in cell.get("outputs", []))


def _text(output: NotebookNode) -> str:
    data = output.get("data", {})
    if "text/html" in data:
        return from_html(data["text/html"])
    return output.get("text", "") or data.get("text/plain", "")


def from_html(markup: str) -> str:
    """HTML as lines of text: one line per row, tabs between columns, and alt text for images."""
    text = _IMAGE.sub(r" \2 ", markup)
    text = _COLUMN.sub("\t", _ROW.sub("\n", text))
    lines = unescape(_TAG.sub("", text)).splitlines()
    return "\n".join(line for line in lines if line.strip())
