"""The in-process hub: which sockets look at which topics, and the newest frame of each."""

import json
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from hallqueue.texts import text
from hallqueue.topics import Topic
from hallqueue.web.access import Viewer

Send = Callable[[dict[str, Any]], Awaitable[None]]
Message = dict[str, Any]
Head = tuple[str, int]


class Line(Protocol):
    """The way straight to a socket's wire, past the server's own layers."""

    def write(self, data: bytes) -> None:
        """Send bytes that are a WebSocket frame already; nothing happens if the socket is closing."""

    def cut(self) -> None:
        """Drop the connection: nobody is there to say goodbye to."""


def framed(text: str) -> bytes:
    """A server's unmasked text frame (RFC 6455, 5.2)."""
    payload = text.encode()
    if len(payload) < 126:
        return struct.pack("!BB", 0x81, len(payload)) + payload
    if len(payload) < 65536:
        return struct.pack("!BBH", 0x81, 126, len(payload)) + payload
    return struct.pack("!BBQ", 0x81, 127, len(payload)) + payload


def message_of(text: str) -> Message:
    """What is sent: the text, and the same already as the bytes of a WebSocket frame, made once for all."""
    return {"type": "websocket.send", "text": text, "framed": framed(text)}


@dataclass(frozen=True)
class Frame:
    """A frame once serialised: the same text goes to every socket."""

    head: Head
    topic: str
    text: str

    @cached_property
    def message(self) -> Message:
        """What is sent."""
        return message_of(self.text)

    @cached_property
    def shown(self) -> bytes:
        """The acknowledgement of this frame as our own pages write it."""
        words = {"type": "ack", "topic": self.topic, "seq": self.head[1]}
        return json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(slots=True)
class Watch:
    """One socket's look at one topic: at most one frame under way, and only the newest kept behind it."""

    sent: Frame | None = None
    unacknowledged: bool = False
    newest: Frame | None = None

    def has(self, frame: Frame) -> bool:
        """Whether this frame, or a newer one, was sent."""
        sent = self.sent.head if self.sent else None
        return sent is not None and sent[0] == frame.head[0] and sent[1] >= frame.head[1]


@dataclass(eq=False, slots=True)
class Socket:
    """One open socket; `quiet` counts the beats since its client said something, -1 for one that answers none."""

    send: Send
    viewer: Viewer
    session_key: str = ""
    phase: int = 0
    watches: dict[Topic, Watch] = field(default_factory=dict)
    line: Line | None = None
    quiet: int = -1

    def heard(self, answers: bool = False) -> None:
        """The client said something; `answers` when it was the answer to a beat."""
        if answers or self.quiet > 0:
            self.quiet = 0

    async def tell(self, **message: Any) -> None:
        """Send a small message."""
        await self.send({"type": "websocket.send", "text": json.dumps(message, ensure_ascii=False)})

    async def say(self, message: Message) -> None:
        """Send what `message_of` made, by the shortest way there is."""
        if self.line is None:
            await self.send(message)
        else:
            self.line.write(message["framed"])

    async def refuse(self, topic: str, code: str) -> None:
        """Say why there is nothing to see, in words."""
        await self.tell(type="refused", topic=topic, code=code, message=text(f"errors.{code}"))

    async def close(self, code: int) -> None:
        """Close with a code of the protocol."""
        await self.send({"type": "websocket.close", "code": code})

    async def offer(self, topic: Topic, frame: Frame) -> None:
        """Send the frame, or keep it as the newest until the one under way is acknowledged (latest wins)."""
        if self.may_send(topic, frame):
            await self.say(frame.message)

    def may_send(self, topic: Topic, frame: Frame) -> bool:
        """Whether the frame is to be sent at once, which is noted as done; else it may be kept as the newest."""
        watch = self.watches.get(topic)
        if watch is None or watch.has(frame):
            return False
        if watch.unacknowledged:
            watch.newest = frame
            return False
        watch.sent, watch.unacknowledged, watch.newest = frame, True, None
        return True

    async def acknowledge(self, topic: Topic, seq: int) -> None:
        """The client shows the frame under way; the newest follows if there is a newer one.

        An acknowledgement of any other frame is late or doubled, and says nothing about the one under way.
        """
        watch = self.watches.get(topic)
        if watch is None or watch.sent is None or watch.sent.head[1] != seq:
            return
        watch.unacknowledged = False
        if watch.newest is not None:
            await self.offer(topic, watch.newest)

    def shown(self, payload: bytes) -> bool:
        """Whether `payload` is, to the letter, the acknowledgement of a frame under way; then it is taken.

        Nearly all that thousands of screens say is this, and it needs no reading.
        """
        for topic, watch in self.watches.items():
            if watch.unacknowledged and watch.sent is not None and watch.sent.shown == payload:
                watch.unacknowledged = False
                if watch.newest is not None:
                    self.show(topic, watch.newest)
                return True
        return False

    def show(self, topic: Topic, frame: Frame) -> None:
        """What `offer` does, on a wire."""
        if self.line is not None and self.may_send(topic, frame):
            self.line.write(frame.message["framed"])


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
