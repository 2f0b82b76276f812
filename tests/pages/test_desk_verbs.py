"""The desk's own verbs: priorities seen and taken back, calls for a helper, things lent and brought back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hallqueue.actions import helping, lending
from hallqueue.actions.command import THE_HALL, Actor, new_key
from hallqueue.actions.house import fallback_policy
from hallqueue.actions.line import desk, fallback, tickets
from hallqueue.actions.round import alarms
from hallqueue.errors import Refused
from hallqueue.models import Alarm, Event, HelpCall, Loan, Ticket
from hallqueue.routing import line
from hallqueue.stories import story_of
from tests.hall import SmallHall
from tests.invariants import check

pytestmark = pytest.mark.both_databases

KIOSK = Actor("device:1", "kiosk")
THINGS = [
    {"code": "wheelchair", "name": "轮椅", "total": 2},
    {"code": "glasses", "name": "老花镜", "total": 1},
]


def say(small: SmallHall, verb: Any, who: str = "desk", key: str = "", **details: Any) -> Any:
    return verb(small.hall.pk, small.actor(who), key or new_key(), **details)


def labels(small: SmallHall, window: int = 1) -> list[str]:
    seat = small.hall.windows.get(number=window)
    return [ticket.label for ticket in line(seat)]


def refused(code: str) -> Any:
    return pytest.raises(Refused, match=f"^{code}$")


# --- the fallback window ---


def test_the_desk_brings_a_waiting_person_to_the_fallback_window(small_hall: SmallHall) -> None:
    def bring(reason: str) -> Any:
        return say(small_hall, fallback.send_to_fallback, ticket=ticket, reason=reason, note="停电")[
            "fallback"
        ]

    ticket = small_hall.issue()["ticket"]
    with refused("bad_input"):
        bring("waited")
    assert [bring(reason) for reason in ("not_today", "sent")] == ["not_today"] * 2, "once there, one stays"
    assert labels(small_hall, 9) == ["A001"]
    fallback_policy.set_policy(
        small_hall.hall.pk, THE_HALL, new_key(), wait_minutes=0, transfers=0, not_today=False
    )
    with refused("not_today_off"):
        bring("not_today")


# --- priority ---


def test_priority_seen_at_the_desk_goes_before_the_ordinary_and_keeps_its_place_among_its_class(
    small_hall: SmallHall,
) -> None:
    first, second = small_hall.issue(), small_hall.issue()
    small_hall.issue(priority="pregnant")
    answer = say(small_hall, desk.verify, ticket=second["ticket"], kind="elderly")
    assert (answer["klass"], answer["priority"]) == ("priority", "elderly")
    assert labels(small_hall) == ["A002", "A003", "A001"]
    told = Event.objects.get(kind="ticket.verified")
    assert (told.by, told.ticket_id) == (small_hall.actor("desk").name, second["ticket"])
    assert told.data == {
        "from": "ordinary",
        "to": "priority",
        "kind": "elderly",
        "came": {"klass": "ordinary", "kind": ""},
    }
    assert small_hall.call_next()["label"] == "A002"
    assert first["label"] == "A001"
    story = story_of(small_hall.ticket(second))
    assert [(step.event.kind, step.state) for step in story.steps] == [
        ("ticket.issued", "waiting"),
        ("ticket.verified", "waiting"),
        ("ticket.called", "called"),
    ]
    assert list(story.spent) == ["waiting"]
    check(small_hall.hall)


def test_priority_taken_back_brings_the_class_the_ticket_came_with(small_hall: SmallHall) -> None:
    ticket = small_hall.issue()["ticket"]
    claimed = small_hall.issue(priority="infant")["ticket"]
    say(small_hall, desk.verify, ticket=ticket, kind="disabled")
    say(small_hall, desk.verify, ticket=ticket, kind="elderly")
    say(small_hall, desk.take_back_priority, ticket=ticket)
    say(small_hall, desk.take_back_priority, ticket=claimed)
    found = Ticket.objects.filter(pk__in=(ticket, claimed)).values_list(
        "klass", "priority_kind", "precedence"
    )
    assert set(found) == {("ordinary", "", 50)}
    assert labels(small_hall) == ["A001", "A002"]
    with refused("no_priority"):
        say(small_hall, desk.take_back_priority, ticket=ticket)
    check(small_hall.hall)


def test_what_a_window_takes_back_does_not_unsee_the_proof(small_hall: SmallHall) -> None:
    ticket = small_hall.issue()["ticket"]
    small_hall.call_next()
    small_hall.say("no_show")
    say(small_hall, desk.verify, ticket=ticket, kind="elderly")
    small_hall.say("undo", ticket=ticket)
    found = Ticket.objects.get(pk=ticket)
    assert (found.state, found.klass, found.priority_kind) == ("called", "priority", "elderly")
    check(small_hall.hall)


def test_claimed_priority_is_confirmed_once(small_hall: SmallHall) -> None:
    ticket = small_hall.issue(priority="elderly")["ticket"]
    say(small_hall, desk.verify, ticket=ticket, kind="elderly")
    with refused("already_verified"):
        say(small_hall, desk.verify, ticket=ticket, kind="elderly")
    say(small_hall, desk.take_back_priority, ticket=ticket)
    assert Ticket.objects.get(pk=ticket).klass == "ordinary"


@pytest.mark.parametrize(
    ("who", "kind", "code"), [("clerk1", "elderly", "not_allowed"), ("desk", "friend", "bad_input")]
)
def test_priority_needs_the_right_and_a_known_kind(
    small_hall: SmallHall, who: str, kind: str, code: str
) -> None:
    ticket = small_hall.issue()["ticket"]
    with refused(code):
        say(small_hall, desk.verify, who, ticket=ticket, kind=kind)
    assert Ticket.objects.get(pk=ticket).klass == "ordinary"
    claimed = small_hall.issue(priority="elderly")["ticket"]
    with refused("not_allowed"):
        say(small_hall, desk.take_back_priority, "clerk1", ticket=claimed)
    assert Ticket.objects.get(pk=claimed).klass == "priority"


def test_nobody_at_a_window_changes_class(small_hall: SmallHall) -> None:
    ticket = small_hall.issue()["ticket"]
    small_hall.call_next()
    with refused("wrong_state"):
        say(small_hall, desk.verify, ticket=ticket, kind="elderly")


# --- help ---


def test_help_asked_at_a_kiosk_is_taken_and_done(small_hall: SmallHall) -> None:
    asked = {"kind": "wheelchair", "place": "kiosk", "spot": "一号机"}
    first = helping.ask_for_help(small_hall.hall.pk, KIOSK, new_key(), **asked)
    again = helping.ask_for_help(small_hall.hall.pk, KIOSK, new_key(), **asked)
    assert (again["call"], again["again"]) == (first["call"], True)
    say(small_hall, helping.take_help, call=first["call"])
    with refused("help_taken"):
        say(small_hall, helping.take_help, "manager", call=first["call"])
    say(small_hall, helping.release_help, "manager", call=first["call"])
    say(small_hall, helping.take_help, "manager", call=first["call"])
    say(small_hall, helping.finish_help, "manager", call=first["call"], outcome="nobody")
    with refused("help_over"):
        say(small_hall, helping.take_help, call=first["call"])
    call = HelpCall.objects.get()
    assert (call.outcome, call.taken_by) == ("nobody", small_hall.people["manager"])
    kinds = [event.kind for event in Event.objects.filter(kind__startswith="help.").order_by("seq")]
    assert kinds == ["help.asked", "help.taken", "help.released", "help.taken", "help.finished"]
    check(small_hall.hall)


def test_help_for_a_ticket_ends_with_the_ticket(small_hall: SmallHall) -> None:
    ticket = small_hall.issue()["ticket"]
    seat = {"kind": "interpreter", "place": "seat", "ticket": ticket}
    assert not say(small_hall, helping.ask_for_help, **seat)["again"]
    small_hall.call_next()
    small_hall.say("start")
    small_hall.say("finish")
    with refused("ticket_over"):
        say(small_hall, helping.ask_for_help, **(seat | {"kind": "agent"}))


def test_help_that_nobody_has_gone_to_ends_when_its_ticket_is_given_back(small_hall: SmallHall) -> None:
    ticket = small_hall.issue()["ticket"]
    about = {"place": "seat", "ticket": ticket}
    waits = say(small_hall, helping.ask_for_help, kind="wheelchair", **about)["call"]
    taken = say(small_hall, helping.ask_for_help, kind="agent", **about)["call"]
    say(small_hall, helping.take_help, call=taken)
    other = small_hall.issue()["ticket"]
    kept = say(small_hall, helping.ask_for_help, kind="agent", place="seat", ticket=other)["call"]
    say(small_hall, tickets.cancel, ticket=ticket)
    outcomes = dict(HelpCall.objects.values_list("pk", "outcome"))
    assert outcomes == {waits: "not_needed", taken: "", kept: ""}
    told = Event.objects.get(kind="help.finished")
    assert (told.ticket_id, told.data["outcome"]) == (ticket, "not_needed")
    say(small_hall, helping.finish_help, call=taken)
    check(small_hall.hall)


@pytest.mark.parametrize("wrong", [{"kind": "dance"}, {"place": "moon"}])
def test_help_of_no_kind_or_place_is_refused(small_hall: SmallHall, wrong: dict[str, str]) -> None:
    with refused("bad_input"):
        say(small_hall, helping.ask_for_help, **({"kind": "agent", "place": "desk"} | wrong))
    assert not HelpCall.objects.exists()


def test_only_the_desk_takes_help_calls(small_hall: SmallHall) -> None:
    call = say(small_hall, helping.ask_for_help, "clerk1", kind="agent", place="window", spot="1")["call"]
    with refused("not_allowed"):
        say(small_hall, helping.take_help, "clerk1", call=call)
    with refused("unknown_help"):
        say(small_hall, helping.take_help, call=call + 1)


def test_help_that_nobody_takes_alarms_the_manager_until_somebody_goes(small_hall: SmallHall) -> None:
    call = say(small_hall, helping.ask_for_help, "clerk1", kind="agent", place="window", spot="1")["call"]
    HelpCall.objects.update(asked_at=small_hall.fresh().moved_at - timedelta(minutes=3))
    alarms.look_round(small_hall.hall.pk, THE_HALL, new_key())
    alarm = Alarm.objects.get(cleared_at=None)
    assert (alarm.kind, alarm.subject, alarm.data["help"]) == (
        "help_waits",
        f"help:{call}",
        "1号窗口 帮办代办",
    )
    say(small_hall, helping.take_help, call=call)
    alarms.look_round(small_hall.hall.pk, THE_HALL, new_key())
    assert not Alarm.objects.filter(cleared_at=None).exists()


# --- lending ---


@pytest.fixture
def lender(small_hall: SmallHall) -> SmallHall:
    lending.load_items(small_hall.hall.pk, THE_HALL, new_key(), rows=THINGS)
    return small_hall


def test_wheelchairs_go_out_and_come_back_with_their_numbers(lender: SmallHall) -> None:
    ticket = lender.issue()["ticket"]
    first = say(lender, lending.lend, item="wheelchair", ticket=ticket)
    second = say(lender, lending.lend, item="wheelchair", deposit="押市民卡")
    assert [first["number"], second["number"]] == [1, 2]
    with refused("item_all_out"):
        say(lender, lending.lend, item="wheelchair")
    say(lender, lending.bring_back, loan=first["loan"])
    with refused("loan_over"):
        say(lender, lending.bring_back, loan=first["loan"])
    with refused("item_out"):
        say(lender, lending.lend, item="wheelchair", number=2)
    assert say(lender, lending.lend, item="wheelchair")["number"] == 1
    assert Loan.objects.filter(back_at=None).count() == 2
    check(lender.hall)


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"item": "piano"}, "unknown_item"),
        ({"item": "wheelchair", "number": 3}, "unknown_piece"),
        ({"item": "wheelchair", "number": 0}, "unknown_piece"),
        ({"item": "wheelchair", "deposit": "身份证 150302 19640412 0015"}, "no_personal_data"),
        ({"item": "wheelchair", "deposit": "电话 138-0013-8000"}, "no_personal_data"),
        ({"item": "wheelchair", "ticket": 10**9}, "unknown_ticket"),
    ],
)
def test_wrong_loans_are_refused_whole(lender: SmallHall, details: dict[str, Any], code: str) -> None:
    with refused(code):
        say(lender, lending.lend, **details)
    assert not Loan.objects.exists()


def test_same_key_lends_one_piece(lender: SmallHall) -> None:
    said = [say(lender, lending.lend, key="pressed-twice", item="wheelchair") for _ in range(2)]
    assert said[0] == said[1]
    assert Loan.objects.count() == 1


def test_thing_no_longer_lent_is_refused(lender: SmallHall) -> None:
    lending.load_items(lender.hall.pk, THE_HALL, new_key(), rows=[THINGS[0] | {"is_active": False}])
    with refused("unknown_item"):
        say(lender, lending.lend, item="wheelchair")
