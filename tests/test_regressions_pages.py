"""Real bugs of other systems that show at the door: a PC dies (11), who changes what (13), text stays text (16)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hallqueue.actions import messages, notices, windows
from hallqueue.actions.cases import concerns
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.line import fallback, moving
from hallqueue.actions.round import alarms
from hallqueue.models import Alarm, Call, Event, Presence, Ticket
from tests.hall import SmallHall, midday
from tests.house.test_rights import address, all_pages

HOSTILE = "<b onmouseover=alert(1)>张三</b>"


def signed_in(small: SmallHall, name: str = "manager") -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(small.people[name])
    return client


def test_11_a_clerks_pc_dies_with_a_person_there_is_seen_taken_over_and_timed_from_the_start(
    small_hall: SmallHall,
) -> None:
    clerk, other = small_hall.people["clerk1"], small_hall.actor("clerk2")
    with midday(small_hall) as clock:
        small_hall.issue()
        small_hall.call_next(1)
        small_hall.say("start")
        began = timezone.now()
        clock.shift(timedelta(minutes=4))
        gone = timezone.now()
        Presence.objects.create(
            hall=small_hall.hall, subject=f"clerk:1:{clerk.pk}", seen_at=gone, gone_at=gone
        )
        clock.shift(timedelta(seconds=5))
        alarms.look_round(small_hall.hall.pk, THE_HALL, new_key())
        assert Alarm.objects.get(kind="clerk_gone", cleared_at=None).data["label"] == "A001"
        windows.leave(small_hall.hall.pk, other, new_key(), window=2)
        windows.sit(small_hall.hall.pk, other, new_key(), window=1, take_over=True)
        alarms.look_round(small_hall.hall.pk, THE_HALL, new_key())
        assert not Alarm.objects.filter(kind="clerk_gone", cleared_at=None).exists()
        clock.shift(timedelta(minutes=6))
        small_hall.people["clerk1"] = small_hall.people["clerk2"]
        small_hall.say("finish")
        call = Call.objects.get(ticket__label="A001")
        assert (call.started_at, call.ended_at) == (began, timezone.now())


# What a look leaves for the auditor: that it was taken, nothing else.
SIGHTS = {"export.made", "evidence.seen"}


@pytest.mark.slow
def test_13_no_get_changes_anything_and_a_bulk_change_touches_only_what_it_names(
    small_hall: SmallHall,
) -> None:
    answers = [small_hall.issue() for _ in range(4)]
    client, head = signed_in(small_hall), small_hall.fresh().seq
    said = {"Accept": "application/json"}
    for route in all_pages():
        if not route.startswith(("sign-out", "admin/", "api/")):
            client.get(address(route), headers=said)
            lines = Event.objects.filter(hall=small_hall.hall, seq__gt=head)
            assert set(lines.values_list("kind", flat=True)) <= SIGHTS, route
    named = [answers[0]["ticket"], answers[2]["ticket"]]
    by = small_hall.actor("manager")
    moving.redirect(small_hall.hall.pk, by, new_key(), tickets=named, reason="少等", service="invoice")
    moved = Ticket.objects.filter(service__code="invoice").order_by("pk")
    assert list(moved.values_list("pk", flat=True)) == named
    bare = Client(enforce_csrf_checks=True)
    bare.force_login(small_hall.people["manager"])
    body = json.dumps({"key": new_key(), "open": False})
    answer = bare.post("/small/manager/hall/", body, content_type="application/json", headers=said)
    assert (answer.status_code, small_hall.fresh().is_open) == (403, True)


@pytest.mark.slow
def test_16_what_staff_or_citizens_type_is_never_shown_as_html(small_hall: SmallHall) -> None:
    hall, manager = small_hall.hall.pk, small_hall.actor("manager")
    answer = small_hall.issue(note=HOSTILE)
    small_hall.call_next(1)
    small_hall.say("park", reason=HOSTILE)
    small_hall.issue(note=HOSTILE)
    small_hall.call_next(1)
    fallback.refuse(hall, small_hall.at(1), new_key(), window=1, kind="other", words=HOSTILE)
    small_hall.say("pause", reason=HOSTILE)
    messages.send(hall, manager, new_key(), window=1, text=HOSTILE)
    notices.put(hall, manager, new_key(), zh=HOSTILE, minutes=30, places=["board", "kiosk", "ticket"])
    case: dict[str, Any] = {
        "kind": "slow",
        "channel": "window",
        "failed": HOSTILE,
        "wish": HOSTILE,
        "name": HOSTILE[:40],
    }
    concern = concerns.raise_concern(hall, small_hall.at(1), new_key(), ticket=answer["ticket"], **case)
    own = [
        f"t/{answer['token']}/",
        f"small/tickets/{answer['ticket']}/",
        f"small/concerns/{concern['concern']}/",
    ]
    client, shown = signed_in(small_hall), 0
    for route in [*all_pages(), *own]:
        page = client.get(address(route))
        if page.status_code == 200 and "html" in page["Content-Type"]:
            content = page.content.decode()
            shown += "张三" in content
            assert "<b onmouseover" not in content, route
    assert shown >= 3, "the words are there, as words"
