"""The waiting range: right where figures are known, wide where they disagree, silent where they say little."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from hallqueue import estimate
from hallqueue.estimate import Pace, Range, Served, mean_minutes, pace_of, waiting_range
from tests.hall import SmallHall

NOON = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


def served(issued: float, called: float, ended: float | None = None) -> Served:
    return Served(at(issued), at(called), None if ended is None else at(ended))


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def test_an_average_over_sixty_minutes_is_right() -> None:
    assert mean_minutes([minutes(50), minutes(70), minutes(75)]) == pytest.approx(65)


def test_a_duration_below_zero_counts_as_none() -> None:
    assert mean_minutes([minutes(-5), minutes(10)]) == pytest.approx(5)


def test_the_pace_counts_only_the_time_in_which_somebody_waited() -> None:
    calls = [served(0, 4, 8), served(1, 9, 13), served(2, 12, 16), served(40, 42, 46)]
    assert pace_of(calls) == Pace(between=4, at_window=4)


def test_two_stays_that_are_over_say_too_little() -> None:
    assert pace_of([served(0, 1, 2), served(0, 2, 3), served(0, 3)]) is None


def test_a_stay_that_goes_on_does_not_make_stays_short() -> None:
    calls = [served(0, 10, 20), served(0, 20, 30), served(0, 30, 40), served(0, 40)]
    pace = pace_of(calls)
    assert pace is not None
    assert pace.at_window == pytest.approx(10)


def test_the_range_spans_what_the_line_and_the_pace_say() -> None:
    pace = Pace(between=4, at_window=4)
    assert waiting_range(4, 4, minutes(31), pace, 1) == Range(15, 40)
    assert waiting_range(4, 4, minutes(11), pace, 1) == Range(5, 25)


def test_the_middle_of_the_line_waits_for_less_than_its_end() -> None:
    pace = Pace(between=5, at_window=5)
    middle, end = (waiting_range(ahead, 20, minutes(100), pace, 1) for ahead in (9, 20))
    assert middle is not None
    assert end is not None
    assert middle.high < end.low


def test_windows_are_not_quicker_than_one_stay_divided_by_them() -> None:
    found = waiting_range(11, 11, minutes(0), Pace(between=0.1, at_window=10), 2)
    assert found == Range(20, 75)


def test_with_nobody_ahead_the_range_begins_at_nothing() -> None:
    assert waiting_range(0, 0, minutes(0), Pace(3, 8), 2) == Range(0, 5)


@pytest.mark.parametrize(("pace", "windows"), [(None, 2), (Pace(3, 3), 0)])
def test_without_data_or_windows_there_is_no_range(pace: Pace | None, windows: int) -> None:
    assert waiting_range(3, 3, minutes(9), pace, windows) is None


@pytest.mark.parametrize("ahead", [0, 1, 7, 60, 900])
@pytest.mark.parametrize("longest", [0, 3, 61, 500])
def test_a_range_is_in_steps_of_five_and_never_one_figure(ahead: int, longest: int) -> None:
    found = waiting_range(ahead, ahead, minutes(longest), Pace(2.3, 7.1), 3)
    assert found is not None
    assert 0 <= found.low < found.high <= estimate.LONGEST
    assert found.low % 5 == found.high % 5 == 0


def serve(small: SmallHall, count: int, traveller: Any) -> None:
    """`count` people come, are called at once and stay six minutes each."""
    for _ in range(count):
        small.issue()
        small.call_next()
        small.say("start")
        traveller.shift(minutes(6))
        small.say("finish")


def test_the_pace_of_a_service_comes_with_its_third_stay(small_hall: SmallHall) -> None:
    with time_machine.travel(datetime(2030, 3, 4, 2, 0, tzinfo=UTC), tick=False) as traveller:
        serve(small_hall, 2, traveller)
        assert estimate.paces(small_hall.fresh()) == {}
        serve(small_hall, 1, traveller)
        (pace,) = estimate.paces(small_hall.fresh()).values()
    assert pace.at_window == pytest.approx(6)
    assert pace.between == pytest.approx(0)


def test_calls_taken_back_and_those_of_the_fallback_window_are_no_pace(small_hall: SmallHall) -> None:
    with time_machine.travel(datetime(2030, 3, 4, 2, 0, tzinfo=UTC), tick=False) as traveller:
        serve(small_hall, 2, traveller)
        ticket = small_hall.issue()["ticket"]
        small_hall.call_next()
        traveller.shift(minutes(6))
        small_hall.say("undo", ticket=ticket)
        small_hall.issue(to_fallback=True)
        small_hall.call_next(9)
        small_hall.say("start", 9)
        small_hall.say("finish", 9)
        assert estimate.paces(small_hall.fresh()) == {}


def test_what_is_older_than_an_hour_is_forgotten(small_hall: SmallHall) -> None:
    with time_machine.travel(datetime(2030, 3, 4, 2, 0, tzinfo=UTC), tick=False) as traveller:
        serve(small_hall, 3, traveller)
        traveller.shift(minutes(61))
        small_hall.issue()
        assert estimate.paces(small_hall.fresh()) == {}


def test_the_clock_alone_changes_nothing(small_hall: SmallHall) -> None:
    with time_machine.travel(datetime(2030, 3, 4, 2, 0, tzinfo=UTC), tick=False) as traveller:
        serve(small_hall, 3, traveller)
        before = estimate.paces(small_hall.fresh())
        traveller.shift(minutes(500))
        assert estimate.paces(small_hall.fresh()) == before
