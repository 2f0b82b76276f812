"""A day at /api/v1: machines do what people do, once each, and read the log without a gap."""

from __future__ import annotations

from typing import Any

import pytest

from hallqueue.actions import lending, people, windows
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.models import Event, Ticket
from tests.hall import SmallHall
from tests.machine import Machine


@pytest.fixture
def machine(small_hall: SmallHall) -> Machine:
    return Machine(small_hall, "manager")


def issue(machine: Machine, service: str = "id-card") -> dict[str, Any]:
    answer: dict[str, Any] = machine.post("/tickets", {"service": service})
    return answer


def test_ticket_goes_from_its_number_to_done(machine: Machine) -> None:
    ticket = issue(machine)
    assert ticket["label"] == "A001"
    called = machine.post("/windows/1/call-next")
    assert (called["ticket"], called["window"], called["state"]) == (ticket["ticket"], 1, "called")
    assert machine.post("/windows/1/recall")["said"] == 2
    assert machine.post("/windows/1/start", {})["state"] == "serving"
    assert machine.post("/windows/1/finish")["state"] == "done"
    assert machine.get(f"/tickets/{ticket['ticket']}")["state"] == "done"


def test_ticket_of_a_machine_says_where_it_came_from(machine: Machine) -> None:
    row = Ticket.objects.get(pk=issue(machine)["ticket"])
    assert row.source == "api"
    assert Event.objects.get(ticket=row, kind="ticket.issued").by == machine.name


def test_parked_and_missed_tickets_come_back(machine: Machine) -> None:
    first, second = issue(machine), issue(machine)
    machine.post("/windows/1/call-next")
    assert machine.post("/windows/1/park", {"reason": "a paper is missing"})["state"] == "parked"
    machine.post("/windows/1/call-next")
    assert machine.post("/windows/1/no-show")["state"] == "missed"
    for ticket in (first, second):
        assert machine.post(f"/tickets/{ticket['ticket']}/requeue")["state"] == "waiting"


def test_ticket_is_picked_undone_and_cancelled(machine: Machine) -> None:
    issue(machine)
    second = issue(machine)["ticket"]
    assert machine.post("/windows/1/pick", {"ticket": second, "reason": "ill"})["label"] == "A002"
    assert machine.post("/windows/1/undo", {"ticket": second})["state"] == "waiting"
    assert machine.post(f"/tickets/{second}/cancel", {"reason": "went home"})["state"] == "cancelled"


@pytest.mark.parametrize(
    ("where", "window"),
    [
        ({"service": "invoice"}, 2),
        ({"department": "税务局"}, 2),
        ({"to_window": 3}, 3),
        ({"fallback": True}, 9),
    ],
    ids=["service", "department", "window", "fallback"],
)
def test_transfer_keeps_the_number(machine: Machine, where: dict[str, object], window: int) -> None:
    issue(machine)
    machine.post("/windows/1/call-next")
    assert machine.post("/windows/1/transfer", {"reason": "another matter", **where})["state"] == "waiting"
    assert machine.post(f"/windows/{window}/call-next")["label"] == "A001"


def test_window_opens_pauses_and_closes(machine: Machine) -> None:
    assert machine.post("/windows/1/pause", {"reason": "lunch"}) == {
        "window": 1,
        "state": "paused",
        "reason": "lunch",
    }
    assert machine.post("/windows/1/open")["state"] == "open"
    assert machine.post("/windows/1/close")["state"] == "closed"
    rows = {row["number"]: row for row in machine.get("/windows")}
    assert (rows[1]["state"], rows[2]["state"], rows[9]["is_fallback"]) == ("closed", "open", True)


def test_why_a_machine_closes_a_window_is_on_record(machine: Machine) -> None:
    closed = machine.post("/windows/1/close", {"reason": "printer broken"})
    assert closed == {"window": 1, "state": "closed", "reason": "printer broken"}
    (line,) = machine.get("/events", after=machine.get()["seq"] - 1)["events"]
    assert (line["kind"], line["data"]["reason"]) == ("window.closed", "printer broken")
    assert machine.post("/windows/2/close", {"reason": "x" * 101}, 400)["code"] == "text_too_long"


