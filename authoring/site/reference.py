"""The reference: a page for each wing of the package, from the docstrings of its public names."""

from __future__ import annotations

import ast
import inspect
from collections import defaultdict
from importlib import import_module
from pathlib import Path

import xenc_course

GENERAL = "general"  # modules that stand beside the wings
INTRODUCTION = """\
# Reference

What `from xenc_course import …` offers, by the part of the package that it comes from.
"""


def reference_pages() -> dict[str, str]:
    """Write the pages: path on the website -> Markdown. Each public name stands on one page.

    A name that holds data has no docstring, so only its type is told.
    """
    wings: dict[str, list[str]] = defaultdict(list)
    for name, module in sorted(public_modules().items(), key=lambda item: item[0].lower()):
        wing, _, rest = module.partition(".")
        wings[wing if rest else GENERAL].append(name)
    pages = {f"api/{wing}.md": _page(wing, names) for wing, names in wings.items()}
    contents = ["```{toctree}", ":maxdepth: 2", "", *sorted(wings), "```", ""]
    return {"api/index.md": "\n".join([INTRODUCTION, *contents]), **pages}


def public_modules() -> dict[str, str]:
    """Where each public name is defined: name -> module, such as "scoring.reranker"."""
    stub = Path(xenc_course.__file__).with_name("__init__.pyi")
    return {
        alias.name: node.module or ""
        for node in ast.parse(stub.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def _page(wing: str, names: list[str]) -> str:
    lines = [f"# {wing}", ""]
    if wing != GENERAL:
        lines += [inspect.getdoc(import_module(f"xenc_course.{wing}")) or "", ""]
    for name in names:
        lines += [f"## {name}", "", "```{eval-rst}", *_directive(name), "```", ""]
    return "\n".join(lines)


def _directive(name: str) -> list[str]:
    found = getattr(xenc_course, name)
    if inspect.isclass(found):
        return [f".. autoclass:: xenc_course.{name}", "   :members:"]
    if inspect.isfunction(found):
        return [f".. autofunction:: xenc_course.{name}"]
    return [f".. py:data:: xenc_course.{name}", f"   :type: {type(found).__name__}"]
