"""The devices page: everything that stands in the hall, how it is and what it shows; a device is replaced by a code."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from displays.models import Card, CardHealth
from hallqueue.actions.command import new_key
from hallqueue.actions.round import presence
from hallqueue.models import Call, Device, Event, Hall, Presence
from printers.equipment import pieces_of
from printers.models import Printer, PrintJob
from tests.hall import SmallHall
from tests.pages.test_pairing import approve, ask, post


@pytest.fixture
def manager(small_hall: SmallHall) -> Client:
    client = Client()
    client.force_login(small_hall.people["manager"])
    return client


def listed(manager: Client) -> dict[str, dict[str, Any]]:
    pieces = manager.get("/small/devices/list/").json()["pieces"]
    return {piece["name"]: piece for piece in pieces if piece["kind"] != "speaker"}


def paired(hall: Hall, kind: str, name: str, **more: Any) -> Device:
    return Device.objects.create(hall=hall, kind=kind, name=name, token_hash=name, **more)


def seen(device: Device, ago: float, gone: bool = False) -> None:
    at = timezone.now() - timedelta(seconds=ago)
    subject = f"device:{device.pk}"
    Presence.objects.create(hall=device.hall, subject=subject, seen_at=at, gone_at=at if gone else None)


def test_every_kind_stands_on_one_page_with_its_state(small_hall: SmallHall, manager: Client) -> None:
    hall = small_hall.hall
    seen(paired(hall, "kiosk", "东门"), ago=1)
    seen(paired(hall, "kiosk", "西门"), ago=1, gone=True)
    back = paired(hall, "kiosk", "回来的")
    seen(back, ago=30, gone=True)
    presence.note(hall.pk, [f"device:{back.pk}"], [])
    seen(paired(hall, "board", "停电的大屏"), ago=60)
    paired(hall, "screen", "新屏", window=small_hall.hall.windows.get(number=1))
    paired(hall, "board", "撤走的", revoked_at=timezone.now())
    Printer.objects.create(hall=hall, name="缺纸的", address="tcp://127.0.0.1:1", condition="paper_out")
    Printer.objects.create(hall=hall, name="纸将尽", address="tcp://127.0.0.1:2", condition="near_end")
    card = Card.objects.create(hall=hall, name="条屏", address="tcp://127.0.0.1:3")
    CardHealth.objects.create(hall=hall, card=card, condition="no_answer", shown="A001 请到1号窗口")
    off = Card.objects.create(hall=hall, name="停用的", address="tcp://127.0.0.1:4", is_active=False)
    CardHealth.objects.create(hall=hall, card=off, condition="ok")
    Printer.objects.create(hall=hall, name="收起的", address="tcp://127.0.0.1:5", is_active=False)
    assert {name: piece["state"] for name, piece in listed(manager).items()} == {
        "东门": "ok",
        "西门": "away",
        "回来的": "ok",
        "停电的大屏": "away",
        "新屏": "never",
        "缺纸的": "fault",
        "纸将尽": "warning",
        "条屏": "fault",
        "停用的": "off",
        "收起的": "off",
    }
    pieces = manager.get("/small/devices/list/").json()["pieces"]
    assert [(each["name"], each["state"]) for each in pieces if each["kind"] == "speaker"] == [
        ("停电的大屏", "away")
    ]
    assert listed(manager)["条屏"]["shows"] == ["A001 请到1号窗口"]
    assert listed(manager)["缺纸的"]["condition"] == "缺纸"
    assert {listed(manager)[name]["condition"] for name in ("停用的", "收起的")} == {"已停用"}
    assert manager.get(listed(manager)["条屏"]["picture"]).headers["Content-Type"] == "image/png"


def test_boards_and_screens_show_the_last_call_of_their_own(small_hall: SmallHall, manager: Client) -> None:
    hall = small_hall.hall
    seen(paired(hall, "board", "全厅"), ago=1)
    seen(paired(hall, "board", "B区", zone="B区"), ago=1)
    seen(paired(hall, "screen", "1号屏", window=hall.windows.get(number=1)), ago=1)
    issued = small_hall.issue()
    label = issued["label"]
    small_hall.call_next(1)
    shown = {name: piece["shows"] for name, piece in listed(manager).items()}
    assert shown == {"全厅": [label, "1 号窗口"], "1号屏": [label, "1 号窗口"], "B区": ["暂无叫号"]}
    small_hall.say("undo", 1, ticket=issued["ticket"])
    assert {tuple(piece["shows"]) for piece in listed(manager).values()} == {("暂无叫号",)}


def test_what_is_cut_off_shows_what_it_showed_then(small_hall: SmallHall, manager: Client) -> None:
    hall = small_hall.hall
    first = small_hall.issue()["label"]
    small_hall.call_next(1)
    Call.objects.update(said_at=timezone.now() - timedelta(minutes=2))
    seen(paired(hall, "board", "断开的"), ago=60, gone=True)
    seen(paired(hall, "board", "早就断开的"), ago=180, gone=True)
    seen(paired(hall, "kiosk", "断开的取号机"), ago=60, gone=True)
    paired(hall, "board", "没来过的")
    small_hall.say("start", 1)
    small_hall.say("finish", 1)
    small_hall.issue()
    small_hall.call_next(1)
    assert {name: piece["shows"] for name, piece in listed(manager).items()} == {
        "断开的": [first, "1 号窗口"],
        "早就断开的": ["暂无叫号"],
        "断开的取号机": [],
        "没来过的": [],
    }


def test_a_replaced_device_keeps_its_place_and_the_old_browser_is_out(
    small_hall: SmallHall, manager: Client
) -> None:
    old, new = Client(), Client()
    device = approve(manager, ask(old), kind="screen", window=2, name="2号屏")["device"]
    post(old, "pair/claim/")
    answer = post(manager, "devices/replace/", code=ask(new), device=device)
    assert answer["device"] == device
    assert post(new, "pair/claim/")["url"] == "/small/screen/2/"
    assert new.get("/small/screen/2/").status_code == 200
    assert old.get("/small/screen/2/").headers["Location"] == "/small/pair/"
    assert [(each.pk, each.name) for each in Device.objects.all()] == [(device, "2号屏")]
    assert Event.objects.filter(kind="device.replaced").count() == 1


@pytest.mark.parametrize(
    ("code", "device", "refusal"), [("AAAA2222", 0, "pairing_wrong"), ("", 999, "unknown_device")]
)
def test_a_replacement_that_cannot_be_changes_nothing(
    small_hall: SmallHall, manager: Client, code: str, device: int, refusal: str
) -> None:
    first = paired(small_hall.hall, "kiosk", "东门")
    asked = ask(Client())
    answer = post(manager, "devices/replace/", code=code or asked, device=device or first.pk)
    assert answer["code"] == refusal
    assert Device.objects.get().token_hash == "东门"


def test_a_revoked_device_is_not_replaced_and_a_clerk_replaces_nothing(small_hall: SmallHall) -> None:
    first = paired(small_hall.hall, "kiosk", "东门")
    clerk = Client()
    clerk.force_login(small_hall.people["clerk1"])
    answer = clerk.post(
        "/small/devices/replace/",
        {"key": new_key(), "code": ask(Client()), "device": first.pk},
        content_type="application/json",
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 403
    assert Device.objects.get().token_hash == "东门"


def test_the_last_papers_of_all_printers_are_asked_for_at_once_and_by_their_own_index(
    small_hall: SmallHall, manager: Client, django_assert_num_queries: Any
) -> None:
    hall = small_hall.hall
    tickets = [small_hall.issue() for _ in range(3)]
    asked = {"hall": hall, "made_at": timezone.now(), "due_at": timezone.now()}
    for number in range(4):
        printer = Printer.objects.create(hall=hall, name=f"打印机{number}", address="tcp://127.0.0.1:1")
        for ticket in tickets[:number]:
            job = PrintJob.objects.create(printer=printer, ticket_id=ticket["ticket"], copy=number, **asked)
            PrintJob.objects.filter(pk=job.pk).exclude(ticket=tickets[-1]["ticket"]).update(
                ended_at=timezone.now(), state="confirmed"
            )
    with django_assert_num_queries(2):
        pieces = list(pieces_of(hall, "zh"))
    assert [piece.shows[:1] for piece in pieces] == [(), *((each["label"],) for each in tickets)]
    over = PrintJob.objects.filter(hall=hall, printer=printer, ended_at__isnull=False).order_by("-id")[:1]
    under_way = PrintJob.underway(hall, printer=printer).order_by("-id")[:1]
    if connection.vendor == "sqlite":  # PostgreSQL reads a small table whole
        assert "jobs_of_a_printer" in over.explain()
        assert "jobs_on_the_way" in under_way.explain()
