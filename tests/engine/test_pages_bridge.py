"""The bridge between daphne and Django: what a request says arrives, and nothing can pose as something else."""

import asyncio
import threading
from typing import Any

from django.core.wsgi import get_wsgi_application

from hallqueue.pages import LARGEST_BODY, LARGEST_COMMAND, ThreadedPages, environ_of

SCOPE: dict[str, Any] = {
    "type": "http",
    "method": "POST",
    "path": "/大厅/",
    "query_string": "q=号".encode(),
    "http_version": "1.1",
    "headers": [
        (b"host", b"localhost"),
        (b"cookie", b"a=1"),
        (b"cookie", b"b=2"),
        (b"x_forwarded-proto", b"https"),
    ],
    "client": ("10.0.0.1", 5),
    "server": ("127.0.0.1", 80),
}


async def ask(
    pages: ThreadedPages, *parts: bytes, content_type: str = "text/plain", method: str = "POST"
) -> list[dict[str, Any]]:
    scope = SCOPE | {
        "method": method,
        "headers": [*SCOPE["headers"], (b"content-type", content_type.encode())],
    }
    messages = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    messages.append({"type": "http.request", "body": b"", "more_body": False})
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await pages(scope, receive, send)
    return sent


def echo(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("201 Created", [("Content-Type", "text/plain"), ("X-Path", environ["PATH_INFO"])])
    return [environ["wsgi.input"].read(), b"!"]


async def test_body_in_pieces_arrives_whole_and_the_answer_goes_out_once() -> None:
    started, body = await ask(ThreadedPages(echo, 1, 1), b"one ", b"two")
    assert started["status"] == 201
    assert body["body"] == b"one two!"


async def test_a_hundred_megabytes_are_dropped_and_answered_with_a_sentence() -> None:
    pages = ThreadedPages(get_wsgi_application(), 1, 1)
    started, body = await ask(pages, *[bytes(LARGEST_BODY // 4)] * 17)
    assert started["status"] == 413
    assert "24 MB" in body["body"].decode()


async def test_commands_wait_together_and_hold_up_no_page() -> None:
    """Three commands are under way at once beside the one page; a form and a large body are pages."""
    together = threading.Barrier(4)
    threads: list[str] = []

    def wait(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        threads.append(threading.current_thread().name.rpartition("_")[0])
        if environ["wsgi.input"].read(4) == b"wait":
            together.wait(10)
        return echo(environ, start_response)

    pages = ThreadedPages(wait, 1, 3)
    commands = [ask(pages, b"wait", content_type="application/json; charset=utf-8") for _ in range(3)]
    answers = await asyncio.gather(*commands, ask(pages, b"wait", method="GET"))
    assert [started["status"] for started, _ in answers] == [201] * 4
    assert sorted(threads) == ["command", "command", "command", "page"]
    threads.clear()
    await ask(pages, b"a form", content_type="application/x-www-form-urlencoded")
    await ask(pages, bytes(LARGEST_COMMAND + 1), content_type="application/json")
    await ask(pages, bytes(LARGEST_COMMAND), content_type="application/json")
    assert threads == ["page", "page", "command"]


def test_header_with_an_underscore_cannot_pose_as_another() -> None:
    environ = environ_of(SCOPE, b"")
    assert "HTTP_X_FORWARDED_PROTO" not in environ
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["CONTENT_LENGTH"] == "0"
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/大厅/"
