"""A calibration: the curve that turns a reranker's logits into probabilities, and its file.

A calibration holds for what it was fitted on: this model, this collection, these candidates and the
same choice of pairs. One that was fitted on first results promises too much for second ones. Lesson
07 breaks it on purpose. `fit_calibration` makes one; using a stored one needs numpy only.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from xenc_course.display.arguments import finite_numbers
from xenc_course.files import shown, write_whole

if TYPE_CHECKING:
    from os import PathLike

TEMPERATURE, PLATT, ISOTONIC = METHODS = ("temperature", "platt", "isotonic")
KIND = "xenc_course calibration 1"
_LARGEST = 10_000_000  # bytes of a file; a curve of a hundred thousand corners has half of that
_NUMBERS = {"slope": float, "intercept": float, "n_queries": int, "n_pairs": int, "n_relevant": int}


@dataclass(frozen=True)
class Calibration:
    """A curve from logits to probabilities; call it with logits. Made by `fit_calibration`.

    Attributes:
        method: "temperature", "platt" or "isotonic".
        slope: of the first two: p = sigmoid(slope · logit + intercept); 0 for isotonic. A
            temperature is 1 / slope.
        intercept: see `slope`; 0 for temperature.
        logits: of isotonic: the corners of the curve, rising; between two of them it is a straight
            line, and outside it stays level.
        probabilities: of isotonic: the probability at each corner, never falling.
        n_queries: how many queries it was fitted on.
        n_pairs: how many pairs.
        n_relevant: how many of these were relevant.
        note: what it holds for: model, collection, which results.
    """

    method: str
    slope: float
    intercept: float
    logits: tuple[float, ...]
    probabilities: tuple[float, ...]
    n_queries: int
    n_pairs: int
    n_relevant: int
    note: str = ""

    def __call__(self, logits: ArrayLike) -> np.ndarray:
        """Turn logits into probabilities.

        Args:
            logits: of any shape.

        Returns:
            Probabilities that the pair is relevant: float32, in the same shape.

        Raises:
            TypeError: a logit is no number.
            ValueError: a logit is not finite.
        """
        values = finite_numbers(logits, "logits")
        if self.method == ISOTONIC:
            found = np.interp(values, self.logits, self.probabilities)
        else:
            found = sigmoid(self.slope * values + self.intercept)
        return np.asarray(found, dtype=np.float32)

    def __str__(self) -> str:
        """The curve, and what it was fitted on."""
        if self.method == ISOTONIC:
            curve = f"a curve with {len(self.logits)} corners"
        elif self.method == TEMPERATURE:
            curve = f"sigmoid(logit / {1 / self.slope:.3f})"
        else:
            curve = f"sigmoid({self.slope:.3f} · logit {self.intercept:+.3f})"
        sentence = (
            f"{self.method}: {curve}, fitted on {self.n_queries:,} queries with {self.n_pairs:,} "
            f"pairs, {self.n_relevant / self.n_pairs:.1%} of them relevant"
        )
        return f"{sentence} ({self.note})" if self.note else sentence

    __repr__ = __str__

    def save(self, path: str | PathLike[str]) -> None:
        """Write it to a JSON file that appears whole or not at all; `load_calibration` reads it.

        Raises:
            ValueError: a curve has so many corners that its file would be refused at reading.
            OSError: the file cannot be written.
        """
        content = asdict(self)
        record = {"kind": KIND, **content, "sha256": _checksum(content)}
        file = (json.dumps(record, indent=1, ensure_ascii=False) + "\n").encode()
        if len(file) > _LARGEST:
            raise ValueError(
                f"A curve with {len(self.logits):,} corners is too large for a file: fit on fewer "
                "pairs, or with method='platt'."
            )
        write_whole(Path(path), file)


def load_calibration(path: str | PathLike[str]) -> Calibration:
    """Read a calibration that `Calibration.save` wrote.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is not one that `save` wrote, or it was changed or cut since.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError
        record = json.loads(path.read_bytes())
        kind = record.pop("kind")
    except (ValueError, RecursionError, AttributeError, KeyError, TypeError) as error:
        raise ValueError(
            f"{path} is no whole file of a calibration: make it again with Calibration.save."
        ) from error
    if kind != KIND:
        raise ValueError(f"{path} is of the kind {shown(kind)}: this version reads {KIND!r}.")
    checksum = record.pop("sha256", None)
    if checksum != _checksum(record) or not _is_calibration(record):
        raise ValueError(
            f"{path} is not as Calibration.save wrote it: take the original file, or fit again."
        )
    corners = {name: tuple(record[name]) for name in ("logits", "probabilities")}
    return Calibration(**(record | corners))


def sigmoid(values: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)), without overflow."""
    return np.exp(-np.logaddexp(0, -values))


def _checksum(content: dict[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _is_calibration(record: dict[str, Any]) -> bool:
    """Whether the parts are those of a calibration, of the right kinds and possible values."""
    if record.keys() != {field.name for field in fields(Calibration)}:
        return False
    if record["method"] not in METHODS or not isinstance(record["note"], str):
        return False
    if any(type(record[name]) is not kind for name, kind in _NUMBERS.items()):
        return False
    if not (0 < record["n_relevant"] < record["n_pairs"] >= record["n_queries"] > 0):
        return False
    logits, probabilities = record["logits"], record["probabilities"]
    if not all(isinstance(values, list) for values in (logits, probabilities)):
        return False
    numbers = [record["slope"], record["intercept"], *logits, *probabilities]
    if not all(type(number) is float and math.isfinite(number) for number in numbers):
        return False
    if record["method"] != ISOTONIC:
        shifted = record["method"] == TEMPERATURE and record["intercept"] != 0
        return record["slope"] > 0 and not shifted and not logits and not probabilities
    return (
        len(logits) == len(probabilities) > 1
        and logits == sorted(set(logits))
        and probabilities == sorted(probabilities)
        and 0 <= probabilities[0] < probabilities[-1] <= 1
    )
