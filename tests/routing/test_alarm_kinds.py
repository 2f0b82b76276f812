"""What raises an alarm, and what ends it: each kind once, without waiting for anything."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.utils import timezone

from hallqueue.actions import people, windows
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.house import setup
from hallqueue.actions.line import calling, tickets
from hallqueue.actions.round import alarms
from hallqueue.models import Alarm, Device, Presence, Service, Ticket, Window, WindowService
from hallqueue.topics.hall import tickets_frame
from hallqueue.topics.reading import Reading
from tests.hall import SmallHall

pytestmark = pytest.mark.both_databases


def later(minutes: float) -> datetime:
    return timezone.now() + timedelta(minutes=minutes)


def due(small: SmallHall, minutes: float = 0) -> set[tuple[str, str]]:
    return alarms.due_alarms(small.fresh(), later(minutes))


def test_an_open_window_with_people_and_nobody_there(small_hall: SmallHall) -> None:
    small_hall.issue("housing")
    small_hall.say("leave", 3)
    windows.open_window(small_hall.hall.pk, small_hall.actor("manager"), new_key(), window=3)
    assert due(small_hall) == {("empty_window", "window:3")}
    small_hall.say("sit", 3)
    assert due(small_hall) == set()


def test_one_person_before_several_empty_windows_is_one_alarm_that_names_them_all(
    small_hall: SmallHall,
) -> None:
    manager = small_hall.actor("manager")
    first = small_hall.issue("id-card")
    for window in (1, 2, 3):
        small_hall.say("leave", window)
        windows.open_window(small_hall.hall.pk, manager, new_key(), window=window)
    assert due(small_hall) == {("empty_window", "window:1")}
    small_hall.issue("invoice")  # which only window 2 takes
    small_hall.issue("housing")
    assert due(small_hall) == {("empty_window", "window:1"), ("empty_window", "window:3")}
    alarms.look_round(small_hall.hall.pk, THE_HALL, new_key())
    together, alone = Alarm.objects.order_by("subject")
    assert (together.data["windows"], together.data["label"]) == ([1, 2], first["label"])
    assert (alone.data["windows"], alone.data["label"]) == ([3], "C001")
    small_hall.say("sit", 1)
    assert due(small_hall) == {("empty_window", "window:2"), ("empty_window", "window:3")}


def test_an_empty_window_that_joins_others_after_their_alarm_is_told_too(small_hall: SmallHall) -> None:
    manager = small_hall.actor("manager")
    for window in (1, 2):
        small_hall.say("leave", window)
        windows.open_window(small_hall.hall.pk, manager, new_key(), window=window)
    windows.close(small_hall.hall.pk, manager, new_key(), window=2)
    small_hall.issue("id-card")
    look = partial(alarms.look_round, small_hall.hall.pk, THE_HALL)
    assert look(new_key()) == {"raised": 1, "cleared": 0}
    windows.open_window(small_hall.hall.pk, manager, new_key(), window=2)
    assert due(small_hall) == {("empty_window", "window:1"), ("empty_window", "window:2")}
    assert look(new_key()) == {"raised": 1, "cleared": 0}
    assert [alarm.data["windows"] for alarm in Alarm.objects.order_by("pk")] == [[1], [2]]
    assert look(new_key()) == {"raised": 0, "cleared": 0}
    small_hall.say("sit", 1)
    assert look(new_key()) == {"raised": 0, "cleared": 1}
    small_hall.say("sit", 2)
    assert look(new_key()) == {"raised": 0, "cleared": 1}


def test_who_was_sent_to_a_window_that_closed_is_named_with_the_window_not_with_the_service(
    small_hall: SmallHall,
) -> None:
    small_hall.issue("housing")
    small_hall.call_next(3)
    small_hall.say("transfer", 3, to_window=2, reason="熟悉情况")
    small_hall.say("close", 2)
    assert due(small_hall) == {("sent_to_closed", "window:2")}
    alarms.look_round(small_hall.hall.pk, THE_HALL, new_key())
    told = Alarm.objects.get().data
    assert (told["window"], told["label"]) == (2, "C001")
    small_hall.say("open_window", 2)
    assert due(small_hall) == set()


def test_with_no_window_at_all_there_is_one_alarm_for_everybody_who_is_stranded(
    small_hall: SmallHall,
) -> None:
    for service in ("id-card", "housing", "invoice"):
        small_hall.issue(service)
    small_hall.call_next(2)
    small_hall.say("transfer", 2, to_window=3, reason="熟悉情况")
    for window in (1, 2, 3):
        small_hall.say("close", window)
    assert {kind for kind, _ in due(small_hall)} == {"no_window", "sent_to_closed"}
    small_hall.say("close", 9)
    assert due(small_hall) == {("stranded", "hall")}


def test_services_that_lose_their_windows_at_one_stroke_are_one_alarm_that_names_them_all(
    small_hall: SmallHall,
) -> None:
    first = small_hall.issue("invoice")
    for service in ("id-card", "housing"):
        small_hall.issue(service)
    named = {each.code: each for each in Service.objects.all()}
    for window in (1, 2):
        small_hall.say("close", window)
    alarms.look_round(small_hall.hall.pk, THE_HALL, new_key())
    power = Alarm.objects.get()
    told = [[named[code].pk, named[code].name] for code in ("id-card", "invoice")]
    assert (power.kind, power.data["services"]) == ("no_window", sorted(told))
    assert (power.data["service"], power.data["label"]) == (named["invoice"].name, first["label"])
    small_hall.say("close", 3)
    assert alarms.look_round(small_hall.hall.pk, THE_HALL, new_key()) == {"raised": 1, "cleared": 0}
    later_one = Alarm.objects.exclude(pk=power.pk).get()
    assert later_one.data["services"] == [[named["housing"].pk, named["housing"].name]]
    small_hall.say("open_window", 1)
    assert alarms.look_round(small_hall.hall.pk, THE_HALL, new_key()) == {"raised": 0, "cleared": 0}
    small_hall.say("open_window", 2)
    assert alarms.look_round(small_hall.hall.pk, THE_HALL, new_key()) == {"raised": 0, "cleared": 1}
    assert {kind for kind, _ in due(small_hall)} == {"no_window"}
    small_hall.say("open_window", 3)
    assert due(small_hall) == set()


def test_the_people_of_several_services_stand_in_one_list(small_hall: SmallHall) -> None:
    labels = [small_hall.issue(service)["label"] for service in ("invoice", "id-card", "housing")]
    ids = [Service.objects.get(code=code).pk for code in ("id-card", "invoice")]
    frame = tickets_frame(Reading(small_hall.fresh()), f"services-{ids[0]}.{ids[1]}")
    assert frame is not None
    assert [row["label"] for row in frame["tickets"]] == labels[:2]
    for name in ("services-", "services-x", f"services-{ids[0]}.99999"):
        assert tickets_frame(Reading(small_hall.fresh()), name) is None


def test_a_clerk_who_calls_nobody_while_people_wait(small_hall: SmallHall) -> None:
    small_hall.issue("housing")
    assert due(small_hall, 4.9) == set()
    assert due(small_hall, 5.1) == {("idle_window", "window:3")}
    with time_machine.travel(later(5.1), tick=False):
        small_hall.issue("housing")
        small_hall.call_next(3)
        assert due(small_hall) == set()
        small_hall.say("no_show", 3)
        assert due(small_hall, 4) == set()
        assert due(small_hall, 5.1) == {("idle_window", "window:3")}
        small_hall.say("pause", 3, reason="午休")
        assert ("idle_window", "window:3") not in due(small_hall, 5.1)


def test_who_came_a_moment_ago_makes_no_window_idle(small_hall: SmallHall) -> None:
    with time_machine.travel(later(30), tick=False):
        small_hall.issue("housing")
        assert due(small_hall) == set()


def test_a_device_that_was_connected_and_is_gone(small_hall: SmallHall) -> None:
    made = {"kind": "board", "name": "东门大屏", "token_hash": "x" * 64}
    device = people.enrol(small_hall.hall.pk, THE_HALL, new_key(), **made)["device"]
    assert due(small_hall, 60) == set()
    now = timezone.now()
    here = Presence.objects.create(hall=small_hall.hall, subject=f"device:{device}", seen_at=now)
    assert due(small_hall) == set()
    assert due(small_hall, 0.25) == {("device_down", f"device:{device}")}
    here.gone_at = now
    here.save()
    assert due(small_hall, 0.02) == set()
    assert due(small_hall, 0.06) == {("device_down", f"device:{device}")}
    with time_machine.travel(later(0.1), tick=False):
        alarms.look_round(small_hall.hall.pk, THE_HALL, new_key())
    assert Alarm.objects.get().data["name"] == "东门大屏"
    Device.objects.update(revoked_at=now)
    assert due(small_hall, 1) == set()


def test_a_browser_that_is_gone_with_somebody_at_the_window(small_hall: SmallHall) -> None:
    clerk = small_hall.people["clerk1"]
    seen = later(0.1)
    Presence.objects.create(hall=small_hall.hall, subject=f"clerk:1:{clerk.pk}", seen_at=seen, gone_at=seen)
    assert due(small_hall, 1) == set()
    small_hall.issue()
    small_hall.call_next(1)
    assert due(small_hall, 1) == {("clerk_gone", "window:1")}
    small_hall.say("no_show", 1)
    assert due(small_hall, 1) == set()


def wait_long(small: SmallHall, *services: str, minutes: int = 60) -> list[str]:
    """Somebody has waited for each of these services so long, the first of them the longest; their numbers."""
    labels = [small.issue(service)["label"] for service in services]
    for place, label in enumerate(labels):
        Ticket.objects.filter(label=label).update(issued_at=later(place - minutes))
    return labels


def long_wait() -> Alarm:
    return Alarm.objects.get(kind="long_wait", cleared_at=None)


def test_services_over_the_limit_are_one_alarm_that_grows_and_shrinks_with_them(
    small_hall: SmallHall,
) -> None:
    look = partial(alarms.look_round, small_hall.hall.pk, THE_HALL, kinds=["long_wait"])
    named = dict(Service.objects.values_list("code", "name"))
    first, second = wait_long(small_hall, "invoice", "id-card")
    assert look(new_key()) == {"raised": 1, "cleared": 0}
    alarm = long_wait()
    assert {name for _, name in alarm.data["services"]} == {named["invoice"], named["id-card"]}
    assert (alarm.data["service"], alarm.data["label"]) == (named["invoice"], first)
    wait_long(small_hall, "housing", minutes=50)
    moved = partial(alarms.alarms_moved, kinds=["long_wait"])
    assert moved(small_hall.fresh(), timezone.now())
    assert look(new_key()) == {"raised": 0, "cleared": 0}
    assert len(long_wait().data["services"]) == 3
    assert not moved(small_hall.fresh(), timezone.now())
    small_hall.call_next(2)
    look(new_key())
    assert {name for _, name in long_wait().data["services"]} == {named["housing"], named["id-card"]}
    assert long_wait().data["label"] == second
    small_hall.call_next(1)
    small_hall.call_next(3)
    assert look(new_key()) == {"raised": 0, "cleared": 1}
    assert Alarm.objects.get().pk == alarm.pk


def test_an_alarm_that_names_a_service_more_is_to_be_seen_again_and_one_that_names_less_is_not(
    small_hall: SmallHall,
) -> None:
    look = partial(alarms.look_round, small_hall.hall.pk, THE_HALL, kinds=["long_wait"])
    wait_long(small_hall, "invoice", "id-card")
    look(new_key())
    see = partial(alarms.acknowledge, small_hall.hall.pk, small_hall.actor("manager"))
    see(new_key(), alarm=long_wait().pk)
    small_hall.call_next(2)
    look(new_key())
    assert long_wait().acknowledged_by, "a service less is nothing new"
    wait_long(small_hall, "housing")
    look(new_key())
    assert (long_wait().acknowledged_by, long_wait().acknowledged_at) == ("", None)
    see(new_key(), alarm=long_wait().pk)
    small_hall.issue("housing")
    look(new_key())
    assert long_wait().acknowledged_by, "one more who waits for the same is nothing new"


def test_an_alarm_names_who_waits_now_not_who_was_called_since(small_hall: SmallHall) -> None:
    first, second = (small_hall.issue("housing")["label"] for _ in range(2))
    with time_machine.travel(later(6), tick=False):
        alarms.look_round(small_hall.hall.pk, THE_HALL, new_key(), kinds=["idle_window"])
        assert Alarm.objects.get().data["label"] == first
        gone = Ticket.objects.get(label=first).pk
        tickets.cancel(small_hall.hall.pk, small_hall.actor("manager"), new_key(), ticket=gone)
        alarms.look_round(small_hall.hall.pk, THE_HALL, new_key(), kinds=["idle_window"])
        assert Alarm.objects.get().data["label"] == second


def test_the_fallback_windows_own_service_is_not_one_without_a_window_while_it_is_open(
    small_hall: SmallHall,
) -> None:
    for window in (3, 9):
        small_hall.say("leave", window)
    WindowService.objects.filter(window__number=3).update(window=Window.objects.get(number=9))
    small_hall.say("sit", 9)
    small_hall.say("open_window", 9)
    small_hall.issue("housing")
    assert due(small_hall) == set()
    small_hall.say("close", 9)
    assert {kind for kind, _ in due(small_hall)} == {"stranded"}


def test_empty_windows_joined_by_one_that_was_left_just_now_are_named_each_in_their_own_alarm(
    small_hall: SmallHall,
) -> None:
    for window in (1, 2, 3):
        small_hall.say("leave", window)
        windows.open_window(small_hall.hall.pk, small_hall.actor("manager"), new_key(), window=window)
    takes = partial(setup.map_services, small_hall.hall.pk, THE_HALL)
    takes(new_key(), window=2, takes=[["id-card", 0], ["housing", 0]])
    small_hall.issue("housing")
    manager = small_hall.actor("manager")
    for verb in (calling.call_next, calling.no_show):
        verb(small_hall.hall.pk, manager, new_key(), window=2)
    for service in ("id-card", "housing"):
        small_hall.issue(service)
    assert due(small_hall) == {("empty_window", "window:1"), ("empty_window", "window:3")}
    alarms.look_round(small_hall.hall.pk, THE_HALL, new_key())
    named = {tuple(alarm.data["windows"]): alarm.data["label"] for alarm in Alarm.objects.all()}
    assert named == {(1,): "A001", (3,): "C002"}
