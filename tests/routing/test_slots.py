"""Slots of appointments: made one by one or from a weekly pattern, never overlapping, never without places."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from hallqueue.actions.house import slots
from hallqueue.errors import Refused
from hallqueue.models import Slot
from tests.booking import Booking, friday_morning


@pytest.fixture
def hall(db: None) -> Iterator[Booking]:
    yield from friday_morning()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"capacity": 0}, "slot_capacity"),
        ({"capacity": 501}, "slot_capacity"),
        ({"start": "11:00", "end": "10:00"}, "slot_time"),
        ({"start": "10:00", "end": "10:00"}, "slot_time"),
        ({"start": "ten"}, "slot_time"),
        ({"day": "2026-09-17"}, "slot_past"),
        ({"day": "2026-02-30"}, "calendar_date"),
        ({"start": "08:00", "end": "08:30"}, "slot_past"),
        ({"start": "10:15", "end": "10:45"}, "slot_overlaps"),
        ({"service": "none"}, "unknown_service"),
        ({"window": 77}, "unknown_window"),
    ],
)
def test_a_slot_that_makes_no_sense_is_refused(hall: Booking, change: dict[str, Any], code: str) -> None:
    hall.slot()
    with pytest.raises(Refused, match=code):
        hall.slot(**change)
    assert Slot.objects.count() == 1


def test_slots_of_different_windows_may_stand_side_by_side(hall: Booking) -> None:
    hall.slot()
    hall.slot(window=3)
    hall.slot("10:30", "11:00")
    assert Slot.objects.count() == 3


def test_the_weekly_pattern_makes_slots_on_working_days_and_never_twice(hall: Booking) -> None:
    rows = [[day, "09:00", "10:00", 3] for day in range(5)] + [[5, "10:00", "11:00", 1]]
    hall.say(slots.set_pattern, service="housing", rows=rows)
    made = {"first": "2026-09-18", "last": "2026-10-10"}
    assert hall.say(slots.make_slots, **made)["slots"] == Slot.objects.count()
    days = {f"{each.date:%m-%d}" for each in Slot.objects.all()}
    assert {"09-19", "09-20", "09-30", "10-08", "10-10"} <= days  # Saturday by its own row; made-up days
    assert not days & {"09-25", "09-26", "09-27", "10-01", "10-03", "10-07"}  # 中秋 and 国庆
    assert hall.say(slots.make_slots, **made)["slots"] == 0


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([[0, "09:00", "10:00", 0]], "slot_capacity"),
        ([[0, "09:00", "10:00", 1], [0, "09:30", "11:00", 1]], "slot_overlaps"),
        ([[7, "09:00", "10:00", 1]], "bad_input"),
        ([[0, "10:00", "09:00", 1]], "slot_time"),
    ],
)
def test_a_pattern_that_makes_no_sense_is_refused(hall: Booking, rows: list[Any], code: str) -> None:
    with pytest.raises(Refused, match=code):
        hall.say(slots.set_pattern, service="housing", rows=rows)


def test_days_are_made_in_a_sensible_range_only(hall: Booking) -> None:
    with pytest.raises(Refused, match="slot_no_pattern"):
        hall.say(slots.make_slots, first="2026-09-18", last="2026-09-19")
    for first, last in (("2026-09-19", "2026-09-18"), ("2026-09-18", "2027-09-18")):
        with pytest.raises(Refused, match="slot_range"):
            hall.say(slots.make_slots, first=first, last=last)


def test_a_slot_somebody_booked_stays(hall: Booking) -> None:
    booked, free = hall.slot(), hall.slot("11:00", "12:00")
    hall.book(booked)
    with pytest.raises(Refused, match="slot_booked"):
        hall.say(slots.remove_slot, slot=booked)
    hall.say(slots.remove_slot, slot=free)
    assert list(Slot.objects.values_list("pk", flat=True)) == [booked]


def test_slots_and_rules_are_the_managers(hall: Booking) -> None:
    details = {"service": "housing", "day": "2026-09-18", "start": "10:00", "end": "11:00", "capacity": 1}
    with pytest.raises(Refused, match="not_allowed"):
        hall.say(slots.make_slot, "desk", **details)
    for limits in ({"late_minutes": -1}, {"days_ahead": 0}, {"burn": 1}):
        with pytest.raises(Refused, match=r"appointment_limit|bad_input"):
            hall.say(slots.set_rules, limits=limits)
