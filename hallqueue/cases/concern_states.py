"""The concern's states are a table; `move` is the only writer of Concern.state, and of its story."""

from typing import Any

from hallqueue.cases.moves import BEFORE, HALL, MANAGER, SAME, Move, log_case, move_case
from hallqueue.events import Log
from hallqueue.models import Concern

N, A, C, H, P = "new", "accepted", "classified", "assigned", "paused"
R, T, B, Z = "resolved", "told", "called_back", "archived"

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
    rule = MOVES[verb]
    moved = move_case("concern", concern, rule, concern.before_pause, **changes)
    return tell(log, concern, rule.event, **moved, **(told or {}))


def tell(log: Log, concern: Concern, event: str, **data: Any) -> int:
    """A line of the log that belongs to the concern's story; it carries no personal data.

    Whose it was at that moment stands in it too, so that figures of a day stay as they were when it is handed on.
    """
    about: dict[str, Any] = {"about_service": concern.service_id, "about_department": concern.department_id}
    return log_case(log, "concern", concern, event, **about, **data)
