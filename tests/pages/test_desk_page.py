"""The desk over HTTP: who may, what each verb answers, what is found, and what wrong input meets."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from hallqueue.actions.command import new_key
from hallqueue.actions.house import setup
from hallqueue.models import Event, HelpCall, Loan, Ticket
from hallqueue.web.desk import VERBS
from tests.booking import PHONE, friday_morning
from tests.desk_hall import furnish
from tests.hall import SmallHall
from tests.invariants import check
from tests.kiosk_hall import kiosk_client

Answer = Any


def signed_in(small: SmallHall, name: str = "desk", **options: Any) -> Client:
    client = Client(headers={"accept": "application/json"}, **options)
    client.force_login(small.people[name])
    return client


def say(client: Client, verb: str, address: str = "desk", **fields: Any) -> Answer:
    body = {"key": new_key(), **fields}
    return client.post(f"/small/{address}/{verb}/", json.dumps(body), content_type="application/json")


def problem(answer: Answer) -> tuple[int, str]:
    body = answer.json()
    assert body["title"]
    assert body["title"] != body["code"]
    return answer.status_code, body["code"]


def found(client: Client, query: str) -> list[str]:
    rows = client.get("/small/desk/find/", {"q": query}).json()["tickets"]
    return [row["label"] + ("" if row["today"] else " " + row["date"]) for row in rows]


@pytest.mark.both_databases
def test_of_a_day_who_is_still_here_is_found_before_who_has_left(
    small_hall: SmallHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hallqueue.web.desk.MOST_FOUND", 2)
    client = signed_in(small_hall)
    here = [small_hall.issue()["label"] for _ in range(2)]
    for _ in range(2):
        assert say(client, "cancel", ticket=small_hall.issue()["ticket"], reason="走了").status_code == 200
    assert found(client, "A0") == here[::-1]


# --- regression 13 ---


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_13_no_get_changes_anything(small_hall: SmallHall, verb: str) -> None:
    before = small_hall.fresh().seq
    assert signed_in(small_hall).get(f"/small/desk/{verb}/").status_code == 405
    assert small_hall.fresh().seq == before


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_13_every_verb_needs_the_right_and_the_page_s_token(small_hall: SmallHall, verb: str) -> None:
    before = small_hall.fresh().seq
    assert problem(say(signed_in(small_hall, "clerk1"), verb)) == (403, "not_allowed")
    assert problem(say(signed_in(small_hall, "auditor"), verb)) == (403, "not_allowed")
    assert problem(say(Client(headers={"accept": "application/json"}), verb)) == (401, "sign_in_needed")
    assert problem(say(signed_in(small_hall, enforce_csrf_checks=True), verb)) == (403, "csrf")
    assert small_hall.fresh().seq == before


def test_13_a_verb_touches_only_the_ticket_it_names(small_hall: SmallHall) -> None:
    named, *others = [small_hall.issue()["ticket"] for _ in range(4)]
    before = list(Ticket.objects.filter(pk__in=others).order_by("pk").values())
    client = signed_in(small_hall)
    for verb, more in [
        ("verify", {"kind": "elderly"}),
        ("unverify", {}),
        ("redirect", {"reason": "群众要求"}),
        ("slip", {"why": "lost"}),
        ("cancel", {"reason": "不办了"}),
    ]:
        assert say(client, verb, ticket=named, **more).status_code == 200, verb
    assert list(Ticket.objects.filter(pk__in=others).order_by("pk").values()) == before
    check(small_hall.hall)


# --- verbs ---


def test_page_opens_for_the_desk_and_those_who_manage(small_hall: SmallHall) -> None:
    for name, status in (("desk", 200), ("manager", 200), ("administrator", 200), ("clerk1", 403)):
        answer = signed_in(small_hall, name).get("/small/desk/", headers={"accept": "text/html"})
        assert answer.status_code == status, name


def test_number_given_at_the_desk_counts_as_seen_there_and_prints_only_when_asked(
    small_hall: SmallHall,
) -> None:
    client = signed_in(small_hall)
    quiet = say(client, "issue", service="id-card", priority="elderly", note="听力不好", print=False).json()
    assert quiet["answer"]["label"] == "A001"
    assert quiet["sheet"]["data"]["verified"]
    assert quiet["frame"]["data"]["counts"] == {"waiting": 1, "claimed": 0, "aside": 0}
    assert not Event.objects.filter(kind="slip.asked").exists()
    key = new_key()
    for _ in range(2):
        assert say(client, "issue", service="invoice", print=True, printer=7, key=key).status_code == 200
    asked = Event.objects.get(kind="slip.asked")
    assert (asked.ticket.label if asked.ticket else "", asked.data) == (
        "B001",
        {"why": "asked", "printer": 7},
    )


def test_sheet_says_what_may_be_done_and_the_place_in_line(small_hall: SmallHall) -> None:
    small_hall.issue()
    ticket = small_hall.issue()["ticket"]
    client = signed_in(small_hall)
    data = client.get(f"/small/desk/ticket/{ticket}/").json()["data"]
    assert (data["ahead"], data["windows"]) == (1, [1, 2])
    assert [zone["zh"] for zone in data["zones"]] == ["A区"]
    assert data["may"] == ["cancel", "redirect", "correct", "verify", "slip", "help", "lend", "concern"]
    small_hall.call_next()
    small_hall.call_next(2)
    small_hall.say("no_show", 2)
    data = client.get(f"/small/desk/ticket/{ticket}/").json()["data"]
    assert data["may"] == ["requeue", "cancel", "correct", "verify", "slip", "help", "lend", "concern"]
    assert [told["kind"] for told in data["story"]] == ["ticket.missed", "ticket.called", "ticket.issued"]
    assert (data["is_late"], data["requeue_until"]) == (False, None)
    back = say(client, "requeue", ticket=ticket).json()
    assert (back["sheet"]["data"]["state"], back["frame"]["data"]["counts"]["aside"]) == ("waiting", 0)


def test_sheet_says_who_may_not_come_back_any_more_before_the_desk_promises_it(
    small_hall: SmallHall,
) -> None:
    rules = {"requeue_within_numbers": 1, "requeue_late": "refused"}
    setup.set_rules(small_hall.hall.pk, small_hall.actor("manager"), new_key(), rules=rules)
    missed = small_hall.issue("housing")
    small_hall.call_next(3)
    small_hall.say("no_show", 3)
    client = signed_in(small_hall)
    address = f"/small/desk/ticket/{missed['ticket']}/"
    assert not client.get(address).json()["data"]["is_late"]
    for _ in range(2):
        small_hall.issue("housing")
        small_hall.call_next(3)
        small_hall.say("no_show", 3)
    assert client.get(address).json()["data"]["is_late"]
    assert problem(say(client, "requeue", ticket=missed["ticket"])) == (409, "requeue_too_late")


def test_desk_sends_one_person_to_the_fallback_window_and_nobody_elsewhere(small_hall: SmallHall) -> None:
    ticket = small_hall.issue()["ticket"]
    client = signed_in(small_hall)
    assert problem(say(client, "redirect", ticket=ticket, reason=" ")) == (409, "reason_required")
    assert problem(say(client, "redirect", ticket=ticket)) == (400, "reason_required")
    assert (
        say(client, "redirect", ticket=ticket, reason="跑了多次").json()["sheet"]["data"]["fallback_note"]
        == "跑了多次"
    )
    assert small_hall.call_next(9)["label"] == "A001"


@pytest.mark.parametrize(
    ("verb", "fields", "code"),
    [
        ("dance", {}, "page_unknown"),
        ("issue", {}, "unknown_service"),
        ("issue", {"service": "nothing"}, "unknown_service"),
        ("issue", {"service": "id-card", "also": [["invoice"]]}, "bad_input"),
        ("issue", {"service": "id-card", "people": 0}, "bad_input"),
        ("check_in", {"code": "none"}, "appointment_unknown"),
        ("correct", {"ticket": 1}, "bad_input"),
        ("issue", {"service": "id-card", "priority": "friend"}, "bad_input"),
        ("issue", {"service": "id-card", "note": "x" * 201}, "text_too_long"),
        ("issue", {"service": "id-card", "print": "yes"}, "bad_input"),
        ("verify", {"ticket": 10**9, "kind": "elderly"}, "unknown_ticket"),
        ("cancel", {"ticket": 1}, "reason_required"),
        ("slip", {"ticket": 1}, "bad_input"),
        ("help_take", {"call": 10**9}, "unknown_help"),
        ("lend", {"item": "piano"}, "unknown_item"),
        ("back", {"loan": 10**9}, "unknown_loan"),
        ("back", {"loan": "one"}, "bad_input"),
    ],
)
def test_wrong_input_is_a_sentence_and_changes_nothing(
    small_hall: SmallHall, verb: str, fields: dict[str, Any], code: str
) -> None:
    before = small_hall.fresh().seq
    assert problem(say(signed_in(small_hall), verb, **fields))[1] == code
    assert small_hall.fresh().seq == before
    assert not Ticket.objects.exists()


def test_one_number_for_several_services_and_people_and_the_service_put_right(small_hall: SmallHall) -> None:
    client = signed_in(small_hall)
    given = say(client, "issue", service="id-card", also=["invoice"], people=3).json()
    ticket = given["answer"]["ticket"]
    assert (Ticket.objects.get(pk=ticket).people, len(Ticket.objects.get(pk=ticket).matters)) == (3, 2)
    right = say(client, "correct", ticket=ticket, service="housing").json()
    assert (right["sheet"]["data"]["label"], right["sheet"]["data"]["service"]) == ("A001", "公租房申请")
    assert problem(say(client, "correct", ticket=ticket, service="housing")) == (409, "same_service")


# --- finding ---


def test_tickets_are_found_by_number_service_pinyin_and_state(small_hall: SmallHall) -> None:
    for service in ("id-card", "id-card", "invoice"):
        small_hall.issue(service)
    small_hall.call_next()
    small_hall.say("no_show")
    client = signed_in(small_hall)
    assert found(client, "2") == ["A002"]
    assert found(client, "a00") == ["A002", "A001"]
    assert found(client, "b001") == ["B001"]
    assert found(client, "发票") == found(client, "fapiao") == found(client, "fpsl") == ["B001"]
    assert found(client, "过号") == ["A001"]
    assert found(client, "等候中") == ["B001", "A002"]
    assert found(client, "nothing like it") == found(client, "") == found(client, "\x00") == []


def test_appointment_is_found_by_its_code_or_the_telephones_end_and_checked_in(db: None) -> None:
    for hall in friday_morning():
        code = hall.book(hall.slot())
        hall.at(9, 50)
        client = signed_in(hall.small)
        for query in (code, PHONE[-4:]):
            [row] = client.get("/small/desk/find/", {"q": query}).json()["appointments"]
            assert (row["code"], row["state"], row["ticket"]) == (code, "booked", None)
        said = say(client, "check_in", code=code).json()
        assert (said["answer"]["late"], said["sheet"]["data"]["klass"]) == (False, "appointment")
        assert say(client, "check_in", code=code).json()["answer"]["ticket"] == said["answer"]["ticket"]


def test_ticket_of_yesterday_is_found_and_says_so(small_hall: SmallHall) -> None:
    old = small_hall.issue()["ticket"]
    yesterday = small_hall.fresh().business_date(small_hall.fresh().moved_at) - timedelta(days=1)
    Ticket.objects.filter(pk=old).update(business_date=yesterday)
    small_hall.issue("invoice")
    client = signed_in(small_hall)
    assert found(client, "001") == ["B001", f"A001 {yesterday}"]
    data = client.get(f"/small/desk/ticket/{old}/").json()["data"]
    assert (data["today"], data["may"]) == (False, ["concern"])
    Ticket.objects.filter(pk=old).update(business_date=yesterday - timedelta(days=7))
    assert found(client, "001") == ["B001"]


def test_tickets_of_another_hall_are_not_found(small_hall: SmallHall) -> None:
    ticket = small_hall.issue()["ticket"]
    other = small_hall.hall
    small_hall.people["desk"].hall = None
    small_hall.people["desk"].save()
    client = signed_in(small_hall)
    other.pk, other.slug = None, "other"
    other.save()
    assert client.get("/other/desk/find/", {"q": "001"}).json() == {"tickets": [], "appointments": []}
    assert client.get(f"/other/desk/ticket/{ticket}/").status_code == 404


# --- help and loans ---


def test_kiosk_window_and_seat_call_a_helper_and_the_desk_sees_where(small_hall: SmallHall) -> None:
    token = Ticket.objects.get(pk=small_hall.issue()["ticket"]).token
    calls: list[tuple[Client, str, dict[str, Any]]] = [
        (kiosk_client(small_hall.hall), "/small/help/", {"kind": "wheelchair"}),
        (signed_in(small_hall, "clerk1"), "/small/help/", {"kind": "interpreter", "window": 1}),
        (
            Client(headers={"accept": "application/json"}),
            f"/t/{token}/help/",
            {"kind": "agent", "spot": "三排"},
        ),
    ]
    for client, url, fields in calls:
        for again in (False, True):
            body = json.dumps({"key": new_key(), **fields})
            assert client.post(url, body, content_type="application/json").json()["again"] is again
    client = signed_in(small_hall)
    rows = say(client, "help", kind="other", place="desk").json()["frame"]["data"]["help"]
    seen = [(each["place"], each["spot"], each["label"]) for each in rows]
    assert seen == [("kiosk", "一号机", ""), ("window", "1", ""), ("seat", "三排", "A001"), ("desk", "", "")]
    first = HelpCall.objects.order_by("pk")[0].pk
    assert say(client, "help_take", call=first).json()["frame"]["data"]["help"][0]["taker"] == "desk"
    assert len(say(client, "help_done", call=first).json()["frame"]["data"]["help"]) == 3


def test_kiosk_and_page_know_what_stands_where(small_hall: SmallHall) -> None:
    furnish(small_hall.hall)
    found = kiosk_client(small_hall.hall).get("/small/kiosk/catalogue.json").json()["facilities"]
    assert (found[0]["names"]["zh"], found[0]["places"]["zh"]) == (
        "应急医药箱",
        "一楼正门导办台",
    )


def test_loans_of_yesterday_and_after_closing_are_overdue(small_hall: SmallHall) -> None:
    furnish(small_hall.hall)
    client = signed_in(small_hall)
    lent = say(client, "lend", item="wheelchair", deposit="市民卡").json()
    assert lent["frame"]["data"]["things"][0]["out"] == 1
    assert not lent["frame"]["data"]["loans"][0]["overdue"]
    Loan.objects.update(business_date="2020-01-01")
    again = say(client, "lend", item="glasses").json()["frame"]["data"]
    assert [each["overdue"] for each in again["loans"]] == [True, False]
    assert [each["today"] for each in again["things"]][:2] == [0, 1]
    back = say(client, "back", loan=lent["answer"]["loan"]).json()["frame"]["data"]
    assert [each["name"] for each in back["loans"]] == ["老花镜"]


def test_help_from_a_page_nobody_knows_is_refused(small_hall: SmallHall) -> None:
    client = Client(headers={"accept": "application/json"})
    body = json.dumps({"key": new_key(), "kind": "agent"})
    answer = client.post(f"/t/{'x' * 22}/help/", body, content_type="application/json")
    assert problem(answer) == (404, "unknown_ticket")
