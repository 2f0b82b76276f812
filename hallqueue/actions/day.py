"""The hall's day: begin and end giving numbers, close a business date once it is over."""

from collections import Counter
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.line.leaving import leave
from hallqueue.actions.round.forgetting import forget
from hallqueue.actions.windows import end_shift, set_state
from hallqueue.lifecycle import move
from hallqueue.models import Call, Day, Hall, Receipt, Shift, Ticket, Window
from hallqueue.routing import left_alone

RECEIPTS_KEPT = timedelta(hours=48)


@command
def open_hall(c: Command) -> Answer:
    """Begin giving out numbers."""
    return _set_open(c, True)


@command
def close_hall(c: Command) -> Answer:
    """Stop giving out numbers; everyone who has one is still served."""
    return _set_open(c, False)


@command
def close_days(c: Command) -> Answer:
    """Close every business date before today's, each exactly once (I12): what still lives expires."""
    living = sorted(Ticket.living(c.hall).select_related("window", "hall"), key=lambda ticket: ticket.pk)
    expired = Counter(_expire(c, ticket) for ticket in living if ticket.business_date < c.business_date)
    dates = _unclosed_dates(c)
    for day in dates:
        Day.objects.create(hall=c.hall, business_date=day, closed_at=c.now)
        c.log.record("day.closed", date=str(day), expired=expired[day])
    _empty_seats(c)
    if dates:
        Receipt.objects.filter(hall=c.hall, at__lt=c.now - RECEIPTS_KEPT).delete()
        forget(c, dates)
    return {"closed": [str(each) for each in dates], "expired": expired.total()}


def needs_closing(hall: Hall, now: datetime) -> bool:
    """Whether `close_days` would change anything; a few short reads, to be asked every second or two."""
    moment = max(now, hall.moved_at)
    today = hall.business_date(moment)
    before = Ticket.objects.filter(hall=hall, business_date__lt=today)
    last = before.order_by("-business_date").values_list("business_date", flat=True).first()
    return (
        (last is not None and not Day.objects.filter(hall=hall, business_date=last).exists())
        or any(date < today for date in Ticket.living(hall).values_list("business_date", flat=True))
        or any(hall.business_date(shift.started_at) < today for shift in _shifts(hall))
        or any(_left_open(hall, window, today) for window in _windows_in_use(hall))
    )


def _set_open(c: Command, is_open: bool) -> Answer:
    if c.hall.is_open != is_open:
        c.hall.is_open = is_open
        c.hall.save(update_fields=["is_open"])
        c.log.record("hall.opened" if is_open else "hall.closed")
    return {"is_open": is_open}


def _unclosed_dates(c: Command) -> list[date]:
    """Past dates on which numbers were given out, after the last one closed (dates are closed in their order)."""
    old = Ticket.objects.filter(hall=c.hall, business_date__lt=c.business_date)
    closed = Day.objects.filter(hall=c.hall).order_by("-business_date").first()
    if closed is not None:
        old = old.filter(business_date__gt=closed.business_date)
    return list(old.order_by("business_date").values_list("business_date", flat=True).distinct())


def _expire(c: Command, ticket: Ticket) -> date:
    """Who waited for nobody to the end is told as such, as who gives up is; who was served may rate that still."""
    why = left_alone(ticket) if ticket.state == Ticket.State.WAITING else ""
    leave(c, ticket)
    move(c.log, ticket, "expire", ticket.window, told={"why": why} if why else {})
    Call.objects.filter(hall=c.hall, ticket=ticket, ended_at=None).update(ended_at=c.now, outcome="expired")
    return ticket.business_date


def _empty_seats(c: Command) -> None:
    """Nobody sits at a window over night: shifts begun on an earlier date end; windows left open since then close.

    A window that already serves somebody of today is in use, whenever it was opened.
    """
    for shift in _shifts(c.hall):
        if c.hall.business_date(shift.started_at) < c.business_date:
            end_shift(c, shift, shift.window)
    for window in _windows_in_use(c.hall):
        if _left_open(c.hall, window, c.business_date):
            set_state(c, window, Window.State.CLOSED)


def _shifts(hall: Hall) -> QuerySet[Shift]:
    found = Shift.standing(hall).select_related("window")
    return found.exclude(window__in=_busy(hall))


def _windows_in_use(hall: Hall) -> QuerySet[Window]:
    in_use = Window.objects.filter(hall=hall, state__in=(Window.State.OPEN, Window.State.PAUSED))
    return in_use.exclude(pk__in=_busy(hall))


def _busy(hall: Hall) -> list[int]:
    """The windows (ids) with somebody at them."""
    here = Ticket.objects.filter(hall=hall, ended_at=None, state__in=Ticket.OPEN_STATES)
    return list(here.values_list("window", flat=True))


def _left_open(hall: Hall, window: Window, today: date) -> bool:
    return window.state_at is not None and hall.business_date(window.state_at) < today
