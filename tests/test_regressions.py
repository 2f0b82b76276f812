"""Real bugs of other queue systems, by their numbers: each is a sentence that must stay true here.

3 (one request sent twice) also stands in the kiosk's tests, 4 (the printer) in tests/printers, 8 (two calls at once) in
tests/displays, 11, 13 and 16 (the door) in test_regressions_pages.py, 11 (the browser that dies) also in
tests/pages/test_manager_hands_browser.py; what the engine owes them is here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from hallqueue import estimate
from hallqueue.actions import day, windows
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.house import setup
from hallqueue.actions.line import tickets
from hallqueue.errors import Refused
from hallqueue.models import Call, Day, Event, Series, SeriesCounter, Shift, Ticket
from hallqueue.topics import frame_of, parse
from hallqueue.topics.reading import Reading
from tests.hall import SmallHall, make_small_hall
from tests.invariants import check

pytestmark = pytest.mark.both_databases


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Do all of it at the same moment, each on a connection of its own; answers or refusals in order."""
    said: list[Any] = [None] * len(works)
    gate = threading.Barrier(len(works))

    def one(index: int) -> None:
        gate.wait()
        try:
            said[index] = works[index]()
        except Refused as refusal:
            said[index] = refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(index,)) for index in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return said


def take_everything(small: SmallHall) -> None:
    for number in (1, 2, 3):
        takes = [("id-card", 0), ("invoice", 0)]
        setup.map_services(small.hall.pk, THE_HALL, new_key(), window=number, takes=takes)


@pytest.mark.slow
def test_1_windows_that_press_next_at_once_each_get_somebody_else_or_hear_that_nobody_waits(
    committed_hall: SmallHall,
) -> None:
    take_everything(committed_hall)
    labels = {committed_hall.issue()["label"] for _ in range(2)}
    said = at_once(*(lambda window=window: committed_hall.call_next(window) for window in (1, 2, 3)))
    called = [each["label"] for each in said if isinstance(each, dict)]
    assert set(called) == labels
    assert len(called) == 2
    assert [each for each in said if not isinstance(each, dict)] == ["nobody_waiting"]
    check(committed_hall.hall)


@pytest.mark.slow
def test_2_kiosks_that_issue_at_once_give_distinct_numbers_without_gaps(committed_hall: SmallHall) -> None:
    said = at_once(*[committed_hall.issue] * 8)
    assert sorted(each["label"] for each in said) == [f"A{number:03d}" for number in range(1, 9)]
    check(committed_hall.hall)


def test_2_the_database_itself_refuses_a_number_twice(small_hall: SmallHall) -> None:
    ticket = small_hall.ticket(small_hall.issue())
    ticket.pk, ticket.token = None, "another"
    with pytest.raises(IntegrityError), transaction.atomic():
        ticket.save(force_insert=True)


def test_2_the_database_itself_refuses_two_open_tickets_at_one_window(small_hall: SmallHall) -> None:
    small_hall.issue()
    first = small_hall.ticket(small_hall.call_next(1))
    second = small_hall.ticket(small_hall.issue())
    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.filter(pk=second.pk).update(state="called", window=first.window)


@pytest.mark.slow
def test_3_one_request_sent_twice_at_once_gives_one_ticket(committed_hall: SmallHall) -> None:
    said = at_once(*[lambda: committed_hall.issue(key="the-same-key")] * 4)
    assert all(each == said[0] for each in said)
    assert Ticket.objects.count() == 1


def test_5_the_number_stays_through_transfers_and_no_later_number_repeats_it(small_hall: SmallHall) -> None:
    small_hall.issue()
    small_hall.call_next(1)
    small_hall.say("transfer", 1, service="invoice", reason="要开发票")
    assert small_hall.call_next(2)["label"] == "A001"
    small_hall.say("transfer", 2, to_window=3, reason="要住房")
    assert small_hall.call_next(3)["label"] == "A001"
    small_hall.say("transfer", 3, fallback=True, reason="办不成")
    assert small_hall.call_next(9)["label"] == "A001"
    assert [small_hall.issue(code)["label"] for code in ("invoice", "id-card")] == ["B001", "A002"]
    check(small_hall.hall)


