"""Two alarms of the calendar: people still wait when their windows' hours are over; a year nobody knows comes near."""

from datetime import datetime, timedelta
from typing import Any

from hallqueue.actions.alarm_kinds import register
from hallqueue.hours import timetable_of
from hallqueue.models import Hall, Service
from hallqueue.routing import waiting

WARNED_BEFORE = timedelta(days=21)


def late_lines(hall: Hall, now: datetime) -> set[str]:
    """Services whose hours are over today while people wait: their windows keep the line until it is empty."""
    table = timetable_of(hall)
    if not table.hours:
        return set()
    day = hall.business_date(now)
    services = waiting(hall).order_by().values_list("service_id", flat=True).distinct()
    ends = {pk: spans[-1][1] for pk in services if (spans := table.spans(table.key_of_service(pk), day))}
    return {f"service:{pk}" for pk, end in ends.items() if now >= end}


def unknown_years(hall: Hall, now: datetime) -> set[str]:
    """Years that begin soon, or have begun, whose holidays neither the program nor the hall knows."""
    table = timetable_of(hall)
    if not table.hours:
        return set()
    day = hall.local_date(now)
    return {f"year:{year}" for year in table.calendar.unknown_years(day, day + WARNED_BEFORE)}


def _tell_line(hall: Hall, subject: str) -> dict[str, Any]:
    pk = int(subject.split(":")[1])
    here = waiting(hall).filter(service_id=pk)
    oldest = here.order_by("issued_at").first()
    since = {"label": oldest.label, "since": oldest.issued_at.isoformat()} if oldest else {}
    return {"service": Service.objects.get(pk=pk).name, "people": here.count()} | since


def _tell_year(hall: Hall, subject: str) -> dict[str, Any]:
    return {"year": int(subject.split(":")[1])}


register("after_closing", late_lines, _tell_line)
register("calendar_unknown", unknown_years, _tell_year)
