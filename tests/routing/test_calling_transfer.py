"""Sending a person on: to a service, to a window, to the fallback window, keeping number and place."""

from __future__ import annotations

from typing import Any

import pytest

from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.house import setup
from hallqueue.actions.line import tickets
from hallqueue.models import Service, Window
from hallqueue.routing import line
from tests.hall import SmallHall
from tests.invariants import check
from tests.routing.test_calling import called, refusal, set_aside


def test_a_ticket_sent_to_another_service_keeps_number_and_place(small_hall: SmallHall) -> None:
    ticket = called(small_hall)
    behind = small_hall.issue("housing")
    small_hall.say("transfer", reason="取错事项", service="housing")
    again = small_hall.call_next(3)
    assert (again["label"], behind["label"]) == (ticket.label, "C001")


def test_a_ticket_sent_to_a_window_is_called_only_there(small_hall: SmallHall) -> None:
    ticket = called(small_hall)
    small_hall.say("transfer", reason="需先到其他窗口", to_window=3)
    assert refusal(small_hall, "call_next", 2).code == "nobody_waiting"
    assert small_hall.call_next(3)["label"] == ticket.label


@pytest.mark.parametrize("there", [{"to_window": 2}, {"service": "invoice"}])
@pytest.mark.parametrize(
    ("place", "after", "ahead", "priority"),
    [
        ("keep", 0, 2, "elderly"),
        ("front", 0, 0, "elderly"),
        ("after", 1, 1, ""),
        ("after", 2, 2, "elderly"),
        ("after", 5, 3, ""),
        ("back", 0, 3, ""),
    ],
)
def test_who_is_sent_on_stands_behind_as_many_as_the_clerk_says(
    small_hall: SmallHall, there: dict[str, Any], place: str, after: int, ahead: int, priority: str
) -> None:
    helped = small_hall.issue("id-card", priority=priority)["ticket"]
    came = ("invoice", "invoice", "housing", "invoice")
    first, second, sent, last = (small_hall.issue(code, priority=priority)["ticket"] for code in came)
    others = [first, second, last]
    small_hall.call_next(3)
    small_hall.say("start", 3)
    small_hall.say("transfer", 3, reason="先办那边", place=place, after=after, **there)
    found = [ticket.pk for ticket in line(Window.objects.get(hall=small_hall.hall, number=2))]
    assert found == [*others[:ahead], sent, *others[ahead:], helped]


@pytest.mark.parametrize("verb", ["transfer", "requeue"])
def test_behind_three_people_are_three_whom_the_same_window_calls_whatever_they_came_for(
    small_hall: SmallHall, verb: str
) -> None:
    takes = [["housing", 0], ["invoice", 0], ["id-card", 1]]
    setup.map_services(small_hall.hall.pk, THE_HALL, new_key(), window=3, takes=takes)
    sent = small_hall.issue("housing")["ticket"]
    small_hall.call_next(3)
    helped = small_hall.issue("id-card")["ticket"]
    others = [small_hall.issue("invoice")["ticket"] for _ in range(5)]
    if verb == "transfer":
        small_hall.say("start", 3)
        small_hall.say("transfer", 3, reason="先等一下", service="housing", place="after", after=3)
    else:
        small_hall.say("no_show", 3)
        tickets.requeue(small_hall.hall.pk, small_hall.actor("desk"), new_key(), ticket=sent)
    found = [ticket.pk for ticket in line(Window.objects.get(hall=small_hall.hall, number=3))]
    assert found == [*others[:3], sent, *others[3:], helped]


