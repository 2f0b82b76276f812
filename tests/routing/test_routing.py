"""Who may take whom, and in what order: class, then position; and nobody is ever left without a window."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hallqueue.actions import borrowing
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.house import rules, setup
from hallqueue.actions.line import tickets
from hallqueue.errors import Refused
from hallqueue.models import Event
from hallqueue.routing import line, stranded
from tests.hall import SmallHall, make_small_hall
from tests.invariants import check, check_routing

pytestmark = pytest.mark.both_databases


def labels(small: SmallHall, window: int) -> list[str]:
    return [ticket.label for ticket in line(small.hall.windows.select_related("hall").get(number=window))]


def test_priority_goes_first_and_inside_a_class_who_came_first(small_hall: SmallHall) -> None:
    for priority in ("", "elderly", "", "disabled"):
        small_hall.issue(priority=priority)
    assert labels(small_hall, 1) == ["A002", "A004", "A001", "A003"]


def test_window_does_its_own_work_before_it_helps(small_hall: SmallHall) -> None:
    small_hall.issue("id-card", priority="elderly")
    small_hall.issue("invoice")
    small_hall.issue("id-card")
    small_hall.issue("invoice")
    assert labels(small_hall, 2) == ["B001", "B002", "A001", "A002"]
    assert labels(small_hall, 1) == ["A001", "A002"]


def test_requeued_ticket_stands_behind_the_next_three(small_hall: SmallHall) -> None:
    small_hall.issue()
    missed = small_hall.call_next(1)
    small_hall.say("no_show")
    for _ in range(4):
        small_hall.issue()
    tickets.requeue(small_hall.hall.pk, small_hall.actor("desk"), new_key(), ticket=missed["ticket"])
    assert labels(small_hall, 1) == ["A002", "A003", "A004", "A001", "A005"]
    check(small_hall.hall)


def test_fallback_takes_what_nobody_else_may_and_gives_it_back_when_somebody_may(
    small_hall: SmallHall,
) -> None:
    small_hall.issue("housing")
    assert labels(small_hall, 9) == []
    small_hall.say("pause", 3, reason="午休")
    assert labels(small_hall, 9) == ["C001"]
    small_hall.say("open_window", 3)
    assert labels(small_hall, 9) == []


def test_who_is_sent_to_a_window_that_closes_falls_to_the_fallback_window(small_hall: SmallHall) -> None:
    small_hall.issue()
    small_hall.call_next(1)
    small_hall.say("transfer", 1, to_window=3, reason="找住建局")
    assert (labels(small_hall, 3), labels(small_hall, 9)) == (["A001"], [])
    small_hall.say("close", 3)
    assert labels(small_hall, 9) == ["A001"]


def test_with_no_window_open_everybody_is_on_the_stranded_list(small_hall: SmallHall) -> None:
    other = make_small_hall((1,), slug="other")
    other.issue()
    other.say("close", 1)
    small_hall.issue()
    small_hall.issue("housing")
    small_hall.issue("invoice", to_fallback=True)
    for window in (1, 2, 3, 9):
        small_hall.say("close", window)
    assert [ticket.label for ticket in stranded(small_hall.hall)] == ["A001", "C001", "B001"]
    small_hall.say("open_window", 9)
    assert not stranded(small_hall.hall).exists()
    assert stranded(other.hall).exists(), "each hall has people and windows of its own"
    check_routing(small_hall.hall)


def test_remapped_window_sees_another_line_at_once(small_hall: SmallHall) -> None:
    small_hall.issue("housing")
    takes = [("housing", 0)]
    setup.map_services(small_hall.hall.pk, THE_HALL, new_key(), window=1, takes=takes)
    assert labels(small_hall, 1) == ["C001"]
    with pytest.raises(Refused, match="not_allowed"):
        setup.map_services(small_hall.hall.pk, small_hall.actor("clerk1"), new_key(), window=1, takes=[])


def remapped(small: SmallHall) -> list[tuple[str, list[int], list[int]]]:
    found = Event.objects.filter(hall=small.hall, kind="ticket.remapped").order_by("seq")
    return [(each.ticket.label, each.data["before"], each.data["now"]) for each in found if each.ticket]


def test_a_change_of_what_windows_take_is_told_of_everybody_whom_other_windows_call_now(
    small_hall: SmallHall,
) -> None:
    def takes(window: int, *services: str) -> None:
        by, wanted = small_hall.actor("manager"), [[code, 0] for code in services]
        rules.set_window_rules(small_hall.hall.pk, by, new_key(), window=window, services=wanted, anyway=True)

    for service in ("id-card", "housing", "invoice"):
        small_hall.issue(service)
    takes(1, "id-card", "invoice")  # 2 gains a helper, nobody loses a window
    assert remapped(small_hall) == []
    takes(3, "id-card")
    assert remapped(small_hall) == [("C001", [3], [9])]
    small_hall.say("close", 9)
    takes(1, "housing")
    assert remapped(small_hall)[1:] == [("C001", [], [1])]
    setup.map_services(small_hall.hall.pk, THE_HALL, new_key(), window=1, takes=[["id-card", 0]])
    assert remapped(small_hall)[2:] == [("C001", [1], [])]
    check(small_hall.hall)


def test_everybody_who_waits_is_read_once_however_the_set_up_changes(small_hall: SmallHall) -> None:
    small_hall.issue("housing")
    small_hall.issue("id-card")
    with CaptureQueriesContext(connection) as said:
        setup.map_services(small_hall.hall.pk, THE_HALL, new_key(), window=3, takes=[])
    waiting = [
        each["sql"] for each in said if "'waiting'" in each["sql"] and "hallqueue_ticket" in each["sql"]
    ]
    assert len(waiting) == 1
    assert remapped(small_hall) == [("C001", [3], [9])]


def test_a_borrowed_window_that_is_given_back_leaves_nobody_without_a_line_in_the_story(
    small_hall: SmallHall,
) -> None:
    hall, manager = small_hall.hall.pk, small_hall.actor("manager")
    small_hall.issue("housing")
    small_hall.say("close", 3)
    lent = borrowing.borrow(hall, manager, new_key(), window=1, service="housing", reason="三号窗口关闭")
    borrowing.take_back(hall, manager, new_key(), borrowing=lent["borrowing"])
    assert remapped(small_hall) == [("C001", [9], [1]), ("C001", [1], [9])]
    check(small_hall.hall)
