"""What ends by itself when its time is over: borrowings and notices."""

from datetime import datetime

from django.db.models import QuerySet

from hallqueue.actions import borrowing, notices
from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.house.rerouting import rerouting
from hallqueue.models import Borrowing, Hall, Notice


@command
@rerouting
def end_due(c: Command) -> Answer:
    """End what is over by its own time: borrowings and notices, an event each."""
    lines, borrowings = list(_over(c.hall, c.now)), list(_back(c.hall, c.now))
    for notice in lines:
        notices.end(c, notice)
    for found in borrowings:
        borrowing.end(c, found)
    return {"notices": len(lines), "borrowings": len(borrowings)}


def is_due(hall: Hall, now: datetime) -> bool:
    """Whether `end_due` would end anything: two short reads."""
    moment = max(now, hall.moved_at)
    return _over(hall, moment).exists() or _back(hall, moment).exists()


def _over(hall: Hall, now: datetime) -> QuerySet[Notice]:
    return notices.standing(hall).filter(until__lte=now)


def _back(hall: Hall, now: datetime) -> QuerySet[Borrowing]:
    found = Borrowing.objects.filter(hall=hall, ended_at=None, until__lte=now).order_by("pk")
    return found.select_related("window", "service", "department")
