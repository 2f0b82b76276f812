"""A lean HTTP client and WebSocket screen over bare asyncio streams: the driver must cost little."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import struct
import time
from collections.abc import Sequence
from typing import Any


class Connection:
    """One kept-alive HTTP/1.1 connection."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def request(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: Any = None
    ) -> tuple[int, bytes]:
        """Status and body; a connection the server closed is opened again once."""
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self.host, self.port)
        data = b"" if body is None else json.dumps(body).encode()
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {self.host}:{self.port}",
            f"Content-Length: {len(data)}",
        ]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self._writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + data)
        return await self._answer()

    async def _answer(self) -> tuple[int, bytes]:
        assert self._reader is not None
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        status = int(head.split(" ", 2)[1])
        if "transfer-encoding: chunked" in head:
            return status, await self._chunks()
        length = int(head.partition("content-length:")[2].split("\r\n", 1)[0] or 0)
        return status, await self._reader.readexactly(length)

    async def _chunks(self) -> bytes:
        assert self._reader is not None
        body = b""
        while size := int(await self._reader.readline(), 16):
            body += await self._reader.readexactly(size)
            await self._reader.readline()
        await self._reader.readline()
        return body

    async def close(self) -> None:
        """Close it."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None


class Look:
    """One question to many screens: when did each show something newer than at the start of the question?"""

    def __init__(self, screens: Sequence[Screen]) -> None:
        self._missing, self._all = len(screens), asyncio.Event()
        self.last = 0.0
        for screen in screens:
            screen.look, screen.known = self, screen.newest

    def answered(self, at: float) -> None:
        """One more screen shows something newer."""
        self._missing, self.last = self._missing - 1, max(self.last, at)
        if not self._missing:
            self._all.set()

    async def wait(self, seconds: float) -> float:
        """When the last of them did."""
        try:
            await asyncio.wait_for(self._all.wait(), seconds)
        except TimeoutError:
            raise AssertionError(f"{self._missing} screens never heard of the call") from None
        return self.last


class Screen(asyncio.Protocol):
    """One screen: watches a topic, acknowledges each frame at once, and notes when the newest arrived."""

    def __init__(self, host: str, port: int, topic: str, cookie: str) -> None:
        self.host, self.port, self.topic, self.cookie = host, port, topic, cookie
        self.newest = self.known = -1
        self.frame = b""
        self.look: Look | None = None
        self._shown = json.dumps({"type": "ack", "topic": topic}, separators=(",", ":"))[:-1].encode()
        self._data, self._first = b"", asyncio.Event()
        self._transport: Any = None
        self._open = False

    async def open(self) -> None:
        """Shake hands, watch, and wait for the first frame."""
        self._transport, _ = await asyncio.get_running_loop().create_connection(
            lambda: self, self.host, self.port
        )
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            "GET /live HTTP/1.1",
            f"Host: {self.host}:{self.port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            f"Origin: http://{self.host}:{self.port}",
            f"Cookie: {self.cookie}",
        ]
        self._transport.write("\r\n".join(lines).encode() + b"\r\n\r\n")
        await asyncio.wait_for(self._first.wait(), 60)

    def data_received(self, data: bytes) -> None:
        """Bytes from the server: the handshake's answer, then frames."""
        now = time.perf_counter()
        self._data += data
        if not self._open:
            head, end, rest = self._data.partition(b"\r\n\r\n")
            if not end:
                return
            assert b" 101 " in head.split(b"\r\n")[0], head
            self._open, self._data = True, rest
            self._transport.write(_masked(json.dumps({"type": "watch", "topics": [self.topic]}).encode()))
        while (message := self._message()) is not None:
            if message.startswith(b'{"type":"frame"'):
                self._show(message, now)

    def _show(self, frame: bytes, now: float) -> None:
        at = frame.index(b'"seq":') + 6
        seq = frame[at : frame.index(b",", at)]
        self._transport.write(_masked(self._shown + b',"seq":' + seq + b"}"))
        self.newest, self.frame = int(seq), frame
        self._first.set()
        if self.look is not None and self.newest > self.known:
            self.look.answered(now)
            self.look = None

    def _message(self) -> bytes | None:
        """The next whole message that has arrived."""
        data = self._data
        if len(data) < 4:
            return None
        length, begin = data[1] & 127, 2
        if length == 126:
            length, begin = struct.unpack("!H", data[2:4])[0], 4
        elif length == 127:
            length, begin = struct.unpack("!Q", data[2:10])[0] if len(data) >= 10 else 2**62, 10
        if len(data) < begin + length:
            return None
        kind, payload, self._data = data[0] & 15, data[begin : begin + length], data[begin + length :]
        if kind == 9:
            self._transport.write(_masked(payload, 0x8A))
        assert kind != 8, f"the server closed the screen: {payload!r}"
        return payload if kind == 1 else b""

    async def close(self) -> None:
        """Go away."""
        self._transport.close()


def _masked(payload: bytes, kind: int = 0x81) -> bytes:
    """A client's frame; a mask of zeros is allowed and costs nothing."""
    size = len(payload)
    head = bytes([kind, 0x80 | size]) if size < 126 else bytes([kind, 0x80 | 126]) + struct.pack("!H", size)
    return head + b"\0\0\0\0" + payload
