"""The authors' commands: ``python -m authoring notebooks | findings | lesson NAME | ...``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from xenc_course.assets.cache import AssetError
from xenc_course.files import write_whole

from .findings_page import PAGE, all_findings, check_findings, write_findings
from .notebooks import NOTEBOOKS, lesson_path, lesson_paths
from .readme_findings import README, check_readme, readme_box, with_box


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: words of the command line; those of this process when None.

    Returns:
        The exit code: 0, or 1 after a message of one line on stderr.
    """
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except (AssetError, RuntimeError, ValueError, OSError) as error:
        print(f"{options.command}: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m authoring", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    notebooks = commands.add_parser("notebooks", help="run lessons in place and store the outputs")
    notebooks.add_argument("names", nargs="*", metavar="NAME", help="such as 01_basics (all)")
    notebooks.set_defaults(run=_notebooks)

    page = commands.add_parser("findings", help="write FINDINGS.md and the README's box")
    page.add_argument("--check", action="store_true", help="write nothing; fail if it differs")
    page.set_defaults(run=_findings)

    runs = commands.add_parser(
        "runs", help="make the stored runs that are missing (an hour), or prices (minutes)"
    )
    runs.add_argument(
        "what",
        nargs="?",
        choices=("missing", "prices", "search"),
        default="missing",
        help="missing: runs that are not there yet; prices: measure the table of prices anew; "
        "search: make the stored search anew (missing)",
    )
    runs.set_defaults(run=_runs)

    vectors = commands.add_parser("vectors", help="make the stored vectors anew (minutes)")
    vectors.set_defaults(run=_vectors)

    projection = commands.add_parser(
        "projection", help="make the projection of the late-interaction model anew (a minute)"
    )
    projection.set_defaults(run=_projection)

    lesson = commands.add_parser("lesson", help="start a lesson: a skeleton that obeys the rules")
    lesson.add_argument("name", metavar="NAME", help="two digits and words, such as 21_mine")
    lesson.set_defaults(run=_lesson)

    edition = commands.add_parser(
        "edition", help="make the lessons of a class in build/: cut to its length, for students"
    )
    edition.add_argument(
        "length", nargs="?", metavar="LENGTH", help="90min, halfday or twodays (whole lessons)"
    )
    edition.add_argument(
        "--student", action="store_true", help="without solutions, exercises not tried yet"
    )
    edition.set_defaults(run=_edition)

    assignment = commands.add_parser("assignment", help="make an assignment for nbgrader in build/")
    assignment.add_argument("name", metavar="NAME", help="of a lesson, such as 01_basics")
    assignment.set_defaults(run=_assignment)

    adapt = commands.add_parser(
        "adapt", help="run lessons on text and models of yours, into build/adapted/ (minutes)"
    )
    adapt.add_argument("--collection", default="", help="a folder in BEIR layout, or a name")
    adapt.add_argument("--cross-encoder", default="", help="a hub id, a folder or a name")
    adapt.add_argument("--bi-encoder", default="", help="a hub id, a folder or a name")
    adapt.add_argument(
        "--examples", type=Path, metavar="FILE", help="texts to replace, in YAML (examples.yaml)"
    )
    adapt.add_argument("--length", metavar="90min", help="of a class; cuts the lessons to it")
    adapt.add_argument("--lessons", default="", metavar='"01 04"', help="numbers (all it can)")
    adapt.set_defaults(run=_adapt)

    slides = commands.add_parser("slides", help="make slides of every lesson in build/slides/")
    slides.set_defaults(run=_slides)

    site = commands.add_parser("site", help="make the website and the book in build/site/")
    site.set_defaults(run=_site)

    work = commands.add_parser("work", help="make or refresh your own copies of the lessons: work/")
    work.set_defaults(run=_work)
    return parser


def _notebooks(options: argparse.Namespace) -> int:
    from .execute import execute

    paths = [lesson_path(name) for name in options.names] or lesson_paths(NOTEBOOKS)
    for path in paths:
        print(f"running {path.stem}", flush=True)
        execute(path)
    return 0


def _findings(options: argparse.Namespace) -> int:
    found = all_findings(NOTEBOOKS)
    if options.check:
        check_findings(NOTEBOOKS, PAGE)
        check_readme(found, README)
    else:
        write_findings(NOTEBOOKS, PAGE)
        text = README.read_text(encoding="utf-8")
        write_whole(README, with_box(text, readme_box(found)).encode())
    return 0


def _runs(options: argparse.Namespace) -> int:
    if options.what == "prices":
        return _prices()
    if options.what == "search":
        return _search()
    from xenc_course.evaluation.stored_runs import RUNS, list_runs

    from .make_runs import PLANS, make_run
    from .make_trainings import make_trainings

    for plan in PLANS:
        if not (RUNS / plan.file).is_file():
            print(plan.command, flush=True)
            make_run(plan)
    make_trainings()
    print(list_runs())
    return 0


def _prices() -> int:
    from .execute import share_cores

    share_cores()  # as in lessons and in JupyterLab, before PyTorch starts its threads
    from .make_prices import make_prices

    print(make_prices())
    return 0


def _search() -> int:
    from .make_search import make_search

    make_search()
    return 0


def _vectors(options: argparse.Namespace) -> int:
    from .make_vectors import STORED, make_vectors

    for collection, model in STORED:
        make_vectors(collection, model)
    return 0


def _projection(options: argparse.Namespace) -> int:
    from .make_projection import make_projection

    make_projection()
    return 0


def _lesson(options: argparse.Namespace) -> int:
    from .skeleton import new_lesson

    print(
        f"{new_lesson(options.name, NOTEBOOKS)} is there: fill it, run it with "
        f"`python -m authoring notebooks {options.name}`, then `make findings`."
    )
    return 0


def _edition(options: argparse.Namespace) -> int:
    from .kit.editions import write_edition

    print(write_edition(options.length or None, solutions=not options.student))
    return 0


def _assignment(options: argparse.Namespace) -> int:
    from .kit.assignment import write_assignment

    print(write_assignment(options.name))
    return 0


def _adapt(options: argparse.Namespace) -> int:
    from .kit.adapted_pages import adapt_all
    from .kit.order import read_order

    order = read_order(
        options.collection, options.cross_encoder, options.bi_encoder, options.examples
    )
    page = adapt_all(order, options.lessons.replace(",", " ").split(), options.length or None)
    print(f"{page.parent} has the lessons; {page.name} says what changed.")
    return 0


def _slides(options: argparse.Namespace) -> int:
    from .kit.slides import write_slides

    print(write_slides())
    return 0


def _site(options: argparse.Namespace) -> int:
    from .site.build import build_site

    print(build_site())
    return 0


def _work(options: argparse.Namespace) -> int:
    from .working_copies import WORK, refresh

    for sentence in refresh(NOTEBOOKS, WORK):
        print(sentence)
    return 0


if __name__ == "__main__":
    sys.exit(main())
