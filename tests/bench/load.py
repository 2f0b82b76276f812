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

from tests.bench.wire import Connection, Look, Screen

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
    _turn: Any = field(default_factory=itertools.count)

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

    begun = time.perf_counter()
    await asyncio.gather(*(one(client) for client in range(clients)))
    return Outcome(time.perf_counter() - begun, times, answers)


async def open_screens(target: Target, count: int) -> list[Screen]:
    """`count` boards of the hall, all showing their first frame."""
    topic = f"board:{target.hall}:main"
    screens = [Screen(target.host, target.port, topic, f"hq_board={target.board}") for _ in range(count)]
    for begin in range(0, count, 50):
        await asyncio.gather(*(screen.open() for screen in screens[begin : begin + 50]))
    return screens


async def call_to_screen(target: Target, screens: list[Screen], calls: int) -> list[float]:
    """Seconds from pressing “next” to the frame on the last of the screens, at two calls a second."""
    connection = Connection(target.host, target.port)
    delays: list[float] = []
    for _ in range(calls):
        look, pressed = Look(screens), time.perf_counter()
        assert not (await target.call(connection, 0)).startswith("!")
        delays.append(await look.wait(10) - pressed)
        await asyncio.sleep(max(0.0, 0.25 - (time.perf_counter() - pressed)))
        refusal = await target.let_go(connection, 0)
        assert not refusal, refusal
        await asyncio.sleep(max(0.0, 0.5 - (time.perf_counter() - pressed)))
    await connection.close()
    return delays


def median(values: list[float]) -> float:
    """The middle one."""
    return statistics.median(values)
