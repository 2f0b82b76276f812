"""The hall's round among its findings: reminders, and limits that passed."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.concern_round import AT_ONCE, MANAGERS_LEVEL, advance
from hallqueue.concern_clock import Clock
from hallqueue.finding_states import move
from hallqueue.models import Finding, Hall


@command
def look_after_findings(c: Command) -> Answer:
    """Remind of what is nearly due, take what is late one level up."""
    clock = Clock(c.hall)
    due = list(_waiting(c.hall, c.now)[:AT_ONCE])
    for finding in due:
        advance(c, clock, finding, move)
    return {"looked_at": len(due)}


def recount_findings(c: Command) -> None:
    """The hall's calendar changed: limits that lie elsewhere by it are moved, each with its event."""
    clock = Clock(c.hall)
    for finding in Finding.objects.filter(hall=c.hall, state__in=Finding.RUNNING).order_by("id"):
        due_on = clock.due(finding.counted_from or c.business_date, finding.limit_days)
        if due_on != finding.due_on:
            stage = 0 if finding.due_on is None or due_on > finding.due_on else finding.stage
            changes = {"due_on": due_on, "due_at": clock.ends(due_on), "stage": stage}
            changes["next_at"] = clock.next_look(due_on, stage)
            move(c.log, finding, "recount", told={"due_on": str(due_on)}, **changes)


def findings_moved(hall: Hall, now: datetime) -> bool:
    """Whether the round would change anything: one short read."""
    return _waiting(hall, max(now, hall.moved_at)).exists()


def late_findings(hall: Hall, now: datetime) -> set[str]:
    """What the manager must hear of."""
    late = Finding.objects.filter(hall=hall, state__in=Finding.RUNNING, level__gte=MANAGERS_LEVEL)
    return {f"finding:{pk}" for pk in late.values_list("pk", flat=True)}


def tell_late_finding(hall: Hall, subject: str) -> dict[str, Any]:
    """The facts of such an alarm."""
    finding = Finding.objects.get(hall=hall, pk=int(subject.partition(":")[2]))
    return {"finding": finding.pk, "number": finding.label, "due_on": str(finding.due_on)}


def _waiting(hall: Hall, now: datetime) -> QuerySet[Finding]:
    due = Finding.objects.filter(hall=hall, next_at__lte=now, state__in=Finding.RUNNING)
    return due.order_by("next_at", "id")
