"""The monthly ledger: filled from the records, put right with a reason, closed, opened again, and nobody else's."""

from __future__ import annotations

import io
from calendar import monthrange
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook
from time_machine import Traveller

from hallqueue.actions import day, helping, ledgers, lending
from hallqueue.actions.command import THE_HALL, Answer, new_key
from hallqueue.actions.round import figures
from hallqueue.errors import Refused
from hallqueue.models import Event, Finding, KeptFigures, LedgerClosing, LedgerCorrection, Shift, User
from hallqueue.reporting.concerns.listing import month_of
from hallqueue.reporting.ledgers.filling import recorded
from hallqueue.reporting.ledgers.months import ledger_of, month_asked, months_of
from hallqueue.texts import has_text
from tests.cases.test_concerns import far, raised
from tests.cases.test_findings import PLAN, client_of, found
from tests.cases.test_findings import say as say_of
from tests.hall import SmallHall, midday
from tests.project_hall import running as running_project

pytestmark = pytest.mark.both_databases

KEPT: dict[str, Any] = {"everybody": False, "members": ["small-clerk1", "small-clerk2", "small-manager"]}


@pytest.fixture
def clock(small_hall: SmallHall) -> Iterator[Traveller]:
    with midday(small_hall) as moved:
        yield moved


def this_month(small: SmallHall) -> str:
    return f"{small.hall.business_date(timezone.now()):%Y-%m}"


def say(small: SmallHall, verb: str, by: str = "manager", **told: Any) -> Answer:
    answer: Answer = getattr(ledgers, verb)(small.hall.pk, small.actor(by), new_key(), **told)
    return answer


def code_of(small: SmallHall, verb: str, by: str = "manager", **told: Any) -> str:
    with pytest.raises(Refused) as refusal:
        say(small, verb, by, **told)
    assert has_text(f"errors.{refusal.value.code}")
    return refusal.value.code


def a_months_work(small: SmallHall, clock: Traveller) -> str:
    """Clerk 1 serves one of two called and forgets to leave; the others do a little of everything."""
    Shift.objects.update(started_at=timezone.now())  # the small hall sat down before the clock stood still
    for _ in range(2):
        small.issue()
    small.call_next(1)
    small.say("start", 1)
    clock.shift(timedelta(minutes=30))
    small.say("finish", 1)
    small.call_next(1)
    small.say("no_show", 1)
    far(small, raised(small), "resolve")
    finding = found(small)
    say_of(small, finding, "assign", **PLAN)
    running_project(small)
    desk = (small.hall.pk, small.actor("desk"))
    call = helping.ask_for_help(*desk, new_key(), kind="wheelchair", place="desk")["call"]
    helping.finish_help(*desk, new_key(), call=call)
    lending.load_items(*desk, new_key(), rows=[{"code": "glasses", "name": "花镜", "total": 2}])
    lending.lend(*desk, new_key(), item="glasses")
    return this_month(small)


def later(small: SmallHall, clock: Traveller) -> None:
    """The month is over, and the hall's rounds have closed and kept its days."""
    today = small.hall.business_date(timezone.now())
    clock.shift(month_of(f"{today:%Y-%m}")[1] - today)
    day.close_days(small.hall.pk, THE_HALL, new_key())
    while figures.figures_wait(small.fresh(), timezone.now()):
        figures.keep_figures(small.hall.pk, THE_HALL, new_key())


def told(small: SmallHall, month: str, who: str) -> dict[str, float]:
    ledger = ledger_of(small.hall, month_asked(month, small.hall, timezone.now()), timezone.now())
    row = ledger.row_of(small.people[who].pk)
    assert row is not None
    return {cell.figure.name: cell.value for cell in row.cells if cell.value}


