"""`python -m tests.bench.cards [SCREENS …]`: 150 LED cards and 1,000 screens following 2 calls a second.

From the press to bytes at the window's cards, to the last screen, and to the answer: first without, then with the
screens. One server serves both halves of a comparison, in turns: `TURNS` times all devices are well, then every tenth
card and every second of eight printers (asked every second and a half) is dead, half open, slow, or talks without end;
so what the machine does meanwhile falls on both. Only cards that stay well are timed. The bytes may come before the
answer to the press (both leave after the commit, and the answer stands behind the screens' frames), so what came is
kept with its time until the answer names the number.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.bench.load import Target, percentile
from tests.bench.screens import Crowd
from tests.bench.wire import Connection
from tests.ground.process import ROOT
from tests.ground.servers import Hallqueue

CARDS, PRINTERS, WINDOWS, SCREENS = 150, 8, 40, 1000
TURNS, CALLS = 4, 50
EVERY = 10
SETTLE_S = 8
"""Until every bar has been told where it hangs, and what has become bad or well is known to be."""
BAD = ("dead", "half_open", "slow", "endless")
AGREED = {
    "onbon_font": bytes.fromhex("a5a5a5a5a5a5a5a50080010000000000000061020500a000000000892a5a"),
    "eq": b"##FOK$$$",
    "printer": b"\x12",
}
QUESTIONS_END = (b"\x5a", b"$$", b"\x10\x04\x01", b"\x10\x04\x02", b"\x10\x04\x04")
SLOW_S = 1.5


class Bar(asyncio.Protocol):
    """The lean far end of one card or printer: notes when bytes come, and agrees at once, or is bad in its way."""

    def __init__(self, bench: Cards, number: int) -> None:
        self.bench, self.number = bench, number

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The worker connects."""
        self.transport: Any = transport
        self.open = True
        self.bench.bars[self.number].add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """And hangs up."""
        self.open = False
        self.bench.bars[self.number].discard(self)

    def data_received(self, data: bytes) -> None:
        """A question, whole or in part."""
        self.bench.heard(self.number, data, time.perf_counter())
        if data.endswith(QUESTIONS_END):
            getattr(self, self.bench.kinds[self.number])()

    def well(self) -> None:
        """Agree."""
        if self.open:
            self.transport.write(AGREED[self.bench.families[self.number]])

    def slow(self) -> None:
        """Agree late."""
        asyncio.get_running_loop().call_later(SLOW_S, self.well)

    def half_open(self) -> None:
        """Say nothing."""

    def endless(self) -> None:
        """Talk as long as somebody listens."""
        if self.open:
            self.transport.write(b"\x01" * 2000)
            asyncio.get_running_loop().call_later(0.01, self.endless)


@dataclass
class Found:
    """Seconds from each press to its bytes at each card that is well, to the last screen, and to the answer."""

    cards: list[float] = field(default_factory=list)
    screens: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)


class Cards:
    """All far ends; card n hangs above window n % WINDOWS + 1, and printers have the numbers behind."""

    def __init__(self) -> None:
        self.families = ["onbon_font" if number % 2 else "eq" for number in range(CARDS)]
        self.families += ["printer"] * PRINTERS
        count = len(self.families)
        self.turning = [*range(0, CARDS, EVERY), *range(CARDS, count, 2)]
        self.kinds = ["well"] * count
        self.ports: list[int] = []
        self.bars: list[set[Bar]] = [set() for _ in range(count)]
        self.wanted: dict[int, bytes] = {}
        self.pressed: dict[int, float] = {}
        self.last = [(b"", 0.0)] * count
        self.found = Found()
        self._servers: list[asyncio.Server] = []

    async def listen(self) -> None:
        """A port for each."""
        for number in range(len(self.families)):
            server = await self._server(number, 0)
            self._servers.append(server)
            self.ports.append(server.sockets[0].getsockname()[1])

    async def become(self, *, bad: bool) -> None:
        """Some are bad in their ways, or well again; at a dead one's port nobody listens, and it hangs up."""
        for place, number in enumerate(self.turning):
            before, self.kinds[number] = self.kinds[number], BAD[place % len(BAD)] if bad else "well"
            if self.kinds[number] == "dead":
                self._servers[number].close()
                for bar in list(self.bars[number]):
                    bar.transport.abort()
            elif before == "dead":
                self._servers[number] = await self._server(number, self.ports[number])
        await asyncio.sleep(SETTLE_S)

    async def _server(self, number: int, port: int) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        return await loop.create_server(_far_end(self, number), "127.0.0.1", port)

    def heard(self, card: int, data: bytes, at: float) -> None:
        """Whether these are the bytes somebody waits for."""
        self.last[card] = data, at
        if card in self.wanted and self.wanted[card] in data:
            del self.wanted[card]
            self.found.cards.append(at - self.pressed[card])

    def called(self, window: int, label: str, pressed: float) -> None:
        """A call was answered: its cards that are always well should say so, and some may have done so already."""
        for card in range(window - 1, CARDS, WINDOWS):
            if card % EVERY:
                self.pressed[card], self.wanted[card] = pressed, label.encode()
                self.heard(card, *self.last[card])


def _far_end(cards: Cards, number: int) -> Callable[[], Bar]:
    return lambda: Bar(cards, number)


