"""Give a lesson other names: of collections, models and the texts of its examples."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterator, Mapping

from nbformat import NotebookNode

from ..cells import is_markdown, syntax_tree

# Since Python 3.12 an f-string is several tokens.
STRINGS = {tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
LONG = 2  # words: shorter texts are names, which prose may use in another sense


def replace_texts(lesson: NotebookNode, wanted: Mapping[str, str]) -> None:
    """Replace texts in the strings of a lesson's code, and those of several words in its prose.

    Args:
        lesson: it is changed.
        wanted: text -> text that takes its place. A string that is the text is replaced; within a
            longer string it is replaced where it stands as a word: a sentence that names a
            collection has to name the other one.
    """
    long = {text: other for text, other in wanted.items() if len(text.split()) >= LONG}
    for cell in lesson.cells:
        if is_markdown(cell):
            for text, other in long.items():
                cell.source = cell.source.replace(text, other)
        elif cell.cell_type == "code":
            cell.source = _within_strings(_with_literals(cell, wanted), wanted)


def _with_literals(cell: NotebookNode, wanted: Mapping[str, str]) -> str:
    code = cell.source.encode()  # the positions of a syntax tree count bytes
    starts = [0]
    for line in code.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found = [
        (
            starts[node.lineno - 1] + node.col_offset,
            starts[node.end_lineno - 1] + node.end_col_offset,
            node.value,
        )
        for node in _literals(syntax_tree(cell))
        if node.value in wanted
    ]
    for start, end, text in sorted(found, reverse=True):
        code = code[:start] + json.dumps(wanted[text], ensure_ascii=False).encode() + code[end:]
    return code.decode()


def _within_strings(code: str, wanted: Mapping[str, str]) -> str:
    """Replace names, texts of one word, inside longer strings, f-strings among them."""
    names = {text: other for text, other in wanted.items() if len(text.split()) < LONG}
    if not names:
        return code
    pattern = re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, names))})(?![\w.-])")
    lines = code.splitlines(keepends=True)
    for token in reversed(list(tokenize.generate_tokens(io.StringIO(code).readline))):
        (row, start), (last, end) = token.start, token.end
        if token.type in STRINGS and row == last:
            line = lines[row - 1]
            text = pattern.sub(lambda match: names[match.group()], line[start:end])
            lines[row - 1] = line[:start] + text + line[end:]
    return "".join(lines)


def _literals(node: ast.AST) -> Iterator[ast.Constant]:
    """String literals, adjacent ones as one, but not the parts of f-strings."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    elif not isinstance(node, ast.JoinedStr):
        for child in ast.iter_child_nodes(node):
            yield from _literals(child)
