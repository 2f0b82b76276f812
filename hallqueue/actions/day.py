"""The hall's day: begin and end giving numbers, close a business date, look round for what needs a hand."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.windows import end_shift, set_state
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
    living = Ticket.objects.filter(
        hall=c.hall, business_date__lt=c.business_date, state__in=MOVES["expire"].origins
    )
    expired = Counter(_expire(c, ticket) for ticket in living.select_related("window").order_by("id"))
    dates = _unclosed_dates(c)
    for day in dates:
        Day.objects.create(hall=c.hall, business_date=day, closed_at=c.now)
        c.log.record("day.closed", date=str(day), expired=expired[day])
    _empty_seats(c)
    if dates:
        Receipt.objects.filter(hall=c.hall, at__lt=c.now - RECEIPTS_KEPT).delete()
    return {"closed": [str(each) for each in dates], "expired": expired.total()}


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


def needs_closing(hall: Hall, now: datetime) -> bool:
    """Whether `close_days` would change anything; a few short reads, to be asked every second or two."""
    moment = max(now, hall.moved_at)
    today = hall.business_date(moment)
    before = Ticket.objects.filter(hall=hall, business_date__lt=today)
    last = before.order_by("-business_date").values_list("business_date", flat=True).first()
    return (
        (last is not None and not Day.objects.filter(hall=hall, business_date=last).exists())
        or before.filter(state__in=MOVES["expire"].origins).exists()
        or any(hall.business_date(shift.started_at) < today for shift in _shifts(hall))
        or any(_left_open(hall, window, today) for window in _windows_in_use(hall))
    )


def _set_open(c: Command, is_open: bool) -> Answer:
    if c.hall.is_open != is_open:
        c.hall.is_open = is_open
        c.hall.save(update_fields=["is_open"])
        c.log.record("hall.opened" if is_open else "hall.closed")
    return {"is_open": is_open}


def _unclosed_dates(c: Command) -> list[date]:
    """Past dates on which numbers were given out, after the last one closed (dates are closed in their order)."""
    old = Ticket.objects.filter(hall=c.hall, business_date__lt=c.business_date)
    closed = Day.objects.filter(hall=c.hall).order_by("-business_date").first()
    if closed is not None:
        old = old.filter(business_date__gt=closed.business_date)
    return list(old.order_by("business_date").values_list("business_date", flat=True).distinct())


def _expire(c: Command, ticket: Ticket) -> date:
    move(c.log, ticket, "expire", ticket.window)
    Call.objects.filter(hall=c.hall, ticket=ticket, ended_at=None).update(ended_at=c.now, outcome="expired")
    return ticket.business_date


def _empty_seats(c: Command) -> None:
    """Nobody sits at a window over night: shifts begun on an earlier date end; windows left open since then close.

    A window that already serves somebody of today is in use, whenever it was opened.
    """
    for shift in _shifts(c.hall):
        if c.hall.business_date(shift.started_at) < c.business_date:
            end_shift(c, shift, shift.window)
    for window in _windows_in_use(c.hall):
        if _left_open(c.hall, window, c.business_date):
            set_state(c, window, Window.State.CLOSED)


def _shifts(hall: Hall) -> QuerySet[Shift]:
    found = Shift.objects.filter(hall=hall, ended_at=None).select_related("window")
    return found.exclude(window__tickets__state__in=Ticket.OPEN_STATES)


def _windows_in_use(hall: Hall) -> QuerySet[Window]:
    return (
        Window.objects.filter(hall=hall)
        .exclude(state="closed")
        .exclude(tickets__state__in=Ticket.OPEN_STATES)
    )


def _left_open(hall: Hall, window: Window, today: date) -> bool:
    return window.state_at is not None and hall.business_date(window.state_at) < today


Found = dict[tuple[str, str], dict[str, Any]]


def due_alarms(hall: Hall, now: datetime) -> Found:
    """What should be alarmed about now, by (kind, subject)."""
    return {**_long_waits(hall, now), **_long_services(hall, now), **_stranded(hall), **_empty_windows(hall)}


def standing_alarms(hall: Hall) -> dict[tuple[str, str], Alarm]:
    """What is alarmed about already."""
    return {(a.kind, a.subject): a for a in Alarm.objects.filter(hall=hall, cleared_at=None)}


def alarms_moved(hall: Hall, now: datetime) -> bool:
    """Whether `look_round` would change anything: a read, so that a quiet hall writes nothing."""
    return due_alarms(hall, max(now, hall.moved_at)).keys() != standing_alarms(hall).keys()


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
    c.log.record("alarm.raised", kind=about[0], subject=about[1], about=data)


def _clear(c: Command, alarm: Alarm) -> None:
    alarm.cleared_at = c.now
    alarm.save(update_fields=["cleared_at"])
    c.log.record("alarm.cleared", kind=alarm.kind, subject=alarm.subject)


def _iso(moment: datetime) -> str:
    return moment.isoformat()
