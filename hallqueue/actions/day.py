"""The hall's day: begin and end giving numbers, close a business date, look round for what needs a hand."""

from datetime import date, datetime, timedelta
from typing import Any

from hallqueue.actions.command import Answer, Command, command
from hallqueue.lifecycle import MOVES, move
from hallqueue.models import Alarm, Call, Day, Hall, Receipt, Shift, Ticket, Window
from hallqueue.routing import nobody_else, stranded, waiting

RECEIPTS_KEPT = timedelta(hours=48)


@command
def open_hall(c: Command) -> Answer:
    """Begin giving out numbers."""
    return _set_open(c, True)


@command
def close_hall(c: Command) -> Answer:
    """Stop giving out numbers; everyone who has one is still served."""
    return _set_open(c, False)


@command
def close_days(c: Command) -> Answer:
    """Close every business date before today's, each exactly once (I12): what still lives expires."""
    dates = _unclosed_dates(c)
    expired = sum(_close(c, each) for each in dates)
    if dates:
        Receipt.objects.filter(hall=c.hall, at__lt=c.now - RECEIPTS_KEPT).delete()
    return {"closed": [str(each) for each in dates], "expired": expired}


@command
def look_round(c: Command) -> Answer:
    """Raise alarms for what needs a hand now, and clear those that are over; both are events."""
    found, standing = due_alarms(c.hall, c.now), standing_alarms(c.hall)
    for about in found.keys() - standing.keys():
        _raise(c, about, found[about])
    for about in standing.keys() - found.keys():
        _clear(c, standing[about])
    return {"raised": len(found.keys() - standing.keys()), "cleared": len(standing.keys() - found.keys())}


@command
def acknowledge(c: Command, *, alarm: int) -> Answer:
    """A manager has seen an alarm; it stays listed, quietly, until it is over."""
    found = Alarm.objects.filter(hall=c.hall, pk=alarm, cleared_at=None, acknowledged_by="").first()
    if found is not None:
        found.acknowledged_by = c.by.name
        found.save(update_fields=["acknowledged_by"])
        c.log.record("alarm.acknowledged", kind=found.kind, subject=found.subject)
    return {"alarm": alarm}


def needs_closing(hall_id: int, today: date) -> bool:
    """Whether tickets of an earlier business date still live; cheap enough to ask every second."""
    living = [state for state in Ticket.State.values if state not in Ticket.ENDED_STATES]
    return Ticket.objects.filter(hall_id=hall_id, state__in=living, business_date__lt=today).exists()


def _set_open(c: Command, is_open: bool) -> Answer:
    if c.hall.is_open != is_open:
        c.hall.is_open = is_open
        c.hall.save(update_fields=["is_open"])
        c.log.record("hall.opened" if is_open else "hall.closed")
    return {"is_open": is_open}


def _unclosed_dates(c: Command) -> list[date]:
    closed = Day.objects.filter(hall=c.hall).values("business_date")
    old = Ticket.objects.filter(hall=c.hall, business_date__lt=c.business_date).exclude(
        business_date__in=closed
    )
    return list(old.order_by("business_date").values_list("business_date", flat=True).distinct())


def _close(c: Command, day: date) -> int:
    Day.objects.create(hall=c.hall, business_date=day, closed_at=c.now)
    living = Ticket.objects.filter(hall=c.hall, business_date=day, state__in=MOVES["expire"].origins)
    count = 0
    for ticket in living.order_by("id"):
        move(c.log, ticket, "expire", ticket.window)
        count += 1
    Call.objects.filter(hall=c.hall, business_date=day, ended_at=None).update(
        ended_at=c.now, outcome="expired"
    )
    _end_shifts(c)
    c.log.record("day.closed", date=str(day), expired=count)
    return count


def _end_shifts(c: Command) -> None:
    """Nobody sits at a window over night: shifts begun on an earlier date end, and their windows close."""
    for shift in Shift.objects.filter(hall=c.hall, ended_at=None).select_related("window"):
        if c.hall.business_date(shift.started_at) < c.business_date:
            shift.ended_at = c.now
            shift.save(update_fields=["ended_at"])
            shift.window.state, shift.window.state_at = Window.State.CLOSED, c.now
            shift.window.save(update_fields=["state", "state_at"])
            c.log.record("window.closed", window=shift.window, reason="day closed")


Found = dict[tuple[str, str], dict[str, Any]]


def due_alarms(hall: Hall, now: datetime) -> Found:
    """What should be alarmed about now, by (kind, subject)."""
    return {**_long_waits(hall, now), **_long_services(hall, now), **_stranded(hall), **_empty_windows(hall)}


def standing_alarms(hall: Hall) -> dict[tuple[str, str], Alarm]:
    """What is alarmed about already."""
    return {(a.kind, a.subject): a for a in Alarm.objects.filter(hall=hall, cleared_at=None)}


def alarms_moved(hall: Hall, now: datetime) -> bool:
    """Whether `look_round` would change anything: a read, so that a quiet hall writes nothing."""
    return due_alarms(hall, now).keys() != standing_alarms(hall).keys()


def _long_waits(hall: Hall, now: datetime) -> Found:
    limit = now - timedelta(minutes=hall.wait_alarm_minutes)
    late = waiting(hall).filter(issued_at__lt=limit).select_related("service").order_by("issued_at")
    found: Found = {}
    for ticket in late:  # the longest first: it stands for its service
        data = {"service": ticket.service.name, "label": ticket.label, "since": _iso(ticket.issued_at)}
        found.setdefault(("long_wait", f"service:{ticket.service_id}"), data)
    return found


def _long_services(hall: Hall, now: datetime) -> Found:
    limit = now - timedelta(minutes=hall.service_alarm_minutes)
    slow = Call.objects.filter(hall=hall, ended_at=None, called_at__lt=limit).select_related(
        "ticket", "window"
    )
    return {
        ("long_service", f"window:{call.window.number}"): {
            "window": call.window.number,
            "label": call.ticket.label,
            "since": _iso(call.called_at),
        }
        for call in slow
    }


def _stranded(hall: Hall) -> Found:
    first = stranded(hall).first()
    return {("stranded", "hall"): {"label": first.label, "since": _iso(first.issued_at)}} if first else {}


def _empty_windows(hall: Hall) -> Found:
    """People wait for a service, and no ordinary window that takes it is open."""
    lost = waiting(hall).filter(nobody_else(hall.pk), fallback_reason="").select_related("service")
    return {
        ("no_window", f"service:{ticket.service_id}"): {"service": ticket.service.name}
        for ticket in lost.order_by("-id")
    }


def _raise(c: Command, about: tuple[str, str], data: dict[str, Any]) -> None:
    Alarm.objects.create(hall=c.hall, kind=about[0], subject=about[1], raised_at=c.now, data=data)
    c.log.record("alarm.raised", kind=about[0], subject=about[1], **data)


def _clear(c: Command, alarm: Alarm) -> None:
    alarm.cleared_at = c.now
    alarm.save(update_fields=["cleared_at"])
    c.log.record("alarm.cleared", kind=alarm.kind, subject=alarm.subject)


def _iso(moment: datetime) -> str:
    return moment.isoformat()
