"""A film of hundreds of megabytes on its way to a real server: to the disk, never into memory, and not from anybody."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from ssl import SSLContext

import pytest

from displays.media import LARGEST_VIDEO
from hallqueue.pages import LARGEST_BODY, MOST_AT_ONCE
from hallqueue.texts import text
from tests.displays.acting import Hand
from tests.displays.videos import film_head
from tests.ground.process import wait_until
from tests.ground.servers import Hallqueue

pytestmark = pytest.mark.servers

MB = 2**20
SENT_MB = 80
EDGE = "a-seam-of-the-form"
SOON = 8.0


class Sender:
    """A browser's bytes, written by hand: headers first, and as much of the body as a test wants."""

    def __init__(
        self, port: int, session: str = "", hall: str = "film", trust: SSLContext | None = None
    ) -> None:
        self.port, self.session, self.trust = port, session, trust
        self.address = f"/{hall}/notices/new/"

    @contextmanager
    def line(self, length: int | None, address: str = "", **more: str) -> Iterator[socket.socket]:
        """A connection over which the headers of a post of `length` bytes went; in chunks if that is None."""
        told = {"Content-Length": str(length)} if length is not None else {"Transfer-Encoding": "chunked"}
        headers = {
            "Host": f"127.0.0.1:{self.port}",
            "Content-Type": f"multipart/form-data; boundary={EDGE}",
            "Cookie": f"csrftoken={'x' * 32}; sessionid={self.session}",
            **told,
            **more,
        }
        lines = [f"POST {address or self.address} HTTP/1.1", *(f"{name}: {v}" for name, v in headers.items())]
        plain = socket.create_connection(("127.0.0.1", self.port), SOON)
        sealed = self.trust.wrap_socket(plain, server_hostname="localhost") if self.trust else plain
        with closing(sealed) as line:
            line.sendall("\r\n".join([*lines, "", ""]).encode())
            yield line

    def refused(self, length: int | None, address: str = "", **more: str) -> tuple[int, str]:
        """The answer to the headers alone."""
        with self.line(length, address, **more) as line:
            return heard(line)


def heard(line: socket.socket) -> tuple[int, str]:
    """Status and body of the answer."""
    with line.makefile("rb") as answer:
        status = int(answer.readline().split()[1])
        headers = {}
        while (name_value := answer.readline().strip()) != b"":
            name, _, value = name_value.partition(b":")
            headers[name.strip().lower()] = value.strip()
        return status, answer.read(int(headers.get(b"content-length", b"0"))).decode(
            "utf-8", "surrogateescape"
        )


