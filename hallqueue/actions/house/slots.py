"""Slots of appointments: the rules, single slots, the weekly pattern, and a range of days made from it."""

from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.house.series import active_series
from hallqueue.errors import Refused
from hallqueue.models import Appointment, AppointmentRules, Hall, Service, Slot, SlotPattern, Window
from hallqueue.workdays import SATURDAY, DayKind, calendar_of, days_of

MOST_PLACES = 500
LONGEST_RANGE = 92
RULES: dict[str, int] = {
    "early_minutes": 240,
    "late_minutes": 240,
    "cancel_hours": 168,
    "days_ahead": 92,
    "day_limit": 20,
    "kept_days": 365,
}


def rules_of(hall: Hall) -> AppointmentRules:
    """The hall's rules; the defaults while it has none."""
    return AppointmentRules.objects.filter(hall=hall).select_related("series").first() or AppointmentRules(
        hall=hall
    )


@command
def set_rules(c: Command, *, limits: dict[str, int], series: str = "") -> Answer:
    """Change the rules ({name of RULES: number}) and the series of appointment numbers; "" is the service's own.

    Raises Refused: not_allowed, bad_input, appointment_limit, unknown_series, series_off.
    """
    c.managers_only()
    row = rules_of(c.hall)
    for name, value in limits.items():
        if name not in RULES:
            raise Refused("bad_input", 400, detail=name[:40])
        least = int(name in ("days_ahead", "day_limit", "kept_days"))
        if not least <= value <= RULES[name]:
            raise Refused("appointment_limit", 400, least=least, limit=RULES[name])
        setattr(row, name, value)
    row.series = active_series(c.hall, series) if series else None
    row.save()
    c.log.record("setup.changed", what="appointment rules")
    return {"rules": row.pk}


@command
def make_slot(
    c: Command, *, service: str, day: str, start: str, end: str, capacity: int, window: int | None = None
) -> Answer:
    """Make one slot; `day` an ISO date, `start` and `end` local "HH:MM".

    Raises Refused: not_allowed, unknown_service, unknown_window, slot_time, slot_capacity, slot_past, slot_overlaps.
    """
    c.managers_only()
    wanted, seat = service_of(c, service), c.window(window) if window is not None else None
    span = _times(start, end)
    slot = _slot(c, wanted, seat, _day(day), *span, _places(capacity))
    if slot.start_at <= c.now:
        raise Refused("slot_past", 400)
    if _overlaps(slot, _slots_like(c, slot)):
        raise Refused("slot_overlaps", time=f"{start}-{end}")
    slot.save()
    c.log.record("slots.made", window=seat, service=wanted.code, date=day, count=1, places=capacity)
    return {"slot": slot.pk}


@command
def set_pattern(
    c: Command, *, service: str, rows: Sequence[Sequence[Any]], window: int | None = None
) -> Answer:
    """Say anew which slots a service (at a window) has each week: [[weekday 0–6, "HH:MM", "HH:MM", places], …].

    Raises Refused: not_allowed, unknown_service, unknown_window, slot_time, slot_capacity, slot_overlaps, bad_input.
    """
    c.managers_only()
    wanted, seat = service_of(c, service), c.window(window) if window is not None else None
    made = [_pattern(c, wanted, seat, *row) for row in rows]
    made.sort(key=lambda each: (each.weekday, each.start))
    for one, two in pairwise(made):
        if one.weekday == two.weekday and two.start < one.end:
            raise Refused("slot_overlaps", time=f"{two.start:%H:%M}-{two.end:%H:%M}")
    SlotPattern.objects.filter(hall=c.hall, service=wanted, window=seat).delete()
    SlotPattern.objects.bulk_create(made)
    c.log.record("setup.changed", window=seat, what="slot pattern", service=wanted.code, count=len(made))
    return {"pattern": len(made)}


