"""`fetch` of two small assets in a process of its own, which may be told to come to harm.

    python setting_up.py SHA256 [count | kill=N | remove | limit=BYTES]

count: say at the end how many times the cache was touched; kill=N: SIGKILL at the Nth touch;
remove: delete the cache while an asset is unpacked; limit=BYTES: no file grows beyond them.
"""

import os
import shutil
import signal
import sys
from pathlib import Path

from xenc_course.__main__ import main
from xenc_course.assets import bundled_students, wheels
from xenc_course.commands import fetch

SHA256, OPTION = sys.argv[1], (sys.argv[2:] or ["plainly"])[0]
CACHE = os.environ["XENC_CACHE"]
touched = 0


def touch(event: str, arguments: tuple) -> None:
    """Count what the process does to its cache, and die when it is time."""
    global touched
    if event in ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "subprocess.Popen") and (
        any(CACHE in str(argument) for argument in arguments)
    ):
        touched += 1
        if f"kill={touched}" == OPTION:
            os.kill(os.getpid(), signal.SIGKILL)


def prepare(folder: Path) -> None:
    """The last step of unpacking."""
    if OPTION == "remove":
        shutil.rmtree(CACHE)


if OPTION.startswith("limit="):
    import resource

    size = int(OPTION.removeprefix("limit="))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
wheel = wheels.Wheel("tiny-model==1.0", SHA256)
wheels.ASSETS.clear()
for name in ("one", "two"):
    wheels.ASSETS[name] = wheels.Asset(name, wheel, f"tiny_model/{name}/", "MIT", prepare=prepare)
fetch.released = bundled_students.released = dict
sys.addaudithook(touch)
code = main(["fetch"])
if OPTION == "count":
    print(touched)
sys.exit(code)
