"""The authors' commands, as they are typed."""

from __future__ import annotations

from authoring import execute
from authoring.__main__ import main
from authoring.readme_findings import END, START


def test_a_cell_that_raises_ends_the_run_of_the_lessons_with_one_line(monkeypatch, capsys):
    def failing(path):
        raise RuntimeError(f"{path.name}, cell 3: ValueError: no")

    monkeypatch.setattr(execute, "execute", failing)
    assert main(["notebooks", "01_basics"]) == 1
    assert capsys.readouterr().err == "notebooks: 01_basics.ipynb, cell 3: ValueError: no\n"


def test_a_named_lesson_is_run(monkeypatch, capsys):
    executed = []
    monkeypatch.setattr(execute, "execute", executed.append)
    assert main(["notebooks", "01_basics"]) == 0
    assert [path.name for path in executed] == ["01_basics.ipynb"]


def test_a_wrong_name_gives_one_line_and_exit_code_1(capsys):
    assert main(["notebooks", "99_nonsense"]) == 1
    assert capsys.readouterr().err.startswith("notebooks: There is no lesson named 99_nonsense")


def test_the_command_writes_and_checks(tmp_path, monkeypatch, capsys):
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{START}\nstale\n{END}\nafter\n", encoding="utf-8")
    monkeypatch.setattr("authoring.__main__.PAGE", tmp_path / "FINDINGS.md")
    monkeypatch.setattr("authoring.__main__.README", readme)
    assert main(["findings", "--check"]) == 1
    assert "FINDINGS.md" in capsys.readouterr().err
    assert main(["findings"]) == 0
    assert main(["findings", "--check"]) == 0
    text = readme.read_text(encoding="utf-8")
    assert text.startswith("before\n") and text.endswith("after\n") and "stale" not in text
    readme.write_text(text.replace("shown", "hidden"), encoding="utf-8")
    assert main(["findings", "--check"]) == 1
    assert "README.md differs" in capsys.readouterr().err