@command
def make_slots(c: Command, *, first: str, last: str) -> Answer:
    """Make the slots of the pattern from one ISO date to another; what stands already, or is past, is left alone.

    Raises Refused: not_allowed, calendar_date, slot_range, slot_no_pattern.
    """
    c.managers_only()
    begin, end = _day(first), _day(last)
    if end < begin or (end - begin).days >= LONGEST_RANGE:
        raise Refused("slot_range", 400, limit=LONGEST_RANGE)
    patterns = list(SlotPattern.objects.filter(hall=c.hall).select_related("service", "window"))
    if not patterns:
        raise Refused("slot_no_pattern")
    standing = list(Slot.objects.filter(hall=c.hall, date__range=(begin, end)))
    made: list[Slot] = []
    for day, weekday in _worked_days(c.hall, begin, end):
        for each in patterns:
            slot = _slot(c, each.service, each.window, day, each.start, each.end, each.capacity)
            if each.weekday == weekday and slot.start_at > c.now and not _overlaps(slot, standing + made):
                made.append(slot)
    Slot.objects.bulk_create(made, batch_size=500)
    c.log.record("slots.made", first=first, last=last, count=len(made))
    return {"slots": len(made)}


@command
def remove_slot(c: Command, *, slot: int) -> Answer:
    """Take a slot away that was never booked: what was cancelled keeps its slot.

    Raises Refused: not_allowed, slot_unknown, slot_booked.
    """
    c.managers_only()
    found = Slot.objects.filter(hall=c.hall, pk=slot).first()
    if found is None:
        raise Refused("slot_unknown", 404)
    if Appointment.objects.filter(slot=found).exists():
        raise Refused("slot_booked")
    found.delete()
    c.log.record("slots.removed", slot=slot)
    return {"slot": slot}


def service_of(c: Command, code: str) -> Service:
    """The hall's active service; raises Refused: unknown_service, service_inactive."""
    found = (
        Service.objects.filter(hall=c.hall, code=code.replace("\x00", "?")).select_related("series").first()
    )
    if found is None:
        raise Refused("unknown_service", 404)
    if not found.is_active:
        raise Refused("service_inactive", name=found.name)
    return found


def _worked_days(hall: Hall, first: date, last: date) -> list[tuple[date, int]]:
    """The dates on which the hall takes appointments, with the weekday they are worked like; holidays have none."""
    calendar = calendar_of(hall)
    found = []
    for day in days_of(first, last):
        kind = calendar.kind(day)
        made_up = kind is DayKind.WORKING and day.weekday() >= SATURDAY
        if kind is not DayKind.HOLIDAY:
            found.append((day, 0 if made_up else day.weekday()))
    return found


def _slot(
    c: Command, service: Service, window: Window | None, day: date, start: time, end: time, places: int
) -> Slot:
    zone = c.hall.local_zone
    moments = {"start_at": datetime.combine(day, start, zone), "end_at": datetime.combine(day, end, zone)}
    return Slot(hall=c.hall, service=service, window=window, date=day, capacity=places, **moments)


def _slots_like(c: Command, slot: Slot) -> list[Slot]:
    return list(Slot.objects.filter(hall=c.hall, date=slot.date, service=slot.service_id))


def _overlaps(slot: Slot, others: Sequence[Slot]) -> bool:
    """Two slots of one service at one window (or at no window in particular) may not share a minute."""
    return any(
        (each.service_id, each.window_id) == (slot.service_id, slot.window_id)
        and each.start_at < slot.end_at
        and slot.start_at < each.end_at
        for each in others
    )


def _pattern(c: Command, service: Service, window: Window | None, *row: Any) -> SlotPattern:
    if len(row) != 4 or row[0] not in range(7):
        raise Refused("bad_input", 400, detail="weekday")
    start, end = _times(str(row[1]), str(row[2]))
    fields = {"weekday": row[0], "start": start, "end": end, "capacity": _places(row[3])}
    return SlotPattern(hall=c.hall, service=service, window=window, **fields)


def _times(start: str, end: str) -> tuple[time, time]:
    try:
        found = time.fromisoformat(start.strip().zfill(5)), time.fromisoformat(end.strip().zfill(5))
    except ValueError:
        raise Refused("slot_time", 400) from None
    if found[0] >= found[1] or any(each.tzinfo for each in found):
        raise Refused("slot_time", 400)
    return found


def _places(capacity: Any) -> int:
    if not isinstance(capacity, int) or not 0 < capacity <= MOST_PLACES:
        raise Refused("slot_capacity", 400, limit=MOST_PLACES)
    return capacity


def _day(day: str) -> date:
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise Refused("calendar_date", 400, value=day[:40]) from None
