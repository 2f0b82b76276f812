"""Every reason that brings a person to the fallback window: visible, counted, and a matter of the hall's policy."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hallqueue.actions.command import THE_HALL, Answer, new_key
from hallqueue.actions.house import fallback_policy
from hallqueue.actions.line import fallback, tickets
from hallqueue.errors import Refused
from hallqueue.figures.folding import folded
from hallqueue.models import Department, Event, FallbackPolicy, Refusal, Service, Ticket, Window
from hallqueue.reports import fallback_counts
from hallqueue.routing import line
from hallqueue.topics.reading import Reading
from hallqueue.topics.window import line_of, rule_of
from hallqueue.watch import Watch
from tests.hall import KIOSK, SmallHall, midday
from tests.invariants import check

pytestmark = pytest.mark.both_databases


def set_policy(small: SmallHall, who: str = "manager", **fields: Any) -> Answer:
    wished = {"wait_minutes": 0, "transfers": 2, **fields}
    return fallback_policy.set_policy(small.hall.pk, small.actor(who), new_key(), **wished)


def refused(say: Any) -> str:
    with pytest.raises(Refused) as refusal:
        say()
    return refusal.value.code


def serving(small: SmallHall, window: int = 1) -> Ticket:
    ticket = small.ticket(small.issue())
    small.call_next(window)
    small.say("start", window)
    return ticket


def refuse(small: SmallHall, window: int = 1, kind: str = "materials", words: str = "缺户口簿") -> Answer:
    say = (small.hall.pk, small.at(window), new_key())
    return fallback.refuse(*say, window=window, kind=kind, words=words)


def ask(small: SmallHall, ticket: int) -> Answer:
    return fallback.ask_for_fallback(small.hall.pk, KIOSK, new_key(), ticket=ticket)


def seen_at(small: SmallHall, window: int = 9) -> list[tuple[str, str]]:
    """The window's line as its console shows it: [(label, code of the reason)]; always what the router says."""
    seat = Window.objects.get(hall=small.hall, number=window)
    reading = Reading(small.fresh())
    rows = line_of(reading, seat)
    assert [row["id"] for row in rows] == [ticket.pk for ticket in line(seat)]
    rule = rule_of(reading, seat)
    return [(row["label"], (rule.why(row) or {"code": ""})["code"]) for row in rows]


def counts(small: SmallHall) -> dict[str, int]:
    hall = small.fresh()
    return fallback_counts(hall, hall.business_date(hall.moved_at))


def test_a_window_that_says_no_puts_it_on_record_and_the_person_goes_to_the_fallback_window(
    small_hall: SmallHall,
) -> None:
    ticket = serving(small_hall)
    position = ticket.position
    assert refuse(small_hall)["fallback"] == "refused"
    row = Refusal.objects.get()
    assert (row.ticket, row.kind, row.words, row.user) == (
        ticket,
        "materials",
        "缺户口簿",
        small_hall.people["clerk1"],
    )
    ticket.refresh_from_db()
    assert (ticket.label, ticket.position, ticket.fallback_note) == ("A001", position, "缺户口簿")
    assert seen_at(small_hall) == [("A001", "refused")]
    assert counts(small_hall) == {"refused": 1}
    assert small_hall.call_next(9)["label"] == "A001"
    check(small_hall.hall)


def test_who_was_sent_and_taken_back_did_not_come_to_the_fallback_window(small_hall: SmallHall) -> None:
    ticket = serving(small_hall)
    small_hall.say("transfer", fallback=True, reason="走错了")
    assert counts(small_hall) == {"sent": 1}
    small_hall.say("undo", ticket=ticket.pk)
    assert counts(small_hall) == {}
    small_hall.say("transfer", fallback=True, reason="办不了")
    small_hall.call_next(9)
    small_hall.say("undo", 9, ticket=ticket.pk)
    assert counts(small_hall) == {"sent": 1}
    whole = folded(small_hall.fresh(), ticket.business_date).of("hall")
    assert (whole.under("fallback"), whole.counts["fallen"]) == ({"sent": 1}, 1)


def test_what_cannot_be_done_today_is_a_reason_of_its_own(small_hall: SmallHall) -> None:
    serving(small_hall)
    assert refuse(small_hall, kind="not_today")["fallback"] == "not_today"
    set_policy(small_hall, not_today=False)
    serving(small_hall)
    assert refuse(small_hall, kind="not_today")["fallback"] == "refused"
    assert counts(small_hall) == {"not_today": 1, "refused": 1}


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"words": " "}, "reason_required"),
        ({"kind": "mood"}, "bad_input"),
        ({"words": "x" * 201}, "text_too_long"),
    ],
)
def test_a_refusal_without_kind_and_words_is_none(
    small_hall: SmallHall, details: dict[str, Any], code: str
) -> None:
    serving(small_hall)
    assert refused(lambda: refuse(small_hall, **details)) == code
    assert not Refusal.objects.exists()


