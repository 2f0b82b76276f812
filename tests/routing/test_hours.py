"""Opening hours: spans of a day, holidays and make-up days, the last number, the next opening."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hallqueue.actions.command import new_key
from hallqueue.actions.house import calendar
from hallqueue.errors import Refused
from hallqueue.hours import Timetable, latest_start, read_spans, timetable_of
from hallqueue.models import Event, Hours, Window
from tests.hall import SmallHall

DAY = "9:00-12:00, 13:30-17:30"
WEEK = [DAY] * 5 + ["", "", ""]
NOON = ["9:00-17:30"] * 5 + ["10:00-12:00", "", ""]
ZONE = ZoneInfo("Asia/Shanghai")


def keep(small: SmallHall, name: str = "日常", week: list[str] = WEEK, **more: Any) -> int:
    say = (small.hall.pk, small.actor("manager"), new_key())
    answer: int = calendar.save_hours(*say, name=name, week=week, **more)["hours"]
    return answer


def give(small: SmallHall, windows: dict[str, int | None]) -> None:
    calendar.give_hours(small.hall.pk, small.actor("manager"), new_key(), windows=windows)


def table(small: SmallHall) -> Timetable:
    return timetable_of(small.fresh())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def clocks(small: SmallHall, key: str, day: str) -> list[str]:
    spans = table(small).spans(key, date.fromisoformat(day))
    return [f"{start:%H:%M}-{end:%H:%M}" for start, end in spans]


def key_of(small: SmallHall, service: str) -> str:
    return table(small).key_of_service(small.hall.services.get(code=service).pk)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("", []),
        ("9:00-12:00", [["09:00", "12:00"]]),
        ("13:30~17:30，9:00—12:00", [["09:00", "12:00"], ["13:30", "17:30"]]),
        ("0:00至24:00", [["00:00", "24:00"]]),
        ("9:00-12:00、12:00-13:59", [["09:00", "12:00"], ["12:00", "13:59"]]),
    ],
)
def test_hours_are_read_as_people_type_them(typed: str, read: list[list[str]]) -> None:
    assert read_spans(typed) == read


@pytest.mark.parametrize(
    "typed", ["9", "9:00", "12:00-9:00", "9:00-25:00", "9:60-10:00", "9:00-9:00", "morning"]
)
def test_unclear_hours_are_refused_in_words_and_nothing_is_kept(small_hall: SmallHall, typed: str) -> None:
    with pytest.raises(Refused, match="hours_unclear"):
        keep(small_hall, week=[typed, *WEEK[1:]])
    assert not Hours.objects.exists()


def test_overlapping_spans_are_refused(small_hall: SmallHall) -> None:
    with pytest.raises(Refused, match="hours_overlap"):
        keep(small_hall, week=["9:00-12:00, 11:00-14:00", *WEEK[1:]])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"week": [""] * 8}, "hours_empty"),
        ({"week": WEEK[:7]}, "bad_input"),
        ({"name": " "}, "hours_name"),
        ({"last_number_minutes": 241}, "hours_last_number"),
        ({"last_number_minutes": -1}, "hours_last_number"),
        ({"hours": 999}, "hours_unknown"),
    ],
)
def test_hours_that_say_nothing_are_refused(small_hall: SmallHall, change: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused, match=code):
        keep(small_hall, **change)


def test_only_managers_arrange_hours(small_hall: SmallHall) -> None:
    with pytest.raises(Refused, match="not_allowed"):
        calendar.save_hours(small_hall.hall.pk, small_hall.actor("desk"), new_key(), name="x", week=WEEK)


def test_the_day_follows_weekday_holiday_and_make_up_day(small_hall: SmallHall) -> None:
    keep(small_hall, week=[DAY] * 5 + ["10:00-12:00", "", "9:30-11:30"])
    key = table(small_hall).key_of_windows(())
    assert clocks(small_hall, key, "2026-09-18") == ["09:00-12:00", "13:30-17:30"]
    assert clocks(small_hall, key, "2026-09-19") == ["10:00-12:00"]
    assert clocks(small_hall, key, "2026-09-20") == ["09:00-12:00", "13:30-17:30"]  # made up: as on a Monday
    assert clocks(small_hall, key, "2026-10-03") == ["09:30-11:30"]  # a Saturday inside 国庆 is a holiday
    assert clocks(small_hall, key, "2026-11-22") == []


def test_the_halls_own_day_changes_the_hours(small_hall: SmallHall) -> None:
    keep(small_hall)
    say = (small_hall.hall.pk, small_hall.actor("manager"), new_key())
    calendar.set_day(*say, day="2026-09-18", is_working=False, name="系统升级")
    assert clocks(small_hall, table(small_hall).key_of_windows(()), "2026-09-18") == []


def test_a_service_has_the_hours_of_all_its_windows(small_hall: SmallHall) -> None:
    usual = keep(small_hall)
    noon = keep(small_hall, "午间不断档", NOON)
    give(small_hall, {"2": noon})
    assert key_of(small_hall, "housing") == str(usual)
    assert key_of(small_hall, "invoice") == str(noon)
    assert key_of(small_hall, "id-card") == f"{usual}+{noon}"
    assert clocks(small_hall, key_of(small_hall, "id-card"), "2026-09-18") == ["09:00-17:30"]
    assert clocks(small_hall, key_of(small_hall, "id-card"), "2026-09-19") == ["10:00-12:00"]


def test_hours_that_touch_or_overlap_are_one_and_may_end_with_the_day(small_hall: SmallHall) -> None:
    usual = keep(small_hall)
    late = keep(small_hall, "错峰", ["12:00-12:30, 13:00-14:00, 20:00-24:00"] * 8)
    give(small_hall, {"2": late})
    key = key_of(small_hall, "id-card")
    assert key == f"{usual}+{late}"
    assert clocks(small_hall, key, "2026-09-18") == ["09:00-12:30", "13:00-17:30", "20:00-00:00"]
    assert table(small_hall).spans(key, date(2026, 9, 18))[-1][1] == at("2026-09-19T00:00")


def test_what_no_window_takes_has_the_hours_of_the_fallback_window_and_what_is_not_offered_has_none(
    small_hall: SmallHall,
) -> None:
    usual = keep(small_hall)
    noon = keep(small_hall, "午间", NOON)
    Window.objects.get(number=3).takes.all().delete()
    give(small_hall, {"9": noon})
    assert key_of(small_hall, "housing") == str(noon)
    assert table(small_hall).keys == [str(usual), str(noon)]
    small_hall.hall.services.filter(code="housing").update(is_active=False)
    give(small_hall, {"9": None})
    give(small_hall, {"9": noon})
    assert table(small_hall).keys == [str(usual)]


def test_hours_are_over_after_their_last_span_while_nobody_serves(small_hall: SmallHall) -> None:
    keep(small_hall)
    found, key, day = table(small_hall), table(small_hall).key_of_windows(()), date(2026, 9, 18)
    moments = ("18T12:30", "18T17:29", "18T17:30", "20T12:30", "20T14:00")  # the 20th is a made-up Sunday
    over = [found.is_over(key, day, at(f"2026-09-{moment}")) for moment in moments]
    assert over == [False, False, True, True, False]
    assert found.is_over(key, date(2026, 9, 19), at("2026-09-19T12:30")) is None


def test_a_hall_without_hours_says_nothing(small_hall: SmallHall) -> None:
    assert key_of(small_hall, "id-card") == ""
    assert table(small_hall).spans("", date(2026, 9, 18)) == []
    assert not table(small_hall).refuses("", date(2026, 9, 18), at("2026-09-18T23:00"))


def test_numbers_end_before_closing_only_where_the_hall_says_so(small_hall: SmallHall) -> None:
    keep(small_hall, last_number_minutes=30, refuses_late=True)
    found, key, day = table(small_hall), table(small_hall).key_of_windows(()), date(2026, 9, 18)
    assert found.last_number(key, day) == at("2026-09-18T17:00")
    assert not found.refuses(key, day, at("2026-09-18T17:00"))
    assert found.refuses(key, day, at("2026-09-18T17:01"))
    assert found.refuses(key, date(2026, 9, 19), at("2026-09-19T10:00"))


def test_a_window_that_only_warns_keeps_its_services_open(small_hall: SmallHall) -> None:
    keep(small_hall, last_number_minutes=30, refuses_late=True)
    give(small_hall, {"2": keep(small_hall, "延时", NOON)})
    assert table(small_hall).last_number(key_of(small_hall, "id-card"), date(2026, 9, 18)) is None
    assert table(small_hall).last_number(key_of(small_hall, "housing"), date(2026, 9, 18)) is not None


def test_the_next_opening_lies_behind_the_holidays(small_hall: SmallHall) -> None:
    keep(small_hall)
    found = table(small_hall)
    opening = found.next_opening(found.key_of_windows(()), date(2026, 9, 30), at("2026-09-30T18:00"))
    assert opening == at("2026-10-08T09:00")


def test_what_still_fits_is_counted_over_the_noon_break(small_hall: SmallHall) -> None:
    keep(small_hall)
    spans = table(small_hall).spans(table(small_hall).key_of_windows(()), date(2026, 9, 18))
    assert latest_start(spans, timedelta(minutes=30)) == at("2026-09-18T17:00")
    assert latest_start(spans, timedelta(hours=5)) == at("2026-09-18T11:00")
    assert latest_start(spans, timedelta(hours=8)) is None


def test_the_default_cannot_go_before_the_others(small_hall: SmallHall) -> None:
    usual, noon = keep(small_hall), keep(small_hall, "午间", NOON)
    give(small_hall, {"1": noon})
    say = (small_hall.hall.pk, small_hall.actor("manager"))
    with pytest.raises(Refused, match="hours_default"):
        calendar.remove_hours(*say, new_key(), hours=usual)
    calendar.remove_hours(*say, new_key(), hours=noon)
    assert Window.objects.get(number=1).hours is None
    assert Event.objects.filter(kind="setup.changed", data__what="hours").count() == 3


def test_another_default_takes_its_place(small_hall: SmallHall) -> None:
    keep(small_hall)
    noon = keep(small_hall, "午间", NOON, is_default=True)
    assert list(Hours.objects.filter(is_default=True).values_list("pk", flat=True)) == [noon]
    assert table(small_hall).key_of_windows(()) == str(noon)


def test_windows_or_hours_that_do_not_exist_are_refused(small_hall: SmallHall) -> None:
    usual = keep(small_hall)
    with pytest.raises(Refused, match="unknown_window"):
        give(small_hall, {"1": usual, "77": usual})
    with pytest.raises(Refused, match="hours_unknown"):
        give(small_hall, {"1": 999})
    assert Window.objects.get(number=1).hours is None
