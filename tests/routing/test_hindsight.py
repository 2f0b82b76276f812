"""How good the waiting ranges were: against a real day of other halls, and against this hall's own last hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hallqueue.hindsight import Score, Visit, ranges_of, recent, score_of
from tests.bench.waits import SAMPLE, queues_of
from tests.hall import SmallHall, midday
from tests.pages.test_manager import manager

NINE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def visit(came: float, called: float, gone: float) -> Visit:
    at = [NINE + timedelta(minutes=each) for each in (came, called, gone)]
    return Visit(at[0], at[1], at[2], windows=1)


def test_on_a_real_day_of_other_halls_most_people_wait_as_long_as_they_were_told() -> None:
    score = Score()
    for visits in queues_of(SAMPLE).values():
        score_of(visits, score)  # type: ignore[arg-type]
    assert score.shown > 800
    assert score.inside / score.shown > 0.8
    assert score.longer / score.shown < 0.12


def test_nobody_is_told_what_was_not_yet_known() -> None:
    visits = [visit(0, 10 * n, 10 * n + 9) for n in range(1, 8)]
    shown = [range_ for _, range_ in ranges_of([*visits, visit(12, 80, 90), visit(45, 90, 99)])]
    assert shown[7] is None
    assert shown[8] is not None
    assert (shown[8].low, shown[8].high) == (35, 60)


def test_a_miss_is_counted_by_its_side_and_its_minutes() -> None:
    steady = [visit(0, 10 * n, 10 * n + 9) for n in range(1, 5)]
    score = score_of([*steady, visit(45, 145, 150)])
    assert (score.hidden, score.shown, score.longer, round(score.missed)) == (4, 1, 1, 85)


def test_the_manager_sees_how_good_the_last_hour_was(small_hall: SmallHall) -> None:
    asked: Any = manager(small_hall).get("/small/manager/curve/").json()
    assert asked["ranges"] == {"shown": 0, "inside": 0, "longer": 0, "miss": 0}
    with midday(small_hall) as clock:
        for _ in range(12):
            small_hall.issue()
            small_hall.call_next(1)
            small_hall.say("start", 1)
            clock.shift(timedelta(minutes=4))
            small_hall.say("finish", 1)
        score = recent(small_hall.fresh())
    assert score.shown == score.inside > 5
    asked = manager(small_hall).get("/small/manager/curve/").json()
    assert asked["ranges"]["inside"] == score.inside