def test_the_records_fill_it(small_hall: SmallHall, clock: Traveller) -> None:
    month = a_months_work(small_hall, clock)
    say(small_hall, "keep_ledger_for", everybody=True, members=[])
    later(small_hall, clock)
    seat = {"days": 1, "seat_hours": 0.5}
    calls = {"calls": 2, "served": 1, "service_hours": 0.5}
    assert told(small_hall, month, "clerk1") == seat | calls | {"findings_owned": 1, "projects": 1}
    others = {"days": 1, "concerns": 1, "concerns_in_time": 1, "projects": 1}
    assert told(small_hall, month, "clerk2") == others
    assert told(small_hall, month, "desk") == {"walked": 1, "findings_noted": 1, "helped": 1, "lent": 1}
    assert told(small_hall, month, "auditor") == {}
    assert told(small_hall, this_month(small_hall), "clerk1") == {"findings_owned": 1, "projects": 1}
    Finding.objects.update(state=Finding.State.CLOSED, closed_at=timezone.now())
    assert told(small_hall, this_month(small_hall), "clerk1") == {
        "findings_owned": 1,
        "findings_closed": 1,
        "projects": 1,
    }
    assert (
        recorded(small_hall.hall, month_asked("2020-01", small_hall.hall, timezone.now()), timezone.now())
        == {}
    )
    User.objects.filter(pk=small_hall.people["clerk3"].pk).update(is_active=False)
    User.objects.filter(pk=small_hall.people["auditor"].pk).update(is_active=False)
    told(small_hall, month, "clerk3")  # who left stays where there is something to tell
    assert (
        ledger_of(
            small_hall.hall, month_asked(month, small_hall.hall, timezone.now()), timezone.now()
        ).row_of(small_hall.people["auditor"].pk)
        is None
    )


def test_a_figure_is_put_right_with_a_reason_and_the_original_stays(
    small_hall: SmallHall, clock: Traveller
) -> None:
    month = a_months_work(small_hall, clock)
    say(small_hall, "keep_ledger_for", **KEPT)
    clerk, manager = small_hall.people["clerk1"].pk, small_hall.people["manager"].pk
    fix: dict[str, Any] = {
        "month": month,
        "person": clerk,
        "figure": "calls",
        "value": 3.0,
        "reason": "补录一件",
    }
    assert code_of(small_hall, "correct_ledger", **fix) == "ledger_not_over"
    assert code_of(small_hall, "close_ledger", month=month) == "ledger_not_over"
    later(small_hall, clock)
    for change, code in (
        ({"reason": " "}, "reason_required"),
        ({"value": 2.0}, "ledger_same"),
        ({"value": -1.0}, "ledger_value"),
        ({"value": 1.5}, "ledger_value"),
        ({"value": float("nan")}, "ledger_value"),
        ({"value": 1e9}, "ledger_value"),
        ({"figure": "merit"}, "bad_input"),
        ({"person": manager}, "ledger_own"),
        ({"person": small_hall.people["clerk3"].pk}, "unknown_ledger"),
        ({"person": 0}, "unknown_ledger"),
        ({"month": "2026-13"}, "bad_month"),
        ({"month": "2099-01"}, "month_to_come"),
        ({"reason": "长" * 201}, "text_too_long"),
    ):
        assert code_of(small_hall, "correct_ledger", **fix | change) == code
    for by in ("clerk1", "desk", "auditor"):
        assert code_of(small_hall, "correct_ledger", by, **fix) == "not_allowed"
    assert not LedgerCorrection.objects.exists()
    say(small_hall, "correct_ledger", **fix)
    say(small_hall, "correct_ledger", "administrator", **fix | {"value": 4.0, "reason": "再核一件"})
    assert told(small_hall, month, "clerk1")["calls"] == 4
    kept = LedgerCorrection.objects.order_by("id").values_list("recorded", "value", "reason", "by")
    administrator = small_hall.people["administrator"].pk
    assert list(kept) == [
        (2, 3, "补录一件", f"user:{manager}"),
        (2, 4, "再核一件", f"user:{administrator}"),
    ]
    events = Event.objects.filter(kind="ledger.corrected").order_by("seq")
    assert [set(event.data) for event in events] == [{"month", "correction"}] * 2  # the log is for more eyes


