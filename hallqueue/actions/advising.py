"""Advice about tidal windows, taken or dismissed by a manager; both are logged with what was foretold."""

from datetime import timedelta
from typing import Any

from hallqueue.actions import borrowing
from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.windows import set_state
from hallqueue.errors import Refused
from hallqueue.models import Borrowing, Dismissal, Window

LENT_FOR = 60
AWAY = timedelta(minutes=30)


@command
def take(c: Command, *, advice: dict[str, Any], reason: str) -> Answer:
    """Do what a row of `topics.advice` says: open the window, or borrow it for an hour.

    Raises Refused: not_allowed, unknown_window, advice_over (it is open already), and what borrowing refuses.
    """
    c.managers_only()
    seat = c.window(advice["window"])
    if advice["verb"] == "borrow":
        what = borrowing.wanted(c, advice["service"], advice["department"])
        until = c.now + timedelta(minutes=LENT_FOR)
        borrowing.start(c, Borrowing(window=seat, until=until, reason=reason, **what))
    else:
        if seat.state == Window.State.OPEN:
            raise Refused("advice_over")
        set_state(c, seat, Window.State.OPEN)
    c.log.record("advice.taken", window=seat, **_facts(advice))
    return {"advice": advice["id"], "window": seat.number}


@command
def dismiss(c: Command, *, advice: dict[str, Any]) -> Answer:
    """Not now: the same advice stays away for half an hour."""
    c.managers_only()
    Dismissal.objects.create(hall=c.hall, advice=advice["id"], by=c.by.name, until=c.now + AWAY)
    c.log.record("advice.dismissed", window=c.window(advice["window"]), **_facts(advice))
    return {"advice": advice["id"]}


def _facts(advice: dict[str, Any]) -> dict[str, Any]:
    names = ("name", "verb", "waiting", "windows", "people", "minutes", "earlier")
    return {"advice": advice["id"]} | {name: advice[name] for name in names}
