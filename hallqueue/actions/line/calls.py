"""What the verbs at a window share: its open ticket and call, a call's end, a reason, the way to the fallback."""

from typing import Any

from hallqueue.actions.command import Command
from hallqueue.actions.line.tickets import masked_text
from hallqueue.actions.windows import own_window
from hallqueue.claims import applies, may_take
from hallqueue.errors import Refused
from hallqueue.models import Call, Ticket, Window
from hallqueue.statements import fetch_both, rows, update

_HELD_HERE = 'SELECT "id", "label" FROM "hallqueue_ticket" WHERE "hall_id" = %s AND "window_id" = %s'
_CALL_HERE = """ FROM "hallqueue_call" one JOIN "hallqueue_ticket" two ON two."id" = one."ticket_id"
    WHERE one."hall_id" = %s AND one."window_id" = %s AND one."ended_at" IS NULL"""


def at_window(c: Command, number: int, verb: str) -> tuple[Window, Ticket, Call]:
    """The window, the ticket open at it, and its call; raises Refused("no_ticket_here")."""
    seat = own_window(c, number)
    found = fetch_both(Call, Ticket, _CALL_HERE, c.hall.pk, seat.pk)
    if found is None:
        raise Refused("no_ticket_here", number=number, verb=verb)
    call, ticket, _ = found
    ticket.hall = c.hall
    return seat, ticket, call


def ready_window(c: Command, number: int) -> Window:
    """The person's own window, open and free; raises Refused: window_not_open, window_has_ticket."""
    seat = own_window(c, number)
    seat.hall = c.hall
    if seat.state != Window.State.OPEN:
        raise Refused("window_not_open", number=number)
    refuse_other(seat)
    return seat


def refuse_other(seat: Window, but: Ticket | None = None) -> None:
    """A window has at most one open ticket (I2)."""
    for held, label in rows(_HELD_HERE, seat.hall_id, seat.pk):
        if but is None or held != but.pk:
            raise Refused("window_has_ticket", number=seat.number, label=label)


def refuse_strange(c: Command, seat: Window, ticket: Ticket) -> None:
    """A window picks from its line, and what was set aside of its own services or by itself."""
    if not (c.by.may_manage or _is_ours(seat, ticket)):
        raise Refused("not_in_your_line", label=ticket.label)


def _is_ours(seat: Window, ticket: Ticket) -> bool:
    last = ticket.calls.order_by("-id").first()
    if ticket.state != Ticket.State.WAITING and last is not None and last.window_id == seat.pk:
        return True
    return applies(may_take(seat), ticket)


def end_call(c: Command, call: Call, outcome: str) -> None:
    """The attempt is over."""
    call.ended_at, call.outcome = c.now, outcome
    update(call, ("ended_at", "outcome"))


def a_reason(reason: str, limit: int = 200) -> str:
    """A reason as it may be stored; raises Refused: reason_required, text_too_long."""
    why = masked_text(reason, limit)
    if not why:
        raise Refused("reason_required")
    return why


def left_to_fallback(reason: str, note: str) -> dict[str, Any]:
    """What changes on a ticket that is left to the fallback window: a code of FallbackReason, and words."""
    return {"for_window": None, "fallback_reason": str(reason), "fallback_note": note}
