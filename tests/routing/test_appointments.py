"""Appointments: slots with places, booking with the least said of a person, check-in in time and late, no-shows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from hallqueue.actions import appointments, windows
from hallqueue.actions.command import THE_HALL, Actor, new_key
from hallqueue.actions.house import slots
from hallqueue.actions.line import tickets
from hallqueue.errors import Refused
from hallqueue.models import Appointment, Event, Klass, Receipt, Series, Ticket
from tests.booking import PHONE, ZONE, Booking, friday_morning
from tests.invariants import check


@pytest.fixture
def hall(db: None) -> Iterator[Booking]:
    yield from friday_morning()


def row(code: str) -> Appointment:
    return Appointment.objects.get(code=code)


def test_who_comes_in_time_gets_an_appointment_number_before_the_ordinary_line(hall: Booking) -> None:
    code = hall.book(hall.slot())
    ordinary = hall.small.issue("housing")
    hall.at(9, 45)
    answer = hall.check_in(code)
    assert not answer["late"]
    ticket = hall.small.ticket(answer)
    assert (ticket.klass, ticket.state) == (Klass.APPOINTMENT, "waiting")
    assert row(code).state == "arrived"
    assert hall.small.call_next(3)["label"] == answer["label"] != ordinary["label"]
    check(hall.small.fresh())


def test_the_halls_letter_for_appointments_has_numbers_of_its_own(hall: Booking) -> None:
    series = Series.objects.create(hall=hall.small.hall, letter="Y")
    hall.say(slots.set_rules, limits={}, series="Y")
    code = hall.book(hall.slot())
    hall.at(10)
    assert hall.check_in(code)["label"] == "Y001"
    assert Ticket.objects.get(label="Y001").series == series
    check(hall.small.fresh())


@pytest.mark.parametrize(
    ("minute", "late"), [((9, 45), False), ((10, 10), False), ((10, 11), True), ((16, 0), True)]
)
def test_who_comes_late_gets_an_ordinary_number(hall: Booking, minute: tuple[int, int], late: bool) -> None:
    code = hall.book(hall.slot())
    hall.at(*minute)
    answer = hall.check_in(code)
    assert answer["late"] is late
    assert hall.small.ticket(answer).klass == (Klass.ORDINARY if late else Klass.APPOINTMENT)
    assert row(code).state == ("late" if late else "arrived")


def test_who_comes_early_is_told_when_to_come(hall: Booking) -> None:
    code = hall.book(hall.slot())
    hall.at(9, 44)
    with pytest.raises(Refused, match="appointment_early") as refusal:
        hall.check_in(code)
    assert refusal.value.params["time"] == "09-18 09:45"
    assert not Ticket.objects.exists()


def test_a_second_check_in_gets_the_same_number(hall: Booking) -> None:
    code = hall.book(hall.slot())
    hall.at(10)
    first, second = hall.check_in(code), hall.check_in(f" {PHONE[-4:]}-{code.lower()} ")
    assert (first["ticket"], first["again"], second["ticket"], second["again"]) == (
        first["ticket"], False, first["ticket"], True,
    )  # fmt: skip
    assert Ticket.objects.count() == 1


def test_nobody_is_given_a_number_again_that_is_over_or_was_missed(hall: Booking) -> None:
    """At the kiosk it would look like any number: they would wait for a call that never comes."""
    slot = hall.slot()
    missed, served = hall.book(slot), hall.book(slot, "13800000002")
    hall.at(10)
    for code in (missed, served):
        hall.check_in(code)
    hall.small.call_next(3)
    hall.small.say("no_show", 3)
    with pytest.raises(Refused, match="appointment_called"):
        hall.check_in(missed)
    hall.small.call_next(3)
    assert hall.check_in(served)["again"], "who is being called is shown the number"
    for verb in ("start", "finish"):
        hall.small.say(verb, 3)
    with pytest.raises(Refused, match="appointment_used"):
        hall.check_in(served)
    hall.small.say("requeue_here", 3, ticket=Ticket.objects.get(state="missed").pk)
    assert hall.check_in(missed)["again"], "back in the line, it is good again"


@pytest.mark.parametrize("typed", ["", "XXXXXX", "9999CODE", "<script>", "\x00", "长" * 300])
def test_a_wrong_code_is_refused(hall: Booking, typed: str) -> None:
    code = hall.book(hall.slot())
    with pytest.raises(Refused, match="appointment_unknown"):
        hall.check_in(typed.replace("CODE", code))


def test_an_appointment_of_another_day_or_a_cancelled_one_gives_no_number(hall: Booking) -> None:
    gone, old = hall.book(hall.slot()), hall.book(hall.slot("11:00", "12:00"), "13800000002")
    hall.say(appointments.cancel_appointment, "desk", code=gone)
    hall.at(10)
    with pytest.raises(Refused, match="appointment_cancelled"):
        hall.check_in(gone)
    hall.at(9, day=20)
    with pytest.raises(Refused, match="appointment_over"):
        hall.check_in(old)


def test_a_slot_at_a_window_sends_the_number_there_while_it_is_open(hall: Booking) -> None:
    slot = hall.slot(service="id-card", window=2)
    first, second = hall.book(slot), hall.book(slot, "13800000002")
    hall.at(10)
    assert hall.small.ticket(hall.check_in(first)).for_window.number == 2  # type: ignore[union-attr]
    hall.small.say("close", 2)
    assert hall.small.ticket(hall.check_in(second)).for_window is None
    check(hall.small.fresh())


def test_an_appointment_is_kept_though_the_hall_gives_no_more_numbers(hall: Booking) -> None:
    from hallqueue.actions import day

    code = hall.book(hall.slot())
    day.close_hall(hall.small.hall.pk, THE_HALL, new_key())
    hall.at(10)
    assert hall.check_in(code)["label"] == "C001"


def test_no_number_when_no_window_would_answer_for_it(hall: Booking) -> None:
    code = hall.book(hall.slot())
    hall.at(10)
    hall.small.say("close", 3)
    hall.small.say("close", 9)
    with pytest.raises(Refused, match="no_window_open"):
        hall.check_in(code)
    assert row(code).state == "booked"
    hall.small.say("open_window", 9)
    hall.check_in(code)
    check(hall.small.fresh())


def test_the_places_of_a_slot_are_given_away_once(hall: Booking) -> None:
    slot = hall.slot(capacity=1)
    code = hall.book(slot)
    with pytest.raises(Refused, match="slot_full"):
        hall.book(slot, "13800000002")
    hall.say(appointments.cancel_appointment, "desk", code=code)
    hall.book(slot, "13800000002")


def test_one_person_has_one_appointment_a_day(hall: Booking) -> None:
    hall.book(hall.slot())
    other = hall.slot("11:00", "12:00")
    with pytest.raises(Refused, match="appointment_limit_reached"):
        hall.book(other, f"+86 {PHONE[:3]}-{PHONE[3:]}")
    hall.say(slots.set_rules, limits={"day_limit": 2})
    hall.book(other)


def test_moving_to_another_day_is_no_way_around_the_days_limit(hall: Booking) -> None:
    tomorrow = str(hall.small.hall.local_date(timezone.now()) + timedelta(days=1))
    hall.book(hall.slot("10:00", "10:30", day=tomorrow))
    code = hall.book(hall.slot())
    with pytest.raises(Refused, match="appointment_limit_reached"):
        hall.say(appointments.rebook, "desk", code=code, slot=hall.slot("11:00", "11:30", day=tomorrow))
    assert (
        hall.say(appointments.rebook, "desk", code=code, slot=hall.slot("14:00", "14:30"))["start"] == "14:00"
    )


def test_only_the_least_is_kept_of_a_person(hall: Booking) -> None:
    code = hall.book(hall.slot(), name="欧阳娜娜")
    kept = row(code)
    assert (kept.name, kept.phone_tail) == ("欧阳*", "1234")
    assert PHONE not in str(Appointment.objects.values().get())
    for table in (Event, Receipt):
        assert PHONE not in str(list(table.objects.values()))
        assert "娜娜" not in str(list(table.objects.values()))
        assert kept.phone_hash not in str(list(table.objects.values()))


@pytest.mark.parametrize("phone", ["", "12345", "abcdefgh", "1234567890123", "1384730123x"])
def test_a_wrong_telephone_number_is_refused(hall: Booking, phone: str) -> None:
    with pytest.raises(Refused, match="phone_wrong"):
        hall.book(hall.slot(), phone)
    assert not Appointment.objects.exists()


def test_a_citizen_cancels_and_moves_until_some_hours_before_and_the_desk_at_any_time(hall: Booking) -> None:
    code, later = hall.book(hall.slot("11:30", "12:00")), hall.slot("14:00", "14:30")
    machine = Actor("client:1", "desk")
    hall.at(9, 31)
    for verb, more in ((appointments.cancel_appointment, {}), (appointments.rebook, {"slot": later})):
        with pytest.raises(Refused, match="cancel_too_late"):
            hall.say(verb, machine, code=code, **more)
    assert hall.say(appointments.rebook, "desk", code=code, slot=later)["start"] == "14:00"
    hall.say(appointments.cancel_appointment, machine, code=code)
    with pytest.raises(Refused, match="appointment_not_booked"):
        hall.say(appointments.cancel_appointment, "desk", code=code)


def test_who_never_came_is_counted_once_and_may_still_come_that_day(hall: Booking) -> None:
    code = hall.book(hall.slot())
    hall.at(10, 40)
    assert not appointments.needs_counting(hall.small.fresh(), datetime.now(ZONE))
    hall.at(10, 41)
    assert appointments.needs_counting(hall.small.fresh(), datetime.now(ZONE))
    assert hall.say(appointments.count_missed, THE_HALL)["missed"] == 1
    assert hall.say(appointments.count_missed, THE_HALL)["missed"] == 0
    assert row(code).state == "missed"
    assert appointments.no_shows(hall.small.hall, row(code).phone_hash, datetime.now(ZONE)) == 1
    assert hall.check_in(code)["late"]
    assert Event.objects.filter(kind="appointment.missed").count() == 1


def test_what_names_a_person_goes_after_the_halls_days(hall: Booking) -> None:
    code = hall.book(hall.slot())
    hall.clock.shift(timedelta(days=31))
    hall.say(appointments.count_missed, THE_HALL)
    kept = row(code)
    assert (kept.name, kept.phone_tail, kept.phone_hash, kept.state) == ("", "", "", "missed")
    for typed, told in ((code, "appointment_over"), ("0000" + code, "appointment_unknown")):
        with pytest.raises(Refused, match=told):
            hall.check_in(typed)


def test_too_far_ahead_or_past_is_not_booked(hall: Booking) -> None:
    far, soon = hall.slot(day="2026-09-28"), hall.slot()
    with pytest.raises(Refused, match="slot_far"):
        hall.book(far)
    hall.at(10, 30)
    with pytest.raises(Refused, match="slot_past"):
        hall.book(soon)
    with pytest.raises(Refused, match="slot_unknown"):
        hall.book(999_999)


def test_the_desk_finds_an_appointment_by_code_phone_or_its_end(hall: Booking) -> None:
    code = hall.book(hall.slot())
    for query in (code, code.lower(), PHONE, PHONE[-4:], PHONE[-4:] + code):
        assert [each.code for each in appointments.find(hall.small.hall, query, datetime.now(ZONE))] == [code]
    for query in ("", "0000", "张三", "%", code[:3]):
        assert appointments.find(hall.small.hall, query, datetime.now(ZONE)) == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("", ""),
        ("李四", "李*"),
        ("诸葛孔明", "诸葛*"),
        ("西门吹雪", "西门*"),
        ("Anna", "A***"),
        ("王", "王*"),
        ("A", "A*"),
    ],
)
def test_names_are_masked(name: str, shown: str) -> None:
    assert appointments.masked(name) == shown


def test_an_appointment_number_lives_like_any_other(hall: Booking) -> None:
    code = hall.book(hall.slot())
    hall.at(10)
    answer = hall.check_in(code)
    hall.small.call_next(3)
    hall.small.say("park", 3, reason="取材料")
    tickets.requeue(hall.small.hall.pk, hall.small.actor("desk"), new_key(), ticket=answer["ticket"])
    windows.pause(hall.small.hall.pk, hall.small.at(3), new_key(), window=3, reason="午休")
    assert hall.small.call_next(9)["label"] == answer["label"]
    check(hall.small.fresh())
