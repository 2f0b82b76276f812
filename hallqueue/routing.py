"""Which open windows may take a ticket, and in what order: nothing else decides order."""

from typing import NamedTuple

from django.db.models import Q, QuerySet

from hallqueue.models import (
    FallbackDuty,
    FallbackPolicy,
    FallbackReason,
    Hall,
    Klass,
    Ticket,
    Window,
    WindowService,
)
from hallqueue.statements import fetch

# Smaller goes first; inside one class, position decides (I5). No clock is asked (I11).
PRECEDENCE: dict[str, int] = {
    Klass.RETURNING: 10,
    Klass.PRIORITY: 20,
    Klass.APPOINTMENT: 30,
    Klass.ORDINARY: 50,
}

# Positions are given out this far apart, so that a ticket can be put between two others.
STEP = 1024

ORDER = ("precedence", "position", "id")

_FIRST = """"id" IN (
    SELECT (SELECT t."id" FROM "hallqueue_ticket" t
            WHERE t."hall_id" = %s AND t."service_id" = takes."service_id" AND t."state" = 'waiting'
              AND t."ended_at" IS NULL AND t."for_window_id" IS NULL AND t."fallback_reason" = ''
            ORDER BY t."precedence", t."position", t."id" LIMIT 1)
    FROM "hallqueue_windowservice" takes WHERE takes."window_id" = %s
    UNION ALL
    SELECT t."id" FROM "hallqueue_ticket" t
    WHERE t."hall_id" = %s AND t."for_window_id" = %s AND t."state" = 'waiting' AND t."ended_at" IS NULL
) ORDER BY "precedence", "position", "id" LIMIT 1"""


def waiting(hall: Hall) -> QuerySet[Ticket]:
    """All waiting tickets of the hall, in order."""
    return Ticket.objects.filter(hall=hall, state=Ticket.State.WAITING, ended_at=None).order_by(*ORDER)


def line(window: Window) -> QuerySet[Ticket]:
    """The waiting tickets this window may take if it is open, in the order it must take them."""
    return waiting(window.hall).filter(may_take(window))


def first_in_line(window: Window) -> Ticket | None:
    """Whom this window must call next: the first of `line(window)`.

    For ordinary windows by a statement that looks at one ticket per service, however many wait behind it.
    """
    if window.is_fallback:
        return line(window).first()
    return fetch(Ticket, _FIRST, window.hall_id, window.pk, window.hall_id, window.pk)


def may_take(window: Window) -> Q:
    """Tickets, in whatever state, that are this window's: sent to it, of its services, or left to the fallback."""
    takes = WindowService.objects.filter(window=window).values("service")
    mine = Q(for_window=window) | Q(for_window=None, fallback_reason="", service__in=takes)
    if window.is_fallback:
        mine |= left_to(window)
    return mine


def left_to(window: Window) -> Q:
    """Tickets that come to this fallback window; what another open one answers for by duty is left to that one.

    Where the hall's policy lets the fallback help out, also what others could take (I7).
    """
    left = ~Q(fallback_reason="") | nobody_else(window.hall_id)
    if FallbackPolicy.of(window.hall).helps_out:
        left |= Q(for_window=None)
    duties = FallbackDuty.objects.filter(hall_id=window.hall_id).values_list(
        "department_id", "window_id", "window__state", "window__is_fallback"
    )
    own = {department for department, seat, _, _ in duties if seat == window.pk}
    others = {department for department, _, state, is_fallback in duties if is_fallback and state == "open"}
    return left & ~Q(service__department__in=others - own) if others - own else left


def derived_reason(window: Window, ticket: Ticket) -> str:
    """Why a ticket that bears no reason comes to a fallback window: a code of FallbackReason, or "" at any other."""
    if not window.is_fallback or ticket.fallback_reason or ticket.for_window_id == window.pk:
        return ""
    if ticket.for_window_id is not None:
        return FallbackReason.WINDOW_CLOSED.value
    takers = Q(window__state=Window.State.OPEN, window__is_fallback=False) | Q(window=window)
    served = WindowService.objects.filter(takers, hall_id=window.hall_id, service_id=ticket.service_id)
    return "" if served.exists() else FallbackReason.NO_WINDOW.value


def nobody_else(hall_id: int) -> Q:
    """Tickets that no open ordinary window may take: the rule that brings them to the fallback window (I6, I7)."""
    open_windows = Window.objects.filter(hall_id=hall_id, state=Window.State.OPEN, is_fallback=False)
    served = WindowService.objects.filter(window__in=open_windows.values("pk")).values("service")
    return (Q(for_window=None) & ~Q(service__in=served)) | (
        Q(for_window__isnull=False) & ~Q(for_window__state=Window.State.OPEN)
    )


def stranded(hall: Hall) -> QuerySet[Ticket]:
    """Waiting tickets for which no window at all is open; empty as soon as a fallback window is open (I6)."""
    if Window.objects.filter(hall=hall, is_fallback=True, state=Window.State.OPEN).exists():
        return waiting(hall).none()
    return waiting(hall).filter(~Q(fallback_reason="") | nobody_else(hall.pk))


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


def lane_of(ticket: Ticket) -> Lane:
    """The lane a ticket stands in, or would stand in if it waited."""
    return Lane(ticket.service_id, ticket.for_window_id, bool(ticket.fallback_reason), ticket.precedence)


def place_front(ticket: Ticket, lane: Lane) -> int:
    """The position before everybody else in a lane; its own when nobody is there."""
    first = lane.people(ticket.hall).exclude(pk=ticket.pk).values_list("position", flat=True).first()
    return ticket.position if first is None else min(first - 1, ticket.position)


def place_after(ticket: Ticket, people: int, seq: int, lane: Lane | None = None) -> int:
    """The position behind the next `people` of its lane, or at the end when fewer wait."""
    found = (lane or lane_of(ticket)).people(ticket.hall).exclude(pk=ticket.pk)
    ahead = list(found.values_list("position", flat=True)[:people])
    return ahead[-1] + 1 if people and len(ahead) == people else place_end(seq)


def place_end(seq: int) -> int:
    """The position behind everybody, of the event with that seq."""
    return seq * STEP
