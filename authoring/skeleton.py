"""A new lesson: a small notebook that runs, obeys the rules of a lesson, and waits for its content.

Each cell says what belongs there. The example in it ranks passages of the helpdesk collection with
BM25, so that the skeleton needs no model and runs in seconds.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from xenc_course.files import write_whole

from .execute import execute
from .lesson_rules import problems
from .notebooks import normalise

NAME = re.compile(r"\d\d_[a-z][a-z0-9_]*")

OPENING = """# Say what the learner will do
Beginner · 10 minutes · needs lesson 01

One sentence: the question that this lesson answers."""

LISTS = """## What you'll do
- Rank a few passages with BM25.

## What you'll learn
- What belongs into a lesson, and where.

## What you'll need
- Nothing but the course: the text comes with it, and there is no network."""

SET_UP = """from xenc_course import bm25_run, check, load_collection, ranked, show_ranking
from xenc_course import show_verdicts, verdict

helpdesk = load_collection("helpdesk")
passages = dict(list(helpdesk.documents.items())[:40])"""

RESULT = """## 1. The result first

Show what the lesson promises within its first cells. Explain it after that."""

RANKING = """query = "password"
run = bm25_run(passages, {"q": query}, depth=4)["q"]
show_ranking(query, [passages[name] for name in run], list(run.values()))"""

WRAP_UP = """## Wrap-up

Each verdict is computed from what the lesson has measured."""

VERDICT = """found = verdict("BM25 finds the word.", len(run) > 0, f"{len(run)} passages")
show_verdicts([found])"""

EXERCISES = """## On your own

Three exercises, from easy to hard. Replace the `...`, run the cell, and read what it says."""

EXERCISE = """### Exercise {number}: {task} · 5 minutes · {level}

{question}"""

STUB = """{name} = ...
check({name}, {steps})"""

SOLUTION = """{name} = {answer}
check({name}, {steps})"""

READING = """## Further reading

- Nogueira, R., & Cho, K. (2019). *Passage Re-ranking with BERT*. arXiv 1901.04085.
- Lin, J., Nogueira, R., & Yates, A. (2021). *Pretrained Transformers for Text Ranking*.
  arXiv 2010.06467.

**Next**: [the README](../README.md)"""

TASKS = (
    ("Count", "easy", "How many passages did BM25 find?", "n_found", "len(run)"),
    ("Name the best", "medium", "Which passage comes first?", "best", "ranked(run)[0]"),
    ("Say its score", "hard", "What is the score of that passage?", "score", "max(run.values())"),
)


def new_lesson(name: str, folder: Path) -> Path:
    """Write a lesson's skeleton, run it and store its outputs.

    Args:
        name: two digits and words, such as "07_scores".
        folder: where the lessons lie.

    Returns:
        The new notebook.

    Raises:
        ValueError: the name has another form.
        FileExistsError: there is a notebook of this name.
        RuntimeError: the skeleton does not run or breaks a rule of the lessons.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} names no lesson: write two digits and words, as in 07_scores.")
    path = folder / f"{name}.ipynb"
    if path.exists():
        raise FileExistsError(f"{path} exists: choose another name.")
    with tempfile.TemporaryDirectory() as scratch:
        draft = Path(scratch, path.name)
        draft.write_text(nbformat.writes(normalise(_notebook())) + "\n", encoding="utf-8")
        execute(draft)
        if found := problems(nbformat.read(draft, as_version=4), name, folder):
            raise RuntimeError(f"The skeleton breaks a rule of the lessons: {found[0]}")
        write_whole(path, draft.read_bytes())
    return path


def _notebook() -> NotebookNode:
    cells = [
        new_markdown_cell(OPENING),
        new_markdown_cell(LISTS),
        new_code_cell(SET_UP),
        new_markdown_cell(RESULT),
        new_code_cell(RANKING),
        new_markdown_cell(WRAP_UP),
        new_code_cell(VERDICT),
        new_markdown_cell(EXERCISES),
    ]
    for number, (task, level, question, variable, answer) in enumerate(TASKS, start=1):
        steps = f'(lambda value: value == {answer}, "Look at what `run` holds.")'
        cells += [
            new_markdown_cell(
                EXERCISE.format(number=number, task=task, level=level, question=question)
            ),
            new_code_cell(STUB.format(name=variable, steps=steps)),
            new_code_cell(
                SOLUTION.format(name=variable, answer=answer, steps=steps),
                metadata={"tags": ["solution"], "jupyter": {"source_hidden": True}},
            ),
        ]
    return new_notebook(cells=[*cells, new_markdown_cell(READING)])