def test_the_fallback_window_refuses_nobody(small_hall: SmallHall) -> None:
    small_hall.issue(to_fallback=True)
    small_hall.call_next(9)
    assert refused(lambda: refuse(small_hall, 9)) == "fallback_refuses_nobody"


def test_a_hall_without_a_fallback_window_or_without_this_rule_refuses_nobody(small_hall: SmallHall) -> None:
    serving(small_hall)
    set_policy(small_hall, refusals=False)
    assert refused(lambda: refuse(small_hall)) == "refusals_off"
    set_policy(small_hall)
    Window.objects.filter(hall=small_hall.hall, number=9).update(is_fallback=False)
    assert refused(lambda: refuse(small_hall)) == "no_fallback_window"


def test_a_second_transfer_leads_to_the_fallback_window(small_hall: SmallHall) -> None:
    set_policy(small_hall, transfers=2)
    serving(small_hall)
    assert small_hall.say("transfer", reason="走错了", service="housing")["fallback"] == ""
    small_hall.call_next(3)
    answer = small_hall.say("transfer", 3, reason="不归我管", service="invoice")
    assert (answer["fallback"], answer["times"]) == ("transfers", 2)
    ticket = small_hall.ticket(answer)
    assert (ticket.service.code, ticket.fallback_note) == ("housing", "不归我管")
    assert seen_at(small_hall) == [("A001", "transfers")]
    assert counts(small_hall) == {"transfers": 1}
    check(small_hall.hall)


def test_the_fallback_window_itself_may_send_a_person_on_however_often(small_hall: SmallHall) -> None:
    set_policy(small_hall, transfers=2)
    serving(small_hall)
    for window, service in ((1, "housing"), (3, "invoice")):
        small_hall.say("transfer", window, reason="走错了", service=service)
        small_hall.call_next(3 if window == 1 else 9)
    assert small_hall.say("transfer", 9, reason="应由税务办理", service="invoice")["fallback"] == ""
    assert small_hall.call_next(2)["label"] == "A001"


def test_transfers_are_not_counted_where_the_policy_says_so_or_nobody_would_be_there(
    small_hall: SmallHall,
) -> None:
    ticket = serving(small_hall)
    Ticket.objects.filter(pk=ticket.pk).update(transfer_count=8)
    set_policy(small_hall, transfers=0)
    assert small_hall.say("transfer", reason="走错了", service="housing")["fallback"] == ""
    set_policy(small_hall)
    small_hall.call_next(3)
    small_hall.say("close", 9)
    assert small_hall.say("transfer", 3, reason="走错了", service="id-card")["fallback"] == ""


def test_who_has_waited_over_the_limit_is_brought_by_the_halls_round(small_hall: SmallHall) -> None:
    set_policy(small_hall, wait_minutes=20)
    with midday(small_hall) as clock:
        small_hall.issue()
        small_hall.issue("housing")
        small_hall.call_next(3)
        small_hall.say("transfer", 3, reason="找九号", to_window=9)
        clock.shift(timedelta(minutes=19))
        late_comer = small_hall.issue()["label"]
        Watch().look()
        assert seen_at(small_hall) == [("C001", "")]
        clock.shift(timedelta(minutes=2))
        Watch().look()
        assert sorted(seen_at(small_hall)) == [("A001", "waited"), ("C001", "")]
        assert seen_at(small_hall, 1) == [(late_comer, "")]
        seq = small_hall.fresh().seq
        Watch().look()
        assert small_hall.fresh().seq == seq, "a quiet hall writes nothing"
    told = Event.objects.get(hall=small_hall.hall, kind="ticket.fell_back")
    assert (told.by, told.data["fallback"], told.data["minutes"]) == ("hall", "waited", 21)
    assert counts(small_hall) == {"waited": 1}
    check(small_hall.hall)


def test_the_wait_that_counts_begins_anew_with_each_line(small_hall: SmallHall) -> None:
    set_policy(small_hall, wait_minutes=20)
    with midday(small_hall) as clock:
        serving(small_hall)
        clock.shift(timedelta(minutes=40))
        small_hall.say("transfer", reason="材料交住建", service="housing")
        clock.shift(timedelta(minutes=19))
        Watch().look()
        assert seen_at(small_hall) == []
        clock.shift(timedelta(minutes=2))
        Watch().look()
        assert seen_at(small_hall) == [("A001", "waited")]


def test_nobody_is_brought_while_no_fallback_window_is_open(small_hall: SmallHall) -> None:
    set_policy(small_hall, wait_minutes=20)
    small_hall.say("close", 9)
    with midday(small_hall) as clock:
        small_hall.issue()
        clock.shift(timedelta(minutes=50))
        Watch().look()
        assert not Event.objects.filter(kind="ticket.fell_back").exists()


def test_a_citizen_may_ask_for_it_while_waiting(small_hall: SmallHall) -> None:
    ticket = small_hall.issue()["ticket"]
    assert ask(small_hall, ticket)["fallback"] == "asked"
    assert ask(small_hall, ticket)["fallback"] == "asked", "asking twice is asking once"
    assert seen_at(small_hall) == [("A001", "asked")]
    assert counts(small_hall) == {"asked": 1}
    small_hall.call_next(9)
    assert refused(lambda: ask(small_hall, ticket)) == "wrong_state"


