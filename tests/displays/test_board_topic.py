"""What a board and a window screen show, computed from the hall as it stands."""

from __future__ import annotations

import json
from typing import Any

import pytest

from displays.spoken import last_phrase, voice_of
from displays.topics import MOST_CALLS
from hallqueue.live.rights import may_look
from hallqueue.models import Call, Department, Device, Ticket, Window
from hallqueue.topics import Topic, frame_of
from hallqueue.topics.reading import Reading
from hallqueue.web.access import Viewer
from tests.hall import SmallHall, make_small_hall


def frame(hall: SmallHall, kind: str = "board", name: str = "main") -> dict[str, Any]:
    found = frame_of(Reading(hall.fresh()), Topic(kind, "small", name))
    assert found is not None
    data: dict[str, Any] = found["data"]
    return data


def labels(hall: SmallHall, name: str = "main") -> list[str]:
    return [call["label"] for call in frame(hall, name=name)["calls"]]


def test_newest_call_is_on_top(small_hall: SmallHall) -> None:
    for service in ("id-card", "invoice", "housing"):
        small_hall.issue(service)
    for window in (1, 2, 3):
        small_hall.call_next(window)
    assert labels(small_hall) == ["C001", "B001", "A001"]


def test_recall_comes_back_to_the_top_and_counts(small_hall: SmallHall) -> None:
    small_hall.issue("id-card")
    small_hall.issue("invoice")
    small_hall.call_next(1)
    small_hall.call_next(2)
    small_hall.say("recall", 1)
    newest = frame(small_hall)["calls"][0]
    assert (newest["label"], newest["said"]) == ("A001", 2)


def test_call_says_where_to_go(small_hall: SmallHall) -> None:
    small_hall.issue("housing")
    small_hall.call_next(3)
    call = frame(small_hall)["calls"][0]
    way = {"zh": "右侧", "mn": "", "en": ""}
    assert (call["window"], call["way"], call["state"]) == (3, way, "called")


@pytest.mark.parametrize(
    ("verbs", "state"),
    [
        (["start"], "serving"),
        (["start", "finish"], "done"),
        (["no_show"], "missed"),
    ],
)
def test_call_stays_on_the_board_with_what_became_of_it(
    small_hall: SmallHall, verbs: list[str], state: str
) -> None:
    small_hall.issue()
    small_hall.call_next()
    for verb in verbs:
        small_hall.say(verb)
    assert frame(small_hall)["calls"][0]["state"] == state


def test_call_that_was_undone_was_never_made(small_hall: SmallHall) -> None:
    called = small_hall.issue() and small_hall.call_next()
    small_hall.say("undo", ticket=called["ticket"])
    assert frame(small_hall)["calls"] == []


def test_no_more_than_the_last_calls_are_in_the_frame(small_hall: SmallHall) -> None:
    for _ in range(MOST_CALLS + 2):
        small_hall.issue()
        small_hall.call_next()
        small_hall.say("start")
        small_hall.say("finish")
    assert labels(small_hall) == [f"A{number:03d}" for number in range(14, 2, -1)]


def test_calls_of_an_earlier_day_are_gone(small_hall: SmallHall) -> None:
    small_hall.issue()
    small_hall.call_next()
    Call.objects.update(business_date="2020-01-01")
    assert labels(small_hall) == []


def area(zone: str, waiting: int) -> dict[str, Any]:
    """A zone as a board shows it in a hall that has worded no zone in another language."""
    return {"zone": zone, "name": {"zh": zone, "mn": "", "en": ""}, "waiting": waiting}


def test_board_of_a_zone_shows_its_windows_only(small_hall: SmallHall) -> None:
    small_hall.issue("id-card")
    small_hall.issue("housing")
    small_hall.call_next(1)
    small_hall.call_next(3)
    small_hall.issue("housing")
    assert labels(small_hall, "B区") == ["C001"]
    assert frame(small_hall, name="B区")["areas"] == [area("B区", 1)]


def test_who_waits_for_a_window_of_another_zone_than_its_department_counts_where_that_window_stands(
    small_hall: SmallHall,
) -> None:
    Department.objects.filter(name="公安局").update(zone="A区")
    Department.objects.filter(name="住建局").update(zone="C区")
    small_hall.issue("id-card")
    small_hall.issue("housing")
    found = {each["zone"]: each["waiting"] for each in frame(small_hall)["areas"]}
    assert found == {"A区": 1, "B区": 1}


def test_there_is_no_board_of_an_unknown_zone(small_hall: SmallHall) -> None:
    assert frame_of(Reading(small_hall.fresh()), Topic("board", "small", "Z区")) is None


def test_everybody_who_waits_is_counted_in_one_area(small_hall: SmallHall) -> None:
    for service in ("id-card", "invoice", "housing", "housing"):
        small_hall.issue(service)
    small_hall.call_next(1)
    small_hall.say("transfer", 1, reason="材料不全", fallback=True)
    assert frame(small_hall)["areas"] == [area("A区", 1), area("B区", 3)]
    waiting = Ticket.objects.filter(hall=small_hall.hall, state="waiting").count()
    assert sum(area["waiting"] for area in frame(small_hall)["areas"]) == waiting


