"""Sending a person on: to a service, to a window, to the fallback window, keeping number and place."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hall import SmallHall
from tests.test_calling import called, refusal


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
        ({"to_window": 77}, "unknown_window"),
    ],
)
def test_a_transfer_to_nowhere_is_refused(small_hall: SmallHall, details: dict[str, Any], code: str) -> None:
    called(small_hall)
    assert refusal(small_hall, "transfer", reason="x", **details).code == code


def test_a_transfer_without_a_reason_is_refused(small_hall: SmallHall) -> None:
    called(small_hall)
    assert refusal(small_hall, "transfer", reason="  ", service="housing").code == "reason_required"
