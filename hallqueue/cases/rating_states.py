"""The states of a bad rating's case are a table; `move` is the only writer of RatingCase.state, and of its story."""

from typing import Any

from hallqueue.cases.moves import BEFORE, HALL, MANAGER, SAME, Move, log_case, move_case
from hallqueue.events import Log
from hallqueue.models import RatingCase

N, H, V, A, C, S = "new", "handled", "reviewed", "answered", "closed", "set_aside"
RATED, CITIZEN = "rated", "citizen"
"""Beside a manager's: the hands of who was rated, and of who rated."""

MOVES: dict[str, Move] = {
    "assign": Move((N, H), SAME, "rating.assigned", MANAGER, ("handler",)),
    "call_back": Move((N, H, A), SAME, "rating.called_back", MANAGER, ("note",)),
    "classify": Move((N, H), H, "rating.classified", MANAGER, ("sort",)),
    "note": Move((N, H), SAME, "rating.progressed", MANAGER, ("note",)),
    "answer": Move((H,), A, "rating.answered", MANAGER, ("answer",)),
    "close": Move((A,), C, "rating.closed", MANAGER),
    "dispute": Move((N, H), V, "rating.disputed", MANAGER, ("reason",)),
    "appeal": Move((H, A, C), V, "rating.appealed", RATED, ("reason",)),
    "uphold": Move((V,), S, "rating.set_aside", MANAGER, ("reason",)),
    "reject": Move((V,), BEFORE, "rating.claim_rejected", MANAGER, ("reason",)),
    "reopen": Move((A, C, S), H, "rating.reopened", MANAGER, ("reason",)),
    "follow_up": Move((A, C), SAME, "rating.followed_up", CITIZEN),
    "insist": Move((A, C), H, "rating.followed_up", CITIZEN),
    "remind": Move((N, H, V), SAME, "rating.reminded", HALL),
    "overdue": Move((N, H, V), SAME, "rating.overdue", HALL),
    "raise_level": Move((N, H, V), SAME, "rating.escalated", HALL),
    "recount": Move((N, H, V), SAME, "rating.recounted", HALL),
    "purge": Move((C, S), SAME, "rating.purged", HALL),
}


def move(log: Log, case: RatingCase, verb: str, /, *, told: Any = None, **changes: Any) -> int:
    """Move `case` by `verb`, apply `changes`, log it with `told` into its story; returns the event's seq.

    Raises Refused("rating_state") where MOVES does not allow it, and again if another hand was quicker.
    """
    rule = MOVES[verb]
    moved = move_case("rating", case, rule, case.before_review, **changes)
    return log_case(log, "case", case, rule.event, **moved, **(told or {}))