def test_a_hall_may_decide_that_citizens_do_not_ask(small_hall: SmallHall) -> None:
    ticket = small_hall.issue()["ticket"]
    set_policy(small_hall, citizens_ask=False)
    assert refused(lambda: ask(small_hall, ticket)) == "fallback_not_asked"
    assert refused(lambda: small_hall.issue(to_fallback=True)) == "fallback_not_asked"
    small_hall.say("close", 3)
    assert small_hall.issue("housing", to_fallback=True)["label"], "whom nobody else serves may always come"


def test_who_does_not_know_what_to_ask_for_gets_a_number_for_the_fallback_window(
    small_hall: SmallHall,
) -> None:
    assert refused(lambda: small_hall.issue("", unknown=True)) == "unknown_off"
    set_policy(small_hall, unknown_series="C")
    assert small_hall.issue("", unknown=True)["label"] == "C001"
    department = Service.objects.get(code="unknown-matter").department
    assert department.name_en == "General questions"
    assert department.name_mn
    assert seen_at(small_hall) == [("C001", "unknown")]
    assert counts(small_hall) == {"unknown": 1}
    small_hall.say("close", 9)
    assert refused(lambda: small_hall.issue("", unknown=True)) == "no_fallback_open"
    check(small_hall.hall)


def test_whom_no_window_serves_is_counted_when_called_by_the_fallback_window_or_giving_up(
    small_hall: SmallHall,
) -> None:
    _, given_up, ordinary = small_hall.issue("housing"), small_hall.issue("housing"), small_hall.issue()
    small_hall.say("close", 3)
    assert seen_at(small_hall) == [("C001", "no_window"), ("C002", "no_window")]
    small_hall.call_next(9)
    small_hall.say("recall", 9)
    assert counts(small_hall) == {"no_window": 1}
    for left in (given_up, ordinary):
        tickets.cancel(small_hall.hall.pk, small_hall.actor("desk"), new_key(), ticket=left["ticket"])
        assert counts(small_hall) == {"no_window": 2}


def test_where_the_policy_says_so_the_fallback_window_helps_out(small_hall: SmallHall) -> None:
    small_hall.issue()
    assert seen_at(small_hall) == []
    set_policy(small_hall, helps_out=True)
    assert seen_at(small_hall) == [("A001", "")]
    assert small_hall.call_next(9)["label"] == "A001"
    assert counts(small_hall) == {}
    check(small_hall.hall)


def test_of_several_fallback_windows_the_one_with_the_duty_answers_while_it_is_open(
    small_hall: SmallHall,
) -> None:
    Window.objects.filter(hall=small_hall.hall, number=3).update(is_fallback=True)
    duty = Department.objects.get(hall=small_hall.hall, name="公安局").code
    small_hall.issue(to_fallback=True)
    small_hall.issue("invoice", to_fallback=True)
    set_policy(small_hall, duties=[[3, duty]])
    assert (seen_at(small_hall, 3), seen_at(small_hall)) == (
        [("A001", "asked"), ("B001", "asked")],
        [("B001", "asked")],
    )
    small_hall.say("close", 3)
    assert seen_at(small_hall) == [("A001", "asked"), ("B001", "asked")]
    check(small_hall.hall)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"wait_minutes": 1}, "fallback_wait"),
        ({"wait_minutes": -5}, "fallback_wait"),
        ({"wait_minutes": 601}, "fallback_wait"),
        ({"transfers": 1}, "fallback_transfers"),
        ({"transfers": 10}, "fallback_transfers"),
        ({"unknown_series": "Q"}, "unknown_series"),
        ({"duties": [[1, "x"]]}, "not_a_fallback"),
        ({"duties": [[9, "nowhere"]]}, "unknown_department"),
        ({"duties": [[77, "x"]]}, "unknown_window"),
    ],
)
def test_nonsense_in_the_policy_is_refused_and_changes_nothing(
    small_hall: SmallHall, fields: dict[str, Any], code: str
) -> None:
    assert refused(lambda: set_policy(small_hall, **fields)) == code
    assert not FallbackPolicy.objects.exists()


def test_only_managers_decide(small_hall: SmallHall) -> None:
    assert refused(lambda: set_policy(small_hall, "clerk1")) == "not_allowed"
    assert fallback_policy.set_policy(small_hall.hall.pk, THE_HALL, new_key(), wait_minutes=0, transfers=0)


def test_a_requeued_person_is_not_late_at_once(small_hall: SmallHall) -> None:
    set_policy(small_hall, wait_minutes=20)
    with midday(small_hall) as clock:
        answer = small_hall.issue()
        small_hall.call_next()
        small_hall.say("no_show")
        clock.shift(timedelta(minutes=25))
        tickets.requeue(small_hall.hall.pk, small_hall.actor("desk"), new_key(), ticket=answer["ticket"])
        Watch().look()
        assert seen_at(small_hall) == []