def test_hall_opens_and_closes(machine: Machine) -> None:
    assert machine.post("/close") == {"is_open": False}
    assert machine.post("/tickets", {"service": "id-card"}, 409)["code"] == "hall_closed"
    assert machine.post("/open") == {"is_open": True}
    assert machine.get()["is_open"]


def test_hall_and_services_tell_how_many_wait(machine: Machine) -> None:
    for _ in range(3):
        issue(machine)
    hall = machine.get()
    assert (hall["waiting"], hall["open_windows"], hall["slug"]) == (3, 4, "small")
    services = {row["code"]: row for row in machine.get("/services")}
    assert services["id-card"]["waiting"] == 3
    assert services["id-card"]["open_windows"] == [1, 2]


def test_line_is_the_order_of_calling(machine: Machine) -> None:
    issue(machine)
    machine.post("/tickets", {"service": "id-card", "priority": "elderly"})
    labels = [row["label"] for row in machine.get("/windows/1/line")]
    assert labels == ["A002", "A001"]
    assert machine.post("/windows/1/call-next")["label"] == "A002"


def test_events_are_read_page_by_page_without_a_gap(machine: Machine) -> None:
    for _ in range(7):
        issue(machine)
    seen, after = [], 0
    while True:
        page = machine.get("/events", after=after, limit=5)
        seen += [event["seq"] for event in page["events"]]
        after = page["last"]
        if after == page["head"]:
            break
    assert seen == list(range(1, page["head"] + 1))
    assert machine.get("/events", after=after)["events"] == []


def test_event_names_ticket_and_window(machine: Machine) -> None:
    ticket = issue(machine)
    machine.post("/windows/1/call-next")
    last = machine.get("/events", after=machine.get()["seq"] - 1)["events"][-1]
    assert (last["kind"], last["label"], last["ticket"], last["window"]) == (
        "ticket.called",
        "A001",
        ticket["ticket"],
        1,
    )


def test_token_of_a_ticket_is_told_once_and_nowhere_else(machine: Machine) -> None:
    ticket = issue(machine)
    machine.post("/windows/1/call-next")
    readings = [machine.get(path) for path in (f"/tickets/{ticket['ticket']}", "/events", "/windows/2/line")]
    assert str(ticket["token"]) not in str(readings)


def test_same_key_gets_the_same_answer(machine: Machine) -> None:
    first = machine.post("/tickets", {"service": "id-card"}, key="order-no-4711")
    assert machine.post("/tickets", {"service": "id-card"}, key="order-no-4711") == first
    assert Ticket.objects.filter(hall=machine.hall).count() == 1


def test_two_machines_do_not_share_a_key(small_hall: SmallHall) -> None:
    Machine(small_hall).post("/tickets", {"service": "id-card"}, key="the-same-key")
    answer = Machine(small_hall).post("/tickets", {"service": "id-card"}, 409, key="the-same-key")
    assert answer["code"] == "key_reused"


def test_sentence_is_in_the_language_asked_for(machine: Machine) -> None:
    english = machine.post("/tickets", {"service": "none"}, 404)
    chinese = machine.post("/tickets", {"service": "none"}, 404, **{"Accept-Language": "zh-CN,en;q=0.5"})
    plain = machine.post("/tickets", {"service": "none"}, 404, **{"Accept-Language": ""})
    assert english["title"].startswith("This service was not found")
    assert chinese["title"] == plain["title"] == "没有找到这个事项，请重新选择。"


def test_clerk_machine_works_where_nobody_sits(small_hall: SmallHall) -> None:
    clerk = Machine(small_hall, "clerk")
    windows.leave(small_hall.hall.pk, small_hall.at(3), new_key(), window=3)
    assert clerk.post("/windows/3/open")["state"] == "open"
    small_hall.issue("housing")
    assert clerk.post("/windows/3/call-next")["label"] == "C001"


def test_clerk_machine_does_not_act_at_somebodys_window(small_hall: SmallHall) -> None:
    clerk = Machine(small_hall, "clerk")
    small_hall.issue()
    head = small_hall.fresh().seq
    assert clerk.post("/windows/1/call-next", status=403)["code"] == "not_your_window"
    assert small_hall.fresh().seq == head


def test_person_who_sits_down_ends_the_machines_hold_on_a_window(small_hall: SmallHall) -> None:
    clerk = Machine(small_hall, "clerk")
    windows.leave(small_hall.hall.pk, small_hall.at(3), new_key(), window=3)
    clerk.post("/windows/3/open")
    small_hall.say("sit", 3)
    assert clerk.post("/windows/3/pause", {"reason": "lunch"}, 403)["code"] == "not_your_window"


