"""An ONNX export, run by OpenVINO on the CPU: in bfloat16 where the processor computes with it.

bfloat16 keeps 8 bits of a number in place of 24. On 300 pairs of Wikipedia, logits of the course's
L12 moved by up to 0.04 with AVX-512-BF16 and by up to 0.10 with AMX; those of "onnx-int8" by up to
0.07. It takes as long as "onnx-int8" with AVX-512-BF16, and less with AMX. float32 is no faster
than onnxruntime's, so without these instructions it gains nothing.

OpenVINO makes its kernels for a shape when it first meets it, and keeps them. Rows are therefore
filled up to a multiple of `STEP` tokens: up to 512 tokens there are 32 lengths and 248 shapes, and
one compiled model serves them all. After a third of these shapes it held 100 MB more (measured with
L3), and no more when they came again. It compiles in half a second, so nothing is kept on disk.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING
from weakref import WeakSet

import numpy as np

from xenc_course.processes import ProcessLock, cores

from .backends import OnnxBackend, one_per_pair, table
from .batches import row_lengths
from .tokens import Tokens

if TYPE_CHECKING:
    from openvino import CompiledModel

STEP = 16  # tokens
BATCH_TOKENS = 1024
EXACT = 1e-3  # how far fp32 logits may be from onnxruntime's: rounding alone gives 1e-5
ROUGH = (
    0.5,
    0.1,
)  # and bf16 logits: so much, and a tenth of the logit. What is broken is further off
TELEMETRY = "openvino_telemetry"
_IMPORTING = ProcessLock()


class OpenVinoBackend:
    """An ONNX file, compiled by OpenVINO and run by several threads that call it side by side.

    Attributes:
        workers: how many threads call it.
        batch_tokens: how many tokens a batch's table may hold, padding included.
        step: rows of a table have a multiple of so many tokens.
        precision: "bf16", or "f32" on a processor without instructions for bfloat16.
    """

    batch_tokens = BATCH_TOKENS
    step = STEP

    def __init__(self, path: Path, pad: int = 0, workers: int | None = None, *, limit: int) -> None:
        """Compile the file.

        Args:
            path: the ONNX file, in fp32. It stays where it is, because a forked process reads it
                again.
            pad: the id of the padding token.
            workers: threads; as many as there are cores when None.
            limit: how many tokens of a pair are read at most.

        Raises:
            ImportError: OpenVINO is not installed.
            ValueError: the file is no whole ONNX model, or OpenVINO cannot compile it.
        """
        self._path = path
        self._pad = pad
        self._limit = limit
        self.workers = workers or cores()
        self._lock = ProcessLock()
        self.precision = precision()
        self._compiled: CompiledModel | None = None
        _ALIVE.add(self)
        self._inputs = [entry.any_name for entry in self._model().inputs]

    def __call__(self, batch: Sequence[Tokens]) -> np.ndarray:
        """Compute the logits of a batch: float32, shape (pairs,).

        Raises:
            ValueError: the model cannot read the tokens, or does not give one number per pair.
        """
        (length,) = row_lengths([max(map(len, batch))], self.step, self._limit)
        values = table(batch, self._pad, length=int(length))
        model = self._model()
        try:
            feed = {name: values[name] for name in self._inputs}
            found = model.create_infer_request().infer(feed)[0]
        except Exception as error:  # an input that pairs do not have; OpenVINO's share no base
            raise ValueError(
                f"OpenVINO cannot run the model with these tokens ({_line(error)}): use "
                "backend='onnx'."
            ) from error
        return one_per_pair(found, len(batch))

    def refuse_other_logits(self, trial: Sequence[Tokens]) -> None:
        """See that OpenVINO gives the logits of onnxruntime.

        A token that the model's tables do not have is an error in onnxruntime. OpenVINO computes on
        with numbers that mean nothing.

        Args:
            trial: pairs, with the largest token id and with every segment that there is.

        Raises:
            ValueError: the model cannot read the tokens, or its logits are others.
        """
        wanted = OnnxBackend(self._path, self._pad, workers=1, alone=False)(trial)
        found = self(trial)
        near, share = ROUGH if self.precision == "bf16" else (EXACT, EXACT)
        if not np.allclose(found, wanted, atol=near, rtol=share):
            apart = np.abs(found - wanted).max()
            raise ValueError(
                f"OpenVINO gives other logits than onnxruntime, by up to {apart:.3g}: use "
                "backend='onnx'."
            )

    def _model(self) -> CompiledModel:
        """The compiled model; a forked process compiles its own."""
        with self._lock:
            if self._compiled is None:
                self._compiled = _compiled(self._path, self.precision, self.workers)
            return self._compiled


def openvino() -> ModuleType:
    """The library, imported without its telemetry, which would report each import to its maker.

    Raises:
        ImportError: it is not installed.
    """
    try:
        with _IMPORTING, _absent(TELEMETRY):
            import openvino
    except ImportError as error:
        raise ImportError(
            "The backend 'openvino' needs the package openvino, which cannot be imported "
            f'({_line(error)}): run `pip install "xenc-course[openvino]"`.'
        ) from error
    return openvino


def precision() -> str:
    """What OpenVINO computes with on this processor: "bf16" where it would itself, else "f32".

    On some processors it would take float16, whose largest number is 65,504: too small for the
    inside of some models.

    Raises:
        ImportError: it is not installed.
    """
    hint = openvino().Core().get_property("CPU", "INFERENCE_PRECISION_HINT")
    return "bf16" if hint.get_type_name() == "bf16" else "f32"


def _compiled(path: Path, computes: str, workers: int) -> CompiledModel:
    """Compile an ONNX file for tables of any shape.

    Raises:
        ValueError: it is no whole ONNX model, or OpenVINO cannot compile it.
    """
    core = openvino().Core()
    options = {
        "INFERENCE_PRECISION_HINT": computes,
        "NUM_STREAMS": workers,  # one batch per stream, as `OnnxBackend` has one per thread
        "INFERENCE_NUM_THREADS": workers,
        "ENABLE_CPU_PINNING": False,  # else all processes would share the first cores
    }
    try:
        model = core.read_model(path)
    except Exception as error:  # OpenVINO's own exceptions share no base but this
        raise ValueError(
            f"{path.name} is no whole ONNX model ({_line(error)}): fetch or export it again."
        ) from error
    try:
        return core.compile_model(model, "CPU", options)
    except Exception as error:
        raise ValueError(
            f"OpenVINO cannot compile the model ({_line(error)}): use backend='onnx'."
        ) from error


@contextmanager
def _absent(name: str) -> Iterator[None]:
    """Let imports of a module fail, as if it were not installed."""
    missing = object()
    before = sys.modules.get(name, missing)
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]
        if before is not missing:
            sys.modules[name] = before  # type: ignore[assignment]


def _line(error: Exception) -> str:
    """What a library said, on one line; OpenVINO's last line has the reason."""
    return (str(error).strip().splitlines() or [type(error).__name__])[-1].strip()[:80]


_ALIVE: WeakSet[OpenVinoBackend] = WeakSet()


def _leave_to_the_parent() -> None:
    """Let a forked child neither use nor free what its parent has compiled.

    Its threads were not copied. To call it, or to free it when the child ends, would wait for them
    forever. One more reference keeps it until the process is gone.
    """
    for backend in list(_ALIVE):
        if backend._compiled is not None:
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(backend._compiled))
            backend._compiled = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_the_parent)
