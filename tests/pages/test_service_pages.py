"""The set-up pages of services and house rules: a director's change counts at once, a mistake changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hallqueue.actions import appointments
from hallqueue.actions.command import new_key
from hallqueue.actions.house import rules, slots
from hallqueue.models import Department, Event, Rules, Series, Service, Window
from hallqueue.routing import line
from tests.hall import SmallHall


@pytest.fixture
def manager(small_hall: SmallHall) -> Client:
    client = Client()
    client.force_login(small_hall.people["manager"])
    return client


def send(client: Client, page: str, **fields: Any) -> Any:
    return client.post(f"/small/setup/{page}/", {"key": new_key(), **fields})


def form_of(code: str, /, **changes: Any) -> dict[str, Any]:
    """The form of a service as its page sends it, with some fields changed; None: the field is not sent."""
    service = Service.objects.get(code=code)
    fields = {name: getattr(service, name) for name in ("name", "name_en", "group", "minutes", "weight")}
    fields |= {"department": service.department.code, "series": service.series.letter, "is_active": "on"}
    return {name: value for name, value in (fields | changes).items() if value is not None}


def page_of(code: str) -> str:
    return f"services/{Service.objects.get(code=code).pk}"


def labels_at(number: int) -> list[str]:
    return [ticket.label for ticket in line(Window.objects.select_related("hall").get(number=number))]


def test_a_service_is_renamed_found_by_its_new_name_and_keeps_its_numbers(
    small_hall: SmallHall, manager: Client
) -> None:
    small_hall.issue("housing")
    series = Series.objects.get(letter="A")
    changes = {"name": "车辆登记", "series": "A", "tag": ["online"], "documents": " 行驶证 \n\n身份证\n"}
    assert "已保存" in send(manager, page_of("housing"), **form_of("housing", **changes)).content.decode()
    service = Service.objects.get(code="housing")
    assert (service.name, service.initials, service.series) == ("车辆登记", "cldj", series)
    assert (service.tags, service.documents) == (["online"], "行驶证\n身份证")
    assert labels_at(3) == ["C001"]
    assert small_hall.issue("housing")["label"] == "A001"
    told = Event.objects.filter(kind="setup.changed").latest("seq")
    assert told.by == f"user:{small_hall.people['manager'].pk}"
    assert (told.data["before"]["name"], told.data["after"]["name"]) == ("公租房申请", "车辆登记")
    assert "minutes" not in told.data["after"]
    assert "车辆登记" in manager.get("/small/setup/services/?q=cldj").content.decode()


def test_a_service_is_found_by_what_people_call_it(small_hall: SmallHall, manager: Client) -> None:
    send(manager, page_of("invoice"), **form_of("invoice", also_called=" 开票, 代开；开票、、发票 "))
    service = Service.objects.get(code="invoice")
    assert service.also_called == "开票、代开、发票"
    assert (service.pinyin, service.initials) == ("fapiaoshenling kaipiao daikai fapiao", "fpsl kp dk fp")
    assert Event.objects.filter(kind="setup.changed").latest("seq").data["after"] == {
        "also_called": "开票、代开、发票"
    }
    for query in ("代开", "daikai", "dk"):
        assert "发票申领" in manager.get(f"/small/setup/services/?q={query}").content.decode()
    assert "发票申领" not in manager.get("/small/setup/services/?q=kpdk").content.decode()
    ticket = small_hall.issue("invoice")["label"]
    desk = Client(headers={"accept": "application/json"})
    desk.force_login(small_hall.people["desk"])
    found = desk.get("/small/desk/find/", {"q": "代开"}).json()
    assert [row["label"] for row in found["tickets"]] == [ticket]


def test_a_service_that_moves_to_another_department_takes_its_people_along(
    small_hall: SmallHall, manager: Client
) -> None:
    by = small_hall.actor("manager")
    rules.set_window_rules(small_hall.hall.pk, by, new_key(), window=1, departments=[["公安局", 0]])
    rules.set_window_rules(small_hall.hall.pk, by, new_key(), window=3, departments=[["住建局", 0]])
    small_hall.issue("housing")
    moved = form_of("housing", department=Department.objects.get(name="公安局").code)
    assert send(manager, page_of("housing"), **moved).status_code == 200
    assert (labels_at(1), labels_at(3)) == (["C001"], [])
    nowhere = form_of("housing", department=Department.objects.get(name="税务局").code)
    refused = send(manager, page_of("housing"), **nowhere)
    assert "还有 1 人在等" in refused.content.decode()
    assert labels_at(1) == ["C001"]
    assert send(manager, page_of("housing"), anyway="on", **nowhere).status_code == 200
    assert labels_at(9) == ["C001"]
    assert "公租房申请" in manager.get("/small/setup/services/?show=unserved").content.decode()


def test_a_service_that_is_awaited_or_booked_is_not_switched_off(
    small_hall: SmallHall, manager: Client
) -> None:
    off = form_of("housing", is_active=None)
    ticket = small_hall.issue("housing")
    assert "还有 1 人在等“公租房申请”" in send(manager, page_of("housing"), **off).content.decode()
    assert small_hall.call_next(3)["ticket"] == ticket["ticket"]
    by, hall = small_hall.actor("manager"), small_hall.hall
    tomorrow = (hall.local_date(timezone.now()) + timedelta(days=1)).isoformat()
    times = {"day": tomorrow, "start": "10:00", "end": "10:30", "capacity": 1}
    slot = slots.make_slot(hall.pk, by, new_key(), service="housing", **times)["slot"]
    code = appointments.book(hall.pk, by, new_key(), slot=slot, name="张三", phone="13847301234")["code"]
    assert "还有 1 人预约了“公租房申请”" in send(manager, page_of("housing"), **off).content.decode()
    assert Service.objects.get(code="housing").is_active
    appointments.cancel_appointment(hall.pk, by, new_key(), code=code)
    assert "已保存" in send(manager, page_of("housing"), **off).content.decode()
    assert not Service.objects.get(code="housing").is_active
    assert "公租房申请" in manager.get("/small/setup/services/?show=off").content.decode()


def test_a_new_service_is_made_and_led_to(small_hall: SmallHall, manager: Client) -> None:
    fields = form_of("id-card", name="临时身份证", code="temp-id")
    made = send(manager, "services/new", **fields)
    assert made.status_code == 302
    shown = manager.get(made.headers["Location"]).content.decode()
    assert "已保存" in shown
    assert "没有窗口受理" in shown
    assert shown.index("没有窗口受理") < shown.index("card form"), "beside the word that it is saved"
    again = send(manager, "services/new", **fields)
    assert again.status_code == 400
    assert "已经有一个事项" in again.content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": " "}, "请填写事项名称"),
        ({"name": "长" * 201}, "最多 200 个字"),
        ({"minutes": "0"}, "“预计办理（分钟）”要填 1 到 480 之间的整数"),
        ({"minutes": "十"}, "“预计办理（分钟）”要填 1 到 480 之间的整数"),
        ({"weight": "1000"}, "“常用度”要填 0 到 999"),
        ({"department": "没有"}, "没有找到这个部门"),
        ({"series": "Z"}, "没有 Z 号段"),
        ({"tag": ["no-such-tag"]}, "没有“no-such-tag”这个标签"),
        ({"documents": "纸" * 1001}, "最多 1000 个字"),
        ({"also_called": "证" * 201}, "最多 200 个字"),
        ({"also_called": "、".join(f"叫法{number}" for number in range(60))}, "最多 200 个字"),
    ],
)
def test_a_service_that_nobody_can_mean_is_refused_and_kept_in_the_form(
    small_hall: SmallHall, manager: Client, changes: dict[str, Any], sentence: str
) -> None:
    head = small_hall.fresh().seq
    answer = send(manager, page_of("housing"), **(form_of("housing", name_en="Kept") | changes))
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert 'value="Kept"' in answer.content.decode()
    assert small_hall.fresh().seq == head


def test_codes_of_new_services_are_one_word(small_hall: SmallHall, manager: Client) -> None:
    for code in ("", "two words"):
        refused = send(manager, "services/new", **form_of("id-card", code=code))
        assert "请填写编码" in refused.content.decode()
    assert manager.get("/small/setup/services/99999/").status_code == 404


RULES = {
    "form": "rules",
    "calls_before_no_show": "2",
    "seconds_between_calls": "15",
    "requeue_within_numbers": "5",
    "requeue_within_minutes": "0",
    "requeue_limit": "1",
    "requeue_place": "end",
    "requeue_after": "3",
    "requeue_late": "refused",
    "citizens_cancel": "on",
}
ALARMS = {
    "form": "alarms",
    "wait_alarm_minutes": "12",
    "service_alarm_minutes": "40",
    "idle_alarm_minutes": "4",
    "help_alarm_minutes": "2",
    "tidal_people": "8",
    "tidal_minutes": "20",
}


def test_the_house_rules_count_at_once_and_are_told_as_citizens_read_them(
    small_hall: SmallHall, manager: Client
) -> None:
    small_hall.issue()
    small_hall.call_next()
    shown = send(manager, "rules", **RULES).content.decode()
    assert "呼叫 2 次未到，视为过号。" in shown
    assert "过号后 5 个号以内可以激活，排到末尾。" in shown
    found = Rules.of(small_hall.hall)
    assert (found.requeue_late, found.citizens_requeue, found.citizens_cancel) == ("refused", False, True)
    with pytest.raises(Exception, match="no_show_too_few"):
        small_hall.say("no_show")
    told = Event.objects.filter(kind="setup.changed").latest("seq")
    assert (told.data["before"]["calls_before_no_show"], told.data["rules"]["calls_before_no_show"]) == (0, 2)
    head = small_hall.fresh().seq
    assert "已保存" in send(manager, "rules", **RULES).content.decode()
    assert small_hall.fresh().seq == head


def test_the_limits_of_alarms_are_the_halls_own(small_hall: SmallHall, manager: Client) -> None:
    assert "已保存" in send(manager, "rules", **ALARMS).content.decode()
    hall = small_hall.fresh()
    assert (hall.wait_alarm_minutes, hall.tidal_people, hall.tidal_minutes) == (12, 8, 20)
    assert hall.setup_seq == hall.seq
    assert Event.objects.latest("seq").data["before"]["wait_alarm_minutes"] == 30


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (RULES | {"calls_before_no_show": "10"}, "“过号前呼叫次数”要填 0 到 9 之间的整数"),
        (RULES | {"seconds_between_calls": "一"}, "“两次呼叫的间隔（秒）”要填 0 到 600"),
        (RULES | {"requeue_after": "0"}, "“激活后排在几人之后”要填 1 到 99"),
        (RULES | {"requeue_place": "up"}, "填写的内容有误"),
        (ALARMS | {"wait_alarm_minutes": "0"}, "“等候报警（分钟）”要填 1 到 480"),
        (ALARMS | {"tidal_people": ""}, "“潮汐窗口：每窗等候人数”要填 1 到 200"),
    ],
)
def test_a_house_rule_out_of_bounds_is_refused_and_kept_in_the_form(
    small_hall: SmallHall, manager: Client, fields: dict[str, str], sentence: str
) -> None:
    head = small_hall.fresh().seq
    answer = send(manager, "rules", **fields)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert all(
        f'value="{value}"' in answer.content.decode() for name, value in fields.items() if "minutes" in name
    )
    assert small_hall.fresh().seq == head
