"""The pump: woken by hints or by its own look each second, it computes each watched topic once and hands it out."""

import asyncio
import contextlib
import json
import logging
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import close_old_connections

from hallqueue.live.hub import Frame, Head, Hub, Message, Socket, Subject, message_of
from hallqueue.models import Hall
from hallqueue.statements import fetch
from hallqueue.topics import Topic, frame_of
from hallqueue.topics.reading import Reading
from hallqueue.transactions import one_read

log = logging.getLogger(__name__)

OWN_LOOK = 1.0
# At most ten frames a second per topic: eight in the long run, and two at once after a pause.
GAP, AT_A_TIME = 0.125, 2
BEAT, PHASES = 5.0, 50
# Who answers beats and let two go by, the last for half a beat, is gone; unless this process itself did not listen.
MISSED, DEAF = 2, 1.0
AT_ONCE = 5000


class Pace:
    """How long each must wait so that `at_a_time` may come together, and in the long run one per `gap` seconds."""

    def __init__(self, gap: float, at_a_time: int) -> None:
        self._gap, self._lead = gap, gap * (at_a_time - 1)
        self._due = 0.0

    def take(self, now: float) -> float:
        """Take the next turn; the seconds to wait for it."""
        turn = max(now, self._due - self._lead)
        self._due = max(self._due, turn) + self._gap
        return turn - now


