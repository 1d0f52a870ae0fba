"""A plan refuses what no training can use, and takes a Path where a folder is meant."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
import torch

from xenc_course.training.plan import Plan, exact, untrained_student


@pytest.mark.parametrize(
    ("option", "value", "error", "reason"),
    [
        ("text", "wikipedia", TypeError, "text is one string"),
        ("n_pairs", 5, ValueError, "n_pairs must be 6 or more, not 5"),
        ("n_pairs", 12.5, TypeError, "n_pairs must be a whole number"),
        ("epochs", 0, ValueError, "epochs must be 1 or more"),
        ("batch", True, TypeError, "batch must be a whole number"),
        ("seed", -1, ValueError, "seed must be 0 or more"),
        ("loss", "hinge", ValueError, "no loss named 'hinge'"),
        ("learning_rate", float("nan"), ValueError, "must be a number above 0, not nan"),
    ],
)
def test_an_odd_plan_is_refused(option, value, error, reason):
    with pytest.raises(error, match=reason):
        Plan(**{"teacher": "t", "student": "s", "text": ("x",), "n_pairs": 12} | {option: value})


def test_folders_may_be_paths(tmp_path):
    plan = Plan(tmp_path, "layers:0", [tmp_path], 12)
    assert json.loads(json.dumps(asdict(plan)))["teacher"] == str(tmp_path)
    assert plan.text == (str(tmp_path),)


@pytest.mark.models
def test_a_new_head_is_drawn_from_the_seed():
    def head(seed: int) -> torch.Tensor:
        torch.rand(3)  # what was drawn before changes nothing
        student = untrained_student(Plan("t", "all-MiniLM-L6-v2", ("x",), 12, seed=seed))
        return student.model.classifier.weight

    assert torch.equal(head(0), head(0)) and not torch.equal(head(0), head(1))


@pytest.mark.models
def test_a_bi_encoder_becomes_a_student_under_every_name_it_has():
    for name in ("sentence-transformers/all-MiniLM-L6-v2", "ALL-MiniLM-L6-v2"):
        assert untrained_student(Plan("t", name, ("x",), 12)).model.config.num_labels == 1


def test_the_exact_form_of_a_teacher_is_found_under_every_name_it_has(tmp_path):
    for name in ("ms-marco-MiniLM-L12-v2-int8", "MS-MARCO-MiniLM-L12-v2-int8"):
        assert exact(name) == "ms-marco-MiniLM-L12-v2"
    (tmp_path / "config.json").touch()
    assert exact(str(tmp_path)) == str(tmp_path)
