"""A search box in a notebook: a query, a slider for the depth k, the results and what they took."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

from xenc_course.display.arguments import at_least
from xenc_course.display.text_width import escaped, printable, shorten
from xenc_course.files import shown
from xenc_course.scoring.scorers import Scorer, as_scorer, score_pairs
from xenc_course.timing import format_seconds

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

Row = Mapping[str, Any]  # of one passage: "text", and where there is one, "title"
Find = Callable[[str, int], Sequence[Row]]
SHOWN_WIDTH = 240  # columns of a passage
ERROR_WIDTH = 400  # columns of an error: LanceDB's can fill a page
BOX = '<div dir="auto" style="max-width: 80ch; line-height: 1.5; overflow-wrap: anywhere">{}</div>'
HIT = (
    '<li style="margin: 0.4em 0"><b>{title}</b> <span style="opacity: 0.8">{score}, {move}</span>'
    "<br>{text}</li>"
)


def search_box(
    find: Find,
    scorer: str | PathLike | CrossEncoder | Scorer,
    *,
    query: str = "",
    k: int = 20,
    largest: int = 100,
    n_shown: int = 5,
) -> SearchBox:
    """Search with a box and a slider; make it the last line of a cell.

    A new query or another k searches and reads at once, and says how long each took on this
    machine. The answer stands below the widget as plain HTML, so a saved or exported notebook keeps
    the last one.

    Args:
        find: a first stage: (query, k) -> at most k rows, best first, each with a "text" and
            perhaps a "title".
        scorer: what `score_pairs` takes, such as a `Reranker` or a model's name.
        query: what is searched at first; nothing when empty.
        k: how many passages the scorer reads at first.
        largest: the largest k of the slider.
        n_shown: how many results are shown.

    Returns:
        The widget.

    Raises:
        TypeError: a number is no whole one, or the scorer scores no pairs.
        ValueError: k is not between 1 and `largest`, or a number is below 1; and what `Reranker`
            raises.
        ImportError: ipywidgets is not installed.
    """
    largest, n_shown = at_least("largest", largest, 1), at_least("n_shown", n_shown, 1)
    k = at_least("k", k, 1, largest)
    return SearchBox(find, as_scorer(scorer), query, k, largest, n_shown)


class SearchBox:
    """A query, a slider, results and their times; see `search_box`.

    Attributes:
        text: the field for the query.
        slider: the depth k.
        answer: the results as HTML.
        seconds: what the last search took: "first stage" and "reranker"; empty where it
            failed or there was no query.
    """

    def __init__(
        self, find: Find, scorer: Scorer, query: str, k: int, largest: int, n_shown: int
    ) -> None:
        """Make the widgets and give the first answer.

        Raises:
            ImportError: ipywidgets is not installed.
        """
        try:
            from ipywidgets import IntSlider, Layout, Text, VBox
        except ImportError as error:
            raise ImportError(
                "The search box needs ipywidgets, which is not installed: "
                "run `pip install ipywidgets`."
            ) from error
        self._find, self._scorer, self._n_shown = find, scorer, n_shown
        self.seconds: dict[str, float] = {}
        wide = Layout(width="auto", max_width="80ch")
        self.text = Text(
            value=query, description="Query", placeholder="a query, then Enter", layout=wide,
            continuous_update=False,
        )  # fmt: skip
        self.slider = IntSlider(
            value=k, min=1, max=largest, description="k", continuous_update=False, layout=wide
        )
        self._shown: Any = None  # a handle of what IPython shows, once it is shown
        self.text.observe(lambda _: self._search(), "value")
        self.slider.observe(lambda _: self._search(), "value")
        self._box = VBox([self.text, self.slider], layout=Layout(max_width="100%"))
        self._search()

    def __repr__(self) -> str:
        """The query, the depth and the titles of the results."""
        return self._plain

    def _ipython_display_(self) -> None:
        """Show the widget, and below it the answer, which changes with every search."""
        from IPython.display import display

        display({**self._box._repr_mimebundle_(), "text/plain": ""}, raw=True)
        self._shown = display(self._static(), raw=True, display_id=True)

    def _static(self) -> dict[str, str]:
        return {"text/plain": self._plain, "text/html": self.answer}

    def _search(self) -> None:
        query, k = self.text.value.strip(), self.slider.value
        self.seconds = {}  # of this search, also where it fails
        try:
            self._plain, self.answer = self._answered(query, k)
        except Exception as error:  # a callback's exception would be seen by nobody
            sentence = shorten(f"This search failed: {type(error).__name__}: {error}", ERROR_WIDTH)
            self._plain, self.answer = sentence, BOX.format(escaped(sentence))
        if self._shown:
            self._shown.update(self._static(), raw=True)

    def _answered(self, query: str, k: int) -> tuple[str, str]:
        """The answer as plain text and as HTML."""
        if not query:
            sentence = "Type a query and press Enter."
            return sentence, BOX.format(sentence)
        started = time.perf_counter()
        rows = list(self._find(query, k))[:k]
        found = time.perf_counter()
        scores = score_pairs(self._scorer, [(query, _text(row)) for row in rows])
        read = time.perf_counter()
        self.seconds = {"first stage": found - started, "reranker": read - found}
        if not rows:
            sentence = f"Nothing was found for “{query}”: try other words."
            return printable(sentence), BOX.format(escaped(sentence))
        order = sorted(range(len(rows)), key=lambda place: -float(scores[place]))[: self._n_shown]
        took = ", ".join(f"{what} {format_seconds(s)}" for what, s in self.seconds.items())
        head = f"“{query}”: {len(rows)} {'passage' if len(rows) == 1 else 'passages'} read; {took}."
        hits = [_hit(rows[place], float(scores[place]), place + 1) for place in order]
        items = "".join(HIT.format(**{name: escaped(v) for name, v in hit.items()}) for hit in hits)
        plain = [f"{n}. {hit['title'] or hit['text']}" for n, hit in enumerate(hits, start=1)]
        return (
            printable("\n".join([f"Query: {query}", *plain])),
            BOX.format(f"<p>{escaped(head)}</p><ol>{items}</ol>"),
        )


def _text(row: Row) -> str:
    if not isinstance(row, Mapping) or not isinstance(row.get("text"), str):
        raise TypeError(f"A row is {shown(row)}: give rows with a 'text'.")
    return row["text"]


def _hit(row: Row, score: float, found_at: int) -> dict[str, str]:
    return {
        "title": str(row.get("title") or ""),
        "score": f"score {score:+.2f}",
        "move": f"found at {found_at}",
        "text": shorten(row["text"], SHOWN_WIDTH),
    }
