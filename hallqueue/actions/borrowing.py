"""Borrow a window for a service or a department, for a time or until it is taken back."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.house.rerouting import rerouting
from hallqueue.actions.line.calls import a_reason
from hallqueue.actions.line.tickets import plain_text
from hallqueue.errors import Refused
from hallqueue.models import Borrowing, Department, Service, Window, WindowService

HELP = 1
"""The rank of borrowed work: the window's own goes first."""

LONGEST = timedelta(hours=24)


@command
@rerouting
def borrow(
    c: Command, *, window: int, reason: str, service: str = "", department: str = "", minutes: int = 0
) -> Answer:
    """Let a window take a service (by code), or every service of a department (by code), for `minutes`.

    0 minutes: until it is taken back. What the window is borrowed for already is so for longer. Raises Refused:
    not_allowed, reason_required, bad_input, unknown_window, unknown_service, unknown_department, borrow_fallback,
    already_takes, lent_until, lent_already.
    """
    c.managers_only()
    seat, why = c.window(window), a_reason(reason)
    if seat.is_fallback:
        raise Refused("borrow_fallback", number=window)
    what = wanted(c, service, department)
    until = c.now + span(minutes, LONGEST) if minutes else None
    return start(c, Borrowing(window=seat, until=until, reason=why, **what))


@command
@rerouting
def take_back(c: Command, *, borrowing: int) -> Answer:
    """End a borrowing before its time; who waits is re-routed at once. Raises Refused("borrowing_over")."""
    c.managers_only()
    found = standing(c).filter(pk=borrowing).first()
    if found is None:
        raise Refused("borrowing_over")
    end(c, found)
    return _answer(found)


def start(c: Command, borrowing: Borrowing) -> Answer:
    """Store a new borrowing, and let its window take what it lacks; one for the same that ends sooner is made longer.

    Raises Refused: already_takes, lent_until, lent_already.
    """
    borrowing.hall, borrowing.begun_at, borrowing.by = c.hall, c.now, c.by.name
    if shorter := _shorter(c, borrowing):
        return _lengthen(c, shorter, borrowing)
    has = WindowService.objects.filter(window=borrowing.window).values("service")
    if not _services(borrowing).exclude(pk__in=has).exists():
        raise _takes_it(c, borrowing)
    borrowing.save()
    lend(borrowing)
    until = iso(borrowing.until)
    told: dict[str, Any] = {"name": borrowing.what, "until": until, "reason": borrowing.reason}
    c.log.record("window.borrowed", window=borrowing.window, borrowing=borrowing.pk, **told)
    return _answer(borrowing)


def _shorter(c: Command, wanted: Borrowing) -> Borrowing | None:
    """What stands of the same window for the same thing, if it ends sooner than is wanted now."""
    same = {name: getattr(wanted, name) for name in ("window_id", "service_id", "department_id")}
    found = standing(c).exclude(until=None).filter(**same).first()
    longer = found and (wanted.until is None or wanted.until > (found.until or c.now))
    return found if longer else None


def _lengthen(c: Command, found: Borrowing, wanted: Borrowing) -> Answer:
    was, found.until = found.until, wanted.until
    found.save(update_fields=["until"])
    times = {"until": iso(found.until), "was": iso(was)}
    told: dict[str, Any] = {"name": found.what, "reason": wanted.reason, **times}
    c.log.record("borrowing.lengthened", window=found.window, borrowing=found.pk, **told)
    return _answer(found)


def _takes_it(c: Command, wanted: Borrowing) -> Refused:
    """Why it need not be borrowed: it is the window's own, or lent to it, and until when."""
    told: dict[str, Any] = {"number": wanted.window.number, "name": wanted.what}
    rows = WindowService.objects.filter(window=wanted.window, service__in=_services(wanted))
    lent = [row.borrowing for row in rows.select_related("borrowing") if row.borrowing]
    if not lent:
        return Refused("already_takes", **told)
    if first := min((each.until for each in lent if each.until), default=None):
        return Refused("lent_until", time=f"{first.astimezone(c.hall.local_zone):%m-%d %H:%M}", **told)
    return Refused("lent_already", **told)


def end(c: Command, borrowing: Borrowing, reason: str = "") -> None:
    """The window takes no more what it took for this borrowing alone."""
    borrowing.ended_at = c.now
    borrowing.save(update_fields=["ended_at"])
    WindowService.objects.filter(borrowing=borrowing).delete()
    for other in standing(c).filter(window_id=borrowing.window_id):
        lend(other)  # two borrowings may overlap: the other's stays
    told: dict[str, Any] = {"name": borrowing.what, "reason": reason}
    c.log.record("borrowing.ended", window=borrowing.window, borrowing=borrowing.pk, **told)


def standing(c: Command) -> QuerySet[Borrowing]:
    """The hall's borrowings that are not over."""
    found = Borrowing.objects.filter(hall=c.hall, ended_at=None).order_by("pk")
    return found.select_related("window", "service", "department")


def lend(borrowing: Borrowing) -> None:
    """Let the window take what it does not take by itself; call it again after the window's own work was set up."""
    has = WindowService.objects.filter(window_id=borrowing.window_id).values("service")
    WindowService.objects.bulk_create(
        WindowService(
            hall_id=borrowing.hall_id,
            window_id=borrowing.window_id,
            service=service,
            rank=HELP,
            borrowing=borrowing,
        )
        for service in _services(borrowing).exclude(pk__in=has)
    )


def lend_again(window: Window) -> None:
    """After the set-up of a window was written anew: what it is borrowed for, it still takes."""
    found = Borrowing.objects.filter(hall_id=window.hall_id, window=window, ended_at=None).order_by("pk")
    for borrowing in found:
        lend(borrowing)


def span(minutes: int, longest: timedelta) -> timedelta:
    """A time to come; raises Refused("bad_input") for less than a minute or more than `longest`."""
    if not 1 <= minutes <= longest // timedelta(minutes=1):
        raise Refused("bad_input", 400, detail="minutes")
    return timedelta(minutes=minutes)


def wanted(c: Command, service: str, department: str) -> dict[str, Any]:
    """The one thing a window is borrowed for. Raises Refused: bad_input, unknown_service, unknown_department."""
    if bool(service) == bool(department):
        raise Refused("bad_input", 400, detail="service | department")
    if department:
        code = plain_text(department, 40)
        part = Department.objects.filter(hall=c.hall, code=code).first()
        if part is None:
            raise Refused("unknown_department", 404)
        return {"department": part}
    code = plain_text(service, 120)
    found = Service.objects.filter(hall=c.hall, code=code, is_active=True).first()
    if found is None:
        raise Refused("unknown_service", 404)
    return {"service": found}


def _services(borrowing: Borrowing) -> QuerySet[Service]:
    found = Service.objects.filter(hall_id=borrowing.hall_id, is_active=True)
    if borrowing.service_id is not None:
        return found.filter(pk=borrowing.service_id)
    return found.filter(department=borrowing.department)


def iso(until: datetime | None) -> str:
    """A time for the log; "": until it is taken back."""
    return until.isoformat() if until else ""


def _answer(borrowing: Borrowing) -> Answer:
    return {"borrowing": borrowing.pk, "window": borrowing.window.number, "name": borrowing.what}
