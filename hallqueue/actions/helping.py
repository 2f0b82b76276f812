"""Calls for a helper: somebody asks, somebody from the desk takes it, and says how it ended."""

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.line.tickets import masked_text, ticket_of
from hallqueue.errors import Refused
from hallqueue.models import HelpCall, Ticket


@command
def ask_for_help(
    c: Command, *, kind: str, place: str, spot: str = "", ticket: int | None = None, note: str = ""
) -> Answer:
    """Ask for a helper; `spot` says which kiosk, window or seat. Asked twice for one thing, it is one call.

    Raises Refused: bad_input, text_too_long, unknown_ticket, ticket_over.
    """
    _check_choice("kind", kind, HelpCall.Kind.values)
    _check_choice("place", place, HelpCall.Place.values)
    found = _living(c, ticket) if ticket is not None else None
    about = {"kind": kind, "place": place, "spot": masked_text(spot, 60), "ticket": found}
    same = {"kind": kind, "ticket": found} if found else about
    standing = HelpCall.objects.filter(hall=c.hall, done_at=None, **same).first()
    if standing is not None:
        return _answer(standing) | {"again": True}
    call = HelpCall.objects.create(
        hall=c.hall,
        business_date=c.business_date,
        note=masked_text(note, 100),
        asked_by=c.by.name,
        asked_at=c.now,
        **about,
    )
    c.log.record("help.asked", found, call=call.pk, kind=kind, place=place, spot=call.spot)
    return _answer(call) | {"again": False}


@command
def take_help(c: Command, *, call: int) -> Answer:
    """Somebody goes there. Raises Refused: not_allowed, unknown_help, help_over, help_taken."""
    found = _open_call(c, call)
    if found.taken_at is not None and found.taken_by != c.by.user:
        raise Refused("help_taken", name=str(found.taken_by or "-"))
    if found.taken_at is None:
        found.taken_by, found.taken_at = c.by.user, c.now
        found.save(update_fields=["taken_by", "taken_at"])
        c.log.record("help.taken", found.ticket, call=found.pk)
    return _answer(found)


@command
def release_help(c: Command, *, call: int) -> Answer:
    """It was taken by mistake, or another must go: open to everybody again."""
    found = _open_call(c, call)
    if found.taken_at is not None:
        found.taken_by = found.taken_at = None
        found.save(update_fields=["taken_by", "taken_at"])
        c.log.record("help.released", found.ticket, call=found.pk)
    return _answer(found)


@command
def finish_help(c: Command, *, call: int, outcome: str = "helped") -> Answer:
    """It is over, and how. Raises Refused: not_allowed, unknown_help, help_over, bad_input."""
    _check_choice("outcome", outcome, HelpCall.Outcome.values)
    found = _open_call(c, call)
    if found.taken_at is None:
        found.taken_by, found.taken_at = c.by.user, c.now
    found.done_at, found.outcome = c.now, outcome
    found.save(update_fields=["taken_by", "taken_at", "done_at", "outcome"])
    c.log.record("help.finished", found.ticket, call=found.pk, outcome=outcome)
    return _answer(found)


def _open_call(c: Command, call: int) -> HelpCall:
    c.desk_only()
    found = HelpCall.objects.filter(hall=c.hall, pk=call).select_related("ticket", "taken_by").first()
    if found is None:
        raise Refused("unknown_help", 404)
    if found.done_at is not None:
        raise Refused("help_over")
    return found


def _living(c: Command, ticket: int) -> Ticket:
    found = ticket_of(c, ticket)
    if found.state in Ticket.ENDED_STATES:
        raise Refused("ticket_over", label=found.label)
    return found


def _check_choice(name: str, value: str, allowed: list[str]) -> None:
    if value not in allowed:
        raise Refused("bad_input", 400, detail=name)


def _answer(call: HelpCall) -> Answer:
    return {
        "call": call.pk,
        "kind": call.kind,
        "taken": call.taken_at is not None,
        "done": call.done_at is not None,
    }
