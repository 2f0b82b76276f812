"""Borrow a window for a service or a department, for a time or until it is taken back."""

from datetime import timedelta
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

    0 minutes: until it is taken back. Raises Refused: not_allowed, reason_required, bad_input, unknown_window,
    unknown_service, unknown_department, borrow_fallback, already_takes.
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
    """Store a new borrowing, and let its window take what it lacks; raises Refused("already_takes")."""
    borrowing.hall, borrowing.begun_at, borrowing.by = c.hall, c.now, c.by.name
    has = WindowService.objects.filter(window=borrowing.window).values("service")
    if not _services(borrowing).exclude(pk__in=has).exists():
        raise Refused("already_takes", number=borrowing.window.number, name=borrowing.what)
    borrowing.save()
    lend(borrowing)
    until = borrowing.until.isoformat() if borrowing.until else ""
    told: dict[str, Any] = {"name": borrowing.what, "until": until, "reason": borrowing.reason}
    c.log.record("window.borrowed", window=borrowing.window, borrowing=borrowing.pk, **told)
    return _answer(borrowing)


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


def _answer(borrowing: Borrowing) -> Answer:
    return {"borrowing": borrowing.pk, "window": borrowing.window.number, "name": borrowing.what}
