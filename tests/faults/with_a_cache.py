"""Scoring, `fetch` and `doctor` in a process of their own, on a cache that is not to be written.

    python with_a_cache.py MODEL

Prints one line of JSON: what each of them said.
"""

import json
import sys

from xenc_course import Reranker
from xenc_course.__main__ import main
from xenc_course.assets import bundled_students, wheels
from xenc_course.commands import doctor, fetch

wheels.ASSETS.clear()
fetch.released = bundled_students.released = dict
pairs = [(f"query {n}", f"passage {n}") for n in range(300)]
reranker = Reranker(sys.argv[1])
scores = reranker.score(pairs, progress=False)
exact = Reranker(sys.argv[1], "torch").score(pairs, progress=False)
try:
    Reranker(sys.argv[1], "onnx")
    asked = ""
except Exception as error:
    asked = f"{type(error).__name__}: {error}"
print(
    json.dumps(
        {
            "same": bool(abs(scores - exact).max() < 1e-4),
            "backend": reranker.choice.backend,
            "why": reranker.choice.why,
            "onnx": asked,
            "fetch": main(["fetch"]),
            "doctor": [str(finding) for finding in doctor._cache()],
        }
    )
)
