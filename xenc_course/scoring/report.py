"""What one call of a reranker did: pairs, seconds, tokens, padding, pairs that were cut."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Report:
    """What a call of `Reranker` did.

    Attributes:
        pairs: how many were given.
        scored: how many of them were computed; the others were equal to one of these, or in the
            cache.
        seconds: how long that took.
        tokens: of the computed pairs, without padding.
        computed: of the computed pairs, with padding.
        cut: how many of the computed pairs were too long and lost their end.
        backend: "torch", "onnx", "onnx-int8", "openvino, bf16" or "openvino, f32".
    """

    pairs: int = 0
    scored: int = 0
    seconds: float = 0.0
    tokens: int = 0
    computed: int = 0
    cut: int = 0
    backend: str = ""

    @property
    def padding(self) -> float:
        """The share of what was computed that is padding, from 0 to 1."""
        return 1 - self.tokens / self.computed if self.computed else 0.0

    def __add__(self, more: Report) -> Report:
        """What two parts of one call did together."""
        return Report(
            self.pairs + more.pairs,
            self.scored + more.scored,
            self.seconds + more.seconds,
            self.tokens + more.tokens,
            self.computed + more.computed,
            self.cut + more.cut,
            more.backend or self.backend,
        )

    def __str__(self) -> str:
        """All of it in one sentence, with the pairs per second."""
        rate = f", {self.pairs / self.seconds:,.1f} pairs/s" if self.seconds else ""
        return (
            f"{self.pairs:,} pairs in {self.seconds:.2f} s{rate} ({self.backend}): "
            f"{self.pairs - self.scored:,} known before, {self.tokens:,} tokens, "
            f"{self.padding:.1%} padding, {self.cut:,} pairs cut."
        )
