"""The course's commands: ``python -m xenc_course doctor | fetch | models | evaluate | ...``."""

from __future__ import annotations

import argparse
import os
import sys

from xenc_course.assets.cache import AssetError

from .commands import compare, doctor, evaluate, fetch, train
from .commands.terminal import open_what_is_closed, print_any_letter
from .display.text_width import printable

OK, REFUSED, INTERRUPTED = 0, 1, 130  # 130: what a shell gives for Ctrl-C; 2 is argparse's

# How the package's own arguments are spelt on the command line, for the hints in its messages.
SPELLING = {"unknown_ids='keep'": "--unknown-ids keep"}


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: words of the command line; those of this process when None.

    Returns:
        The exit code: 0, 1 after a message of one line on stderr, or 130 after Ctrl-C.
    """
    open_what_is_closed()
    print_any_letter()
    options = _parser().parse_args(arguments)
    try:
        code = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads the output has seen enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED
    except (AssetError, ImportError, ValueError, FloatingPointError, OSError) as error:
        print(f"{options.command}: {_sentence(error)}", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        # A bar may stand on the line: end it.
        print(f"\n{options.command}: {options.interrupted}", file=sys.stderr)
        return INTERRUPTED
    return code


def _sentence(error: Exception) -> str:
    """What went wrong, in one sentence and in the words of the command line."""
    message = str(error)
    if isinstance(error, OSError) and error.strerror:
        place = f": {error.filename}" if error.filename else ""
        message = f"{error.strerror}{place}."
    for argument, option in SPELLING.items():
        message = message.replace(argument, option)
    return printable(message)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m xenc_course",
        description="The course's commands. `COMMAND --help` shows defaults and an example.",
        epilog="Exit codes: 0, 1 when something is refused or missing (one sentence on stderr), "
        "2 for a wrong command line, 130 after Ctrl-C.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in (doctor, fetch, evaluate, compare, train):
        module.add_commands(commands)
    for command in commands.choices.values():
        if command.get_default("interrupted") is None:
            command.set_defaults(interrupted="Interrupted.")
    return parser


if __name__ == "__main__":
    sys.exit(main())
