"""The hall's own worker: long waits, alarms, reminders, what ends by itself, concerns, findings, days over, figures."""

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from hallqueue.actions.ageing import look_at_waits, waits_moved
from hallqueue.actions.alarms import alarms_moved, look_round
from hallqueue.actions.appointments import count_missed, needs_counting
from hallqueue.actions.command import THE_HALL, Answer, new_key
from hallqueue.actions.concern_round import concerns_moved, look_after_concerns
from hallqueue.actions.day import close_days, needs_closing
from hallqueue.actions.fallback import bring_overdue, is_overdue
from hallqueue.actions.figures import days_wait, keep_days
from hallqueue.actions.finding_round import findings_moved, look_after_findings
from hallqueue.actions.journeys import may_reroute, reroute_free
from hallqueue.actions.reminders import remind, reminders_due
from hallqueue.actions.timed import end_due, is_due
from hallqueue.models import Hall
from hallqueue.transactions import one_read

EVERY = 2.0


def look() -> float:
    """One look at every hall; commands are given only when something moved."""
    for hall in Hall.objects.all():
        for asked, act in ROUND:
            with one_read():
                due = asked(hall, timezone.now())
            if due:
                act(hall.pk, THE_HALL, new_key())
    return EVERY


def _someone_to_remind(hall: Hall, now: datetime) -> bool:
    return reminders_due(hall, max(now, hall.moved_at)).exists()


ROUND: tuple[tuple[Callable[[Hall, datetime], bool], Callable[..., Answer]], ...] = (
    (needs_closing, close_days),
    (is_due, end_due),
    (concerns_moved, look_after_concerns),
    (findings_moved, look_after_findings),
    (is_overdue, bring_overdue),
    (may_reroute, reroute_free),
    (needs_counting, count_missed),
    (waits_moved, look_at_waits),
    (alarms_moved, look_round),
    (_someone_to_remind, remind),
    (days_wait, keep_days),
)
"""What the round asks, cheap reads all, and what it then says; in this order."""
