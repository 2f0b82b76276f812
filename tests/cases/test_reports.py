"""Reports: a sentence for every wrong question, the same figures on page and in files, kept ones as they were."""

from __future__ import annotations

import csv
import io
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from openpyxl import load_workbook

from hallqueue import watch
from hallqueue.actions.command import new_key
from hallqueue.actions.round import reports
from hallqueue.demo.past import Town
from hallqueue.errors import Refused
from hallqueue.figures import folding, reading
from hallqueue.figures.cases import CASE_LINES
from hallqueue.figures.ratings import CASES as RATING_LINES
from hallqueue.figures.tally import Figures, Tally
from hallqueue.models import Event, KeptFigures, KeptReport, Service
from hallqueue.reporting.making import Report
from hallqueue.reporting.periods import Period, period_around, period_asked
from hallqueue.reporting.tables import CASES, tables_of
from hallqueue.texts import all_entries, has_text, text
from tests.cases.conftest import TODAY
from tests.hall import SmallHall

BAD: dict[str, tuple[str, dict[str, object]]] = {
    "report_kind": ("kind=year", {}),
    "report_date": ("kind=week&day=2026-02-30", {"date": "2026-02-30"}),
    "report_reversed": (
        "kind=range&first=2026-03-02&last=2026-03-01",
        {"first": "2026-03-02", "last": "2026-03-01"},
    ),
    "report_future": ("kind=day&day=2026-03-09", {"today": "2026-03-02"}),
    "report_too_long": ("kind=range&first=2016-03-01&last=2026-03-01", {"limit": 731}),
    "report_empty": ("kind=month&day=2025-01-01", {"period": "2025-01"}),
}


@pytest.fixture
def manager(hall: SmallHall, client: Client) -> Client:
    client.force_login(hall.people["manager"])
    return client


def serve_somebody(hall: SmallHall, clock: time_machine.Traveller, minutes: int = 10, **details: str) -> None:
    hall.issue(**details)
    clock.shift(timedelta(minutes=minutes))
    hall.call_next(1)
    hall.say("start", 1)
    clock.shift(timedelta(minutes=5))
    hall.say("finish", 1)


def a_day_passes(hall: SmallHall, clock: time_machine.Traveller, client: Client, days: int = 1) -> None:
    """Nobody stays signed in over night."""
    clock.shift(timedelta(days=days))
    client.force_login(hall.people["manager"])
    for _ in range(2 + days):
        watch.Watch().look()


def test_periods_are_whole_and_say_what_they_are() -> None:
    day = date(2026, 11, 28)
    found = {kind: period_around(kind, day) for kind in ("day", "week", "month", "quarter")}
    assert {kind: period.label for kind, period in found.items()} == {
        "day": "2026-11-28",
        "week": "2026-W48",
        "month": "2026-11",
        "quarter": "2026-Q4",
    }
    assert found["quarter"] == Period("quarter", date(2026, 10, 1), date(2026, 12, 31))
    assert found["week"].before.label == "2026-W47"
    assert found["quarter"].before.label == "2026-Q3"
    assert period_around("week", date(2027, 1, 1)).label == "2026-W53"
    days = period_asked({"kind": "range", "first": "2026-11-01", "last": "2026-11-10"}, day)
    assert days.before == Period("range", date(2026, 10, 22), date(2026, 10, 31))


@pytest.mark.parametrize("code", BAD)
def test_a_wrong_question_gets_a_sentence_and_the_form_again(
    hall: SmallHall, manager: Client, code: str
) -> None:
    asked, params = BAD[code]
    page = manager.get(f"/small/reports/?{asked}")
    assert page.status_code in (400, 404)
    told = page.content.decode()
    assert text(f"errors.{code}", "zh", **params) in told
    assert 'name="first"' in told, "the form is still there"
    assert manager.get(f"/small/reports/file.xlsx?{asked}").status_code == page.status_code


def as_csv(manager: Client, asked: str) -> list[list[str]]:
    content = manager.get(f"/small/reports/file.csv{asked}").content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content)))


