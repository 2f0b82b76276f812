"""Routing and order thought out a second time, over plain rows: what `check_routing` holds against the hall's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import takewhile

from hallqueue.models import Call, FallbackDuty, FallbackPolicy, Hall, Policy, Ticket, Window, WindowService

CLASS_PLACES = {"returning": 10, "priority": 20, "appointment": 30, "transferred": 40, "ordinary": 50}


@dataclass
class ByHand:
    """One moment of a hall."""

    hall: Hall
    windows: list[Window] = field(init=False)
    ranks: dict[int, dict[int, int]] = field(init=False)
    waiting: list[Ticket] = field(init=False)
    policies: dict[int | None, Policy] = field(init=False)
    duties: list[FallbackDuty] = field(init=False)
    helps: bool = field(init=False)

    def __post_init__(self) -> None:
        self.windows = list(Window.objects.filter(hall=self.hall))
        self.ranks = {window.pk: {} for window in self.windows}
        for pair in WindowService.objects.filter(hall=self.hall):
            self.ranks[pair.window_id][pair.service_id] = pair.rank
        waiting = Ticket.objects.filter(hall=self.hall, state="waiting").select_related("service")
        self.waiting = sorted(waiting, key=plainly)
        self.policies = {policy.series_id: policy for policy in Policy.objects.filter(hall=self.hall)}
        self.duties = list(FallbackDuty.objects.filter(hall=self.hall))
        self.helps = FallbackPolicy.objects.filter(hall=self.hall, helps_out=True).exists()

    # Who may take whom

    def suits(self, window: Window, ticket: Ticket) -> bool:
        """The window does this service for people of this class."""
        wanted = window.classes.split() or [ticket.klass]
        return ticket.service_id in self.ranks[window.pk] and (
            ticket.klass in wanted or ticket.klass in ("returning", "transferred")
        )

    def ordinary(self, ticket: Ticket) -> list[Window]:
        """The open windows that take the ticket without the fallback rule, whatever language they speak."""
        if ticket.for_window_id is not None:
            return [w for w in self.windows if w.pk == ticket.for_window_id and w.state == "open"]
        if ticket.fallback_reason:
            return []
        return [w for w in self.windows if w.state == "open" and not w.is_fallback and self.suits(w, ticket)]

    def takes(self, window: Window, ticket: Ticket) -> bool:
        """Whether the window, if it is open, may call the ticket."""
        if ticket.for_window_id == window.pk:
            return True
        if window.is_fallback and self.is_left(ticket) and not self.is_duty_of_another(window, ticket):
            return True
        if ticket.for_window_id is not None or ticket.fallback_reason or not self.suits(window, ticket):
            return False
        if ticket.language in ("zh", *window.languages.split()) or ticket.precedence == 5:
            return True
        return not any(ticket.language in w.languages.split() for w in self.ordinary(ticket))

    def is_left(self, ticket: Ticket) -> bool:
        """Whether the fallback window answers, whichever of them it is."""
        helped = self.helps and ticket.for_window_id is None
        return bool(ticket.fallback_reason) or helped or not self.ordinary(ticket)

    def is_duty_of_another(self, window: Window, ticket: Ticket) -> bool:
        """Whether another open fallback window answers for this ticket's department, and this one does not."""
        seats = {duty.window_id for duty in self.duties if duty.department_id == ticket.service.department_id}
        opened = {each.pk for each in self.windows if each.is_fallback and each.state == "open"}
        return window.pk not in seats and bool(seats & opened)

    def lost(self) -> list[int]:
        """Whom no open window may take (I6)."""
        opened = [window for window in self.windows if window.state == "open"]
        return [t.pk for t in self.waiting if not any(self.takes(window, t) for window in opened)]

    # In what order

    def line(self, window: Window) -> list[int]:
        """Everybody the window may take, one call after the other."""
        left = [ticket for ticket in self.waiting if self.takes(window, ticket)]
        history = {scope: self.history(scope) for scope in self.policies}
        told = []
        while left:
            ticket = self.next_of(left, window, history)
            told.append(ticket.pk)
            left.remove(ticket)
        return told

    def history(self, scope: int | None) -> str:
        """The letters of the calls made in turn, newest first: P for preferred, O for ordinary."""
        calls = Call.objects.filter(hall=self.hall, scope=scope or 0).exclude(outcome="undone")
        return "".join(turn[0].upper() for turn in calls.order_by("-id").values_list("turn", flat=True)[:20])

    def next_of(self, left: list[Ticket], window: Window, history: dict[int | None, str]) -> Ticket:
        """The one to call now; writes their letter into the history of their scope."""
        if left[0].precedence == 5:
            return left[0]
        lowest = min(self.rank(window, ticket) for ticket in left)
        pool = [ticket for ticket in left if self.rank(window, ticket) == lowest]
        scopes = {self.scope(ticket) for ticket in pool}
        named = [self.named([t for t in pool if self.scope(t) == scope], scope, history) for scope in scopes]
        ticket = min(named, key=plainly)
        scope = self.scope(ticket)
        history[scope] = ("P" if ticket.precedence < 50 else "O") + history.get(scope, "")
        return ticket

    def named(self, pool: list[Ticket], scope: int | None, history: dict[int | None, str]) -> Ticket:
        """Whom a scope sends."""
        policy = self.policies.get(scope)
        before, usual = [t for t in pool if t.precedence < 50], [t for t in pool if t.precedence >= 50]
        if policy is None or policy.kind != "ratio" or not before or not usual:
            return pool[0]
        past = history[scope]
        run = sum(1 for _ in takewhile(lambda letter: letter == past[0], past))
        if past[:1] == "P":
            return before[0] if run < policy.preferred else usual[0]
        if past[:1] == "O":
            return usual[0] if run < policy.ordinary else before[0]
        return before[0]

    def rank(self, window: Window, ticket: Ticket) -> int:
        """Own work is 0; so is who was sent here, and whoever comes for no mapping's sake."""
        if ticket.for_window_id is not None or ticket.fallback_reason:
            return 0
        return self.ranks[window.pk].get(ticket.service_id, 0)

    def scope(self, ticket: Ticket) -> int | None:
        """The series with a policy of its own, or the hall."""
        return ticket.service.series_id if ticket.service.series_id in self.policies else None


def plainly(ticket: Ticket) -> tuple[int, int, int]:
    """Class or what waiting made of it, then position."""
    return (ticket.precedence, ticket.position, ticket.pk)


def places_are_lawful(tickets: Iterable[Ticket]) -> bool:
    """Nobody stands behind the place of their class; before it only who waited long."""
    return all(5 <= ticket.precedence <= CLASS_PLACES[ticket.klass] for ticket in tickets)
