"""The auditor's page: what is in it, how it is asked, and that nobody else and nothing is left out."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import get_resolver
from openpyxl import load_workbook

from hallqueue.actions.cases.concerns import raise_concern
from hallqueue.actions.command import new_key
from hallqueue.actions.entering import TRIES
from hallqueue.audit import lines, sheet
from hallqueue.audit.lines import asked_for, page_of
from hallqueue.audit.words import _about, _did, in_words, nouns, screens
from hallqueue.models import Event, Series, Ticket, User
from hallqueue.stories import reason_told
from hallqueue.texts import has_text
from tests.cases.test_findings import found
from tests.hall import SmallHall

PASSWORD = "right horse 2026"
HOUSES = [Path(__file__).parents[2] / name for name in ("hallqueue", "displays", "printers")]
PART = re.compile(r"""record\(\s*"[a-z_]+\.[a-z_]+"[^)]*what="([a-z _]+)\"""")
KIND = re.compile(
    r"""(?:record\(|log_case\([^"]*|tell\([^"]*|Move\([^"]*(?:"\w+")?[^"]*)\s*"([a-z_]+\.[a-z_]+)\""""
)


def written(pattern: re.Pattern[str]) -> list[str]:
    """What a pattern finds in the program's own text, each once."""
    files = (path.read_text("utf-8") for house in HOUSES for path in house.rglob("*.py"))
    return sorted({each for file in files for each in pattern.findall(file)})


def kinds(small: SmallHall, **asked: str) -> list[str]:
    page = page_of(small.fresh(), asked_for(asked))
    return [event.kind for event in page.lines]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_two_choices_of_the_search_read_alike(lang: str) -> None:
    for choices in (nouns(lang), screens(lang)):
        names = [name for _, name in choices]
        assert sorted(set(names)) == sorted(names)


def test_every_page_on_which_something_can_be_said_has_words() -> None:
    pages = [str(each.pattern).split("/") for each in get_resolver().url_patterns]
    sections = {page[1] for page in pages if page[0] == "<slug:hall>"}
    only_read = {"rate", "wall"}
    assert sections - {name for name, _ in screens("zh")} == only_read


@pytest.fixture
def auditor(small_hall: SmallHall, client: Client) -> Client:
    cache.clear()
    client.force_login(small_hall.people["auditor"])
    return client


def test_every_kind_of_line_has_words() -> None:
    found = written(KIND)
    assert len(found) > 120
    assert [kind for kind in found if _did(Event(kind=kind), "en") == kind] == []


def test_a_slip_that_may_have_come_out_is_not_called_unprinted() -> None:
    lost = Event(kind="slip.failed", data={"state": "unknown", "reason": "worker_lost"})
    assert _did(lost, "zh") == "不知道小票出来没有"
    assert reason_told(lost.data, "zh") == "发送时系统中断"
    assert _did(Event(kind="slip.failed", data={"state": "failed"}), "zh") == "小票没有打印出来"


def test_every_part_of_the_set_up_has_words() -> None:
    found = written(PART)
    assert len(found) > 15
    assert [part for part in found if not has_text(f"audit.what.{part.replace(' ', '_')}")] == []
    told = {"what": "series", "letter": "C"}
    assert _about(Event(kind="setup.changed", data=told), {}, "zh") == "设置 号段 C"


def test_an_alarm_is_called_by_what_it_is_about() -> None:
    gone = {"kind": "device_down", "subject": "device:6"}
    names = {"device:6": "东门取号机"}
    told = gone | {"about": {"device": "kiosk", "name": "东门取号机"}}
    assert _about(Event(kind="alarm.raised", data=told), {}, "zh") == "报警 东门取号机"
    assert _about(Event(kind="alarm.cleared", data=gone), names, "zh") == "报警 东门取号机"
    late = {"kind": "long_wait", "subject": "hall"}
    named = late | {"about": {"service": "发票申领", "services": [[7, "发票申领"]], "label": "B001"}}
    assert _about(Event(kind="alarm.raised", data=named), {}, "zh") == "报警 发票申领"
    assert _about(Event(kind="alarm.cleared", data=late), {}, "zh") == "报警"
    slow = {"kind": "long_service", "subject": "window:3", "about": {"window": 3, "label": "A001"}}
    assert _about(Event(kind="alarm.raised", data=slow), {}, "zh") == "报警 3 号窗口"


