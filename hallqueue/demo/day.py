"""A simulated day in a demo hall: its clock, its pace, and the one button that starts and stops it."""

import fcntl
import heapq
import itertools
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import close_old_connections, connection

from hallqueue.actions.command import Actor, new_key
from hallqueue.actions.demo import begin_demo, end_demo
from hallqueue.actions.line.tickets import cancel
from hallqueue.demo.crowd import DAY_MINUTES, Chance, arrivals_per_minute
from hallqueue.demo.people import DESK, SOURCE, Clerk, Life, People
from hallqueue.errors import Refused
from hallqueue.models import Hall, Ticket

log = logging.getLogger(__name__)

SPEED = 10.0
"""How many simulated minutes pass in one minute, unless said otherwise: a call every three seconds or so."""

DIRECTOR = Actor("demo", "hall", screen="program")
LONGEST_NAP = 0.25
CROWD_AT_THE_DOOR = 2  # for each window, when the day begins

_stops: dict[int, tuple[threading.Thread, threading.Event]] = {}
_registry = threading.Lock()


class DayInTheHall:
    """Everybody's lives in order of simulated time; `live` lets them happen as fast as it can."""

    def __init__(self, hall: Hall, seed: int | None = None) -> None:
        self.hall = hall
        self.chance = Chance(seed)
        self.people = People(hall, self.chance)
        self.clerks = [Clerk(self.people, number) for number in self.people.staffed]
        self.minute = 0.0
        self._order = itertools.count()
        self._due: list[tuple[float, int, Life]] = []
        for clerk in self.clerks:
            self._begin(clerk.life())
        self._begin(self._arrivals())

    def live(self, until: float) -> None:
        """Let happen what is due until that minute of the day."""
        while self._due and self._due[0][0] <= until:
            self.step()
        self.minute = max(self.minute, until)

    def step(self) -> None:
        """The next thing that happens."""
        self.minute, _, life = heapq.heappop(self._due)
        wait = next(life, None)
        if wait is not None:
            heapq.heappush(self._due, (self.minute + wait, next(self._order), life))
        for clerk in self.clerks:
            while clerk.newcomers:
                self._begin(clerk.newcomers.pop(0))

    def next_at(self) -> float:
        """The minute at which something happens next."""
        return self._due[0][0]

    def end(self) -> None:
        """Everybody simulated goes home; numbers nobody will answer to are cancelled."""
        for clerk in self.clerks:
            clerk.go_home()
        left = Ticket.objects.filter(hall=self.hall, ended_at=None, source=SOURCE, window=None)
        for ticket in list(left.values_list("pk", flat=True)):
            try:
                cancel(self.hall.pk, DESK, new_key(), ticket=ticket, reason="模拟结束")
            except Refused:  # somebody real has called it meanwhile, and serves it
                continue

    def _begin(self, life: Life) -> None:
        heapq.heappush(self._due, (self.minute, next(self._order), life))

    def _arrivals(self) -> Life:
        """Some stand at the door when it opens; others come all day."""
        yield 1.0
        for _ in range(CROWD_AT_THE_DOOR * len(self.clerks)):
            self._begin(self.people.citizen(self.chance.wish(self.people.offers)))
            yield self.chance.between(0, 0.1)
        while True:
            self._begin(self.people.citizen(self.chance.wish(self.people.offers)))
            yield self.chance.next_arrival(
                arrivals_per_minute(self.minute, len(self.clerks), self.people.offers)
            )


def run(
    hall: Hall, speed: float, stop: threading.Event, minutes: float | None = None, seed: int | None = None
) -> None:
    """Live a day at a pace until `stop`, or `minutes` of it; raises Refused: not_allowed, demo_running."""
    with _only_one(hall) as free:
        if not free:
            raise Refused("demo_running")
        begin_demo(hall.pk, DIRECTOR, new_key(), speed=speed)
        day = DayInTheHall(hall, seed)
        try:
            _keep_pace(day, speed, stop, minutes)
        finally:
            day.end()
            end_demo(hall.pk, DIRECTOR, new_key())


def start(hall: Hall, speed: float = SPEED) -> bool:
    """Begin a simulated day in a thread; False if one runs already. Raises Refused("not_allowed")."""
    if not hall.is_demo:
        raise Refused("not_allowed", 403)
    with _registry:
        if running(hall):
            return False
        stop_event = threading.Event()
        thread = threading.Thread(
            target=_run_quietly, args=(hall, speed, stop_event), name=f"demo-{hall.slug}", daemon=True
        )
        _stops[hall.pk] = (thread, stop_event)
        thread.start()
    return True


def stop(hall: Hall, timeout: float = 10.0) -> None:
    """End this process's simulated day in that hall, and wait until everybody went home."""
    with _registry:
        thread, stop_event = _stops.pop(hall.pk, (None, None))
    if thread is not None and stop_event is not None:
        stop_event.set()
        thread.join(timeout)


def running(hall: Hall) -> bool:
    """Whether somebody simulates a day in that hall: this process or another of the same data folder."""
    thread, _ = _stops.get(hall.pk, (None, None))
    if thread is not None and thread.is_alive():
        return True
    with _only_one(hall) as free:
        return not free


def _run_quietly(hall: Hall, speed: float, stop_event: threading.Event) -> None:
    try:
        run(hall, speed, stop_event)
    except Exception:  # a thread has nobody above it: the fault is logged whole
        log.exception("the simulated day in %s broke off", hall.slug)
    finally:
        connection.close()


def _keep_pace(day: DayInTheHall, speed: float, stop_event: threading.Event, minutes: float | None) -> None:
    """Simulated time follows real time; on too slow a machine the day runs late and leaves nothing out."""
    end, began = minutes if minutes is not None else float("inf"), time.monotonic()
    while not stop_event.is_set():
        minute = (time.monotonic() - began) * speed / 60
        while not stop_event.is_set() and day.next_at() <= min(minute, end):
            day.step()
        if minute >= end:
            return
        close_old_connections()
        stop_event.wait(min(max((day.next_at() - minute) * 60 / speed, 0.01), LONGEST_NAP))


@contextmanager
def _only_one(hall: Hall) -> Iterator[bool]:
    """Yields whether the hall was free; while inside it is not."""
    with (settings.DATA / f"demo-{hall.slug}.lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


WHOLE_DAY = float(DAY_MINUTES)
