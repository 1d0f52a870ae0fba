"""The helper package of the course on cross-encoders: fetch, time, evaluate and display.

It never hides sentence-transformers: `load_cross_encoder` returns the stock `CrossEncoder`.
A public name is loaded when it is first used, so that importing the package costs milliseconds.
"""

import os

import lazy_loader

__version__ = "0.1.0"

# Nobody is told what runs here (SECURITY.md). Each library reads its switch when it is imported;
# onnxruntime 1.32 otherwise makes an id of this machine and sends events to its maker.
for _switch in ("ORT_DISABLE_TELEMETRY", "HF_HUB_DISABLE_TELEMETRY"):
    os.environ.setdefault(_switch, "1")

# The names stand in __init__.pyi, once for this and for type checkers.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
