"""The kiosk over HTTP: who may open it, what taking a number answers, and what wrong input meets."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from hallqueue.actions import day
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.models import Event, Service, Ticket
from tests.hall import SmallHall, make_small_hall
from tests.kiosk_hall import kiosk_client

HTML = {"accept": "text/html"}


@pytest.fixture
def kiosk(small_hall: SmallHall) -> Client:
    """A paired kiosk of the small hall."""
    return kiosk_client(small_hall.hall)


def take(client: Client, service: str = "id-card", lang: str = "zh", **fields: Any) -> Any:
    body = {"key": new_key(), "service": service, "language": lang, **fields}
    return client.post(f"/small/kiosk/take/?lang={lang}", json.dumps(body), content_type="application/json")


def refusal(answer: Any) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


# --- who may ---


@pytest.mark.parametrize("role", ["desk", "manager", "administrator"])
def test_the_desk_may_open_the_kiosk_to_help_somebody(small_hall: SmallHall, role: str) -> None:
    client = Client(headers=HTML)
    client.force_login(small_hall.people[role])
    assert client.get("/small/kiosk/").status_code == 200


@pytest.mark.parametrize("role", ["clerk1", "auditor"])
def test_other_staff_may_not(small_hall: SmallHall, role: str) -> None:
    client = Client(headers=HTML)
    client.force_login(small_hall.people[role])
    assert client.get("/small/kiosk/").status_code == 403


def test_a_kiosk_of_another_hall_may_not_issue_here(kiosk: Client) -> None:
    make_small_hall(slug="other")
    body = json.dumps({"key": new_key(), "service": "id-card"})
    answer = kiosk.post("/other/kiosk/take/", body, content_type="application/json")
    assert answer.status_code in (401, 403)
    assert not Ticket.objects.filter(hall__slug="other").exists()


def test_nobody_takes_a_number_without_the_page(small_hall: SmallHall) -> None:
    client = kiosk_client(small_hall.hall, enforce_csrf_checks=True)
    assert refusal(take(client)) == (403, "csrf")
    assert not Ticket.objects.exists()


def test_no_get_takes_a_number(kiosk: Client) -> None:
    assert kiosk.get("/small/kiosk/take/?service=id-card").status_code == 405
    assert not Ticket.objects.exists()


# --- the page and its catalogue ---


def test_the_page_carries_its_texts_in_three_languages(kiosk: Client) -> None:
    page = kiosk.get("/small/kiosk/", headers=HTML).content.decode()
    data = json.loads(page.split('id="page-data" type="application/json">')[1].split("</script>")[0])
    assert data["tongues"]["en"]["kiosk.take"] == "Take a number"
    assert data["tongues"]["mn"]["kiosk.take"] != data["tongues"]["zh"]["kiosk.take"]
    assert data["paper"].isdecimal()


def test_the_catalogue_holds_names_sounds_and_tags(kiosk: Client) -> None:
    catalogue = kiosk.get("/small/kiosk/catalogue.json").json()
    (card,) = [each for each in catalogue["services"] if each["code"] == "id-card"]
    assert card["names"]["zh"] == "居民身份证换领"
    assert card["initials"] == "jmsfzhl"
    assert card["tags"] == []
    assert [each["names"]["zh"] for each in catalogue["departments"]] == ["公安局", "税务局", "住建局"]


def test_the_catalogue_may_be_kept_only_under_its_own_version(kiosk: Client) -> None:
    setup = kiosk.get("/small/kiosk/catalogue.json").json()["setup"]
    kept = kiosk.get(f"/small/kiosk/catalogue.json?setup={setup}")
    other = kiosk.get("/small/kiosk/catalogue.json?setup=older")
    assert "immutable" in kept["Cache-Control"]
    assert other["Cache-Control"] == "no-store"


def test_a_service_taken_out_leaves_the_catalogue(kiosk: Client) -> None:
    Service.objects.filter(code="housing").update(is_active=False)
    catalogue = kiosk.get("/small/kiosk/catalogue.json").json()
    assert "housing" not in [each["code"] for each in catalogue["services"]]
    assert "住建局" not in [each["names"]["zh"] for each in catalogue["departments"]]


# --- taking a number ---


def test_a_number_comes_with_its_place_its_link_and_its_code(kiosk: Client, small_hall: SmallHall) -> None:
    small_hall.issue()
    answer = take(kiosk, priority="").json()
    assert answer["label"] == "A002"
    assert answer["frame"]["ahead"] == 1
    assert answer["url"].endswith(f"/t/{answer['token']}/")
    assert answer["qr"].startswith("data:image/svg+xml")


def test_one_request_sent_twice_gives_one_ticket(kiosk: Client) -> None:
    key = new_key()
    first, second = (take(kiosk, key=key).json() for _ in range(2))
    assert first["token"] == second["token"]
    assert Ticket.objects.count() == 1
    assert Event.objects.filter(kind="ticket.issued").count() == 1


def test_the_log_says_whether_a_kiosk_or_the_desk_issued(kiosk: Client, small_hall: SmallHall) -> None:
    take(kiosk)
    desk = Client(headers={"accept": "application/json"})
    desk.force_login(small_hall.people["desk"])
    take(desk)
    assert list(Ticket.objects.order_by("id").values_list("source", flat=True)) == ["kiosk", "desk"]


def test_a_priority_goes_before(kiosk: Client) -> None:
    take(kiosk)
    assert take(kiosk, priority="pregnant").json()["frame"]["ahead"] == 0


def test_without_an_open_window_the_fallback_is_offered_and_taken(
    kiosk: Client, small_hall: SmallHall
) -> None:
    small_hall.say("close", 3)
    assert refusal(take(kiosk, "housing")) == (409, "no_window_open")
    answer = take(kiosk, "housing", to_fallback=True)
    assert answer.status_code == 200
    assert answer.json()["frame"]["windows"] == [9]


# --- wrong input ---


def test_a_closed_hall_gives_no_number(kiosk: Client, small_hall: SmallHall) -> None:
    day.close_hall(small_hall.hall.pk, THE_HALL, new_key())
    assert refusal(take(kiosk)) == (409, "hall_closed")
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"service": "none"}, "unknown_service"),
        ({"service": ""}, "unknown_service"),
        ({"service": "<script>alert(1)</script>"}, "unknown_service"),
        ({"service": "\x00\x1b'; DROP"}, "unknown_service"),
        ({"service": "长" * 10_000}, "text_too_long"),
        ({"service": 7}, "bad_input"),
        ({"priority": "vip"}, "bad_input"),
        ({"language": "de"}, "bad_input"),
        ({"to_fallback": "yes"}, "bad_input"),
        ({"number": 5}, "bad_input"),
        ({"key": "short"}, "bad_key"),
    ],
)
def test_wrong_input_is_refused_and_changes_nothing(kiosk: Client, fields: dict[str, Any], code: str) -> None:
    status, found = refusal(take(kiosk, **fields))
    assert (400 <= status < 500, found) == (True, code)
    assert not Ticket.objects.exists()


def test_a_key_used_for_something_else_is_refused(kiosk: Client) -> None:
    key = new_key()
    take(kiosk, key=key)
    assert refusal(take(kiosk, "invoice", key=key))[1] == "key_reused"
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize("lang", ["zh", "en", "mn"])
def test_a_refusal_is_a_sentence_in_the_persons_language(
    kiosk: Client, small_hall: SmallHall, lang: str
) -> None:
    small_hall.say("close", 3)
    sentence = take(kiosk, "housing", lang).json()["title"]
    assert ("ᠴᠣᠩᠬᠣ" in sentence) == (lang == "mn")
    assert sentence.isascii() is (lang == "en") or "公租房申请" in sentence


def test_a_name_with_html_reaches_the_page_as_text(kiosk: Client) -> None:
    Service.objects.filter(code="id-card").update(name="<img src=x onerror=alert(1)>")
    assert take(kiosk).json()["service"].startswith("<img")  # JSON; the page renders it as text
    page = kiosk.get("/small/kiosk/", headers=HTML).content.decode()
    assert "<img" not in page


def test_one_number_is_taken_for_several_matters(kiosk: Client) -> None:
    answer = take(kiosk, also=["invoice", "id-card", "housing"]).json()
    matters = [name for name, _ in answer["frame"]["own"]["matters"]]
    assert matters == ["居民身份证换领", "发票申领", "公租房申请"]


@pytest.mark.parametrize(
    ("also", "code"),
    [
        ([7], "bad_input"),
        ("invoice", "bad_input"),
        (["nothing"], "unknown_service"),
        (["x" * 200], "text_too_long"),
    ],
)
def test_matters_that_are_none_give_no_number(kiosk: Client, also: object, code: str) -> None:
    assert take(kiosk, also=also).json()["code"] == code
    assert not Ticket.objects.exists()