def test_lines_are_found_by_person_kind_subject_window_screen_and_day(small_hall: SmallHall) -> None:
    ticket = small_hall.issue()
    small_hall.call_next()
    small_hall.issue("housing")
    told = {"kind": "slow", "failed": "材料退回三次", "name": "张三", "phone": "13800001234"}
    concern = raise_concern(
        small_hall.hall.pk, small_hall.actor("manager"), new_key(), channel="window", **told
    )
    assert kinds(small_hall, subject=ticket["label"].lower()) == ["ticket.called", "ticket.issued"]
    assert kinds(small_hall, subject=concern["number"]) == ["concern.raised"]
    assert kinds(small_hall, by="device") == ["ticket.issued"] * 2
    assert kinds(small_hall, by=small_hall.at(1).name, noun="ticket") == ["ticket.called"]
    assert kinds(small_hall, window="1", noun="shift") == ["shift.started"]
    today = f"{small_hall.fresh().business_date(small_hall.fresh().moved_at)}"
    assert len(kinds(small_hall, day=today)) == small_hall.fresh().seq
    assert kinds(small_hall, day="2001-01-01") == kinds(small_hall, subject="Z999") == []


def test_a_whole_number_is_found_on_every_day_by_the_index_of_numbers(small_hall: SmallHall) -> None:
    today, old, other = (Ticket.objects.get(pk=small_hall.issue()["ticket"]) for _ in range(3))
    Ticket.objects.filter(pk=old.pk).update(
        business_date=today.business_date - timedelta(days=400), number=1, label="A001"
    )
    more = Series.objects.create(hall=small_hall.hall, letter="BA")
    Ticket.objects.filter(pk=other.pk).update(series=more, number=1, label="BA001")
    numbered = Ticket.numbered(small_hall.hall, "A001")
    assert {each.pk for each in numbered} == {today.pk, old.pk, other.pk}
    assert [each.pk for each in Ticket.numbered(small_hall.hall, "BA001")] == [other.pk]
    for none in ("A1", "A0010", "001", "A", "", "A" + "9" * 30):
        assert not Ticket.numbered(small_hall.hall, none).exists(), none
    if connection.vendor == "sqlite":  # PostgreSQL reads a table of three rows whole
        assert "series_id=? AND number=?" in numbered.order_by("-pk")[:5].explain()


def test_a_finding_bears_its_own_number_from_its_first_line_on(small_hall: SmallHall) -> None:
    noted = found(small_hall)
    (line,) = in_words(page_of(small_hall.fresh(), asked_for({"subject": noted.label})).lines, "zh")
    assert (line.kind, line.about) == ("finding.noted", f"堵点 {noted.label}")


