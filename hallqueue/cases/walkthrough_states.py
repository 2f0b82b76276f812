"""The walkthrough's states are a table; `move` is the only writer of Walkthrough.state."""

from typing import Any

from hallqueue.cases.moves import MANAGER, SAME, Move, move_case
from hallqueue.events import Log
from hallqueue.models import Walkthrough

W, F, D = "walking", "finished", "dropped"

MOVES: dict[str, Move] = {
    "step": Move((W,), SAME, "walkthrough.step_taken"),
    "strike": Move((W,), SAME, "walkthrough.step_struck"),
    "find": Move((W,), SAME, "finding.noted"),
    "describe": Move((W,), SAME, "finding.described"),
    "material": Move((W,), SAME, "walkthrough.compared"),
    "facts": Move((W,), SAME, "walkthrough.told"),
    "finish": Move((W,), F, "walkthrough.finished"),
    "drop": Move((W, F), D, "walkthrough.dropped", MANAGER, needs=("reason",)),
}


def move(log: Log, walk: Walkthrough, verb: str, /, *, told: Any = None, **changes: Any) -> int:
    """Move `walk` by `verb`, apply `changes`, log it with `told`; returns the event's seq.

    Raises Refused("walkthrough_state") where MOVES does not allow it.
    """
    rule = MOVES[verb]
    moved = move_case("walkthrough", walk, rule, **changes)
    return log.record(rule.event, walkthrough=walk.pk, number=walk.label, **moved, **(told or {}))