def test_revoked_token_opens_nothing_more(small_hall: SmallHall, machine: Machine) -> None:
    machine.get()
    people.revoke_client(small_hall.hall.pk, THE_HALL, new_key(), client=machine.pk)
    assert machine.get(status=401)["code"] == "token_needed"


def test_one_visit_is_joined_corrected_noted_and_finished_matter_by_matter(machine: Machine) -> None:
    first = machine.post("/tickets", {"service": "id-card", "also": ["invoice"], "people": 2})
    second, third = issue(machine), issue(machine, "housing")
    assert machine.post("/windows/1/call-next")["label"] == first["label"]
    assert machine.post("/windows/1/join", {"ticket": second["ticket"]})["into"] == first["label"]
    assert machine.post("/windows/1/correct", {"service": "housing"})["service"] == "公租房申请"
    assert (
        machine.post(f"/tickets/{third['ticket']}/correct", {"service": "invoice"})["service"] == "发票申领"
    )
    assert machine.post("/windows/1/note", {"people": 3, "note": "two children"})["label"] == first["label"]
    machine.post("/windows/1/start")
    results = {"results": ["done", "sent_on"]}
    assert machine.post("/windows/1/finish", results)["state"] == "waiting", "on to the invoices"
    row = Ticket.objects.get(pk=first["ticket"])
    assert (row.people, row.note, [each["result"] for each in row.matters]) == (
        3,
        "two children",
        ["done", "sent_on", "done"],
    )
    assert machine.post("/windows/2/finish", {"results": ["done"] * 9}, 409)["code"] == "no_ticket_here"


def test_a_person_is_sent_behind_the_next_one_and_back_to_the_clerk(machine: Machine) -> None:
    sent, parked = (machine.post("/tickets", {"service": "id-card", "priority": "elderly"}) for _ in range(2))
    others = [machine.post("/tickets", {"service": "invoice", "priority": "elderly"}) for _ in range(3)]
    machine.post("/windows/1/call-next")
    where = {"service": "invoice", "reason": "a stamp is missing"}
    machine.post("/windows/1/transfer", {**where, "after": 1, "back": True})
    machine.post("/windows/1/call-next")
    machine.post("/windows/1/park", {"reason": "a form", "minutes": 10})
    machine.post("/windows/1/transfer", {**where, "place": "back", "ticket": parked["ticket"]})
    order = [others[0], sent, *others[1:], parked]
    assert [row["ticket"] for row in machine.get("/windows/2/line")] == [each["ticket"] for each in order]
    row = Ticket.objects.get(pk=sent["ticket"])
    assert row.return_to is not None
    assert row.return_to.number == 1


def test_help_is_asked_for_taken_and_ended_and_things_are_lent_and_back(
    machine: Machine, small_hall: SmallHall
) -> None:
    asked = {"kind": "wheelchair", "place": "seat", "spot": "12"}
    call = machine.post("/help", asked)["call"]
    assert machine.post("/help", asked) == {
        "call": call,
        "kind": "wheelchair",
        "taken": False,
        "done": False,
        "again": True,
    }
    assert [row["spot"] for row in machine.get("/help")] == ["12"]
    assert machine.post(f"/help/{call}/take")["taken"]
    assert not machine.post(f"/help/{call}/release")["taken"]
    assert machine.post(f"/help/{call}/finish", {"outcome": "not_needed"})["done"]
    assert machine.post(f"/help/{call}/take", status=409)["code"] == "help_over"
    rows = [{"code": "chair", "name": "轮椅", "total": 1}]
    lending.load_items(small_hall.hall.pk, THE_HALL, new_key(), rows=rows)
    loan = machine.post("/loans", {"item": "chair", "deposit": "a key"})["loan"]
    assert machine.post("/loans", {"item": "chair"}, 409)["code"] == "item_all_out"
    assert [(row["out"], row["total"]) for row in machine.get("/things")] == [(1, 1)]
    assert [row["deposit"] for row in machine.get("/loans")] == ["a key"]
    assert machine.post(f"/loans/{loan}/back")["number"] == 1
    assert machine.get("/loans") == []
