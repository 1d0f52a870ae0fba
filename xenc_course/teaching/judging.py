"""Judge the passages that rankers found, in a notebook, without seeing which ranker found them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xenc_course.display.text_width import escaped, printable
from xenc_course.retrieval.runs import Run
from xenc_course.text.beir import read_texts
from xenc_course.text.collection import Collection

from .judgements import GRADES, Judgements, pool

Pair = tuple[str, str]  # the ids of a query and of a document

# Text takes its colours from the theme. Passages of usual length leave the buttons in place.
QUERY = '<div dir="auto" style="font-size: 1.15em; line-height: 1.4; max-width: 70ch">{}</div>'
PASSAGE = (
    '<div dir="auto" tabindex="0" role="region" aria-label="Passage" style="box-sizing: border-box;'
    " border-left: 3px solid; padding: 0.2em 0.8em; line-height: 1.5; max-width: 70ch;"
    " min-height: 12em; max-height: 40em; overflow: auto; overflow-wrap: anywhere;"
    ' white-space: pre-wrap">{}</div>'
)
LINE = '<div style="line-height: 1.5; max-width: 70ch; overflow-wrap: anywhere">{}</div>'


def judge(
    source: Collection | str | Path,
    runs: Mapping[str, Run],
    depth: int = 10,
    *,
    folder: str | Path | None = None,
    seed: int = 0,
) -> Judging:
    """Judge the best passages of several rankers with buttons; make it the last line of a cell.

    Each click is stored at once in `<folder>/qrels/test.tsv`. Run the cell again, also on another
    day, and it goes on at the first passage without a grade. Grades that are in the file, of these
    passages or others, are kept.

    Args:
        source: a folder in BEIR layout, whose file of judgements may be missing, or a collection.
        runs: the name of a ranker -> its run. Names, ranks and scores are never shown.
        depth: how many of the best passages each ranker gives per query.
        folder: where the judgements go; the folder of `source` by default.
        seed: of the order of the passages of a query.

    Returns:
        The widget.

    Raises:
        TypeError: `runs` does not map names to runs.
        ValueError: `source` is no folder, or a collection without `folder`; a run has a query or
            document that the source does not have; the runs hold nothing; a file has another form.
        FileNotFoundError: the folder has no `corpus.jsonl` or no `queries.jsonl`.
        ImportError: ipywidgets is not installed.
    """
    collection, folder = _opened(source, folder)
    pooled = pool(runs, depth, seed)
    pairs = [(query, document) for query in pooled for document in pooled[query]]
    for query, document in pairs:
        if query not in collection.queries:
            raise ValueError(f"{collection.name} has no query {query!r}: make the runs with it.")
        if document not in collection.documents:
            raise ValueError(
                f"{collection.name} has no passage {document!r}: make the runs with it."
            )
    if not pairs:
        raise ValueError("The runs found no passage: there is nothing to judge.")
    place = {query: number for number, query in enumerate(collection.queries)}
    pairs.sort(key=lambda pair: place[pair[0]])
    return Judging(collection, pairs, Judgements(folder), Path(folder, "qrels"))


class Judging:
    """A query, a passage, and buttons for its grade; see `judge`.

    Attributes:
        pairs: (query id, document id), in the order in which they are shown.
        at: which of the pairs is shown; their number at the end.
        judgements: the grades and their file.
        buttons: one per grade, in the order of the grades.
        back: the button to the pair before.
        skip: the button to a later pair; at the end, to the first pair without a grade.
    """

    def __init__(
        self, collection: Collection, pairs: list[Pair], judgements: Judgements, shown_folder: Path
    ) -> None:
        """Show the first pair without a grade.

        Args:
            collection: the texts.
            pairs: what is to be judged, query by query.
            judgements: where the grades go.
            shown_folder: how messages name the folder of the file.

        Raises:
            ImportError: ipywidgets is not installed.
        """
        try:
            from ipywidgets import HTML, Button, HBox, Layout, VBox
        except ImportError as error:
            raise ImportError(
                "The judging widget needs ipywidgets, which is not installed: "
                "run `pip install ipywidgets`."
            ) from error
        self.collection, self.pairs, self.judgements = collection, pairs, judgements
        self._file = shown_folder / judgements.path.name
        self._queries = list(dict.fromkeys(query for query, _ in pairs))
        self._error = ""
        self._sentence: Any = None  # a handle of what IPython shows, once it is shown
        self._progress, self._query, self._passage, self._note = HTML(), HTML(), HTML(), HTML()
        auto = Layout(width="auto")
        self.buttons = [Button(description=f"{g} {GRADES[g]}", layout=auto) for g in GRADES]
        self.back = Button(description="Back", icon="arrow-left", layout=auto)
        # A layout of its own, because this button is hidden at times.
        self.skip = Button(icon="arrow-right", layout=Layout(width="auto"))
        for grade, button in zip(GRADES, self.buttons, strict=True):
            button.on_click(lambda _, grade=grade: self._give(grade))
        self.back.on_click(lambda _: self._go(self.at - 1))
        self.skip.on_click(lambda _: self._go(self._next()))
        self._grade_row = HBox(self.buttons, layout=Layout(flex_flow="row wrap"))
        moves = HBox([self.back, self.skip], layout=Layout(flex_flow="row wrap"))
        parts = [self._progress, self._query, self._passage, self._grade_row, moves, self._note]
        self._box = VBox(parts, layout=Layout(max_width="100%"))
        self._go(self._unjudged_from(0))

    def __repr__(self) -> str:
        """How far the judging is."""
        return printable(
            f"{self._n_judged()} of {len(self.pairs)} passages for {len(self._queries)} queries of "
            f"{self.collection.name} are judged; the judgements are in {self._file.as_posix()}."
        )

    def _ipython_display_(self) -> None:
        """Show how far the judging is, which a saved notebook keeps, and below it the widget."""
        from IPython.display import display

        self._sentence = display(self._static(), raw=True, display_id=True)
        display({**self._box._repr_mimebundle_(), "text/plain": ""}, raw=True)

    def _static(self) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": f"<p>{escaped(repr(self))}</p>"}

    def _give(self, grade: int) -> None:
        try:
            self.judgements.set(*self.pairs[self.at], grade)
        except (OSError, ValueError) as error:  # a callback's exception would be seen by nobody
            self._error = f"This grade is not stored: {error}"
            self._show()
        else:
            self._go(self._unjudged_from(self.at + 1))

    def _go(self, place: int) -> None:
        self.at, self._error = place, ""
        self._show()

    def _next(self) -> int:
        """Where the button beside Back leads."""
        if self.at == len(self.pairs):
            return self._unjudged_from(0)
        judged = self.judgements.grade(*self.pairs[self.at]) is not None
        return self.at + 1 if judged else self._unjudged_from(self.at + 1)

    def _unjudged_from(self, start: int) -> int:
        """The first place from `start` on whose pair has no grade; the end if there is none."""
        places = range(start, len(self.pairs))
        open_ones = (i for i in places if self.judgements.grade(*self.pairs[i]) is None)
        return next(open_ones, len(self.pairs))

    def _n_judged(self) -> int:
        return sum(self.judgements.grade(*pair) is not None for pair in self.pairs)

    def _show(self) -> None:
        n_judged, n_pairs = self._n_judged(), len(self.pairs)
        progress = f"{n_judged} of {n_pairs} judged"
        at_end = self.at == n_pairs
        grade = None
        if at_end:
            self._query.value = QUERY.format(escaped(self._last_words(n_pairs - n_judged)))
            self.skip.description = "To the first without a grade"
        else:
            query, document = self.pairs[self.at]
            grade = self.judgements.grade(query, document)
            progress += f"; query {self._queries.index(query) + 1} of {len(self._queries)}"
            text = escaped(self.collection.queries[query])
            self._query.value = QUERY.format(f"Query: <b>{text}</b>")
            self._passage.value = PASSAGE.format(_passage(self.collection, document))
            self.skip.description = "Skip" if grade is None else "Next"
        self._progress.value = LINE.format(progress)
        for number, button in zip(GRADES, self.buttons, strict=True):
            button.button_style = "primary" if number == grade else ""
        given = "" if grade is None else f"Your grade: {grade} {GRADES.get(grade, '')}".strip()
        self._note.value = LINE.format(escaped(self._error or given))
        for part in (self._passage, self._grade_row):
            part.layout.display = "none" if at_end else None
        self.back.disabled = self.at == 0
        self.skip.layout.display = "none" if at_end and n_judged == n_pairs else None
        if self._sentence:
            self._sentence.update(self._static(), raw=True)

    def _last_words(self, n_open: int) -> str:
        where = f"The judgements are in {self._file.as_posix()}."
        if n_open:
            return f"This is the end; {n_open} of the passages have no grade yet. {where}"
        return f"Done: all passages are judged. {where}"


def _opened(
    source: Collection | str | Path, folder: str | Path | None
) -> tuple[Collection, str | Path]:
    """The texts, and the folder of the judgements."""
    if isinstance(source, Collection):
        if folder is None:
            raise ValueError(
                f"Where shall the judgements of {source.name} go? Give a folder, such as "
                "folder='my_judgements'."
            )
        return source, folder
    path = Path(source).expanduser()
    if not path.is_dir():
        raise ValueError(f"There is no folder {str(source)!r}: give one in BEIR layout.")
    return Collection(path.resolve().name, **read_texts(path)), source if folder is None else folder


def _passage(collection: Collection, document: str) -> str:
    title = escaped(collection.titles.get(document, ""))
    text = escaped(collection.documents[document])
    return f"<b>{title}</b>\n{text}" if title else text
