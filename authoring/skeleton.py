"""A new lesson: a small notebook that runs, has the frame of a lesson, and waits for its content.

Each cell says what belongs there. Its example compares two rankings of the helpdesk collection from
stored runs, so that the skeleton needs no model and runs in seconds.
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
from .notebooks import lesson_paths, normalise, write_notebook

NAME = re.compile(r"\d\d_[a-z][a-z0-9_]*")

OPENING = """# Say what the learner will do

**Level** beginner · **Minutes** 5 to read and run, 15 of exercises · **Needs** lesson 01

**The question.** Write the one question that this lesson answers.

**You will be able to**

- do something on Monday."""

SET_UP = """from xenc_course import Share, check, compare_runs, diagram_judged_test, finding
from xenc_course import load_collection, load_run, show_findings

COLLECTION, BEFORE, AFTER = "helpdesk", "bm25", "all-MiniLM-L6-v2"
collection = load_collection(COLLECTION)
f"{COLLECTION}: {len(collection.queries)} queries"
"""

RESULT = """## 1. The result first

Show what the lesson promises within its first cells, and explain it after that.

**Predict first.** Which ranking is better? (a) The first. (b) The second."""

COMPARED = """before, after = load_run(COLLECTION, BEFORE), load_run(COLLECTION, AFTER)
contest = compare_runs({AFTER: after}, {BEFORE: before}, collection)
contest"""

MECHANISM = """## 2. How it works

Draw the mechanism before its code."""

WRAP_UP = """## Wrap-up

Three to five findings, each with the state that its evidence gives."""

FINDINGS = """gain = contest[AFTER]
changed = gain.wins + gain.losses
show_findings(
    [
        finding(f"{AFTER} ranks better than {BEFORE} on {COLLECTION}.", gain),
        finding("It improves most queries.", Share(gain.wins, len(gain.per_query), "queries")),
        finding("It improves most of those it changes.", Share(gain.wins, changed, "queries")),
    ]
)"""

MONDAY = """### On Monday

Say what to do with it, with the code to copy."""

EXERCISES = """## On your own

Replace each `...`, run the cell, and read what it says. The folded cell holds a solution."""

EXERCISE = """### Exercise {number}: {task} · 5 minutes · {level}

{question}"""

STUB = """{name} = ...
check({name}, {steps})"""

SOLUTION = """# Solution: unfold
check({answer}, {steps}, solution=True)"""

DEEPER = """## Going deeper

What the curious want to know, and the core does not need."""

READING = """## Further reading

- Nogueira, R., & Cho, K. (2019). *Passage Re-ranking with BERT*. arXiv 1901.04085.
- Lin, J., Nogueira, R., & Yates, A. (2021). *Pretrained Transformers for Text Ranking*.
  arXiv 2010.06467.

**Next**: [the README](../README.md)"""

TASKS = (
    ("Count", "easy", "How many queries got better?", "better", "gain.wins"),
    ("Subtract", "medium", "By how much did the mean rise?", "rise", "gain.difference"),
    ("Say its state", "hard", "Which state has the difference?", "state", "gain.state"),
)


def new_lesson(name: str, folder: Path) -> Path:
    """Write a lesson's skeleton, run it and store its outputs.

    Args:
        name: two digits and words, such as "21_mine".
        folder: where the lessons lie.

    Returns:
        The new notebook.

    Raises:
        ValueError: the name has another form, or its number is taken.
        RuntimeError: the skeleton does not run or breaks a rule of the lessons.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} names no lesson: write two digits and words, as in 21_mine.")
    if taken := [one.stem for one in lesson_paths(folder) if one.stem[:2] == name[:2]]:
        raise ValueError(f"Lesson {name[:2]} is there ({taken[0]}): choose another number.")
    path = folder / f"{name}.ipynb"
    with tempfile.TemporaryDirectory() as scratch:
        draft = Path(scratch, path.name)
        write_notebook(normalise(_notebook()), draft)
        execute(draft)
        if found := problems(nbformat.read(draft, as_version=4), name, folder):
            raise RuntimeError(f"The skeleton breaks a rule of the lessons: {found[0]}")
        write_whole(path, draft.read_bytes())
    return path


def _notebook() -> NotebookNode:
    cells = [
        new_markdown_cell(OPENING),
        new_code_cell(SET_UP.strip()),
        new_markdown_cell(RESULT),
        new_code_cell(COMPARED),
        new_markdown_cell(MECHANISM),
        new_code_cell("diagram_judged_test()"),
        new_markdown_cell(WRAP_UP),
        new_code_cell(FINDINGS),
        new_markdown_cell(MONDAY),
        new_markdown_cell(EXERCISES),
    ]
    for number, (task, level, question, variable, answer) in enumerate(TASKS, start=1):
        steps = f'(lambda value: value == {answer}, "Look at what `gain` holds.")'
        text = EXERCISE.format(number=number, task=task, level=level, question=question)
        cells += [
            new_markdown_cell(text),
            new_code_cell(STUB.format(name=variable, steps=steps)),
            new_code_cell(
                SOLUTION.format(answer=answer, steps=steps),
                metadata={"tags": ["solution"], "jupyter": {"source_hidden": True}},
            ),
        ]
    return new_notebook(cells=[*cells, new_markdown_cell(DEEPER), new_markdown_cell(READING)])
