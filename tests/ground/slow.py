"""Tests that took long when `make slow` last measured them: the everyday run leaves them to `make test`."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

LIST = Path(__file__).with_name("slow.txt")
LIMIT = 0.25
"""Seconds of one test, with everything it needs; two thousand of them shall take a minute on two cores."""
MEASURING = "HALLQUEUE_MEASURE_TESTS"


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
