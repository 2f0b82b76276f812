"""Who sits at a window: refused by name, taken over explicitly, never leaving a person alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hallqueue.actions import windows
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.line import calling
from hallqueue.errors import Refused
from hallqueue.models import Call, Event, Shift, Window
from tests.hall import SmallHall
from tests.routing.test_calling import called, refusal


def test_a_second_clerk_is_refused_by_name_and_may_take_over(small_hall: SmallHall) -> None:
    """Regression 10: the first one's shift ends in the log, so that the open page can say so."""
    windows.leave(small_hall.hall.pk, small_hall.at(2), new_key(), window=2)
    second = small_hall.actor("clerk2")
    with pytest.raises(Refused) as caught:
        windows.sit(small_hall.hall.pk, second, new_key(), window=1)
    assert (caught.value.code, caught.value.params["name"]) == ("window_taken", "clerk1")
    windows.sit(small_hall.hall.pk, second, new_key(), window=1, take_over=True)
    ended = Event.objects.filter(kind="shift.ended").latest("seq")
    assert ended.data == {"user": small_hall.people["clerk1"].pk, "taken_by": small_hall.people["clerk2"].pk}
    assert refusal(small_hall, "call_next").code == "not_your_window"


def test_a_window_with_a_person_is_taken_over_and_the_timer_stays_honest(small_hall: SmallHall) -> None:
    """Regression 11."""
    ticket = called(small_hall)
    small_hall.say("start")
    Call.objects.update(started_at=Call.objects.get().started_at - timedelta(minutes=20))  # type: ignore[operator]
    begun = Call.objects.get(ticket=ticket).started_at
    windows.leave(small_hall.hall.pk, small_hall.at(2), new_key(), window=2)
    taker = small_hall.actor("clerk2")
    windows.sit(small_hall.hall.pk, taker, new_key(), window=1, take_over=True)
    calling.finish(small_hall.hall.pk, taker, new_key(), window=1)
    call = Call.objects.get(ticket=ticket)
    assert (call.started_at, call.outcome) == (begun, "done")
    assert call.ended_at is not None
    assert begun is not None
    assert call.ended_at - begun >= timedelta(minutes=20)


def test_a_clerk_who_moves_leaves_the_old_window_closed(small_hall: SmallHall) -> None:
    windows.leave(small_hall.hall.pk, small_hall.at(2), new_key(), window=2)
    windows.sit(small_hall.hall.pk, small_hall.actor("clerk1"), new_key(), window=2)
    assert Window.objects.get(number=1).state == "closed"
    assert Shift.objects.filter(user=small_hall.people["clerk1"], ended_at=None).count() == 1


def test_a_clerk_who_serves_somebody_does_not_move(small_hall: SmallHall) -> None:
    called(small_hall)
    with pytest.raises(Refused) as caught:
        windows.sit(small_hall.hall.pk, small_hall.actor("clerk1"), new_key(), window=2, take_over=True)
    assert (caught.value.code, caught.value.params["number"]) == ("clerk_elsewhere", 1)


@pytest.mark.parametrize("verb", ["close", "leave"])
def test_nobody_leaves_a_person_alone_at_the_window(small_hall: SmallHall, verb: str) -> None:
    called(small_hall)
    assert refusal(small_hall, verb).code == "window_has_ticket"


def test_a_pause_needs_a_reason_and_lets_the_person_be_served(small_hall: SmallHall) -> None:
    called(small_hall)
    assert refusal(small_hall, "pause", reason="").code == "reason_required"
    assert small_hall.say("pause", reason="开会")["reason"] == "开会"
    small_hall.say("start")
    assert small_hall.say("finish")["state"] == "done"


def test_opening_an_open_window_leaves_no_second_event(small_hall: SmallHall) -> None:
    before = small_hall.fresh().seq
    small_hall.say("open_window")
    assert small_hall.fresh().seq == before


def test_a_machine_without_a_person_takes_no_seat(small_hall: SmallHall) -> None:
    with pytest.raises(Refused) as caught:
        windows.sit(small_hall.hall.pk, THE_HALL, new_key(), window=1)
    assert caught.value.code == "not_allowed"
