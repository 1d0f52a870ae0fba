"""How the commands explain themselves: every one has a description, its defaults and an example."""

from __future__ import annotations

import argparse


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
