"""The README.md of a distilled model: data, command, versions, figures and licences."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np

from xenc_course.evaluation.run_comparison import RunComparison
from xenc_course.retrieval.rerank import DEPTH

from .distillation_data import BESIDE, NEGATIVES, SENTENCES
from .plan import Plan

LIBRARIES = ("torch", "transformers", "sentence-transformers", "onnxruntime", "tokenizers")


def model_card(
    name: str,
    plan: Plan,
    command: str,
    comparison: RunComparison,
    losses: list[float],
    seconds: float,
) -> list[str]:
    """The lines of the student's README.md: data, command, versions, figures and licences."""
    start = f" of {plan.start}" if plan.start else ""
    versions = ", ".join(f"{library} {version(library)}" for library in LIBRARIES)
    lines = [
        "---",
        "license: apache-2.0",
        "library_name: sentence-transformers",
        "pipeline_tag: text-ranking",
        "---",
        "",
        f"# {name}",
        "",
        f"A cross-encoder distilled from {plan.teacher} ({plan.student}{start}). It gives one "
        "logit for a query and a passage; it was made for a course, for English text.",
        "",
        f"- Data: {plan.pairs:,} pairs, labelled by the teacher. Queries were made from the "
        f"passages of {', '.join(plan.text)}: questions and keywords, no query that a person "
        f"wrote, no judgement. Negatives of a query: {NEGATIVES['bm25']} of BM25's and "
        f"{NEGATIVES['bi_encoder']} of all-MiniLM-L6-v2's first {DEPTH}, {NEGATIVES['random']} at "
        f"random. {SENTENCES:.0%} of the queries read single sentences; up to {BESIDE} of their "
        "negatives then come from the answer's own passage.",
        f"- Command: `{command}`",
        f"- Seed {plan.seed}, {len(losses):,} steps, {seconds:,.0f} s; loss of the last tenth "
        f"{np.mean(losses[-max(1, len(losses) // 10) :]):.3f}.",
        f"- Versions: {versions}.",
        "- Licence: Apache-2.0, as the teacher's. The text of wikipedia is CC BY-SA 4.0, that of "
        "helpdesk CC BY 4.0.",
        "",
        f"{comparison.metric} on held-out queries made in the same way, BM25's {DEPTH} candidates:",
        "",
        "```",
        *str(comparison).splitlines(),
        "```",
    ]
    return lines
