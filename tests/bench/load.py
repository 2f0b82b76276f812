"""The measurements: what is sent, what is timed, and what is checked afterwards."""

from __future__ import annotations

import asyncio
import itertools
import json
import statistics
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tests.bench.screens import Crowd
from tests.bench.wire import Connection

Work = Callable[[Connection, int], Awaitable[str]]


@dataclass
class Target:
    """A server under load, and the hall in it."""

    host: str
    port: int
    hall: str
    token: str
    board: str
    services: list[str]
    pid: int = 0
    _turn: Any = field(default_factory=itertools.count)

    @property
    def board_cookie(self) -> str:
        """What a board shows at the door."""
        return f"hq_board={self.board}"

    def boards(self, count: int) -> Crowd:
        """So many boards of the whole hall, each showing its first frame."""
        return Crowd(self.host, self.port, f"board:{self.hall}:main", self.board_cookie, count)

    def headers(self) -> dict[str, str]:
        """A write's headers: who, and a fresh key."""
        return {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Idempotency-Key": uuid.uuid4().hex,
        }

    async def write(
        self, connection: Connection, path: str, body: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        """One command through the API."""
        status, answer = await connection.request(
            "POST", f"/api/v1/halls/{self.hall}/{path}", self.headers(), body
        )
        return status, json.loads(answer)

    async def empty(self, connection: Connection, client: int) -> str:
        """The floor: a view that does nothing."""
        status, _ = await connection.request("GET", "/empty")
        return "" if status == 200 else f"!{status}"

    async def empty_write(self, connection: Connection, client: int) -> str:
        """The same view, asked as a command is: what reading such a request costs belongs to no command."""
        body = {"service": self.services[0]}
        status, _ = await connection.request("POST", "/empty", self.headers(), body)
        return "" if status == 200 else f"!{status}"

    async def issue(self, connection: Connection, client: int) -> str:
        """Take a number."""
        service = self.services[next(self._turn) % len(self.services)]
        status, answer = await self.write(connection, "tickets", {"service": service})
        return answer["label"] if status < 300 else f"!{status}"

    async def call(self, connection: Connection, client: int) -> str:
        """Call the next person to this client's window."""
        status, answer = await self.write(connection, f"windows/{client + 1}/call-next", {})
        return answer["label"] if status < 300 else f"!{status} {answer.get('code')}"

    async def let_go(self, connection: Connection, client: int) -> str:
        """Nobody came: the window is free again."""
        status, answer = await self.write(connection, f"windows/{client + 1}/no-show", {})
        return "" if status < 300 else f"!{status} {answer.get('code')}"


@dataclass
class Outcome:
    """What one measurement gave; times in seconds."""

    seconds: float
    times: list[float]
    answers: list[str]
    server_cpu: float = 0.0
    client_cpu: float = 0.0

    @property
    def rate(self) -> float:
        """Per second."""
        return len(self.times) / self.seconds

    @property
    def wrong(self) -> int:
        """Answers that were not a success."""
        return sum(answer.startswith("!") for answer in self.answers)

    @property
    def doubled(self) -> int:
        """Labels given more than once."""
        good = [answer for answer in self.answers if answer and not answer.startswith("!")]
        return len(good) - len(set(good))

    def percentile(self, part: float) -> float:
        """In milliseconds."""
        return percentile(self.times, part) * 1000


def percentile(values: list[float], part: float) -> float:
    """The value below which `part` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def cpu_of(pid: int) -> float:
    """Seconds of processor that a process of this machine has used; 0 for pid 0, which stands for a strange server."""
    return time.clock_gettime((~pid << 3) | 2) if pid else 0.0


async def crowd(
    target: Target, clients: int, seconds: float, timed: Work, between: Work | None = None
) -> Outcome:
    """`clients` connections say `timed` again and again for `seconds`; `between` is said after each, untimed."""
    times: list[float] = []
    answers: list[str] = []
    end = time.perf_counter() + seconds

    async def one(client: int) -> None:
        connection = Connection(target.host, target.port)
        while time.perf_counter() < end:
            begun = time.perf_counter()
            answers.append(await timed(connection, client))
            times.append(time.perf_counter() - begun)
            if between is not None:
                await between(connection, client)
        await connection.close()

    begun, server, own = time.perf_counter(), cpu_of(target.pid), time.process_time()
    await asyncio.gather(*(one(client) for client in range(clients)))
    used = cpu_of(target.pid) - server, time.process_time() - own
    return Outcome(time.perf_counter() - begun, times, answers, *used)


@dataclass
class Delays:
    """From pressing “next” until the first, the middle and the last screen had it, and until the answer; in seconds."""

    first: list[float] = field(default_factory=list)
    middle: list[float] = field(default_factory=list)
    last: list[float] = field(default_factory=list)
    answer: list[float] = field(default_factory=list)


async def call_to_screen(target: Target, crowd: Crowd, calls: int) -> Delays:
    """At two calls a second, each let go before the next: four frames a second for every screen."""
    connection, delays = Connection(target.host, target.port), Delays()
    for _ in range(calls):
        crowd.look()
        pressed = time.time()  # the kernel's stamps of what arrives are of this clock
        assert not (await target.call(connection, 0)).startswith("!")
        delays.answer.append(time.time() - pressed)
        for kept, moment in zip((delays.first, delays.middle, delays.last), crowd.last(), strict=True):
            kept.append(moment - pressed)
        await asyncio.sleep(max(0.0, 0.25 - (time.time() - pressed)))
        refusal = await target.let_go(connection, 0)
        assert not refusal, refusal
        await asyncio.sleep(max(0.0, 0.5 - (time.time() - pressed)))
    await connection.close()
    return delays


def median(values: list[float]) -> float:
    """The middle one."""
    return statistics.median(values)
