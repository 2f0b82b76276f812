"""Tests that took long when last measured: the everyday run leaves them to `make test`. As a program: measure anew."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

LIST = Path(__file__).with_name("slow.txt")
LIMIT = 0.3
"""Seconds of one test, with everything it needs; two thousand of them shall take a minute on two cores."""
MEASURING = "HALLQUEUE_MEASURE_TESTS"
EVERYDAY = "not slow and not browser and not servers"


def function_of(nodeid: str) -> str:
    """`tests/test_x.py::test_y` without its parameters."""
    return nodeid.split("[", 1)[0]


def known() -> frozenset[str]:
    """The functions on the list; none while they are measured anew."""
    if os.environ.get(MEASURING) or not LIST.exists():
        return frozenset()
    return frozenset(LIST.read_text("utf-8").split())


def write(reports: Iterable[pytest.TestReport]) -> None:
    """Keep the functions of which one case took longer than LIMIT."""
    taken: dict[str, float] = defaultdict(float)
    for report in reports:
        taken[report.nodeid] += report.duration
    slow = {function_of(nodeid) for nodeid, seconds in taken.items() if seconds > LIMIT}
    LIST.write_text("".join(f"{each}\n" for each in sorted(slow)), "utf-8")


def main() -> int:
    """Run all that could be everyday, with nothing else going on, and write the list anew."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-m", EVERYDAY]
    environment = {**os.environ, MEASURING: "1", "HYPOTHESIS_PROFILE": "quick"}
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
