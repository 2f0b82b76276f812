"""The set-up pages of routing: what a manager chooses is what windows take and in what order they call."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from hallqueue.actions.command import new_key
from hallqueue.models import Department, Event, Policy, Service, Window
from hallqueue.routing import line
from tests.hall import SmallHall


@pytest.fixture
def manager(small_hall: SmallHall) -> Client:
    client = Client()
    client.force_login(small_hall.people["manager"])
    return client


def service(code: str) -> int:
    return Service.objects.get(code=code).pk


def send(client: Client, page: str, **fields: Any) -> Any:
    return client.post(f"/small/setup/{page}/", {"key": new_key(), **fields})


def test_a_department_is_given_to_a_window_and_its_people_with_it(
    small_hall: SmallHall, manager: Client
) -> None:
    small_hall.issue("housing")
    department = Department.objects.get(name="住建局")
    answer = send(
        manager, "windows/1", **{f"department-{department.pk}": "1", f"service-{service('id-card')}": "0"}
    )
    assert answer.status_code == 200
    assert [ticket.label for ticket in line(Window.objects.select_related("hall").get(number=1))] == ["C001"]
    assert Event.objects.latest("seq").data["after"]["scopes"] == [["住建局", "", 1]]
    assert "住建局" in manager.get("/small/setup/windows/").content.decode()


def test_a_window_is_named_where_its_work_is_said(small_hall: SmallHall, manager: Client) -> None:
    takes = {f"service-{service('id-card')}": "0", "zone": "A区"}
    named = {"name": "户政窗口", "name_en": "Households", "direction": "进门左转"}
    assert send(manager, "windows/1", **takes, **named).status_code == 200
    seat = Window.objects.get(number=1)
    assert (seat.name, seat.name_en, seat.direction) == ("户政窗口", "Households", "进门左转")
    told = Event.objects.latest("seq").data
    assert (told["before"]["named"]["name"], told["after"]["named"]["name"]) == ("", "户政窗口")
    refused = send(manager, "windows/1", **takes, **named | {"name": "长" * 101})
    assert "最多 100 个字" in refused.content.decode()
    assert Window.objects.get(number=1).name == "户政窗口"


def test_a_window_that_moves_while_its_way_names_the_old_area_is_told_of(
    small_hall: SmallHall, manager: Client
) -> None:
    takes = {f"service-{service('id-card')}": "0"}
    here, there = {"zone": "A区", "direction": "A区左侧"}, {"zone": "二楼"}
    assert "仍写着" not in send(manager, "windows/1", **takes, **here).content.decode()
    assert "“怎么走”仍写着“A区左侧”" in send(manager, "windows/1", **takes, **here | there).content.decode()
    assert Window.objects.get(number=1).zone == "二楼", "it is told of, not refused"
    both = there | {"direction": "二楼左侧"}
    assert "仍写着" not in send(manager, "windows/1", **takes, **both).content.decode()


def test_the_department_of_a_window_that_moved_is_told_of_when_nobody_of_it_is_left_there(
    small_hall: SmallHall, manager: Client
) -> None:
    Department.objects.filter(name="公安局").update(zone="A区")
    takes = {f"service-{service('id-card')}": "0", "zone": "二楼"}
    assert "仍写着“A区”" not in send(manager, "windows/1", **takes).content.decode(), "window 2 is there"
    helps = takes | {f"service-{service('invoice')}": "0"}
    assert "公安局在部门设置里仍写着“A区”" in send(manager, "windows/2", **helps).content.decode()
    Department.objects.filter(name="公安局").update(zone="二楼")
    assert "仍写着" not in send(manager, "windows/2", **helps).content.decode()


def test_a_search_adds_services_and_keeps_what_was_chosen(small_hall: SmallHall, manager: Client) -> None:
    answer = send(manager, "windows/1", find="1", q="fapiao", **{f"service-{service('id-card')}": "2"})
    text = answer.content.decode()
    assert f'name="service-{service("invoice")}"' in text
    assert '<option value="2" selected>' in text
    assert set(Window.objects.get(number=1).services.values_list("code", flat=True)) == {"id-card"}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "一个事项也没有"),
        ({"everything": "99"}, "次序只能是"),
        ({"everything": "x"}, "次序只能是"),
        ({"group-没有": "0"}, "没有哪个事项属于"),
        ({"department-77777": "0"}, "没有找到"),
    ],
)
def test_what_cannot_be_meant_gets_a_sentence_and_changes_nothing(
    small_hall: SmallHall, manager: Client, fields: dict[str, str], sentence: str
) -> None:
    answer = send(manager, "windows/1", **fields)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert list(Window.objects.get(number=1).services.values_list("code", flat=True)) == ["id-card"]


def test_people_who_would_lose_their_last_window_are_named_before_it_happens(
    small_hall: SmallHall, manager: Client
) -> None:
    small_hall.issue("housing")
    chosen = {f"service-{service('invoice')}": "0"}
    refused = send(manager, "windows/3", **chosen)
    assert "还有 1 人在等" in refused.content.decode()
    assert 'name="anyway"' in refused.content.decode()
    done = send(manager, "windows/3", anyway="on", **chosen)
    assert "没有普通窗口受理" in done.content.decode()
    assert [ticket.label for ticket in line(Window.objects.select_related("hall").get(number=9))] == ["C001"]


def test_a_policy_is_looked_at_before_it_is_saved(small_hall: SmallHall, manager: Client) -> None:
    for priority in ("", "elderly", "elderly", "disabled", ""):
        small_hall.issue(priority=priority)
    fields = {
        "kind": "ratio",
        "preferred": "1",
        "ordinary": "1",
        "ageing_minutes": "20",
        "guard_minutes": "60",
    }
    text = send(manager, "order", look="1", **fields).content.decode()
    ratio = text.split('value="ratio"')[1].split("</section>")[0]
    assert [part[:4] for part in ratio.split('<b class="num">')[1:]] == [
        "A002",
        "A001",
        "A003",
        "A005",
        "A004",
    ]
    assert not Policy.objects.exists()
    send(manager, "order", **fields)
    assert Policy.objects.get().kind == "ratio"
    send(manager, "order", drop="1")
    assert not Policy.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("preferred", "0", "比例的两边"),
        ("ordinary", "-1", "比例的两边"),
        ("ordinary", "21", "比例的两边"),
        ("preferred", "一", "要填整数"),
        ("ageing_minutes", "0", "每升一级"),
        ("guard_minutes", "4", "最长等候"),
        ("guard_minutes", "99999", "最长等候"),
        ("kind", "chaos", "叫号方式"),
    ],
)
def test_a_policy_that_nobody_can_mean_is_refused_and_kept_in_the_form(
    small_hall: SmallHall, manager: Client, field: str, value: str, sentence: str
) -> None:
    fields = {
        "kind": "ratio",
        "preferred": "1",
        "ordinary": "2",
        "ageing_minutes": "20",
        "guard_minutes": "60",
    }
    answer = send(manager, "order", **(fields | {field: value}))
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not Policy.objects.exists()


def test_a_series_may_have_a_policy_of_its_own(small_hall: SmallHall, manager: Client) -> None:
    fields = {
        "kind": "ageing",
        "preferred": "1",
        "ordinary": "2",
        "ageing_minutes": "15",
        "guard_minutes": "0",
    }
    send(manager, "order", series="B", **fields)
    assert str(Policy.objects.get().series.letter) == "B"  # type: ignore[union-attr]
    assert "单独" in manager.get("/small/setup/order/?series=B").content.decode()


def test_the_story_of_who_waited_says_which_windows_the_set_up_gave_them_instead(
    small_hall: SmallHall, manager: Client
) -> None:
    ticket = small_hall.issue("housing")["ticket"]
    answer = send(manager, "windows/3", anyway="on", **{f"service-{service('invoice')}": "0"})
    assert answer.status_code == 200
    story = manager.get(f"/small/tickets/{ticket}/").content.decode()
    assert "9 号窗口（原：3 号窗口）" in story
    small_hall.say("close", 9)
    send(manager, "windows/1", **{f"service-{service('housing')}": "0"})
    assert "1 号窗口（原：没有开放的窗口）" in manager.get(f"/small/tickets/{ticket}/").content.decode()


def test_a_comprehensive_window_takes_whatever_joins_its_group_while_people_wait(
    small_hall: SmallHall, manager: Client
) -> None:
    def offer(page: str, code: str, name: str) -> None:
        part = {"department": "公安局", "series": "A", "group": "证照通办", "minutes": "8", "weight": "1"}
        answer = send(manager, f"services/{page}", code=code, name=name, is_active="on", **part)
        assert answer.status_code < 400

    def windows_of(ticket: dict[str, Any]) -> list[int]:
        frame = Client().get(f"/t/{ticket['token']}/").context["frame"]
        return list(frame["windows"])

    offer(str(service("id-card")), "id-card", "居民身份证换领")
    assert send(manager, "windows/3", **{"group-证照通办": "0"}, anyway="on").status_code == 200
    waits = small_hall.issue("housing", to_fallback=True)
    assert windows_of(waits) == [9]
    offer("new", "passport", "护照")
    passport = small_hall.issue("passport")
    assert windows_of(passport) == [3]
    invoice = small_hall.issue("invoice")
    assert windows_of(invoice) == [2]
    offer(str(service("invoice")), "invoice", "发票申领")
    assert windows_of(invoice) == [2, 3]
    in_line = [ticket.label for ticket in line(Window.objects.select_related("hall").get(number=3))]
    assert in_line == [passport["label"], invoice["label"]]
    assert small_hall.call_next(3)["label"] == passport["label"]
