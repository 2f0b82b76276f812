"""The project's states are a table; `move` is the only writer of Project.state, and of its story."""

from typing import Any

from hallqueue.cases.moves import HALL, HANDLER, MANAGER, SAME, Move, log_case, move_case
from hallqueue.events import Log
from hallqueue.models import Project, ProjectStep

P, B, R, D, A, W = "planned", "posted", "running", "delivered", "accepted", "withdrawn"
CLAIMANT = "claimant"
"""Hands beside those of all cases: whoever of the staff may claim a posted problem."""

MOVES: dict[str, Move] = {
    "change": Move((P, B, R), SAME, "project.changed", MANAGER, ("title", "problem", "aim", "cause")),
    "arrange": Move((P, B, R), SAME, "project.arranged", MANAGER, ("step", "begins_on", "ends_on")),
    "start": Move((P,), R, "project.started", MANAGER, ("team", "leader")),
    "post": Move((P,), B, "project.posted", MANAGER, ("terms", "ends_on")),
    "take_down": Move((B,), P, "project.taken_down", MANAGER, ("reason",)),
    "claim": Move((B,), SAME, "project.claimed", CLAIMANT, ("team", "leader", "plan")),
    "leave": Move((B,), SAME, "project.claim_left", CLAIMANT, ("claim", "reason")),
    "choose": Move((B,), R, "project.team_chosen", MANAGER, ("claim", "reason")),
    "note": Move((R,), SAME, "project.noted", HANDLER, ("step", "note")),
    "evidence": Move((R, D), SAME, "project.evidence_added", HANDLER),
    "strike_file": Move((R, D, A, W), SAME, "project.file_struck", MANAGER, ("file", "reason")),
    "finish": Move((R,), SAME, "project.step_finished", HANDLER, ("step", "note")),
    "again": Move((R,), SAME, "project.step_reopened", MANAGER, ("step", "ends_on", "reason")),
    "deliver": Move((R,), D, "project.delivered", HANDLER, ("note",)),
    "accept": Move((D,), A, "project.accepted", MANAGER, ("note",)),
    "send_back": Move((D,), R, "project.sent_back", MANAGER, ("ends_on", "reason")),
    "reopen": Move((A,), R, "project.reopened", MANAGER, ("ends_on", "reason")),
    "withdraw": Move((P, B, R), W, "project.withdrawn", MANAGER, ("reason",)),
    "link": Move((P, B, R), SAME, "project.linked", MANAGER),
    "unlink": Move((P, B, R), SAME, "project.unlinked", MANAGER, ("link", "reason")),
    "word": Move((R, D, A), SAME, "project.worded", HANDLER, ("heard", "did")),
    "publish": Move((R, D, A), SAME, "project.published", MANAGER),
    "take_off": Move((R, D, A), SAME, "project.taken_off", MANAGER, ("reason",)),
    "remind": Move((B, R), SAME, "project.reminded", HALL),
    "overdue": Move((B, R), SAME, "project.overdue", HALL),
    "raise_level": Move((B, R), SAME, "project.escalated", HALL),
}


def move(log: Log, project: Project, verb: str, /, *, told: Any = None, **changes: Any) -> int:
    """Move `project` by `verb`, apply `changes`, log it with `told` into its story; returns the event's seq.

    Raises Refused("project_state") where MOVES does not allow it, and again if another hand was quicker.
    """
    rule = MOVES[verb]
    moved = move_case("project", project, rule, **changes)
    return tell(log, project, rule.event, **moved, **(told or {}))


def tell(log: Log, project: Project, event: str, **data: Any) -> int:
    """A line of the log that belongs to the project's story; it carries no personal data."""
    return log_case(log, "project", project, event, **data)


def move_step(log: Log, step: ProjectStep, verb: str, /, *, told: Any = None, **changes: Any) -> int:
    """The same for what the clock says of one of its steps; `changes` are the step's."""
    for name, value in changes.items():
        setattr(step, name, value)
    step.save(update_fields=list(changes))
    return move(log, step.project, verb, told={"step": step.kind, **(told or {})})
