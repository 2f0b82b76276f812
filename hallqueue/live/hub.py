"""The in-process hub: which sockets look at which topics, and the newest frame of each."""

import json
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from hallqueue.texts import text
from hallqueue.topics import Topic
from hallqueue.web.access import Viewer

Send = Callable[[dict[str, Any]], Awaitable[None]]
Head = tuple[str, int]


def framed(text: str) -> bytes:
    """A server's unmasked text frame (RFC 6455, 5.2)."""
    payload = text.encode()
    if len(payload) < 126:
        return struct.pack("!BB", 0x81, len(payload)) + payload
    if len(payload) < 65536:
        return struct.pack("!BBH", 0x81, 126, len(payload)) + payload
    return struct.pack("!BBQ", 0x81, 127, len(payload)) + payload


@dataclass(frozen=True)
class Frame:
    """A frame once serialised: the same text goes to every socket."""

    head: Head
    text: str

    @cached_property
    def message(self) -> dict[str, Any]:
        """What is sent: the text, and the same already as the bytes of a WebSocket frame, made once for all."""
        return {"type": "websocket.send", "text": self.text, "framed": framed(self.text)}


@dataclass(slots=True)
class Watch:
    """One socket's look at one topic: at most one frame under way, and only the newest kept behind it."""

    sent: Head | None = None
    unacknowledged: bool = False
    newest: Frame | None = None


@dataclass(eq=False, slots=True)
class Socket:
    """One open socket."""

    send: Send
    viewer: Viewer
    session_key: str = ""
    phase: int = 0
    watches: dict[Topic, Watch] = field(default_factory=dict)

    async def tell(self, **message: Any) -> None:
        """Send a small message."""
        await self.send({"type": "websocket.send", "text": json.dumps(message, ensure_ascii=False)})

    async def refuse(self, topic: str, code: str) -> None:
        """Say why there is nothing to see, in words."""
        await self.tell(type="refused", topic=topic, code=code, message=text(f"errors.{code}"))

    async def close(self, code: int) -> None:
        """Close with a code of the protocol."""
        await self.send({"type": "websocket.close", "code": code})

    async def offer(self, topic: Topic, frame: Frame) -> None:
        """Send the frame, or keep it as the newest until the one under way is acknowledged (latest wins)."""
        watch = self.watches.get(topic)
        if watch is None or (
            watch.sent and watch.sent[0] == frame.head[0] and watch.sent[1] >= frame.head[1]
        ):
            return
        if watch.unacknowledged:
            watch.newest = frame
            return
        watch.sent, watch.unacknowledged, watch.newest = frame.head, True, None
        await self.send(frame.message)

    async def acknowledge(self, topic: Topic, seq: int) -> None:
        """The client shows the frame under way; the newest follows if there is a newer one."""
        newest = self.shown(topic, seq)
        if newest is not None:
            await self.offer(topic, newest)

    def shown(self, topic: Topic, seq: int) -> Frame | None:
        """Note that the client shows the frame under way; the frame that must follow, if any.

        An acknowledgement of any other frame is late or doubled, and says nothing about the one under way.
        """
        watch = self.watches.get(topic)
        if watch is None or watch.sent is None or watch.sent[1] != seq:
            return None
        watch.unacknowledged = False
        return watch.newest


@dataclass(eq=False)
class Subject:
    """A topic somebody looks at."""

    topic: Topic
    hall_id: int
    sockets: set[Socket] = field(default_factory=set)
    frame: Frame | None = None
    computed: Head | None = None


class Hub:
    """All subjects and sockets of this process; used on the event loop only."""

    def __init__(self) -> None:
        self.subjects: dict[Topic, Subject] = {}
        self.sockets: set[Socket] = set()

    def join(self, socket: Socket, topic: Topic, hall_id: int) -> Subject:
        """Let a socket look at a topic."""
        subject = self.subjects.get(topic)
        if subject is None:
            subject = self.subjects[topic] = Subject(topic, hall_id)
        subject.sockets.add(socket)
        socket.watches.setdefault(topic, Watch())
        return subject

    def leave(self, socket: Socket, topic: Topic) -> None:
        """A socket looks away."""
        socket.watches.pop(topic, None)
        subject = self.subjects.get(topic)
        if subject is not None:
            subject.sockets.discard(socket)
            if not subject.sockets:
                del self.subjects[topic]

    def drop(self, socket: Socket) -> None:
        """A socket is gone."""
        for topic in list(socket.watches):
            self.leave(socket, topic)
        self.sockets.discard(socket)

    def hall_ids(self) -> set[int]:
        """The halls somebody looks at."""
        return {subject.hall_id for subject in self.subjects.values()}
