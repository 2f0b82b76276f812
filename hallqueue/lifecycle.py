"""The ticket's states are a table; `move` is the only writer of Ticket.state."""

from typing import Any, NamedTuple

from hallqueue.errors import Refused
from hallqueue.events import Log
from hallqueue.models import Ticket, Window
from hallqueue.statements import update

W, C, S, P, M = "waiting", "called", "serving", "parked", "missed"


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
    "redirect": Move((W,), "waiting", "ticket.redirected"),
    "refuse": Move((C, S), "waiting", "ticket.refused"),
    "fall_back": Move((W,), "waiting", "ticket.fell_back"),
    "requeue": Move((P, M), "waiting", "ticket.requeued"),
    "undo": Move((C, S, M, P), "the state before", "ticket.undone"),
    "cancel": Move((W, P, M), "cancelled", "ticket.cancelled"),
    "expire": Move((W, C, S, P, M), "expired", "ticket.expired"),
}

# What `undo` can bring back: everything a verb may change on the ticket.
KEPT = (
    "state",
    "precedence",
    "position",
    "klass",
    "service_id",
    "window_id",
    "for_window_id",
    "fallback_reason",
    "fallback_note",
    "waiting_at",
    "reason",
    "called_at",
    "started_at",
    "call_count",
    "transfer_count",
)


def move(
    log: Log, ticket: Ticket, verb: str, window: Window | None = None, /, *, told: Any = None, **changes: Any
) -> int:
    """Move `ticket` by `verb`, apply `changes` to its fields, log it with `told`; returns the event's seq.

    Raises Refused("wrong_state") where MOVES does not allow it, and again if another hand was quicker.
    """
    origin, rule = ticket.state, MOVES[verb]
    if origin not in rule.origins:
        raise Refused("wrong_state", verb=verb, state=origin, label=ticket.label)
    target = _state_before(ticket) if verb == "undo" else rule.target
    _keep_before(ticket, verb)
    for name, value in changes.items():
        setattr(ticket, name, value)
    ticket.state = target
    if target == Ticket.State.WAITING != origin and verb != "undo":
        ticket.waiting_at = log.at
    if target not in Ticket.OPEN_STATES:
        ticket.window = None
    if target in Ticket.ENDED_STATES:
        ticket.ended_at = log.at
    _write(ticket, origin, [*changes, "state", "window", "waiting_at", "before", "ended_at"])
    return log.record(rule.event, ticket, window, **{"from": origin, "to": target}, **(told or {}))


def _state_before(ticket: Ticket) -> str:
    if not ticket.before:
        raise Refused("nothing_to_undo", label=ticket.label)
    state: str = ticket.before["state"]
    return state


def _keep_before(ticket: Ticket, verb: str) -> None:
    """Remember one step back; a recall changes nothing worth undoing, and an undo is not itself undone."""
    if verb == "undo":
        ticket.before = None
    elif verb != "recall":
        ticket.before = {name: _plain(getattr(ticket, name)) for name in KEPT}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _write(ticket: Ticket, origin: str, names: list[str]) -> None:
    """A conditional UPDATE that must change exactly one row: the second fence behind the hall's lock."""
    columns = sorted({Ticket._meta.get_field(name).attname for name in names})  # type: ignore[union-attr]
    changed = update(ticket, columns, '"hall_id" = %s AND "state" = %s', ticket.hall_id, origin)
    if changed != 1:
        raise Refused("wrong_state", verb="move", state=origin, label=ticket.label)