def test_a_part_is_never_more_than_its_whole_and_a_month_has_so_many_days(
    small_hall: SmallHall, clock: Traveller
) -> None:
    month = a_months_work(small_hall, clock)
    say(small_hall, "keep_ledger_for", **KEPT)
    later(small_hall, clock)
    fix: dict[str, Any] = {"month": month, "reason": "核对原件"}
    of1, of2 = (fix | {"person": small_hall.people[name].pk} for name in ("clerk1", "clerk2"))
    for of, figure, value in (
        (of1, "served", 3.0),  # of two called
        (of1, "calls", 0.0),  # of which one was served
        (of1, "service_hours", 0.6),  # half an hour at the window
        (of1, "seat_hours", 24.1),  # on a single day
        (of1, "days", 0.0),
        (of1, "findings_closed", 2.0),
        (of1, "satisfied", 1.0),
        (of2, "concerns_in_time", 2.0),
        (of2, "concerns", 0.0),
    ):
        assert code_of(small_hall, "correct_ledger", **of, figure=figure, value=value) == "ledger_parts"
    days = monthrange(int(month[:4]), int(month[5:]))[1]
    for figure, value in (("days", days + 1.0), ("seat_hours", 24 * days + 0.1)):
        assert code_of(small_hall, "correct_ledger", **of1, figure=figure, value=value) == "ledger_value"
    say(small_hall, "correct_ledger", **of2, figure="concerns", value=2.0)
    say(small_hall, "correct_ledger", **of2, figure="concerns_in_time", value=2.0)
    assert told(small_hall, month, "clerk2")["concerns_in_time"] == 2


def test_a_closed_month_stays_as_it_was_until_it_is_opened_with_a_reason(
    small_hall: SmallHall, clock: Traveller
) -> None:
    month = a_months_work(small_hall, clock)
    later(small_hall, clock)
    assert code_of(small_hall, "close_ledger", month=month) == "ledger_empty"
    assert code_of(small_hall, "keep_ledger_for", everybody=True, members=["nobody"]) == "unknown_person"
    say(small_hall, "keep_ledger_for", **KEPT)
    assert code_of(small_hall, "reopen_ledger", month=month, reason="x") == "ledger_not_closed"
    assert say(small_hall, "close_ledger", month=month)["people"] == 3
    Finding.objects.update(owner=small_hall.people["clerk2"])
    User.objects.filter(pk=small_hall.people["clerk1"].pk).update(is_active=False, is_party_member=False)
    assert told(small_hall, month, "clerk1")["findings_owned"] == 1
    fix: dict[str, Any] = {
        "month": month,
        "person": small_hall.people["clerk1"].pk,
        "figure": "calls",
        "value": 9.0,
    }
    assert code_of(small_hall, "correct_ledger", **fix, reason="晚了") == "ledger_closed"
    assert code_of(small_hall, "close_ledger", month=month) == "ledger_closed"
    assert code_of(small_hall, "reopen_ledger", month=month, reason="") == "reason_required"
    assert code_of(small_hall, "reopen_ledger", "clerk1", month=month, reason="x") == "not_allowed"
    say(small_hall, "reopen_ledger", month=month, reason="有一项没有核对")
    assert told(small_hall, month, "clerk2")["findings_owned"] == 1
    say(small_hall, "close_ledger", month=month)
    first, second = LedgerClosing.objects.order_by("id")
    assert (first.reason, first.entries.count(), second.reopened_at) == ("有一项没有核对", 3, None)
    kinds = Event.objects.filter(kind__startswith="ledger.").order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["ledger.closed", "ledger.reopened", "ledger.closed"]


def test_people_see_their_own_and_leaders_all(small_hall: SmallHall, clock: Traveller) -> None:
    month = a_months_work(small_hall, clock)
    say(small_hall, "keep_ledger_for", **KEPT)
    later(small_hall, clock)
    clerk1, clerk2 = (small_hall.people[name].pk for name in ("clerk1", "clerk2"))
    own = Client()
    own.force_login(small_hall.people["clerk1"])
    answer = own.get(f"/small/ledger/?month={month}", follow=True)
    assert answer.redirect_chain == [(f"/small/ledger/{clerk1}/?month={month}", 302)]
    assert "clerk2" not in answer.content.decode()
    assert own.get(f"/small/ledger/{clerk2}/?month={month}").status_code == 404
    assert names_in(own, month) == ["clerk1"]
    assert own.post(f"/small/ledger/{clerk1}/?month={month}", {"key": new_key()}).status_code == 400
    stranger = client_of(small_hall, "clerk3")
    assert "没有您的台账" in stranger.get("/small/ledger/", follow=True).content.decode()
    reads = client_of(small_hall, "auditor")
    page = reads.get(f"/small/ledger/?month={month}").content.decode()
    assert "clerk2" in page
    assert "封账</button>" not in page
    assert 'name="value"' not in reads.get(f"/small/ledger/{clerk1}/?month={month}").content.decode()
    assert names_in(reads, month) == ["clerk1", "clerk2", "manager"]
    assert months_of(small_hall.hall, timezone.now(), month)[-1] == month


