"""Nobody waits unanswered: whatever changes, within a second the fallback window's own screen shows who comes to it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hallqueue.actions.command import new_key
from tests.ground.servers import Hallqueue
from tests.machines import Client, behind, small_hall_on
from tests.screens import Link, looking

pytestmark = [pytest.mark.slow, pytest.mark.servers]

FALLBACK = "window:small:9"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hallqueue, Client]]:
    folder: Path = tmp_path_factory.mktemp("fallback")
    settings = {"HALLQUEUE_DATA": str(folder), "HALLQUEUE_SECRET": "a secret for tests only"}
    with Hallqueue(settings) as server:
        yield server, small_hall_on(server)
    server.remove()


def line_after(link: Link, change: Callable[[], object], wanted: list[str]) -> float:
    """Make a change; the seconds from its end until the fallback window's screen shows that line."""
    change()
    began = time.monotonic()
    while time.monotonic() - began < 10:
        frame = link.frame()
        if frame is not None and [row["why"]["code"] for row in frame["data"]["line"]["first"]] == wanted:
            return time.monotonic() - began
    raise AssertionError(f"the fallback window never saw {wanted}")


def test_the_fallback_windows_screen_follows_every_change(hall: tuple[Hallqueue, Client]) -> None:
    server, client = hall
    clerk = f"sessionid={behind(server, 'session', 'clerk1')}"

    def post(path: str, **body: str) -> None:
        status, answer = client.once(path, body or None, new_key())
        assert status == 200, answer

    for number, code in ((1, "id-card"), (2, "invoice"), (3, "housing")):
        behind(server, "takes", number, code)
    post("/tickets", service="housing")
    with looking(server, FALLBACK, cookies=clerk) as link:
        changes: list[tuple[Callable[[], object], list[str]]] = [
            (lambda: post("/windows/3/close"), ["no_window"]),
            (lambda: post("/windows/3/open"), []),
            (lambda: post("/windows/3/pause", reason="离岗"), ["no_window"]),
            (lambda: behind(server, "takes", 1, "id-card", "housing"), []),
            (lambda: behind(server, "takes", 1, "id-card"), ["no_window"]),
        ]
        seen = [line_after(link, change, wanted) for change, wanted in changes]
    assert sorted(seen)[len(seen) // 2] < 1.0, f"I6: {seen}"
