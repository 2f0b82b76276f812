"""What windows take is changed while people wait: whoever other windows call from now on leaves an event of their own.

Where people go is derived when asked, so nobody is moved here; it is told, for the story of each of them.
"""

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Concatenate, NamedTuple, ParamSpec

from hallqueue.actions.command import Answer, Command
from hallqueue.floor import Duties, Floor, Row, kind_of
from hallqueue.models import FallbackDuty, FallbackPolicy, Hall, Service, Ticket, Window, WindowService
from hallqueue.statements import values

P = ParamSpec("P")

_SEEN = ("id", "service_id", "klass", "language", "precedence", "for_window_id", "fallback_reason")
_WAITING = """"hall_id" = %s AND "state" = 'waiting' AND "ended_at" IS NULL ORDER BY "id\""""


class Mapped(NamedTuple):
    """Who takes what at one moment: windows by id, the windows (ids) of each service (id), duties of the fallback."""

    windows: Mapping[int, Window]
    taken_by: Mapping[int, list[int]]
    duties: Duties

    def rest(self) -> tuple[Any, ...]:
        """Whatever decides besides which services a window takes; it concerns everybody."""
        seats = [(w.id, w.state, w.is_fallback, w.classes, w.languages) for w in self.windows.values()]
        return seats, self.duties

    def floor(self) -> Floor:
        """To be asked who may call whom."""
        return Floor(self.windows.values(), self.taken_by, self.duties)

    def numbers(self, windows: Iterable[int]) -> set[int]:
        """What these windows (ids) are called by."""
        return {self.windows[pk].number for pk in windows}


def rerouting(work: Callable[Concatenate[Command, P], Answer]) -> Callable[Concatenate[Command, P], Answer]:
    """A command that changes what windows take: who has lost every open window they had, to others or to none, gets
    a line `ticket.remapped` {before, now} with the numbers of these windows. Who only gained one, or lost some of
    several, stays where they were; whom the command itself moved has a line already, and changes nobody else: so
    everybody who waits is read once."""

    @functools.wraps(work)
    def say(c: Command, /, *args: P.args, **details: P.kwargs) -> Answer:
        people = values(Ticket, _SEEN, _WAITING, c.hall.pk)
        if not people:
            return work(c, *args, **details)
        before = mapped(c.hall)
        answer = work(c, *args, **details)
        _tell(c, people, before, mapped(c.hall))
        return answer

    return say


def mapped(hall: Hall) -> Mapped:
    """As it is now."""
    taken_by: dict[int, list[int]] = {}
    pairs = WindowService.objects.filter(hall=hall).order_by("service", "window")
    for service, window in pairs.values_list("service", "window"):
        taken_by.setdefault(service, []).append(window)
    of_windows: dict[int, set[int]] = {}
    for window, department in FallbackDuty.objects.filter(hall=hall).values_list("window", "department"):
        of_windows.setdefault(window, set()).add(department)
    departments = dict(Service.objects.filter(hall=hall).values_list("pk", "department"))
    duties = Duties(FallbackPolicy.of(hall).helps_out, of_windows, departments)
    return Mapped({window.id: window for window in Window.in_use(hall)}, taken_by, duties)


def _tell(c: Command, people: Iterable[Row], before: Mapped, now: Mapped) -> None:
    lost = _lost(people, before, now)
    told = c.log.tickets() if lost else set()
    for row in people if lost else ():
        if (windows := lost.get(kind_of(row))) and row["id"] not in told:
            had, has = windows
            c.log.record("ticket.remapped", Ticket(pk=row["id"]), before=had, now=has)


def _lost(
    people: Iterable[Row], before: Mapped, now: Mapped
) -> dict[tuple[Any, ...], tuple[list[int], list[int]]]:
    """The kinds of people that no window takes who took them before: the numbers of these windows, then and now."""
    changed = {
        service
        for service in {*before.taken_by, *now.taken_by}
        if before.taken_by.get(service) != now.taken_by.get(service)
    }
    for_all = before.rest() != now.rest()
    kinds = {kind_of(row): row for row in people if for_all or row["service_id"] in changed}
    then, after, lost = before.floor(), now.floor(), {}
    for kind, row in kinds.items():
        had, has = before.numbers(then.takers(row)), now.numbers(after.takers(row))
        if has != had and not has & had:
            lost[kind] = sorted(had), sorted(has)
    return lost
