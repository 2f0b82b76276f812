"""The one socket address: watch, acknowledge, ask; everything else is refused by name."""

import asyncio
import contextlib
import functools
import itertools
import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings

from hallqueue.live import hints, presence
from hallqueue.live.hub import Hub, Line, Send, Socket
from hallqueue.live.pump import PHASES, Pump, deliver
from hallqueue.live.rights import cookies_of, find_hall, may_look, no_longer_allowed, viewer_of_cookies
from hallqueue.topics import Topic, parse

log = logging.getLogger(__name__)

LONGEST_MESSAGE = 65536
MOST_TOPICS = 40
CHECK_AGAIN = 30.0
NOT_SIGNED_IN, NOT_ALLOWED, NEW_VERSION, TOO_BIG, BAD_MESSAGE = 4401, 4403, 4426, 1009, 1003

_HERE = b'{"type":"here"}'

_threads = ThreadPoolExecutor(2, "rights")


class Live:
    """The ASGI application of `/live`: one per process."""

    def __init__(self) -> None:
        self.hub = Hub()
        self.pump: Pump | None = None
        self._phases = itertools.cycle(range(PHASES))
        self._tasks: list[asyncio.Task[None]] = []

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        """Serve one socket from handshake to goodbye."""
        pump = self.started()
        message = await receive()
        if message["type"] != "websocket.connect":
            return
        viewer, session = await in_thread(viewer_of_cookies, cookies_of(scope))
        socket = Socket(send, viewer, session, next(self._phases))
        await send({"type": "websocket.accept", "wired": functools.partial(_wired, socket)})
        self.hub.sockets.add(socket)
        try:
            while (message := await receive())["type"] == "websocket.receive":
                if not await self._take(socket, message, pump):
                    return
        finally:
            self.hub.drop(socket)

    async def _take(self, socket: Socket, message: dict[str, Any], pump: Pump) -> bool:
        """One message from the client; False when the socket was closed for it."""
        raw = message.get("text")
        socket.heard()
        if raw is None or len(raw.encode()) > LONGEST_MESSAGE:
            await socket.close(BAD_MESSAGE if raw is None else TOO_BIG)
            return False
        said = _read(raw)
        match said:
            case {"type": "watch", "topics": list(names)} if len(names) <= MOST_TOPICS:
                return await self._watch(socket, said, names, pump)
            case {"type": "ack", "topic": str(name), "seq": int(seq)}:
                if topic := parse(name):
                    await socket.acknowledge(topic, seq)
            case {"type": "here"}:
                socket.heard(answers=True)
            case {"type": "ask", "topic": str(name)}:
                await self._ask(socket, name)
            case {"type": "leave", "topic": str(name)}:
                if topic := parse(name):
                    self.hub.leave(socket, topic)
            case _:
                await socket.refuse("", "bad_message")
        return True

    async def _watch(self, socket: Socket, said: dict[str, Any], names: list[Any], pump: Pump) -> bool:
        if said.get("build", settings.BUILD) != settings.BUILD:
            await socket.close(NEW_VERSION)
            return False
        for name in names:
            topic = parse(name) if isinstance(name, str) else None
            hall = await in_thread(find_hall, topic) if topic else None
            if topic is None or hall is None:
                await socket.refuse(str(name)[:200], "unknown_topic")
            elif not may_look(socket.viewer, topic, hall):
                known = socket.viewer.user or socket.viewer.devices
                await socket.close(NOT_ALLOWED if known else NOT_SIGNED_IN)
                return False
            elif topic not in socket.watches and len(socket.watches) >= MOST_TOPICS:
                await socket.refuse(name, "too_many_topics")
            else:
                await self._join(socket, topic, hall.pk, pump)
        return True

    async def _join(self, socket: Socket, topic: Topic, hall_id: int, pump: Pump) -> None:
        subject = self.hub.join(socket, topic, hall_id)
        if subject.frame is not None:
            await deliver(socket, topic, subject.frame)
        pump.wake()

    async def _ask(self, socket: Socket, name: str) -> None:
        """The client believes it is behind: send the newest frame again, acknowledged or not."""
        topic = parse(name)
        watch = socket.watches.get(topic) if topic else None
        if topic is None or watch is None:
            return
        watch.sent, watch.unacknowledged = None, False
        frame = self.hub.subjects[topic].frame
        if frame is not None:
            await deliver(socket, topic, frame)

    def started(self) -> Pump:
        """The pump, begun on the first call; a process that only serves pages must begin it too, to send its hints."""
        if self.pump is None:
            self.pump = Pump(self.hub)
            hints.start(self.pump)
            jobs = (
                self.pump.run(),
                self.pump.beat(),
                hints.listen(self.pump),
                self._check_again(self.pump),
                presence.follow(self.hub),
            )
            self._tasks = [asyncio.get_running_loop().create_task(job) for job in jobs]
        return self.pump

    async def _check_again(self, pump: Pump) -> None:
        """Every 30 s, and at once when rights moved: close the sockets of those who may no longer look."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(pump.rights_moved.wait(), CHECK_AGAIN)
            pump.rights_moved.clear()
            try:
                gone = await in_thread(no_longer_allowed, list(self.hub.sockets))
            except Exception:  # the database may be away; the next round asks again
                log.exception("rights could not be checked")
                await asyncio.sleep(1)
                continue
            for socket in gone:
                with contextlib.suppress(OSError, RuntimeError):
                    await socket.close(NOT_SIGNED_IN)


async def in_thread(work: Any, *args: Any) -> Any:
    """Run a database question in a long-lived thread of the sockets' own."""
    return await asyncio.get_running_loop().run_in_executor(_threads, work, *args)


def _wired(socket: Socket, line: Line) -> Callable[[bytes], bool]:
    """The wire of a socket: what it may be given from now on, and who takes its small messages first."""
    socket.line = line
    return functools.partial(_take_small, socket)


def _take_small(socket: Socket, payload: bytes) -> bool:
    """What a screen says all day, straight from the wire; False leaves any other message to `Live._take`."""
    if payload == _HERE:
        socket.heard(answers=True)
        return True
    socket.heard()
    return socket.shown(payload)


def _read(raw: str) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None
