"""The hall's rules of coming back (激活): whether a missed number may, and where whoever comes back stands."""

from hallqueue.actions.command import Command
from hallqueue.errors import Refused
from hallqueue.models import Rules, Ticket
from hallqueue.order import placed
from hallqueue.requeue_limits import limit_of
from hallqueue.routing import lane_of, place_after, place_end, place_front


def place_back(c: Command, ticket: Ticket) -> tuple[str, int, int]:
    """Of a parked or missed ticket that comes back: the rule's word (after, end, front), position and precedence.

    Behind others stands also who had been sent on, newcomers among them. Only missed ones come too late or too often.
    Raises Refused: requeue_too_late, requeue_too_often.
    """
    rules = Rules.of(c.hall)
    too = limit_of(ticket, rules).passed(c.now) if ticket.state == Ticket.State.MISSED else ""
    if too and rules.requeue_late == Rules.Late.REFUSED:
        raise Refused(too, label=ticket.label, **_limits(rules))
    place = str(Rules.Place.END if too else rules.requeue_place)
    seq, precedence = c.log.next_seq(), placed(ticket.klass, place)
    lane = lane_of(ticket)._replace(precedence=precedence)
    if place == Rules.Place.FRONT:
        return place, place_front(ticket, lane), precedence
    if place == Rules.Place.END:
        return place, place_end(seq), precedence
    return place, place_after(ticket, rules.requeue_after, seq, lane), precedence


def _limits(rules: Rules) -> dict[str, int]:
    names = ("requeue_within_numbers", "requeue_within_minutes", "requeue_limit")
    return {name.rpartition("_")[2]: getattr(rules, name) for name in names}