def main(crowds: tuple[int, ...] = (0, SCREENS)) -> None:
    """Measure beside so many screens each; print a line for each half and what the bad ones cost the others."""
    for screens in crowds:
        well, bad = asyncio.run(measure(Cards(), screens))
        for whom, what in (
            ("cards", f"press to bytes at {CARDS} cards beside {screens} screens"),
            ("screens", f"press to the last of {screens} screens beside {CARDS} cards"),
            ("answers", f"press to its answer beside {CARDS} cards and {screens} screens"),
        ):
            halves = [[getattr(each, whom) for each in half] for half in (well, bad)]
            if any(halves[0]):
                _tell(f"{what}, all well", halves[0])
                _tell(f"{what}, some bad", halves[1])
                _tell_cost(whom, *(_together(half) for half in halves))


def _tell(what: str, turns: list[list[float]]) -> None:
    """All turns together, and the p99 of each turn alone, that one sees what chance does."""
    seconds = _together(turns)
    p50, p99 = (percentile(seconds, part) * 1000 for part in (0.5, 0.99))
    each = ", ".join(f"{percentile(turn, 0.99) * 1000:.0f}" for turn in turns)
    print(
        f"{what:<68} p50 {p50:.0f} ms · p99 {p99:.0f} ms · {len(seconds)} times (turns: {each})", flush=True
    )


def _together(turns: list[list[float]]) -> list[float]:
    return [each for turn in turns for each in turn]


def _tell_cost(whom: str, well: list[float], bad: list[float]) -> None:
    p50, p99 = (percentile(bad, part) / percentile(well, part) - 1 for part in (0.5, 0.99))
    print(f"the bad ones cost the other {whom} {p99:+.0%} at p99 (aim 20 % at most), {p50:+.0%} at p50")


async def measure(cards: Cards, screens: int) -> tuple[list[Found], list[Found]]:
    """What was found in each turn with all cards well, and in each with every tenth bad."""
    await cards.listen()
    server = Hallqueue({"DJANGO_SETTINGS_MODULE": "tests.bench.settings"})
    try:
        server.manage("migrate", "--verbosity", "0")
        hall = json.loads(await _prepared(server, cards))
        await asyncio.to_thread(server.start)
        target = Target("127.0.0.1", server.port, "bench", hall["token"], hall["board"], hall["services"])
        crowd = target.boards(screens) if screens else None
        try:
            return await _turns(target, cards, crowd)
        finally:
            if crowd:
                crowd.close()
    finally:
        await asyncio.to_thread(server.stop)
        server.remove()


async def _turns(target: Target, cards: Cards, crowd: Crowd | None) -> tuple[list[Found], list[Found]]:
    connection = Connection(target.host, target.port)
    well: list[Found] = []
    bad: list[Found] = []
    for _ in range(WINDOWS):
        assert not (await target.issue(connection, 0)).startswith("!")
    for turn in range(2 * TURNS):
        await cards.become(bad=turn % 2 == 1)
        cards.found = Found()
        (bad if turn % 2 else well).append(cards.found)
        for call in range(CALLS):
            await _call(target, connection, cards, crowd, turn * CALLS + call)
        await asyncio.sleep(1)
        assert not cards.wanted, f"{len(cards.wanted)} bars never heard of their call"
    await connection.close()
    return well, bad


async def _call(target: Target, connection: Connection, cards: Cards, crowd: Crowd | None, call: int) -> None:
    """One call, timed; then somebody new comes, and a window is free again."""
    if crowd:
        await asyncio.to_thread(crowd.look)
    pressed, begun, window = time.time(), time.perf_counter(), call % WINDOWS
    label = await target.call(connection, window)
    cards.found.answers.append(time.perf_counter() - begun)
    assert not label.startswith("!"), label
    cards.called(window + 1, label, begun)
    if crowd:
        cards.found.screens.append((await asyncio.to_thread(crowd.last))[2] - pressed)
    await asyncio.sleep(max(0.0, 0.25 - (time.perf_counter() - begun)))
    assert not (await target.issue(connection, 0)).startswith("!")
    if call >= WINDOWS // 2:
        await target.let_go(connection, (call - WINDOWS // 2) % WINDOWS)
    await asyncio.sleep(max(0.0, 0.5 - (time.perf_counter() - begun)))


async def _prepared(server: Hallqueue, cards: Cards) -> bytes:
    wishes = json.dumps([[family, port] for family, port in zip(cards.families, cards.ports, strict=True)])
    words = (sys.executable, "-m", "tests.bench.cards", "prepare", wishes)
    child = await asyncio.create_subprocess_exec(
        *words, env=dict(server.environment()), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await child.communicate()
    assert child.returncode == 0
    return told


def prepare(wishes: list[list[Any]]) -> dict[str, object]:
    """The bench's hall with a card or printer at each of these ports."""
    import django

    django.setup()
    from displays.bars import acts
    from hallqueue.actions.command import THE_HALL, new_key
    from hallqueue.models import Hall
    from printers import setting_up
    from tests.bench import hall

    made = hall.prepare()
    pk = Hall.objects.get(slug="bench").pk
    for number, (family, port) in enumerate(wishes):
        if family == "printer":
            address = f"tcp://127.0.0.1:{port}"
            setting_up.add_printer(pk, THE_HALL, new_key(), name=f"printer {number}", address=address)
            continue
        bar = {"family": family, "address": f"tcp://127.0.0.1:{port}", "window": number % WINDOWS + 1}
        acts.add_card(pk, THE_HALL, new_key(), name=f"bar {number}", width=256, **bar)
    return made


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hallqueue.settings")
    if sys.argv[1:2] == ["prepare"]:
        print(json.dumps(prepare(json.loads(sys.argv[2]))))
    else:
        main(tuple(int(word) for word in sys.argv[1:]) or (0, SCREENS))
