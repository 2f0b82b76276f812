"""A screen for tests: a WebSocket client of /live that acknowledges, or does not, as it is told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidMessage
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.ground.servers import Hallqueue

Message = dict[str, Any]


class Link:
    """One connection, message by message."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self._heard_at = time.monotonic()

    @property
    def silent_for(self) -> float:
        """Seconds since anything was heard on this line."""
        return time.monotonic() - self._heard_at

    def say(self, **message: Any) -> None:
        self.connection.send(json.dumps(message))

    def watch(self, *topics: str, **more: Any) -> None:
        self.say(type="watch", topics=list(topics), **more)

    def hear(self, kind: str, seconds: float = 3.0) -> Message | None:
        """The next message of a kind; None when none comes in time."""
        try:
            while True:
                message: Message = json.loads(self.connection.recv(timeout=seconds))
                self._heard_at = time.monotonic()
                if message["type"] == kind:
                    return message
        except TimeoutError:
            return None

    def frame(self, seconds: float = 3.0, acknowledge: bool = True) -> Message | None:
        found = self.hear("frame", seconds)
        if found is not None and acknowledge:
            self.say(type="ack", topic=found["topic"], seq=found["seq"])
        return found

    def close_code(self, seconds: float = 6.0) -> int:
        """The code with which the server closes this socket."""
        try:
            while True:
                self.connection.recv(timeout=seconds)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006


@contextmanager
def looking(
    server: Hallqueue, *topics: str, cookies: str = "", origin: str = "", port: int = 0
) -> Iterator[Link]:
    """A connection to /live that watches `topics`; `port` names a proxy in front of the server."""
    address = f"ws://127.0.0.1:{port or server.port}/live"
    headers = {"Cookie": cookies} if cookies else {}
    at = Origin(origin or server.url)
    with connect(address, origin=at, additional_headers=headers, proxy=None, close_timeout=1) as connection:
        link = Link(connection)
        if topics:
            link.watch(*topics)
        yield link


class Screen:
    """Looks at one topic from a thread of its own, acknowledges everything, and knows the newest seq it shows.

    As the pages do, it connects anew when its line is cut, and after `patience` seconds without a beat.
    """

    def __init__(
        self, server: Hallqueue, topic: str, cookies: str = "", port: int = 0, patience: float = 7.0
    ) -> None:
        self.server, self.topic, self.cookies = server, topic, cookies
        self.port, self.patience = port, patience
        self.links = 0
        self.shown: Message = {"seq": -1}
        self._moved = threading.Condition()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self) -> Screen:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(10)

    def wait_for(self, seq: int, seconds: float) -> bool:
        """Whether this screen shows `seq` or newer within `seconds`."""
        with self._moved:
            return self._moved.wait_for(lambda: bool(self.shown["seq"] >= seq), seconds)

    def _follow(self) -> None:
        while not self._over.is_set():
            try:
                with looking(self.server, self.topic, cookies=self.cookies, port=self.port) as link:
                    self.links += 1
                    self._show(link)
            except (OSError, ConnectionClosed, InvalidMessage):
                self._over.wait(0.2)

    def _show(self, link: Link) -> None:
        while not self._over.is_set() and link.silent_for < self.patience:
            frame = link.frame(seconds=0.5)
            if frame is not None and frame["seq"] >= self.shown["seq"]:
                with self._moved:
                    self.shown = frame
                    self._moved.notify_all()
