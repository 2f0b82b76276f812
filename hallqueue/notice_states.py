"""The notice's way to the boards is a table; `move` is the only writer of Notice.state after it was put."""

from typing import Any, NamedTuple

from hallqueue.errors import Refused
from hallqueue.events import Log
from hallqueue.models import Notice

DRAFT, APPROVED, SHOWN, ENDED = (state.value for state in Notice.State)
WRITER, MANAGER = "writer", "manager"
"""Whose hands a verb asks for; a manager's may do what a writer's may."""


class Move(NamedTuple):
    """What one verb does: from which states, to which, what the log calls it, in whose hands, told what."""

    origins: tuple[str, ...]
    target: str
    event: str
    hands: str = MANAGER
    needs: tuple[str, ...] = ()


MOVES: dict[str, Move] = {
    "change": Move((DRAFT,), DRAFT, "notice.changed", WRITER),
    "approve": Move((DRAFT,), APPROVED, "notice.approved", needs=("version",)),
    "send_back": Move((APPROVED,), DRAFT, "notice.sent_back", needs=("reason",)),
    "show": Move((APPROVED,), SHOWN, "notice.shown"),
    "withdraw": Move((DRAFT, APPROVED, SHOWN), ENDED, "notice.withdrawn"),
    "redraft": Move((ENDED,), DRAFT, "notice.redrafted", WRITER),
}


def move(
    log: Log, notice: Notice, verb: str, /, *, told: dict[str, Any] | None = None, **changes: Any
) -> None:
    """Move `notice` by `verb`, apply `changes`, log it with `told`.

    Raises Refused("notice_state") where MOVES does not allow it, and again if another hand was quicker.
    """
    origin, rule = notice.state, MOVES[verb]
    if origin not in rule.origins:
        raise Refused("notice_state", notice_verb=verb, notice_state=origin)
    write_state(log, notice, rule.target, rule.event, told=told, **changes)


def write_state(
    log: Log, notice: Notice, state: str, event: str, told: dict[str, Any] | None = None, **changes: Any
) -> None:
    """Write `state` and `changes`, if the notice still stands as it was read; the log keeps from and to."""
    origin = notice.state
    fresh = {**changes, "state": state, "ended_at": log.at if state == ENDED else None}
    for name, value in fresh.items():
        setattr(notice, name, value)
    if Notice.objects.filter(hall=log.hall, pk=notice.pk, state=origin).update(**fresh) != 1:
        raise Refused("notice_state", notice_verb=event, notice_state=origin)
    told = {"notice": notice.pk, "text": notice.zh, "from": origin, "to": state, **(told or {})}
    log.record(event, **told)
