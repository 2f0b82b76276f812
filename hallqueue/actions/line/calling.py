"""What a window says about tickets: call the next, call again, serve, let go, take back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from hallqueue.actions.cases.rating_asks import ask_ratings
from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.line.calls import (
    a_reason,
    at_window,
    end_call,
    ready_window,
    refuse_other,
    refuse_strange,
)
from hallqueue.actions.line.matters import ended_here, results_of, way_on
from hallqueue.actions.line.stages import step_on
from hallqueue.actions.line.tickets import masked_text, state_of, ticket_of
from hallqueue.actions.windows import own_window
from hallqueue.errors import Refused
from hallqueue.lifecycle import move
from hallqueue.models import Call, Rules, Ticket, Window
from hallqueue.order import PRECEDENCE
from hallqueue.routing import derived_reason, next_called
from hallqueue.statements import insert, rows, update

_SERVICE = 'SELECT "name" FROM "hallqueue_service" WHERE "id" = %s'


@command
def call_next(c: Command, *, window: int) -> Answer:
    """Call the first in this window's line. Raises Refused: window_not_open, window_has_ticket, nobody_waiting."""
    seat = ready_window(c, window)
    called = next_called(seat)
    if called is None:
        raise Refused("nobody_waiting")
    return _call(c, seat, called.ticket, called.why.turn, called.scope, order=called.why.code)


@command
def pick(c: Command, *, window: int, ticket: int, reason: str) -> Answer:
    """Call one out of turn, with a reason: a waiting, parked or missed ticket that this window may take."""
    seat = ready_window(c, window)
    found = ticket_of(c, ticket)
    why = a_reason(reason)
    refuse_strange(c, seat, found)
    return _call(c, seat, found, reason=why)


@command
def recall(c: Command, *, window: int) -> Answer:
    """Say the call again: audible, and counted. Raises Refused("recall_too_soon") within the hall's pause."""
    seat, ticket, call = at_window(c, window, "recall")
    if ticket.state == Ticket.State.CALLED:
        _refuse_haste(c, call, Rules.of(c.hall))
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
def finish(c: Command, *, window: int, results: Sequence[str] = (), papers: str = "") -> Answer:
    """The matters at the window are over: the ticket ends, or goes on to where it is still wanted.

    `results`: done, not_done or sent_on for each open matter in its order (absent ones are done); one that is sent
    on goes on to that service. A person lent by another clerk goes back there; a journey
    goes on to its next step. `papers`: what an e-licence replaced.
    Raises Refused: bad_input, text_too_long.
    """
    seat, ticket, call = at_window(c, window, "finish")
    replaced = masked_text(papers, 200)
    matters = results_of(ticket, results)
    noted = {"matters": matters, "replaced_papers": replaced or ticket.replaced_papers}
    told: Answer = {"matters": [matter["result"] for matter in matters]} if matters else {}
    told |= {"papers": replaced} if replaced else {}
    onward = way_on(seat, ticket, matters) or step_on(c, seat, ticket, call)
    ended = ended_here(ticket, matters, onward)
    if ticket.state != Ticket.State.SERVING or onward is None:
        move(c.log, ticket, "finish", seat, told=told, return_to=None, **noted)
    else:
        move(c.log, ticket, onward.verb, seat, told=told | onward.told, **noted, **onward.changes)
    end_call(c, call, "done")
    ask_ratings(c, ticket, call, ended)
    return state_of(ticket) | {"to": onward.to if onward else ""}


@command
def no_show(c: Command, *, window: int) -> Answer:
    """Nobody came (过号), although called as often and as long as the hall's rules ask.

    Raises Refused: no_show_too_few (calls are missing), no_show_too_soon (the last call was just now).
    """
    seat, ticket, call = at_window(c, window, "no_show")
    if ticket.state == Ticket.State.CALLED:
        _refuse_early_no_show(c, call)
    move(c.log, ticket, "no_show", seat)
    end_call(c, call, "missed")
    return state_of(ticket)


