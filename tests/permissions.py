"""Runs Python so that the permissions of files bind it, also when the tests run as root."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

# prctl(2) and capabilities(7)
_PR_CAPBSET_DROP, _CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 24, 1, 2
_LIBC = ctypes.CDLL(None, use_errno=True)


def _drop() -> None:
    """Gives up, for the program that is started next, root's right to pass by permissions."""
    if os.geteuid() == 0:
        for capability in (_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH):
            if _LIBC.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "prctl")


PEAK = r"""
import re
print(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1])
"""
"""Prints the kilobytes of memory that this process took at most; getrusage(2) counts the parent's before exec too."""


def run_bound(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs the Python interpreter with these arguments."""
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd="/",
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
        preexec_fn=_drop,
    )
