"""The small part of OpenVINO that the course calls, over onnxruntime: it need not be installed."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
from onnxruntime import InferenceSession


class StandInOpenVino:
    """What `import openvino` gives.

    Attributes:
        precision: what the processor computes with, as OpenVINO names it.
        off: what is added to every logit.
        tables: the shape of each table that was computed.
        compiled: the options of each model that was compiled.
    """

    def __init__(self, precision: str = "bf16") -> None:
        self.precision = precision
        self.off = 0.0
        self.tables: list[tuple[int, int]] = []
        self.compiled: list[dict[str, object]] = []

    def Core(self) -> StandInCore:  # noqa: N802, OpenVINO's name
        return StandInCore(self)


class StandInCore:
    def __init__(self, library: StandInOpenVino) -> None:
        self._library = library

    def get_property(self, device: str, name: str) -> SimpleNamespace:
        assert (device, name) == ("CPU", "INFERENCE_PRECISION_HINT")
        return SimpleNamespace(get_type_name=lambda: self._library.precision)

    def read_model(self, path: Path) -> InferenceSession:
        return InferenceSession(path)

    def compile_model(
        self, session: InferenceSession, device: str, options: dict[str, object]
    ) -> StandInModel:
        assert device == "CPU"
        self._library.compiled.append(options)
        return StandInModel(self._library, session)


class StandInModel:
    """A compiled model; each of its requests may be used by one thread."""

    def __init__(self, library: StandInOpenVino, session: InferenceSession) -> None:
        self._library, self._session = library, session
        self.inputs = [SimpleNamespace(any_name=entry.name) for entry in session.get_inputs()]

    def create_infer_request(self) -> SimpleNamespace:
        return SimpleNamespace(infer=self._infer)

    def _infer(self, feed: dict[str, np.ndarray]) -> list[np.ndarray]:
        self._library.tables.append(feed["input_ids"].shape)
        try:
            found = self._session.run(None, feed)[0]
        except Exception as error:
            if "out of data bounds" not in str(error):
                raise
            found = np.zeros((len(feed["input_ids"]), 1), dtype=np.float32)  # as OpenVINO goes on
        return [found + np.float32(self._library.off)]
