"""How the bodies of requests come in: small ones as daphne takes them; of a large one not a byte is read before the
door was asked, and then it goes to the disk as it comes.
"""

import asyncio
import tempfile
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import IO, Any

from daphne.http_protocol import WebRequest
from django.conf import settings

from hallqueue.bodies import most_of
from hallqueue.pages import COMING, DRAINED, LARGEST_BODY

HELD = 1024 * 1024
"""Bytes of a large body in memory at most: while the disk does not follow, its sender waits."""
LONGEST = 3600.0
"""Seconds a large body may take: 300 MB at 0.7 Mbit/s. Twisted cuts off before whoever is silent for a minute."""
LINGERS = 20.0
"""Seconds that a sender who was refused may go on without being read: some read no answer before they have sent all."""
DISK = ThreadPoolExecutor(2, "body")


class Incoming(WebRequest):  # type: ignore[misc]
    """A request of daphne, which knows when its headers are there how much is to come.

    `coming` is its large body. Such a request is answered from its headers on, the answer may end before the body.
    """

    coming: "Coming | None" = None
    _left = LARGEST_BODY
    _is_answered = False
    _last_call: Any = None
    _room: asyncio.Event | None = None

    def gotLength(self, length: int | None) -> None:  # noqa: N802  (Twisted's name)
        """The headers have come; of a body in chunks nobody knows the length yet."""
        if length is None or length <= LARGEST_BODY:
            super().gotLength(length)
        else:
            self._begin(length)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        """A part of the body has come."""
        if self.coming is not None:
            self.coming.take(data)
            return
        self._left -= len(data)
        if self._left >= 0:
            super().handleContentChunk(data)
        else:
            self.content.close()
            self._begin(max(LARGEST_BODY, most_of(self.channel._path)) + 1)

    def _begin(self, length: int) -> None:
        """Let the application hear of it now."""
        expects = self.requestHeaders.hasHeader(b"Expect")
        for name in (b"Expect", b"Upgrade"):  # the body may come when it may; no socket begins with one
            self.requestHeaders.removeHeader(name)
        self.channel.persistent = False
        self.responseHeaders.setRawHeaders(b"Connection", [b"close"])
        self.content = BytesIO()
        self.coming = Coming(self, length, expects)
        super().requestReceived(self.channel._command, self.channel._path, self.channel._version)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:  # noqa: N802
        """The whole body has come."""
        if self.coming is None:
            super().requestReceived(command, path, version)
            return
        self.coming.end()
        if self._is_answered:
            self._finish()

    def finish(self) -> None:
        """The answer is out; whoever still sends is heard out for a while, for nothing."""
        if self.producer is not None:
            self.unregisterProducer()
        if self.coming is None or self.coming.is_over:
            super().finish()
            return
        self._is_answered = True
        self.coming.drop()
        self._last_call = asyncio.get_running_loop().call_later(LINGERS, self._finish)

    def _finish(self) -> None:
        self._last_call.cancel()
        if not self.finished and not self._disconnected:
            super().finish()

    def connectionLost(self, reason: Any) -> None:  # noqa: N802
        """The sender is gone."""
        if self.coming is not None:
            self.coming.lose()
        if self._last_call is not None:
            self._last_call.cancel()
        if self._room is not None:
            self._room.set()
        super().connectionLost(reason)

    async def drained(self) -> bool:
        """Wait until there is room on the line for more of the answer; False once nobody listens."""
        if self._room is None:
            self._room = asyncio.Event()
            self._room.set()
            if not self._disconnected:
                self.registerProducer(self, streaming=True)
        await self._room.wait()
        return not self._disconnected

    def pauseProducing(self) -> None:  # noqa: N802
        """The line is full."""
        assert self._room is not None
        self._room.clear()

    def resumeProducing(self) -> None:  # noqa: N802
        """There is room again."""
        assert self._room is not None
        self._room.set()

    stopProducing = resumeProducing  # noqa: N815


class Coming:
    """A large body of `length` bytes on its way. Its sender waits until `on_disk` is awaited or it is dropped."""

    def __init__(self, request: Incoming, length: int, expects: bool) -> None:
        self.length, self.is_over = length, False
        self._channel, self._transport = request.channel, request.channel.transport
        self._expects = expects
        self._held: list[bytes] = []
        self._size = 0
        self._news = asyncio.Event()
        self._is_whole = self._is_dropped = self._is_paused = False
        self._pause()

    def take(self, data: bytes) -> None:
        """A part has come."""
        if self._is_dropped:
            return
        self._held.append(data)
        self._size += len(data)
        if self._size > HELD:
            self._pause()
        self._news.set()

    def end(self) -> None:
        """Nothing more will come: it is whole."""
        self._is_whole = self.is_over = True
        self._news.set()

    def lose(self) -> None:
        """Nothing more will come, and nobody waits for an answer."""
        self.is_over = True
        self._news.set()

    def drop(self) -> None:
        """Nobody wants it: what still comes is forgotten."""
        self._is_dropped = True
        self._held.clear()
        self._resume()

    async def on_disk(self) -> IO[bytes] | None:
        """The body in a file without a name in the data folder; None if its sender went away. Raises OSError."""
        file = await asyncio.get_running_loop().run_in_executor(DISK, _unnamed)
        try:
            if self._expects:
                self._channel._send100Continue()
            async with asyncio.timeout(LONGEST):
                await self._write(file)
            file.seek(0)
        except TimeoutError:
            self._transport.abortConnection()
        except BaseException:
            file.close()
            raise
        if self._is_whole:
            return file
        file.close()
        return None

    async def _write(self, file: IO[bytes]) -> None:
        while not self.is_over or (self._is_whole and self._held):
            self._resume()
            if not self._held:
                await self._news.wait()
            self._news.clear()
            parts, self._held, self._size = self._held, [], 0
            await asyncio.get_running_loop().run_in_executor(DISK, file.writelines, parts)

    def _pause(self) -> None:
        self._is_paused = True
        self._transport.pauseProducing()

    def _resume(self) -> None:
        if self._is_paused and not self.is_over:
            self._is_paused = False
            self._transport.resumeProducing()


def _unnamed() -> IO[bytes]:
    return tempfile.TemporaryFile(dir=settings.DATA)


def with_body(create: Any, request: Any, scope: dict[str, Any]) -> Any:
    """daphne's `create_application`, for a page with what `ThreadedPages` wants to know: COMING and DRAINED."""
    if isinstance(request, Incoming):
        scope |= {DRAINED: request.drained} | ({COMING: request.coming} if request.coming else {})
    return create(request, scope)