class Pump:
    """Runs on one event loop; reads the database in one thread of its own."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.heads: dict[int, Head] = {}
        self.rights: dict[int, int] = {}
        self.rights_moved = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._awake = asyncio.Event()
        self._reader = ThreadPoolExecutor(1, "pump")
        self._pace = Pace(GAP, AT_A_TIME)
        self._called = False
        self._committed: deque[int] = deque()
        self.tell_others: Callable[[set[int]], None] = lambda halls: None

    def wake(self) -> None:
        """From any thread: a hall moved, or somebody new looks. Many wakes before a pass cost the loop only one."""
        if self._called:
            return
        self._called = True
        with contextlib.suppress(RuntimeError):  # the loop is closing
            self._loop.call_soon_threadsafe(self._awake.set)

    def committed(self, hall_id: int) -> None:
        """From any thread: this process moved a hall; the others are told at the next pass."""
        self._committed.append(hall_id)
        self.wake()

    async def run(self) -> None:
        """Pass after pass, until cancelled; a failing pass is logged and tried again."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(OWN_LOOK):
                    await self._awake.wait()
                await asyncio.sleep(self._pace.take(time.monotonic()))  # a look of its own is slow enough
            self._awake.clear()
            self._called = False  # before the database is read: a commit from now on wakes again
            self._tell_others()
            try:
                await self.one_pass()
            except Exception:  # the pump must outlive any fault of the database; each is logged whole
                log.exception("a pass of the pump failed")
                await asyncio.sleep(OWN_LOOK)

    def _tell_others(self) -> None:
        halls = set()
        while self._committed:
            halls.add(self._committed.popleft())
        if halls:
            self.tell_others(halls)

    async def one_pass(self) -> None:
        """Compute what moved and hand it out."""
        for hall_id in self.hub.hall_ids():
            watched = {s.topic: s.computed for s in self.hub.subjects.values() if s.hall_id == hall_id}
            made = await self._loop.run_in_executor(self._reader, self._compute, hall_id, watched)
            for topic, frame in made.items():
                subject = self.hub.subjects.get(topic)
                if subject is None:
                    continue
                if frame is None:
                    await self._nothing_there(subject)
                    continue
                subject.frame, subject.computed = frame, frame.head
                await self._hand_out(subject, frame)

    def _compute(self, hall_id: int, watched: dict[Topic, Head | None]) -> dict[Topic, Frame | None]:
        """In the reader's thread: the frames of this hall whose head differs from what was computed before."""
        close_old_connections()
        with one_read():
            hall = fetch(Hall, '"id" = %s', hall_id)
            if hall is None:
                return dict.fromkeys(watched)
            head = (hall.epoch, hall.seq)
            self._note_head(hall)
            reading = Reading(hall)
            frames: dict[Topic, Frame | None] = {}
            for topic in [topic for topic, computed in watched.items() if computed != head]:
                try:
                    frame = frame_of(reading, topic)
                except Exception:  # a fault in one screen's frame must not darken the others
                    log.exception("the frame of %s could not be computed", topic)
                else:
                    frames[topic] = Frame(head, str(topic), _text(frame)) if frame is not None else None
        return frames

    def _note_head(self, hall: Hall) -> None:
        self.heads[hall.pk] = (hall.epoch, hall.seq)
        if self.rights.get(hall.pk) != hall.rights_seq:
            self._loop.call_soon_threadsafe(self.rights_moved.set)
        self.rights[hall.pk] = hall.rights_seq

    async def _hand_out(self, subject: Subject, frame: Frame) -> None:
        """To every socket that looks; the loop breathes between batches so that a crowd delays nobody else."""
        for count, socket in enumerate(list(subject.sockets), 1):
            if socket.line is not None:
                socket.show(subject.topic, frame)
            else:
                await deliver(socket, subject.topic, frame)
            if count % AT_ONCE == 0:
                await asyncio.sleep(0)

    async def _nothing_there(self, subject: Subject) -> None:
        """Nobody can look at what does not exist: say so, once."""
        for socket in list(subject.sockets):
            self.hub.leave(socket, subject.topic)
            with contextlib.suppress(OSError, RuntimeError):
                await socket.refuse(str(subject.topic), "unknown_topic")

    async def beat(self) -> None:
        """Heartbeats every five seconds, the sockets spread over fifty phases so that they never come in a bunch."""
        phase, looked = 0, time.monotonic()
        due = looked
        while True:
            # By the clock, so that fifty short sleeps that each last a little longer make no beat late.
            due = max(due + BEAT / PHASES, time.monotonic() - DEAF)
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            phase, now = (phase + 1) % PHASES, time.monotonic()
            if now - looked > DEAF:
                self._forgive()
            looked = now
            self._cut_silent((phase + PHASES // 2) % PHASES)
            told: dict[tuple[Any, ...], Message] = {}
            for socket in [each for each in self.hub.sockets if each.phase == phase]:
                socket.quiet += socket.quiet >= 0
                with contextlib.suppress(OSError, RuntimeError):  # it is just leaving
                    await socket.say(self._beat_of(socket, told))

    def _cut_silent(self, phase: int) -> None:
        """A pulled cable says nothing: whoever answers no more is let go, so that the hall learns of it."""
        for socket in [each for each in self.hub.sockets if each.phase == phase]:
            if socket.quiet >= MISSED and socket.line is not None:
                socket.line.cut()

    def _forgive(self) -> None:
        """Nobody could be heard while this process slept or was busy."""
        for socket in self.hub.sockets:
            socket.heard()

    def _beat_of(self, socket: Socket, told: dict[tuple[Any, ...], Message]) -> Message:
        """A beat for this socket; those who look at the same halls share one."""
        heads = self._heads_of(socket)
        key = tuple(heads.items())
        if key not in told:
            beat = {"type": "beat", "now": time.time(), "heads": heads}
            told[key] = message_of(json.dumps(beat, ensure_ascii=False))
        return told[key]

    def _heads_of(self, socket: Socket) -> dict[str, Head]:
        found = {}
        for topic in socket.watches:
            subject = self.hub.subjects.get(topic)
            if subject is not None and subject.hall_id in self.heads:
                found[topic.slug] = self.heads[subject.hall_id]
        return found


async def deliver(socket: Socket, topic: Topic, frame: Frame) -> None:
    """Offer a frame to a socket that may be leaving at this very moment."""
    with contextlib.suppress(OSError, RuntimeError):
        await socket.offer(topic, frame)


def _text(frame: dict[str, object]) -> str:
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))
