"""Working days: the hall's own table, the published calendar, the weekend rule, in this order."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallqueue.models import CalendarDay, CalendarYear
from hallqueue.workdays import DayKind, OwnDay, Source, WorkCalendar, calendar_of
from tests.hall import SmallHall

PLAIN = WorkCalendar()


def days(text: str) -> list[date]:
    return [date.fromisoformat(each) for each in text.split()]


@pytest.mark.parametrize("day", days("2026-09-20 2026-10-10 2026-02-14 2026-02-28 2026-01-04"))
def test_a_made_up_weekend_is_a_working_day(day: date) -> None:
    assert day.weekday() >= 5
    assert PLAIN.is_working_day(day)
    assert PLAIN.kind(day) is DayKind.WORKING


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-01-01", "元旦"),
        ("2026-02-17", "春节"),
        ("2026-04-06", "清明"),
        ("2026-05-01", "劳动节"),
        ("2026-06-19", "端午"),
        ("2026-09-25", "中秋"),
        ("2026-10-01", "国庆节"),
    ],
)
def test_a_published_holiday_is_free_and_has_its_name(day: str, name: str) -> None:
    found = date.fromisoformat(day)
    assert not PLAIN.is_working_day(found)
    assert PLAIN.kind(found) is DayKind.HOLIDAY
    assert PLAIN.day_name(found).startswith(name[:2])
    assert PLAIN.day_name(found, "en").isascii()
    assert PLAIN.source(found) is Source.PUBLISHED


def test_an_ordinary_weekend_has_no_name() -> None:
    saturday = date(2026, 11, 21)
    assert PLAIN.kind(saturday) is DayKind.WEEKEND
    assert PLAIN.day_name(saturday) == ""


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2026-09-30", 1, "2026-10-08"),  # over 国庆
        ("2026-10-08", 3, "2026-10-12"),  # Thursday; Friday, the made-up Saturday, Monday
        ("2026-09-18", 1, "2026-09-20"),  # Friday; the made-up Sunday
        ("2026-02-13", 1, "2026-02-14"),  # before 春节 a made-up Saturday
        ("2026-02-14", 1, "2026-02-24"),  # over 春节
        ("2026-02-20", 5, "2026-02-28"),  # begun on a free day: that day does not count either
        ("2025-12-31", 1, "2026-01-04"),  # over the year's end, to a made-up Sunday
        ("2026-12-31", 1, "2027-01-01"),  # nobody knows 2027: only weekends are free
        ("2026-10-08", -1, "2026-09-30"),
        ("2026-10-03", 0, "2026-10-03"),
    ],
)
def test_working_days_are_added_over_holidays(start: str, count: int, end: str) -> None:
    assert PLAIN.add_working_days(date.fromisoformat(start), count) == date.fromisoformat(end)


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        ("2026-09-30", "2026-10-08", 1),
        ("2026-10-01", "2026-10-07", 0),
        ("2026-10-08", "2026-10-08", 0),
        ("2026-10-08", "2026-09-30", -1),
        ("2025-12-31", "2026-12-31", 248),
    ],
)
def test_the_first_day_does_not_count_and_the_last_does(start: str, end: str, count: int) -> None:
    assert PLAIN.working_days_between(date.fromisoformat(start), date.fromisoformat(end)) == count


@given(
    start=st.dates(date(2003, 1, 1), date(2030, 1, 1)),
    count=st.integers(0, 60),
    own=st.dictionaries(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.booleans(), max_size=30),
)
def test_counting_undoes_adding(start: date, count: int, own: dict[date, bool]) -> None:
    calendar = WorkCalendar({day: OwnDay(working) for day, working in own.items()})
    end = calendar.add_working_days(start, count)
    assert calendar.working_days_between(start, end) == count
    assert calendar.working_days_between(end, start) == -count
    assert count == 0 or calendar.is_working_day(end)


def test_a_year_nobody_knows_is_told_and_keeps_the_weekend_rule() -> None:
    assert PLAIN.unknown_years(date(2026, 12, 1), date(2028, 1, 31)) == [2027, 2028]
    assert PLAIN.unknown_years(date(2025, 1, 1), date(2026, 12, 31)) == []
    assert PLAIN.source(date(2027, 10, 1)) is Source.WEEKEND_RULE
    assert PLAIN.is_working_day(date(2027, 10, 1))
    assert not PLAIN.is_working_day(date(2027, 10, 2))
    assert PLAIN.day_name(date(2027, 10, 1)) == ""


def test_a_year_the_hall_has_told_whole_is_known() -> None:
    told = WorkCalendar({date(2027, 10, 1): OwnDay(False, "国庆节")}, {2027})
    assert told.unknown_years(date(2026, 1, 1), date(2027, 12, 31)) == []
    assert told.kind(date(2027, 10, 1)) is DayKind.HOLIDAY
    assert told.source(date(2027, 10, 8)) is Source.PUBLISHED


def test_the_halls_own_table_wins(small_hall: SmallHall) -> None:
    hall = small_hall.hall
    CalendarDay.objects.create(hall=hall, date="2026-10-01", is_working=True, name="延时服务")
    CalendarDay.objects.create(hall=hall, date="2026-09-20", is_working=False)
    CalendarYear.objects.create(hall=hall, year=2027)
    found = calendar_of(hall)
    assert found.is_working_day(date(2026, 10, 1))
    assert found.day_name(date(2026, 10, 1)) == "延时服务"
    assert found.source(date(2026, 10, 1)) is Source.HALL
    assert found.kind(date(2026, 9, 20)) is DayKind.HOLIDAY
    assert found.unknown_years(date(2027, 1, 1), date(2028, 1, 1)) == [2028]


def test_a_calendar_is_read_once_however_much_is_asked(
    small_hall: SmallHall, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(2):  # type: ignore[operator]
        found = calendar_of(small_hall.hall)
        found.add_working_days(date(2026, 1, 1), 300)
        found.unknown_years(date(2026, 1, 1), date(2029, 1, 1))
