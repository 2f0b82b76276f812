"""Policies, the guard, classes and languages in a living hall: what the preview says is what `next` does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.house import policies, rules, setup
from hallqueue.errors import Refused
from hallqueue.models import Call, Event, Service, Ticket, Window
from hallqueue.order import HALL, Rules
from hallqueue.routing import line
from hallqueue.stories import reason_told
from hallqueue.topics.preview import next_under
from hallqueue.topics.queue import queue_of
from hallqueue.topics.reading import Reading
from hallqueue.topics.window import window_frame
from hallqueue.watch import Watch
from tests.hall import SmallHall, make_small_hall
from tests.invariants import check

pytestmark = pytest.mark.both_databases

MORNING = datetime(2030, 3, 4, 1, 0, tzinfo=UTC)


def labels(small: SmallHall, window: int) -> list[str]:
    return [ticket.label for ticket in line(small.hall.windows.select_related("hall").get(number=window))]


def preview(small: SmallHall, window: int = 1) -> dict[str, Any]:
    Reading._catalogues.clear()
    reading = Reading(small.fresh())
    return queue_of(reading, Window.objects.get(hall=small.hall, number=window)).next_row() or {}


def set_policy(small: SmallHall, **details: Any) -> None:
    policies.set_policy(small.hall.pk, THE_HALL, new_key(), **details)


def set_rules(small: SmallHall, window: int, **details: Any) -> None:
    rules.set_window_rules(small.hall.pk, THE_HALL, new_key(), window=window, **details)


def call(small: SmallHall, window: int = 1) -> str:
    """The preview, then the call: they are one."""
    shown = preview(small, window)
    called = small.call_next(window)
    event = Event.objects.filter(kind="ticket.called").latest("seq")
    assert (shown["label"], shown["code"]) == (called["label"], event.data["order"])
    return str(called["label"])


def serve(small: SmallHall, window: int = 1) -> str:
    label = call(small, window)
    small.say("start", window)
    small.say("finish", window)
    return label


def test_two_priority_people_then_one_ordinary(small_hall: SmallHall) -> None:
    set_policy(small_hall, kind="ratio", preferred=2, ordinary=1)
    for priority in ("", "", "", "elderly", "elderly", "elderly", "elderly"):
        small_hall.issue(priority=priority)
    assert labels(small_hall, 1) == ["A004", "A005", "A001", "A006", "A007", "A002", "A003"]
    assert [serve(small_hall) for _ in range(7)] == [
        "A004",
        "A005",
        "A001",
        "A006",
        "A007",
        "A002",
        "A003",
    ]
    check(small_hall.hall)


def test_the_turn_counts_over_all_windows_and_an_undone_call_gives_it_back(small_hall: SmallHall) -> None:
    set_policy(small_hall, kind="ratio", preferred=1, ordinary=1)
    for priority in ("", "", "elderly", "elderly"):
        small_hall.issue(priority=priority)
    assert call(small_hall, 1) == "A003"
    assert preview(small_hall, 2)["label"] == "A001"
    ticket = Ticket.objects.get(label="A003")
    small_hall.say("undo", 1, ticket=ticket.pk)
    assert preview(small_hall, 2) | {"turn": "", "rank": ""} == {
        "ticket": ticket.pk,
        "label": "A003",
        "code": "turn",
        "turn": "",
        "number": 1,
        "of": 1,
        "rank": "",
    }


def test_a_pick_takes_nobodys_turn(small_hall: SmallHall) -> None:
    set_policy(small_hall, kind="ratio", preferred=1, ordinary=1)
    for priority in ("", "", "elderly", "elderly"):
        small_hall.issue(priority=priority)
    picked = Ticket.objects.get(label="A004")
    small_hall.say("pick", 1, ticket=picked.pk, reason="行动不便")
    assert Call.objects.get().scope is None
    assert preview(small_hall, 2)["label"] == "A003"


def test_a_series_keeps_its_own_policy_and_its_own_turns(small_hall: SmallHall) -> None:
    set_policy(small_hall, series="A", kind="ratio", preferred=1, ordinary=1)
    setup.map_services(
        small_hall.hall.pk, THE_HALL, new_key(), window=1, takes=[("id-card", 0), ("invoice", 0)]
    )
    for code, priority in (("id-card", ""), ("id-card", "elderly"), ("id-card", "elderly"), ("invoice", "")):
        small_hall.issue(code, priority=priority)
    assert labels(small_hall, 1) == ["A002", "A001", "A003", "B001"]
    policies.drop_policy(small_hall.hall.pk, THE_HALL, new_key(), series="A")
    assert labels(small_hall, 1) == ["A002", "A003", "A001", "B001"]


def test_who_waits_over_the_guard_goes_first_by_an_event_of_the_halls_own_round(db: None) -> None:
    with time_machine.travel(MORNING, tick=False) as traveller:
        small = make_small_hall()
        set_policy(small, guard_minutes=40)
        small.issue("id-card")
        traveller.shift(timedelta(minutes=39))
        small.issue("invoice", priority="elderly")
        Watch().look()
        assert preview(small, 2)["label"] == "B001"
        traveller.shift(timedelta(minutes=1))
        Watch().look()
        told = Event.objects.get(kind="ticket.aged")
        assert (told.data["reason"], told.data["minutes"], told.by) == ("guard", 40, "hall")
        assert reason_told(told.data, "zh") == "等满了大厅规定的最长时间"
        head = small.fresh().seq
        Watch().look()
        assert small.fresh().seq == head, "a quiet hall writes nothing"
        assert (preview(small, 2)["label"], preview(small, 2)["code"]) == ("A001", "guard")
        assert call(small, 2) == "A001"
        small.say("no_show", 2)
        assert Ticket.objects.get(label="A001").precedence == 50
        check(small.hall)


def test_ageing_lifts_step_by_step_and_an_undone_call_keeps_what_waiting_gave(db: None) -> None:
    with time_machine.travel(MORNING, tick=False) as traveller:
        small = make_small_hall()
        set_policy(small, kind="ageing", ageing_minutes=10, guard_minutes=0)
        old = small.ticket(small.issue())
        for place in (40, 30, 20, 20):
            traveller.shift(timedelta(minutes=10))
            Watch().look()
            assert Ticket.objects.get(pk=old.pk).precedence == place
        assert reason_told(Event.objects.filter(kind="ticket.aged")[0].data, "zh") == "等满一段时间，升一级"
        small.issue(priority="elderly")
        assert call(small) == "A001"
        small.say("undo", 1, ticket=old.pk)
        assert (preview(small)["label"], preview(small)["code"]) == ("A001", "aged")
        check(small.hall)


def test_what_waiting_gave_stays_under_another_policy_and_the_preview_of_that_one_knows(db: None) -> None:
    with time_machine.travel(MORNING, tick=False) as traveller:
        small = make_small_hall()
        set_policy(small, kind="ageing", ageing_minutes=10, guard_minutes=0)
        small.issue()
        traveller.shift(timedelta(minutes=30))
        Watch().look()
        small.issue(priority="elderly")
        Reading._catalogues.clear()
        shown = next_under(Reading(small.fresh()), HALL, Rules(guard_minutes=0))
        set_policy(small, kind="strict", guard_minutes=0)
        assert [row["label"] for row in shown] == [serve(small), serve(small)] == ["A001", "A002"]
        assert [row["code"] for row in shown] == ["aged", "class"]


def test_a_window_for_appointments_leaves_the_others_and_nobody_is_without_a_window(
    small_hall: SmallHall,
) -> None:
    small_hall.issue("housing")
    set_rules(small_hall, 3, services=[["housing", 0]], classes=["appointment"])
    assert (labels(small_hall, 3), labels(small_hall, 9)) == ([], ["C001"])
    with pytest.raises(Refused, match="no_window_open"):
        small_hall.issue("housing")
    set_rules(small_hall, 3, services=[["housing", 0]], classes=["appointment", "ordinary"])
    assert (labels(small_hall, 3), labels(small_hall, 9)) == (["C001"], [])
    check(small_hall.hall)


def test_mongolian_speakers_are_left_to_the_window_that_speaks_while_it_is_open(
    small_hall: SmallHall,
) -> None:
    set_rules(small_hall, 2, services=[["id-card", 0]], languages=["mn"])
    small_hall.issue(language="mn")
    small_hall.issue()
    assert (labels(small_hall, 1), labels(small_hall, 2)) == (["A002"], ["A001", "A002"])
    small_hall.say("pause", 2, reason="午休")
    assert labels(small_hall, 1) == ["A001", "A002"]
    small_hall.say("open_window", 2)
    Ticket.objects.filter(label="A001").update(precedence=5)
    assert labels(small_hall, 1) == ["A001", "A002"], "over the guard anybody takes them"


def test_a_department_taken_whole_brings_what_is_added_to_it_later(small_hall: SmallHall) -> None:
    set_rules(small_hall, 1, departments=[["公安局", 0]], groups=[], everything=None)
    row = {"code": "passport", "department": "公安局", "series": "A", "name": "护照", "group": "出入境"}
    setup.load_services(small_hall.hall.pk, THE_HALL, new_key(), rows=[row])
    small_hall.issue("passport")
    assert labels(small_hall, 1) == ["A001"]
    set_rules(small_hall, 3, groups=[["出入境", 1]], services=[["housing", 0]])
    assert preview(small_hall, 3) | {"ticket": 0} == {
        "ticket": 0,
        "label": "A001",
        "code": "place",
        "turn": "ordinary",
        "number": 0,
        "of": 0,
        "rank": "helps",
    }
    moved = row | {"group": ""}
    setup.load_services(small_hall.hall.pk, THE_HALL, new_key(), rows=[moved])
    assert labels(small_hall, 3) == []


def test_a_window_of_everything_takes_whatever_there_is_but_by_hand_ranks_count(
    small_hall: SmallHall,
) -> None:
    set_rules(small_hall, 1, everything=1, services=[["id-card", 0]])
    small_hall.issue("invoice")
    small_hall.issue("id-card")
    assert labels(small_hall, 1) == ["A001", "B001"]
    assert Window.objects.get(number=1).services.count() == Service.objects.count()


def test_only_managers_change_rules_and_order(small_hall: SmallHall) -> None:
    clerk = small_hall.actor("clerk1")
    with pytest.raises(Refused, match="not_allowed"):
        rules.set_window_rules(small_hall.hall.pk, clerk, new_key(), window=1, everything=0)
    with pytest.raises(Refused, match="not_allowed"):
        policies.set_policy(small_hall.hall.pk, clerk, new_key(), kind="strict")


def test_who_was_sent_to_a_window_that_closed_was_not_sent_to_the_fallback_window(
    small_hall: SmallHall,
) -> None:
    small_hall.issue("housing")
    small_hall.call_next(3)
    small_hall.say("transfer", 3, to_window=2, reason="熟悉情况")
    assert preview(small_hall, 2)["code"] == "sent"
    small_hall.say("close", 2)
    assert preview(small_hall, 9)["code"] == "class"
    frame = window_frame(Reading(small_hall.fresh()), "9")
    assert frame is not None
    (row,) = frame["line"]["first"]
    assert (row["sent"], row["why"]["code"]) == (False, "window_closed")
    assert call(small_hall, 9) == "C001"
