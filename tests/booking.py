"""Appointments for tests: the small hall on a Friday morning before 国庆, with a clock to turn."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import time_machine

from hallqueue.actions import appointments
from hallqueue.actions.command import Actor, Answer, new_key
from hallqueue.actions.house import slots
from tests.hall import KIOSK, SmallHall, make_small_hall

ZONE = ZoneInfo("Asia/Shanghai")
FRIDAY = datetime(2026, 9, 18, 9, 0, tzinfo=ZONE)
PHONE = "13847301234"


class Booking:
    """The small hall on a Friday morning, with a clock to turn."""

    def __init__(self, small: SmallHall, clock: Any) -> None:
        self.small, self.clock = small, clock

    def say(self, verb: Any, by: str | Actor = "manager", **details: Any) -> Answer:
        actor = by if isinstance(by, Actor) else self.small.actor(by)
        answer: Answer = verb(self.small.hall.pk, actor, new_key(), **details)
        return answer

    def slot(self, start: str = "10:00", end: str = "10:30", capacity: int = 2, **more: Any) -> int:
        details = {"service": "housing", "day": "2026-09-18", "start": start, "end": end} | more
        pk: int = self.say(slots.make_slot, capacity=capacity, **details)["slot"]
        return pk

    def book(self, slot: int, phone: str = PHONE, by: str | Actor = "desk", name: str = "张三") -> str:
        code: str = self.say(appointments.book, by, slot=slot, name=name, phone=phone)["code"]
        return code

    def check_in(self, code: str, **more: Any) -> Answer:
        return self.say(appointments.check_in, KIOSK, code=code, **more)

    def at(self, hour: int, minute: int = 0, day: int = 18) -> None:
        self.clock.move_to(datetime(2026, 9, day, hour, minute, tzinfo=ZONE))


def friday_morning() -> Iterator[Booking]:
    with time_machine.travel(FRIDAY, tick=False) as clock:
        yield Booking(make_small_hall(), clock)
