"""The process in which a video is made anew: it bounds itself first, then lets a decoder see a stranger's bytes.

`python -m displays.video.apart SOURCE TARGET SECONDS` says on its output, one JSON object a line, {"part": 0.37} as it
goes and at its end {"done": true} or {"code": …, "detail": …}; a process that ends otherwise was ended.
"""

import contextlib
import errno
import json
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from displays.video import LARGEST_MADE, BadVideoError
from hallqueue import apart

MOST_MEMORY = 1200 * 1024 * 1024
"""Bytes. Full HD takes 250 MB, 4K with four threads 280 MB, in HDR 560 MB; a hall's computer has 4 GB."""
LONGEST_CPU = 1800
"""Seconds of a processor: ten minutes of 4K take less, of 4K in HDR seven."""


def confine() -> None:
    """The lowest priority there is, little memory, no large file, no dump; it dies with the process that began it."""
    apart.confine(MOST_MEMORY, LONGEST_CPU, LARGEST_MADE, nice=19)
    with contextlib.suppress(OSError, AttributeError):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def main(source: Path, target: Path, seconds: float) -> dict[str, Any]:
    """What the last line says."""
    encoder = import_module("displays.video.encoder")  # after the limits: the libraries are 100 MB
    threads = max(1, min(4, (os.cpu_count() or 1) - 1))
    try:
        encoder.encode(source, target, seconds, threads, Telling())
    except BadVideoError as error:
        return {"code": error.code, "detail": error.detail}
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        if error.errno == errno.EFBIG:
            return {"code": "video_too_big", "detail": f"> {LARGEST_MADE // 2**20} MB"}
        return {"code": "disk_full", "detail": ""}
    return {"done": True}


class Telling:
    """Says how far it is, each hundredth once."""

    def __init__(self) -> None:
        self._said = -1

    def __call__(self, part: float) -> None:
        """Hear that `part` (0 to 1) is done."""
        if int(part * 100) > self._said:
            self._said = int(part * 100)
            say({"part": self._said / 100})


def say(what: dict[str, Any]) -> None:
    """One line to the process that began this one."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    confine()
    say(main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])))
