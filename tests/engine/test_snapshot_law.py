"""The law of live screens: after any actions and any faults every screen shows what a fresh reading would show."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import random
import threading
from collections import deque
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.house import setup
from hallqueue.actions.line import tickets
from hallqueue.errors import Refused
from hallqueue.live.hub import Hub, Socket
from hallqueue.live.pump import Pump
from hallqueue.models import Hall, Ticket
from hallqueue.topics import KINDS, Topic, frame_of
from hallqueue.topics.reading import Reading
from hallqueue.transactions import one_read
from hallqueue.web.access import Viewer
from tests.hall import SmallHall, make_small_hall

NAMES = ["main", "live", "", "1", "2", "9", "waiting", "stranded", "aside", "window-1"]
FAULTS = ["pass", "pass", "deliver", "deliver", "deliver", "cut", "lose pass", "late ack", "double ack"]
STEP = st.tuples(st.sampled_from(["act", "act", "act", *FAULTS]), st.integers(0, 999))
_slugs = itertools.count(1)


class Loop:
    """An event loop in a thread of its own, where hub and pump live."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)


@pytest.fixture
def loop() -> Iterator[Loop]:
    running = Loop()
    yield running
    running.close()


class PlainScreen:
    """A client by the book: shows newer frames, drops older ones, acknowledges each; its wire may be slow or cut."""

    def __init__(self, hub: Hub, topic: Topic, hall: Hall) -> None:
        self.hub, self.topic, self.hall = hub, topic, hall
        self.shown: dict[str, Any] | None = None
        self.connect()

    def connect(self) -> None:
        self.wire: deque[dict[str, Any]] = deque()
        self.acks: list[int] = []
        self.socket = Socket(self._receive, Viewer())
        self.hub.sockets.add(self.socket)
        subject = self.hub.join(self.socket, self.topic, self.hall.pk)
        if subject.frame is not None:
            asyncio.get_running_loop().create_task(self.socket.offer(self.topic, subject.frame))

    async def _receive(self, message: dict[str, Any]) -> None:
        self.wire.append(json.loads(message["text"]))
        assert len(self.wire) <= 2, "a slow screen is flooded"

    async def cut(self) -> None:
        self.hub.drop(self.socket)
        self.connect()

    async def deliver(self) -> None:
        if not self.wire:
            return
        frame = self.wire.popleft()
        shown = self.shown
        if shown is None or shown["epoch"] != frame["epoch"] or shown["seq"] < frame["seq"]:
            self.shown = frame
        elif shown["seq"] == frame["seq"]:
            assert shown == frame, "two frames of one seq differ"
        self.acks.append(frame["seq"])

    async def acknowledge(self, again: bool = False) -> None:
        for seq in random.Random(len(self.acks)).sample(self.acks, len(self.acks)):
            await self.socket.acknowledge(self.topic, seq)
        if not again:
            self.acks.clear()


class Law:
    """A hall, its screens, and what may go wrong between them."""

    def __init__(self, loop: Loop, small: SmallHall) -> None:
        self.loop, self.small, self.hub = loop, small, Hub()
        self.pump: Pump = loop.run(self._pump())
        self.topics = self._topics()
        self.screens: list[PlainScreen] = loop.run(self._screens())

    async def _pump(self) -> Pump:
        return Pump(self.hub)

    async def _screens(self) -> list[PlainScreen]:
        return [PlainScreen(self.hub, topic, self.small.hall) for topic in self.topics]

    def _topics(self) -> list[Topic]:
        """Every kind of topic that has something to show in this hall."""
        token = Ticket.objects.get(pk=self.small.issue()["ticket"]).token
        wanted = [Topic(kind, self.small.hall.slug, name) for kind in KINDS for name in [*NAMES, token]]
        fresh = self.afresh(wanted)
        assert {topic.kind for topic in fresh} == set(KINDS) - {
            "printer",
            "card",
        }  # devices have tests of their own
        return list(fresh)

    def afresh(self, topics: list[Topic]) -> dict[Topic, Any]:
        Reading._catalogues.clear()
        with one_read():
            reading = Reading(Hall.objects.get(pk=self.small.hall.pk))
            frames = {topic: frame_of(reading, topic) for topic in topics}
        return {topic: json.loads(json.dumps(frame)) for topic, frame in frames.items() if frame is not None}

    def act(self, number: int) -> None:
        chance = random.Random(number)
        window = chance.choice([1, 2, 3, 9])
        verb = chance.choice(
            ["issue", "issue", "call_next", "call_next", "start", "finish", "no_show", "recall"]
        )
        verb = chance.choice(
            [verb, verb, verb, "pause", "open_window", "close", "park", "undo", "requeue", "map"]
        )
        with contextlib.suppress(Refused):
            self.say(verb, window, chance)

    def say(self, verb: str, window: int, chance: random.Random) -> None:
        small, some = self.small, Ticket.objects.filter(hall=self.small.hall).order_by("-pk").first()
        assert some is not None
        if verb == "issue":
            small.issue(chance.choice(["id-card", "invoice", "housing"]), to_fallback=chance.random() < 0.2)
        elif verb in ("pause", "park"):
            small.say(verb, window, reason="有理由")
        elif verb == "undo":
            small.say(verb, window, ticket=some.pk)
        elif verb == "requeue":
            tickets.requeue(small.hall.pk, small.actor("desk"), new_key(), ticket=some.pk)
        elif verb == "map":
            takes = [(chance.choice(["id-card", "invoice"]), 0)]
            setup.map_services(small.hall.pk, THE_HALL, new_key(), window=window, takes=takes)
        else:
            small.say(verb, window)

    def suffer(self, fault: str, number: int) -> None:
        screen = self.screens[number % len(self.screens)]
        if fault == "pass":
            self.loop.run(self.pump.one_pass())
        elif fault == "cut":
            self.loop.run(screen.cut())
        elif fault == "deliver":
            for each in self.screens[number % 3 :: 3]:
                self.loop.run(each.deliver())
                self.loop.run(each.acknowledge())
        elif fault == "late ack":
            self.loop.run(screen.deliver())
        elif fault == "double ack":
            self.loop.run(screen.deliver())
            self.loop.run(screen.acknowledge(again=True))

    def heal(self) -> None:
        """The pump looks for itself each second; what is on the wire arrives."""
        for _ in range(4):
            self.loop.run(self.pump.one_pass())
            for screen in self.screens:
                self.loop.run(screen.deliver())
                self.loop.run(screen.acknowledge())

    def holds(self) -> None:
        fresh = self.afresh(self.topics)
        for screen in self.screens:
            assert screen.shown == fresh[screen.topic], f"{screen.topic} shows another hall"

    def end(self) -> None:
        self.pump._reader.submit(_hang_up).result(10)
        self.pump._reader.shutdown()


def _hang_up() -> None:
    connection.close()  # of the thread that says it


@pytest.mark.slow
@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_every_screen_shows_the_truth_after_any_actions_and_any_faults(loop: Loop) -> None:
    @settings(max_examples=max(10, settings().max_examples // 6))
    @given(st.lists(STEP, min_size=5, max_size=60))
    def law(steps: list[tuple[str, int]]) -> None:
        under = Law(loop, make_small_hall(slug=f"law{next(_slugs)}"))
        try:
            for fault, number in steps:
                if fault == "act":
                    under.act(number)
                else:
                    under.suffer(fault, number)
            under.heal()
            under.holds()
        finally:
            under.end()

    law()
