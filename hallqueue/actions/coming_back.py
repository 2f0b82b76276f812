"""The hall's rules of coming back (激活): whether a missed number may, and where whoever comes back stands."""

from datetime import timedelta

from hallqueue.actions.command import Command
from hallqueue.errors import Refused
from hallqueue.models import Call, Rules, Ticket
from hallqueue.routing import lane_of, place_after, place_end, place_front


def place_back(c: Command, ticket: Ticket) -> tuple[str, int]:
    """The rule's word (after, end, front) and the position of a parked or missed ticket that comes back.

    Only missed ones come too late or too often. Raises Refused: requeue_too_late, requeue_too_often.
    """
    rules = Rules.of(c.hall)
    too = _too(c, ticket, rules) if ticket.state == Ticket.State.MISSED else ""
    if too and rules.requeue_late == Rules.Late.REFUSED:
        raise Refused(too, label=ticket.label, **_limits(rules))
    place = str(Rules.Place.END if too else rules.requeue_place)
    seq = c.log.next_seq()
    if place == Rules.Place.FRONT:
        return place, place_front(ticket, lane_of(ticket))
    return place, place_end(seq) if place == Rules.Place.END else place_after(
        ticket, rules.requeue_after, seq
    )


def numbers_called_since(call: Call) -> int:
    """How many other numbers of the same series were called after this call."""
    # By their place in the table alone: asked for the series too, SQLite looks through all the tickets there ever were.
    later = Call.objects.filter(pk__gt=call.pk).values_list("ticket", "ticket__series")
    return len({ticket for ticket, series in later if series == call.ticket.series_id} - {call.ticket_id})


def _too(c: Command, ticket: Ticket, rules: Rules) -> str:
    """Why a missed ticket comes back too late or too often, as the code of a refusal; "" when it does not."""
    if rules.requeue_limit and ticket.requeue_count >= rules.requeue_limit:
        return "requeue_too_often"
    last = ticket.calls.filter(outcome="missed").order_by("-id").first()
    numbers, minutes = rules.requeue_within_numbers, rules.requeue_within_minutes
    if last is None or last.ended_at is None or not (numbers or minutes):
        return ""
    in_numbers = bool(numbers) and numbers_called_since(last) <= numbers
    in_time = bool(minutes) and c.now - last.ended_at <= timedelta(minutes=minutes)
    return "" if in_numbers or in_time else "requeue_too_late"


def _limits(rules: Rules) -> dict[str, int]:
    names = ("requeue_within_numbers", "requeue_within_minutes", "requeue_limit")
    return {name.rpartition("_")[2]: getattr(rules, name) for name in names}
