"""Bad input at /api/v1: each gets a problem with a clear sentence, and nothing changes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from hallqueue.actions import appointments
from hallqueue.actions.cases.concern_words import keep_person
from hallqueue.api.rights import RIGHTS
from hallqueue.api.shapes import PHONE_PATTERN
from hallqueue.api.v1 import api
from hallqueue.models import Concern
from tests.hall import SmallHall, make_small_hall
from tests.machine import Machine

pytestmark = pytest.mark.slow

WISH = {"service": "id-card"}


@pytest.fixture
def machine(small_hall: SmallHall) -> Iterator[Machine]:
    """Whatever a test sends, the hall's log must not have moved in the end."""
    machine = Machine(small_hall, "manager")
    head = small_hall.fresh().seq
    yield machine
    assert small_hall.fresh().seq == head


def test_unknown_service_ticket_window_and_address(machine: Machine) -> None:
    assert machine.post("/tickets", {"service": "none"}, 404)["code"] == "unknown_service"
    assert machine.get("/tickets/999999", 404)["code"] == "unknown_ticket"
    assert machine.post("/windows/77/call-next", status=404)["code"] == "unknown_window"
    assert machine.get("/windows/77/line", 404)["code"] == "unknown_window"
    assert machine.get("/no-such-place", 404)["code"] == "page_unknown"


def test_the_sentence_is_readable_as_it_comes(machine: Machine) -> None:
    answer = machine.http.get("/api/v1/halls/small")
    assert "接口令牌".encode() in answer.content


def test_nobody_waiting_and_no_ticket_here(machine: Machine) -> None:
    assert machine.post("/windows/1/call-next", status=409)["code"] == "nobody_waiting"
    assert machine.post("/windows/1/finish", status=409)["code"] == "no_ticket_here"


def test_key_is_needed_and_must_be_a_key(machine: Machine) -> None:
    for key in ("", "short", "x" * 65, "with space", "中文键中文键中文键"):
        assert machine.post("/tickets", WISH, 400, key=key)["code"] == "bad_key"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"service": "id-card", "colour": "red"}, "bad_input"),
        ({"service": 7}, "bad_input"),
        ({"service": ["id-card"]}, "bad_input"),
        ({"service": "id\x00card"}, "bad_input"),
        ({"service": "id-card\n"}, "bad_input"),
        ({"service": "x" * 10_000}, "text_too_long"),
        ({"service": "id-card", "note": "长" * 10_000}, "text_too_long"),
        ({"service": "id-card", "priority": "king"}, "bad_input"),
        ({"service": "id-card", "language": "fr"}, "bad_input"),
        ({"service": "id-card", "to_fallback": "yes"}, "bad_input"),
        (["id-card"], "bad_input"),
        ("id-card", "bad_input"),
        (None, "bad_input"),
    ],
)
def test_wish_that_is_none_is_refused(machine: Machine, body: Any, code: str) -> None:
    answer = machine.post("/tickets", body, 400)
    assert answer["code"] == code


def test_wish_for_nothing_or_for_two_things_is_refused(machine: Machine) -> None:
    assert machine.post("/tickets", {}, 404)["code"] == "unknown_service"
    assert machine.post("/tickets", {"service": ""}, 404)["code"] == "unknown_service"
    assert machine.post("/tickets", {"service": "id-card", "unknown": True}, 409)["code"] == "bad_input"


@given(phone=st.from_regex(rf"\A{PHONE_PATTERN}\Z"))
@settings(max_examples=60)
def test_every_telephone_that_the_document_allows_is_one_to_the_actions(phone: str) -> None:
    assert re.fullmatch("[0-9]{7,12}", appointments._phone(phone))
    keep_person(Concern(), "", phone)


def test_what_the_document_allows_is_refused_by_rules_alone(machine: Machine) -> None:
    """Limits of length and kind stand in the shapes; what only the hall can know is its 409 or 404."""
    for path, body, status, code in (
        ("/appointments", {"slot": 1, "phone": "0"}, 400, "bad_input"),
        ("/appointments", {"slot": 1, "phone": "+86 138-0013-8000"}, 404, "slot_unknown"),
        ("/concerns", {"kind": "slow", "failed": " ", "phone": "138001380"}, 409, "failed_required"),
        ("/concerns", {"kind": "slow", "failed": "x", "phone": "mine"}, 400, "bad_input"),
        ("/loans", {"item": "x" * 31}, 400, "text_too_long"),
        ("/loans", {"item": "x" * 30}, 404, "unknown_item"),
        ("/concerns/1/moves", {"verb": "note", "note": "x" * 501}, 400, "text_too_long"),
    ):
        assert machine.post(path, body, status)["code"] == code


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe\x00",
        b"[" * 60_000,
        b'{"service": "\\ud800"}',
        b'{"service": NaN}',
        b'{"service": ' + b"9" * 5000 + b"}",
        b"null",
    ],
    ids=["half", "bytes", "deep", "surrogate", "not-a-number", "endless-number", "null"],
)
def test_body_that_cannot_be_read_is_refused(machine: Machine, body: bytes) -> None:
    assert machine.post("/tickets", body, 400)["code"] == "bad_input"


