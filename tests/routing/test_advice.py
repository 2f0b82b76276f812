"""Tidal windows: advice only where the last hour or earlier days say something, one press to do it or send it away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from hallqueue.actions import windows
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.house import setup
from hallqueue.actions.round.figures import store_days
from hallqueue.figures.tally import Tally
from hallqueue.models import Event, Service
from tests.hall import SmallHall, midday
from tests.pages.test_manager import frame, manager, post


@pytest.fixture
def tide(small_hall: SmallHall) -> Iterator[SmallHall]:
    """Window 2 is paused, window 1 has served three at eight minutes each, and twelve wait for it."""
    with midday(small_hall) as clock:
        small_hall.say("pause", 2, reason="开会")
        for _ in range(15):
            small_hall.issue()
        for _ in range(3):
            small_hall.call_next(1)
            small_hall.say("start", 1)
            clock.shift(timedelta(minutes=8))
            small_hall.say("finish", 1)
        yield small_hall


def advised(small: SmallHall) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = frame(small)["advice"]
    return found


def press(small: SmallHall, **fields: Any) -> Any:
    return post(manager(small), "advice/", **fields)


def test_a_paused_window_with_its_clerk_is_the_first_choice(tide: SmallHall) -> None:
    (row,) = advised(tide)
    assert (row["verb"], row["window"], row["state"], row["clerk"]) == ("open", 2, "paused", "clerk2")
    assert (row["waiting"], row["windows"], row["wait"]) == (12, 1, 96)
    assert (row["people"], row["minutes"]) == (12, 48)


def test_open_windows_where_nobody_sits_take_nobody(tide: SmallHall) -> None:
    tide.say("open_window", 2)
    tide.say("leave", 2)
    windows.open_window(tide.hall.pk, tide.actor("manager"), new_key(), window=2)
    (row,) = advised(tide)
    assert (row["windows"], row["manned"], row["wait"], row["minutes"]) == (2, 1, 96, 48)
    assert (row["verb"], row["window"]) == ("borrow", 3)


def test_one_press_opens_it_and_says_so_in_the_log(tide: SmallHall) -> None:
    (row,) = advised(tide)
    press(tide, advice=row["id"], take=True)
    assert frame(tide)["windows"][1]["state"] == "open"
    assert Event.objects.get(kind="advice.taken").data["minutes"] == 48
    assert press(tide, advice=row["id"], take=True)["code"] == "advice_over"


def test_an_idle_window_is_lent_when_none_of_its_own_is_left(tide: SmallHall) -> None:
    tide.say("leave", 2)
    (row,) = advised(tide)
    assert (row["verb"], row["window"], row["lent"]) == ("borrow", 3, "居民身份证换领")
    press(tide, advice=row["id"], take=True)
    assert frame(tide)["windows"][2]["borrowed"][0]["name"] == "居民身份证换领"
    assert "潮汐建议" in Event.objects.get(kind="window.borrowed").data["reason"]


def test_dismissed_advice_stays_away_for_a_while(tide: SmallHall) -> None:
    (row,) = advised(tide)
    press(tide, advice=row["id"], take=False)
    assert row["id"] not in [each["id"] for each in advised(tide)]
    with time_machine.travel(timezone.now() + timedelta(minutes=31), tick=False):
        tide.issue("housing")
        assert row["id"] in [each["id"] for each in advised(tide)]


def test_a_window_that_would_help_two_lines_is_advised_once_for_the_one_it_helps_most(
    tide: SmallHall,
) -> None:
    takes = [["housing", 0], ["invoice", 1]]
    setup.map_services(tide.hall.pk, THE_HALL, new_key(), window=3, takes=takes)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(9):
            tide.issue("invoice")
        for _ in range(3):
            tide.call_next(3)
            tide.say("start", 3)
            clock.shift(timedelta(minutes=8))
            tide.say("finish", 3)
        (row,) = advised(tide)
        assert (row["window"], row["name"], row["waiting"]) == (2, "居民身份证换领", 12)
        press(tide, advice=row["id"], take=False)
        assert advised(tide) == [], "nor for the other line, once it was sent away"


def served_before(small: SmallHall, stays: int, days_ago: int = 1, minutes: int = 9) -> None:
    """A day that is kept, on which so many identity cards took a minute of way and `minutes` each."""
    tally = Tally()
    for _ in range(stays):
        tally.add_duration("way", 60)
        tally.add_duration("serve", 60 * minutes)
    day = small.hall.business_date(timezone.now()) - timedelta(days=days_ago)
    content = {"hall": {"": {}}, "service": {str(Service.objects.get(code="id-card").pk): tally.counts}}
    store_days(small.hall.pk, THE_HALL, new_key(), days=[[str(day), content]])


def morning(small: SmallHall, people: int = 12) -> None:
    """Window 2 is paused, and nobody has been served yet."""
    small.say("pause", 2, reason="开会")
    for _ in range(people):
        small.issue()


def test_before_anybody_was_served_advice_goes_by_earlier_days_and_says_so(small_hall: SmallHall) -> None:
    with midday(small_hall):
        served_before(small_hall, stays=10)
        morning(small_hall)
        (row,) = advised(small_hall)
        assert (row["verb"], row["window"], row["earlier"]) == ("open", 2, True)
        assert (row["waiting"], row["wait"], row["people"], row["minutes"]) == (12, 120, 12, 60)
        press(small_hall, advice=row["id"], take=True)
        assert Event.objects.get(kind="advice.taken").data["earlier"] is True


def test_the_last_hour_goes_before_earlier_days(tide: SmallHall) -> None:
    served_before(tide, stays=10, minutes=99)
    (row,) = advised(tide)
    assert (row["wait"], row["earlier"]) == (96, False)


def test_a_few_stays_and_days_long_ago_say_nothing_and_a_day_kept_since_does(small_hall: SmallHall) -> None:
    with midday(small_hall):
        served_before(small_hall, stays=9)
        served_before(small_hall, stays=50, days_ago=29)
        morning(small_hall)
        assert advised(small_hall) == []
        served_before(small_hall, stays=1, days_ago=28)
        assert [row["wait"] for row in advised(small_hall)] == [120]
        served_before(small_hall, stays=30, minutes=19)
        assert [row["wait"] for row in advised(small_hall)] == [round(12 * (30 * 20 + 10) / 31)]


def test_no_advice_without_data_and_none_while_the_line_is_short(small_hall: SmallHall) -> None:
    small_hall.say("pause", 2, reason="开会")
    for _ in range(30):
        small_hall.issue()
    assert advised(small_hall) == []


def test_an_auditor_takes_no_advice(tide: SmallHall) -> None:
    (row,) = advised(tide)
    assert post(manager(tide, "auditor"), "advice/", advice=row["id"], take=True)["code"] == "not_allowed"
