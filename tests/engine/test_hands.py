"""The manager's hands: move people, tell the clerks, put a notice, and take all of it back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from hallqueue.actions import borrowing, day, messages, notices, undoing, windows
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.line import moving
from hallqueue.actions.round import alarms, timed
from hallqueue.errors import Refused
from hallqueue.models import Borrowing, Event, Message, Notice, Ticket, Window
from hallqueue.reports import fallback_counts
from hallqueue.routing import line
from tests.hall import SmallHall
from tests.invariants import check

pytestmark = pytest.mark.both_databases


def say(small: SmallHall, verb: Any, name: str = "manager", **details: Any) -> Any:
    return verb(small.hall.pk, small.actor(name), new_key(), **details)


def undo_last(small: SmallHall, kind: str) -> Any:
    event = Event.objects.filter(kind=kind).latest("seq")
    return say(small, undoing.undo, act=event.seq)


def labels(small: SmallHall, number: int) -> list[str]:
    window = Window.objects.select_related("hall").get(hall=small.hall, number=number)
    return [ticket.label for ticket in line(window)]


def ids(*names: str) -> list[int]:
    return [Ticket.objects.get(label=name).pk for name in names]


def test_chosen_people_move_together_and_nobody_else(small_hall: SmallHall) -> None:
    for _ in range(4):
        small_hall.issue()
    said = say(small_hall, moving.redirect, tickets=ids("A001", "A003"), to_window=3, reason="减负")
    assert said == {"count": 2, "labels": ["A001", "A003"]}
    assert labels(small_hall, 3) == ["A001", "A003"]
    assert labels(small_hall, 1) == ["A002", "A004"]
    say(small_hall, moving.redirect, tickets=ids("A002"), fallback=True, reason="办不成")
    assert labels(small_hall, 9) == ["A002"]
    say(small_hall, moving.redirect, tickets=ids("A003", "A004"), service="housing", reason="走错")
    assert labels(small_hall, 3) == ["A001", "A003", "A004"]
    check(small_hall.hall)


def test_one_who_waits_no_longer_keeps_everybody_where_they_are(small_hall: SmallHall) -> None:
    small_hall.issue()
    small_hall.issue()
    small_hall.call_next(1)
    with pytest.raises(Refused, match="not_all_waiting") as refused:
        say(small_hall, moving.redirect, tickets=ids("A001", "A002"), to_window=3, reason="x")
    assert refused.value.params["labels"] == "A001"
    assert labels(small_hall, 3) == []


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"tickets": []}, "bad_input"),
        ({"tickets": [True]}, "bad_input"),
        ({"tickets": [4711]}, "unknown_ticket"),
        ({"reason": "  "}, "reason_required"),
        ({"to_window": 77}, "unknown_window"),
        ({"to_window": None, "service": "nothing"}, "unknown_service"),
        ({"to_window": None}, "bad_input"),
        ({"fallback": True}, "bad_input"),
    ],
)
def test_a_move_that_makes_no_sense_is_refused(
    small_hall: SmallHall, details: dict[str, Any], code: str
) -> None:
    small_hall.issue()
    asked: dict[str, Any] = {"tickets": ids("A001"), "to_window": 3, "reason": "x"} | details
    with pytest.raises(Refused, match=code):
        say(small_hall, moving.redirect, **asked)
    assert labels(small_hall, 1) == ["A001"]


def test_a_clerk_has_none_of_these_hands(small_hall: SmallHall) -> None:
    small_hall.issue()
    acts: list[tuple[Any, dict[str, Any]]] = [
        (borrowing.borrow, {"window": 3, "service": "invoice", "reason": "x"}),
        (borrowing.take_back, {"borrowing": 1}),
        (moving.redirect, {"tickets": ids("A001"), "to_window": 3, "reason": "x"}),
        (messages.send, {"text": "x"}),
        (notices.put, {"zh": "x", "minutes": 5, "places": ["board"]}),
        (notices.take_down, {"notice": 1}),
        (undoing.undo, {"act": 1}),
    ]
    for verb, details in acts:
        with pytest.raises(Refused, match="not_allowed"):
            say(small_hall, verb, "clerk1", **details)


def test_people_moved_by_mistake_go_back_but_for_those_already_called(small_hall: SmallHall) -> None:
    for _ in range(3):
        small_hall.issue()
    say(small_hall, moving.redirect, tickets=ids("A001", "A002"), to_window=3, reason="减负")
    small_hall.call_next(3)
    assert undo_last(small_hall, "tickets.redirected")["left"] == ["A001"]
    assert labels(small_hall, 1) == ["A002", "A003"]
    assert Ticket.objects.get(label="A002").reason == ""  # no window is told why of what was undone
    with pytest.raises(Refused, match="act_undone"):
        undo_last(small_hall, "tickets.redirected")
    check(small_hall.hall)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ({"to_window": 3}, {"to_window": 2}),
        ({"service": "housing"}, {"to_window": 2}),
        ({"service": "housing"}, {"service": "invoice"}),
        ({"fallback": True}, {"fallback": True}),
    ],
)
def test_who_was_moved_once_more_stays_there_when_the_first_move_is_undone(
    small_hall: SmallHall, first: dict[str, Any], then: dict[str, Any]
) -> None:
    small_hall.issue()
    small_hall.issue()
    say(small_hall, moving.redirect, tickets=ids("A001", "A002"), reason="减负", **first)
    act = Event.objects.filter(kind="tickets.redirected").latest("seq").seq
    say(small_hall, moving.redirect, tickets=ids("A001"), reason="再转", **then)
    assert say(small_hall, undoing.undo, act=act)["left"] == ["A001"]
    assert labels(small_hall, 1) == ["A002"]
    check(small_hall.hall)


def test_a_move_to_the_fallback_window_that_was_undone_is_none_of_the_days(small_hall: SmallHall) -> None:
    small_hall.issue()
    small_hall.issue()
    say(small_hall, moving.redirect, tickets=ids("A001", "A002"), fallback=True, reason="办不成")
    hall = small_hall.fresh()
    assert fallback_counts(hall, hall.business_date(hall.moved_at)) == {"sent": 2}
    small_hall.call_next(9)
    undo_last(small_hall, "tickets.redirected")
    hall = small_hall.fresh()
    assert fallback_counts(hall, hall.business_date(hall.moved_at)) == {"sent": 1}


def test_a_message_reaches_every_manned_window_and_each_clerk_signs_it(small_hall: SmallHall) -> None:
    small_hall.say("leave", 3)
    assert say(small_hall, messages.send, text="<b>十点开会</b>")["windows"] == [1, 2, 9]
    mine = Message.objects.get(window__number=1)
    say(small_hall, messages.seen, "clerk1", window=1, message=mine.pk)
    with pytest.raises(Refused, match="not_your_window"):
        say(small_hall, messages.seen, "clerk1", window=2, message=mine.pk)
    undo_last(small_hall, "message.sent")
    assert Message.objects.filter(withdrawn_at=None).count() == 1
    with pytest.raises(Refused, match="text_required"):
        say(small_hall, messages.send, text=" ")
    with pytest.raises(Refused, match="text_too_long"):
        say(small_hall, messages.send, text="号" * 201)


def test_a_message_that_everybody_read_cannot_be_taken_back(small_hall: SmallHall) -> None:
    say(small_hall, messages.send, text="小李请到前台", window=1)
    small_hall_message = Message.objects.get()
    say(small_hall, messages.seen, "clerk1", window=1, message=small_hall_message.pk)
    with pytest.raises(Refused, match="message_read"):
        undo_last(small_hall, "message.sent")


def test_nobody_is_told_when_nobody_sits_anywhere(small_hall: SmallHall) -> None:
    for number in (1, 2, 3, 9):
        small_hall.say("leave", number)
    with pytest.raises(Refused, match="nobody_to_tell"):
        say(small_hall, messages.send, text="有人吗")


def test_a_notice_stands_until_its_time(small_hall: SmallHall) -> None:
    put: dict[str, Any] = {"zh": "今天下午三点停电", "minutes": 60, "places": ["board", "kiosk"]}
    say(small_hall, notices.put, **put)
    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        timed.end_due(small_hall.hall.pk, THE_HALL, new_key())
    assert Notice.objects.get().ended_at is not None
    with pytest.raises(Refused, match="notice_over"):
        say(small_hall, notices.take_down, notice=Notice.objects.get().pk)


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"zh": "\x00 "}, "text_required"),
        ({"zh": "长" * 121}, "text_too_long"),
        ({"minutes": 0}, "bad_input"),
        ({"minutes": 60 * 24 * 8}, "bad_input"),
        ({"places": []}, "bad_input"),
        ({"places": ["roof"]}, "bad_input"),
    ],
)
def test_a_notice_that_makes_no_sense_is_refused(
    small_hall: SmallHall, details: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused, match=code):
        put: dict[str, Any] = {"zh": "停电", "minutes": 5, "places": ["board"]}
        say(small_hall, notices.put, **(put | details))
    assert not Notice.objects.exists()


def test_five_notices_at_once_are_enough(small_hall: SmallHall) -> None:
    for number in range(5):
        say(small_hall, notices.put, zh=f"通知{number}", minutes=5, places=["board"])
    with pytest.raises(Refused, match="too_many_notices"):
        say(small_hall, notices.put, zh="再来一条", minutes=5, places=["board"])


def test_windows_notices_borrowings_and_the_hall_are_as_before_after_undo(small_hall: SmallHall) -> None:
    say(small_hall, windows.pause, window=1, reason="开会")
    say(small_hall, windows.close, window=1, reason="停电")
    undo_last(small_hall, "window.closed")
    assert (Window.objects.get(number=1).state, Window.objects.get(number=1).pause_reason) == (
        "paused",
        "开会",
    )
    paused = Event.objects.filter(kind="window.paused").earliest("seq")
    say(small_hall, undoing.undo, act=paused.seq)  # newest first, as far as one likes
    assert Window.objects.get(number=1).state == "open"
    lent = say(small_hall, borrowing.borrow, window=3, service="invoice", reason="忙")
    say(small_hall, borrowing.take_back, borrowing=lent["borrowing"])
    undo_last(small_hall, "borrowing.ended")
    assert Borrowing.objects.filter(ended_at=None).count() == 1
    for zh in ("检修", "停电"):
        shown = say(small_hall, notices.put, zh=zh, minutes=5, places=["board"])
    say(small_hall, notices.take_down, notice=shown["notice"])
    undo_last(small_hall, "notice.ended")
    assert {each.zh for each in Notice.objects.filter(ended_at=None)} == {"检修", "停电"}
    undo_last(small_hall, "notice.put")
    assert Notice.objects.get(ended_at=None).zh == "检修"
    say(small_hall, day.close_hall)
    undo_last(small_hall, "hall.closed")
    assert small_hall.fresh().is_open


def test_what_has_changed_since_is_not_undone(small_hall: SmallHall) -> None:
    say(small_hall, windows.pause, window=1, reason="开会")
    say(small_hall, windows.open_window, window=1)
    with pytest.raises(Refused, match="act_over"):
        undo_last(small_hall, "window.paused")
    say(small_hall, day.close_hall)
    say(small_hall, day.open_hall)
    with pytest.raises(Refused, match="act_over"):
        undo_last(small_hall, "hall.closed")
    with pytest.raises(Refused, match="act_not_undoable"):
        undo_last(small_hall, "shift.started")
    with pytest.raises(Refused, match="unknown_act"):
        say(small_hall, undoing.undo, act=10**6)


def test_a_window_is_not_closed_again_over_the_head_of_somebody_at_it(small_hall: SmallHall) -> None:
    small_hall.issue()
    small_hall.say("leave", 1)
    say(small_hall, windows.open_window, window=1)
    say(small_hall, alarms.acknowledge, alarm=0)
    small_hall.say("sit", 1)
    small_hall.call_next(1)
    with pytest.raises(Refused, match="window_has_ticket"):
        undo_last(small_hall, "window.opened")
