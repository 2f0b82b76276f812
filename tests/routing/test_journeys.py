"""Journeys (高效办成一件事): one number walks several services, in order or in any order, and each step is timed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hallqueue.actions import windows
from hallqueue.actions.command import THE_HALL, Answer, new_key
from hallqueue.actions.house import setup
from hallqueue.actions.line import calling, fallback, journeys, visits
from hallqueue.errors import Refused
from hallqueue.models import Event, JourneyPart, JourneyStep, Service
from hallqueue.topics.journeys import way_of
from hallqueue.topics.reading import Reading
from hallqueue.watch import Watch
from tests.hall import SmallHall, midday
from tests.invariants import check

pytestmark = pytest.mark.both_databases

IN_ORDER = [["id-card"], ["invoice"], ["housing"]]
SIDE_BY_SIDE = [["id-card"], ["invoice", "housing"]]


def make(small: SmallHall, stages: Any = IN_ORDER, code: str = "shop", **fields: Any) -> Answer:
    named = {"code": code, "name": "开办餐饮店", "stages": stages, **fields}
    return journeys.set_journey(small.hall.pk, small.actor("manager"), new_key(), **named)


def begin(small: SmallHall) -> Answer:
    return small.issue("", journey="shop")


def serve(small: SmallHall, window: int, label: str = "A001") -> Answer:
    assert small.call_next(window)["label"] == label
    small.say("start", window)
    return small.say("finish", window)


def steps(small: SmallHall) -> list[tuple[str, str]]:
    return [*JourneyStep.objects.filter(hall=small.hall).values_list("service__code", "state")]


def refused(say: Any) -> str:
    with pytest.raises(Refused) as refusal:
        say()
    return refusal.value.code


def test_one_number_walks_from_step_to_step(small_hall: SmallHall) -> None:
    make(small_hall)
    answer = begin(small_hall)
    assert (answer["label"], answer["service"]) == ("A001", "居民身份证换领")
    assert Event.objects.get(kind="ticket.issued").data["journey"] == "shop"
    assert serve(small_hall, 1)["to"] == "发票申领"
    assert steps(small_hall) == [("id-card", "done"), ("invoice", "now"), ("housing", "ahead")]
    assert serve(small_hall, 2)["state"] == "waiting"
    assert serve(small_hall, 3) | {"to": ""} == {
        "ticket": answer["ticket"],
        "label": "A001",
        "state": "done",
        "to": "",
    }
    assert [state for _, state in steps(small_hall)] == ["done"] * 3
    check(small_hall.hall)


def test_who_walks_on_keeps_the_place_of_the_number(small_hall: SmallHall) -> None:
    make(small_hall)
    begin(small_hall)
    small_hall.issue("invoice")
    small_hall.call_next(1)
    small_hall.say("start")
    small_hall.issue("invoice")
    small_hall.say("finish")
    assert [small_hall.call_next(2)["label"]] == ["A001"], "came before both"
    check(small_hall.hall)


def test_each_step_is_timed(small_hall: SmallHall) -> None:
    make(small_hall)
    with midday(small_hall) as clock:
        begin(small_hall)
        for verb in ("call_next", "start", "finish"):
            clock.shift(timedelta(minutes=5))
            small_hall.say(verb)
        clock.shift(timedelta(minutes=7))
        small_hall.call_next(2)
    step = JourneyStep.objects.get(state="done")
    assert step.window is not None
    assert step.window.number == 1
    times = [step.waiting_at, step.called_at, step.started_at, step.ended_at]
    assert [each - times[0] for each in times if each and times[0]] == [
        timedelta(minutes=m) for m in (0, 5, 10, 15)
    ]
    assert JourneyStep.objects.get(state="now").waiting_at == step.ended_at


def test_of_steps_in_any_order_the_shorter_line_comes_first(small_hall: SmallHall) -> None:
    make(small_hall, SIDE_BY_SIDE)
    begin(small_hall)
    for _ in range(2):
        small_hall.issue("invoice")
    assert serve(small_hall, 1)["to"] == "公租房申请"
    assert serve(small_hall, 3)["to"] == "发票申领"
    check(small_hall.hall)


def test_of_steps_in_any_order_one_that_a_window_is_open_for_comes_first(small_hall: SmallHall) -> None:
    make(small_hall, SIDE_BY_SIDE)
    begin(small_hall)
    small_hall.issue("housing")
    small_hall.say("close", 2)
    assert serve(small_hall, 1)["to"] == "公租房申请"


def test_a_step_that_is_over_is_that_of_the_person_served_and_of_nobody_else(small_hall: SmallHall) -> None:
    make(small_hall)
    begin(small_hall)
    begin(small_hall)
    small_hall.call_next(1)
    small_hall.say("park", 1, reason="去复印")
    serve(small_hall, 1, "A002")
    now = JourneyStep.objects.filter(state="now").values_list("ticket__label", "service__code")
    assert sorted(now) == [("A001", "id-card"), ("A002", "invoice")]


def test_who_waits_for_one_of_several_moves_to_the_window_that_is_free_first(small_hall: SmallHall) -> None:
    make(small_hall, SIDE_BY_SIDE)
    small_hall.issue("housing")
    small_hall.call_next(3)
    small_hall.issue("invoice")
    small_hall.call_next(2)
    begin(small_hall)
    assert serve(small_hall, 1)["to"] == "发票申领"
    Watch().look()
    assert (
        small_hall.ticket({"ticket": JourneyStep.objects.get(state="now").ticket_id}).service.code
        == "invoice"
    )
    for verb in ("start", "finish"):
        small_hall.say(verb, 3)
    Watch().look()
    assert steps(small_hall) == [("id-card", "done"), ("invoice", "ahead"), ("housing", "now")]
    for verb in ("start", "finish"):  # now both are free: whoever is here already is called here
        small_hall.say(verb, 2)
    seq = small_hall.fresh().seq
    Watch().look()
    assert small_hall.fresh().seq == seq
    assert serve(small_hall, 3)["to"] == "发票申领"
    check(small_hall.hall)


def test_at_the_end_the_person_returns_to_the_first_clerk_before_others(small_hall: SmallHall) -> None:
    make(small_hall, [["id-card"], ["housing"]], returns=True)
    begin(small_hall)
    serve(small_hall, 1)
    small_hall.issue()
    assert serve(small_hall, 3)["to"] == "1号窗口"
    way = way_of(Reading(small_hall.fresh()), JourneyStep.objects.filter(state="now").get().ticket)
    assert way is not None
    assert way["steps"][-1]["windows"] == [1], "the first clerk, not every window of the service"
    assert serve(small_hall, 1)["state"] == "done"
    check(small_hall.hall)


def test_of_first_steps_in_any_order_the_way_back_leads_to_whoever_was_first_indeed(
    small_hall: SmallHall,
) -> None:
    make(small_hall, [["id-card", "housing"], ["invoice"]], returns=True)
    small_hall.issue()
    assert begin(small_hall)["service"] == "公租房申请"
    serve(small_hall, 3, "C001")
    serve(small_hall, 1, "C001")
    assert serve(small_hall, 2, "C001")["to"] == "3号窗口"
    way = way_of(Reading(small_hall.fresh()), JourneyStep.objects.filter(state="now").get().ticket)
    assert way is not None
    assert (way["steps"][-1]["windows"], way["steps"][-1]["service"]) == ([3], "housing")
    assert serve(small_hall, 3, "C001")["state"] == "done"
    check(small_hall.hall)


def test_the_way_back_leads_to_the_first_clerk_wherever_they_sit_now(small_hall: SmallHall) -> None:
    make(small_hall, [["id-card"], ["housing"]], returns=True)
    begin(small_hall)
    serve(small_hall, 1)
    windows.sit(small_hall.hall.pk, small_hall.actor("clerk1"), new_key(), window=2, take_over=True)
    assert serve(small_hall, 3)["to"] == "2号窗口"
    way = way_of(Reading(small_hall.fresh()), JourneyStep.objects.filter(state="now").get().ticket)
    assert way is not None
    assert way["steps"][-1]["windows"] == [2]
    clerk = small_hall.hall.pk, small_hall.actor("clerk1")
    calling.call_next(*clerk, new_key(), window=2)
    calling.start(*clerk, new_key(), window=2)
    assert calling.finish(*clerk, new_key(), window=2)["state"] == "done"
    check(small_hall.hall)


def test_where_the_first_clerk_is_gone_another_window_of_the_service_takes_the_return(
    small_hall: SmallHall,
) -> None:
    make(small_hall, [["id-card"], ["housing"]], returns=True)
    begin(small_hall)
    serve(small_hall, 1)
    small_hall.say("close", 1)
    serve(small_hall, 3)
    assert serve(small_hall, 2)["state"] == "done"
    check(small_hall.hall)


def test_a_step_that_is_not_needed_is_skipped_with_a_reason(small_hall: SmallHall) -> None:
    make(small_hall)
    begin(small_hall)
    small_hall.call_next()
    small_hall.say("start")
    say = (small_hall.hall.pk, small_hall.actor("clerk1"))
    skip = {"window": 1, "service": "invoice"}
    assert refused(lambda: journeys.skip_step(*say, new_key(), **skip, reason=" ")) == "reason_required"
    journeys.skip_step(*say, new_key(), **skip, reason="已在网上办好")
    assert refused(lambda: journeys.skip_step(*say, new_key(), **skip, reason="再来")) == "no_such_step"
    assert small_hall.say("finish")["to"] == "公租房申请"
    assert steps(small_hall)[1] == ("invoice", "skipped")
    assert Event.objects.get(kind="step.skipped").data["reason"] == "已在网上办好"


def test_a_step_that_fails_leads_to_the_fallback_window_which_sees_the_journey_on(
    small_hall: SmallHall,
) -> None:
    make(small_hall)
    begin(small_hall)
    serve(small_hall, 1)
    small_hall.call_next(2)
    small_hall.say("start", 2)
    say = (small_hall.hall.pk, small_hall.at(2), new_key())
    fallback.refuse(*say, window=2, kind="materials", words="缺合同")
    assert steps(small_hall)[1] == ("invoice", "failed")
    assert serve(small_hall, 9)["to"] == "公租房申请"
    assert serve(small_hall, 3)["state"] == "done"
    check(small_hall.hall)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"stages": []}, "journey_empty"),
        ({"stages": [["id-card"], []]}, "journey_empty"),
        ({"stages": [["id-card"], ["invoice"], ["id-card"]]}, "journey_loop"),
        ({"stages": [["id-card", "id-card"]]}, "journey_loop"),
        ({"stages": [["passport"]]}, "journey_service"),
        ({"stages": [["id-card"]] * 13}, "journey_long"),
        ({"code": "开店"}, "journey_code"),
        ({"code": ""}, "journey_code"),
        ({"name": "  "}, "journey_name"),
    ],
)
def test_a_journey_that_cannot_be_walked_is_refused(
    small_hall: SmallHall, fields: dict[str, Any], code: str
) -> None:
    assert refused(lambda: make(small_hall, **fields)) == code
    assert not JourneyPart.objects.exists()


def test_a_service_that_no_window_takes_is_a_warning(small_hall: SmallHall) -> None:
    assert make(small_hall)["unserved"] == []
    setup.map_services(small_hall.hall.pk, THE_HALL, new_key(), window=3, takes=[])
    assert make(small_hall)["unserved"] == ["公租房申请"]


def test_only_an_offered_journey_is_begun(small_hall: SmallHall) -> None:
    assert refused(lambda: begin(small_hall)) == "unknown_journey"
    make(small_hall, is_active=False)
    assert refused(lambda: begin(small_hall)) == "unknown_journey"
    make(small_hall)
    assert refused(lambda: small_hall.issue("id-card", journey="shop")) == "bad_input"
    Service.objects.filter(code="housing").update(is_active=False)
    assert refused(lambda: begin(small_hall)) == "service_inactive"


def test_a_changed_journey_leaves_those_on_the_way_alone(small_hall: SmallHall) -> None:
    make(small_hall)
    begin(small_hall)
    make(small_hall, [["id-card"]])
    told = Event.objects.filter(kind="setup.changed", data__what="journey").latest("seq").data
    assert told["stages"] == [["id-card"]]
    assert serve(small_hall, 1)["to"] == "发票申领"


def test_only_managers_write_journeys(small_hall: SmallHall) -> None:
    say = (small_hall.hall.pk, small_hall.actor("clerk1"), new_key())
    assert refused(lambda: journeys.set_journey(*say, code="x", name="x", stages=IN_ORDER)) == "not_allowed"


def test_a_number_on_a_journey_is_neither_joined_nor_corrected_nor_given_with_other_matters(
    small_hall: SmallHall,
) -> None:
    make(small_hall)
    walking, other = begin(small_hall), small_hall.issue()
    desk = small_hall.actor("desk")
    assert refused(lambda: small_hall.issue("", journey="shop", also=["invoice"])) == "bad_input"
    assert small_hall.call_next(1)["label"] == walking["label"]
    head = small_hall.fresh().seq
    assert refused(lambda: small_hall.say("join", ticket=other["ticket"])) == "on_a_journey"
    assert refused(lambda: small_hall.say("correct", service="housing")) == "on_a_journey"
    small_hall.say("start")
    small_hall.say("finish")
    said = {"ticket": walking["ticket"], "service": "housing"}
    assert (
        refused(lambda: visits.correct_ticket(small_hall.hall.pk, desk, new_key(), **said)) == "on_a_journey"
    )
    small_hall.call_next(1)
    assert refused(lambda: small_hall.say("join", ticket=walking["ticket"])) == "on_a_journey"
    assert small_hall.fresh().seq == head + 3
