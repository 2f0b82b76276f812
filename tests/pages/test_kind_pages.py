"""The set-up pages of windows, departments and series: added, changed and retired with people in the hall."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hallqueue.actions import day, windows
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.house import fallback_policy, slots
from hallqueue.errors import Refused
from hallqueue.models import Department, Event, Series, Service, Ticket, Window
from hallqueue.routing import line, stranded
from tests.hall import SmallHall
from tests.invariants import check


@pytest.fixture
def manager(small_hall: SmallHall) -> Client:
    client = Client()
    client.force_login(small_hall.people["manager"])
    return client


def send(client: Client, page: str, **fields: Any) -> str:
    """The answer in words; of a redirect, the page it leads to."""
    answer = client.post(f"/small/setup/{page}/", {"key": new_key(), **fields}, follow=True)
    return answer.content.decode()


def takes(code: str) -> dict[str, str]:
    return {f"service-{Service.objects.get(code=code).pk}": "0"}


def stand(hall: SmallHall, number: int, verb: str) -> None:
    """A manager opens or closes a window."""
    getattr(windows, verb)(hall.hall.pk, hall.actor("manager"), new_key(), window=number)


def labels_at(number: int) -> list[str]:
    return [ticket.label for ticket in line(Window.objects.select_related("hall").get(number=number))]


def test_a_window_is_added_retired_and_added_again_with_people_waiting(
    small_hall: SmallHall, manager: Client
) -> None:
    small_hall.issue("housing")
    assert "5 号窗口办什么" in send(manager, "windows/new", number="5", name="补建窗口", **takes("housing"))
    assert (labels_at(5), Window.objects.get(number=5).state) == (["C001"], "closed")
    assert "已经有 5 号窗口" in send(manager, "windows/new", number="5", **takes("housing"))
    stand(small_hall, 5, "open_window")
    assert "还开着或有人在岗" in send(manager, "windows/5", retire="1")
    stand(small_hall, 5, "close")
    gone = send(manager, "windows/5", retire="1")
    assert "已停用，正在等候的人已重新分配" in gone
    assert "已停用的窗口：5" in gone
    told = Event.objects.filter(kind="setup.changed").latest("seq").data
    assert (told["before"]["services"], told["after"]) == ([["housing", 0]], {"retired": True})
    assert (labels_at(5), labels_at(3)) == ([], ["C001"])
    with pytest.raises(Refused, match="window_retired"):
        stand(small_hall, 5, "open_window")
    assert "没有找到这个窗口" in manager.get("/small/setup/windows/5/").content.decode()
    assert "5 号窗口已经停用" in manager.get("/small/window/5/").content.decode()
    assert manager.get("/small/screen/5/").status_code == 200
    day.close_days(small_hall.hall.pk, THE_HALL, new_key())
    assert Window.objects.get(number=5).state == "retired"
    assert "5 号窗口办什么" in send(manager, "windows/new", number="5", **takes("invoice"))
    assert Window.objects.filter(number=5).count() == 1
    check(small_hall.fresh())


def test_a_window_that_people_need_is_not_retired(small_hall: SmallHall, manager: Client) -> None:
    small_hall.issue("housing")
    stand(small_hall, 3, "leave")
    refused = send(manager, "windows/3", retire="1")
    assert "还有 1 人在等“公租房申请”" in refused
    assert 'name="anyway"' in refused
    assert Window.objects.get(number=3).services.exists()
    stand(small_hall, 9, "leave")
    assert "唯一的兜底窗口" in send(manager, "windows/9", retire="1")
    assert "唯一的兜底窗口" in send(manager, "windows/9", **takes("invoice"))
    ticket = Ticket.objects.get()
    Ticket.objects.filter(pk=ticket.pk).update(for_window=Window.objects.get(number=3))
    assert "还有 1 人指定到 3 号窗口" in send(manager, "windows/3", retire="1", anyway="on")
    Ticket.objects.filter(pk=ticket.pk).update(for_window=None)
    by, hall = small_hall.actor("manager"), small_hall.hall
    tomorrow = (hall.local_date(timezone.now()) + timedelta(days=1)).isoformat()
    times = {"day": tomorrow, "start": "10:00", "end": "10:30", "capacity": 1}
    slot = slots.make_slot(hall.pk, by, new_key(), service="housing", window=3, **times)["slot"]
    assert "还有预约时段或每周模板" in send(manager, "windows/3", retire="1", anyway="on")
    slots.remove_slot(hall.pk, by, new_key(), slot=slot)
    assert "已停用" in send(manager, "windows/3", retire="1", anyway="on")
    assert [each.label for each in stranded(small_hall.fresh())] == ["C001"]
    stand(small_hall, 9, "open_window")
    assert labels_at(9) == ["C001"]


def test_a_department_is_made_renamed_in_three_languages_and_switched_off(
    small_hall: SmallHall, manager: Client
) -> None:
    fields = {"name": "民政局", "name_en": "Civil Affairs", "order": "7", "is_active": "on"}
    assert "已保存" in send(manager, "departments/new", code="civil", **fields)
    row = Department.objects.get(code="civil")
    page, mongolian = f"departments/{row.pk}", "ᠢᠷᠭᠡᠨ ᠤ ᠲᠣᠪᠴᠢᠶ᠎ᠠ"
    assert mongolian in send(manager, page, **fields | {"name": "市民政局", "name_mn": mongolian})
    told = Event.objects.filter(kind="setup.changed").latest("seq").data
    assert (told["before"]["name"], told["after"]["name_mn"]) == ("民政局", mongolian)
    off = {name: value for name, value in fields.items() if name != "is_active"}
    assert "停用</span>" in send(manager, page, **off)
    assert "民政局" not in manager.get("/small/setup/windows/1/").content.decode()
    assert "民政局" not in manager.get("/small/setup/services/new/").content.decode()
    service = Service.objects.get(code="housing")
    moved = {"name": "公租房", "department": "civil", "series": "C", "minutes": "5", "weight": "1"}
    assert "已经停用，请先启用" in send(manager, f"services/{service.pk}", is_active="on", **moved)
    busy = Department.objects.get(name="住建局")
    assert "还有 1 个启用的事项" in send(manager, f"departments/{busy.pk}", name="住建局", order="1")
    assert Department.objects.get(pk=busy.pk).is_active


def test_a_series_runs_from_its_first_number_to_its_last(small_hall: SmallHall, manager: Client) -> None:
    made = {"letter": "d", "name": "限号", "is_active": "on", "first": "101", "last": "103"}
    assert "D101 – D103" in send(manager, "series/new", **made)
    row = Series.objects.get(letter="D")
    Service.objects.filter(code="housing").update(series=row)
    assert [small_hall.issue("housing")["label"] for _ in range(2)] == ["D101", "D102"]
    on = {"is_active": "on", "first": "1"}
    assert "今天已经发到 D102，结束号不能小于 102" in send(manager, f"series/{row.pk}", last="101", **on)
    assert "D001 – D102" in send(manager, f"series/{row.pk}", last="102", **on)
    with pytest.raises(Refused, match="series_full"):
        small_hall.issue("housing")
    assert "D001 – D900" in send(manager, f"series/{row.pk}", last="900", **on)
    assert small_hall.issue("housing")["label"] == "D103"
    told = Event.objects.filter(kind="setup.changed").latest("seq").data
    assert (told["before"]["last"], told["after"]["last"]) == (102, 900)
    check(small_hall.fresh())


def test_a_series_that_gives_nobody_numbers_is_switched_off_and_on_again(
    small_hall: SmallHall, manager: Client
) -> None:
    row, fields = Series.objects.get(letter="C"), {"name": "公租房", "first": "1", "last": "99"}
    small_hall.issue("housing")
    assert "还有 1 个启用的事项" in send(manager, f"series/{row.pk}", **fields)
    service = Service.objects.get(code="housing")
    moved = {"name": "公租房", "department": service.department.code, "minutes": "5", "weight": "1"}
    send(manager, f"services/{service.pk}", is_active="on", series="B", **moved)
    by, hall = small_hall.actor("manager"), small_hall.hall
    slots.set_rules(hall.pk, by, new_key(), limits={}, series="C")
    assert "还用于预约取号" in send(manager, f"series/{row.pk}", **fields)
    slots.set_rules(hall.pk, by, new_key(), limits={}, series="")
    policy = {"wait_minutes": 0, "transfers": 0}
    fallback_policy.set_policy(hall.pk, by, new_key(), **policy, unknown_series="C")
    assert "还用于预约取号" in send(manager, f"series/{row.pk}", **fields)
    fallback_policy.set_policy(hall.pk, by, new_key(), **policy)
    assert "停用</span>" in send(manager, f"series/{row.pk}", **fields)
    told = Event.objects.filter(kind="setup.changed").latest("seq").data
    assert (told["before"]["is_active"], told["after"]["is_active"]) == (True, False)
    for page in ("services/new", "order", "fallback", "appointments", "catalogue"):
        assert 'value="C"' not in manager.get(f"/small/setup/{page}/").content.decode()
    assert small_hall.call_next(3)["label"] == "C001"
    back = send(manager, f"services/{service.pk}", is_active="on", series="C", **moved)
    assert "C 号段已经停用，请先启用" in back
    with pytest.raises(Refused, match="series_off"):
        slots.set_rules(hall.pk, by, new_key(), limits={}, series="C")
    assert "停用</span>" not in send(manager, f"series/{row.pk}", is_active="on", **fields)
    send(manager, f"services/{service.pk}", is_active="on", series="C", **moved)
    assert small_hall.issue("housing")["label"] == "C002"
    check(small_hall.fresh())


@pytest.mark.parametrize(
    ("page", "fields", "sentence"),
    [
        ("windows/new", {"number": "0", "everything": "0"}, "“窗口号”要填 1 到 999 之间的整数"),
        ("windows/new", {"number": "五", "everything": "0"}, "“窗口号”要填 1 到 999 之间的整数"),
        ("windows/new", {"number": "6"}, "一个事项也没有"),
        ("windows/9", {"everything": "0"}, "唯一的兜底窗口"),
        ("departments/new", {"code": "a b", "name": "民政局"}, "请填写编码"),
        ("departments/new", {"code": "公安局", "name": "公安分局"}, "编码“公安局”已经有一个部门"),
        ("departments/new", {"code": "x", "name": "公安局"}, "已经有一个部门叫“公安局”"),
        ("departments/new", {"code": "x", "name": " "}, "请填写部门名称"),
        ("departments/new", {"code": "x", "name": "长" * 101}, "最多 100 个字"),
        ("departments/new", {"code": "x", "name": "民政局", "order": "前"}, "“次序”要填 0 到 9999"),
        ("series/new", {"letter": "A"}, "已经有 A 号段"),
        ("series/new", {"letter": "a"}, "已经有 A 号段"),
        ("series/new", {"letter": "I"}, "不用 I 和 O"),
        ("series/new", {"letter": "D", "first": "0"}, "“起始号”要填 1 到 9999"),
        ("series/new", {"letter": "D", "last": "10000"}, "“结束号”要填 1 到 9999"),
        ("series/new", {"letter": "D", "first": "200", "last": "100"}, "结束号 100 比起始号 200 还小"),
    ],
)
def test_what_nobody_can_mean_is_refused_and_kept_in_the_form(
    small_hall: SmallHall, manager: Client, page: str, fields: dict[str, str], sentence: str
) -> None:
    head = small_hall.fresh().seq
    usual = {"first": "1", "last": "99", "order": "0", "is_active": "on", "name_en": "Kept", "name": "Kept"}
    said = send(manager, page, **usual | fields)
    assert sentence in said
    assert 'value="Kept"' in said or f'value="{fields.get("name")}"' in said
    assert small_hall.fresh().seq == head


def test_rows_of_nowhere_are_not_found(small_hall: SmallHall, manager: Client) -> None:
    for page in ("departments/99999/", "series/99999/", "windows/77/"):
        assert manager.get(f"/small/setup/{page}").status_code == 404