def test_page_and_files_tell_the_same(
    hall: SmallHall, clock: time_machine.Traveller, manager: Client
) -> None:
    Service.objects.filter(code="id-card").update(name="=HYPERLINK(1)")
    serve_somebody(hall, clock, source="gateway-7")
    asked = "?kind=day&day=2026-03-02"
    page = manager.get(f"/small/reports/{asked}").content.decode()
    assert "=HYPERLINK(1)" in page
    assert "gateway-7" in page, "where numbers come from has a word, or is said as it is"
    assert 'data-heat="5">1</td>' in page
    book = load_workbook(io.BytesIO(manager.get(f"/small/reports/file.xlsx{asked}").content))
    for sheet in book.worksheets:
        assert sheet.oddHeader is not None
        above = (sheet.oddHeader.left.text, sheet.oddHeader.right.text)
        assert above == (f"{hall.hall.name} 2026-03-02", sheet.title), "each page on paper says what it is of"
    services = list(book[text("report.table.service", "zh")].iter_rows(values_only=True))
    assert services[1][0] == "=HYPERLINK(1)"
    lines = as_csv(manager, asked)
    told = {(table, row, figure): value for table, row, figure, value, _, _, _ in lines}
    assert {(first, last) for *_, first, last in lines[1:]} == {("2026-03-02", "2026-03-02")}
    service, name = text("report.table.service", "zh"), "'=HYPERLINK(1)"
    assert told[service, name, text("report.figure.wait_mean", "zh")] == "10.0"
    assert told[text("report.summary", "zh"), "", text("report.figure.serve_mean", "zh")] == "5.0"
    taken = text("report.figure.taken", "zh")
    assert told[text("report.summary", "zh"), "", taken] == told[service, name, taken] == "1"
    assert manager.get(f"/small/reports/file.pdf{asked}").status_code == 404
    for language in ("en", "zh"):
        assert manager.get(f"/small/reports/{asked}&lang={language}").status_code == 200


def test_the_hours_are_told_in_the_file_too_and_one_in_which_nobody_was_called_has_no_wait(
    hall: SmallHall, clock: time_machine.Traveller, manager: Client
) -> None:
    serve_somebody(hall, clock)
    clock.shift(timedelta(hours=1))
    hall.issue("housing")
    asked = "?kind=day&day=2026-03-02"
    taken, waited = (text(f"report.heat.{name}", "zh") for name in ("taken", "wait"))
    monday, found = text("calendar.weekday.0", "zh"), as_csv(manager, asked)
    told = {(table, hour): value for table, row, hour, value, *_ in found if row == monday}
    assert told == {(taken, "9:00"): "1", (taken, "10:00"): "1", (waited, "9:00"): "10.5"}
    book = load_workbook(io.BytesIO(manager.get(f"/small/reports/file.xlsx{asked}").content))
    cells = [[cell.value for cell in row] for row in book[waited]]
    assert cells == [[waited, "9:00", "10:00"], [monday, 10.5, None]]


def test_a_kept_report_stays_as_it_was_and_is_made_again_beside(
    hall: SmallHall, clock: time_machine.Traveller, manager: Client
) -> None:
    serve_somebody(hall, clock)
    period = Period("day", TODAY, TODAY)
    by = hall.actor("manager")
    with pytest.raises(Refused, match="report_not_over"):
        reports.keep_report(hall.hall.pk, by, new_key(), period=period)
    a_day_passes(hall, clock, manager)
    with pytest.raises(Refused, match="not_allowed"):
        reports.keep_report(hall.hall.pk, hall.actor("auditor"), new_key(), period=period)
    answer = manager.post("/small/reports/keep/", {"key": new_key(), "kind": "day", "day": "2026-03-02"})
    assert answer.status_code == 302
    kept = KeptReport.objects.get()
    assert Event.objects.filter(kind="report.kept", data__report=kept.pk).count() == 1
    again = manager.post("/small/reports/keep/", {"key": new_key(), "kind": "day", "day": "2026-03-02"})
    assert (again.status_code, text("errors.report_kept", "zh") in again.content.decode()) == (409, True)
    Service.objects.filter(code="id-card").update(name="后来的名称")
    page = manager.get(answer["Location"]).content.decode()
    assert text("report.unchanged", "zh") in page
    assert "居民身份证换领" in page
    assert "后来的名称" not in page
    files = [manager.get(f"{answer['Location']}file.{kind}").content for kind in ("csv", "xlsx")]
    assert "居民身份证换领" in files[0].decode()
    said = [cell.value for cell in load_workbook(io.BytesIO(files[1])).worksheets[0]["A"]]
    assert text("report.kept_at", "zh", at="2026-03-03 09:15") in said, "of which moment its figures are"
    row = KeptFigures.objects.get(business_date=TODAY, dimension="hall")
    row.content[""]["ticket.done"] += 1
    row.save()
    page = manager.get(answer["Location"]).content.decode()
    assert text("report.unchanged", "zh") not in page
    assert "ticket.done" in page
    assert manager.get("/small/reports/99/").status_code == 404


