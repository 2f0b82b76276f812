"""The finding's states are a table; `move` is the only writer of Finding.state, and of its story."""

from typing import Any

from hallqueue.cases.moves import HALL, HANDLER, MANAGER, SAME, Move, log_case, move_case
from hallqueue.events import Log
from hallqueue.models import Finding

N, H, F, V, C, W = "noted", "owned", "fixed", "verified", "closed", "withdrawn"

MOVES: dict[str, Move] = {
    "assign": Move((N, H), H, "finding.assigned", MANAGER, ("owner", "measure")),
    "note": Move((H,), SAME, "finding.progressed", HANDLER, ("note",)),
    "evidence": Move((H, F), SAME, "finding.evidence_added", HANDLER),
    "fix": Move((H,), F, "finding.fixed", HANDLER, ("note",)),
    "verify": Move((F,), V, "finding.verified", MANAGER, ("walkthrough",)),
    "fail": Move((F,), H, "finding.failed", MANAGER, ("reason",)),
    "close": Move((V,), C, "finding.closed", MANAGER),
    "reopen": Move((V, C), H, "finding.reopened", MANAGER, ("reason",)),
    "withdraw": Move((N, H), W, "finding.withdrawn", MANAGER, ("reason",)),
    "remind": Move((H,), SAME, "finding.reminded", HALL),
    "overdue": Move((H,), SAME, "finding.overdue", HALL),
    "raise_level": Move((H,), SAME, "finding.escalated", HALL),
    "purge": Move((C, W), SAME, "finding.purged", HALL),
    "recount": Move((H,), SAME, "finding.recounted", HALL),
}


def move(log: Log, finding: Finding, verb: str, /, *, told: Any = None, **changes: Any) -> int:
    """Move `finding` by `verb`, apply `changes`, log it with `told` into its story; returns the event's seq.

    Raises Refused("finding_state") where MOVES does not allow it, and again if another hand was quicker.
    """
    rule = MOVES[verb]
    moved = move_case("finding", finding, rule, **changes)
    return log_case(log, "finding", finding, rule.event, **moved, **(told or {}))
