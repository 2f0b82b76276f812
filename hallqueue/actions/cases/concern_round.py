"""The hall's round among its concerns: reminders, limits that passed, identities whose days are over."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from hallqueue.actions.cases.concern_effects import clock_of, erasure
from hallqueue.actions.cases.limits import AT_ONCE, advance
from hallqueue.actions.command import Answer, Command, command
from hallqueue.cases.clock import Clock, count
from hallqueue.cases.concern_states import move
from hallqueue.cases.supervision import MANAGERS
from hallqueue.models import Concern, ConcernRules, Hall


@command
def look_after_concerns(c: Command) -> Answer:
    """Remind of what is nearly due, take what is late one level up, erase what need no longer be known."""
    clock = Clock(c.hall)
    due, old = list(_waiting(c.hall, c.now)[:AT_ONCE]), list(_expired(c.hall, c.now)[:AT_ONCE])
    for concern in due:
        advance(c, clock, concern, move)
    for concern in old:
        move(c.log, concern, "purge", **erasure(c, concern))
    return {"looked_at": len(due), "purged": len(old)}


def concerns_moved(hall: Hall, now: datetime) -> bool:
    """Whether the round would change anything: two short reads."""
    moment = max(now, hall.moved_at)
    return _waiting(hall, moment).exists() or _expired(hall, moment).exists()


def recount_concerns(c: Command) -> None:
    """The hall's calendar changed: limits that lie elsewhere by it are moved, each with its event."""
    clock = Clock(c.hall)
    for concern in Concern.objects.filter(hall=c.hall, state__in=Concern.UNSETTLED).order_by("id"):
        before = concern.due_on
        count(clock, concern)
        if concern.due_on != before:
            move(c.log, concern, "recount", told={"due_on": str(concern.due_on)}, **clock_of(concern))


def late_concerns(hall: Hall, now: datetime) -> set[str]:
    """What the manager must hear of: past its limit, and taken up to the manager's level or beyond."""
    return {f"concern:{pk}" for pk in _come_up(hall).filter(due_at__lte=now).values_list("pk", flat=True)}


def raised_concerns(hall: Hall, now: datetime) -> set[str]:
    """What somebody took up to the manager's level or beyond before its limit passed."""
    return {f"concern:{pk}" for pk in _come_up(hall).filter(due_at__gt=now).values_list("pk", flat=True)}


def _come_up(hall: Hall) -> QuerySet[Concern]:
    return Concern.objects.filter(hall=hall, state__in=Concern.RUNNING, level__gte=MANAGERS)


def tell_late(hall: Hall, subject: str) -> dict[str, Any]:
    """The facts of such alarms."""
    concern = Concern.objects.get(hall=hall, pk=int(subject.partition(":")[2]))
    return {"concern": concern.pk, "number": concern.label, "due_on": str(concern.due_on)}


def _waiting(hall: Hall, now: datetime) -> QuerySet[Concern]:
    due = Concern.objects.filter(hall=hall, next_at__lte=now, state__in=Concern.RUNNING)
    return due.select_related("grade").order_by("next_at", "id")


def _expired(hall: Hall, now: datetime) -> QuerySet[Concern]:
    rules = ConcernRules.objects.filter(hall=hall).first() or ConcernRules()
    old = now - timedelta(days=rules.identity_days)
    found = Concern.objects.filter(hall=hall, state=Concern.State.ARCHIVED, purged_at=None)
    return found.filter(archived_at__lte=old).order_by("id")
