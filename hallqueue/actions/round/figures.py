"""Keeping the figures of days that are over: folded outside the hall's turn, stored in it, a few days at a time."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from hallqueue.actions.command import Actor, Answer, Command, command
from hallqueue.errors import Refused
from hallqueue.figures.days import month_begins
from hallqueue.figures.folding import VERSION, Span, added_up, days_to_keep, folded, months_to_keep
from hallqueue.models import Hall, KeptFigures
from hallqueue.transactions import one_read

AT_ONCE = 4


def keep_figures(hall_id: int, by: Actor, key: str) -> Answer:
    """Fold the oldest days that are still to be kept, then add up the months that are whole."""
    with one_read():
        hall = Hall.objects.get(pk=hall_id)
        now = max(timezone.now(), hall.moved_at)
        waiting = days_to_keep(hall, now)[:AT_ONCE]
        days = [[str(day), dict(folded(hall, day).content())] for day in waiting]
        months = [] if days else months_to_keep(hall, now)[:1]
        sums = [[str(month), dict(added_up(hall, month).content())] for month in months]
    return store_months(hall_id, by, key, months=sums) if sums else store_days(hall_id, by, key, days=days)


def figures_wait(hall: Hall, now: datetime) -> bool:
    """Whether `keep_figures` would keep anything; a few short reads while nothing is to be kept."""
    moment = max(now, hall.moved_at)
    return bool(days_to_keep(hall, moment) or months_to_keep(hall, moment))


@command
def store_days(c: Command, *, days: list[list[Any]], simulated: bool = False) -> Answer:
    """Keep days as they were folded: [date, {dimension: {key: {figure: count}}}]; older folds of them go.

    The sums from their months on go too, to be made anew in their order. Raises Refused("not_allowed") for simulated
    days outside a demo hall.
    """
    if simulated and not c.hall.is_demo:
        raise Refused("not_allowed", 403)
    for text, content in days:
        day = date.fromisoformat(text)
        mine = KeptFigures.objects.filter(hall=c.hall)
        mine.filter(span=Span.MONTH, business_date__gte=month_begins(day)).delete()
        _keep(c, Span.DAY, day, content, simulated)
    return {"kept": [text for text, _ in days]}


@command
def store_months(c: Command, *, months: list[list[Any]]) -> Answer:
    """Keep the sums of months, each under its first day."""
    for text, content in months:
        _keep(c, Span.MONTH, date.fromisoformat(text), content)
    return {"kept": [text for text, _ in months]}


def _keep(c: Command, span: Span, day: date, content: dict[str, Any], simulated: bool = False) -> None:
    KeptFigures.objects.filter(hall=c.hall, span=span, business_date=day).delete()
    kept = {"hall": c.hall, "span": span, "business_date": day, "version": VERSION, "simulated": simulated}
    rows = [
        KeptFigures(dimension=dimension, content=counts, kept_at=c.now, **kept)
        for dimension, counts in content.items()
    ]
    KeptFigures.objects.bulk_create(rows)
    c.log.record("figures.kept", span=span, date=str(day), version=VERSION, simulated=simulated)
