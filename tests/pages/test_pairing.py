"""Pairing: a browser becomes a device by a code that a manager approves, once; wrong codes lock; revoking ends it."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from hallqueue.actions.command import new_key
from hallqueue.actions.entering import CODE_TRIES
from hallqueue.models import Device, Event, Pairing, User
from hallqueue.web.pairing import MOST_CODES
from tests.hall import SmallHall, make_small_hall

BASE = "/small/"


@pytest.fixture(autouse=True)
def _forgotten() -> None:
    cache.clear()


@pytest.fixture
def device() -> Client:
    return Client()


@pytest.fixture
def manager(small_hall: SmallHall) -> Client:
    client = Client()
    client.force_login(small_hall.people["manager"])
    return client


def post(client: Client, path: str, **fields: Any) -> Any:
    body = json.dumps({"key": new_key(), **fields})
    answer = client.post(
        BASE + path, body, content_type="application/json", headers={"Accept": "application/json"}
    )
    return answer.json() | {"status_code": answer.status_code}


def ask(client: Client) -> str:
    code: str = post(client, "pair/code/")["code"]
    return code


def state(client: Client) -> str:
    found: str = client.get(f"{BASE}pair/status/").json()["state"]
    return found


def approve(client: Client, code: str, **fields: Any) -> Any:
    return post(client, "devices/approve/", **{"code": code, "kind": "kiosk", "name": "东门", **fields})


def test_an_approved_browser_becomes_the_device(device: Client, manager: Client) -> None:
    code = ask(device)
    assert (len(code), state(device)) == (8, "waiting")
    assert approve(manager, f" {code[:4].lower()}-{code[4:]} ")["status_code"] == 200
    assert state(device) == "approved"
    assert post(device, "pair/claim/")["url"] == "/small/kiosk/"
    cookie = device.cookies["hq_kiosk"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert device.get("/small/kiosk/").status_code == 200


def test_a_window_screen_learns_its_window(device: Client, manager: Client) -> None:
    approve(manager, ask(device), kind="screen", window=2)
    assert post(device, "pair/claim/")["url"] == "/small/screen/2/"


def test_neither_code_nor_token_is_kept_readable(device: Client, manager: Client) -> None:
    code = ask(device)
    approve(manager, code)
    secret = device.cookies["hq_pairing"].value
    kept = json.dumps(
        [*Pairing.objects.values(), *Device.objects.values(), *Event.objects.values()], default=str
    )
    assert code not in kept
    assert secret not in kept


def test_a_code_is_good_for_one_device(device: Client, manager: Client) -> None:
    code = ask(device)
    assert approve(manager, code)["status_code"] == 200
    assert approve(manager, code)["code"] == "pairing_wrong"
    assert Device.objects.count() == 1


def test_a_code_lives_fifteen_minutes(device: Client, manager: Client) -> None:
    code = ask(device)
    Pairing.objects.update(created_at=Pairing.objects.get().created_at - dt.timedelta(minutes=15, seconds=1))
    assert state(device) == "expired"
    assert approve(manager, code)["code"] == "pairing_wrong"
    assert post(device, "pair/claim/")["code"] == "pairing_expired"


def test_nobody_claims_before_the_approval_or_for_another(device: Client, manager: Client) -> None:
    code = ask(device)
    assert post(device, "pair/claim/")["code"] == "pairing_not_approved"
    approve(manager, code)
    assert post(Client(), "pair/claim/")["code"] == "pairing_expired"


def test_a_code_of_one_hall_is_worth_nothing_in_another(device: Client, small_hall: SmallHall) -> None:
    other = make_small_hall((), slug="other")
    elsewhere = Client()
    elsewhere.force_login(other.people["manager"])
    body = json.dumps({"key": new_key(), "code": ask(device), "kind": "kiosk", "name": "x"})
    answer = elsewhere.post("/other/devices/approve/", body, content_type="application/json")
    assert answer.status_code == 409
    assert not Device.objects.exists()


def test_ten_wrong_codes_lock_the_manager_even_for_the_right_one(device: Client, manager: Client) -> None:
    code = ask(device)
    said = [approve(manager, "AAAA2222")["code"] for _ in range(CODE_TRIES)]
    assert said == ["pairing_wrong"] * CODE_TRIES
    locked = approve(manager, code)
    assert (locked["status_code"], locked["code"]) == (429, "pairing_locked")
    User.objects.filter(username="small-manager").update(locked_until=None)
    assert approve(manager, code)["status_code"] == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "printer"},
        {"kind": "clerk"},
        {"kind": "screen"},
        {"name": ""},
        {"name": "\u0007"},
        {"window": "2"},
    ],
)
def test_a_wrong_wish_changes_nothing(device: Client, manager: Client, wrong: dict[str, str]) -> None:
    assert approve(manager, ask(device), **wrong)["code"] == "bad_input"
    assert not Device.objects.exists()


def test_names_are_shown_as_text(device: Client, manager: Client) -> None:
    approve(manager, ask(device), name="<script>alert(1)</script>")
    assert "<script>alert" not in manager.get("/small/devices/").content.decode()


def test_one_address_cannot_ask_for_codes_without_end(device: Client, small_hall: SmallHall) -> None:
    cache.set("codes-127.0.0.1", MOST_CODES)
    refused = post(device, "pair/code/")
    assert (refused["status_code"], refused["code"]) == (429, "pairing_too_often")


def test_behind_a_proxy_that_is_believed_every_browser_has_an_address_of_its_own(
    device: Client, small_hall: SmallHall, settings: Settings
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    cache.set("codes-10.0.0.9", MOST_CODES)
    cache.set("codes-127.0.0.1", MOST_CODES)
    body = json.dumps({"key": new_key()})
    for address, status in (("10.0.0.9", 429), ("10.0.0.9, 10.0.0.8", 200)):
        where = {"X-Forwarded-For": address}
        answer = device.post(f"{BASE}pair/code/", body, content_type="application/json", headers=where)
        assert answer.status_code == status, address


def test_a_revoked_device_is_sent_to_the_pairing_page(device: Client, manager: Client) -> None:
    approved = approve(manager, ask(device))
    post(device, "pair/claim/")
    post(manager, "devices/revoke/", device=approved["device"])
    assert device.get("/small/kiosk/").headers["Location"] == "/small/pair/"
    assert manager.get("/small/devices/list/").json()["pieces"] == []
    assert Event.objects.filter(kind="device.revoked").count() == 1
