"""A student is distilled, measured, written, and a run that was killed ends in the same bytes."""

from dataclasses import replace

import numpy as np
import pytest

from xenc_course import Reranker, load_cross_encoder
from xenc_course.scoring import backend_choice
from xenc_course.training import distillation
from xenc_course.training.distillation import distil
from xenc_course.training.plan import Plan

pytestmark = [pytest.mark.models, pytest.mark.usefixtures("few_held_out")]


@pytest.fixture(scope="module")
def plan(tiny_model, towns):
    return Plan(str(tiny_model), "layers:0,2", (str(towns),), n_pairs=120, learning_rate=1e-3)


@pytest.fixture(scope="module")
def told() -> list[str]:
    """What was said of the student before the work began."""
    return []


@pytest.fixture(scope="module")
def student(plan, few_held_out, told, tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "student"
    return distil(
        plan,
        folder,
        command=["python", "--out", str(folder), f"--labels={folder}", "the text"],
        progress=False,
        tell=told.append,
    )


def test_how_long_it_takes_is_said_first(student, told):
    (sentence,) = told
    assert sentence.startswith("This takes about") and "labelling" in sentence


def test_no_file_of_a_student_names_a_folder_of_this_machine(student):
    folders = {str(student.folder.parents[level]).encode() for level in range(3)}
    for path in student.folder.rglob("*"):
        assert not any(folder in path.read_bytes() for folder in folders), path.name


def contents(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "README.md"}


def test_a_student_is_a_model_folder_with_a_card(student, plan):
    assert {"model.safetensors", "config.json", "tokenizer.json", "README.md"} <= set(
        contents(student.folder)
    ) | {"README.md"}
    model = load_cross_encoder(str(student.folder), device="cpu")
    assert model.model.config.num_hidden_layers == 2
    assert np.isfinite(Reranker(model, "torch").score([("q", "p")])).all()
    card = (student.folder / "README.md").read_text(encoding="utf-8")
    assert "`python --out student --labels=student 'the text'`" in card
    assert "RR@10 on held-out queries" in card and "120 pairs" in card
    assert "distilled from tiny (layers:0,2)" in card and "passages of my texts:" in card
    assert (
        "the teacher: unknown; the text of my texts: unknown" in card
        and "Language of the text: unknown" in card
    )
    assert "\nlicense: unknown\n" in card and "\nlanguage:" not in card
    assert "RR@10" in str(student) and str(student.folder) in str(student)
    assert {d.name for d in student.comparison.differences} == {
        "BM25",
        "all-MiniLM-L6-v2",
        "teacher",
    }
    assert student.comparison["BM25"].mean > 0  # a source with a space is found again
    assert not student.folder.with_name("student.job").exists()


@pytest.mark.parametrize("stage", ["make_groups", "score_texts", "train", "model_card"])
def test_a_run_killed_in_any_stage_goes_on_to_the_same_bytes(
    stage, plan, student, tmp_path, monkeypatch
):
    out = tmp_path / "student"
    real = getattr(distillation, stage)

    def killed(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(distillation, stage, killed)
    with pytest.raises(KeyboardInterrupt):
        distil(plan, out, progress=False)
    assert not out.exists()
    begun = stage != "make_groups"  # a job that has done nothing leaves nothing
    assert out.with_name("student.job").is_dir() == begun
    monkeypatch.setattr(distillation, stage, real)
    distil(plan, out, progress=False)
    assert contents(out) == contents(student.folder)


def test_labels_that_are_kept_serve_the_next_student_of_the_same_teacher(
    plan, student, tmp_path, monkeypatch
):
    labels = tmp_path / "labels.journal"
    distil(plan, tmp_path / "first", labels=labels, progress=False)
    monkeypatch.setattr(distillation, "load_scorer", lambda *_, **__: pytest.fail("was loaded"))
    again = distil(plan, tmp_path / "second", labels=labels, progress=False)
    assert contents(again.folder) == contents(student.folder)
    with pytest.raises(ValueError, match="was begun with another"):
        distil(
            replace(plan, teacher="ms-marco-MiniLM-L12-v2-int8", start=plan.teacher),
            tmp_path / "third",
            labels=labels,
            progress=False,
        )


@pytest.mark.usefixtures("exports")
def test_labels_that_a_kill_left_out_come_from_the_same_backend(plan, tmp_path, monkeypatch):
    monkeypatch.setattr(backend_choice, "EXPORT_FROM", 100)  # of 120 pairs, and 60 are too few
    groups = [(f"who sells {n}", tuple(f"{n} is sold {i}" for i in range(6))) for n in range(20)]
    whole = distillation._labels(plan, groups, tmp_path / "whole", progress=False)
    lines = (tmp_path / "whole").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "killed").write_text("".join(lines[:-60]), encoding="utf-8")
    made = []
    load = distillation.load_scorer
    monkeypatch.setattr(
        distillation, "load_scorer", lambda *a, **k: made.append(load(*a, **k)) or made[-1]
    )
    assert distillation._labels(plan, groups, tmp_path / "killed", progress=False) == whole
    assert [teacher.choice.backend for teacher in made] == ["onnx"]


def test_labels_that_cannot_be_written_are_found_before_the_work(plan, tmp_path, monkeypatch):
    monkeypatch.setattr(distillation, "make_groups", lambda *_, **__: pytest.fail("has begun"))
    with pytest.raises(OSError, match="none"):
        distil(plan, tmp_path / "student", labels=tmp_path / "none" / "labels.journal")
    assert not any(tmp_path.iterdir())


def test_a_job_of_another_plan_and_a_folder_that_exists_are_refused(plan, tmp_path, monkeypatch):
    out = tmp_path / "student"
    monkeypatch.setattr(distillation, "_labels", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        distil(plan, out, progress=False)
    with pytest.raises(ValueError, match="begun with another n_pairs"):
        distil(replace(plan, n_pairs=60), out, progress=False)
    out.mkdir()
    with pytest.raises(ValueError, match="exists: choose another folder"):
        distil(plan, out, progress=False)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"student": "layers:0,7"}, "no layer 7"),
        ({"match": (0, 1, 2)}, "names 3 layers"),
        ({"n_pairs": 90_000}, "different queries"),
        ({"text": ("none",)}, "none"),
        ({"teacher": "no/such-model"}, "no/such-model"),
    ],
)
def test_a_refused_plan_claims_no_folder(change, reason, plan, tmp_path, unreachable_hub):
    out = tmp_path / "models" / "student"
    with pytest.raises(Exception, match=reason):
        distil(replace(plan, **change), out, progress=False)
    assert not out.exists() and not out.with_name("student.job").exists()


def test_a_full_disk_leaves_a_job_that_goes_on(plan, student, tmp_path, monkeypatch):
    from xenc_course.training import checkpoint

    out = tmp_path / "student"
    real = checkpoint.write_whole

    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint, "write_whole", full)
    with pytest.raises(OSError, match="No space left"):
        distil(plan, out, progress=False)
    monkeypatch.setattr(checkpoint, "write_whole", real)
    distil(plan, out, progress=False)
    assert contents(out) == contents(student.folder)
