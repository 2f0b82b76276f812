"""The fallback rules over HTTP: the policy page, the refusals on record, the citizen's wish, the kiosk's way in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from hallqueue.actions.cases import concerns
from hallqueue.actions.command import new_key
from hallqueue.actions.line import fallback
from hallqueue.models import Concern, Department, FallbackDuty, FallbackPolicy, Refusal, Ticket, Window
from hallqueue.topics.hall import hall_frame
from hallqueue.topics.reading import Reading
from tests.hall import SmallHall

PAGE = "/small/setup/fallback/"
FORM = {"wanders": "on", "transfers": "3", "refusals": "on", "not_today": "on", "citizens_ask": "on"}


def signed_in(small: SmallHall, name: str = "manager") -> Client:
    client = Client()
    client.force_login(small.people[name])
    return client


def save(small: SmallHall, **fields: Any) -> Any:
    return signed_in(small).post(PAGE, {**FORM, "key": new_key(), **fields})


def refused_here(small: SmallHall, words: str = "缺户口簿") -> None:
    small.issue()
    small.call_next()
    say = (small.hall.pk, small.at(1), new_key())
    fallback.refuse(*say, window=1, kind="materials", words=words)


def test_a_manager_decides_and_sees_what_was_decided(small_hall: SmallHall) -> None:
    answer = save(small_hall, waited="on", wait_minutes="25", unknown_series="C", helps_out="on")
    assert answer.status_code == 200
    policy = FallbackPolicy.of(small_hall.hall)
    assert (policy.wait_minutes, policy.transfers, policy.helps_out) == (25, 3, True)
    shown = signed_in(small_hall).get(PAGE).content.decode()
    assert 'value="25"' in shown
    assert '<option value="C" selected>' in shown


def test_a_tick_taken_away_switches_the_reason_off(small_hall: SmallHall) -> None:
    form = {"key": new_key(), "transfers": "3", "wait_minutes": "9999999"}
    assert signed_in(small_hall).post(PAGE, form).status_code == 200
    policy = FallbackPolicy.of(small_hall.hall)
    assert (policy.wait_minutes, policy.transfers, policy.refusals, policy.citizens_ask) == (
        0,
        0,
        False,
        False,
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"waited": "on", "wait_minutes": "0"},
        {"waited": "on", "wait_minutes": "-3"},
        {"waited": "on", "wait_minutes": "半小时"},
        {"waited": "on", "wait_minutes": "4"},
        {"transfers": "0"},
        {"transfers": "1"},
        {"transfers": "3.5"},
        {"unknown_series": "Q"},
        {"duty": "9:nowhere"},
        {"duty": "x"},
    ],
)
def test_nonsense_gets_a_sentence_and_keeps_what_was_typed(
    small_hall: SmallHall, fields: dict[str, str]
) -> None:
    answer = save(small_hall, **fields)
    assert answer.status_code in (400, 404, 409)
    assert 'role="alert"' in answer.content.decode()
    assert not FallbackPolicy.objects.exists()


def test_duties_are_ticked_where_there_are_several_fallback_windows(small_hall: SmallHall) -> None:
    assert 'name="duty"' not in signed_in(small_hall).get(PAGE).content.decode()
    Window.objects.filter(hall=small_hall.hall, number=3).update(is_fallback=True)
    code = Department.objects.get(hall=small_hall.hall, name="公安局").code
    save(small_hall, duty=[f"3:{code}"])
    assert FallbackDuty.objects.get().window.number == 3
    assert f'value="3:{code}" checked' in signed_in(small_hall).get(PAGE).content.decode()


def test_a_hall_without_a_fallback_window_is_told_so(small_hall: SmallHall) -> None:
    Window.objects.filter(hall=small_hall.hall).update(is_fallback=False)
    assert "还没有设兜底窗口" in signed_in(small_hall).get(PAGE).content.decode()


def test_the_list_shows_each_refusal_and_the_days_reasons(small_hall: SmallHall) -> None:
    refused_here(small_hall, "<b>缺证明</b>")
    shown = signed_in(small_hall, "auditor").get("/small/refusals/").content.decode()
    assert "&lt;b&gt;缺证明&lt;/b&gt;" in shown
    assert "clerk1" in shown
    day_before = signed_in(small_hall).get("/small/refusals/?day=2020-01-01")
    assert "没有窗口对群众说" in day_before.content.decode()
    assert signed_in(small_hall).get("/small/refusals/?day=nonsense").status_code == 200


def test_the_manager_and_the_story_tell_each_reason_and_the_concerns(small_hall: SmallHall) -> None:
    refused_here(small_hall)
    small_hall.issue("housing")
    small_hall.say("pause", 3, reason="午休")
    small_hall.call_next(9)
    small_hall.say("park", 9, reason="补材料")
    ticket = Ticket.objects.get(label="A001")
    case = {"kind": "slow", "failed": "跑了三次", "ticket": ticket.pk, "channel": "fallback"}
    concerns.raise_concern(small_hall.hall.pk, small_hall.at(9), new_key(), **case)
    frame = hall_frame(Reading(small_hall.fresh()), "live") or {}
    assert frame["fallback"] == [
        {"code": "no_window", "now": 1, "today": 1},
        {"code": "refused", "now": 0, "today": 1},
    ]
    assert frame["concerns"] == {"open": 1, "late": 0, "pause_asked": 0}
    small_hall.call_next(9)
    frame = hall_frame(Reading(small_hall.fresh()), "live") or {}
    assert frame["fallback"][0] == {"code": "no_window", "now": 0, "today": 1}
    story = signed_in(small_hall, "desk").get(f"/small/tickets/{ticket.pk}/").content.decode()
    assert "窗口不予办理 · 缺户口簿" in story
    concern = Concern.objects.get()
    assert f"办不成事诉求 {concern.label}" in story
    assert f"/small/concerns/{concern.pk}/" in story


def test_the_holder_of_the_address_asks_for_the_fallback_window(small_hall: SmallHall) -> None:
    issued = small_hall.issue()
    url, body = f"/t/{issued['token']}/fallback/", json.dumps({"key": new_key()})
    for _ in range(2):
        answer = Client().post(url, body, content_type="application/json")
        assert answer.json()["fallback"] == "asked"
    small_hall.call_next(9)
    again = Client().post(url, json.dumps({"key": new_key()}), content_type="application/json")
    assert again.status_code == 409
    headers = {"Accept": "application/json"}
    nobody = Client().post("/t/none/fallback/", body, content_type="application/json", headers=headers)
    assert (nobody.status_code, nobody.json()["code"]) == (404, "unknown_ticket")


def test_a_number_without_a_service_is_taken_at_the_kiosk(small_hall: SmallHall) -> None:
    save(small_hall, unknown_series="C")
    body = json.dumps({"key": new_key(), "unknown": True, "language": "zh"})
    answer = signed_in(small_hall, "desk").post("/small/kiosk/take/", body, content_type="application/json")
    assert (answer.json()["label"], answer.json()["frame"]["fallback"]["reason"]) == ("C001", "unknown")


def test_a_clerk_refuses_at_the_console(small_hall: SmallHall) -> None:
    small_hall.issue()
    small_hall.call_next()
    client, url = signed_in(small_hall, "clerk1"), "/small/window/1/refuse/"
    for fields, status in (({"kind": "materials"}, 400), ({"kind": "materials", "words": "缺照片"}, 200)):
        body = json.dumps({"key": new_key(), **fields})
        assert client.post(url, body, content_type="application/json").status_code == status
    assert Refusal.objects.get().words == "缺照片"
    assert Ticket.objects.get().state == "waiting"
