"""Heartbeats keep their time: a screen may tell by their silence that its line is cut."""

from __future__ import annotations

import asyncio
import itertools
import time
from types import SimpleNamespace
from typing import Any

import pytest

from hallqueue.live import pump as module
from hallqueue.live.hub import Hub, Socket
from hallqueue.live.pump import BEAT, PHASES, Pump
from hallqueue.web.access import Viewer


class BusyMachine:
    """A clock on which every sleep lasts `late` seconds longer than was asked for, until a minute is over."""

    def __init__(self, late: float) -> None:
        self.late, self.now = late, 0.0

    async def sleep(self, seconds: float) -> None:
        self.now += seconds + self.late
        if self.now > 60:
            raise asyncio.CancelledError


@pytest.mark.parametrize("late", [0.0, 0.03, 0.09])
async def test_beats_come_every_five_seconds_however_late_a_busy_machine_wakes(
    monkeypatch: pytest.MonkeyPatch, late: float
) -> None:
    machine, told, hub = BusyMachine(late), list[float](), Hub()

    async def note(message: dict[str, Any]) -> None:
        told.append(machine.now)

    hub.sockets.add(Socket(note, Viewer(), "", PHASES // 3))
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: machine.now, time=time.time))
    monkeypatch.setattr(asyncio, "sleep", machine.sleep)
    with pytest.raises(asyncio.CancelledError):
        await Pump(hub).beat()
    gaps = [later - before for before, later in itertools.pairwise(told)]
    assert len(gaps) > 9
    assert gaps == [pytest.approx(BEAT, abs=0.15)] * len(gaps)
