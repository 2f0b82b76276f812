"""Keeping reports: by hand when a period is over, and by plan for every week, month or quarter."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from hallqueue.actions.command import Actor, Answer, Command, command, new_key
from hallqueue.errors import Refused
from hallqueue.figures.days import ONE_DAY
from hallqueue.figures.folding import VERSION, days_to_keep, missing
from hallqueue.models import Hall, KeptReport, ReportPlan
from hallqueue.reporting.making import content_of, report_of
from hallqueue.reporting.periods import MONTH, QUARTER, WEEK, Period, period_around
from hallqueue.transactions import one_read

PLANNED = (WEEK, MONTH, QUARTER)
KEEPERS = ("manager", "administrator", "hall")


def keep_report(hall_id: int, by: Actor, key: str, *, period: Period) -> Answer:
    """Make the report of a period that is over, outside the hall's turn, and keep it as it is.

    Raises Refused: not_allowed, report_not_over, report_kept, report_empty, figures_pending.
    """
    with one_read():
        hall = Hall.objects.get(pk=hall_id)
        today = hall.business_date(max(timezone.now(), hall.moved_at))
        if period.last >= today or missing(hall, period.last, period.last):
            raise Refused("report_not_over", last=str(period.last))
        content = content_of(report_of(hall, period, today, empty_too=by.role == "hall"))
    days = {"first": str(period.first), "last": str(period.last)}
    return store_report(hall_id, by, key, kind=period.kind, content=content, **days)


@command
def store_report(c: Command, *, kind: str, first: str, last: str, content: dict[str, Any]) -> Answer:
    """Keep a report as it was made; one of a period and of one version of the definitions.

    Raises Refused: not_allowed, report_kept.
    """
    if c.by.role not in KEEPERS:
        raise Refused("not_allowed", 403)
    whole = {"kind": kind, "first_day": date.fromisoformat(first), "last_day": date.fromisoformat(last)}
    if KeptReport.objects.filter(hall=c.hall, version=VERSION, **whole).exists():
        raise Refused("report_kept")
    made = {"version": VERSION, "made_at": c.now, "made_by": c.by.name, "content": content}
    report = KeptReport.objects.create(hall=c.hall, **whole, **made)
    c.log.record("report.kept", report=report.pk, kind=kind, first=first, last=last, version=VERSION)
    return {"report": report.pk}


@command
def plan_reports(c: Command, *, kinds: Sequence[str]) -> Answer:
    """Which reports the hall keeps by itself, from now on. Raises Refused: not_allowed, report_kind."""
    if c.by.role not in KEEPERS:
        raise Refused("not_allowed", 403)
    if not set(kinds) <= set(PLANNED):
        raise Refused("report_kind", 400)
    plans = ReportPlan.objects.filter(hall=c.hall)
    before = set(plans.values_list("kind", flat=True))
    plans.exclude(kind__in=kinds).delete()
    for kind in sorted(set(kinds) - before):
        ReportPlan.objects.create(hall=c.hall, kind=kind, since=c.business_date, set_by=c.by.name)
    if before != set(kinds):
        c.log.record("reports.planned", before=sorted(before), after=sorted(set(kinds)))
    return {"kinds": sorted(set(kinds))}


def keep_due(hall_id: int, by: Actor, key: str) -> Answer:
    """Keep the reports that are due by plan, also of a period in which nothing happened."""
    with one_read():
        hall = Hall.objects.get(pk=hall_id)
        due = _due(hall, max(timezone.now(), hall.moved_at))
    for period in due:
        keep_report(hall_id, by, new_key(), period=period)
    return {"reports": [period.label for period in due]}


def reports_due(hall: Hall, now: datetime) -> bool:
    """Whether `keep_due` would keep anything: a few short reads."""
    return bool(_due(hall, max(now, hall.moved_at)))


def _due(hall: Hall, now: datetime) -> list[Period]:
    """The whole periods since each plan began of which no report is kept, once all their days are; oldest first.

    A day that has just ended, or still has somebody in it, is kept a little later.
    """
    plans = list(ReportPlan.objects.filter(hall=hall).order_by("kind"))
    if not plans or days_to_keep(hall, now):
        return []
    today = hall.business_date(now)
    kept = KeptReport.objects.filter(hall=hall, last_day__gte=min(plan.since for plan in plans))
    have = set(kept.values_list("kind", "first_day"))
    whole = [period for plan in plans for period in _over(plan, today)]
    due = [period for period in whole if (period.kind, period.first) not in have]
    return [period for period in due if not missing(hall, period.last, period.last)]


def _over(plan: ReportPlan, today: date) -> list[Period]:
    """The periods of a plan's kind that ended since it began and before `today`."""
    found, period = list[Period](), period_around(plan.kind, plan.since)
    while period.last < today:
        found.append(period)
        period = period_around(plan.kind, period.last + ONE_DAY)
    return found
