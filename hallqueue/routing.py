"""Which open windows may take a ticket; in what order they call is decided by `order` alone."""

from collections.abc import Mapping
from typing import NamedTuple

from django.db.models import Min, Q, QuerySet

from hallqueue.claims import applies, may_take, nobody_else
from hallqueue.floor import Row
from hallqueue.heads import heads
from hallqueue.models import FallbackReason, Hall, Ticket, Window, WindowService
from hallqueue.order import (
    HALL,
    PRECEDENCE,
    RATIO,
    STEP,
    Policies,
    Rules,
    Standing,
    Why,
    in_order,
    scope_of,
)
from hallqueue.statements import fetch, fetch_all, rows

__all__ = ["PRECEDENCE", "STEP"]

ORDER = ("precedence", "position", "id")
_WAITING = """"hall_id" = %s AND "state" = 'waiting' AND "ended_at" IS NULL"""


class Called(NamedTuple):
    """Whom a window calls next, why, and in which scope (`order.scope_of`) it counts as a turn."""

    ticket: Ticket
    why: Why
    scope: int


def waiting(hall: Hall) -> QuerySet[Ticket]:
    """All waiting tickets of the hall, in plain order: no policy, no rank."""
    return Ticket.objects.filter(hall=hall, state=Ticket.State.WAITING, ended_at=None).order_by(*ORDER)


def in_line(window: Window) -> QuerySet[Ticket]:
    """Everybody in `line(window)`, in plain order, for who only asks who is there."""
    return waiting(window.hall).filter(may_take(window).q)


def line(window: Window) -> list[Ticket]:
    """The waiting tickets this window may take if it is open, in the order it must take them."""
    return [each.ticket for each in line_with_reasons(window)]


def line_with_reasons(window: Window) -> list[Called]:
    """`line`, each with why it would be its turn."""
    mine = may_take(window)
    where = f"""{_WAITING} AND {mine.sql} ORDER BY "precedence", "position", "id" """
    tickets = {ticket.pk: ticket for ticket in fetch_all(Ticket, where, window.hall_id, *mine.params)}
    policies = policies_of(window.hall_id)
    ranks = dict(
        rows('SELECT "service_id", "rank" FROM "hallqueue_windowservice" WHERE "window_id" = %s', window.pk)
    )
    series = dict(
        rows('SELECT "id", "series_id" FROM "hallqueue_service" WHERE "hall_id" = %s', window.hall_id)
    )
    people = (
        standing(vars(ticket), ranks, scope_of(series[ticket.service_id], policies), window.pk)
        for ticket in tickets.values()
    )
    told = in_order(people, policies, past_turns(window.hall_id, policies))
    return [Called(tickets[each.who.ticket], each.why, each.who.scope) for each in told]


def first_in_line(window: Window) -> Ticket | None:
    """Whom this window must call next: the first of `line(window)`."""
    called = next_called(window)
    return called.ticket if called else None


def next_called(window: Window) -> Called | None:
    """The first of `line_with_reasons(window)`.

    For ordinary windows by a statement that looks at one ticket per service, however many wait behind it.
    """
    if window.is_fallback:
        return next(iter(line_with_reasons(window)), None)
    policies = policies_of(window.hall_id)
    found = list(heads(window, policies))
    past = past_turns(window.hall_id, policies) if len(found) > 1 else {}
    first = next(in_order(found, policies, past), None)
    ticket = fetch(Ticket, '"id" = %s', first.who.ticket) if first else None
    return Called(ticket, first.why, first.who.scope) if first and ticket else None


def standing(row: Row, ranks: Mapping[int, int], scope: int, window: int) -> Standing:
    """Somebody as `order` sees them before a window (id) with these ranks; whoever was sent is its own work, also at a
    fallback window that stands in for the one that was meant."""
    there = row["for_window_id"]
    rank = 0 if there is not None or row["fallback_reason"] else ranks.get(row["service_id"], 0)
    is_sent = there == window
    return Standing(row["precedence"], row["position"], row["id"], rank, scope, row["klass"], is_sent)


def policies_of(hall_id: int) -> dict[int, Rules]:
    """The hall's policies by scope."""
    found = rows(
        """SELECT "series_id", "kind", "preferred", "ordinary", "ageing_minutes", "guard_minutes"
           FROM "hallqueue_policy" WHERE "hall_id" = %s""",
        hall_id,
    )
    return {series or HALL: Rules(*rules) for series, *rules in found}


