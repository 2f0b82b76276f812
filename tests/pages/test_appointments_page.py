"""Appointments over HTTP: the desk's page, the managers' page of slots, the kiosk's check-in, and machines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.people import enrol, hashed
from hallqueue.counting import count, counted
from hallqueue.models import Appointment, Service, Slot, SlotPattern, Ticket
from hallqueue.web.check_in_tries import MOST_AT_ONE, MOST_IN_ALL
from tests.booking import PHONE, Booking, friday_morning
from tests.kiosk_hall import kiosk_client
from tests.machine import Machine

URL, SLOTS = "/small/appointments/", "/small/setup/appointments/"
KEY = "appointment-key-"


@pytest.fixture
def hall(db: None) -> Iterator[Booking]:
    yield from friday_morning()


def signed_in(hall: Booking, name: str) -> Client:
    client = Client()
    client.force_login(hall.small.people[name])
    return client


def send(client: Client, verb: str, url: str = URL, **fields: Any) -> Any:
    return client.post(url, {"verb": verb, "key": f"{KEY}{verb}", **fields}, follow=True)


def test_the_desk_books_and_sees_the_code_once_large(hall: Booking) -> None:
    slot, desk = hall.slot(), signed_in(hall, "desk")
    assert f'slot={slot}"' in desk.get(URL).content.decode()
    assert 'name="phone"' in desk.get(URL, {"slot": slot}).content.decode()
    said = send(desk, "book", slot=slot, name="张三", phone=PHONE).content.decode()
    row = Appointment.objects.get()
    assert f'<p class="booking-code num">{row.code}</p>' in said
    assert "张* 1234" in said
    assert "张三" not in said
    assert PHONE not in said


def test_a_refusal_stands_on_the_page_with_what_was_typed(hall: Booking) -> None:
    slot, desk = hall.slot(), signed_in(hall, "desk")
    answer = send(desk, "book", slot=slot, name="张三", phone="12")
    assert answer.status_code == 400
    assert "手机号码不对" in answer.content.decode()
    assert 'value="12"' in answer.content.decode()
    assert send(desk, "burn").status_code == 400


def test_the_desk_sees_how_many_came_late_or_not_at_all(hall: Booking) -> None:
    slot = hall.slot(capacity=4)
    codes = [hall.book(slot, phone=f"1390000{at:04}") for at in range(4)]
    Appointment.objects.filter(code=codes[0]).update(state="missed")
    Appointment.objects.filter(code=codes[1]).update(state="late")
    said = signed_in(hall, "desk").get(URL).content.decode()
    assert "待报到 2 · 已报到 0 · 迟到 1 · 未到 1" in said


def test_the_desk_checks_in_and_sees_the_number(hall: Booking) -> None:
    code, desk = hall.book(hall.slot()), signed_in(hall, "desk")
    assert "起可以报到" in send(desk, "check_in", q=code).content.decode()
    hall.at(10)
    said = send(desk, "check_in", q=code, key=KEY + "second").content.decode()
    assert "C001" in said
    assert "按预约号叫" in said
    assert "之前已经报到" not in said
    again = send(desk, "check_in", q=code, key=KEY + "third").content.decode()
    assert "之前已经报到" in again
    assert "C001" in again


def test_the_desk_moves_and_cancels(hall: Booking) -> None:
    code, later, desk = hall.book(hall.slot()), hall.slot("14:00", "15:00"), signed_in(hall, "desk")
    assert f"给预约 {code} 选一个新的时段" in desk.get(URL, {"moving": code}).content.decode()
    moved = send(desk, "move", moving=code, slot=later).content.decode()
    assert Appointment.objects.get().slot_id == later
    assert f"预约 {code} 已改期，预约码不变" in moved
    assert "14:00–15:00" in moved
    cancelled = send(desk, "cancel", q=code).content.decode()
    assert Appointment.objects.get().state == "cancelled"
    assert f"预约 {code} 已取消，名额放回" in cancelled
    assert "booking-code" not in cancelled, "a code that is good no more is not shown large"


def test_the_days_list_tells_who_never_came(hall: Booking) -> None:
    from hallqueue.actions import appointments
    from hallqueue.actions.command import THE_HALL

    code, desk = hall.book(hall.slot()), signed_in(hall, "desk")
    hall.at(11)
    hall.say(appointments.count_missed, THE_HALL)
    said = desk.get(URL).content.decode()
    assert code in said
    assert 'data-state="missed"' in said


def test_the_desks_own_page_finds_and_checks_in_by_json(hall: Booking) -> None:
    code, desk = hall.book(hall.slot()), signed_in(hall, "desk")
    found = desk.get(f"{URL}find.json", {"q": PHONE[-4:]}).json()["appointments"]
    assert [(each["code"], each["start"], each["state"]) for each in found] == [(code, "10:00", "booked")]
    hall.at(10)
    body = {"code": code, "key": KEY + "json"}
    answer = desk.post(
        f"{URL}check-in/", body, content_type="application/json", headers={"accept": "application/json"}
    )
    assert answer.json()["label"] == "C001"
    told = desk.get(f"/small/tickets/{answer.json()['ticket']}/").content.decode()
    assert "预约报到" in told
    assert "其他操作" not in told


def test_a_day_without_slots_leads_to_where_they_are_made(hall: Booking) -> None:
    empty = {"date": "2026-12-31"}
    leads = re.compile(r'class="empty">.*?href="/small/setup/appointments/"')
    assert leads.search(signed_in(hall, "manager").get(URL, empty).content.decode())
    assert not leads.search(signed_in(hall, "desk").get(URL, empty).content.decode())


def test_a_manager_takes_a_slot_away_that_nobody_has_booked_and_the_desk_does_not(hall: Booking) -> None:
    slot, booked = hall.slot(), hall.slot(start="11:00", end="11:30")
    hall.book(booked)
    day = Slot.objects.get(pk=slot).date.isoformat()
    desk, manager = signed_in(hall, "desk"), signed_in(hall, "manager")
    assert 'value="remove"' not in desk.get(URL).content.decode()
    assert manager.get(URL).content.decode().count('value="remove"') == 1
    assert send(desk, "remove", slot=slot, date=day).status_code == 403
    refused = manager.post(URL, {"verb": "remove", "key": f"{KEY}booked", "slot": booked, "date": day})
    assert "已经有人预约" in refused.content.decode()
    assert "时段已撤掉" in send(manager, "remove", slot=slot, date=day, key=f"{KEY}away").content.decode()
    assert list(Slot.objects.values_list("pk", flat=True)) == [booked]


def test_a_slot_whose_bookings_were_cancelled_has_no_button_and_the_refusal_is_true(hall: Booking) -> None:
    slot, manager = hall.slot(), signed_in(hall, "manager")
    send(manager, "cancel", q=hall.book(slot))
    page = manager.get(URL).content.decode()
    assert 'value="remove"' not in page
    assert f'slot={slot}"' in page
    refused = send(manager, "remove", slot=slot).content.decode()
    assert "取消的预约也留着记录" in refused
    assert Slot.objects.filter(pk=slot).exists()


def test_the_page_of_slots_lists_every_service_once_and_takes_its_name_or_code(hall: Booking) -> None:
    boss, mine = signed_in(hall, "manager"), Service.objects.filter(hall=hall.small.hall)
    other, twin = mine.get(code="invoice"), mine.get(code="housing")
    page = boss.get(SLOTS).content.decode()
    assert page.count(f'value="{twin.name}"') == 1
    one = {"day": "2026-09-18", "end": "11:00", "capacity": "1"}
    send(boss, "slot", SLOTS, service=twin.name, start="10:00", **one)
    mine.filter(pk=other.pk).update(name=twin.name)
    page = boss.get(SLOTS).content.decode()
    assert f'value="{twin.name}"' not in page, "two of one name are told apart by their codes"
    refused = send(boss, "slot", SLOTS, service=twin.name, start="10:10", key=KEY + "twins", **one)
    assert "没有找到这个事项" in refused.content.decode()
    for typed in (twin.name, "10:10", "11:00"):
        assert f'value="{typed}"' in refused.content.decode(), "what was typed stays"
    send(boss, "slot", SLOTS, service=f"{twin.name} invoice", start="10:20", key=KEY + "named", **one)
    assert list(Slot.objects.order_by("pk").values_list("service__code", flat=True)) == ["housing", "invoice"]


def test_a_manager_makes_a_pattern_slots_and_rules(hall: Booking) -> None:
    boss = signed_in(hall, "manager")
    week = {f"weekday{at}": "1" for at in range(5)}
    send(boss, "pattern", SLOTS, service="housing", lines="09:00-09:30 2\n09:30-10:00 3\n", **week)
    assert SlotPattern.objects.count() == 10
    said = send(boss, "slots", SLOTS, first="2026-09-20", last="2026-09-21").content.decode()
    assert "已生成 4 个时段" in said  # the made-up Sunday, and Monday
    limits = {
        "early_minutes": 20,
        "late_minutes": 5,
        "cancel_hours": 4,
        "days_ahead": 14,
        "day_limit": 2,
        "kept_days": 10,
    }
    assert "已保存" in send(boss, "rules", SLOTS, series="A", **limits).content.decode()
    send(
        boss,
        "slot",
        SLOTS,
        service="invoice",
        day="2026-09-21",
        start="10:00",
        end="11:00",
        capacity="1",
        window="2",
    )
    assert Slot.objects.filter(service__code="invoice", window__number=2).exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"verb": "pattern", "lines": "nine to ten", "weekday0": "1", "service": "housing"},
            "时段的开始和结束不对",
        ),
        (
            {"verb": "pattern", "lines": "09:00-10:00 0", "weekday0": "1", "service": "housing"},
            "名额只能是 1 到",
        ),
        ({"verb": "slots", "first": "2026-09-21", "last": "2026-09-20"}, "开始日期不能晚于结束日期"),
        ({"verb": "rules", "early_minutes": "x"}, "这个数字要在 0 到"),
        (
            {
                "verb": "slot",
                "service": "housing",
                "day": "",
                "start": "10:00",
                "end": "11:00",
                "capacity": "1",
            },
            "日期",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    hall: Booking, fields: dict[str, str], sentence: str
) -> None:
    answer = signed_in(hall, "manager").post(SLOTS, fields | {"key": KEY + "wrong"})
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not SlotPattern.objects.exists()
    assert not Slot.objects.exists()


def test_the_kiosk_checks_in_with_place_and_link(hall: Booking) -> None:
    code, kiosk = hall.book(hall.slot()), kiosk_client(hall.small.hall)
    assert kiosk.get("/small/kiosk/catalogue.json").json()["appointments"] is True
    body = {"code": code, "language": "mn", "key": KEY + "kiosk"}
    early = kiosk.post("/small/kiosk/check-in/", body, content_type="application/json")
    assert (early.status_code, early.json()["code"]) == (409, "appointment_early")
    hall.at(10, 11)
    body["key"] = KEY + "kiosk2"
    answer = kiosk.post("/small/kiosk/check-in/", body, content_type="application/json").json()
    assert answer["late"] is True
    assert answer["frame"]["service"]["zh"] == "公租房申请"
    assert answer["qr"].startswith("data:image/svg+xml")
    assert Ticket.objects.get().language == "mn"


def test_codes_are_not_found_by_trying_and_nobody_honest_is_shut_out(hall: Booking) -> None:
    cache.clear()
    code = hall.book(hall.slot())
    first, second = kiosk_client(hall.small.hall), Client(headers={"accept": "application/json"})
    another = {"kind": "kiosk", "name": "二号机", "token_hash": hashed("another kiosk")}
    hall.say(enrol, THE_HALL, **another)
    second.cookies["hq_kiosk"] = "another kiosk"

    def come(client: Client, typed: str) -> tuple[int, str]:
        body = {"code": typed, "key": new_key()}
        said: Any = {"content_type": "application/json", "headers": {"accept": "application/json"}}
        answer = client.post("/small/kiosk/check-in/", body, **said)
        return answer.status_code, answer.json().get("code", "")

    wrong = (404, "appointment_unknown")
    assert [come(first, f"ZZZZ{at}Z") for at in range(MOST_AT_ONE)] == [wrong] * MOST_AT_ONE
    assert come(first, code) == (429, "check_in_often"), "right or wrong, nothing is told any more"
    assert come(second, code)[1] == "appointment_early", "at another kiosk everything is as it was"
    assert come(first, PHONE[-4:] + code)[1] == "appointment_early", "who knows the telephone is the owner"
    assert come(first, "0000" + code) == wrong
    assert counted(f"check-in-in-{hall.small.hall.pk}") == MOST_AT_ONE, "nor does anybody close the others so"
    assert come(signed_in(hall, "desk"), code)[1] == "appointment_early", "the desk is the way out"
    for _ in range(MOST_IN_ALL - MOST_AT_ONE):
        count(f"check-in-in-{hall.small.hall.pk}", 60)
    assert come(second, code) == (429, "check_in_often")
    assert come(second, PHONE[-4:] + code)[1] == "appointment_early"


@pytest.mark.parametrize("page", ["appointments/check-in/", "kiosk/check-in/", "desk/check_in/"])
def test_the_desk_checks_somebody_in_and_is_not_told_the_number_s_own_address(
    hall: Booking, page: str
) -> None:
    code, desk = hall.book(hall.slot()), signed_in(hall, "desk")
    hall.at(10)
    for again in ("first", "again"):
        body = {"code": code, "key": KEY + again}
        answer = desk.post(f"/small/{page}", body, content_type="application/json")
        ticket, told = Ticket.objects.get(), answer.content.decode()
        assert ticket.label in told
        assert ticket.token not in told


def test_machines_see_slots_book_move_cancel_and_check_in(hall: Booking) -> None:
    first, other, machine = hall.slot(), hall.slot("14:00", "15:00"), Machine(hall.small, "desk")
    assert [row["free"] for row in machine.get("/slots", date="2026-09-18")] == [2, 2]
    assert machine.get("/slots", date="2026-09-19", service="housing") == []
    booked = machine.post("/appointments", {"slot": other, "phone": PHONE, "name": "张三"})
    at = f"/appointments/{booked['code']}"
    hall.at(9, 30)
    assert machine.post(f"{at}/move", {"slot": first})["start"] == "10:00"
    assert machine.post(f"{at}/cancel", status=409)["code"] == "cancel_too_late"
    assert machine.post(f"{at}/check-in", status=409)["code"] == "appointment_early"
    hall.at(10)
    assert machine.post(f"{at}/check-in")["late"] is False
    assert machine.post(f"{at}/check-in")["again"] is True
    assert machine.post("/appointments/NOBODY/check-in", status=404)["code"] == "appointment_unknown"
    assert machine.post("/appointments", {"slot": first, "phone": "12"}, 400)["code"]
    assert machine.get("/slots", 400, date="soon")["code"] == "bad_input"
