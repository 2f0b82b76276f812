"""Pages behind daphne: Django's WSGI handler in long-lived threads, one hop there and one back per request.

Commands have threads of their own, more than pages: they wait, for their turn in the hall and for the disk, and the
more of them wait, the more share one commit (`group_commit`). Pages compute: more threads only make them slower.
"""

import asyncio
import io
import os
import sys
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any, Protocol

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Headers = list[tuple[str, str]]
Answer = tuple[int, Headers, bytes | IO[bytes]]

LARGEST_BODY = 24 * 1024 * 1024
LARGEST_COMMAND = 64 * 1024
"""The body of a command: what is larger (a photo, a file) is work, of which not much may go on at once."""
REFUSED = "hallqueue.refused"
"""In the environ: (code, status, params), why there is no body; what is left is to say so in the person's language."""
AHEAD = "hallqueue.ahead"
"""In the environ: the bytes of a large body that has not come yet; the door is asked whether it may: 204 if so."""
COMING = "hallqueue.coming"
"""In the scope: the large body (`Coming`) that follows these headers."""
DRAINED = "hallqueue.drained"
"""In the scope: awaited, it waits until there is room on the line; False once nobody listens any more."""
PIECE = 256 * 1024
"""Bytes of a file that goes out at a time; a smaller file goes out as one."""
MOST_AT_ONCE = 2
"""How many large bodies a process takes at the same time."""
YES = 204
DISK_FULL: dict[str, Any] = {REFUSED: ("disk_full", 507, {})}
BUSY: dict[str, Any] = {REFUSED: ("large_at_once", 503, {})}
TOO_LARGE: dict[str, Any] = {REFUSED: ("too_large", 413, {"limit": f"{LARGEST_BODY // 2**20} MB"})}


class Coming(Protocol):
    """A large body that has not come yet."""

    length: int

    async def on_disk(self) -> IO[bytes] | None:
        """It, whole, in a file that the caller closes; None if its sender went away. Raises OSError."""


class ThreadedPages:
    """An ASGI application around a WSGI one. Bodies go through whole; a large one lies on the disk before it does."""

    def __init__(self, wsgi: Callable[..., Iterable[bytes]], threads: int, commands: int) -> None:
        self._wsgi = wsgi
        self._pages = ThreadPoolExecutor(threads, "page")
        self._commands = ThreadPoolExecutor(commands, "command")
        self._large = 0

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Read the request, let a thread answer it, send the answer."""
        coming: Coming | None = scope.get(COMING)
        if coming is None:
            body = await _read(receive)
            answer = await self._answered(
                environ_of(scope, body or b"") | (TOO_LARGE if body is None else {})
            )
        elif (heard := await self._heard(scope, coming)) is None:
            return
        else:
            answer = heard
        status, headers, content = answer
        raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        if isinstance(content, bytes):
            await send({"type": "http.response.body", "body": content})
        else:
            await self._send_file(content, send, scope[DRAINED])

    async def _send_file(self, file: IO[bytes], send: Send, drained: Callable[[], Awaitable[bool]]) -> None:
        """Piece by piece, as fast as its reader takes it."""
        loop = asyncio.get_running_loop()
        with file:
            while await drained() and (piece := await loop.run_in_executor(self._pages, file.read, PIECE)):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _answered(self, environ: dict[str, Any]) -> Answer:
        pool = self._commands if _is_command(environ) else self._pages
        return await asyncio.get_running_loop().run_in_executor(pool, self._answer, environ)

    async def _heard(self, scope: dict[str, Any], coming: Coming) -> Answer | None:
        """The answer to a large body, or to its headers alone; nobody waits for one if there is none."""
        environ = environ_of(scope, b"")
        said = await self._answered(environ | {AHEAD: coming.length})
        if said[0] != YES:
            return said
        if self._large >= MOST_AT_ONCE:
            return await self._answered(environ | BUSY)
        self._large += 1
        try:
            body = await coming.on_disk()
            if body is None:
                return None
            with body:
                return await self._answered(
                    environ | {"wsgi.input": body, "CONTENT_LENGTH": str(coming.length)}
                )
        except OSError:
            return await self._answered(environ | DISK_FULL)
        finally:
            self._large -= 1

    def _answer(self, environ: dict[str, Any]) -> Answer:
        """In a thread: run the WSGI application to the end."""
        begun: list[tuple[int, Headers]] = []

        def start_response(status: str, headers: Headers, exc_info: Any = None) -> None:
            begun.append((int(status[:3]), headers))

        chunks = self._wsgi(environ, start_response)
        try:
            content = _large_file_of(chunks, begun[-1][1]) or b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        status, headers = begun[-1]
        return status, headers, content


def _large_file_of(chunks: Any, headers: Headers) -> IO[bytes] | None:
    """The file of a `FileResponse`, if it is not small; open for whoever sends it, whatever becomes of the response."""
    file = getattr(chunks, "file_to_stream", None)
    if file is None or int(dict(headers).get("Content-Length", 0)) <= PIECE:
        return None
    return os.fdopen(os.dup(file.fileno()), "rb")


def environ_of(scope: dict[str, Any], body: bytes) -> dict[str, Any]:
    """The WSGI environ (PEP 3333) of an ASGI request whose body has been read."""
    server = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    _add_headers(environ, scope["headers"])
    environ["CONTENT_LENGTH"] = str(len(body))
    return environ


def _add_headers(environ: dict[str, Any], headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Headers become HTTP_ variables; names with an underscore could pose as others and are dropped."""
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if "_" in name:
            continue
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        joint = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{joint}{value}" if key in environ else value


def _is_command(environ: dict[str, Any]) -> bool:
    """Small JSON that is posted: what consoles, kiosks and machines send. Forms (a sign-in, set-up) are pages."""
    is_json = environ.get("CONTENT_TYPE", "").startswith("application/json")
    return (
        environ["REQUEST_METHOD"] == "POST" and is_json and int(environ["CONTENT_LENGTH"]) <= LARGEST_COMMAND
    )


async def _read(receive: Receive) -> bytes | None:
    """The whole body, or None when it is larger than any page takes."""
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        part, more = message.get("body", b""), message.get("more_body", False)
        size += len(part)
        if size <= LARGEST_BODY:
            parts.append(part)
    return b"".join(parts) if size <= LARGEST_BODY else None