def test_two_frames_of_one_seq_are_equal(small_hall: SmallHall) -> None:
    small_hall.issue()
    small_hall.call_next()
    assert frame(small_hall) == frame(small_hall)
    assert frame(small_hall, "screen", "1") == frame(small_hall, "screen", "1")


def test_frames_carry_no_person(small_hall: SmallHall) -> None:
    small_hall.issue(note="王女士 13800000000")
    small_hall.call_next()
    shown = json.dumps([frame(small_hall), frame(small_hall, "screen", "1")], ensure_ascii=False)
    ticket = Ticket.objects.get()
    assert "13800000000" not in shown
    assert ticket.token not in shown
    assert "clerk1" not in shown


def test_a_call_names_its_sound_and_the_hall_finds_it_again(small_hall: SmallHall) -> None:
    small_hall.issue()
    small_hall.call_next()
    key = frame(small_hall)["calls"][0]["sound"]
    phrase = last_phrase(small_hall.hall, key)
    assert phrase is not None
    assert phrase.text == "请A零零一号 到一号窗口 办理"
    assert voice_of(small_hall.fresh()).speech.key_for(phrase) == key


def test_the_fallback_window_is_named_in_its_sound(small_hall: SmallHall) -> None:
    small_hall.issue()
    small_hall.call_next()
    small_hall.say("transfer", 1, reason="材料不全", fallback=True)
    small_hall.call_next(9)
    call = frame(small_hall)["calls"][0]
    phrase = last_phrase(small_hall.hall, call["sound"])
    assert call["fallback"] is True
    assert phrase is not None
    assert phrase.text == "请A零零一号 到九号兜底窗口 办理"


def test_a_sound_of_another_hall_is_not_found(small_hall: SmallHall) -> None:
    small_hall.issue()
    small_hall.call_next()
    other = make_small_hall(slug="other")
    assert last_phrase(other.hall, frame(small_hall)["calls"][0]["sound"]) is None


def test_screen_shows_whom_its_window_calls_and_who_is_next(small_hall: SmallHall) -> None:
    for _ in range(3):
        small_hall.issue()
    small_hall.call_next(1)
    shown = frame(small_hall, "screen", "1")
    assert (shown["current"]["label"], shown["current"]["state"]) == ("A001", "called")
    assert (shown["next"], shown["waiting"]) == (["A002", "A003"], 2)
    assert shown["window"]["services"] == [{"zh": "居民身份证换领", "mn": "", "en": "Identity card"}]
    small_hall.say("start")
    assert frame(small_hall, "screen", "1")["current"]["state"] == "serving"


def test_screen_says_that_its_window_pauses(small_hall: SmallHall) -> None:
    small_hall.say("pause", 1, reason="设备检修")
    shown = frame(small_hall, "screen", "1")["window"]
    assert (shown["state"], shown["reason"]) == (Window.State.PAUSED, "设备检修")


def test_screen_says_that_its_window_is_retired(small_hall: SmallHall) -> None:
    small_hall.issue()
    Window.objects.filter(hall=small_hall.hall, number=2).update(state=Window.State.RETIRED)
    shown = frame(small_hall, "screen", "2")
    assert (shown["window"]["state"], shown["current"], shown["waiting"]) == (Window.State.RETIRED, None, 0)


def test_there_is_no_screen_of_an_unknown_window(small_hall: SmallHall) -> None:
    assert frame_of(Reading(small_hall.fresh()), Topic("screen", "small", "77")) is None


def paired(hall: SmallHall, kind: str, window: int | None = None) -> Viewer:
    seat = Window.objects.get(hall=hall.hall, number=window) if window else None
    device = Device.objects.create(hall=hall.hall, kind=kind, name="x", window=seat, token_hash=kind)
    return Viewer(None, {kind: device})


def test_a_window_screen_looks_at_its_own_window_only(small_hall: SmallHall) -> None:
    viewer = paired(small_hall, "screen", window=2)
    assert may_look(viewer, Topic("screen", "small", "2"), small_hall.hall)
    assert not may_look(viewer, Topic("screen", "small", "1"), small_hall.hall)
    assert not may_look(viewer, Topic("board", "small", "main"), small_hall.hall)


def test_a_screen_without_a_window_sees_none(small_hall: SmallHall) -> None:
    assert not may_look(paired(small_hall, "screen"), Topic("screen", "small", "1"), small_hall.hall)


def test_a_board_looks_at_every_zone_of_its_own_hall(small_hall: SmallHall) -> None:
    viewer = paired(small_hall, "board")
    other = make_small_hall(slug="other")
    assert may_look(viewer, Topic("board", "small", "A区"), small_hall.hall)
    assert not may_look(viewer, Topic("board", "other", "main"), other.hall)
