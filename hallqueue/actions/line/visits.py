"""One person's visit: join two numbers of one person (并号), put a wrong service right, note who came along."""

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.line.calls import at_window
from hallqueue.actions.line.matters import matters_of, refuse_too_many
from hallqueue.actions.line.tickets import active_service, check_people, masked_text, state_of, ticket_of
from hallqueue.errors import Refused
from hallqueue.lifecycle import move
from hallqueue.models import Service, Ticket
from hallqueue.statements import update


@command
def join(c: Command, *, window: int, ticket: int) -> Answer:
    """The person at the window holds a second number: its matters come into this visit, and that number ends.

    A waiting, parked or missed ticket; `undo` parts them again. Raises Refused: wrong_state, on_a_journey,
    too_many_matters.
    """
    seat, whole, _ = at_window(c, window, "join")
    other = ticket_of(c, ticket)
    _refuse_journeys(whole, other)
    brought = [matter | {"joined": other.pk} for matter in matters_of(other)]
    matters = [*matters_of(whole), *brought]
    refuse_too_many(matters)
    told = {"into": whole.pk, "into_label": whole.label}
    move(c.log, other, "join", seat, told=told, joined_to=whole)
    whole.keep_matters(matters)
    update(whole, ("matters", "before"))
    return state_of(other) | {"into": whole.label}


@command
def correct(c: Command, *, window: int, service: str) -> Answer:
    """The person at the window came for another service: the number stays.

    Raises Refused: on_a_journey, unknown_service, service_inactive, same_service.
    """
    _, ticket, _ = at_window(c, window, "correct")
    return _correct(c, ticket, service)


@command
def correct_ticket(c: Command, *, ticket: int, service: str) -> Answer:
    """As `correct`, of a ticket that waits, is parked or was missed: said at the desk."""
    found = ticket_of(c, ticket)
    if found.state in Ticket.OPEN_STATES:
        raise Refused("wrong_state", verb="correct", state=found.state, label=found.label)
    return _correct(c, found, service)


@command
def note(c: Command, *, window: int, people: int = 1, note: str = "") -> Answer:
    """How many came together with the person at the window, and what the next clerk should know."""
    seat, ticket, _ = at_window(c, window, "note")
    check_people(people)
    ticket.people, ticket.note = people, masked_text(note, 200)
    update(ticket, ("people", "note"))
    c.log.record("ticket.noted", ticket, seat, people=people, noted=bool(ticket.note))
    return state_of(ticket)


def _refuse_journeys(*tickets: Ticket) -> None:
    """A journey knows its own services and their order; raises Refused("on_a_journey")."""
    for each in tickets:
        if each.journey is not None:
            raise Refused("on_a_journey", label=each.label, name=each.journey.name)


def _correct(c: Command, ticket: Ticket, code: str) -> Answer:
    _refuse_journeys(ticket)
    wanted = active_service(c, code)
    if wanted.pk == ticket.service_id:
        raise Refused("same_service", label=ticket.label)
    was = Service.objects.get(pk=ticket.service_id)
    told = {"service": wanted.code, "was": was.code}
    matters = [_instead(matter, was.pk, wanted.pk) for matter in ticket.matters]
    move(c.log, ticket, "correct", ticket.window, told=told, service=wanted, matters=matters)
    return state_of(ticket) | {"service": wanted.name}


def _instead(matter: dict[str, object], was: int, wanted: int) -> dict[str, object]:
    """The matter that was taken for the wrong one, corrected; those that came with other numbers stay."""
    mistaken = matter["service"] == was and matter["joined"] is None and not matter["result"]
    return matter | {"service": wanted} if mistaken else matter