def names_in(client: Client, month: str) -> list[Any]:
    book = load_workbook(io.BytesIO(client.get(f"/small/ledger/ledger.xlsx?month={month}").content))
    return [row[0].value for row in book.worksheets[0].iter_rows(min_row=2)]


def test_a_manager_puts_right_closes_and_opens_on_the_page(small_hall: SmallHall, clock: Traveller) -> None:
    month = a_months_work(small_hall, clock)
    later(small_hall, clock)
    client, clerk1 = client_of(small_hall, "manager"), small_hall.people["clerk1"].pk
    members = {"key": new_key(), "everybody": "0", "member": ["small-clerk1", "small-desk"]}
    assert "已保存" in client.post("/small/ledger/people/", members).content.decode()
    assert client.get("/small/ledger/?month=2026-1").status_code == 400
    url = f"/small/ledger/{clerk1}/?month={month}"
    typed = {"key": new_key(), "figure": "served", "reason": "=补录"}
    for value, sentence in (("许多", "不是数字"), ("4", "“办结”不能多于“叫号”，改后却是 4 和 2")):
        wrong = client.post(url, typed | {"key": new_key(), "value": value})
        assert (wrong.status_code, sentence in wrong.content.decode()) == (400, True)
    right = client.post(url, typed | {"key": new_key(), "value": "2"}).content.decode()
    assert "原记录 1" in right
    book = load_workbook(io.BytesIO(client.get(f"/small/ledger/ledger.xlsx?month={month}").content))
    assert [cell.value for cell in book.worksheets[1][2]][:5] == ["clerk1", "办结", 1, 2, "=补录"]
    first = book.worksheets[0]
    assert first.oddHeader is not None
    told = (first.title, first.oddHeader.left.text)
    assert told == (f"党员日常考核台账 {month}", f"{small_hall.hall.name} {month} 待封账")
    closed = client.post("/small/ledger/close/", {"key": new_key(), "month": month}, follow=True)
    assert "已封账" in closed.content.decode()
    again = client.post("/small/ledger/reopen/", {"key": new_key(), "month": month, "reason": ""})
    assert (again.status_code, "请填写原因" in again.content.decode()) == (400, True)
    said = {"key": new_key(), "month": month, "reason": "漏了一件"}
    assert "待封账" in client.post("/small/ledger/reopen/", said, follow=True).content.decode()


def test_months_known_from_kept_figures_are_offered_and_one_without_records_says_so(
    small_hall: SmallHall, clock: Traveller
) -> None:
    a_months_work(small_hall, clock)
    say(small_hall, "keep_ledger_for", **KEPT)
    day = small_hall.hall.business_date(timezone.now())
    before = day.replace(day=1) - timedelta(days=20)
    told = {
        "hall": small_hall.hall,
        "version": 1,
        "content": {},
        "kept_at": timezone.now(),
        "simulated": True,
    }
    days = [before + timedelta(days=number) for number in range((day - before).days)]
    KeptFigures.objects.bulk_create(
        KeptFigures(business_date=each, dimension="hall", **told) for each in days
    )
    client, asked = client_of(small_hall, "manager"), f"{before:%Y-%m}"
    now = client.get("/small/ledger/").content.decode()
    assert f"<option>{asked}</option>" in now
    assert "没有任何记录" not in now
    empty = client.get(f"/small/ledger/?month={asked}").content.decode()
    assert f"{asked} 没有任何记录" in empty
    assert "封账" not in empty, "there is nothing to look through"


@pytest.mark.parametrize(
    "address", ["ledger/", "findings/month/", "ratings/", "concerns/", "concerns/ranking/"]
)
def test_the_month_that_is_shown_is_the_month_that_is_chosen(small_hall: SmallHall, address: str) -> None:
    page = client_of(small_hall, "manager").get(f"/small/{address}?month=2020-02").content.decode()
    assert "<option selected>2020-02</option>" in page
