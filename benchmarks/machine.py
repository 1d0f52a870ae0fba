"""The machine: its processor by name and by what it can do. Imports nothing but the library."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

# What decides how fast small floats and integers are, as Linux spells it.
VECTORS = ("avx2", "avx512f", "avx_vnni", "avx512_vnni", "avx512_bf16")
FLAGS = (*VECTORS, "amx_tile", "amx_int8", "amx_bf16")
LIBRARIES = ("torch", "sentence-transformers", "transformers", "onnxruntime", "tokenizers")


def flags() -> list[str]:
    """Those of `FLAGS` that this processor has; none where the system does not tell."""
    found = _cpuinfo("flags").split()
    return [flag for flag in FLAGS if flag in found]


def machine() -> str:
    """Name the processor, its cores and the system, in a phrase."""
    name = _cpuinfo("model name") or platform.processor() or platform.machine()
    return f"{name} ({', '.join(flags())}), {os.cpu_count()} cores, {platform.system()}"


def versions(libraries: tuple[str, ...] = LIBRARIES) -> str:
    """Name libraries of this environment with their versions, in a phrase."""
    return ", ".join(f"{library} {version(library)}" for library in libraries)


def _cpuinfo(key: str) -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.is_file() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(key)), "")
