"""The calendar's set-up pages: days, a file of a year (all or nothing, row by row), hours of windows."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hallqueue.models import CalendarDay, CalendarYear, Event, Hours, Window
from hallqueue.sheets.calendar import read_calendar
from hallqueue.workdays import calendar_of
from tests.hall import SmallHall

URL, HOURS = "/small/setup/calendar/", "/small/setup/hours/"
GOOD = "日期,类型,名称\n2027-01-01,休,元旦\n2027/1/3,班,元旦调休\n2027年10月1日,休,国庆节\n"
KEY = "calendar-key-"


@pytest.fixture
def manager(small_hall: SmallHall) -> Client:
    client = Client()
    client.force_login(small_hall.people["manager"])
    return client


def send(client: Client, content: str | bytes, year: int = 2027, key: str = "1") -> tuple[int, str]:
    data = content if isinstance(content, bytes) else content.encode()
    form = {"file": SimpleUploadedFile("日历.csv", data), "verb": "load_year", "year": year, "key": KEY + key}
    answer = client.post(URL, form)
    return answer.status_code, answer.content.decode()


def test_the_page_shows_holidays_make_up_days_and_who_says_so(manager: Client, small_hall: SmallHall) -> None:
    CalendarDay.objects.create(hall=small_hall.hall, date="2026-11-03", is_working=False, name="搬迁")
    said = manager.get(URL, {"year": "2026", "day": "2026-10-10"}).content.decode()
    assert 'day=2026-10-01#choose" data-kind="holiday"' in said
    assert 'day=2026-10-10#choose" data-kind="made_up" aria-current="date"' in said
    assert 'day=2026-11-03#choose" data-kind="holiday" data-own' in said
    assert "调休上班" in said
    assert 'id="unknown"' not in said


def test_a_year_nobody_knows_is_warned_of_until_it_is_told(manager: Client, small_hall: SmallHall) -> None:
    assert "还不知道 2027 年的放假安排" in manager.get(URL, {"year": 2027}).content.decode()
    status, _ = send(manager, GOOD)
    assert status == 303
    assert "还不知道" not in manager.get(URL, {"year": 2027}).content.decode()
    found = calendar_of(small_hall.hall)
    assert not found.is_working_day(date(2027, 10, 1))
    assert found.is_working_day(date(2027, 1, 3))
    assert Event.objects.filter(kind="setup.changed", data__what="calendar").exists()


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("2026-10-01,休,国庆", "第 2026-10-01|2026-10-01 不在 2027 年"),
        ("2027-02-30,休,", "“2027-02-30”不是日期"),
        ("十月一日,休,", "“十月一日”不是日期"),
        ("2027-05-01,也许,", "类型“也许”不是 休 或 班"),
        ("2027-10-01,班,又一次", "2027-10-01 与第 4 行重复"),
        ("2027-05-01,休," + "长" * 41, "名称最多 40 个字"),
    ],
)
def test_wrong_rows_are_listed_and_nothing_is_imported(manager: Client, row: str, sentence: str) -> None:
    status, said = send(manager, GOOD + row + "\n")
    assert status == 400
    assert sentence.split("|")[-1] in said
    assert '<td class="num">5</td>' in said
    assert not CalendarDay.objects.exists()
    assert not CalendarYear.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "请先选择文件|文件里没有日期"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "这不是可以读取的表格"),
        ("甲,乙\n1,2\n".encode(), "没有找到表头"),
        ("日期,类型\n".encode(), "文件里没有日期"),
    ],
)
def test_file_that_is_no_calendar_is_refused_in_words(manager: Client, content: bytes, sentence: str) -> None:
    status, said = send(manager, content)
    assert status == 400
    assert any(part in said for part in sentence.split("|"))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_exported_can_be_imported(manager: Client, kind: str) -> None:
    answer = manager.get(f"{URL}export.{kind}", {"year": 2026})
    assert f"calendar-2026.{kind}" in answer["Content-Disposition"]
    found = read_calendar(answer.content, 2026)
    assert not found.errors
    assert (date(2026, 9, 20), True) in [each[:2] for each in found.days]
    assert (date(2026, 10, 4), False) in [each[:2] for each in found.days]
    assert manager.get(f"{URL}export.pdf").status_code == 404


def test_a_day_is_set_and_given_back(manager: Client, small_hall: SmallHall) -> None:
    form = {"verb": "set_day", "year": 2026, "day": "2026-10-01", "kind": "working", "name": "延时服务"}
    assert manager.post(URL, form | {"key": KEY + "a"}).status_code == 303
    assert calendar_of(small_hall.hall).is_working_day(date(2026, 10, 1))
    assert manager.post(URL, form | {"kind": "published", "key": KEY + "b"}).status_code == 303
    assert not CalendarDay.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"day": "2026-02-30"},
        {"day": ""},
        {"kind": "maybe"},
        {"verb": "burn"},
        {"name": "长" * 41},
        {"day": "1999-01-01"},
    ],
)
def test_a_day_that_makes_no_sense_is_refused_on_the_page(manager: Client, change: dict[str, str]) -> None:
    form = {
        "verb": "set_day",
        "year": 2026,
        "day": "2026-10-01",
        "kind": "free",
        "name": "",
        "key": KEY + "c",
    }
    answer = manager.post(URL, form | change)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    assert not CalendarDay.objects.exists()


def test_hours_are_made_changed_given_to_a_window_and_removed(manager: Client, small_hall: SmallHall) -> None:
    week = {f"day{at}": "9:00-12:00" for at in range(5)}
    assert (
        manager.post(HOURS, {"verb": "save_hours", "name": "日常", "key": KEY + "d", **week}).status_code
        == 303
    )
    row = Hours.objects.get()
    again = {
        "verb": "save_hours",
        "hours": row.pk,
        "name": "日常",
        "key": KEY + "e",
        "refuses_late": "1",
        **week,
    }
    assert manager.post(HOURS, again | {"last_number_minutes": "15"}).status_code == 303
    assert "下班前 15 分钟停止取号" in manager.get(HOURS).content.decode()
    form = {"verb": "give_hours", "window1": row.pk, "window2": "", "key": KEY + "f"}
    assert manager.post(HOURS, form).status_code == 303
    assert Window.objects.get(number=1).hours == row
    assert Window.objects.get(number=2).hours is None
    assert manager.post(HOURS, {"verb": "remove_hours", "hours": row.pk, "key": KEY + "g"}).status_code == 303
    assert not Hours.objects.exists()


def test_wrong_hours_come_back_with_what_was_typed(manager: Client) -> None:
    answer = manager.post(
        HOURS, {"verb": "save_hours", "name": "日常", "day0": "九点到五点", "key": KEY + "h"}
    )
    said = answer.content.decode()
    assert answer.status_code == 400
    assert "看不懂时间“九点到五点”" in said
    assert 'value="九点到五点"' in said
