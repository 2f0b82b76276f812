"""The concern's states are a table; `move` is the only writer of Concern.state, and of its story."""

from typing import Any, NamedTuple

from hallqueue.errors import Refused
from hallqueue.events import Log
from hallqueue.models import Concern, ConcernStep

N, A, C, H, P = "new", "accepted", "classified", "assigned", "paused"
R, T, B, Z = "resolved", "told", "called_back", "archived"

SAME, BEFORE = "the same state", "the state before the pause"
HANDLER, MANAGER, HALL = "handler", "manager", "hall"
"""Whose hands a verb asks for; a manager's may do what a handler's may."""


class Move(NamedTuple):
    """What one verb does: from which states, to which, what the log calls it, in whose hands, told what."""

    origins: tuple[str, ...]
    target: str
    event: str
    hands: str = HANDLER
    needs: tuple[str, ...] = ()


MOVES: dict[str, Move] = {
    "accept": Move((N,), A, "concern.accepted"),
    "classify": Move((A, C, H), C, "concern.classified", needs=("grade", "kind")),
    "assign": Move((C, H), H, "concern.assigned", needs=("handler",)),
    "note": Move((A, C, H), SAME, "concern.noted", needs=("note",)),
    "resolve": Move((C, H), R, "concern.resolved", needs=("answer", "cause")),
    "tell": Move((R,), T, "concern.told", needs=("how",)),
    "call_back": Move((T,), B, "concern.called_back", needs=("satisfaction",)),
    "archive": Move((B,), Z, "concern.archived", MANAGER),
    "reopen": Move((R, T, B, Z), A, "concern.reopened", needs=("reason",)),
    "escalate": Move((N, A, C, H), SAME, "concern.escalated", needs=("reason",)),
    "ask_pause": Move((C, H), SAME, "concern.pause_asked", needs=("reason",)),
    "grant_pause": Move((C, H), P, "concern.paused", MANAGER),
    "deny_pause": Move((C, H), SAME, "concern.pause_denied", MANAGER, ("reason",)),
    "resume": Move((P,), BEFORE, "concern.resumed", needs=("reason",)),
    "remind": Move((N, A, C, H), SAME, "concern.reminded", HALL),
    "overdue": Move((N, A, C, H), SAME, "concern.overdue", HALL),
    "recount": Move((N, A, C, H, P), SAME, "concern.recounted", HALL),
    "raise_level": Move((N, A, C, H), SAME, "concern.escalated", HALL),
    "erase": Move((N, A, C, H, P, R, T, B, Z), SAME, "concern.erased", MANAGER, ("reason",)),
    "purge": Move((Z,), SAME, "concern.purged", HALL),
}


def move(log: Log, concern: Concern, verb: str, /, *, told: Any = None, **changes: Any) -> int:
    """Move `concern` by `verb`, apply `changes`, log it with `told` into its story; returns the event's seq.

    Raises Refused("concern_state") where MOVES does not allow it, and again if another hand was quicker.
    """
    origin, rule = concern.state, MOVES[verb]
    if origin not in rule.origins:
        raise Refused("concern_state", concern_verb=verb, concern_state=origin, label=concern.label)
    concern.state = {SAME: origin, BEFORE: concern.before_pause}.get(rule.target, rule.target)
    for name, value in changes.items():
        setattr(concern, name, value)
    fresh = {name: getattr(concern, name) for name in (*changes, "state")}
    if Concern.objects.filter(hall=log.hall, pk=concern.pk, state=origin).update(**fresh) != 1:
        raise Refused("concern_state", concern_verb=verb, concern_state=origin, label=concern.label)
    return tell(log, concern, rule.event, **{"from": origin, "to": concern.state}, **(told or {}))


def tell(log: Log, concern: Concern, event: str, **data: Any) -> int:
    """A line of the log that belongs to the concern's story; it carries no personal data."""
    seq = log.record(event, concern=concern.pk, number=concern.label, **data)
    ConcernStep.objects.create(hall=log.hall, concern=concern, seq=seq)
    return seq
