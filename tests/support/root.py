"""For tests of what may not be written: a root user whose rights are those of any other."""

import ctypes
import os
import sys

CAPABILITIES = {"CAP_DAC_OVERRIDE": 1, "CAP_DAC_READ_SEARCH": 2, "CAP_FOWNER": 3}
PR_CAPBSET_DROP = 24
NOBODY = 65534


def without_root_rights() -> None:
    """Let the next program that this process starts obey file modes, as `preexec_fn` of a child."""
    if os.getuid() != 0:
        return
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        dropped = [libc.prctl(PR_CAPBSET_DROP, each, 0, 0, 0) for each in CAPABILITIES.values()]
        if not any(dropped):
            return
    os.setuid(NOBODY)
