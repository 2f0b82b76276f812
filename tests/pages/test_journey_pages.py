"""Journeys on screens: the manager's page, the kiosk, the ticket's page, the slip, the console, the interface."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from hallqueue.actions.command import new_key
from hallqueue.actions.line import journeys
from hallqueue.models import Hall, Journey, Ticket, Window
from hallqueue.topics.reading import Reading
from hallqueue.topics.ticket import ticket_frame
from hallqueue.topics.window import window_frame
from printers.content import _steps, heading_of
from tests.hall import SmallHall, midday
from tests.machine import Machine

PAGE = "/small/journeys/"
FORM = {"code": "shop", "name": "开办餐饮店", "stages": "id-card\n发票申领 + housing", "is_active": "on"}


def signed_in(small: SmallHall, name: str = "manager") -> Client:
    client = Client()
    client.force_login(small.people[name])
    return client


def save(small: SmallHall, who: str = "manager", **fields: Any) -> Any:
    return signed_in(small, who).post(PAGE, {**FORM, "key": new_key(), **fields})


def stages(code: str = "shop") -> list[tuple[int, str]]:
    return [*Journey.objects.get(code=code).parts.values_list("stage", "service__code")]


def test_a_manager_writes_a_journey_line_by_line(small_hall: SmallHall) -> None:
    assert save(small_hall).status_code == 200
    assert stages() == [(0, "id-card"), (1, "invoice"), (1, "housing")]
    shown = signed_in(small_hall).get(PAGE + "?code=shop").content.decode()
    assert "id-card\ninvoice + housing" in shown
    assert "还没有人走过" in shown


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"stages": "id-card\ninvoice\nid-card"}, "出现了两次"),
        ({"stages": "id-card\n+"}, "空的步骤"),
        ({"stages": " "}, "空的步骤"),
        ({"stages": "<b>passport"}, "&lt;b&gt;passport"),
        ({"name": " "}, "请填写名称"),
        ({"code": "开店"}, "代码只能用"),
    ],
)
def test_a_journey_that_cannot_be_walked_gets_a_sentence(
    small_hall: SmallHall, fields: dict[str, str], words: str
) -> None:
    answer = save(small_hall, **fields)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Journey.objects.exists()


def test_a_step_that_nobody_serves_is_said_and_saved(small_hall: SmallHall) -> None:
    Window.objects.get(hall=small_hall.hall, number=3).takes.all().delete()
    assert "没有窗口办理：公租房申请" in save(small_hall).content.decode()
    assert Journey.objects.exists()


def test_an_auditor_looks_and_changes_nothing(small_hall: SmallHall) -> None:
    assert signed_in(small_hall, "auditor").get(PAGE).status_code == 200
    assert save(small_hall, "auditor").status_code in (400, 403)
    assert not Journey.objects.exists()


def test_how_long_each_step_and_the_whole_way_take_is_shown_for_thirty_days(small_hall: SmallHall) -> None:
    def shown() -> str:
        page: str = signed_in(small_hall).get(PAGE).content.decode()
        return page

    with midday(small_hall) as clock:
        save(small_hall)
        for waits in (2, 4, 9):
            small_hall.issue("", journey="shop")
            for verb, minutes in (("call_next", waits), ("start", 1), ("finish", waits)):
                clock.shift(timedelta(minutes=minutes))
                small_hall.say(verb)
        assert ("近 30 天 3 人" in shown(), "全程中位" in shown()) == (True, False)
        assert "等候 4 分钟 · 办理 5 分钟" in shown()
        for window in (2, 3):
            small_hall.call_next(window)
            small_hall.say("start", window)
            small_hall.say("finish", window)
        assert "全程中位 33 分钟" in shown()
        for days, people in ((29, 3), (1, 0)):
            clock.shift(timedelta(days=days))
            small_hall.issue()
            assert f"近 30 天 {people} 人" in shown()


def walk(small: SmallHall) -> str:
    token: str = small.issue("", journey="shop")["token"]
    for verb in ("call_next", "start", "finish"):
        small.say(verb)
    return token


def test_the_kiosk_offers_it_and_gives_one_number(small_hall: SmallHall) -> None:
    save(small_hall)
    desk = signed_in(small_hall, "desk")
    [offered] = desk.get("/small/kiosk/catalogue.json").json()["journeys"]
    assert (offered["code"], [step["stage"] for step in offered["steps"]]) == ("shop", [0, 1, 1])
    body = json.dumps({"key": new_key(), "journey": "shop", "language": "zh"})
    answer = desk.post("/small/kiosk/take/", body, content_type="application/json").json()
    assert answer["label"] == "A001"
    assert [step["state"] for step in answer["frame"]["journey"]["steps"]] == ["now", "ahead", "ahead"]


def test_the_ticket_page_and_the_console_show_the_way(small_hall: SmallHall) -> None:
    save(small_hall)
    token = walk(small_hall)
    frame = ticket_frame(Reading(small_hall.fresh()), token)
    assert frame is not None
    steps = [
        (s["names"]["zh"], s["state"], s["windows"], [zone["zh"] for zone in s["zones"]])
        for s in frame["journey"]["steps"]
    ]
    assert steps == [
        ("居民身份证换领", "done", [1], ["A区"]),
        ("发票申领", "now", [2], ["A区"]),
        ("公租房申请", "ahead", [3], ["B区"]),
    ]
    story = signed_in(small_hall).get(f"/small/tickets/{Ticket.objects.get(token=token).pk}/")
    assert "一件事的下一步" in story.content.decode()
    small_hall.call_next(2)
    seen = window_frame(Reading(Hall.objects.get(pk=small_hall.hall.pk)), "2")
    assert seen is not None
    assert seen["current"]["journey"]["names"]["zh"] == "开办餐饮店"


def test_the_step_of_who_was_called_shows_the_window_that_called_and_no_other(small_hall: SmallHall) -> None:
    save(small_hall)
    token = small_hall.issue("", journey="shop")["token"]
    assert step_windows(small_hall, token)[0] == [1, 2]
    small_hall.call_next(2)
    assert step_windows(small_hall, token)[0] == [2]


def step_windows(small: SmallHall, token: str) -> list[list[int]]:
    frame = ticket_frame(Reading(small.fresh()), token)
    assert frame is not None
    return [step["windows"] for step in frame["journey"]["steps"]]


def test_the_slip_names_the_steps_the_way_back_and_the_matters(small_hall: SmallHall) -> None:
    save(small_hall)
    ticket = small_hall.ticket(small_hall.issue("", journey="shop"))
    assert _steps(ticket, "zh")[1:] == ("1. 居民身份证换领", "2. 发票申领", "3. 公租房申请")
    assert _steps(ticket, "zh")[0] == "一个号走完全程，第 2、3 步哪个窗口先空先去哪个："
    assert _steps(ticket, "en")[0] == "One number for the whole way; steps 2, 3 in any order:"
    save(small_hall, returns="on")
    [offered] = signed_in(small_hall, "desk").get("/small/kiosk/catalogue.json").json()["journeys"]
    assert (offered["steps"][-1]["names"]["en"], offered["steps"][-1]["stage"]) == (
        "Back to the first window",
        2,
    )
    back = small_hall.ticket(small_hall.issue("", journey="shop"))
    assert _steps(back, "zh")[-2:] == ("3. 公租房申请", "4. 回到第一个窗口")
    second, visit = small_hall.issue("housing"), small_hall.issue("invoice", also=["id-card"])
    assert _steps(small_hall.ticket(second), "zh") == ()
    small_hall.call_next(2)
    small_hall.say("join", 2, ticket=second["ticket"])
    matters = ("一次办理以下事项：", "1. 发票申领", "2. 居民身份证换领", "3. 公租房申请")
    assert _steps(small_hall.ticket(visit), "zh") == matters


def test_the_slip_of_a_way_of_single_steps_names_no_order_of_choice() -> None:
    assert heading_of([0, 1, 2], "zh") == "一个号走完全程："
    assert "第 1、2 / 3、4、5 步" in heading_of([0, 0, 1, 1, 1, 2], "zh")


def test_a_clerk_leaves_a_step_out(small_hall: SmallHall) -> None:
    save(small_hall)
    small_hall.issue("", journey="shop")
    small_hall.call_next()
    body = json.dumps({"key": new_key(), "service": "invoice", "reason": "已在网上办好"})
    url = "/small/window/1/skip/"
    assert signed_in(small_hall, "clerk1").post(url, body, content_type="application/json").status_code == 200
    small_hall.say("start")
    assert small_hall.say("finish")["to"] == "公租房申请"


def test_machines_read_journeys_issue_for_one_and_refuse(small_hall: SmallHall) -> None:
    journeys.set_journey(
        small_hall.hall.pk,
        small_hall.actor("manager"),
        new_key(),
        code="shop",
        name="开店",
        stages=[["id-card"], ["housing"]],
    )
    machine = Machine(small_hall)
    assert machine.get("/journeys")[0]["stages"] == [["id-card"], ["housing"]]
    assert machine.post("/tickets", {"journey": "shop"})["label"] == "A001"
    machine.post("/tickets", {"journey": "none"}, status=404)
    machine.post("/windows/1/call-next")
    assert machine.post("/windows/1/refuse", {"kind": "system", "words": "停电"})["fallback"] == "refused"
    other = machine.post("/tickets", {"service": "invoice"})
    assert machine.post(f"/tickets/{other['ticket']}/fallback", {"note": "帮办"})["state"] == "waiting"
