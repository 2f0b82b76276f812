"""The hall's round among its findings: reminders, limits that passed, evidence whose days are over."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from hallqueue.actions.cases.concern_effects import erase_files
from hallqueue.actions.cases.concern_round import AT_ONCE, MANAGERS_LEVEL, advance
from hallqueue.actions.command import Answer, Command, command
from hallqueue.cases.clock import Clock, moved_limit
from hallqueue.cases.finding_states import move
from hallqueue.models import ConcernRules, Finding, FindingFile, Hall


@command
def look_after_findings(c: Command) -> Answer:
    """Remind of what is nearly due, take what is late one level up, erase photos and voices no longer needed."""
    clock = Clock(c.hall)
    due, old = list(_waiting(c.hall, c.now)[:AT_ONCE]), list(_expired(c.hall, c.now)[:AT_ONCE])
    for finding in due:
        advance(c, clock, finding, move)
    for finding in old:
        count = erase_files(c, FindingFile.objects.filter(finding=finding, erased_at=None))
        move(c.log, finding, "purge", told={"count": count})
    return {"looked_at": len(due), "purged": len(old)}


def recount_findings(c: Command) -> None:
    """The hall's calendar changed: limits that lie elsewhere by it are moved, each with its event."""
    clock = Clock(c.hall)
    for finding in Finding.objects.filter(hall=c.hall, state__in=Finding.RUNNING).order_by("id"):
        if changes := moved_limit(clock, finding):
            move(c.log, finding, "recount", told={"due_on": str(changes["due_on"])}, **changes)


def findings_moved(hall: Hall, now: datetime) -> bool:
    """Whether the round would change anything: two short reads."""
    moment = max(now, hall.moved_at)
    return _waiting(hall, moment).exists() or _expired(hall, moment).exists()


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


def _expired(hall: Hall, now: datetime) -> QuerySet[Finding]:
    """Struck off or withdrawn for as many days as an archived concern keeps its evidence, with files still there."""
    rules = ConcernRules.objects.filter(hall=hall).first() or ConcernRules()
    over = Finding.objects.filter(hall=hall, state__in=(Finding.State.CLOSED, Finding.State.WITHDRAWN))
    kept = Exists(FindingFile.objects.filter(finding=OuterRef("pk"), erased_at=None))
    return over.filter(kept, closed_at__lte=now - timedelta(days=rules.identity_days)).order_by("id")
