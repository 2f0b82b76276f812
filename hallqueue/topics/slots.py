"""The slots of a day with their free places: read by the desk's page and by machines."""

from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q

from hallqueue.models import Appointment, Hall, Slot

TAKEN = Count("appointments", filter=~Q(appointments__state=Appointment.State.CANCELLED))


def slots_of_day(hall: Hall, day: date, now: datetime, service: str = "") -> list[dict[str, Any]]:
    """Every slot of a date in order, perhaps of one service (code); `over` once its end is past."""
    rows = Slot.objects.filter(hall=hall, date=day).select_related("service", "window").annotate(taken=TAKEN)
    if service:
        rows = rows.filter(service__code=service)
    return [_row(hall, slot, now) for slot in rows.order_by("start_at", "service__order", "id")]


def _row(hall: Hall, slot: Slot, now: datetime) -> dict[str, Any]:
    zone = hall.local_zone
    return {
        "slot": slot.pk,
        "service": slot.service.code,
        "name": slot.service.name,
        "window": slot.window.number if slot.window else None,
        "date": slot.date.isoformat(),
        "start": f"{slot.start_at.astimezone(zone):%H:%M}",
        "end": f"{slot.end_at.astimezone(zone):%H:%M}",
        "capacity": slot.capacity,
        "free": max(0, slot.capacity - slot.taken),  # type: ignore[attr-defined]
        "over": slot.end_at <= now,
    }
