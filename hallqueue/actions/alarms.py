"""What needs a hand now: alarms are raised and cleared by events, so that screens stay a function of the log."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from hallqueue.actions.command import Answer, Command, command
from hallqueue.models import Alarm, Call, Hall, Service, Ticket
from hallqueue.routing import nobody_else, stranded, waiting

About = tuple[str, str]
"""What an alarm is about: its kind and its subject (`service:12`, `window:3`, `hall`)."""


@command
def look_round(c: Command) -> Answer:
    """Raise alarms for what needs a hand now, and clear those that are over; both are events."""
    due, standing = due_alarms(c.hall, c.now), standing_alarms(c.hall)
    for about in sorted(due - standing.keys()):
        _raise(c, about)
    for about in sorted(standing.keys() - due):
        _clear(c, standing[about])
    return {"raised": len(due - standing.keys()), "cleared": len(standing.keys() - due)}


@command
def acknowledge(c: Command, *, alarm: int) -> Answer:
    """A manager has seen an alarm; it stays listed, quietly, until it is over."""
    found = Alarm.objects.filter(hall=c.hall, pk=alarm, cleared_at=None, acknowledged_by="").first()
    if found is not None:
        found.acknowledged_by = c.by.name
        found.save(update_fields=["acknowledged_by"])
        c.log.record("alarm.acknowledged", kind=found.kind, subject=found.subject)
    return {"alarm": alarm}


def alarms_moved(hall: Hall, now: datetime) -> bool:
    """Whether `look_round` would change anything: a few short reads, so that a quiet hall writes nothing."""
    return due_alarms(hall, max(now, hall.moved_at)) != standing_alarms(hall).keys()


def due_alarms(hall: Hall, now: datetime) -> set[About]:
    """What should be alarmed about now."""
    due = {("long_wait", f"service:{pk}") for pk in _services_of(_late(hall, now))}
    due |= {
        ("long_service", f"window:{number}")
        for number in _slow(hall, now).values_list("window__number", flat=True)
    }
    due |= {("no_window", f"service:{pk}") for pk in _services_of(_without_window(hall))}
    return due | ({("stranded", "hall")} if stranded(hall).exists() else set())


def standing_alarms(hall: Hall) -> dict[About, Alarm]:
    """What is alarmed about already."""
    return {(alarm.kind, alarm.subject): alarm for alarm in Alarm.objects.filter(hall=hall, cleared_at=None)}


def _late(hall: Hall, now: datetime) -> QuerySet[Ticket]:
    return waiting(hall).filter(issued_at__lt=now - timedelta(minutes=hall.wait_alarm_minutes))


def _slow(hall: Hall, now: datetime) -> QuerySet[Call]:
    limit = now - timedelta(minutes=hall.service_alarm_minutes)
    return Call.objects.filter(hall=hall, ended_at=None, called_at__lt=limit)


def _without_window(hall: Hall) -> QuerySet[Ticket]:
    """People wait, and no ordinary window that takes their service is open."""
    return waiting(hall).filter(nobody_else(hall.pk), fallback_reason="")


def _services_of(tickets: QuerySet[Ticket]) -> Iterable[int]:
    return tickets.order_by().values_list("service_id", flat=True).distinct()


def _raise(c: Command, about: About) -> None:
    kind, subject = about
    data = _details(c, kind, subject)
    Alarm.objects.create(hall=c.hall, kind=kind, subject=subject, raised_at=c.now, data=data)
    c.log.record("alarm.raised", kind=kind, subject=subject, about=data)


def _clear(c: Command, alarm: Alarm) -> None:
    alarm.cleared_at = c.now
    alarm.save(update_fields=["cleared_at"])
    c.log.record("alarm.cleared", kind=alarm.kind, subject=alarm.subject)


def _details(c: Command, kind: str, subject: str) -> dict[str, Any]:
    """What the manager is told: the ticket that has waited longest stands for its service."""
    what, _, key = subject.partition(":")
    if what == "window":
        call = Call.objects.select_related("ticket").get(hall=c.hall, window__number=int(key), ended_at=None)
        return {"window": int(key), "label": call.ticket.label, "since": call.called_at.isoformat()}
    if what == "service":
        oldest = waiting(c.hall).filter(service_id=int(key)).order_by("issued_at").first()
        return {"service": Service.objects.get(pk=int(key)).name} | _since(oldest)
    return _since(stranded(c.hall).first())


def _since(ticket: Ticket | None) -> dict[str, Any]:
    return {"label": ticket.label, "since": ticket.issued_at.isoformat()} if ticket else {}
