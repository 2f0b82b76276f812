"""Processes in which strangers' bytes are decoded: what they are told of their surroundings, and their bounds.

A decoder is a large thing to trust: it runs where it can reach no secret and no database, and can hurt nobody.
"""

import contextlib
import ctypes
import os
import resource
import signal
from pathlib import Path

PARENT_DIED = 1  # PR_SET_PDEATHSIG
TOLD = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH")


def told() -> dict[str, str]:
    """What such a process is told of its surroundings."""
    return {name: value for name, value in os.environ.items() if name in TOLD}


def confine(memory: int, processor: int, largest: int, nice: int) -> None:
    """Bound this process: bytes of memory, seconds of a processor, bytes of a file it writes, how far others go first.

    No dump, few files; it dies with the process that began it.
    """
    with contextlib.suppress(OSError, AttributeError):  # another C library, or no Linux
        ctypes.CDLL(None, use_errno=True).prctl(PARENT_DIED, signal.SIGKILL)
    with contextlib.suppress(OSError):  # where memory is short, this process goes first
        Path("/proc/self/oom_score_adj").write_text("1000")
    os.nice(nice)
    for what, most in (
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_CPU, processor),
        (resource.RLIMIT_FSIZE, largest),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(what, (most, most))