def test_rare_lines_are_looked_for_a_stretch_at_a_time(
    small_hall: SmallHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(6):
        small_hall.issue()
    monkeypatch.setattr(lines, "STRIDE", 2)
    head, asked = small_hall.fresh(), asked_for({"noun": "hall"})
    found = page_of(head, asked, most_looked=4)
    assert (found.lines, found.older, found.is_all) == ([], head.seq - 3, False)
    paged, before = [], ""
    while True:
        found = page_of(head, asked_for({"noun": "ticket", "before": before}), per_page=4)
        paged += [event.seq for event in found.lines]
        if found.older is None:
            break
        before = str(found.older)
    assert paged == sorted(
        Event.objects.filter(kind="ticket.issued").values_list("seq", flat=True), reverse=True
    )


def test_page_tells_who_where_what_and_why_and_its_files_are_lines_too(
    small_hall: SmallHall, auditor: Client
) -> None:
    clerk = Client()
    clerk.force_login(small_hall.people["clerk1"])
    small_hall.issue()
    for verb, more in (("next", {}), ("park", {"reason": "=等材料"})):
        body = {"key": new_key(), **more}
        assert (
            clerk.post(f"/small/window/1/{verb}/", body, content_type="application/json").status_code == 200
        )
    content = auditor.get("/small/audit/?lang=en&noun=ticket").content.decode()
    assert re.search(
        r"clerk1</td><td>Window 1</td><td>Ticket A001 .*1.*</td><td>[^<]*</td><td[^>]*>=等材料", content
    )
    assert small_hall.fresh().link[:8] in content
    book = load_workbook(io.BytesIO(auditor.get("/small/audit/lines.xlsx?noun=ticket").content))
    assert [row[5].value for row in book.worksheets[0].iter_rows(min_row=2)] == ["挂起", "叫号", "取号"]
    numbers = [row[0].value for row in book.worksheets[0].iter_rows(min_row=2)]
    assert {type(number) for number in numbers} == {int}, "text would be sorted by its signs"
    told = auditor.get("/small/audit/lines.csv").content.decode("utf-8-sig")
    assert "'=等材料" in told
    assert kinds(small_hall, by=small_hall.actor("auditor").name) == ["export.made", "export.made"]
    for bad, words in (
        ("day=yesterday", "日期"),
        ("before=x", "序号"),
        ("before=-1", "序号"),
        ("window=one", "窗口号"),
    ):
        refused = auditor.get(f"/small/audit/?{bad}")
        assert refused.status_code == 400
        assert f"填写的内容有误：{words}" in refused.content.decode()
    assert auditor.get("/small/audit/lines.pdf").status_code == 404
    assert clerk.get("/small/audit/").status_code == 403


def test_the_chain_is_computed_anew_from_the_auditors_files_alone(
    small_hall: SmallHall, auditor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_hall.issue()
    small_hall.call_next()
    small_hall.say("park", reason="=等“材料”, 三份")
    monkeypatch.setattr(sheet, "MOST_ROWS", 3)
    head, rows, lowest = small_hall.fresh(), list[list[str]](), small_hall.fresh().seq + 1
    while lowest > 1:
        told = auditor.get(f"/small/audit/lines.csv?before={lowest}").content.decode("utf-8-sig")
        part = list(csv.reader(io.StringIO(told)))[1:]
        rows, lowest = rows + part, int(part[-1][0])
    link = ""
    for *_, written, content in reversed(rows):
        link = hashlib.sha256(f"{link}\n{content}".encode()).hexdigest()
        assert link == written
    assert (link, len(rows)) == (head.link, head.seq)
    older = auditor.get(f"/small/audit/?before={head.seq}").content.decode()
    assert f"lines.csv?&amp;before={head.seq}" in older


def test_coming_in_being_refused_and_locked_out_are_lines(small_hall: SmallHall, client: Client) -> None:
    cache.clear()
    user = small_hall.people["manager"]
    user.set_password(PASSWORD)
    user.save()
    owner = User.objects.create_user("owner", password=PASSWORD, role="administrator")

    def sign_in(name: str, password: str = PASSWORD) -> None:
        client.post("/sign-in/", {"username": name, "password": password})

    sign_in(user.username)
    client.post("/sign-out/")
    sign_in(owner.username)
    for _ in range(3):
        sign_in("hunter2 typed into the wrong field")
    for _ in range(TRIES + 3):
        sign_in(user.username, "wrong")
    told = Event.objects.filter(kind__startswith="person.")
    found = [(event.kind, event.by, event.data.get("user")) for event in told]
    mine, stranger = f"user:{user.pk}", "stranger"
    assert found[:4] == [
        ("person.entered", mine, user.pk),
        ("person.changed", mine, user.pk),
        ("person.entered", f"user:{owner.pk}", owner.pk),
        ("person.refused", stranger, None),
    ]
    assert found[4:] == [("person.refused", stranger, user.pk)] * (TRIES - 1) + [
        ("person.locked", stranger, user.pk)
    ]
    assert not Event.objects.filter(data__icontains="hunter2").exists()
    assert set(told.values_list("screen", flat=True)) == {"door"}


def test_what_administrators_change_is_told_with_its_fields_and_rights(
    small_hall: SmallHall, client: Client
) -> None:
    client.force_login(small_hall.people["administrator"])
    clerk = small_hall.people["clerk1"]
    form: dict[str, Any] = {
        "username": clerk.username,
        "name": "clerk1",
        "role": "manager",
        "is_active": "on",
    }
    assert client.post(f"/admin/hallqueue/user/{clerk.pk}/change/", form).status_code == 302
    line = Event.objects.latest("seq")
    assert (line.kind, line.screen, line.data["role"], line.data["fields"]) == (
        "person.changed",
        "admin",
        "manager",
        ["角色"],
    )
