"""What waiting gives: who waited long goes further forward, by recorded events, so that order needs no clock."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Q
from django.db.models.functions import Coalesce

from hallqueue.actions.command import Answer, Command, command
from hallqueue.models import Hall, Ticket
from hallqueue.order import GUARDED, Rules, aged, first_due, scope_of
from hallqueue.routing import policies_of, waiting
from hallqueue.statements import update


class Due(NamedTuple):
    """A ticket (id) that is to go forward: to which precedence, why (guard, ageing), after how many minutes."""

    ticket: int
    precedence: int
    reason: str
    minutes: int


@command
def look_at_waits(c: Command) -> Answer:
    """Let everybody go forward who waited long enough by the policy of their series; an event each."""
    due = due_waits(c.hall, c.now)
    for each in due:
        ticket = Ticket.objects.get(pk=each.ticket)
        before, ticket.precedence = ticket.precedence, each.precedence
        update(ticket, ("precedence",), '"state" = %s', Ticket.State.WAITING.value)
        told: dict[str, Any] = {"reason": each.reason, "minutes": each.minutes, "precedence": each.precedence}
        c.log.record("ticket.aged", ticket, **told, before=before)
    return {"aged": len(due)}


def waits_moved(hall: Hall, now: datetime) -> bool:
    """Whether `look_at_waits` would change anything; two short reads in a quiet hall."""
    return bool(due_waits(hall, max(now, hall.moved_at)))


def due_waits(hall: Hall, now: datetime) -> list[Due]:
    """Who is to go forward now, in plain order."""
    policies = policies_of(hall.pk)
    minutes = first_due(policies)
    if minutes is None:
        return []
    long_here = waiting(hall).filter(
        Q(waiting_at=None, issued_at__lte=now - timedelta(minutes=minutes))
        | Q(waiting_at__lte=now - timedelta(minutes=minutes)),
        precedence__gt=GUARDED,
    )
    names = ("id", "klass", "precedence", "service__series")
    found = long_here.values_list(*names, Coalesce("waiting_at", "issued_at"))
    return [due for row in found if (due := _due(row, policies, now))]


def _due(row: Any, policies: dict[int, Rules], now: datetime) -> Due | None:
    ticket, klass, precedence, series, since = row
    minutes = (now - since).total_seconds() / 60
    rules = policies.get(scope_of(series, policies), Rules())
    reached = aged(rules, klass, precedence, minutes)
    return Due(ticket, *reached, int(minutes)) if reached else None
