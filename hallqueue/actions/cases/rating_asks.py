"""Who is asked for a rating: whoever was served, once for each matter, whatever the window pressed at the end."""

from collections.abc import Sequence
from datetime import date, datetime

from hallqueue.actions.command import Command
from hallqueue.actions.line.matters import STILL_OPEN, matters_of
from hallqueue.models import Call, Rating, Service, Ticket
from hallqueue.statements import exists, insert

_ASKED = """SELECT 1 FROM "hallqueue_rating" WHERE "hall_id" = %s AND "ticket_id" = %s
    AND "service_id" = %s AND "position" = %s"""
SENT = ("ticket.transferred", "ticket.advanced", "ticket.rerouted", "ticket.redirected")
NAMING = ("ticket.issued", "ticket.corrected", *SENT)
"""Lines of the log that say for which service a ticket is from now on, where it changed; by `SENT` it went on there."""
TRANSFERRED, UNDONE = "ticket.transferred", "ticket.undone"


def ask_ratings(c: Command, ticket: Ticket, call: Call, ended: Sequence[tuple[int, int]]) -> None:
    """Ask for a rating of each matter that was over at a call's window, by (position, id of its service); each once."""
    _ask(c, ticket, call, ended, c.business_date, c.now)


def ask_unfinished(c: Command, ticket: Ticket) -> None:
    """A ticket is over without `finish`: who was being served when last at a window may rate that all the same.

    Else a person set aside or sent on until they go, or called and never finished, would be kept from it. As of when
    they left the window: nobody stands before its pad any more.
    """
    call = ticket.calls.filter(started_at__isnull=False).order_by("-id").first()
    if call is None or Rating.objects.filter(hall=c.hall, call=call).exists():
        return
    matters = enumerate(matters_of(ticket))
    left = next((position for position, each in matters if each["result"] in STILL_OPEN), None)
    at = call.ended_at or call.started_at
    assert at is not None
    if left is not None:
        _ask(c, ticket, call, [(left, _served(ticket, call))], ticket.business_date, at)


def _served(ticket: Ticket, call: Call) -> int:
    """The id of the service that a call was about: the ticket's, unless it was sent on to another since."""
    code = ""
    for seq, kind, named in _standing(ticket):
        if kind in SENT and seq > call.said_seq:
            break
        code = named or code
    else:
        return ticket.service_id
    found = Service.objects.filter(hall=ticket.hall_id, code=code).values_list("pk", flat=True).first()
    return found or ticket.service_id


def _standing(ticket: Ticket) -> list[tuple[int, str, str]]:
    """The NAMING lines (seq, kind, code or "") in their order; a transfer that was taken back was never made."""
    lines: list[tuple[int, str, str]] = []
    told = ticket.events.filter(kind__in=(*NAMING, UNDONE)).order_by("seq")
    for seq, kind, data in told.values_list("seq", "kind", "data"):
        if kind != UNDONE:
            lines.append((seq, kind, data.get("service") or ""))
        elif data.get("verb") == "transfer":
            made = [number for number, line in enumerate(lines) if line[1] == TRANSFERRED]
            del lines[made[-1] if made else len(lines) :]
    return lines


def _ask(
    c: Command, ticket: Ticket, call: Call, ended: Sequence[tuple[int, int]], on: date, at: datetime
) -> None:
    for position, service in ended:
        if not exists(_ASKED, c.hall.pk, ticket.pk, service, position):
            insert(
                Rating,
                hall_id=c.hall.pk,
                ticket_id=ticket.pk,
                call_id=call.pk,
                position=position,
                service_id=service,
                window_id=call.window_id,
                user_id=call.user_id,
                business_date=on,
                asked_at=at,
            )
