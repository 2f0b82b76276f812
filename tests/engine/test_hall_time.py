"""The clock is set back while people wait: the log never runs backwards, and yet what takes time is over in time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from hallqueue import hall_time
from hallqueue.errors import Refused
from hallqueue.models import Event, Rules
from tests.hall import SmallHall, clock_at, make_small_hall
from tests.invariants import check

pytestmark = pytest.mark.both_databases
MORNING = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
Later = Callable[[float], None]


clock = clock_at(MORNING)


@pytest.fixture
def later(clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch) -> Later:
    """Seconds go by, on the clock and on the machine's own count."""
    counted = [0.0]
    monkeypatch.setattr(hall_time, "monotonic", lambda: counted[0])

    def go_by(seconds: float) -> None:
        counted[0] += seconds
        clock.shift(seconds)

    return go_by


@pytest.fixture
def hall(clock: time_machine.Traveller, db: None) -> SmallHall:
    small = make_small_hall()
    Rules.objects.filter(hall=small.hall).update(calls_before_no_show=2, seconds_between_calls=20)
    return small


def test_clerk_recalls_and_lets_go_although_the_clock_was_set_back(
    hall: SmallHall, clock: time_machine.Traveller, later: Later
) -> None:
    hall.issue()
    hall.call_next(1)
    clock.shift(timedelta(minutes=-10))
    with pytest.raises(Refused, match="recall_too_soon"):
        hall.say("recall")
    later(40)
    assert hall.say("recall")["said"] == 2
    later(40)
    assert hall.say("no_show")["state"] == "missed"
    check(hall.hall)


def test_the_hall_is_never_before_its_log_and_comes_back_to_the_clock(
    hall: SmallHall, clock: time_machine.Traveller, later: Later
) -> None:
    hall.issue()
    clock.shift(timedelta(minutes=-10))
    ahead = []
    for _ in range(25):
        hall.issue()
        ahead.append(hall.fresh().moved_at - datetime.now(UTC))
        later(60)
    assert ahead == sorted(ahead, reverse=True)
    assert ahead[0] == timedelta(minutes=10)
    assert ahead[-1] == timedelta()
    moments = list(Event.objects.filter(hall=hall.hall).order_by("seq").values_list("at", flat=True))
    assert moments == sorted(moments)


def test_another_process_that_is_further_on_is_believed(hall: SmallHall, later: Later) -> None:
    row = hall.fresh()
    row.moved_at = MORNING + timedelta(minutes=10)
    assert hall_time.now_in(row) == row.moved_at
    later(20)
    assert hall_time.now_in(row) == row.moved_at + timedelta(seconds=10)
    row.moved_at += timedelta(minutes=1)
    assert hall_time.now_in(row) == row.moved_at
    later(3)
    assert hall_time.now_in(row) == row.moved_at + timedelta(seconds=1)
