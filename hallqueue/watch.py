"""The hall's own worker: long waits, alarms, reminders, what ends by itself, concerns, days that are over."""

from django.utils import timezone

from hallqueue.actions.ageing import look_at_waits, waits_moved
from hallqueue.actions.alarms import alarms_moved, look_round
from hallqueue.actions.appointments import count_missed, needs_counting
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.concern_round import concerns_moved, look_after_concerns
from hallqueue.actions.day import close_days, needs_closing
from hallqueue.actions.fallback import bring_overdue, is_overdue
from hallqueue.actions.journeys import may_reroute, reroute_free
from hallqueue.actions.reminders import remind, reminders_due
from hallqueue.actions.timed import end_due, is_due
from hallqueue.models import Hall
from hallqueue.transactions import one_read

EVERY = 2.0


def look() -> float:
    """One look at every hall; commands are given only when something moved."""
    for hall in Hall.objects.all():
        if needs_closing(hall, timezone.now()):
            close_days(hall.pk, THE_HALL, new_key())
        if is_due(hall, timezone.now()):
            end_due(hall.pk, THE_HALL, new_key())
        if concerns_moved(hall, timezone.now()):
            look_after_concerns(hall.pk, THE_HALL, new_key())
        if is_overdue(hall, timezone.now()):
            bring_overdue(hall.pk, THE_HALL, new_key())
        if may_reroute(hall):
            reroute_free(hall.pk, THE_HALL, new_key())
        if needs_counting(hall, timezone.now()):
            count_missed(hall.pk, THE_HALL, new_key())
        with one_read():
            moved, waited = alarms_moved(hall, timezone.now()), waits_moved(hall, timezone.now())
            late = reminders_due(hall, max(timezone.now(), hall.moved_at)).exists()
        if waited:
            look_at_waits(hall.pk, THE_HALL, new_key())
        if moved:
            look_round(hall.pk, THE_HALL, new_key())
        if late:
            remind(hall.pk, THE_HALL, new_key())
    return EVERY
