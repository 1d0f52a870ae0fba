"""What the stored outputs of a notebook cell say, as text without markup."""

from __future__ import annotations

import re
from html import unescape

from nbformat import NotebookNode

_IMAGE = re.compile(r"""<img\b[^>]*\balt=(["'])(.*?)\1[^>]*>""", re.DOTALL)
_ROW = re.compile(r"</tr>|</div>|<br ?/?>")
_COLUMN = re.compile(r"</t[dh]>")
_TAG = re.compile(r"<[^>]+>")


def shown_text(cell: NotebookNode) -> str:
    """Every output of a code cell as text: rows as lines, columns by tabs, images by alt text."""
    return "\n".join(_text(output) for output in cell.get("outputs", []))


def _text(output: NotebookNode) -> str:
    data = output.get("data", {})
    if "text/html" in data:
        return from_html(data["text/html"])
    return output.get("text", "") or data.get("text/plain", "")


def from_html(markup: str) -> str:
    """HTML as lines of text."""
    text = _IMAGE.sub(r" \2 ", markup)
    text = _COLUMN.sub("\t", _ROW.sub("\n", text))
    lines = (" ".join(part.split(" ")) for part in unescape(_TAG.sub("", text)).splitlines())
    return "\n".join(line for line in lines if line.strip())
