"""What a citizen does with the own number, on the ticket's page: come back after a no-show, or give the number back."""

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.line.tickets import bring_back, call_off
from hallqueue.errors import Refused
from hallqueue.models import Rules, Ticket


@command
def requeue_own(c: Command, *, token: str) -> Answer:
    """Come back into the line after a no-show, by the hall's rules. Raises Refused: desk_only and those of requeue."""
    ticket = _own(c, token)
    if not Rules.of(c.hall).citizens_requeue:
        raise Refused("desk_only")
    if ticket.state != Ticket.State.MISSED:  # whoever is parked goes back to the window
        raise Refused("wrong_state", verb="requeue", state=ticket.state, label=ticket.label)
    return bring_back(c, ticket)


@command
def cancel_own(c: Command, *, token: str) -> Answer:
    """Give the number back, for good: the page asks twice. Raises Refused: desk_only, wrong_state."""
    ticket = _own(c, token)
    if not Rules.of(c.hall).citizens_cancel:
        raise Refused("desk_only")
    return call_off(c, ticket, "")


def _own(c: Command, token: str) -> Ticket:
    found = Ticket.objects.filter(hall=c.hall, token=token).select_related("service", "window").first()
    if found is None or found.business_date < c.business_date:
        raise Refused("unknown_ticket", 404)
    found.hall = c.hall
    return found
