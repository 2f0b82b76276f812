"""What the desk says about a ticket: a priority is verified or taken back, a slip is asked for."""

from typing import Any

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.line.tickets import PRIORITY_KINDS, state_of, ticket_of
from hallqueue.errors import Refused
from hallqueue.models import Event, Klass, Ticket
from hallqueue.routing import PRECEDENCE
from hallqueue.statements import update

VERIFIABLE = (Ticket.State.WAITING, Ticket.State.PARKED, Ticket.State.MISSED)
WHY_A_SLIP = ("asked", "not_printed", "unreadable", "lost", "other")


@command
def verify(c: Command, *, ticket: int, kind: str) -> Answer:
    """The proof of a priority was seen at the desk: the ticket's class becomes priority, its place by arrival stays.

    Only the kind is kept, never the proof. Raises Refused: not_allowed, unknown_ticket, bad_input, wrong_state,
    already_verified.
    """
    c.desk_only()
    if kind not in PRIORITY_KINDS:
        raise Refused("bad_input", 400, detail="kind")
    found = _verifiable(c, ticket, "verify")
    last = last_verification(found)
    if last is not None and found.priority_kind == kind:
        raise Refused("already_verified", label=found.label)
    came = last.data["came"] if last else {"klass": found.klass, "kind": found.priority_kind}
    if came["klass"] == Klass.PRIORITY:  # claimed at the kiosk: without the proof it would be ordinary
        came = {"klass": Klass.ORDINARY.value, "kind": ""}
    return _reclass(c, found, "ticket.verified", Klass.PRIORITY, kind, came=came)


@command
def take_back_priority(c: Command, *, ticket: int) -> Answer:
    """A priority was given or claimed without ground: the ticket gets the class it would have without it.

    Raises Refused: not_allowed, unknown_ticket, wrong_state, no_priority.
    """
    c.desk_only()
    found = _verifiable(c, ticket, "unverify")
    if found.klass != Klass.PRIORITY:
        raise Refused("no_priority", label=found.label)
    last = last_verification(found)
    came = last.data["came"] if last else {"klass": Klass.ORDINARY, "kind": ""}
    return _reclass(c, found, "ticket.unverified", Klass(came["klass"]), came["kind"])


@command
def ask_slip(c: Command, *, ticket: int, why: str, printer: int | None = None) -> Answer:
    """Ask for a ticket's slip on paper: the first if it has none yet, else once more, marked and counted.

    Only the wish is logged (`slip.asked`); who prints follows the log. `printer` names one of theirs, None leaves the
    choice to them. Raises Refused: not_allowed, bad_input, unknown_ticket, reprint_over.
    """
    c.desk_only()
    if why not in WHY_A_SLIP:
        raise Refused("bad_input", 400, detail="why")
    found = ticket_of(c, ticket)
    if found.state in Ticket.ENDED_STATES:
        raise Refused("reprint_over", label=found.label)
    c.log.record("slip.asked", found, why=why, printer=printer)
    return state_of(found)


def last_verification(ticket: Ticket) -> Event | None:
    """The event of the verification that stands, if there is one."""
    kinds = ("ticket.verified", "ticket.unverified")
    last = Event.objects.filter(ticket=ticket, kind__in=kinds).order_by("-seq").first()
    return last if last is not None and last.kind == "ticket.verified" else None


def _verifiable(c: Command, ticket: int, verb: str) -> Ticket:
    found = ticket_of(c, ticket)
    if found.state not in VERIFIABLE:
        raise Refused("wrong_state", verb=verb, state=found.state, label=found.label)
    return found


def _reclass(c: Command, ticket: Ticket, event: str, klass: Klass, kind: str, **told: Any) -> Answer:
    """Change the class, also in what an undo would bring back: the proof was seen whatever a window takes back."""
    told |= {"from": ticket.klass, "to": klass.value, "kind": kind}
    ticket.klass, ticket.priority_kind, ticket.precedence = klass, kind, PRECEDENCE[klass]
    if ticket.before:
        ticket.before = ticket.before | {"klass": klass.value, "precedence": ticket.precedence}
    update(ticket, ("klass", "priority_kind", "precedence", "before"))
    c.log.record(event, ticket, **told)
    return state_of(ticket) | {"klass": klass.value, "priority": kind}
