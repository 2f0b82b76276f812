"""Keeping the figures of days that are over: folded outside the hall's turn, stored in it, a few days at a time."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from hallqueue.actions.command import Actor, Answer, Command, command
from hallqueue.errors import Refused
from hallqueue.figures.folding import VERSION, days_to_keep, folded
from hallqueue.models import DayFigures, Hall
from hallqueue.transactions import one_read

AT_ONCE = 4


def keep_days(hall_id: int, by: Actor, key: str) -> Answer:
    """Fold the oldest days that are still to be kept, and keep them; what they count cannot change any more."""
    with one_read():
        hall = Hall.objects.get(pk=hall_id)
        waiting = days_to_keep(hall, max(timezone.now(), hall.moved_at))[:AT_ONCE]
        days = [[str(day), dict(folded(hall, day).content())] for day in waiting]
    return store_days(hall_id, by, key, days=days)


@command
def store_days(c: Command, *, days: list[list[Any]], simulated: bool = False) -> Answer:
    """Keep days as they were folded: [date, {dimension: {key: {figure: count}}}]; older folds of them go.

    Raises Refused("not_allowed") for simulated days outside a demo hall.
    """
    if simulated and not c.hall.is_demo:
        raise Refused("not_allowed", 403)
    for text, content in days:
        day = date.fromisoformat(text)
        DayFigures.objects.filter(hall=c.hall, business_date=day).delete()
        kept = {"hall": c.hall, "business_date": day, "version": VERSION, "simulated": simulated}
        rows = [
            DayFigures(dimension=dimension, content=counts, kept_at=c.now, **kept)
            for dimension, counts in content.items()
        ]
        DayFigures.objects.bulk_create(rows)
        c.log.record("figures.kept", date=text, version=VERSION, simulated=simulated)
    return {"kept": [text for text, _ in days]}


def days_wait(hall: Hall, now: datetime) -> bool:
    """Whether `keep_days` would keep anything; two short reads while nothing is to be kept."""
    return bool(days_to_keep(hall, max(now, hall.moved_at)))
