"""Bad input of windows, routing and the calendar: one clear sentence each, in two languages, and nothing half done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from hallqueue.actions import windows
from hallqueue.actions.command import Actor, new_key
from hallqueue.actions.house import calendar, fallback_policy, policies, rules, setup, slots
from hallqueue.actions.line import journeys, tickets
from hallqueue.errors import Refused
from hallqueue.models import (
    CalendarDay,
    CalendarYear,
    FallbackPolicy,
    Hours,
    Journey,
    Policy,
    Slot,
    WindowService,
)
from hallqueue.texts import text
from tests.hall import SmallHall

pytestmark = pytest.mark.both_databases

Say = Callable[[int, Actor], Any]
TOMORROW = (timezone.localdate() + timedelta(days=2)).isoformat()
SLOT = {"service": "housing", "day": TOMORROW, "capacity": 1}


def said(verb: Any, **details: Any) -> Say:
    return lambda hall, by: verb(hall, by, new_key(), **details)


# What is said, the code of its refusal, and a part of the sentence.
CASES: list[tuple[Say, str, str]] = [
    (said(rules.set_window_rules, window=1), "window_takes_nothing", "1"),
    (said(rules.set_window_rules, window=1, services=[["nothing", 0]]), "unknown_service", "没有找到"),
    (said(rules.set_window_rules, window=1, services=[["id-card", 10]]), "bad_rank", "9"),
    (said(rules.set_window_rules, window=3, services=[["invoice", 0]]), "service_has_people", "公租房申请"),
    (said(setup.map_services, window=1, takes=[["nothing", 0]]), "unknown_service", "没有找到"),
    (
        said(journeys.set_journey, code="x", name="一件事", stages=[["id-card"], ["id-card"]]),
        "journey_loop",
        "居民身份证换领",
    ),
    (
        said(journeys.set_journey, code="x", name="一件事", stages=[["id-card"], []]),
        "journey_empty",
        "一件事",
    ),
    (said(policies.set_policy, kind="ratio", preferred=0, ordinary=0), "bad_ratio", "20"),
    (said(policies.set_policy, kind="ratio", preferred=1, ordinary=0), "bad_ratio", "20"),
    (said(policies.set_policy, kind="ageing", ageing_minutes=0), "bad_ageing", "480"),
    (said(policies.set_policy, guard_minutes=1), "bad_guard", "5"),
    (said(fallback_policy.set_policy, wait_minutes=1, transfers=3), "fallback_wait", "5"),
    (said(fallback_policy.set_policy, wait_minutes=0, transfers=1), "fallback_transfers", "9"),
    (said(slots.make_slot, **SLOT | {"capacity": 0}, start="9:00", end="9:30"), "slot_capacity", ""),
    (said(slots.make_slot, **SLOT, start="9:15", end="9:45"), "slot_overlaps", "9:15-9:45"),
    (said(slots.make_slot, **SLOT, start="9:30", end="9:00"), "slot_time", ""),
    (said(slots.set_rules, limits={"day_limit": 0}), "appointment_limit", "1 到 20"),
    (said(calendar.save_hours, name="午间", week=["9:00-12:00, 11:00-13:00"] * 8), "hours_overlap", ""),
    (said(calendar.save_hours, name="午间", week=[""] * 8), "hours_empty", ""),
    (said(calendar.load_year, year=2027, days=[["2026-10-01", False, "国庆"]]), "calendar_date", "2027"),
    (said(calendar.load_year, year=99, days=[]), "calendar_year", ""),
    (said(windows.close, window=1), "window_has_ticket", ""),
]


def test_each_is_refused_with_a_sentence_and_changes_nothing(small_hall: SmallHall) -> None:
    by, hall = small_hall.actor("manager"), small_hall.hall.pk
    small_hall.issue()
    small_hall.issue("housing")
    small_hall.call_next(1)
    slots.make_slot(hall, by, new_key(), **SLOT, start="9:00", end="9:30")
    before = everything(small_hall)
    for say, code, part in CASES:
        with pytest.raises(Refused) as refusal:
            say(hall, by)
        assert refusal.value.code == code
        for lang in ("zh", "en"):
            sentence = text(f"errors.{code}", lang, **refusal.value.params)
            assert sentence
            assert "{" not in sentence, sentence
        assert part in text(f"errors.{code}", "zh", **refusal.value.params)
        assert everything(small_hall) == before, code


def everything(small: SmallHall) -> list[Any]:
    """What these commands might have left behind half done."""
    kinds: list[Any] = [Policy, Journey, FallbackPolicy, Slot, Hours, CalendarDay, CalendarYear]
    takes = list(WindowService.objects.order_by("window", "service").values_list("window", "service", "rank"))
    states = list(small.hall.windows.order_by("number").values_list("number", "state"))
    return [small.fresh().seq, takes, states, *(kind.objects.count() for kind in kinds)]


def test_for_a_service_nobody_serves_there_is_a_sentence_and_the_fallback_window(
    small_hall: SmallHall,
) -> None:
    setup.map_services(small_hall.hall.pk, small_hall.actor("manager"), new_key(), window=3, takes=[])
    with pytest.raises(Refused) as refusal:
        small_hall.issue("housing")
    assert (refusal.value.code, refusal.value.params) == ("no_window_open", {"name": "公租房申请"})
    answer = tickets.issue(
        small_hall.hall.pk, small_hall.actor("desk"), new_key(), service="housing", to_fallback=True
    )
    assert small_hall.call_next(9)["label"] == answer["label"]
    assert rules.unserved(small_hall.hall)[0].code == "housing"
