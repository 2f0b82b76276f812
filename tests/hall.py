"""The small hall everybody knows: windows 1–3, fallback window 9, series A B C, three clerks.

Window 1 takes identity cards; 2 invoices, and helps with identity cards; 3 housing; 9 is the fallback.
Its rules are easy: no limits of calling, no-shows and coming back.
"""

from __future__ import annotations

import copy
import itertools
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from hallqueue.actions import windows
from hallqueue.actions.command import THE_HALL, Actor, Answer, new_key
from hallqueue.actions.house import setup
from hallqueue.actions.line import calling, sending, tickets, visits
from hallqueue.models import ConcernDuty, Department, Hall, Ticket, User
from hallqueue.models.hall import new_epoch

SERVICES = [
    {
        "code": "id-card",
        "department": "公安局",
        "series": "A",
        "name": "居民身份证换领",
        "name_en": "Identity card",
    },
    {"code": "invoice", "department": "税务局", "series": "B", "name": "发票申领", "name_en": "Invoices"},
    {
        "code": "housing",
        "department": "住建局",
        "series": "C",
        "name": "公租房申请",
        "also_called": "廉租房",
        "name_en": "Public housing",
    },
]
WINDOWS = [
    {"number": 1, "zone": "A区", "direction": "左侧", "takes": [["id-card", 0]]},
    {"number": 2, "zone": "A区", "direction": "左侧", "takes": [["invoice", 0], ["id-card", 1]]},
    {"number": 3, "zone": "B区", "direction": "右侧", "takes": [["housing", 0]]},
    {"number": 9, "zone": "B区", "direction": "右侧", "is_fallback": True, "takes": []},
]
HOUSES = ("hallqueue", "displays", "printers")
KIOSK = Actor("device:1", "kiosk")
ROOMS = (calling, sending, visits, windows)
EASY = {
    "calls_before_no_show": 0,
    "seconds_between_calls": 0,
    "requeue_within_numbers": 0,
    "requeue_within_minutes": 0,
    "requeue_limit": 0,
}


@dataclass
class SmallHall:
    """The hall with its people; every verb makes a key of its own unless one is given."""

    hall: Hall
    people: dict[str, User] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """clerk1 … clerk3, fallback (sits at 9), manager, desk, auditor, administrator."""
        user = self.people[name]
        return Actor(f"user:{user.pk}", user.role, user)

    def issue(self, service: str = "id-card", key: str = "", **details: Any) -> Answer:
        """Take a number at the kiosk."""
        return tickets.issue(self.hall.pk, KIOSK, key or new_key(), service=service, **details)

    def call_next(self, window: int = 1, key: str = "") -> Answer:
        """The window's own clerk presses next."""
        return calling.call_next(self.hall.pk, self.at(window), key or new_key(), window=window)

    def say(self, verb: str, window: int = 1, key: str = "", **details: Any) -> Answer:
        """Any verb of a window (`ROOMS`), said by the window's own clerk."""
        room = next(room for room in ROOMS if hasattr(room, verb))
        answer: Answer = getattr(room, verb)(
            self.hall.pk, self.at(window), key or new_key(), window=window, **details
        )
        return answer

    def at(self, window: int) -> Actor:
        """Who sits at a window in this hall."""
        return self.actor({1: "clerk1", 2: "clerk2", 3: "clerk3", 9: "fallback"}[window])

    def open(self, *numbers: int) -> None:
        """Each window's clerk sits down and opens."""
        for number in numbers:
            self.say("sit", number)
            self.say("open_window", number)

    def ticket(self, answer: Answer) -> Ticket:
        """The row behind an answer."""
        return Ticket.objects.get(pk=answer["ticket"])

    def fresh(self) -> Hall:
        """The hall's row as it is now."""
        return Hall.objects.get(pk=self.hall.pk)


def make_small_hall(open_windows: Iterable[int] = (1, 2, 3, 9), slug: str = "small") -> SmallHall:
    """The small hall with `open_windows` open: built by the actions, then laid down row by row while it is fresh."""
    windows_open = tuple(open_windows)
    if time_machine.escape_hatch.is_travelling() or Hall.objects.exists() or User.objects.exists():
        return build_small_hall(windows_open, slug)
    built, kept = _kept.get((windows_open, slug), (0.0, None))
    if kept is None or time.monotonic() - built > FRESH:
        small = build_small_hall(windows_open, slug)
        rows = [list(kind._default_manager.all()) for kind in _kinds()]
        _kept[(windows_open, slug)] = time.monotonic(), rows
        return small
    return lay_down(kept)


