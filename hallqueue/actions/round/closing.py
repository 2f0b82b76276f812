"""Alarms of closing time and the calendar: people still wait or are parked at the end; an unknown year comes near."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone

from hallqueue.actions.round.alarm_kinds import register
from hallqueue.actions.round.alarm_lines import tell_services
from hallqueue.hours import timetable_of
from hallqueue.models import Call, Hall, Ticket
from hallqueue.routing import waiting

WARNED_BEFORE = timedelta(days=21)


def late_lines(hall: Hall, now: datetime) -> set[str]:
    """The hours of services are over today while people wait: their windows keep the line until it is empty.

    One alarm for all of them: at the end of a busy day they are over for twenty services in the same minute.
    """
    return {"hall"} if _over_with_people(hall, now) else set()


def _over_with_people(hall: Hall, now: datetime) -> list[int]:
    table = timetable_of(hall)
    if not table.hours:
        return []
    day = hall.business_date(now)
    services = waiting(hall).order_by().values_list("service_id", flat=True).distinct()
    return [pk for pk in services if table.is_over(table.key_of_service(pk), day, now)]


def parked_at_closing(hall: Hall, now: datetime) -> set[str]:
    """People are parked when the day's hours of their service are over, or, on a day without, when the hall has closed.

    One alarm for all of them, whatever they came for.
    """
    return {"hall"} if _over_with_parked(hall, now) else set()


def _over_with_parked(hall: Hall, now: datetime) -> list[int]:
    table, day = timetable_of(hall), hall.business_date(now)
    services = _parked(hall).order_by().values_list("service_id", flat=True).distinct()
    over = {pk: table.is_over(table.key_of_service(pk), day, now) for pk in services}
    closed = not hall.is_open
    return [pk for pk, is_over in over.items() if (closed if is_over is None else is_over)]


def unknown_years(hall: Hall, now: datetime) -> set[str]:
    """Years that begin soon, or have begun, whose holidays neither the program nor the hall knows."""
    table = timetable_of(hall)
    if not table.hours:
        return set()
    day = hall.local_date(now)
    return {f"year:{year}" for year in table.calendar.unknown_years(day, day + WARNED_BEFORE)}


def _parked(hall: Hall) -> QuerySet[Ticket]:
    return Ticket.objects.filter(hall=hall, state=Ticket.State.PARKED, ended_at=None)


def _tell_parked(hall: Hall, subject: str) -> dict[str, Any]:
    """All services of the alarm, how many are parked, and who has been for the longest."""
    services = _over_with_parked(hall, max(timezone.now(), hall.moved_at))
    here = _parked(hall).filter(service__in=services)
    calls = Call.objects.filter(ticket__in=here, outcome="parked").values_list("ticket__label")
    first = calls.annotate(last=Max("ended_at")).order_by("last").first()
    longest = {"label": first[0], "since": first[1].isoformat()} if first else {}
    return tell_services(hall, here) | {"people": here.count()} | longest


def _tell_line(hall: Hall, subject: str) -> dict[str, Any]:
    """All services of the alarm, how many wait for them, and who has waited longest."""
    services = _over_with_people(hall, max(timezone.now(), hall.moved_at))
    people = waiting(hall).filter(service__in=services)
    return tell_services(hall, people) | {"people": people.count()}


def _tell_year(hall: Hall, subject: str) -> dict[str, Any]:
    return {"year": int(subject.split(":")[1])}


register("after_closing", late_lines, _tell_line, by_day=True, of_people=True)
register("parked_at_closing", parked_at_closing, _tell_parked, by_day=True, of_people=True)
register("calendar_unknown", unknown_years, _tell_year, by_day=True)