def test_6_after_999_come_four_digits_and_after_9999_a_refusal(small_hall: SmallHall) -> None:
    assert small_hall.issue()["label"] == "A001"
    SeriesCounter.objects.update(last=998)
    assert [small_hall.issue()["label"] for _ in range(3)] == ["A999", "A1000", "A1001"]
    SeriesCounter.objects.update(last=Series.LAST)
    with pytest.raises(Refused, match="series_full"):
        small_hall.issue()
    assert small_hall.issue("invoice")["label"] == "B001"
    assert small_hall.call_next(1)["label"] == "A001"


EVENING = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def test_7_numbering_restarts_once_per_business_date_over_midnight_and_a_clock_set_back(db: None) -> None:
    with time_machine.travel(EVENING, tick=False) as clock:
        small = make_small_hall()
        said = []
        for hours in (0, 2, 1.5, 1, -2, 0):
            clock.shift(timedelta(hours=hours))
            said.append(small.issue()["label"])
        assert said == ["A001", "A002", "A003", "A001", "A002", "A003"]
        assert small.fresh().business_date(small.fresh().moved_at).isoformat() == "2026-03-03"
        day.close_days(small.hall.pk, THE_HALL, new_key())
        check(small.hall)


def test_7_a_day_closes_once_although_nobody_was_left(db: None) -> None:
    with time_machine.travel(EVENING, tick=False) as clock:
        small = make_small_hall()
        small.issue()
        small.call_next(1)
        small.say("start")
        small.say("finish")
        assert not day.needs_closing(small.fresh(), datetime.now(UTC))
        clock.shift(timedelta(hours=12))
        assert day.needs_closing(small.fresh(), datetime.now(UTC))
        for _ in range(2):
            day.close_days(small.hall.pk, THE_HALL, new_key())
            assert not day.needs_closing(small.fresh(), datetime.now(UTC))
        assert Day.objects.filter(hall=small.hall).count() == 1
        assert Event.objects.filter(hall=small.hall, kind="day.closed").count() == 1
        assert not small.hall.shifts.filter(ended_at=None).exists()
        assert not small.hall.windows.exclude(state="closed").exists()


def test_7_a_summer_clock_neither_repeats_nor_skips_a_business_date(db: None) -> None:
    with time_machine.travel(datetime(2026, 10, 24, 20, 0, tzinfo=UTC), tick=False) as clock:
        small = make_small_hall()
        small.hall.time_zone = "Europe/Berlin"
        small.hall.save(update_fields=["time_zone"])
        said = []
        for _ in range(8):  # 22:00 to 5:00 summer time, which is 4:00 winter time
            said.append(small.issue()["label"])
            clock.shift(timedelta(hours=1))
        assert said == [f"A{number:03d}" for number in range(1, 7)] + ["A001", "A002"]


def test_8_two_calls_at_once_are_two_calls_in_order_and_a_recall_is_said_again(small_hall: SmallHall) -> None:
    small_hall.issue()
    small_hall.issue("housing")
    small_hall.call_next(1)
    small_hall.call_next(3)
    order = list(Call.objects.order_by("said_seq").values_list("ticket__label", flat=True))
    assert order == ["A001", "C001"]
    small_hall.say("recall", 1)
    first = Call.objects.get(ticket__label="A001")
    assert first.said == 2
    assert first.said_seq == small_hall.fresh().seq


def test_12_a_parked_or_missed_ticket_is_never_taken_by_next(small_hall: SmallHall) -> None:
    small_hall.issue()
    small_hall.call_next(1)
    small_hall.say("park", reason="去取材料")
    with pytest.raises(Refused, match="nobody_waiting"):
        small_hall.call_next(1)
    parked = Ticket.objects.get(label="A001")
    with pytest.raises(Refused, match="reason_required"):
        small_hall.say("pick", ticket=parked.pk, reason=" ")
    assert small_hall.say("pick", ticket=parked.pk, reason="回来了")["label"] == "A001"
    small_hall.say("no_show")
    with pytest.raises(Refused, match="nobody_waiting"):
        small_hall.call_next(1)


