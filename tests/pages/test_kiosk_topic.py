"""What the kiosk's and the ticket's frames say: the truth of the hall at one seq, and nothing about a person."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from hallqueue.actions import day
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.line import fallback
from hallqueue.models import Service, Ticket, Window
from hallqueue.routing import line
from hallqueue.topics.kiosk import kiosk_frame
from hallqueue.topics.lines import lines_of
from hallqueue.topics.reading import Reading
from hallqueue.topics.ticket import ticket_frame
from tests.hall import SmallHall, make_small_hall

MORNING = datetime(2030, 3, 4, 1, 0, tzinfo=UTC)


def kiosk(small: SmallHall) -> dict[str, Any]:
    frame = kiosk_frame(Reading(small.fresh()), "main")
    assert frame is not None
    return frame


def ticket(small: SmallHall, answer: dict[str, Any]) -> dict[str, Any]:
    frame = ticket_frame(Reading(small.fresh()), answer["token"])
    assert frame is not None
    return frame


def service(code: str) -> int:
    return Service.objects.get(code=code).pk


def test_the_line_is_told_per_service(small_hall: SmallHall) -> None:
    for code in ("id-card", "id-card", "invoice"):
        small_hall.issue(code)
    lines = kiosk(small_hall)["lines"]
    assert lines[str(service("id-card"))] == [2, None, None, 3]
    assert lines[str(service("invoice"))][0] == 1
    assert str(service("housing")) not in lines


def test_ahead_of_a_newcomer_are_those_whom_the_same_windows_may_call(small_hall: SmallHall) -> None:
    small_hall.issue("id-card")
    small_hall.issue("housing")
    lines = kiosk(small_hall)["lines"]
    # Window 2 helps with identity cards once nobody waits for invoices: own work goes first.
    assert str(service("invoice")) not in lines
    assert lines[str(service("id-card"))] == [1, None, None, 1]
    assert lines[str(service("housing"))] == [1, None, None, 1]


def test_who_was_left_to_the_fallback_window_goes_before_no_newcomer(small_hall: SmallHall) -> None:
    left = [small_hall.issue("housing") for _ in range(2)]
    for each in left:
        details = {"ticket": each["ticket"], "reason": "sent", "note": "找不到对应的窗口"}
        fallback.send_to_fallback(small_hall.hall.pk, small_hall.actor("manager"), new_key(), **details)
    assert str(service("housing")) not in kiosk(small_hall)["lines"]
    assert ticket(small_hall, small_hall.issue("housing"))["ahead"] == 0
    assert kiosk(small_hall)["lines"][str(service("housing"))] == [1, None, None, 1]


def test_a_service_is_open_while_an_open_window_takes_it(small_hall: SmallHall) -> None:
    assert service("housing") in kiosk(small_hall)["services"]
    small_hall.say("pause", 3, reason="午休")
    assert service("housing") not in kiosk(small_hall)["services"]


def test_the_fallback_window_is_named_and_known_to_be_open_or_not(small_hall: SmallHall) -> None:
    assert kiosk(small_hall)["fallback"] == {"window": 9, "zone": "B区", "direction": "右侧", "open": True}
    small_hall.say("close", 9)
    assert kiosk(small_hall)["fallback"]["open"] is False


def test_a_closed_hall_says_so(small_hall: SmallHall) -> None:
    day.close_hall(small_hall.hall.pk, THE_HALL, new_key())
    assert kiosk(small_hall)["open"] is False


def test_there_is_one_kiosk_topic_only(small_hall: SmallHall) -> None:
    assert kiosk_frame(Reading(small_hall.fresh()), "other") is None


def test_frames_hold_no_token_and_no_note(small_hall: SmallHall) -> None:
    answer = small_hall.issue(note="张三 13800001234", priority="disabled")
    texts = json.dumps([kiosk(small_hall), ticket(small_hall, answer)], ensure_ascii=False)
    assert answer["token"] not in texts
    assert "张三" not in texts
    assert "disabled" not in texts


def test_ahead_counts_only_people_who_still_wait(small_hall: SmallHall) -> None:
    made = [small_hall.issue() for _ in range(4)]
    assert [ticket(small_hall, each)["ahead"] for each in made] == [0, 1, 2, 3]
    small_hall.call_next(1)
    small_hall.say("no_show", 1)
    small_hall.call_next(2)
    small_hall.say("park", 2, reason="复印")
    assert [ticket(small_hall, each)["ahead"] for each in made] == [None, None, 0, 1]


def test_priority_goes_before_and_is_counted_so(small_hall: SmallHall) -> None:
    ordinary = small_hall.issue()
    first = small_hall.issue(priority="elderly")
    assert ticket(small_hall, ordinary)["ahead"] == 1
    assert ticket(small_hall, first)["ahead"] == 0
    assert ticket(small_hall, first)["priority"] is True


def test_a_called_ticket_shows_window_and_direction(small_hall: SmallHall) -> None:
    answer = small_hall.issue()
    small_hall.call_next(2)
    frame = ticket(small_hall, answer)
    assert frame["state"] == "called"
    assert frame["window"] == {
        "number": 2,
        "way": {"zh": "左侧", "mn": "", "en": ""},
        "fallback": False,
    }
    assert frame["ahead"] is None


def test_a_ticket_without_any_open_window_names_none(small_hall: SmallHall) -> None:
    answers = [small_hall.issue("housing") for _ in range(2)]
    small_hall.say("close", 3)
    assert ticket(small_hall, answers[1])["windows"] == [9]
    small_hall.say("close", 9)
    frame = ticket(small_hall, answers[1])
    assert (frame["windows"], frame["ahead"], frame["high"]) == ([], 1, None)


@pytest.mark.parametrize("shut", [some for n in range(5) for some in itertools.combinations((1, 2, 3, 9), n)])
def test_the_lines_in_memory_agree_with_routing(small_hall: SmallHall, shut: tuple[int, ...]) -> None:
    for code in ("id-card", "invoice", "housing", "id-card"):
        small_hall.issue(code)
    small_hall.issue("housing", to_fallback=True)
    small_hall.issue("id-card")
    small_hall.call_next(1)
    small_hall.say("transfer", 1, reason="找三号", to_window=3)
    for number in shut:
        small_hall.say("close", number)
    reading = Reading(small_hall.fresh())
    lines = lines_of(reading)
    for window in Window.objects.filter(hall=small_hall.hall, state="open"):
        ours = sorted(row["id"] for row in reading.waiting if window.pk in lines.takers(row))
        assert ours == sorted(ticket.pk for ticket in line(window))


def test_the_range_appears_with_data_and_shrinks_with_the_place(small_hall: SmallHall) -> None:
    with time_machine.travel(MORNING, tick=False) as traveller:
        made = [small_hall.issue() for _ in range(10)]
        assert ticket(small_hall, made[9])["high"] is None
        for _ in range(3):
            small_hall.call_next(1)
            traveller.shift(timedelta(minutes=8))
            small_hall.say("start", 1)
            small_hall.say("finish", 1)
        last, first = ticket(small_hall, made[9]), ticket(small_hall, made[3])
    assert 0 <= first["low"] < first["high"] < last["high"]
    assert last["low"] <= 6 * 8 <= last["high"]


@pytest.mark.django_db
def test_the_page_of_a_ticket_dies_when_its_day_is_closed() -> None:
    with time_machine.travel(MORNING, tick=False) as traveller:
        small = make_small_hall()
        answer = small.issue()
        traveller.shift(timedelta(days=1))
        day.close_days(small.hall.pk, THE_HALL, new_key())
        assert ticket(small, answer) == {"over": True, "date": "2030-03-04", "ratings": []}


def test_an_unknown_token_has_no_frame(small_hall: SmallHall) -> None:
    assert ticket_frame(Reading(small_hall.fresh()), "nothing") is None


def test_another_halls_token_has_no_frame(small_hall: SmallHall) -> None:
    other = make_small_hall(slug="other")
    answer = other.issue()
    assert ticket_frame(Reading(small_hall.fresh()), answer["token"]) is None
    assert Ticket.objects.filter(token=answer["token"]).exists()