def past_turns(hall_id: int, policies: Policies) -> dict[int, list[str]]:
    """The last turns of every scope under a ratio, newest first: what its calls tell, undone ones left out."""
    return {
        scope: [
            turn
            for (turn,) in rows(
                """SELECT "turn" FROM "hallqueue_call" WHERE "hall_id" = %s AND "scope" = %s
                   AND "outcome" <> 'undone' ORDER BY "id" DESC LIMIT %s""",
                hall_id,
                scope,
                max(rules.preferred, rules.ordinary),
            )
        ]
        for scope, rules in policies.items()
        if rules.kind == RATIO
    }


def derived_reason(window: Window, ticket: Ticket) -> str:
    """Why a ticket that bears no reason comes to a fallback window: a code of FallbackReason, or "" at any other."""
    if not window.is_fallback or ticket.fallback_reason or ticket.for_window_id == window.pk:
        return ""
    own = WindowService.objects.filter(window=window, service_id=ticket.service_id)
    return "" if ticket.for_window_id is None and own.exists() else left_alone(ticket)


def left_alone(ticket: Ticket) -> str:
    """Why no open ordinary window may take a ticket that bears no reason: a code of FallbackReason, or ""."""
    if ticket.fallback_reason or not applies(nobody_else(), ticket):
        return ""
    closed = ticket.for_window_id is not None
    return (FallbackReason.WINDOW_CLOSED if closed else FallbackReason.NO_WINDOW).value


def stranded(hall: Hall) -> QuerySet[Ticket]:
    """Waiting tickets for which no window at all is open; empty as soon as a fallback window is open (I6)."""
    if Window.objects.filter(hall=hall, is_fallback=True, state=Window.State.OPEN).exists():
        return waiting(hall).none()
    return waiting(hall).filter(~Q(fallback_reason="") | nobody_else().q)


class Lane(NamedTuple):
    """Those among whom position alone decides: taken by the same windows, and of one class."""

    service_id: int
    for_window_id: int | None
    fallback: bool
    precedence: int

    def people(self, hall: Hall) -> QuerySet[Ticket]:
        """Who waits in it, in order."""
        if self.fallback:
            where = ~Q(fallback_reason="")
        elif self.for_window_id is not None:
            where = Q(for_window_id=self.for_window_id, fallback_reason="")
        else:
            where = Q(for_window=None, fallback_reason="", service_id=self.service_id)
        return waiting(hall).filter(where, precedence=self.precedence)

    def around(self, hall: Hall) -> QuerySet[Ticket]:
        """Who is called in turn with its people: whoever else the open windows of the service have as their own."""
        if self.fallback or self.for_window_id is not None:
            return self.people(hall)
        open_now = Q(window__state=Window.State.OPEN, window__is_fallback=False)
        takes = WindowService.objects.filter(open_now, hall=hall, service_id=self.service_id)
        rank = takes.aggregate(best=Min("rank"))["best"]
        if rank is None:
            return self.people(hall)
        windows = takes.filter(rank=rank).values("window")
        services = WindowService.objects.filter(window__in=windows, rank__lte=rank).values("service")
        where = Q(for_window=None, service__in=services) | Q(for_window__in=windows)
        return waiting(hall).filter(where, fallback_reason="", precedence=self.precedence)


class Before(NamedTuple):
    """Those of one class whom a window would take as its own work: who is sent to it comes among them."""

    window: Window
    precedence: int

    def people(self, hall: Hall) -> QuerySet[Ticket]:
        """Who waits before it, in order."""
        helped = WindowService.objects.filter(window=self.window, rank__gt=0).values("service")
        only_helped = Q(for_window=None, fallback_reason="", service__in=helped)
        return in_line(self.window).filter(precedence=self.precedence).exclude(only_helped)

    def around(self, hall: Hall) -> QuerySet[Ticket]:
        """The same."""
        return self.people(hall)


def lane_of(ticket: Ticket) -> Lane:
    """The lane a ticket stands in, or would stand in if it waited."""
    return Lane(ticket.service_id, ticket.for_window_id, bool(ticket.fallback_reason), ticket.precedence)


def place_front(ticket: Ticket, lane: Lane | Before) -> int:
    """The position before everybody else in a lane or before a window; its own when nobody is there."""
    first = lane.people(ticket.hall).values_list("position", flat=True).first()
    return ticket.position if first is None else min(first - 1, ticket.position)


def place_after(ticket: Ticket, people: int, seq: int, lane: Lane | Before) -> int:
    """The position behind the next `people` whom the same windows call, or at the end when fewer wait."""
    found = lane.around(ticket.hall).values_list("position", flat=True)
    ahead = list(found[:people])
    return ahead[-1] + 1 if people and len(ahead) == people else place_end(seq)


def place_end(seq: int) -> int:
    """The position behind everybody, of the event with that seq."""
    return seq * STEP