def test_a_kept_report_opens_also_while_its_days_are_folded_anew(
    hall: SmallHall, clock: time_machine.Traveller, manager: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_somebody(hall, clock)
    a_day_passes(hall, clock, manager, 12)
    asked = {"key": new_key(), "kind": "range", "first": "2026-03-02", "last": "2026-03-12"}
    kept = manager.post("/small/reports/keep/", asked)["Location"]
    monkeypatch.setattr(reading, "VERSION", folding.VERSION + 1)
    monkeypatch.setattr(folding, "VERSION", folding.VERSION + 1)
    page = manager.get(kept)
    assert page.status_code == 200
    told = page.content.decode()
    assert text("report.again_later", "zh") in told
    assert text("errors.figures_pending", "zh", days=11) in told
    assert text("report.unchanged", "zh") not in told
    assert "居民身份证换领" in told, "the figures as they were kept"


@pytest.mark.slow
def test_the_hall_keeps_reports_by_plan(
    hall: SmallHall, clock: time_machine.Traveller, manager: Client
) -> None:
    """Weekly from Monday on: each week once, the empty ones too, and what was missed is made up for."""
    serve_somebody(hall, clock)
    assert manager.post("/small/reports/plan/", {"key": new_key(), "planned": ["week"]}).status_code == 302
    a_day_passes(hall, clock, manager, 6)
    assert not KeptReport.objects.exists()
    a_day_passes(hall, clock, manager, 15)
    labels = [f"{each.kind} {each.first_day}" for each in KeptReport.objects.order_by("first_day")]
    assert labels == ["week 2026-03-02", "week 2026-03-09", "week 2026-03-16"]
    assert "2026 年第 10 周（03-02 – 03-08）" in manager.get("/small/reports/").content.decode()
    for kept in KeptReport.objects.all():
        assert manager.get(f"/small/reports/{kept.pk}/").status_code == 200
    wrong = manager.post("/small/reports/plan/", {"key": new_key(), "planned": ["year"]})
    assert wrong.status_code == 400
    manager.post("/small/reports/plan/", {"key": new_key()})
    assert not hall.hall.report_plans.exists()


def test_a_plan_waits_until_the_day_that_just_ended_is_kept(
    hall: SmallHall, clock: time_machine.Traveller
) -> None:
    """Between the end of a day and the fold of its figures the round goes on, and asks what comes after its reports."""
    clock.move_to(datetime(2026, 3, 8, 4, 0, tzinfo=UTC))
    serve_somebody(hall, clock)
    reports.plan_reports(hall.hall.pk, hall.actor("manager"), new_key(), kinds=["week"])
    clock.move_to(datetime(2026, 3, 8, 19, 2, tzinfo=UTC))  # the day ended at three in the morning
    for _ in range(2):
        watch.Watch().look()
    assert not KeptReport.objects.exists()
    clock.shift(timedelta(minutes=5))
    for _ in range(2):
        watch.Watch().look()
    assert KeptReport.objects.get().last_day == date(2026, 3, 8)


def test_a_made_up_day_asks_more_people_than_rate_and_nobody_who_was_not_served(
    small_hall: SmallHall,
) -> None:
    told = Town(small_hall.hall, random.Random(1)).day(TODAY, 200).of("hall").counts
    given = sum(count for figure, count in told.items() if figure.startswith("rating.given."))
    assert 0 < given < told["rating.asked"] == told["call.done"]


def test_everything_a_report_shows_is_defined_on_the_page_of_figures() -> None:
    page = (Path(__file__).parents[2] / "docs" / "figures.md").read_text("utf-8")
    shown = [key for key in all_entries() if key.startswith("report.figure.")]
    assert len(shown) > 20
    assert [key for key in shown if text(key) not in page] == []


def test_whatever_is_counted_of_a_case_stands_in_the_report() -> None:
    counted = {*CASE_LINES, *RATING_LINES, "rating.asked", "rating.set_aside"} - {"concern.called_back"}
    assert counted - set(CASES) == set()
    assert [name for name in CASES if not has_text(f"report.case.{name}")] == []
    whole = Tally({"concern.satisfaction.2": 1, "walkthrough.started_mode.self": 3, "rating.set_aside.1": 1})
    day = period_around("day", TODAY)
    report = Report(day, TODAY, Figures({"hall": {"": whole}}), Tally(), {}, {})
    told = {table.name: table.rows for table in tables_of(report)}
    assert [row.values for row in told["satisfaction"]] == [[0], [0], [0], [1], [0]]
    assert [row.values for row in told["walkthrough"]] == [[3], [0], [0], [0]]
    assert [(row.key, row.values) for row in told["cases"]] == [("report.case.rating.set_aside", [1])]
