"""Business dates: over midnight, over the cut-off hour, over summer time, with clocks set back, and closed once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hallqueue import watch
from hallqueue.actions import day, helping, windows
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.figures.folding import folded
from hallqueue.models import Day, Event, Hall, HelpCall, Presence, Receipt, Ticket
from hallqueue.reports import fallback_counts
from tests.hall import SmallHall, clock_at, make_small_hall
from tests.invariants import check

pytestmark = pytest.mark.both_databases
AFTERNOON = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


clock = clock_at(AFTERNOON)


@pytest.fixture
def hall(clock: time_machine.Traveller, db: None) -> SmallHall:
    return make_small_hall()


@pytest.mark.parametrize(
    ("zone", "cutoff", "moment", "expected"),
    [
        ("Asia/Shanghai", 3, "2026-03-02T18:59:59+00:00", "2026-03-02"),
        ("Asia/Shanghai", 3, "2026-03-02T19:00:00+00:00", "2026-03-03"),
        ("Asia/Shanghai", 0, "2026-03-02T16:00:00+00:00", "2026-03-03"),
        ("Europe/Berlin", 3, "2026-03-29T00:59:00+00:00", "2026-03-28"),
        ("Europe/Berlin", 3, "2026-03-29T01:00:00+00:00", "2026-03-29"),
        ("Europe/Berlin", 3, "2026-10-25T01:30:00+00:00", "2026-10-24"),
        ("Europe/Berlin", 3, "2026-10-25T02:00:00+00:00", "2026-10-25"),
        ("America/New_York", 3, "2026-01-01T07:59:00+00:00", "2025-12-31"),
    ],
)
def test_business_date_follows_the_halls_clock_and_cutoff(
    zone: str, cutoff: int, moment: str, expected: str
) -> None:
    hall = Hall(time_zone=zone, cutoff_hour=cutoff)
    assert hall.business_date(datetime.fromisoformat(moment)) == date.fromisoformat(expected)


def test_night_ends_tickets_shifts_and_windows_once(hall: SmallHall, clock: time_machine.Traveller) -> None:
    hall.issue()
    hall.issue("housing")
    hall.call_next(1)
    clock.shift(timedelta(hours=12))
    for _ in range(3):
        watch.Watch().look()
    states = {ticket.label: ticket.state for ticket in hall.hall.tickets.all()}
    assert states == {"A001": "expired", "C001": "expired"}
    assert Event.objects.filter(hall=hall.hall, kind="day.closed").count() == 1
    assert not hall.hall.windows.exclude(state="closed").exists()
    assert not hall.hall.shifts.filter(ended_at=None).exists()
    check(hall.hall)


def test_who_waits_for_nobody_when_the_day_closes_counts_by_reason_on_the_tickets_own_date(
    hall: SmallHall, clock: time_machine.Traveller
) -> None:
    today = hall.hall.business_date(timezone.now())
    hall.issue("housing")
    for_one = hall.issue("invoice")["ticket"]
    hall.issue("id-card")
    Ticket.objects.filter(pk=for_one).update(for_window=hall.hall.windows.get(number=3))
    hall.say("leave", 3)
    clock.shift(timedelta(days=1))
    watch.Watch().look()
    told = {"no_window": 1, "window_closed": 1}
    assert fallback_counts(hall.fresh(), today) == told
    assert fallback_counts(hall.fresh(), today + timedelta(days=1)) == {}
    whole = folded(hall.fresh(), today).of("hall")
    assert (whole.under("fallback"), whole.counts["fallen"]) == (told, 2)
    assert folded(hall.fresh(), today + timedelta(days=1)).of("hall").under("fallback") == {}


def test_window_that_serves_somebody_of_today_stays_open(
    hall: SmallHall, clock: time_machine.Traveller
) -> None:
    hall.issue()
    clock.shift(timedelta(days=1))
    hall.issue("housing")
    hall.call_next(3)
    day.close_days(hall.hall.pk, THE_HALL, new_key())
    assert hall.hall.windows.get(number=3).state == "open"
    assert hall.say("start", 3)["state"] == "serving"
    check(hall.hall)


def test_window_opened_by_a_manager_without_a_clerk_closes_over_night(
    hall: SmallHall, clock: time_machine.Traveller
) -> None:
    hall.say("leave", 2)
    windows.open_window(hall.hall.pk, hall.actor("manager"), new_key(), window=2)
    clock.shift(timedelta(days=1))
    watch.Watch().look()
    assert hall.hall.windows.get(number=2).state == "closed"


def test_several_days_are_closed_each_once_in_their_order(
    hall: SmallHall, clock: time_machine.Traveller
) -> None:
    for _ in range(3):
        hall.issue()
        clock.shift(timedelta(days=1))
    answer = day.close_days(hall.hall.pk, THE_HALL, new_key())
    assert answer == {"closed": ["2026-03-02", "2026-03-03", "2026-03-04"], "expired": 3}
    assert Day.objects.filter(hall=hall.hall).count() == 3
    check(hall.hall)


def test_clock_set_back_makes_no_negative_time_and_closes_nothing(
    hall: SmallHall, clock: time_machine.Traveller
) -> None:
    hall.issue()
    clock.shift(timedelta(hours=-30))
    hall.call_next(1)
    hall.say("start")
    hall.say("finish")
    receipts = Receipt.objects.count()
    watch.Watch().look()
    assert Receipt.objects.count() == receipts, "a quiet hall writes nothing, also with a wrong clock"
    assert not Day.objects.exists()
    check(hall.hall)


def test_receipts_are_forgotten_after_two_days(hall: SmallHall, clock: time_machine.Traveller) -> None:
    hall.issue(key="long-ago-key")
    clock.shift(timedelta(days=3))
    watch.Watch().look()
    assert not Receipt.objects.filter(key="long-ago-key").exists()
    check(hall.hall)


def test_note_of_a_call_for_help_goes_although_nobody_took_a_number_that_day(
    hall: SmallHall, clock: time_machine.Traveller
) -> None:
    about = {"kind": "other", "place": "desk", "spot": "门口", "note": "王先生"}
    helping.ask_for_help(hall.hall.pk, hall.actor("desk"), new_key(), **about)
    clock.shift(timedelta(days=1))
    hall.issue()
    clock.shift(timedelta(days=1))
    watch.Watch().look()
    assert HelpCall.objects.get().note == ""


def test_hall_that_nobody_moved_is_left_in_peace_for_a_while(hall: SmallHall) -> None:
    hall.open(1)
    quiet, patient = watch.Watch(rests=60), watch.Watch(rests=0)
    while queries(quiet) > 1:  # its own alarms move the hall as well
        continue
    assert all(queries(patient) > 1 for _ in range(2)), "whoever does not rest asks each time"
    hall.issue()
    assert queries(quiet) > 1
    while queries(quiet) > 1:
        continue
    seen = {"seen_at": timezone.now(), "gone_at": timezone.now()}
    Presence.objects.create(hall=hall.hall, subject="clerk:1:1", **seen)
    assert all(queries(quiet) > 1 for _ in range(2)), "somebody who is gone is missed in time"


def test_the_next_look_comes_when_somebody_who_left_is_to_be_missed(
    hall: SmallHall, clock: time_machine.Traveller
) -> None:
    eye = watch.Watch()
    assert 1 <= eye.look() <= watch.EVERY
    left = timezone.now() - timedelta(seconds=1.5)
    gone = Presence.objects.create(hall=hall.hall, subject="clerk:1:1", seen_at=left, gone_at=left)
    assert 0 < eye.look() <= 0.5
    gone.seen_at = timezone.now()  # and has come back
    gone.save()
    assert eye.look() >= 1


def test_what_the_day_brings_about_is_asked_for_now_and_then(
    hall: SmallHall, clock: time_machine.Traveller
) -> None:
    patient, eager = watch.Watch(rests=0), watch.Watch(rests=0, by_day=0)
    for eye in (patient, eager):
        eye.look()
    hall.issue()
    clock.shift(timedelta(days=1))
    patient.look()
    assert not Day.objects.exists(), "asked a moment ago"
    eager.look()
    assert Day.objects.exists()


def queries(eye: watch.Watch) -> int:
    with CaptureQueriesContext(connection) as asked:
        eye.look()
    return len(asked)
