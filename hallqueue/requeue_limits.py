"""How far a missed number may still come back (激活) by the rules of the hall: for the verb and for the phone alike."""

from datetime import datetime, timedelta
from typing import NamedTuple

from hallqueue.models import Call, Rules, Ticket


class Limit(NamedTuple):
    """As the log stands: why a number is over the rules, as the code of a refusal ("": it is not), or will be after
    `until` (None: at no moment of its own)."""

    code: str = ""
    until: datetime | None = None

    def passed(self, now: datetime) -> str:
        """Why a number is over the rules at a moment; "" while it is not."""
        return self.code or ("requeue_too_late" if self.until is not None and now > self.until else "")


def limit_of(ticket: Ticket, rules: Rules) -> Limit:
    """The limit of a missed ticket; within the numbers or within the minutes, where the hall counts both, is enough."""
    if rules.requeue_limit and ticket.requeue_count >= rules.requeue_limit:
        return Limit("requeue_too_often")
    last = ticket.calls.filter(outcome="missed").order_by("-id").first()
    numbers, minutes = rules.requeue_within_numbers, rules.requeue_within_minutes
    if last is None or last.ended_at is None or not (numbers or minutes):
        return Limit()
    if numbers and numbers_called_since(last) <= numbers:
        return Limit()
    return Limit(until=last.ended_at + timedelta(minutes=minutes)) if minutes else Limit("requeue_too_late")


def barred_of(ticket: Ticket, rules: Rules) -> Limit:
    """After what nobody brings a ticket back any more; no limit unless it is missed and the hall then refuses."""
    barred = ticket.state == Ticket.State.MISSED and rules.requeue_late == Rules.Late.REFUSED
    return limit_of(ticket, rules) if barred else Limit()


def numbers_called_since(call: Call) -> int:
    """How many other numbers of the same series were called after this call."""
    # By their place in the table alone: asked for the series too, SQLite looks through all the tickets there ever were.
    later = Call.objects.filter(pk__gt=call.pk).values_list("ticket", "ticket__series")
    return len({ticket for ticket, series in later if series == call.ticket.series_id} - {call.ticket_id})
