"""What a window says about tickets: call the next, call again, serve, finish, let go, send on, take back."""

from datetime import datetime
from typing import Any

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.tickets import plain_text, state_of, ticket_of
from hallqueue.actions.windows import own_window
from hallqueue.errors import Refused
from hallqueue.lifecycle import move
from hallqueue.models import Call, FallbackPolicy, FallbackReason, Service, Ticket, Window
from hallqueue.routing import derived_reason, first_in_line, may_take
from hallqueue.statements import fetch_both, insert, rows, update

_HELD_HERE = 'SELECT "id", "label" FROM "hallqueue_ticket" WHERE "hall_id" = %s AND "window_id" = %s'
_CALL_HERE = """ FROM "hallqueue_call" one JOIN "hallqueue_ticket" two ON two."id" = one."ticket_id"
    WHERE one."hall_id" = %s AND one."window_id" = %s AND one."ended_at" IS NULL"""


@command
def call_next(c: Command, *, window: int) -> Answer:
    """Call the first in this window's line. Raises Refused: window_not_open, window_has_ticket, nobody_waiting."""
    seat = _ready_window(c, window)
    ticket = first_in_line(seat)
    if ticket is None:
        raise Refused("nobody_waiting")
    return _call(c, seat, ticket)


@command
def pick(c: Command, *, window: int, ticket: int, reason: str) -> Answer:
    """Call one out of turn, with a reason: a waiting, parked or missed ticket that this window may take."""
    seat = _ready_window(c, window)
    found = ticket_of(c, ticket)
    why = a_reason(reason)
    if not (c.by.may_manage or _may_pick(seat, found)):
        raise Refused("not_in_your_line", label=found.label)
    return _call(c, seat, found, reason=why)


@command
def recall(c: Command, *, window: int) -> Answer:
    """Say the call again: audible, and counted."""
    seat, ticket, call = at_window(c, window, "recall")
    seq = move(c.log, ticket, "recall", seat, told={"said": call.said + 1})
    call.said, call.said_at, call.said_seq = call.said + 1, c.now, seq
    update(call, ("said", "said_at", "said_seq"))
    return state_of(ticket) | {"said": call.said}


@command
def start(c: Command, *, window: int) -> Answer:
    """The person is here: serving begins."""
    seat, ticket, call = at_window(c, window, "start")
    move(c.log, ticket, "start", seat, started_at=c.now)
    call.started_at = c.now
    update(call, ("started_at",))
    return state_of(ticket)


@command
def finish(c: Command, *, window: int) -> Answer:
    """Done: the ticket ends."""
    seat, ticket, call = at_window(c, window, "finish")
    move(c.log, ticket, "finish", seat)
    end_call(c, call, "done")
    return state_of(ticket)


@command
def no_show(c: Command, *, window: int) -> Answer:
    """Nobody came (过号)."""
    seat, ticket, call = at_window(c, window, "no_show")
    move(c.log, ticket, "no_show", seat)
    end_call(c, call, "missed")
    return state_of(ticket)


@command
def park(c: Command, *, window: int, reason: str) -> Answer:
    """Set the ticket aside with a reason (挂起), for instance to fetch a paper."""
    seat, ticket, call = at_window(c, window, "park")
    why = a_reason(reason)
    move(c.log, ticket, "park", seat, told={"reason": why}, reason=why)
    end_call(c, call, "parked")
    return state_of(ticket)


@command
def transfer(
    c: Command,
    *,
    window: int,
    reason: str,
    service: str = "",
    to_window: int | None = None,
    fallback: bool = False,
) -> Answer:
    """Send the person on, keeping number and place: to a service, to a window, or to the fallback window.

    Exactly one of `service`, `to_window`, `fallback`. Raises Refused: reason_required, bad_input,
    unknown_service, unknown_window.
    """
    if [bool(service), to_window is not None, fallback].count(True) != 1:
        raise Refused("bad_input", 400, detail="service | to_window | fallback")
    seat, ticket, call = at_window(c, window, "transfer")
    why = a_reason(reason)
    changes = _destination(c, service, to_window, fallback, why)
    count = ticket.transfer_count + 1
    told = {"reason": why, "service": service, "to_window": to_window}
    if not fallback and _too_often(c, seat, count):
        changes = left_to_fallback(FallbackReason.TRANSFERS, why)
        told |= {"service": "", "to_window": None, "wished": service or to_window}
    told["fallback"] = changes["fallback_reason"]
    move(c.log, ticket, "transfer", seat, told=told, transfer_count=count, reason=why, **changes)
    end_call(c, call, "transferred")
    return state_of(ticket) | {"fallback": changes["fallback_reason"], "times": count}


