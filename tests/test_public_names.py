"""The package's public names: light to import, and all there."""

import subprocess
import sys

import pytest


def test_importing_the_package_loads_no_heavy_library():
    heavy = "{'torch', 'transformers', 'sentence_transformers', 'matplotlib', 'numpy'}"
    code = f"import sys, xenc_course; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_every_public_name_can_be_imported():
    import xenc_course

    assert dir(xenc_course) == sorted(xenc_course.__all__)
    assert all(getattr(xenc_course, name) is not None for name in xenc_course.__all__)
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = xenc_course.no_such_name
