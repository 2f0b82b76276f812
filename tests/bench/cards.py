"""`python -m tests.bench.cards`: 150 LED cards and 1,000 screens following 2 calls a second.

From the press to bytes at the window's cards, and to the last screen: once with cards that are all well, once with
every tenth of them dead, half open, slow, or talking without end; first without, then with the screens. The bytes may
come before the answer to the press (both leave after the commit, and the answer stands behind the screens' frames), so
what came is kept with its time until the answer names the number.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from tests.bench.load import Target, percentile
from tests.bench.screens import Crowd
from tests.bench.wire import Connection
from tests.ground.process import ROOT
from tests.ground.servers import Hallqueue

CARDS, WINDOWS, CALLS = 150, 40, 80
SCREENS = 1000
BAD = ("dead", "half_open", "slow", "endless")
AGREED = {
    "onbon_font": bytes.fromhex("a5a5a5a5a5a5a5a50080010000000000000061020500a000000000892a5a"),
    "eq": b"##FOK$$$",
}
SLOW_S = 1.5


class Bar(asyncio.Protocol):
    """The lean far end of one card: notes when bytes come, and agrees at once, or is bad in its way."""

    def __init__(self, bench: Cards, number: int) -> None:
        self.bench, self.number = bench, number

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The worker connects."""
        self.transport: Any = transport
        self.open = True

    def connection_lost(self, exc: Exception | None) -> None:
        """And hangs up."""
        self.open = False

    def data_received(self, data: bytes) -> None:
        """A question, whole or in part."""
        self.bench.heard(self.number, data, time.perf_counter())
        if data.endswith((b"\x5a", b"$$")):
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


class Cards:
    """All far ends; card n hangs above window n % WINDOWS + 1."""

    def __init__(self, bad: bool) -> None:
        self.kinds = ["well"] * CARDS
        for place, number in enumerate(range(0, CARDS, 10) if bad else ()):
            self.kinds[number] = BAD[place % len(BAD)]
        self.families = ["onbon_font" if number % 2 else "eq" for number in range(CARDS)]
        self.ports: list[int] = []
        self.wanted: dict[int, bytes] = {}
        self.delays: list[float] = []
        self.screens: list[float] = []
        self.pressed: dict[int, float] = {}
        self.last = [(b"", 0.0)] * CARDS

    async def listen(self) -> None:
        """A port for each; where a dead one should be nobody listens once all have theirs, lest another gets it."""
        loop, dead = asyncio.get_running_loop(), []
        for number, kind in enumerate(self.kinds):
            server = await loop.create_server(_far_end(self, number), "127.0.0.1", 0)
            self.ports.append(server.sockets[0].getsockname()[1])
            if kind == "dead":
                dead.append(server)
        for server in dead:
            server.close()

    def heard(self, card: int, data: bytes, at: float) -> None:
        """Whether these are the bytes somebody waits for."""
        self.last[card] = data, at
        if card in self.wanted and self.wanted[card] in data:
            del self.wanted[card]
            self.delays.append(at - self.pressed[card])

    def called(self, window: int, label: str, pressed: float) -> None:
        """A call was answered: its cards should say so, and some may have done so already."""
        for card in range(window - 1, CARDS, WINDOWS):
            if self.kinds[card] == "well":
                self.pressed[card], self.wanted[card] = pressed, label.encode()
                self.heard(card, *self.last[card])


def _far_end(cards: Cards, number: int) -> Callable[[], Bar]:
    return lambda: Bar(cards, number)


def main() -> None:
    """Measure all four, print a line each and what the bad ones cost the others."""
    for screens in (0, SCREENS):
        well, bad = (asyncio.run(measure(Cards(with_bad), screens)) for with_bad in (False, True))
        for name, found in (("all well", well), ("every tenth bad", bad)):
            _tell(f"press to bytes at {CARDS} cards beside {screens} screens, {name}", found.delays)
            if screens:
                _tell(f"press to the last of {screens} screens beside {CARDS} cards, {name}", found.screens)
        _tell_cost("cards", well.delays, bad.delays)
        if screens:
            _tell_cost("screens", well.screens, bad.screens)


def _tell(what: str, seconds: list[float]) -> None:
    p50, p99 = (percentile(seconds, part) * 1000 for part in (0.5, 0.99))
    print(f"{what:<66} p50 {p50:.0f} ms · p99 {p99:.0f} ms · {len(seconds)} times")


def _tell_cost(whom: str, well: list[float], bad: list[float]) -> None:
    cost = percentile(bad, 0.99) / percentile(well, 0.99) - 1
    print(f"the bad ones cost the other {whom} {cost:+.0%} at p99 (aim 20 % at most)")


async def measure(cards: Cards, screens: int) -> Cards:
    """The cards: with the seconds from each press to its bytes at each that is well, and the screens' own."""
    await cards.listen()
    server = Hallqueue({"DJANGO_SETTINGS_MODULE": "tests.bench.settings"})
    try:
        server.manage("migrate", "--verbosity", "0")
        hall = json.loads(await _prepared(server, cards))
        await asyncio.to_thread(server.start)
        target = Target("127.0.0.1", server.port, "bench", hall["token"], hall["board"], hall["services"])
        crowd = target.boards(screens) if screens else None
        try:
            await _calls(target, cards, crowd)
        finally:
            if crowd:
                crowd.close()
        return cards
    finally:
        await asyncio.to_thread(server.stop)
        server.remove()


async def _calls(target: Target, cards: Cards, crowd: Crowd | None) -> None:
    connection = Connection(target.host, target.port)
    for _ in range(CALLS + 20):
        assert not (await target.issue(connection, 0)).startswith("!")
    await asyncio.sleep(8)  # every bar has been told where it hangs
    for call in range(CALLS):
        if crowd:
            await asyncio.to_thread(crowd.look)
        pressed, begun, window = time.time(), time.perf_counter(), call % WINDOWS
        label = await target.call(connection, window)
        assert not label.startswith("!"), label
        cards.called(window + 1, label, begun)
        if crowd:
            cards.screens.append((await asyncio.to_thread(crowd.last))[2] - pressed)
        await asyncio.sleep(max(0.0, 0.5 - (time.perf_counter() - begun)))
        if call >= WINDOWS // 2:
            await target.let_go(connection, (call - WINDOWS // 2) % WINDOWS)
    await asyncio.sleep(1)
    assert not cards.wanted, f"{len(cards.wanted)} bars never heard of their call"
    await connection.close()


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
    """The bench's hall with a card at each of these ports."""
    import django

    django.setup()
    from displays.bars import acts
    from hallqueue.actions.command import THE_HALL, new_key
    from hallqueue.models import Hall
    from tests.bench import hall

    made = hall.prepare()
    pk = Hall.objects.get(slug="bench").pk
    for number, (family, port) in enumerate(wishes):
        bar = {"family": family, "address": f"tcp://127.0.0.1:{port}", "window": number % WINDOWS + 1}
        acts.add_card(pk, THE_HALL, new_key(), name=f"bar {number}", width=256, **bar)
    return made


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hallqueue.settings")
    if sys.argv[1:2] == ["prepare"]:
        print(json.dumps(prepare(json.loads(sys.argv[2]))))
    else:
        main()
