"""What windows take is changed while people wait: whoever other windows call from now on leaves an event of their own.

Where people go is derived when asked, so nobody is moved here; it is told, for the story of each of them.
"""

import functools
from collections.abc import Callable, Mapping
from typing import Any, Concatenate, ParamSpec

from hallqueue.actions.command import Answer, Command
from hallqueue.floor import Duties, Floor, kind_of
from hallqueue.models import FallbackDuty, FallbackPolicy, Hall, Service, Ticket, Window, WindowService
from hallqueue.statements import values

P = ParamSpec("P")
Places = Mapping[int, frozenset[int]]
"""For each waiting ticket (id) the numbers of the open windows that may call it."""

_SEEN = ("id", "service_id", "klass", "language", "precedence", "for_window_id", "fallback_reason")
_WAITING = """"hall_id" = %s AND "state" = 'waiting' AND "ended_at" IS NULL ORDER BY "id\""""


def rerouting(work: Callable[Concatenate[Command, P], Answer]) -> Callable[Concatenate[Command, P], Answer]:
    """A command that changes what windows take: who has lost every open window they had, to others or to none, gets
    a line `ticket.remapped` {before, now} with the numbers of these windows. Who only gained one, or lost some of
    several, stays where they were; whom the command itself moved has a line already."""

    @functools.wraps(work)
    def say(c: Command, /, *args: P.args, **details: P.kwargs) -> Answer:
        before = places(c.hall)
        answer = work(c, *args, **details)
        if before:
            _tell(c, before, places(c.hall))
        return answer

    return say


def places(hall: Hall) -> Places:
    """Where everybody who waits may be called; nothing is read of the set-up when nobody does."""
    people = values(Ticket, _SEEN, _WAITING, hall.pk)
    if not people:
        return {}
    numbers = dict(Window.in_use(hall).values_list("pk", "number"))
    floor, found = _floor(hall), dict[tuple[Any, ...], frozenset[int]]()
    for row in people:
        if (kind := kind_of(row)) not in found:
            found[kind] = frozenset(numbers[pk] for pk in floor.takers(row))
    return {row["id"]: found[kind_of(row)] for row in people}


def _floor(hall: Hall) -> Floor:
    taken_by: dict[int, list[int]] = {}
    for service, window in WindowService.objects.filter(hall=hall).values_list("service", "window"):
        taken_by.setdefault(service, []).append(window)
    of_windows: dict[int, set[int]] = {}
    for window, department in FallbackDuty.objects.filter(hall=hall).values_list("window", "department"):
        of_windows.setdefault(window, set()).add(department)
    departments = dict(Service.objects.filter(hall=hall).values_list("pk", "department"))
    duties = Duties(FallbackPolicy.of(hall).helps_out, of_windows, departments)
    return Floor(Window.in_use(hall), taken_by, duties)


def _tell(c: Command, before: Places, now: Places) -> None:
    told = c.log.tickets()
    for ticket, windows in now.items():
        had = before[ticket]
        if ticket not in told and windows != had and not windows & had:
            c.log.record("ticket.remapped", Ticket(pk=ticket), before=sorted(had), now=sorted(windows))
