"""Give the code of a lesson other words: names of text and models, and texts of its examples."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator, Mapping

from nbformat import NotebookNode

from ..cells import is_markdown, syntax_tree


def replace_texts(
    lesson: NotebookNode,
    names: Mapping[str, str],
    examples: Mapping[str, str],
    ids: Mapping[str, str],
) -> None:
    """Replace names in the strings of a lesson's code, and examples in its code and its prose.

    Args:
        lesson: it is changed.
        names: of collections and models -> names that take their place. One is replaced where it
            stands as a word of a string, because a sentence such as "Reranking helps on helpdesk"
            has to name the other collection.
        examples: text -> text that takes its place where it is a whole string of the code, or
            stands in the prose.
        ids: likewise, in the code alone.
    """
    renamed, whole = replacing(names), {**ids, **examples}
    for cell in lesson.cells:
        if is_markdown(cell):
            for text, new in examples.items():
                cell.source = cell.source.replace(text, new)
        elif cell.cell_type == "code":
            cell.source = _with_strings(
                cell, lambda text: whole[text] if text in whole else renamed(text)
            )


def replacing(names: Mapping[str, str]) -> Callable[[str], str]:
    """A function that replaces names where they stand as words.

    "wikipedia" is no word of "wikipedia.lance" or "data/wikipedia", and "L12" none of "MiniLM-L12".

    Args:
        names: name -> name that takes its place.
    """
    if not names:
        return lambda text: text
    longest_first = sorted(map(re.escape, names), key=len, reverse=True)
    word = re.compile(rf"(?<![\w./-])(?:{'|'.join(longest_first)})(?![\w/-]|\.\w)")
    return lambda text: word.sub(lambda found: names[found.group()], text)


def strings_of(lesson: NotebookNode) -> list[str]:
    """The strings of a lesson's code, in order, without f-strings."""
    trees = [syntax_tree(cell) for cell in lesson.cells if cell.cell_type == "code"]
    found = [node for tree in trees for node in _strings(tree)]
    return [node.value for node in found if isinstance(node, ast.Constant)]


def _with_strings(cell: NotebookNode, new: Callable[[str], str]) -> str:
    """The code of a cell with each string literal as `new` gives it."""
    code = cell.source.encode()  # the positions of a syntax tree count bytes
    starts = [0]
    for line in code.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    places = [
        (starts[n.lineno - 1] + n.col_offset, starts[n.end_lineno - 1] + n.end_col_offset, n)
        for n in _strings(syntax_tree(cell))
    ]
    for start, end, node in sorted(places, key=lambda place: place[0], reverse=True):
        changed = _literal(node, new)
        if changed is not None:
            code = code[:start] + changed.encode() + code[end:]
    return code.decode()


def _literal(node: ast.Constant | ast.JoinedStr, new: Callable[[str], str]) -> str | None:
    """The source of a string with its text changed; None if it stays as it is."""
    if isinstance(node, ast.Constant):
        text = new(node.value)
        return None if text == node.value else json.dumps(text, ensure_ascii=False)
    parts = [part for part in node.values if isinstance(part, ast.Constant)]
    changed = False
    for part in parts:
        text = new(part.value)
        changed |= text != part.value
        part.value = text
    return ast.unparse(node) if changed else None


def _strings(node: ast.AST) -> Iterator[ast.Constant | ast.JoinedStr]:
    """String literals and f-strings, adjacent ones as one; not what stands inside an f-string."""
    if isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    ):
        yield node
        return
    for child in ast.iter_child_nodes(node):
        yield from _strings(child)
