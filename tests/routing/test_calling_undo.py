"""The one step a window takes back: call, start, no-show, park; and never another window's."""

from __future__ import annotations

import pytest

from hallqueue.models import Call
from tests.hall import SmallHall
from tests.routing.test_calling import called, refusal, set_aside


def test_a_call_is_taken_back_and_the_person_keeps_the_place(small_hall: SmallHall) -> None:
    ticket = called(small_hall)
    small_hall.issue()
    assert small_hall.say("undo", ticket=ticket.pk)["state"] == "waiting"
    assert Call.objects.get(ticket=ticket).outcome == "undone"
    assert small_hall.call_next()["label"] == ticket.label


def test_a_start_is_taken_back_to_the_call(small_hall: SmallHall) -> None:
    ticket = called(small_hall)
    small_hall.say("start")
    assert small_hall.say("undo", ticket=ticket.pk)["state"] == "called"
    call = Call.objects.get(ticket=ticket)
    assert (call.started_at, call.ended_at) == (None, None)


@pytest.mark.parametrize("verb", ["no_show", "park"])
def test_setting_aside_is_taken_back_at_the_window(small_hall: SmallHall, verb: str) -> None:
    ticket = called(small_hall)
    set_aside(small_hall, verb)
    assert small_hall.say("undo", ticket=ticket.pk)["state"] == "called"
    ticket.refresh_from_db()
    assert (ticket.window.number if ticket.window else None, ticket.reason) == (1, "")
    assert Call.objects.get(ticket=ticket).ended_at is None


def test_only_one_step_is_taken_back(small_hall: SmallHall) -> None:
    ticket = called(small_hall)
    small_hall.say("start")
    small_hall.say("undo", ticket=ticket.pk)
    assert refusal(small_hall, "undo", ticket=ticket.pk).code == "nothing_to_undo"


def test_setting_aside_is_not_taken_back_while_another_is_at_the_window(small_hall: SmallHall) -> None:
    ticket = called(small_hall)
    small_hall.say("no_show")
    called(small_hall)
    assert refusal(small_hall, "undo", ticket=ticket.pk).code == "window_has_ticket"


def test_setting_aside_is_not_taken_back_at_a_closed_window(small_hall: SmallHall) -> None:
    ticket = called(small_hall)
    small_hall.say("park", reason="去复印")
    small_hall.say("close")
    assert refusal(small_hall, "undo", ticket=ticket.pk).code == "window_not_open"


def test_a_step_of_another_window_is_not_taken_back(small_hall: SmallHall) -> None:
    ticket = called(small_hall)
    small_hall.say("park", 1, reason="去复印")
    small_hall.say("pick", 2, ticket=ticket.pk, reason="本人返回")
    small_hall.say("no_show", 2)
    assert refusal(small_hall, "undo", 1, ticket=ticket.pk).code == "nothing_to_undo"
    assert small_hall.say("undo", 2, ticket=ticket.pk)["state"] == "called"


def test_a_finished_ticket_is_not_taken_back(small_hall: SmallHall) -> None:
    ticket = called(small_hall)
    small_hall.say("start")
    small_hall.say("finish")
    assert refusal(small_hall, "undo", ticket=ticket.pk).code == "wrong_state"
