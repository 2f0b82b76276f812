"""Pages behind daphne: Django's WSGI handler in long-lived threads, one hop there and one back per request.

Commands have threads of their own, more than pages: they wait, for their turn in the hall and for the disk, and the
more of them wait, the more share one commit (`group_commit`). Pages compute: more threads only make them slower.
"""

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Headers = list[tuple[str, str]]

LARGEST_BODY = 24 * 1024 * 1024
LARGEST_COMMAND = 64 * 1024
"""The body of a command: what is larger (a photo, a file) is work, of which not much may go on at once."""
TOO_LARGE = "hallqueue.too_large"
"""In the environ: the body was larger and is gone; what is left is to say so in the person's language."""


class ThreadedPages:
    """An ASGI application around a WSGI one. Bodies go through whole: nothing of ours is large or endless."""

    def __init__(self, wsgi: Callable[..., Iterable[bytes]], threads: int, commands: int) -> None:
        self._wsgi = wsgi
        self._pages = ThreadPoolExecutor(threads, "page")
        self._commands = ThreadPoolExecutor(commands, "command")

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Read the request, let a thread answer it, send the answer."""
        body = await _read(receive)
        environ = environ_of(scope, body or b"") | {TOO_LARGE: body is None}
        loop, pool = asyncio.get_running_loop(), self._commands if _is_command(environ) else self._pages
        status, headers, content = await loop.run_in_executor(pool, self._answer, environ)
        raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": content})

    def _answer(self, environ: dict[str, Any]) -> tuple[int, Headers, bytes]:
        """In a thread: run the WSGI application to the end."""
        begun: list[tuple[int, Headers]] = []

        def start_response(status: str, headers: Headers, exc_info: Any = None) -> None:
            begun.append((int(status[:3]), headers))

        chunks = self._wsgi(environ, start_response)
        try:
            content = b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        status, headers = begun[-1]
        return status, headers, content


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
