"""How the commands explain themselves: every one has a description, its defaults and an example."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from xenc_course.files import shown


def add_command(
    commands: argparse._SubParsersAction, name: str, summary: str, description: str, example: str
) -> argparse.ArgumentParser:
    """Add a command whose `--help` says what it does and shows how it is typed.

    Args:
        commands: of the course.
        name: of the command.
        summary: a few words, for the list of commands.
        description: sentences, for the command's own help.
        example: the words after `python -m xenc_course`, on lines that end in a backslash.

    Returns:
        The command's parser.
    """
    return commands.add_parser(
        name,
        help=summary,
        description=description,
        epilog=f"example:\n  python -m xenc_course {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def whole_number(least: int, most: int = 2**31 - 1) -> Callable[[str], int]:
    """The `type` of an option that takes whole numbers from `least` to `most`."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = None
        if number is None or not least <= number <= most:
            raise argparse.ArgumentTypeError(
                f"{shown(text)} is no whole number from {least:,} to {most:,}."
            )
        return number

    return read


def name(text: str) -> str:
    """The `type` of an option that takes a name or a folder.

    Raises:
        argparse.ArgumentTypeError: it is empty.
    """
    if not text.strip():
        raise argparse.ArgumentTypeError("the name is empty: write a name or a folder.")
    return text
