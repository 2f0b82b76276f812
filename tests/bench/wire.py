"""A lean HTTP client and WebSocket screen over bare asyncio streams: the driver must cost little."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import struct
import time
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


class Screen:
    """One screen: watches a topic, acknowledges each frame, and notes when each seq arrived."""

    def __init__(self, host: str, port: int, topic: str, cookie: str) -> None:
        self.host, self.port, self.topic, self.cookie = host, port, topic, cookie
        self.arrived: dict[int, float] = {}
        self.frames = 0
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Shake hands, watch, and wait for the first frame."""
        self._reader, self._writer = await asyncio.open_connection(self.host, self.port, limit=2**18)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            "GET /live HTTP/1.1",
            f"Host: {self.host}:{self.port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
        ]
        lines += [
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            f"Origin: http://{self.host}:{self.port}",
        ]
        self._writer.write("\r\n".join([*lines, f"Cookie: {self.cookie}"]).encode() + b"\r\n\r\n")
        head = await self._reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in head.split(b"\r\n")[0], head
        self._send({"type": "watch", "topics": [self.topic]})
        first = asyncio.Event()
        self._task = asyncio.create_task(self._follow(first))
        await asyncio.wait_for(first.wait(), 60)

    async def _follow(self, first: asyncio.Event) -> None:
        shown = json.dumps({"type": "ack", "topic": self.topic})[:-1].encode() + b',"seq":%s}'
        while True:
            payload = await self._message()
            if not payload.startswith(b'{"type":"frame"'):
                continue
            now = time.perf_counter()
            at = payload.index(b'"seq":') + 6
            seq = payload[at : payload.index(b",", at)]
            self._writer.write(_masked(shown % seq))
            self.arrived[int(seq)] = now
            self.frames += 1
            first.set()

    async def _message(self) -> bytes:
        head = await self._reader.readexactly(2)
        length = head[1] & 127
        if length == 126:
            (length,) = struct.unpack("!H", await self._reader.readexactly(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", await self._reader.readexactly(8))
        payload = await self._reader.readexactly(length)
        if head[0] & 15 == 9:
            self._writer.write(_masked(payload, 0x8A))
            return b""
        if head[0] & 15 == 8:
            raise ConnectionResetError(f"the server closed the screen: {payload!r}")
        return payload

    def _send(self, message: dict[str, Any]) -> None:
        self._writer.write(_masked(json.dumps(message).encode()))

    async def close(self) -> None:
        """Go away."""
        if self._task is not None:
            self._task.cancel()
        self._writer.close()


def _masked(payload: bytes, kind: int = 0x81) -> bytes:
    """A client's frame; a mask of zeros is allowed and costs nothing."""
    size = len(payload)
    head = bytes([kind, 0x80 | size]) if size < 126 else bytes([kind, 0x80 | 126]) + struct.pack("!H", size)
    return head + b"\0\0\0\0" + payload