FRESH = 60.0  # seconds: clerks who sat down long ago would be alarmed about
_kept: dict[tuple[tuple[int, ...], str], tuple[float, list[list[Model]]]] = {}


def _kinds() -> list[type[Model]]:
    return [kind for kind in apps.get_models() if kind._meta.app_label in HOUSES]


def lay_down(kept: list[list[Model]]) -> SmallHall:
    """The rows of a hall once more, as another hall: its epoch is new, so nothing remembered of the first fits."""
    epoch = new_epoch()
    halls: list[Hall] = []
    people: dict[str, User] = {}
    rows_again = [copy.deepcopy(rows) for rows in kept if rows]
    for row in itertools.chain(*rows_again):
        if isinstance(row, Hall):
            row.epoch = epoch
            halls.append(row)
        elif isinstance(row, User):
            people[row.name] = row
    with transaction.atomic():
        for rows in rows_again:
            type(rows[0])._default_manager.bulk_create(rows)
    return SmallHall(halls[0], people)


def build_small_hall(open_windows: Iterable[int], slug: str) -> SmallHall:
    """The same, every row made by the hall's own actions."""
    hall = setup.make_hall(slug, "小镇政务大厅", name_en="Small town hall")
    setup.set_rules(hall.pk, THE_HALL, new_key(), rules=EASY)
    setup.load_series(hall.pk, THE_HALL, new_key(), rows=[{"letter": letter} for letter in "ABC"])
    setup.load_services(hall.pk, THE_HALL, new_key(), rows=SERVICES)
    setup.load_windows(hall.pk, THE_HALL, new_key(), rows=WINDOWS)
    small = SmallHall(hall)
    roles = {"clerk1": "clerk", "clerk2": "clerk", "clerk3": "clerk", "fallback": "clerk"}
    for name, role in {
        **roles,
        **{each: each for each in ("manager", "desk", "auditor", "administrator")},
    }.items():
        small.people[name] = User.objects.create(username=f"{slug}-{name}", name=name, hall=hall, role=role)
    small.open(*open_windows)
    return small


def led_by_clerk3(small: SmallHall) -> SmallHall:
    """clerk3 becomes the lead (首席代表) of every department."""
    person = small.people["clerk3"]
    for department in Department.objects.filter(hall=small.hall):
        ConcernDuty.objects.create(hall=small.hall, department=department, user=person, is_lead=True)
    return small


def clock_at(moment: datetime) -> Any:
    """The fixture `clock` of a module: it stands at that moment until it is moved."""

    @pytest.fixture(name="clock")
    def standing() -> Iterator[time_machine.Traveller]:
        with time_machine.travel(moment, tick=False) as coordinates:
            yield coordinates

    return standing


def midday(small: SmallHall) -> time_machine.travel:
    """A clock that stands now and moves when told, in the middle of the hall's day at whatever hour the tests run."""
    far_from_midnight(small)
    return time_machine.travel(timezone.now(), tick=False)


def far_from_midnight(small: SmallHall) -> None:
    """The hall's business date changes twelve hours from now, so that moving the clock a little stays in the day."""
    hour = timezone.now().astimezone(small.hall.local_zone).hour
    small.hall.cutoff_hour = (hour + 12) % 24
    Hall.objects.filter(pk=small.hall.pk).update(cutoff_hour=small.hall.cutoff_hour)


def where_it_is_noon(small: SmallHall) -> SmallHall:
    """The hall moves to where its clock shows half past eleven to half past twelve: what a running server does by its
    own clock is the same whenever the tests run."""
    moment = timezone.now()
    ahead = (12 * 60 - moment.hour * 60 - moment.minute + 30) // 60
    small.hall.time_zone = f"Etc/GMT{-ahead:+d}"  # these names count westwards
    Hall.objects.filter(pk=small.hall.pk).update(time_zone=small.hall.time_zone)
    return small
