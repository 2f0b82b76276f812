"""A crowd of screens in a process of its own: bare sockets, one epoll, and the kernel's word for when a frame came.

The server shares this machine with its crowd, which in a hall would be thousands of other machines. So the crowd does
as little as an honest screen can (read the frame, find its seq, acknowledge it), and its own slowness is not counted:
the kernel stamps each frame as it arrives. `Crowd` is the bench's end; `python -m tests.bench.screens` the other.
"""

from __future__ import annotations

import base64
import json
import os
import select
import socket
import struct
import subprocess
import sys
import time
from typing import Any

from tests.ground.process import ROOT

BATCH = 50
SO_TIMESTAMPNS = 35
ROOM = 256 * 1024
SLOWEST = 20.0
_TIME = socket.CMSG_SPACE(16)


class Crowd:
    """`count` screens that look at one topic, as the bench sees them; times are seconds of the system's clock."""

    def __init__(self, host: str, port: int, topic: str, cookie: str, count: int) -> None:
        words = [sys.executable, "-m", "tests.bench.screens", host, str(port), topic, cookie, str(count)]
        self._child = subprocess.Popen(
            words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._answer() == {"open": count}

    def look(self) -> None:
        """From now on: when does each show something newer?"""
        self._say("look")
        assert self._answer() == {"looking": True}

    def last(self) -> tuple[float, float, float]:
        """When the first, the middle and the last of them had it."""
        answer = self._answer()
        assert "last" in answer, f"some screens never heard of the call: {answer}"
        return answer["first"], answer["middle"], answer["last"]

    def newest(self) -> dict[str, Any]:
        """The newest frame, whole."""
        self._say("frame")
        return self._answer()

    def cpu(self) -> float:
        """Seconds of processor the crowd has used so far."""
        self._say("cpu")
        seconds: float = self._answer()["cpu"]
        return seconds

    def close(self) -> None:
        """All go away."""
        self._child.communicate()

    def _say(self, word: str) -> None:
        assert self._child.stdin is not None
        self._child.stdin.write(word + "\n")
        self._child.stdin.flush()

    def _answer(self) -> dict[str, Any]:
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        assert line, "the crowd of screens has gone"
        answer: dict[str, Any] = json.loads(line)
        return answer


class Screen:
    """One socket, what has come in of a message, and the newest seq it shows."""

    __slots__ = ("data", "newest", "socket")

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.data, self.newest = b"", -1


class Hall:
    """All screens of this process and the question under way."""

    def __init__(self, host: str, port: int, topic: str, cookie: str) -> None:
        self._address, self._cookie, self._topic = (host, port), cookie, topic
        self._shown = json.dumps({"type": "ack", "topic": topic}, separators=(",", ":"))[:-1].encode()
        self._epoll = select.epoll()
        self._screens: dict[int, Screen] = {}
        self._known, self._missing = -1, -1
        self._came: list[int] = []
        self._last: tuple[bytes, int, bytes] = (b"", -1, b"")

    def fill(self, count: int) -> None:
        """Open that many, some at a time, each until it shows its first frame."""
        while len(self._screens) < count:
            some = [Screen(self._address) for _ in range(min(BATCH, count - len(self._screens)))]
            for screen in some:
                screen.socket.sendall(self._handshake())
            for screen in some:
                self._watch(screen)
            for screen in some:
                self._first_frame(screen)
            for number, _ in self._epoll.poll(0, 4096):  # those already open go on answering
                self._read(self._screens[number])

    def run(self) -> None:
        """Acknowledge frames and answer the bench, until it closes its end."""
        self._epoll.register(0, select.EPOLLIN)
        begun = 0.0
        while True:
            for number, _ in self._epoll.poll(1, 4096):
                if number:
                    self._read(self._screens[number])
                    continue
                word = os.read(0, 64)
                if not word:
                    return
                begun = time.monotonic()
                self._obey(word.strip())
            if self._missing > 0 and time.monotonic() - begun > SLOWEST:
                say(missing=self._missing)
                self._missing = -1

    def _obey(self, word: bytes) -> None:
        if word == b"cpu":
            say(cpu=time.process_time())
            return
        if word == b"frame":
            say(**json.loads(message(self._last[0])[1]))  # type: ignore[index]
            return
        self._known, self._missing = max(each.newest for each in self._screens.values()), len(self._screens)
        self._came = []
        say(looking=True)

    def _read(self, screen: Screen) -> None:
        data, told, _, _ = screen.socket.recvmsg(ROOM, _TIME)
        assert data, "the server closed a screen"
        whole, seq, shown = self._last
        if data != whole or screen.data:
            self._take(screen, screen.data + data, told)
            return
        screen.socket.send(shown)
        screen.newest = seq
        if seq > self._known:
            self._note(told)

    def _take(self, screen: Screen, data: bytes, told: Any) -> None:
        """Whatever is not the very frame that the screen before had: message by message."""
        while (found := message(data)) is not None:
            kind, payload, size = found
            if payload.startswith(b'{"type": "beat"'):
                screen.socket.send(HERE)
            whole, data = data[:size], data[size:]
            assert kind != 8, f"the server closed a screen: {payload!r}"
            if kind == 9:
                screen.socket.send(masked(payload, 0x8A))
            elif payload.startswith(b'{"type":"frame"'):
                at = payload.index(b'"seq":') + 6
                seq = payload[at : payload.index(b",", at)]
                self._last = (whole, int(seq), masked(self._shown + b',"seq":' + seq + b"}"))
                screen.socket.send(self._last[2])
                newer = screen.newest <= self._known < int(seq)
                screen.newest = int(seq)
                if newer:
                    self._note(told)
        screen.data = data

    def _note(self, told: Any) -> None:
        """One more has something newer; the last of them ends the question."""
        if self._missing <= 0:
            return
        seconds, rest = struct.unpack("qq", told[0][2]) if told else (0, time.time_ns())
        self._came.append(seconds * 10**9 + rest)
        self._missing -= 1
        if not self._missing:
            came = sorted(self._came)
            say(
                first=came[0] / 1e9,
                middle=came[len(came) // 2] / 1e9,
                last=came[-1] / 1e9,
                stamped=bool(told),
            )

    def _handshake(self) -> bytes:
        host, port = self._address
        lines = [
            "GET /live HTTP/1.1",
            f"Host: {host}:{port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            "Sec-WebSocket-Version: 13",
            f"Origin: http://{host}:{port}",
            f"Cookie: {self._cookie}",
        ]
        return "\r\n".join(lines).encode() + b"\r\n\r\n"

    def _watch(self, screen: Screen) -> None:
        while b"\r\n\r\n" not in screen.data:
            screen.data += screen.socket.recv(ROOM)
        head, _, screen.data = screen.data.partition(b"\r\n\r\n")
        assert b" 101 " in head.split(b"\r\n")[0], head
        screen.socket.sendall(masked(json.dumps({"type": "watch", "topics": [self._topic]}).encode()))

    def _first_frame(self, screen: Screen) -> None:
        while screen.newest < 0:
            self._take(screen, screen.data + screen.socket.recv(ROOM), [])
        self._screens[screen.socket.fileno()] = screen
        self._epoll.register(screen.socket.fileno(), select.EPOLLIN)


def message(data: bytes) -> tuple[int, bytes, int] | None:
    """Kind, payload and whole size of the first message in `data`, if it is all there (RFC 6455, 5.2)."""
    if len(data) < 2:
        return None
    length, begin = data[1] & 127, 2
    if length == 126:
        length, begin = struct.unpack("!H", data[2:4])[0] if len(data) >= 4 else 2**62, 4
    elif length == 127:
        length, begin = struct.unpack("!Q", data[2:10])[0] if len(data) >= 10 else 2**62, 10
    if len(data) < begin + length:
        return None
    return data[0] & 15, data[begin : begin + length], begin + length


def masked(payload: bytes, kind: int = 0x81) -> bytes:
    """A client's frame; a mask of zeros is allowed and costs nothing."""
    size = len(payload)
    head = bytes([kind, 0x80 | size]) if size < 126 else bytes([kind, 0x80 | 126]) + struct.pack("!H", size)
    return head + b"\0\0\0\0" + payload


HERE = masked(b'{"type":"here"}')


def say(**told: Any) -> None:
    """One line to the bench."""
    print(json.dumps(told), flush=True)


def main() -> None:
    """Open the screens, say so, and stay."""
    host, port, topic, cookie, count = sys.argv[1:]
    os.nice(
        5
    )  # the crowd is not what is measured: where it shares a core with the server, the server goes first
    hall = Hall(host, int(port), topic, cookie)
    hall.fill(int(count))
    say(open=int(count))
    hall.run()


if __name__ == "__main__":
    main()
