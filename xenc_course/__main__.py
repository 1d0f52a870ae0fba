"""The course's commands: ``python -m xenc_course doctor | fetch | models | evaluate | ...``."""

from __future__ import annotations

import argparse
import sys

from xenc_course.assets.wheels import AssetError

from .commands import doctor, evaluate, fetch, train


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
    except (AssetError, ImportError, ValueError, FloatingPointError, OSError) as error:
        print(f"{options.command}: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m xenc_course", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for module in (doctor, fetch, evaluate, train):
        module.add_commands(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