@command
def undo(c: Command, *, window: int, ticket: int) -> Answer:
    """Take back this window's last step on a ticket: call, start, no-show or park."""
    seat, found = own_window(c, window), ticket_of(c, ticket)
    call = found.calls.order_by("-id").first()
    if (
        call is None or call.window_id != seat.pk
    ):  # another window had it since: its step is not ours to take back
        raise Refused("nothing_to_undo", label=found.label)
    before = dict(found.before or {})
    if before.get("window_id"):
        _refuse_closed(seat)
        _refuse_other(seat, found)
    changes = {name: _restored(name, value) for name, value in before.items() if name != "state"}
    move(c.log, found, "undo", seat, told={"undone": found.state}, **changes)
    _mend_call(c, call, found.state)
    return state_of(found)


def _call(c: Command, seat: Window, ticket: Ticket, **told: Any) -> Answer:
    changes = {"window": seat, "called_at": c.now, "started_at": None, "for_window_id": None}
    changes["call_count"] = ticket.call_count + 1
    if why := derived_reason(seat, ticket):
        told["why"] = why
    seq = move(c.log, ticket, "call", seat, told=told, **changes)
    insert(
        Call,
        hall_id=c.hall.pk,
        business_date=ticket.business_date,
        ticket_id=ticket.pk,
        window_id=seat.pk,
        user_id=c.by.user.pk if c.by.user else None,
        called_at=c.now,
        said_at=c.now,
        said_seq=seq,
    )
    (service,) = rows('SELECT "name" FROM "hallqueue_service" WHERE "id" = %s', ticket.service_id)
    return state_of(ticket) | {"window": seat.number, "service": service[0]}


def _ready_window(c: Command, number: int) -> Window:
    seat = own_window(c, number)
    seat.hall = c.hall
    if seat.state != Window.State.OPEN:
        raise Refused("window_not_open", number=number)
    _refuse_other(seat)
    return seat


def _may_pick(seat: Window, ticket: Ticket) -> bool:
    """A window picks from its line, and what was set aside of its own services or by itself."""
    last = ticket.calls.order_by("-id").first()
    if ticket.state != Ticket.State.WAITING and last is not None and last.window_id == seat.pk:
        return True
    return Ticket.objects.filter(may_take(seat), pk=ticket.pk).exists()


def _refuse_closed(seat: Window) -> None:
    """Nobody is at a closed window."""
    if seat.state == Window.State.CLOSED:
        raise Refused("window_not_open", number=seat.number)


def _refuse_other(seat: Window, but: Ticket | None = None) -> None:
    """A window has at most one open ticket (I2)."""
    for held, label in rows(_HELD_HERE, seat.hall_id, seat.pk):
        if but is None or held != but.pk:
            raise Refused("window_has_ticket", number=seat.number, label=label)


def at_window(c: Command, number: int, verb: str) -> tuple[Window, Ticket, Call]:
    """The window, the ticket open at it, and its call; raises Refused("no_ticket_here")."""
    seat = own_window(c, number)
    found = fetch_both(Call, Ticket, _CALL_HERE, c.hall.pk, seat.pk)
    if found is None:
        raise Refused("no_ticket_here", number=number, verb=verb)
    call, ticket, _ = found
    ticket.hall = c.hall
    return seat, ticket, call


def end_call(c: Command, call: Call, outcome: str) -> None:
    """The window's attempt is over."""
    call.ended_at, call.outcome = c.now, outcome
    update(call, ("ended_at", "outcome"))


def _mend_call(c: Command, call: Call, state: str) -> None:
    """After an undo the call stands as the ticket does: open again, not yet started, or never made."""
    if state not in Ticket.OPEN_STATES:
        end_call(c, call, "undone")
        return
    call.ended_at, call.outcome = None, ""
    call.started_at = call.started_at if state == Ticket.State.SERVING else None
    call.save(update_fields=["ended_at", "outcome", "started_at"])


def left_to_fallback(reason: str, note: str) -> dict[str, Any]:
    """What changes on a ticket that is left to the fallback window: a code of FallbackReason, and words."""
    return {"for_window": None, "fallback_reason": str(reason), "fallback_note": note}


def _too_often(c: Command, seat: Window, count: int) -> bool:
    """Whether the hall's policy ends a person's wandering now: the fallback window is open and takes over."""
    limit = FallbackPolicy.of(c.hall).transfers
    if seat.is_fallback or not limit or count < limit:
        return False
    return Window.objects.filter(hall=c.hall, is_fallback=True, state=Window.State.OPEN).exists()


def _restored(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if value and name.endswith("_at") else value


def _destination(c: Command, service: str, to_window: int | None, fallback: bool, why: str) -> dict[str, Any]:
    clear: dict[str, Any] = {"for_window": None, "fallback_reason": "", "fallback_note": ""}
    if fallback:
        return left_to_fallback(FallbackReason.SENT, why)
    if to_window is not None:
        return clear | {"for_window": c.window(to_window)}
    code = plain_text(service, 120)
    found = Service.objects.filter(hall=c.hall, code=code, is_active=True).first()
    if found is None:
        raise Refused("unknown_service", 404)
    return clear | {"service": found}


def a_reason(reason: str) -> str:
    """The reason as it may be stored; raises Refused: reason_required, text_too_long."""
    why = plain_text(reason, 200)
    if not why:
        raise Refused("reason_required")
    return why
