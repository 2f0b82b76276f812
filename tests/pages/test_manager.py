"""The manager's live screen: what its frames hold, what its hands do, and how the day's curve is folded."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hallqueue import reports
from hallqueue.actions import undoing
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.round import alarms
from hallqueue.figures.days import first_seq
from hallqueue.models import Alarm, Event, Ticket
from hallqueue.topics import frame_of, parse
from hallqueue.topics.reading import Reading
from hallqueue.web.acts import acts_of
from tests.hall import SmallHall


def frame(small: SmallHall, topic: str = "hall:small:live") -> dict[str, Any]:
    parsed = parse(topic)
    assert parsed is not None
    found = frame_of(Reading(small.fresh()), parsed)
    assert found is not None
    data: dict[str, Any] = json.loads(json.dumps(found))["data"]
    return data


def labels(small: SmallHall, name: str) -> list[str]:
    return [row["label"] for row in frame(small, f"tickets:small:{name}")["tickets"]]


def manager(small: SmallHall, name: str = "manager") -> Client:
    client = Client()
    client.force_login(small.people[name])
    return client


def post(client: Client, path: str, **fields: Any) -> Any:
    body = json.dumps({"key": new_key(), **fields})
    said = {"Accept": "application/json"}
    return client.post(f"/small/manager/{path}", body, content_type="application/json", headers=said).json()


def busy(small: SmallHall) -> None:
    """An invoice, six identity cards: one is served, one called, one parked, one missed."""
    for service in ["invoice"] + ["id-card"] * 6:
        small.issue(service)
    small.call_next(1)
    small.say("park", 1, reason="复印")
    small.call_next(1)
    small.say("no_show", 1)
    small.call_next(1)
    small.say("start", 1)
    small.call_next(2)


def test_counts_add_up_to_what_was_issued(small_hall: SmallHall) -> None:
    busy(small_hall)
    counts = frame(small_hall)["counts"]
    assert counts == {
        "issued": 7,
        "waiting": 3,
        "open": 2,
        "aside": 2,
        "stranded": 0,
        "done": 0,
        "cancelled": 0,
    }
    small_hall.say("finish", 1)
    counts = frame(small_hall)["counts"]
    assert (counts["done"], counts["open"]) == (1, 1)
    assert counts["issued"] == sum(counts[each] for each in ("waiting", "open", "aside", "done", "cancelled"))


def test_windows_show_who_sits_there_whom_they_serve_and_who_waits(small_hall: SmallHall) -> None:
    busy(small_hall)
    one, two, three, nine = frame(small_hall)["windows"]
    assert (one["clerk"], one["ticket"]["label"], one["ticket"]["state"], one["line"]) == (
        "clerk1",
        "A003",
        "serving",
        3,
    )
    assert (two["ticket"]["label"], two["ticket"]["state"], two["line"]) == ("B001", "called", 3)
    assert (three["ticket"], three["line"]) == (None, 0)
    assert (nine["fallback"], nine["line"]) == (True, 0)


def test_every_tile_opens_to_the_tickets_behind_it(small_hall: SmallHall) -> None:
    busy(small_hall)
    service = frame(small_hall)["services"][0]
    assert labels(small_hall, "waiting") == ["A004", "A005", "A006"]
    assert labels(small_hall, f"service-{service['id']}") == ["A004", "A005", "A006"]
    assert labels(small_hall, "open") == ["A003", "B001"]
    assert labels(small_hall, "aside") == ["A001", "A002"]
    assert labels(small_hall, "window-1") == ["A003", "A004", "A005", "A006"]
    assert labels(small_hall, "stranded") == []


@pytest.mark.parametrize(
    "name", ["", "nothing", "window-77", "service-x", "service-99999", "waiting-1", "window-"]
)
def test_there_is_no_such_list(small_hall: SmallHall, name: str) -> None:
    topic = parse(f"tickets:small:{name}")
    assert topic is not None
    assert frame_of(Reading(small_hall.fresh()), topic) is None


def test_people_without_any_window_are_stranded_until_the_fallback_opens(small_hall: SmallHall) -> None:
    small_hall.issue("housing")
    small_hall.say("leave", 3)
    small_hall.say("leave", 9)
    assert frame(small_hall)["counts"]["stranded"] == 1
    assert labels(small_hall, "stranded") == ["C001"]
    post(manager(small_hall), "window/", window=9, verb="open")
    assert frame(small_hall)["counts"]["stranded"] == 0
    assert labels(small_hall, "window-9") == ["C001"]


def test_an_alarm_stands_until_it_is_over_and_is_quiet_once_seen(small_hall: SmallHall) -> None:
    small_hall.issue()
    small_hall.call_next(1)
    small_hall.issue()
    long_ago = timezone.now() - dt.timedelta(hours=1)
    Ticket.objects.filter(state="waiting").update(issued_at=long_ago)
    Ticket.objects.get(state="called").calls.update(called_at=long_ago)
    alarms.look_round(small_hall.hall.pk, THE_HALL, new_key())
    standing = frame(small_hall)["alarms"]
    assert {(alarm["kind"], alarm["seen"]) for alarm in standing} == {
        ("long_wait", False),
        ("long_service", False),
    }
    post(manager(small_hall), "acknowledge/", alarm=standing[0]["id"])
    assert [alarm["seen"] for alarm in frame(small_hall)["alarms"]] == [True, False]
    assert Alarm.objects.get(pk=standing[0]["id"]).acknowledged_by == small_hall.actor("manager").name
    post(manager(small_hall), "acknowledge/", alarms=[alarm["id"] for alarm in standing] + [10**9])
    assert [alarm["seen"] for alarm in frame(small_hall)["alarms"]] == [True, True]
    acts = Event.objects.filter(kind="alarm.acknowledged").order_by("seq")
    assert [act.data["alarms"] for act in acts] == [[standing[0]["id"]], [standing[1]["id"]]], (
        "who was seen already is not seen again"
    )
    undoing.undo(small_hall.hall.pk, small_hall.actor("manager"), new_key(), act=acts[1].seq)
    assert [alarm["seen"] for alarm in frame(small_hall)["alarms"]] == [True, False]
    undoing.undo(small_hall.hall.pk, small_hall.actor("manager"), new_key(), act=acts[0].seq)
    post(manager(small_hall), "acknowledge/", alarms=[alarm["id"] for alarm in standing])
    (told, *_) = acts_of(small_hall.fresh(), "zh")
    assert (told["words"], told["may_undo"]) == ("知晓 2 条报警", True)


def test_two_frames_of_one_seq_are_equal(small_hall: SmallHall) -> None:
    busy(small_hall)
    assert frame(small_hall) == frame(small_hall)


def test_a_manager_opens_pauses_and_closes_any_window_with_a_reason(small_hall: SmallHall) -> None:
    client = manager(small_hall)
    assert post(client, "window/", window=3, verb="pause", reason="开会")["state"] == "paused"
    assert post(client, "window/", window=3, verb="close", reason="停电")["state"] == "closed"
    assert Event.objects.get(kind="window.closed").data["reason"] == "停电"
    assert post(client, "window/", window=3, verb="open")["state"] == "open"
    for verb in ("pause", "close"):
        assert post(client, "window/", window=3, verb=verb, reason=" ")["code"] == "reason_required"
    assert post(client, "window/", window=77, verb="open")["code"] == "unknown_window"
    assert post(client, "window/", window=3, verb="burn")["code"] == "bad_input"


def test_a_window_with_somebody_at_it_is_not_closed(small_hall: SmallHall) -> None:
    small_hall.issue()
    small_hall.call_next(1)
    assert (
        post(manager(small_hall), "window/", window=1, verb="close", reason="x")["code"]
        == "window_has_ticket"
    )


def test_a_manager_stops_and_starts_giving_numbers(small_hall: SmallHall) -> None:
    client = manager(small_hall)
    post(client, "hall/", open=False)
    assert frame(small_hall)["is_open"] is False
    post(client, "hall/", open=True)
    assert frame(small_hall)["is_open"] is True
    assert post(client, "hall/")["code"] == "bad_input"


def test_an_auditor_sees_and_touches_nothing(small_hall: SmallHall) -> None:
    client = manager(small_hall, "auditor")
    page = client.get("/small/manager/").content.decode()
    assert '"may_act": false' in page
    assert post(client, "window/", window=1, verb="open")["code"] == "not_allowed"


def curve(small: SmallHall, minutes: int = 15) -> dict[str, Any]:
    hall = small.fresh()
    return reports.day_curve(hall, hall.business_date(hall.moved_at), minutes)


def test_the_curve_counts_what_was_issued_called_and_waits(small_hall: SmallHall) -> None:
    assert curve(small_hall)["at"] == []
    busy(small_hall)
    drawn = curve(small_hall)
    assert (sum(drawn["issued"]), sum(drawn["called"]), drawn["waiting"][-1]) == (7, 4, 3)
    small_hall.say("undo", 2, ticket=Ticket.objects.get(label="B001").pk)
    small_hall.say("transfer", 1, reason="x", fallback=True)
    later = curve(small_hall)
    assert later["waiting"][-1] == Ticket.objects.filter(state="waiting").count() == 5
    assert later["seq"] == small_hall.fresh().seq


def test_the_curve_begins_with_the_first_slot_and_knows_its_time(small_hall: SmallHall) -> None:
    small_hall.issue()
    at = curve(small_hall)["at"][0]
    issued = Event.objects.get(kind="ticket.issued").at.timestamp()
    assert 0 <= issued - at < 15 * 60


def test_the_first_line_of_a_day_is_found_by_halving(
    small_hall: SmallHall, django_assert_max_num_queries: Any
) -> None:
    hall = small_hall.fresh()
    today = hall.business_date(hall.moved_at)
    Event.objects.filter(hall=hall, seq__lte=10).update(business_date=today - dt.timedelta(days=1))
    with django_assert_max_num_queries(7):
        assert first_seq(hall.pk, today, hall.seq) == 11
    assert first_seq(hall.pk, today + dt.timedelta(days=1), hall.seq) == hall.seq + 1
    assert first_seq(hall.pk, today - dt.timedelta(days=9), hall.seq) == 1
