"""NUL and halves of letters, which no database keeps: whoever sends them gets a sentence, and never a fault."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hallqueue.actions.command import new_key
from hallqueue.storable import storable
from tests.cases.test_concerns import raised, say
from tests.hall import SmallHall

pytestmark = pytest.mark.both_databases
JSON = {"Accept": "application/json"}


@pytest.fixture
def manager(small_hall: SmallHall) -> Client:
    client = Client()
    client.force_login(small_hall.people["manager"])
    return client


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("号\x00票", "号票"),
        ("\ud83c", ""),
        ("🀄", "🀄"),
        (["\x00", {"\x00a": "\udc00"}, 1, None], ["", {"a": ""}, 1, None]),
    ],
)
def test_only_what_can_be_kept_is_left(sent: Any, kept: Any) -> None:
    assert storable(sent) == kept


@pytest.mark.parametrize("sign", ["\x00", "\ud800"])
def test_scripts_are_answered(small_hall: SmallHall, manager: Client, sign: str) -> None:
    concern = raised(small_hall)
    say(small_hall, concern, "accept")
    for address, said in (
        (f"concerns/{concern.pk}/classify", {"grade": sign, "kind": "slow"}),
        ("window/1/transfer", {"reason": "转", "service": f"x{sign}"}),
        ("kiosk/take", {"service": f"x{sign}"}),
    ):
        answer = manager.post(
            f"/small/{address}/", {"key": new_key()} | said, "application/json", headers=JSON
        )
        assert 400 <= answer.status_code < 500, address


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("projects/new", {"kind": "cause\x00", "title": "x\x00", "cause": "\x00"}),
        ("journeys", {"code": "x", "name": "一件事", "stages": "x\x00"}),
        ("setup/fallback", {"unknown_series": "x\x00", "transfers": "3", "waited": "30"}),
        ("setup/services/1", {"name": "x", "department": "公安局", "series": "A", "tag": "x\x00"}),
    ],
)
def test_forms_are_answered(manager: Client, address: str, form: dict[str, str]) -> None:
    assert manager.post(f"/small/{address}/", {"key": new_key()} | form).status_code < 500
    assert manager.get(f"/small/{address}/", form).status_code < 500


def test_a_form_with_a_file_where_a_script_speaks_is_refused(manager: Client) -> None:
    photo = SimpleUploadedFile("a.jpg", b"x")
    answer = manager.post("/small/window/1/pause/", {"key": new_key(), "photo": photo}, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_input")


@pytest.mark.parametrize("wanted", ["foo", "x\x00", "start", "//elsewhere.example/", "javascript:alert(1)"])
def test_dressing_leads_to_a_page_of_ours_alone(client: Client, db: None, wanted: str) -> None:
    answer = client.post("/dress/", {"theme": "dark", "next": wanted})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
