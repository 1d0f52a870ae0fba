"""What all commands share: help, exit codes, one line for what went wrong."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from xenc_course import __main__
from xenc_course.__main__ import main
from xenc_course.commands import doctor

COMMANDS = ("doctor", "fetch", "models", "evaluate", "compare", "distil", "finetune")


def test_the_help_lists_every_command_and_the_exit_codes(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    shown = capsys.readouterr().out
    assert ended.value.code == 0
    assert all(f"    {name} " in shown for name in COMMANDS) and "130 after Ctrl-C" in shown


@pytest.mark.parametrize("command", ["doctor", "models", "evaluate", "compare"])
def test_a_commands_help_describes_it_and_has_an_example(command, capsys):
    with pytest.raises(SystemExit):
        main([command, "--help"])
    shown = capsys.readouterr().out
    assert f"example:\n  python -m xenc_course {command}" in shown
    assert "." in shown.split("\n\n")[1]  # sentences, between usage and options


@pytest.mark.parametrize("command", ["evaluate", "compare"])
def test_every_option_with_a_default_says_it(command):
    parser = __main__._parser()._subparsers._group_actions[0].choices[command]
    for action in parser._actions:
        if action.default not in (None, False, "==SUPPRESS=="):
            assert f"({action.default})" in action.help, action.dest


def test_backends_of_the_command_are_those_of_the_package():
    from xenc_course.commands.evaluate import BACKENDS
    from xenc_course.scoring import backend_choice

    assert backend_choice.BACKENDS == BACKENDS


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (ValueError("This is wrong."), 1, "doctor: This is wrong.\n"),
        (OSError(errno.ENOSPC, "No space left on device", "f"), 1,
         "doctor: No space left on device: f.\n"),
        (OSError("One sentence."), 1, "doctor: One sentence.\n"),
        (ValueError("It is unknown (unknown_ids='keep' would keep it)."), 1,
         "doctor: It is unknown (--unknown-ids keep would keep it).\n"),
        (KeyboardInterrupt(), 130, "\ndoctor: Interrupted.\n"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_one_line_on_stderr(monkeypatch, capsys, error, code, said):
    def fail(options):
        raise error

    monkeypatch.setattr(doctor, "_doctor", fail)
    assert main(["doctor"]) == code
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", said)


HUGE = "99999999999999999999"


@pytest.mark.parametrize(
    ("words", "option", "value"),
    [
        *[(["evaluate", "--collection", "helpdesk"], option, value) for option, value in
          [("--seed", "-1"), ("--depth", HUGE), ("--depth", "0"), ("--queries", HUGE),
           ("--model", ""), ("--model", " "), ("--first-stage", "")]],
        (["evaluate"], "--collection", ""),
        (["compare", "a", "b", "--collection", "helpdesk"], "--seed", "-1"),
        (["compare", "a", "b"], "--collection", ""),
        *[(["finetune", "--model", "m", "--collection", "c", "--out", "o"], option, value)
          for option, value in [("--seed", "-1"), ("--model", ""), ("--collection", "")]],
        *[(["distil", "--student", "layers:0", "--out", "o"], option, value)
          for option, value in [("--seed", "1.5"), ("--teacher", ""), ("--student", "")]],
    ],
)  # fmt: skip
def test_an_option_that_cannot_be_is_named(words, option, value, capsys):
    with pytest.raises(SystemExit) as ended:
        main([*words, option, value])
    said = capsys.readouterr().err.splitlines()[-1]
    why = f"{value!r} is no whole number from" if value.strip() else "the name is empty"
    assert ended.value.code == 2 and f"argument {option}: {why}" in said


@pytest.mark.slow
def test_a_reader_that_leaves_early_is_no_error():
    root = Path(__file__).parents[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "xenc_course", "models"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
    )
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 1


@pytest.mark.slow
@pytest.mark.parametrize(("words", "code"), [("models", 0), ("compare --collection x one.run", 1)])
def test_a_closed_stream_is_no_error(words, code):
    root = Path(__file__).parents[1]
    for closed in (">&-", "2>&-"):
        done = subprocess.run(
            ["sh", "-c", f'exec "{sys.executable}" -m xenc_course {words} {closed}'],
            capture_output=True,
            text=True,
            cwd=root,
            env=os.environ | {"PYTHONPATH": str(root)},
            check=False,
        )
        assert done.returncode == code and "Traceback" not in done.stderr
        assert bool(done.stdout) == (code == 0 and closed == "2>&-")
        assert bool(done.stderr) == (code == 1 and closed == ">&-")