def test_a_ticket_sent_to_a_department_is_called_by_whichever_of_its_windows_is_free(
    small_hall: SmallHall,
) -> None:
    common = {"department": "住建局", "series": "C", "weight": 9}
    rows = [common | {"code": "seldom", "name": "少有窗口办"}, common | {"code": "usual", "name": "都办"}]
    setup.load_services(small_hall.hall.pk, THE_HALL, new_key(), rows=rows)
    for window, takes in ((2, ["usual"]), (3, ["housing", "usual", "seldom"])):
        pairs = [[code, 0] for code in takes]
        setup.map_services(small_hall.hall.pk, THE_HALL, new_key(), window=window, takes=pairs)
    ticket = called(small_hall)
    small_hall.say("transfer", reason="取错部门", department="住建局")
    ticket.refresh_from_db()
    assert (ticket.label, ticket.service.code) == ("A001", "usual")
    assert small_hall.call_next(2)["label"] == ticket.label
    small_hall.say("correct", 2, service="housing")
    small_hall.say("transfer", 2, reason="去他们那里", department="住建局")
    ticket.refresh_from_db()
    assert ticket.service.code == "housing", "what is the department's already stays what it is"
    Service.objects.filter(department__code="税务局").update(is_active=False)
    small_hall.call_next(3)
    assert refusal(small_hall, "transfer", 3, reason="x", department="税务局").code == "department_empty"
    check(small_hall.hall)


@pytest.mark.parametrize("place", [{"place": "back"}, {"place": "after", "after": 1}, {"place": "front"}, {}])
def test_the_log_tells_where_somebody_sent_on_stands(small_hall: SmallHall, place: dict[str, Any]) -> None:
    called(small_hall)
    small_hall.issue("invoice")
    small_hall.say("transfer", reason="还要开票", service="invoice", **place)
    check(small_hall.hall)


def test_a_ticket_sent_to_the_fallback_window_carries_its_reason(small_hall: SmallHall) -> None:
    ticket = called(small_hall)
    small_hall.say("transfer", reason="多次来访未办成", fallback=True)
    ticket.refresh_from_db()
    assert (ticket.fallback_reason, ticket.fallback_note) == ("sent", "多次来访未办成")
    assert refusal(small_hall, "call_next", 2).code == "nobody_waiting"
    assert small_hall.call_next(9)["label"] == ticket.label


def test_a_ticket_sent_to_a_closed_window_goes_to_the_fallback_window(small_hall: SmallHall) -> None:
    ticket = called(small_hall)
    small_hall.say("close", 3)
    small_hall.say("transfer", reason="需先到其他窗口", to_window=3)
    assert small_hall.call_next(9)["label"] == ticket.label


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({}, "bad_input"),
        ({"service": "housing", "fallback": True}, "bad_input"),
        ({"service": "housing", "to_window": 3}, "bad_input"),
        ({"service": "no such"}, "unknown_service"),
        ({"service": "\x00"}, "unknown_service"),
        ({"service": "housing", "department": "住建局"}, "bad_input"),
        ({"department": "no such"}, "unknown_department"),
        ({"to_window": 77}, "unknown_window"),
        ({"service": "housing", "place": "after"}, "bad_input"),
        ({"service": "housing", "place": "after", "after": 100}, "bad_input"),
        ({"service": "housing", "place": "front", "after": 1}, "bad_input"),
    ],
)
def test_a_transfer_to_nowhere_is_refused(small_hall: SmallHall, details: dict[str, Any], code: str) -> None:
    called(small_hall)
    assert refusal(small_hall, "transfer", reason="x", **details).code == code


def test_a_transfer_without_a_reason_is_refused(small_hall: SmallHall) -> None:
    called(small_hall)
    assert refusal(small_hall, "transfer", reason="  ", service="housing").code == "reason_required"


def test_nobody_is_sent_to_the_window_they_are_at(small_hall: SmallHall) -> None:
    ticket = called(small_hall)
    for _ in range(2):
        assert refusal(small_hall, "transfer", reason="需要核对", to_window=1).code == "already_at_window"
    ticket.refresh_from_db()
    assert (ticket.state, ticket.transfer_count) == ("called", 0)


def test_somebody_set_aside_may_be_sent_into_the_line_of_the_same_window(small_hall: SmallHall) -> None:
    ticket = called(small_hall)
    set_aside(small_hall, "park")
    small_hall.say("transfer", reason="回来了", to_window=1, ticket=ticket.pk)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.for_window_id) == ("waiting", small_hall.hall.windows.get(number=1).pk)