def test_wrong_content_type_is_refused(machine: Machine) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml"):
        answer = machine.post("/tickets", WISH, 400, content_type=kind)
        assert "application/json" in answer["title"]


def test_large_bodies_are_refused(machine: Machine) -> None:
    for size in (65 * 1024, 2 * 1024 * 1024):
        body = json.dumps({"service": "id-card", "note": "x" * size}).encode()
        assert machine.post("/tickets", body, 413)["code"] == "too_large"


def test_unknown_fields_are_refused_where_no_body_is_needed(machine: Machine) -> None:
    assert machine.post("/windows/1/call-next", {"ticket": 5}, 400)["code"] == "bad_input"


@pytest.mark.parametrize(
    "body",
    [
        {"reason": "because"},
        {"reason": "because", "service": "invoice", "fallback": True},
        {"reason": "because", "fallback": False},
        {"reason": "because", "to_window": "3"},
        {"service": "invoice"},
    ],
)
def test_transfer_needs_one_direction_and_a_reason(machine: Machine, body: Any) -> None:
    assert machine.post("/windows/1/transfer", body, 400)["code"] == "bad_input"


def test_huge_numbers_are_refused(machine: Machine) -> None:
    assert machine.get(f"/tickets/{10**30}", 400)["code"] == "bad_input"
    assert machine.get(f"/tickets/{2**62}", 404)["code"] == "unknown_ticket"
    assert machine.post(f"/windows/{10**9}/call-next", status=400)["code"] == "bad_input"
    assert machine.post("/windows/1/undo", {"ticket": 10**25}, 400)["code"] == "bad_input"
    assert machine.get("/events", 400, after=10**30)["code"] == "bad_input"
    assert machine.get("/events", 400, limit=501)["code"] == "bad_input"
    assert machine.get("/events", 400, after=-1)["code"] == "bad_input"


def test_reason_of_spaces_or_control_characters_is_none(small_hall: SmallHall) -> None:
    machine = Machine(small_hall)
    small_hall.issue()
    machine.post("/windows/1/call-next")
    for reason in ("   ", "\x00\x07"):
        assert machine.post("/windows/1/park", {"reason": reason}, 409)["code"] == "reason_required"


def test_ticket_already_called_is_not_called_again(small_hall: SmallHall) -> None:
    machine = Machine(small_hall)
    ticket = small_hall.issue()["ticket"]
    machine.post("/windows/1/call-next")
    answer = machine.post("/windows/2/pick", {"ticket": ticket, "reason": "hurry"}, 409)
    assert answer["code"] == "wrong_state"
    assert "called" in answer["title"].lower()


def test_html_is_stored_as_text_and_control_characters_are_not(small_hall: SmallHall) -> None:
    machine = Machine(small_hall)
    ticket = machine.post("/tickets", {"service": "id-card", "note": "<b>\x00bold\x1b</b>"})["ticket"]
    machine.post("/windows/1/call-next")
    machine.post("/windows/1/park", {"reason": "<script>alert(1)</script>\x07"})
    event = machine.get("/events", after=machine.get()["seq"] - 1)["events"][0]
    assert event["data"]["reason"] == "<script>alert(1)</script>"
    assert small_hall.hall.tickets.get(pk=ticket).note == "<b>bold</b>"


def test_only_a_living_token_comes_in(small_hall: SmallHall) -> None:
    for header in ("", "Bearer", "Bearer wrong", "Basic YWRtaW46YWRtaW4=", "Bearer \xff", "bearer  "):
        response = Client().get("/api/v1/halls/small", headers={"Authorization": header})
        assert response.status_code == 401
        assert response["WWW-Authenticate"] == "Bearer"
        assert response.json()["code"] == "token_needed"


def test_session_of_a_person_opens_nothing_here(small_hall: SmallHall) -> None:
    browser = Client()
    browser.force_login(small_hall.people["administrator"])
    assert browser.get("/api/v1/halls/small").status_code == 401


def test_other_halls_do_not_exist_for_a_client(small_hall: SmallHall) -> None:
    make_small_hall(slug="other")
    machine = Machine(small_hall)
    machine.hall.slug = "other"
    assert machine.get(status=404)["code"] == "hall_unknown"
    machine.hall.slug = "nowhere"
    assert machine.get(status=404)["code"] == "hall_unknown"


OPERATIONS = {
    operation.operation_id
    for bound in api._get_bound_routers()
    for view in bound.path_operations.values()
    for operation in view.operations
}


def test_every_operation_stands_in_the_table_of_rights() -> None:
    assert RIGHTS.keys() == OPERATIONS
