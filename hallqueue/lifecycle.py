"""The ticket's states are a table; `move` is the only writer of Ticket.state."""

from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

from hallqueue.errors import Refused
from hallqueue.events import Log
from hallqueue.models import Ticket, Window
from hallqueue.statements import update

W, C, S, P, M, J = "waiting", "called", "serving", "parked", "missed", "joined"


class Move(NamedTuple):
    """What one verb does: from which states, to which, and what the log calls it."""

    origins: tuple[str, ...]
    target: str
    event: str


MOVES: dict[str, Move] = {
    "call": Move((W, P, M), "called", "ticket.called"),
    "recall": Move((C,), "called", "ticket.recalled"),
    "start": Move((C,), "serving", "ticket.started"),
    "finish": Move((S,), "done", "ticket.finished"),
    "no_show": Move((C,), "missed", "ticket.missed"),
    "park": Move((C, S), "parked", "ticket.parked"),
    "transfer": Move((C, S, P), "waiting", "ticket.transferred"),
    "advance": Move((S,), "waiting", "ticket.advanced"),
    "reroute": Move((W,), "waiting", "ticket.rerouted"),
    "redirect": Move((W,), "waiting", "ticket.redirected"),
    "refuse": Move((C, S), "waiting", "ticket.refused"),
    "fall_back": Move((W,), "waiting", "ticket.fell_back"),
    "requeue": Move((P, M), "waiting", "ticket.requeued"),
    "correct": Move((W, C, S, P, M), "the same state", "ticket.corrected"),
    "join": Move((W, P, M), "joined", "ticket.joined"),
    "undo": Move((W, C, S, M, P, J), "the state before", "ticket.undone"),
    "cancel": Move((W, P, M), "cancelled", "ticket.cancelled"),
    "expire": Move((W, C, S, P, M), "expired", "ticket.expired"),
}

MOVING = frozenset(rule.event for rule in MOVES.values())
"""The lines of the log whose `to` is a state."""

# What `undo` can bring back: everything a verb may change on the ticket.
KEPT = (
    "state",
    "precedence",
    "position",
    "klass",
    "service_id",
    "window_id",
    "for_window_id",
    "return_to_id",
    "joined_to_id",
    "fallback_reason",
    "fallback_note",
    "waiting_at",
    "reason",
    "called_at",
    "started_at",
    "call_count",
    "transfer_count",
    "requeue_count",
    "remind_at",
    "reminded_at",
    "matters",
)

_kept = attrgetter(*KEPT)

ALWAYS = ("state", "window", "waiting_at", "before", "ended_at", "remind_at", "reminded_at")

# Staying where one is, and not worth taking back.
UNKEPT = ("recall",)


def move(
    log: Log, ticket: Ticket, verb: str, window: Window | None = None, /, *, told: Any = None, **changes: Any
) -> int:
    """Move `ticket` by `verb`, apply `changes` to its fields, log it with `told`; returns the event's seq.

    Raises Refused("wrong_state") where MOVES does not allow it, and again if another hand was quicker.
    """
    origin, rule = ticket.state, MOVES[verb]
    if origin not in rule.origins:
        raise Refused("wrong_state", verb=verb, state=origin, label=ticket.label)
    target = _target(ticket, verb)
    _keep_before(ticket, verb)
    for name, value in changes.items():
        setattr(ticket, name, value)
    ticket.state = target
    if target == Ticket.State.WAITING != origin and verb != "undo":
        ticket.waiting_at = log.at
    if target not in Ticket.OPEN_STATES:
        ticket.window = None
    ticket.ended_at = log.at if target in Ticket.ENDED_STATES else None
    if origin == Ticket.State.PARKED and verb not in ("undo", "correct"):
        ticket.remind_at = ticket.reminded_at = None
    _write(ticket, origin, [*changes, *ALWAYS])
    return log.record(rule.event, ticket, window, **{"from": origin, "to": target}, **(told or {}))


def _target(ticket: Ticket, verb: str) -> str:
    if verb == "correct":
        return ticket.state
    return _state_before(ticket) if verb == "undo" else MOVES[verb].target


def _state_before(ticket: Ticket) -> str:
    """Somebody who waits was brought there by a transfer, or by a verb that is not taken back."""
    before = ticket.before
    if not before or (ticket.state == Ticket.State.WAITING and before.get("verb") != "transfer"):
        raise Refused("nothing_to_undo", label=ticket.label)
    state: str = before["state"]
    return state


def _keep_before(ticket: Ticket, verb: str) -> None:
    """Remember one step back; a recall changes nothing worth undoing, and an undo is not itself undone."""
    if verb == "undo":
        ticket.before = None
    elif verb not in UNKEPT:
        ticket.before = {name: _plain(value) for name, value in zip(KEPT, _kept(ticket), strict=True)}
        ticket.before["verb"] = verb


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _write(ticket: Ticket, origin: str, names: list[str]) -> None:
    """A conditional UPDATE that must change exactly one row: the second fence behind the hall's lock."""
    columns = sorted({Ticket._meta.get_field(name).attname for name in names})  # type: ignore[union-attr]
    changed = update(ticket, columns, '"hall_id" = %s AND "state" = %s', ticket.hall_id, origin)
    if changed != 1:
        raise Refused("wrong_state", verb="move", state=origin, label=ticket.label)
