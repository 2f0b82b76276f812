"""The console over HTTP: who may open it, what each verb answers, and what wrong input meets."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from hallqueue.actions.command import new_key
from hallqueue.actions.house import setup
from hallqueue.models import Ticket, Window
from hallqueue.web.window import VERBS
from tests.hall import SmallHall

pytestmark = pytest.mark.slow

Answer = Any


def signed_in(small: SmallHall, name: str, **options: Any) -> Client:
    client = Client(headers={"accept": "application/json"}, **options)
    client.force_login(small.people[name])
    return client


def say(client: Client, window: int, verb: str, **fields: Any) -> Answer:
    """Post a verb with a key of its own unless one is given."""
    body = {"key": new_key(), **fields}
    return client.post(f"/small/window/{window}/{verb}/", json.dumps(body), content_type="application/json")


def problem(answer: Answer) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["title"]
    assert body["title"] != body["code"]
    return answer.status_code, body["code"]


# --- who may ---


@pytest.mark.parametrize("name", ["clerk1", "manager", "administrator"])
@pytest.mark.parametrize("address", ["/small/window/", "/small/window/1/"])
def test_those_who_work_at_windows_open_the_pages(small_hall: SmallHall, name: str, address: str) -> None:
    assert signed_in(small_hall, name).get(address, headers={"accept": "text/html"}).status_code == 200


@pytest.mark.parametrize("name", ["desk", "auditor"])
@pytest.mark.parametrize("address", ["/small/window/", "/small/window/1/", "/small/window/1/pickable/"])
def test_desk_and_auditor_do_not(small_hall: SmallHall, name: str, address: str) -> None:
    assert signed_in(small_hall, name).get(address).status_code == 403


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_nobody_says_a_verb_without_signing_in(small_hall: SmallHall, verb: str) -> None:
    assert problem(say(Client(headers={"accept": "application/json"}), 1, verb)) == (401, "sign_in_needed")


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_an_auditor_says_no_verb(small_hall: SmallHall, verb: str) -> None:
    assert problem(say(signed_in(small_hall, "auditor"), 1, verb)) == (403, "not_allowed")


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_no_get_changes_anything(small_hall: SmallHall, verb: str) -> None:
    """Regression 13."""
    before = small_hall.fresh().seq
    assert signed_in(small_hall, "clerk1").get(f"/small/window/1/{verb}/").status_code == 405
    assert small_hall.fresh().seq == before


def test_a_post_without_the_page_s_token_is_refused(small_hall: SmallHall) -> None:
    client = signed_in(small_hall, "clerk1", enforce_csrf_checks=True)
    assert problem(say(client, 1, "open")) == (403, "csrf")


def test_a_clerk_of_another_hall_is_refused(small_hall: SmallHall) -> None:
    foreign = setup.make_hall("foreign", "别的大厅")
    assert signed_in(small_hall, "clerk2").get(f"/{foreign.slug}/window/").status_code == 403


# --- verbs ---


def test_an_answer_brings_the_fresh_frame(small_hall: SmallHall) -> None:
    small_hall.issue()
    answer = say(signed_in(small_hall, "clerk1"), 1, "next").json()
    assert answer["answer"]["label"] == answer["frame"]["data"]["current"]["label"] == "A001"
    assert answer["frame"]["seq"] == small_hall.fresh().seq


def test_a_lost_reply_asked_for_again_calls_nobody_else(small_hall: SmallHall) -> None:
    """Regression 3 at the window."""
    small_hall.issue()
    small_hall.issue()
    client, key = signed_in(small_hall, "clerk1"), new_key()
    first, again = (say(client, 1, "next", key=key).json() for _ in range(2))
    assert first["answer"] == again["answer"]
    assert Ticket.objects.filter(state="called").count() == 1


def test_a_whole_turn_through_http(small_hall: SmallHall) -> None:
    small_hall.issue()
    client = signed_in(small_hall, "clerk1")
    turns: list[tuple[str, dict[str, Any]]] = [
        ("next", {}),
        ("recall", {}),
        ("start", {}),
        ("park", {"reason": "复印"}),
    ]
    for verb, fields in turns:
        assert say(client, 1, verb, **fields).status_code == 200
    ticket = Ticket.objects.get()
    turns = [("undo", {"ticket": ticket.pk}), ("finish", {}), ("pause", {"reason": "开会"}), ("open", {})]
    turns += [("close", {}), ("leave", {})]
    for verb, fields in turns:
        assert say(client, 1, verb, **fields).status_code == 200
    ticket.refresh_from_db()
    assert (ticket.state, Window.objects.get(number=1).state) == ("done", "closed")


def test_the_seat_is_refused_then_taken_over(small_hall: SmallHall) -> None:
    """Regression 10."""
    client = signed_in(small_hall, "manager")
    assert problem(say(client, 1, "sit")) == (409, "window_taken")
    frame = say(client, 1, "sit", take_over=True).json()["frame"]
    assert frame["data"]["shift"]["name"] == "manager"
    assert problem(say(signed_in(small_hall, "clerk1"), 1, "next")) == (403, "not_your_window")


def test_the_sentence_names_who_sits_there(small_hall: SmallHall) -> None:
    answer = say(signed_in(small_hall, "clerk2"), 1, "sit")
    assert "clerk1" in answer.json()["title"]


# --- wrong input ---


@pytest.mark.parametrize(
    ("verb", "fields", "expected"),
    [
        ("park", {}, (400, "reason_required")),
        ("pause", {"reason": None}, (400, "reason_required")),
        ("park", {"reason": " \n"}, (409, "reason_required")),
        ("park", {"reason": 7}, (400, "bad_input")),
        ("park", {"reason": "长" * 10_000}, (400, "text_too_long")),
        ("park", {"reason": "长" * 201}, (400, "text_too_long")),
        ("pick", {"reason": "x"}, (400, "bad_input")),
        ("pick", {"reason": "x", "ticket": "1"}, (400, "bad_input")),
        ("pick", {"reason": "x", "ticket": 2**70}, (400, "bad_input")),
        ("undo", {}, (400, "bad_input")),
        ("undo", {"ticket": True}, (400, "bad_input")),
        ("transfer", {"reason": "x"}, (400, "bad_input")),
        ("transfer", {"reason": "x", "to_window": -1}, (404, "unknown_window")),
        ("transfer", {"reason": "x", "to_window": 2**40}, (404, "unknown_window")),
        ("transfer", {"reason": "x", "service": "no\x00such\ud800"}, (404, "unknown_service")),
        ("transfer", {"reason": "x", "service": "\x00\ud800"}, (400, "bad_input")),
        ("transfer", {"reason": "x", "fallback": "yes"}, (400, "bad_input")),
        ("next", {"extra": 1}, (400, "bad_input")),
        ("next", {"key": "short"}, (400, "bad_key")),
        ("next", {"key": 5}, (400, "bad_input")),
        ("no-such-verb", {}, (404, "page_unknown")),
    ],
)
def test_wrong_input_meets_a_sentence_and_changes_nothing(
    small_hall: SmallHall, verb: str, fields: dict[str, Any], expected: tuple[int, str]
) -> None:
    small_hall.issue()
    client = signed_in(small_hall, "clerk1")
    if verb not in ("next", "pick"):
        say(client, 1, "next")
    before = small_hall.fresh().seq
    assert problem(say(client, 1, verb, **fields)) == expected
    assert small_hall.fresh().seq == before


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_no_object_meets_a_sentence(small_hall: SmallHall, body: bytes) -> None:
    client = signed_in(small_hall, "clerk1")
    answer = client.post("/small/window/1/next/", body, content_type="application/json")
    assert problem(answer)[0] == 400


def test_control_characters_are_left_out_and_markup_stays_text(small_hall: SmallHall) -> None:
    """Regression 16: the frame carries text; the page escapes it."""
    small_hall.issue()
    client = signed_in(small_hall, "clerk1")
    say(client, 1, "next")
    say(client, 1, "park", reason="<b>复\x00印\x1b</b>")
    assert Ticket.objects.get().reason == "<b>复印</b>"
    html = client.get("/small/window/1/", headers={"accept": "text/html"}).content.decode()
    assert "<b>复印" not in html


@pytest.mark.parametrize("number", ["77", "0", "99999999999999999999999"])
def test_a_window_that_is_not_there_is_not_found(small_hall: SmallHall, number: str) -> None:
    assert signed_in(small_hall, "clerk1").get(f"/small/window/{number}/").status_code == 404


# --- what the console looks up ---


@pytest.mark.parametrize("query", ["租房", "gongzu", "gzf", "GZF", "廉租房", "lzf", "lianzufang"])
def test_a_service_is_found_by_its_names_pinyin_and_initials(small_hall: SmallHall, query: str) -> None:
    found = signed_in(small_hall, "clerk1").get("/small/window/1/destinations/", {"q": query}).json()
    assert [row["code"] for row in found["services"]] == ["housing"]


@pytest.mark.parametrize("query", ["住建", "zhujian", "zjj"])
def test_a_department_is_found_by_its_name_pinyin_and_initials(small_hall: SmallHall, query: str) -> None:
    found = signed_in(small_hall, "clerk1").get("/small/window/1/destinations/", {"q": query}).json()
    assert found["departments"] == [{"code": "住建局", "name": "住建局", "open_windows": 1}]


def test_a_window_is_found_by_its_number_and_never_oneself(small_hall: SmallHall) -> None:
    client = signed_in(small_hall, "clerk1")
    found = client.get("/small/window/1/destinations/", {"q": "2"}).json()
    assert [row["number"] for row in found["windows"]] == [2]
    everything = client.get("/small/window/1/destinations/").json()
    assert [row["number"] for row in everything["windows"]] == [2, 3, 9]


@pytest.mark.parametrize("query", ["%", "_", "'", "\x00", "９" * 50, "长" * 5000, "٣"])
def test_odd_queries_find_nothing_and_break_nothing(small_hall: SmallHall, query: str) -> None:
    client = signed_in(small_hall, "clerk1")
    for page in ("destinations", "pickable"):
        assert client.get(f"/small/window/1/{page}/", {"q": query}).status_code == 200


def test_a_ticket_far_behind_is_found_by_its_number(small_hall: SmallHall) -> None:
    for _ in range(12):
        small_hall.issue()
    small_hall.issue("housing")
    client = signed_in(small_hall, "clerk1")
    found = client.get("/small/window/1/pickable/", {"q": "012"}).json()["tickets"]
    assert [row["label"] for row in found] == ["A012"]
    assert client.get("/small/window/1/pickable/", {"q": "c001"}).json()["tickets"] == []
