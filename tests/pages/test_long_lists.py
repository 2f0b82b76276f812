"""Lists that grow with the hall: the page says how many there are, shows a page of them, and all are reached."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hallqueue.actions.command import new_key
from hallqueue.models import (
    Appointment,
    Department,
    Notice,
    Refusal,
    Series,
    Service,
    Slot,
    Window,
    WindowScope,
    WindowService,
)
from tests.hall import SmallHall

MANY = 75


@pytest.fixture
def read(small_hall: SmallHall) -> Any:
    """`read("notices/")` is what the manager's browser gets of a page."""
    client = Client()
    client.force_login(small_hall.people["manager"])
    return lambda path: client.get(f"/small/{path}").content.decode()


def test_of_many_notices_the_newest_of_each_state_stand_together_and_each_state_alone(
    small_hall: SmallHall, read: Any
) -> None:
    fields = {
        "hall": small_hall.hall,
        "form": "text",
        "state": "draft",
        "by": "user:1",
        "put_at": timezone.now(),
    }
    Notice.objects.bulk_create(Notice(zh=f"第{number}条。", **fields) for number in range(MANY))
    first = read("notices/")
    assert f'<span class="count">{MANY}</span>' in first
    assert "第74条。" in first
    assert "第64条。" not in first
    assert 'href="?state=draft"' in first
    pages = [read(f"notices/?state=draft&page={number}") for number in (1, 2, 3)]
    assert [len(re.findall(r"第\d+条。</b>", page)) for page in pages] == [30, 30, 15]
    assert "第0条。" in pages[2]
    assert 'href="?state=draft&amp;page=3"' in pages[1]
    assert 'id="state-shown"' not in pages[0]


def test_who_approves_notice_after_notice_stays_in_the_part_of_the_list_they_are_in(
    small_hall: SmallHall, read: Any
) -> None:
    fields = {"hall": small_hall.hall, "form": "text", "state": "draft", "by": "user:1", "body_zh": "内容"}
    made = [Notice(zh=f"第{number}条。", put_at=timezone.now(), **fields) for number in range(MANY)]
    drafts = Notice.objects.bulk_create(made)
    [address] = set(re.findall(r'action="(/small/notices/\?[^"]*)"', read("notices/?state=draft&page=2")))
    client = Client()
    client.force_login(small_hall.people["manager"])
    said = {"notice": drafts[30].pk, "verb": "approve", "version": drafts[30].version, "key": new_key()}
    answer = client.post(unescape(address), said)
    assert (answer.status_code, answer["Location"]) == (303, "/small/notices/?state=draft&page=2&done=1")


def test_of_many_windows_a_page_is_shown_and_one_is_found_by_number_name_or_zone(
    small_hall: SmallHall, read: Any
) -> None:
    few = read("setup/windows/")
    assert 'role="search"' not in few
    hall = small_hall.hall
    Window.objects.bulk_create(
        Window(hall=hall, number=100 + n, name=f"综合窗口{n}号台", zone="D区") for n in range(MANY)
    )
    rows = re.compile(r'<span class="window-number">(\d+)</span>')
    assert len(rows.findall(read("setup/windows/"))) == 30
    assert rows.findall(read("setup/windows/?page=3"))[-1] == "174"
    assert rows.findall(read("setup/windows/?q=150")) == ["150"]
    assert rows.findall(read("setup/windows/?q=综合窗口7号台")) == ["107"]
    assert len(rows.findall(read("setup/windows/?q=D区&page=3"))) == 15
    assert "没有找到这样的窗口" in read("setup/windows/?q=不存在")


def test_a_page_of_windows_asks_no_more_of_the_database_than_one_of_four(
    small_hall: SmallHall, read: Any
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as told:
            assert "居民身份证换领" in read("setup/windows/")
        return len(told)

    read("setup/windows/")
    few = asked()
    hall = small_hall.hall
    more = Window.objects.bulk_create(Window(hall=hall, number=100 + n) for n in range(MANY))
    WindowScope.objects.bulk_create(WindowScope(hall=hall, window=each, group="综合") for each in more)
    services = Service.objects.filter(hall=hall)
    WindowService.objects.bulk_create(
        WindowService(hall=hall, window=window, service=service) for window in more for service in services
    )
    assert asked() == few


def test_what_a_window_takes_is_named_in_order_and_counted(small_hall: SmallHall, read: Any) -> None:
    hall, second = small_hall.hall, Window.objects.get(hall=small_hall.hall, number=2)
    like = {
        "department": Department.objects.filter(hall=hall)[0],
        "series": Series.objects.filter(hall=hall)[0],
    }
    more = Service.objects.bulk_create(
        Service(hall=hall, code=f"more-{n}", name=f"更多事项{n}", **like) for n in range(4)
    )
    WindowService.objects.bulk_create(
        WindowService(hall=hall, window=second, service=each, rank=2) for each in more
    )
    row = read("setup/windows/").split('<span class="window-number">2</span>')[1].split("</tr>")[0]
    names = re.search(r'title="([^"]*)"', row)
    assert names is not None
    assert names[1] == "发票申领、居民身份证换领、更多事项0、更多事项1"
    assert "另有 2 个" in row
    assert '<td class="figure num">6</td>' in row


def test_every_refusal_of_a_day_is_reached(small_hall: SmallHall, read: Any) -> None:
    ticket, hall = small_hall.ticket(small_hall.issue()), small_hall.hall
    about = {"ticket": ticket, "service": ticket.service, "window": Window.objects.filter(hall=hall)[0]}
    said = {"business_date": ticket.business_date, "kind": "materials", "at": timezone.now()}
    Refusal.objects.bulk_create(Refusal(hall=hall, words=f"缺第{n}样", **about, **said) for n in range(MANY))
    first, second = read("refusals/"), read("refusals/?page=2")
    assert (first.count("缺第"), second.count("缺第")) == (50, 25)
    assert f"day={ticket.business_date}&amp;page=2" in first


def test_the_appointments_of_a_day_are_all_counted_and_who_comes_now_stands_first(
    small_hall: SmallHall, read: Any
) -> None:
    hall, now = small_hall.hall, timezone.now()
    day, service = hall.local_date(now), Service.objects.filter(hall=hall)[0]
    hours = (now - timedelta(hours=3), now - timedelta(hours=2)), (now, now + timedelta(hours=1))
    slots = [
        Slot.objects.create(hall=hall, service=service, date=day, start_at=start, end_at=end, capacity=99)
        for start, end in hours
    ]
    Appointment.objects.bulk_create(
        Appointment(hall=hall, slot=slots[n >= 45], code=f"C{n:05d}", booked_at=now, booked_by="desk")
        for n in range(MANY)
    )
    shown, last = read("appointments/"), read(f"appointments/?date={day}&page=1")
    assert f'<span class="count">{MANY}</span>' in shown
    assert "C00045" in shown
    assert "C00000" not in shown
    assert "C00000" in last
    assert len(re.findall(r"C\d{5}</b>", last)) == 40
