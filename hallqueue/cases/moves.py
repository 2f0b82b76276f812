"""What all cases have in common: a table of moves says what may be said, and one conditional UPDATE does it."""

from typing import Any, NamedTuple

from django.db.models import Model

from hallqueue.errors import Refused
from hallqueue.events import Log

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


def move_case(noun: str, case: Any, rule: Move, before_pause: str = "", /, **changes: Any) -> dict[str, Any]:
    """Move `case` by `rule` and apply `changes`; returns {from, to} for the log.

    `noun` is what errors call it. Raises Refused("<noun>_state") where the rule does not allow it, and again if
    another hand was quicker.
    """
    origin: str = case.state
    told = {f"{noun}_state": origin, "label": case.label}
    if origin not in rule.origins:
        raise Refused(f"{noun}_state", **told)
    case.state = {SAME: origin, BEFORE: before_pause}.get(rule.target, rule.target)
    for name, value in changes.items():
        setattr(case, name, value)
    fresh = {name: getattr(case, name) for name in (*changes, "state")}
    kind: type[Model] = type(case)
    mine = kind._default_manager.filter(hall=case.hall_id, pk=case.pk, state=origin)
    if mine.update(**fresh) != 1:
        raise Refused(f"{noun}_state", **told)
    return {"from": origin, "to": case.state}


def log_case(log: Log, noun: str, case: Any, event: str, **data: Any) -> int:
    """A line of the log that belongs to the story of a case, named `noun` in it; it carries no personal data."""
    seq = log.record(event, **{noun: case.pk}, number=case.label, **data)
    keep_line(log, case, seq)
    return seq


def keep_line(log: Log, case: Any, seq: int) -> None:
    """A line of the log belongs to the story of a case."""
    case.lines.create(hall=log.hall, seq=seq)