def form_around(film_bytes: int) -> tuple[bytes, bytes]:
    """What stands in the form before and after a film."""
    fields = {"form": "video", "kind": "public", "zh": "宣传片", "key": "a-film-of-the-hall", "first_day": ""}
    fields |= {"last_day": "", "csrfmiddlewaretoken": "x" * 32}
    parts = [
        f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    head = f'--{EDGE}\r\nContent-Disposition: form-data; name="file"; filename="film.mp4"\r\n'
    return (
        "".join(parts) + head + "Content-Type: video/mp4\r\n\r\n"
    ).encode(), f"\r\n--{EDGE}--\r\n".encode()


def nameless(server: Hallqueue) -> list[str]:
    """Files without a name in the data folder that the server holds open."""
    folder, found = Path(f"/proc/{server.pid}/fd"), []
    for each in folder.iterdir():
        try:
            found.append(str(each.readlink()))
        except FileNotFoundError:
            continue
    data = server.settings["HALLQUEUE_DATA"]
    return [name for name in found if name.startswith(f"{data}/") and name.endswith(" (deleted)")]


@pytest.fixture(scope="module")
def desk(server: Hallqueue, hand: Hand) -> Sender:
    hand.do("make", "film")
    return Sender(server.port, hand.do("session", "film", who="desk")["sessionid"])


def test_a_large_film_lies_on_the_disk_and_never_in_memory(server: Hallqueue, desk: Sender) -> None:
    size = SENT_MB * MB
    (before, after), head = form_around(size), film_head(size)
    wait_until(lambda: not nameless(server), SOON, "no earlier body lies there")
    used = peak = server.memory_kb()
    with desk.line(len(before) + size + len(after)) as line:
        line.sendall(before + head)
        piece = bytes(MB)
        for _ in range(SENT_MB - 1):
            line.sendall(piece)
            peak = max(peak, server.memory_kb())
        assert len(nameless(server)) == 1
        line.sendall(bytes(MB - len(head)) + after)
        status, _ = heard(line)
    peak = max(peak, server.memory_kb())
    assert status == 303
    assert peak - used < 24 * 1024
    row = server.behind("from hallqueue.models import Notice; print(Notice.objects.get(zh='宣传片').bytes)")
    assert int(row) == size
    wait_until(lambda: not nameless(server), SOON, "nothing else is left of it")


def test_who_may_not_or_wants_too_much_is_refused_before_a_byte_of_it(
    server: Hallqueue, desk: Sender, hand: Hand
) -> None:
    stranger = Sender(server.port)
    assert stranger.refused(200 * MB)[0] == 401
    clerk = Sender(server.port, hand.do("session", "film", who="clerk1")["sessionid"])
    status, page = clerk.refused(200 * MB)
    assert (status, text("errors.not_allowed") in page) == (403, True)
    status, page = desk.refused(LARGEST_VIDEO + 2 * MB)
    assert status == 413
    assert text("errors.too_large", limit="300 MB") in page
    assert "/film/notices/" in page  # in the hall's frame, with its places
    status, page = desk.refused(LARGEST_BODY + 1, "/film/notices/")
    assert status == 413
    assert text("errors.too_large", limit="24 MB") in page
    assert "/film/notices/" in page
    assert desk.refused(LARGEST_BODY + 1, "/film/nowhere/")[0] == 404
    assert nameless(server) == []


def test_a_page_asks_before_it_sends_and_hears_a_problem(server: Hallqueue, desk: Sender) -> None:
    json_wanted = {"Accept": "application/json"}
    assert desk.refused(0, **json_wanted, **{"X-Body-Ahead": str(200 * MB)})[0] == 204
    status, problem = desk.refused(0, **json_wanted, **{"X-Body-Ahead": str(400 * MB)})
    assert (status, json.loads(problem)["title"]) == (413, text("errors.too_large", limit="300 MB"))
    status, problem = desk.refused(0, **json_wanted, **{"X-Body-Ahead": str(10**15)[:15]})
    assert status == 413
    stranger = Sender(server.port)
    assert stranger.refused(0, **json_wanted, **{"X-Body-Ahead": "9"})[0] == 401


def test_nobody_expects_to_go_on_before_the_door_said_yes(server: Hallqueue, desk: Sender) -> None:
    assert Sender(server.port).refused(200 * MB, Expect="100-continue")[0] == 401
    with desk.line(200 * MB, Expect="100-continue") as line:
        assert line.recv(25).startswith(b"HTTP/1.1 100 Continue")


def test_chunks_without_an_end_are_refused_where_the_limit_is(server: Hallqueue, desk: Sender) -> None:
    with desk.line(None, "/film/notices/") as line:
        for _ in range(LARGEST_BODY // MB + 2):
            line.sendall(b"100000\r\n" + bytes(MB) + b"\r\n")
        status, page = heard(line)
    assert (status, "24 MB" in page) == (413, True)


def test_who_was_refused_may_send_on_and_still_hears_the_answer(server: Hallqueue) -> None:
    with Sender(server.port).line(30 * MB) as line:
        for _ in range(30):
            line.sendall(bytes(MB))
        assert heard(line)[0] == 401


def test_who_stops_in_the_middle_leaves_nothing_and_frees_the_place(server: Hallqueue, desk: Sender) -> None:
    for _ in range(MOST_AT_ONCE + 1):
        wait_until(lambda: not nameless(server), SOON, "the last one is gone")
        with desk.line(200 * MB) as line:
            line.sendall(bytes(2 * MB))
            wait_until(lambda: len(nameless(server)) == 1, SOON, "it comes")
    wait_until(lambda: not nameless(server), SOON, "nothing is left")


def test_of_many_at_once_only_some_are_taken_and_the_others_hear_so(server: Hallqueue, desk: Sender) -> None:
    wait_until(lambda: not nameless(server), SOON, "nobody sends")
    with desk.line(200 * MB) as first, desk.line(200 * MB) as second:
        for line in (first, second):
            line.sendall(bytes(MB))
        wait_until(lambda: len(nameless(server)) == MOST_AT_ONCE, SOON, "both come")
        status, page = desk.refused(200 * MB)
        assert (status, text("errors.large_at_once") in page) == (503, True)


def test_a_film_goes_out_to_many_boards_piece_by_piece(server: Hallqueue, desk: Sender) -> None:
    """Six boards that hardly read, one that does: the server holds pieces, not six films."""
    size, name = 60 * MB, f"{'0' * 64}.mp4"
    path = Path(server.settings["HALLQUEUE_DATA"]) / "notices" / "00" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(film_head(size))
    os.truncate(path, size)
    server.behind(
        "from hallqueue.models import Hall, Notice; from django.utils import timezone; Notice.objects.create("
        f"hall=Hall.objects.get(slug='film'), form='video', state='draft', file='{name}', put_at=timezone.now())"
    )
    address = f"/film/notices/media/{name}"
    told = (
        f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nCookie: sessionid={desk.session}\r\n\r\n"
    )
    used = server.memory_kb()
    with ExitStack() as lines:
        slow = [
            lines.enter_context(closing(socket.create_connection(("127.0.0.1", server.port), SOON)))
            for _ in range(6)
        ]
        for line in slow:
            line.sendall(told.encode())
            assert line.recv(12) == b"HTTP/1.1 200"
        with closing(socket.create_connection(("127.0.0.1", server.port), SOON)) as line:
            line.sendall(told.encode())
            status, body = heard(line)
        film = body.encode("utf-8", "surrogateescape")
        assert (status, len(film), film.startswith(film_head(size))) == (200, size, True)
        assert server.memory_kb() - used < 24 * 1024
    wait_until(lambda: held(server, name) == 0, SOON, "who went away holds no file")


def held(server: Hallqueue, name: str) -> int:
    """How often the server holds a file open."""
    links = [each for each in Path(f"/proc/{server.pid}/fd").iterdir() if each.is_symlink()]
    found = []
    for each in links:
        with suppress(FileNotFoundError):
            found.append(each.readlink().name == name)
    return sum(found)
