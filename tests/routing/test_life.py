"""A ticket's life by the hall's rules: too early, too late, sent on and back, two numbers of one person, reminders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from hallqueue.actions import windows
from hallqueue.actions.command import THE_HALL, Actor, new_key
from hallqueue.actions.house import setup
from hallqueue.actions.line import calling, citizens, tickets, visits
from hallqueue.actions.line.matters import MOST_MATTERS
from hallqueue.actions.round import reminders
from hallqueue.errors import Refused
from hallqueue.models import Call, Event, Rules, Ticket
from hallqueue.topics.reading import Reading
from hallqueue.topics.rules import rule_sentences
from hallqueue.topics.visit import visit_of
from tests.hall import SmallHall, midday
from tests.invariants import check
from tests.routing.test_calling import called, refusal

pytestmark = pytest.mark.both_databases
CITIZEN = Actor("citizen", "anyone")


def decide(small: SmallHall, **rules: Any) -> None:
    setup.set_rules(small.hall.pk, THE_HALL, new_key(), rules=rules)


def test_a_number_is_passed_only_after_enough_calls_far_enough_apart(small_hall: SmallHall) -> None:
    decide(small_hall, calls_before_no_show=2, seconds_between_calls=30)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1), tick=False) as clock:
        called(small_hall)
        early = refusal(small_hall, "no_show")
        assert (early.code, early.params["wait"], early.params["calls"]) == ("no_show_too_few", 60, 2)
        assert refusal(small_hall, "recall").code == "recall_too_soon"
        clock.shift(30)
        small_hall.say("recall")
        assert refusal(small_hall, "no_show").code == "no_show_too_soon"
        clock.shift(30)
        assert small_hall.say("no_show")["state"] == "missed"
    check(small_hall.hall)


def test_who_comes_back_too_late_goes_to_the_end_or_takes_a_new_number(small_hall: SmallHall) -> None:
    decide(small_hall, requeue_within_numbers=1, requeue_late="refused")
    ticket = called(small_hall)
    small_hall.say("no_show")
    for _ in range(2):
        called(small_hall)
        small_hall.say("start")
        small_hall.say("finish")
    desk = small_hall.actor("desk")
    with pytest.raises(Refused, match="requeue_too_late"):
        tickets.requeue(small_hall.hall.pk, desk, new_key(), ticket=ticket.pk)
    decide(small_hall, requeue_late="end")
    assert tickets.requeue(small_hall.hall.pk, desk, new_key(), ticket=ticket.pk)["place"] == "end"
    check(small_hall.hall)


@pytest.mark.parametrize("place", ["after", "end"])
def test_who_was_sent_on_and_missed_comes_back_where_the_slip_says_behind_newcomers_too(
    small_hall: SmallHall, place: str
) -> None:
    decide(small_hall, requeue_place=place, requeue_after=2)
    ticket = called(small_hall)
    small_hall.say("transfer", service="housing", reason="在这里办")
    newcomers = [small_hall.issue("housing")["ticket"] for _ in range(3)]
    assert small_hall.say("call_next", 3)["ticket"] == ticket.pk
    small_hall.say("no_show", 3)
    tickets.requeue(small_hall.hall.pk, small_hall.actor("desk"), new_key(), ticket=ticket.pk)
    found = []
    for _ in range(4):
        found.append(small_hall.say("call_next", 3)["ticket"])
        small_hall.say("no_show", 3)
    newcomers.insert(2 if place == "after" else 3, ticket.pk)
    assert found == newcomers
    check(small_hall.hall)


def test_who_goes_first_is_told_that_they_still_do_when_they_come_back() -> None:
    ordinary, first = (rule_sentences(Rules(), "zh", klass) for klass in ("ordinary", "priority"))
    assert first == [*ordinary, "优先号、预约号激活后，仍排在普通号之前。"]


def test_only_other_numbers_of_the_same_series_make_late_and_nobody_comes_back_oftener_than_the_hall_says(
    small_hall: SmallHall,
) -> None:
    decide(small_hall, requeue_within_numbers=1, requeue_limit=1, requeue_late="refused")
    back = called(small_hall).pk
    small_hall.say("no_show")
    called(small_hall)
    small_hall.say("start")
    small_hall.say("finish")
    called(small_hall, "invoice", 2)
    desk = small_hall.actor("desk")
    assert refusal(small_hall, "requeue_here", 3, ticket=back).code == "not_in_your_line"
    assert small_hall.say("requeue_here", 1, ticket=back)["place"] == "after"
    assert small_hall.call_next(1)["ticket"] == back
    small_hall.say("no_show")
    with pytest.raises(Refused, match="requeue_too_often"):
        tickets.requeue(small_hall.hall.pk, desk, new_key(), ticket=back)


def test_a_citizen_comes_back_and_cancels_where_the_hall_allows(small_hall: SmallHall) -> None:
    ticket = called(small_hall)
    small_hall.say("no_show")
    own = {"token": ticket.token}
    assert citizens.requeue_own(small_hall.hall.pk, CITIZEN, new_key(), **own)["state"] == "waiting"
    decide(small_hall, citizens_cancel=False)
    with pytest.raises(Refused, match="desk_only"):
        citizens.cancel_own(small_hall.hall.pk, CITIZEN, new_key(), **own)
    decide(small_hall, citizens_cancel=True)
    assert citizens.cancel_own(small_hall.hall.pk, CITIZEN, new_key(), **own)["state"] == "cancelled"


def test_a_parked_ticket_is_reminded_of_once(small_hall: SmallHall) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1), tick=False) as clock:
        say = small_hall.hall.pk, small_hall.actor("desk"), new_key()
        ticket = called(small_hall).pk
        small_hall.say("park", reason="去复印", minutes=5)
        visits.correct_ticket(*say, ticket=ticket, service="housing")
        clock.shift(299)
        assert reminders.remind(small_hall.hall.pk, THE_HALL, new_key())["reminded"] == []
        clock.shift(1)
        assert reminders.remind(small_hall.hall.pk, THE_HALL, new_key())["reminded"] == ["A001"]
        assert reminders.remind(small_hall.hall.pk, THE_HALL, new_key())["reminded"] == []
    assert Event.objects.get(hall=small_hall.hall, kind="ticket.reminded").window_id is not None
    check(small_hall.hall)


def test_a_person_lent_to_another_window_comes_back_before_everybody(small_hall: SmallHall) -> None:
    ticket = called(small_hall)
    small_hall.issue()
    small_hall.say("transfer", reason="先缴费", to_window=3, back=True, place="front")
    small_hall.call_next(3)
    small_hall.say("start", 3)
    assert small_hall.say("finish", 3)["state"] == "waiting"
    assert small_hall.call_next(1)["label"] == ticket.label
    check(small_hall.hall)


def test_whoever_was_lent_comes_back_to_the_clerk_wherever_they_sit_now(small_hall: SmallHall) -> None:
    ticket = called(small_hall)
    small_hall.say("transfer", reason="先缴费", to_window=3, back=True)
    clerk = small_hall.hall.pk, small_hall.actor("clerk1")
    windows.close(*clerk, new_key(), window=1)
    windows.sit(*clerk, new_key(), window=2, take_over=True)
    small_hall.call_next(3)
    small_hall.say("start", 3)
    call = Call.objects.get(ticket=ticket.pk, ended_at=None)
    assert visit_of(Reading(small_hall.fresh()), call)["back_to"] == 2
    assert small_hall.say("finish", 3)["state"] == "waiting"
    assert calling.call_next(*clerk, new_key(), window=2)["label"] == ticket.label
    check(small_hall.hall)


def test_5_a_corrected_service_keeps_the_number_and_two_numbers_of_one_person_become_one(
    small_hall: SmallHall,
) -> None:
    other = small_hall.ticket(small_hall.issue("invoice"))
    ticket = called(small_hall)
    assert small_hall.say("correct", service="housing")["label"] == ticket.label
    assert small_hall.say("join", ticket=other.pk)["into"] == ticket.label
    assert small_hall.say("undo", ticket=other.pk)["state"] == "waiting"
    ticket.refresh_from_db()
    assert [each["joined"] for each in ticket.matters] == [None]
    small_hall.say("join", ticket=other.pk)
    small_hall.say("start")
    assert small_hall.say("finish", results=["done", "sent_on"])["state"] == "waiting"
    assert small_hall.call_next(2)["label"] == ticket.label
    small_hall.say("start", 2)
    assert small_hall.say("finish", 2, results=["not_done"], papers="营业执照")["state"] == "done"
    ticket.refresh_from_db()
    assert [each["result"] for each in ticket.matters] == ["done", "not_done"]
    assert ticket.replaced_papers == "营业执照"
    told = Event.objects.get(kind="ticket.finished").data
    assert (told["matters"], told["papers"]) == (["done", "not_done"], "营业执照")
    check(small_hall.hall)


def test_what_is_put_right_or_noted_is_what_was_meant_alone(small_hall: SmallHall) -> None:
    other = small_hall.issue()["ticket"]
    small_hall.say("pick", ticket=small_hall.issue()["ticket"], reason="同一个人")
    small_hall.say("join", ticket=other)
    assert refusal(small_hall, "correct", service="id-card").code == "same_service"
    small_hall.say("correct", service="housing")
    matters = Ticket.objects.get(label="A002").matters
    codes = dict(small_hall.hall.services.values_list("pk", "code"))
    assert [(codes[each["service"]], each["joined"]) for each in matters] == [
        ("housing", None),
        ("id-card", other),
    ]
    assert refusal(small_hall, "note", people=0).code == "bad_input"
    small_hall.say("note", people=3, note="带孩子")
    told = Event.objects.get(kind="ticket.noted").data
    assert told == {"people": 3, "noted": True}


def test_a_visit_has_no_more_matters_than_a_person_can_have(small_hall: SmallHall) -> None:
    numbers = [small_hall.issue()["ticket"] for _ in range(MOST_MATTERS + 1)]
    small_hall.call_next()
    for number in numbers[1:-1]:
        small_hall.say("join", ticket=number)
    assert refusal(small_hall, "join", ticket=numbers[-1]).code == "too_many_matters"


def test_a_rule_out_of_bounds_changes_nothing(small_hall: SmallHall) -> None:
    for rules in ({"requeue_after": 0}, {"seconds_between_calls": 601}, {"requeue_place": "up"}, {"hall": 2}):
        with pytest.raises(Refused, match=r"bad_figure|bad_input"):
            decide(small_hall, calls_before_no_show=5, **rules)
    assert Rules.of(small_hall.hall).calls_before_no_show == 0


def test_the_rules_are_sentences_in_every_language() -> None:
    assert rule_sentences(Rules())[1] == "过号后 10 个号或 30 分钟以内可以激活，排在前面 3 人之后。"
    assert all(rule_sentences(Rules(requeue_late="refused"), lang) for lang in ("zh", "mn", "en"))


def test_how_often_a_number_may_come_back_is_told_where_it_is_limited() -> None:
    assert "一个号最多激活 2 次。" in rule_sentences(Rules(requeue_limit=2))
    assert not any("最多激活" in each for each in rule_sentences(Rules(requeue_limit=0)))


def test_the_own_page_offers_and_does_what_the_rules_allow(small_hall: SmallHall) -> None:
    ticket = called(small_hall)
    small_hall.say("no_show")
    address, client = f"/t/{ticket.token}/", Client(headers={"Accept": "application/json"})

    def own() -> Any:
        return client.get(address).context["frame"]["own"]

    def press(verb: str) -> Any:
        body = {"key": new_key()}
        return client.post(f"{address}{verb}/", body, content_type="application/json").json()

    assert (own()["may_requeue"], own()["may_cancel"]) == (True, True)
    assert press("requeue")["state"] == "waiting"
    assert press("cancel")["state"] == "cancelled"
    assert press("cancel")["code"] == "wrong_state"
    assert (own()["may_requeue"], own()["may_cancel"]) == (False, False)
    assert (
        client.post("/t/none/cancel/", {"key": new_key()}, content_type="application/json").status_code == 404
    )


def test_the_own_page_offers_no_way_back_that_the_hall_would_refuse(small_hall: SmallHall) -> None:
    def own() -> Any:
        return Client().get(f"/t/{ticket.token}/").context["frame"]["own"]

    with midday(small_hall) as clock:
        decide(small_hall, requeue_within_numbers=1, requeue_within_minutes=10, requeue_late="refused")
        ticket = called(small_hall)
        small_hall.say("no_show")
        missed_at = datetime.now(UTC)
        assert own() | {"may_requeue": True, "requeue_until": None, "is_late": False} == own()
        for _ in range(2):
            called(small_hall)
            small_hall.say("start")
            small_hall.say("finish")
        until = datetime.fromisoformat(own()["requeue_until"])
        assert (own()["may_requeue"], until) == (True, missed_at + timedelta(minutes=10))
        clock.shift(601)
        with pytest.raises(Refused, match="requeue_too_late"):
            citizens.requeue_own(small_hall.hall.pk, CITIZEN, new_key(), token=ticket.token)
        decide(small_hall, requeue_within_minutes=0)
        assert own() | {"may_requeue": False, "requeue_until": None, "is_late": True} == own()
        decide(small_hall, requeue_late="end")
        assert own() | {"may_requeue": True, "requeue_until": None, "is_late": False} == own()