@command
def undo(c: Command, *, window: int, ticket: int) -> Answer:
    """Take back this window's last step on a ticket: call, start, no-show, park, transfer, correction or joining."""
    seat, found = own_window(c, window), ticket_of(c, ticket)
    call = found.calls.order_by("-id").first()
    if found.state == Ticket.State.JOINED:
        return _part(c, seat, found)
    if call is None or call.window_id != seat.pk:
        # another window had it since: its step is not ours to take back
        raise Refused("nothing_to_undo", label=found.label)
    was_open = found.state in Ticket.OPEN_STATES
    if (found.before or {}).get("window_id"):
        _refuse_closed(seat)
        refuse_other(seat, found)
    _bring_back(c, seat, found)
    if was_open or found.state in Ticket.OPEN_STATES:
        _mend_call(c, call, found.state)
    return state_of(found)


def _call(
    c: Command, seat: Window, ticket: Ticket, turn: str = "", scope: int | None = None, **told: Any
) -> Answer:
    """Call somebody; `turn` is what a call made in turn counts as, and in which scope.

    What waiting had given them ends here.
    """
    changes = {"window": seat, "called_at": c.now, "started_at": None, "for_window_id": None}
    changes |= {"call_count": ticket.call_count + 1, "precedence": PRECEDENCE[ticket.klass]}
    ((name,),) = rows(_SERVICE, ticket.service_id)
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
        klass=ticket.klass,
        turn=turn,
        scope=scope if turn else None,
    )
    return state_of(ticket) | {"window": seat.number, "service": name}


def _refuse_haste(c: Command, call: Call, rules: Rules) -> None:
    left = _seconds_until(c.now, call.said_at, rules.seconds_between_calls)
    if left > 0:
        raise Refused("recall_too_soon", wait=left, pause=rules.seconds_between_calls)


def _refuse_early_no_show(c: Command, call: Call) -> None:
    rules = Rules.of(c.hall)
    if not rules.calls_before_no_show:
        return
    pause, missing = rules.seconds_between_calls, rules.calls_before_no_show - call.said
    said = {"said": call.said, "calls": rules.calls_before_no_show, "pause": pause}
    if missing > 0:
        wait = max(0, _seconds_until(c.now, call.said_at, pause * (missing + 1)))
        raise Refused("no_show_too_few", missing=missing, wait=wait, **said)
    left = _seconds_until(c.now, call.said_at, pause)
    if left > 0:
        raise Refused("no_show_too_soon", wait=left, **said)


def _seconds_until(now: datetime, since: datetime, pause: int) -> int:
    """Whole seconds from now, rounded up, until `pause` seconds after `since`."""
    return -int((now - since - timedelta(seconds=pause)) // timedelta(seconds=1))


def _refuse_closed(seat: Window) -> None:
    """Nobody is at a closed window."""
    if seat.state == Window.State.CLOSED:
        raise Refused("window_not_open", number=seat.number)


def _bring_back(c: Command, seat: Window, ticket: Ticket) -> None:
    before = dict(ticket.before or {})
    changes = {
        name: _restored(name, value) for name, value in before.items() if name not in ("state", "verb")
    }
    told = {"undone": ticket.state, "verb": before.get("verb", "")}
    move(c.log, ticket, "undo", seat, told=told, **changes)


def _part(c: Command, seat: Window, joined: Ticket) -> Answer:
    """The joined number is its own again, while the person it was joined to is still at this window."""
    whole = joined.joined_to
    if whole is None or whole.window_id != seat.pk:
        raise Refused("nothing_to_undo", label=joined.label)
    _bring_back(c, seat, joined)
    whole.keep_matters([matter for matter in whole.matters if matter["joined"] != joined.pk])
    update(whole, ("matters", "before"))
    return state_of(joined)


def _mend_call(c: Command, call: Call, state: str) -> None:
    """After an undo the call stands as the ticket does: open again, not yet started, or never made."""
    if state not in Ticket.OPEN_STATES:
        end_call(c, call, "undone")
        return
    call.ended_at, call.outcome = None, ""
    call.started_at = call.started_at if state == Ticket.State.SERVING else None
    call.save(update_fields=["ended_at", "outcome", "started_at"])


def _restored(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if value and name.endswith("_at") else value
