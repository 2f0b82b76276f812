"""The ticket's states are a table: every verb from every state does what MOVES says, or is refused."""

from __future__ import annotations

from typing import Any

import pytest

from hallqueue.actions.command import new_key
from hallqueue.actions.line import tickets
from hallqueue.errors import Refused
from hallqueue.events import Log
from hallqueue.lifecycle import MOVES, move
from hallqueue.models import Event, Ticket
from tests.hall import SmallHall
from tests.invariants import check

pytestmark = pytest.mark.both_databases
STATES = Ticket.State.values
WAYS: dict[str, tuple[str, ...]] = {
    "waiting": (),
    "called": ("call_next",),
    "serving": ("call_next", "start"),
    "parked": ("call_next", "park"),
    "missed": ("call_next", "no_show"),
    "done": ("call_next", "start", "finish"),
}


def in_state(small: SmallHall, state: str) -> Ticket:
    """A ticket brought into a state by the verbs that staff say."""
    ticket = small.ticket(small.issue())
    for verb in WAYS.get(state, ()):
        details: dict[str, Any] = {"reason": "有理由"} if verb == "park" else {}
        small.say(verb, **details)
    if state == "cancelled":
        tickets.cancel(small.hall.pk, small.actor("desk"), new_key(), ticket=ticket.pk)
    elif state == "joined":
        small.issue()
        small.say("pick", ticket=Ticket.objects.latest("pk").pk, reason="同一个人")
        small.say("join", ticket=ticket.pk)
    elif state == "expired":
        log = Log(small.fresh(), "hall", ticket.issued_at)
        move(log, ticket, "expire")
        log.write()
    ticket.refresh_from_db()
    assert ticket.state == state
    return ticket


@pytest.mark.parametrize("verb", [verb for verb in MOVES if verb != "undo"])
@pytest.mark.parametrize("state", STATES)
def test_verb_leads_where_the_table_says_or_changes_nothing(
    small_hall: SmallHall, verb: str, state: str
) -> None:
    ticket = in_state(small_hall, state)
    log = Log(small_hall.fresh(), "user:1", ticket.issued_at)
    seat = small_hall.hall.windows.get(number=1)
    changes = {"window": seat} if MOVES[verb].target in Ticket.OPEN_STATES else {}
    if state not in MOVES[verb].origins:
        with pytest.raises(Refused, match="wrong_state"):
            move(log, ticket, verb, seat, **changes)
        ticket.refresh_from_db()
        assert ticket.state == state
        return
    seq = move(log, ticket, verb, seat, **changes)
    log.write()
    ticket.refresh_from_db()
    assert ticket.state == (state if verb == "correct" else MOVES[verb].target)
    told = Event.objects.get(hall=small_hall.hall, seq=seq)
    assert (told.kind, told.data["from"], told.data["to"]) == (MOVES[verb].event, state, ticket.state)


@pytest.mark.parametrize("state", ["called", "serving", "parked", "missed"])
def test_undo_brings_back_the_state_before_and_only_one_step(small_hall: SmallHall, state: str) -> None:
    ticket = in_state(small_hall, state)
    before = {"called": "waiting", "serving": "called", "parked": "called", "missed": "called"}[state]
    assert small_hall.say("undo", ticket=ticket.pk)["state"] == before
    with pytest.raises(Refused, match=r"nothing_to_undo|wrong_state"):
        small_hall.say("undo", ticket=ticket.pk)
    check(small_hall.hall)


def test_state_changed_by_another_hand_meanwhile_is_refused(small_hall: SmallHall) -> None:
    ticket = in_state(small_hall, "waiting")
    Ticket.objects.filter(pk=ticket.pk).update(state="parked")
    log = Log(small_hall.fresh(), "user:1", ticket.issued_at)
    with pytest.raises(Refused, match="wrong_state"):
        move(log, ticket, "cancel")


def test_undo_of_a_window_that_has_another_person_meanwhile_is_refused(small_hall: SmallHall) -> None:
    first = in_state(small_hall, "missed")
    small_hall.issue()
    small_hall.call_next()
    with pytest.raises(Refused, match="window_has_ticket"):
        small_hall.say("undo", ticket=first.pk)
    check(small_hall.hall)
