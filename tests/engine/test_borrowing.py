"""A window is borrowed for a service or a department: for a time, for longer, until it is taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from hallqueue.actions import borrowing
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.house import setup
from hallqueue.actions.round import timed
from hallqueue.errors import Refused
from hallqueue.models import Borrowing, Event, Window, WindowService
from tests.engine.test_hands import labels, say, undo_last
from tests.hall import SmallHall
from tests.invariants import check

pytestmark = pytest.mark.both_databases


def test_a_borrowed_window_takes_the_service_until_it_is_taken_back(small_hall: SmallHall) -> None:
    small_hall.issue("invoice")
    assert labels(small_hall, 3) == []
    lent = say(small_hall, borrowing.borrow, window=3, service="invoice", reason="税务排长队")
    assert labels(small_hall, 3) == ["B001"]
    assert Event.objects.get(kind="window.borrowed").data["reason"] == "税务排长队"
    say(small_hall, borrowing.take_back, borrowing=lent["borrowing"])
    assert labels(small_hall, 3) == []
    with pytest.raises(Refused, match="borrowing_over"):
        say(small_hall, borrowing.take_back, borrowing=lent["borrowing"])
    check(small_hall.hall)


def test_a_borrowing_for_a_time_ends_by_itself_with_one_event(small_hall: SmallHall) -> None:
    say(small_hall, borrowing.borrow, window=3, department="税务局", reason="忙", minutes=30)
    assert not timed.is_due(small_hall.fresh(), timezone.now())
    with time_machine.travel(timezone.now() + timedelta(minutes=31), tick=False):
        assert timed.is_due(small_hall.fresh(), timezone.now())
        for _ in range(2):
            timed.end_due(small_hall.hall.pk, THE_HALL, new_key())
        assert not timed.is_due(small_hall.fresh(), timezone.now())
    assert Event.objects.filter(kind="borrowing.ended", by="hall").count() == 1
    assert not WindowService.objects.exclude(borrowing=None).exists()


def test_what_a_window_takes_by_itself_outlives_a_borrowing_and_a_new_set_up(small_hall: SmallHall) -> None:
    say(small_hall, borrowing.borrow, window=3, service="invoice", reason="忙")
    takes = [("id-card", 0)]
    setup.map_services(small_hall.hall.pk, THE_HALL, new_key(), window=3, takes=takes)
    services = set(WindowService.objects.filter(window__number=3).values_list("service__code", flat=True))
    assert services == {"id-card", "invoice"}
    undo_last(small_hall, "window.borrowed")
    assert WindowService.objects.get(window__number=3).service.code == "id-card"


def test_of_two_borrowings_that_overlap_the_other_stays(small_hall: SmallHall) -> None:
    first = say(small_hall, borrowing.borrow, window=1, service="invoice", reason="忙")
    Borrowing.objects.create(
        hall=small_hall.hall,
        window=Window.objects.get(number=1),
        department=small_hall.hall.departments.get(name="税务局"),
        begun_at=timezone.now(),
        by="user:1",
        reason="更忙",
    )
    say(small_hall, borrowing.take_back, borrowing=first["borrowing"])
    left = WindowService.objects.get(window__number=1, service__code="invoice").borrowing
    assert left is not None
    assert left.reason == "更忙"


def test_a_borrowing_is_made_longer_by_borrowing_again_and_never_shorter(small_hall: SmallHall) -> None:
    again: dict[str, Any] = {"window": 3, "service": "invoice", "reason": "忙"}
    with time_machine.travel(timezone.now(), tick=False):
        lent = say(small_hall, borrowing.borrow, **again, minutes=30)
        assert say(small_hall, borrowing.borrow, **again, minutes=90) == lent
        assert Borrowing.objects.get(ended_at=None).until == timezone.now() + timedelta(minutes=90)
        with pytest.raises(Refused, match="lent_until") as refused:
            say(small_hall, borrowing.borrow, **again, minutes=60)
        until = timezone.now() + timedelta(minutes=90)
        assert refused.value.params["time"] == f"{until.astimezone(small_hall.hall.local_zone):%m-%d %H:%M}"
        undo_last(small_hall, "borrowing.lengthened")
        assert Borrowing.objects.get(ended_at=None).until == timezone.now() + timedelta(minutes=30)
        say(small_hall, borrowing.borrow, **again)
        with pytest.raises(Refused, match="lent_already"):
            say(small_hall, borrowing.borrow, **again, minutes=60)


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"window": 3, "service": "invoice"}, "reason_required"),
        ({"window": 3, "service": "invoice", "reason": "x", "minutes": -5}, "bad_input"),
        ({"window": 3, "service": "invoice", "reason": "x", "minutes": 99999}, "bad_input"),
        ({"window": 3, "reason": "x"}, "bad_input"),
        ({"window": 3, "service": "invoice", "department": "税务局", "reason": "x"}, "bad_input"),
        ({"window": 3, "service": "nothing", "reason": "x"}, "unknown_service"),
        ({"window": 3, "department": "nothing", "reason": "x"}, "unknown_department"),
        ({"window": 77, "service": "invoice", "reason": "x"}, "unknown_window"),
        ({"window": 9, "service": "invoice", "reason": "x"}, "borrow_fallback"),
        ({"window": 2, "service": "invoice", "reason": "x"}, "already_takes"),
    ],
)
def test_a_borrowing_that_makes_no_sense_is_refused_and_leaves_nothing(
    small_hall: SmallHall, details: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused, match=code):
        say(small_hall, borrowing.borrow, **{"reason": " ", **details})
    assert not Borrowing.objects.exists()
