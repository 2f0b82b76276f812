"""Tells the hall which paired devices and which clerks' browsers are connected to this process."""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import DatabaseError, close_old_connections

from hallqueue.actions.round import presence
from hallqueue.live import hints
from hallqueue.live.hub import Hub, Socket
from hallqueue.topics import Topic

log = logging.getLogger(__name__)

LOOK, RENEW = 0.5, 4.0
JUST = timedelta(seconds=10)

_thread = ThreadPoolExecutor(1, "presence")

Present = dict[int, set[str]]
"""Subjects of `models.Presence` by hall id."""


def present(hub: Hub) -> Present:
    """Whoever looks at a screen of its own: a kiosk, a board, a window screen, a clerk's console."""
    found: Present = defaultdict(set)
    for topic, subject in hub.subjects.items():
        for socket in subject.sockets:
            if name := subject_of(socket, topic):
                found[subject.hall_id].add(name)
    return found


def subject_of(socket: Socket, topic: Topic) -> str:
    """Who this socket is when it looks at this topic; nobody in particular is ""."""
    if topic.kind == "window" and socket.viewer.user is not None:
        return f"clerk:{topic.name}:{socket.viewer.user.pk}"
    device = socket.viewer.devices.get(topic.kind)
    return f"device:{device.pk}" if device is not None else ""


async def follow(hub: Hub) -> None:
    """Write who came and went at once, and who is still there every four seconds; for ever."""
    loop = asyncio.get_running_loop()
    before: Present = {}
    renewed = 0.0
    await loop.run_in_executor(_thread, _try, presence.begin)
    while True:
        await asyncio.sleep(LOOK)
        now = present(hub)
        due = time.monotonic() - renewed >= RENEW
        if now == before and not (due and now) and not await loop.run_in_executor(_thread, _is_denied, now):
            continue
        if await loop.run_in_executor(_thread, _try, _write, now, before):
            before, renewed = now, time.monotonic()


def _is_denied(now: Present) -> bool:
    """Whether another process has just written somebody off who is here: a screen that came back to this one."""
    if hints.alone() or not now:
        return False
    try:
        return any(subject in now.get(hall, ()) for hall, subject in presence.just_left(JUST))
    except DatabaseError:  # it may be away; the next look asks again
        return False


def _write(now: Present, before: Present) -> None:
    for hall_id in now.keys() | before.keys():
        here = now.get(hall_id, set())
        presence.note(hall_id, here, before.get(hall_id, set()) - here)


def _try(work: Callable[..., None], *args: Present) -> bool:
    """Do it in a thread; the database may be away, then the next look tries again."""
    close_old_connections()
    try:
        work(*args)
    except Exception:  # a heartbeat must not end the process that beats
        log.exception("who is connected could not be written")
        return False
    return True
