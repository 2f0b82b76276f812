"""The hall's round among its findings: reminders, limits that passed, evidence whose days are over."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from hallqueue.actions.cases.concern_effects import erase_files
from hallqueue.actions.cases.limits import AT_ONCE, Limits
from hallqueue.actions.command import Answer, Command, command
from hallqueue.cases.finding_states import move
from hallqueue.models import ConcernRules, Finding, FindingFile, Hall

finding_limits = Limits("finding", Finding, move)


@command
def look_after_findings(c: Command) -> Answer:
    """Remind of what is nearly due, take what is late one level up, erase photos and voices no longer needed."""
    old, looked_at = list(_expired(c.hall, c.now)[:AT_ONCE]), finding_limits.look_after(c)
    for finding in old:
        count = erase_files(c, FindingFile.objects.filter(finding=finding, erased_at=None))
        move(c.log, finding, "purge", told={"count": count})
    return {"looked_at": looked_at, "purged": len(old)}


def findings_moved(hall: Hall, now: datetime) -> bool:
    """Whether the round would change anything: two short reads."""
    moment = max(now, hall.moved_at)
    return finding_limits.waiting(hall, moment).exists() or _expired(hall, moment).exists()


def _expired(hall: Hall, now: datetime) -> QuerySet[Finding]:
    """Struck off or withdrawn for as many days as an archived concern keeps its evidence, with files still there."""
    rules = ConcernRules.objects.filter(hall=hall).first() or ConcernRules()
    over = Finding.objects.filter(hall=hall, state__in=(Finding.State.CLOSED, Finding.State.WITHDRAWN))
    kept = Exists(FindingFile.objects.filter(finding=OuterRef("pk"), erased_at=None))
    return over.filter(kept, closed_at__lte=now - timedelta(days=rules.identity_days)).order_by("id")
