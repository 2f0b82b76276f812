"""Who is connected, when several processes serve the screens: what one of them lets go another may hold."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from hallqueue.actions.round import presence
from hallqueue.actions.round.alarm_kinds import GRACE
from hallqueue.live import hints
from hallqueue.live.hub import Hub, Socket, Subject
from hallqueue.live.presence import _thread, follow
from hallqueue.models import Device, Presence
from hallqueue.topics import Topic
from hallqueue.web.access import Viewer
from tests.hall import SmallHall


async def _silent(message: dict[str, Any]) -> None:
    """A socket that nobody listens to."""


def looked_at_by(device: Device) -> Hub:
    """A process one of whose sockets is the device's."""
    hub, topic = Hub(), Topic("board", "small", str(device.pk))
    socket = Socket(_silent, Viewer(None, {"board": device}), "", 0)
    hub.subjects[topic] = Subject(topic, device.hall_id, {socket})
    return hub


async def in_thread(work: Callable[..., Any], *args: Any, **more: Any) -> Any:
    """Ask the database in another thread, and close the connection that it opened."""

    def ask() -> Any:
        try:
            return work(*args, **more)
        finally:
            connections.close_all()

    return await asyncio.to_thread(ask)


def wait_until_noted(subject: str) -> None:
    end = time.monotonic() + 10
    while not Presence.objects.filter(subject=subject).exists():
        assert time.monotonic() < end
        time.sleep(0.05)


async def test_screen_that_came_back_to_another_process_is_not_taken_for_gone(
    committed_hall: SmallHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that lost it says so later than the other found it; before anybody is alarmed that is put right."""
    monkeypatch.setattr(hints, "alone", lambda: False)
    hall = committed_hall.hall
    board = await in_thread(Device.objects.create, hall=hall, kind="board", name="大屏", token_hash="b")
    following = asyncio.create_task(follow(looked_at_by(board)))
    subject = f"device:{board.pk}"
    try:
        await in_thread(wait_until_noted, subject)
        await in_thread(presence.note, hall.pk, [], [subject])
        await asyncio.sleep(GRACE.total_seconds())
        assert not (await in_thread(Presence.objects.get, subject=subject)).has_left
    finally:
        following.cancel()
        await asyncio.wrap_future(_thread.submit(connections.close_all))  # its thread outlives the test