def test_start_of_an_earlier_visit_is_not_the_start_of_this_one(small_hall: SmallHall) -> None:
    ticket = small_hall.ticket(small_hall.issue())
    small_hall.call_next(1)
    small_hall.say("start")
    small_hall.say("park", reason="去取材料")
    small_hall.say("pick", ticket=ticket.pk, reason="回来了")
    ticket.refresh_from_db()
    assert ticket.started_at is None
    check(small_hall.hall)


def board_frame(small: SmallHall) -> dict[str, Any]:
    topic = parse("board:small:main")
    assert topic is not None
    found = frame_of(Reading(small.fresh()), topic)
    assert found is not None
    return dict(found["data"])


def test_9_a_board_that_comes_back_after_two_minutes_or_two_days_shows_the_truth_and_no_old_call(
    db: None,
) -> None:
    """What it says while it is cut off, and that it speaks nothing older than 20 s, stands in tests/displays."""
    with time_machine.travel(EVENING - timedelta(hours=10), tick=False) as clock:
        small = make_small_hall()
        small.issue()
        small.call_next(1)
        clock.shift(timedelta(minutes=2))
        (call,) = board_frame(small)["calls"]
        assert datetime.fromisoformat(call["said_at"]) <= datetime.now(UTC) - timedelta(minutes=2)
        clock.shift(timedelta(days=2))
        day.close_days(small.hall.pk, THE_HALL, new_key())
        after = board_frame(small)
        assert (after["calls"], after["open_windows"]) == ([], 0)
        assert all(area["waiting"] == 0 for area in after["areas"])


@pytest.mark.slow
def test_10_of_two_clerks_who_choose_one_window_at_once_one_sits_and_one_hears_who(
    committed_hall: SmallHall,
) -> None:
    committed_hall.say("leave", 3)
    who = [committed_hall.actor(name) for name in ("clerk3", "manager")]
    hall = committed_hall.hall.pk
    said = at_once(*(lambda by=by: windows.sit(hall, by, new_key(), window=3) for by in who))
    assert [each for each in said if not isinstance(each, dict)] == ["window_taken"]
    assert Shift.objects.filter(window__number=3, ended_at=None).count() == 1


def test_10_one_clerk_in_two_browsers_has_one_seat_and_moves_with_it(small_hall: SmallHall) -> None:
    clerk = small_hall.actor("clerk1")
    for _ in range(2):
        windows.sit(small_hall.hall.pk, clerk, new_key(), window=1)
    assert Shift.objects.filter(user=clerk.user, ended_at=None).count() == 1
    with pytest.raises(Refused, match="window_taken"):
        windows.sit(small_hall.hall.pk, clerk, new_key(), window=2)
    windows.sit(small_hall.hall.pk, clerk, new_key(), window=2, take_over=True)
    assert [shift.window.number for shift in Shift.objects.filter(user=clerk.user, ended_at=None)] == [2]
    told = Event.objects.filter(kind="shift.ended", window__number=2).latest("seq")
    assert clerk.user is not None
    assert told.data["taken_by"] == clerk.user.pk


def test_15_an_average_over_sixty_minutes_is_right_and_ahead_counts_only_who_still_waits(db: None) -> None:
    with time_machine.travel(EVENING - timedelta(hours=10), tick=False) as clock:
        small = make_small_hall((1,))
        for minutes in (2, 58, 60, 62):
            small.issue()
            small.call_next(1)
            small.say("start")
            clock.shift(timedelta(minutes=minutes))
            small.say("finish")
        clock.shift(timedelta(seconds=-1))
        assert estimate.paces(small.fresh()) == {}
        tokens = [small.issue()["token"] for _ in range(4)]
        first, second = (Ticket.objects.get(token=token) for token in tokens[:2])
        tickets.cancel(small.hall.pk, THE_HALL, new_key(), ticket=second.pk)
        assert ahead(small, tokens[3]) == 2
        small.call_next(1)
        assert Ticket.objects.get(pk=first.pk).state == "called"
        assert ahead(small, tokens[3]) == 1


def ahead(small: SmallHall, token: str) -> Any:
    topic = parse(f"ticket:small:{token}")
    assert topic is not None
    found = frame_of(Reading(small.fresh()), topic)
    assert found is not None
    return found["data"]["ahead"]
