"""A simulated day: alive within a minute, the same under the same seed, and out of the way of real people."""

from __future__ import annotations

import io
import time
from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command

from hallqueue.actions import appointments, windows
from hallqueue.actions.command import Actor, new_key
from hallqueue.actions.line import tickets
from hallqueue.demo import day
from hallqueue.demo.crowd import DAY_MINUTES, Chance, rush
from hallqueue.demo.day import DayInTheHall
from hallqueue.demo.load import load
from hallqueue.errors import Refused
from hallqueue.hours import timetable_of
from hallqueue.models import Appointment, Event, Finding, Hall, Hours, Shift, Slot, Ticket, Window
from hallqueue.routing import line
from tests.hall import SmallHall, make_small_hall

pytestmark = pytest.mark.slow

DESK, MANAGER = Actor("desk", "desk"), Actor("manager", "manager")


@pytest.fixture
def demo_hall(db: None) -> SmallHall:
    """The small hall as a demo hall; nobody sits anywhere yet."""
    return make_demo_hall("demo")


def make_demo_hall(slug: str) -> SmallHall:
    small = make_small_hall(open_windows=(), slug=slug)
    Hall.objects.filter(pk=small.hall.pk).update(is_demo=True)
    small.hall = small.fresh()
    return small


def kinds(hall: Hall) -> Counter[str]:
    return Counter(Event.objects.filter(hall=hall).values_list("kind", flat=True))


def story(hall: Hall) -> list[tuple[str, str, str]]:
    """The log without what differs between two halls."""
    rows = Event.objects.filter(hall=hall, kind__startswith="ticket.").select_related("ticket", "window")
    return [
        (row.kind, row.ticket.label if row.ticket else "", str(row.window.number) if row.window else "")
        for row in rows
    ]


def test_hall_is_alive_in_the_first_minutes_of_a_simulated_day(demo_hall: SmallHall) -> None:
    DayInTheHall(demo_hall.hall, seed=7).live(10)
    assert kinds(demo_hall.hall)["ticket.called"] >= 2
    assert Ticket.objects.filter(hall=demo_hall.hall, state="waiting").exists()


@pytest.mark.slow
def test_half_a_day_has_everything_that_happens_in_a_hall(demo_hall: SmallHall) -> None:
    DayInTheHall(demo_hall.hall, seed=7).live(DAY_MINUTES / 2)
    seen = kinds(demo_hall.hall)
    wanted = {
        "issued",
        "called",
        "recalled",
        "started",
        "finished",
        "missed",
        "parked",
        "transferred",
        "requeued",
    }
    assert wanted <= {kind.removeprefix("ticket.") for kind in seen}
    assert {"window.opened", "window.paused", "shift.started"} <= seen.keys()
    assert Ticket.objects.filter(hall=demo_hall.hall, state="waiting").count() < 60


@pytest.mark.slow
def test_same_seed_makes_the_same_day(db: None) -> None:
    first, second = make_demo_hall("first"), make_demo_hall("second")
    for small in (first, second):
        DayInTheHall(small.hall, seed=42).live(90)
    assert story(first.hall) == story(second.hall)
    assert len(story(first.hall)) > 30


@pytest.mark.slow
def test_another_seed_makes_another_day(db: None) -> None:
    first, second = make_demo_hall("first"), make_demo_hall("second")
    DayInTheHall(first.hall, seed=1).live(60)
    DayInTheHall(second.hall, seed=2).live(60)
    assert story(first.hall) != story(second.hall)


def test_simulated_people_are_marked_in_the_log_and_on_their_tickets(demo_hall: SmallHall) -> None:
    DayInTheHall(demo_hall.hall, seed=7).live(30)
    said = Event.objects.filter(hall=demo_hall.hall, kind__startswith="ticket.").values_list("by", flat=True)
    assert {name.split(":")[0] for name in said} == {"demo"}
    assert set(Ticket.objects.filter(hall=demo_hall.hall).values_list("source", flat=True)) == {"demo"}


def test_first_window_is_left_for_whoever_tries_the_hall(demo_hall: SmallHall) -> None:
    DayInTheHall(demo_hall.hall, seed=7).live(30)
    sitting = Shift.objects.filter(hall=demo_hall.hall, ended_at=None)
    assert set(sitting.values_list("window__number", flat=True)) == {2, 3, 9}


def test_nothing_simulated_touches_the_window_of_a_real_clerk(demo_hall: SmallHall) -> None:
    demo_hall.open(2)
    before = Event.objects.filter(hall=demo_hall.hall, window__number=2).count()
    simulated = DayInTheHall(demo_hall.hall, seed=7)
    simulated.live(120)
    simulated.end()
    assert Event.objects.filter(hall=demo_hall.hall, window__number=2).count() == before
    assert Shift.objects.get(hall=demo_hall.hall, ended_at=None).user == demo_hall.people["clerk2"]


def test_real_clerk_takes_a_window_over_and_keeps_it(demo_hall: SmallHall) -> None:
    simulated = DayInTheHall(demo_hall.hall, seed=7)
    simulated.live(20)
    windows.sit(demo_hall.hall.pk, demo_hall.at(2), new_key(), window=2, take_over=True)
    head = demo_hall.fresh().seq
    simulated.live(90)
    after = Event.objects.filter(hall=demo_hall.hall, window__number=2, seq__gt=head)
    assert not after.exists()


def test_window_that_a_manager_closed_stays_closed(demo_hall: SmallHall) -> None:
    simulated = DayInTheHall(demo_hall.hall, seed=7)
    simulated.live(20)
    manager = demo_hall.actor("manager")
    windows.pause(demo_hall.hall.pk, manager, new_key(), window=3, reason="检修")
    simulated.live(90)
    assert Window.objects.get(hall=demo_hall.hall, number=3).state == Window.State.PAUSED


def test_everybody_simulated_goes_home_in_the_end(demo_hall: SmallHall) -> None:
    demo_hall.open(1)
    real = demo_hall.issue()
    simulated = DayInTheHall(demo_hall.hall, seed=7)
    simulated.live(45)
    simulated.end()
    living = Ticket.objects.filter(hall=demo_hall.hall).exclude(state__in=Ticket.ENDED_STATES)
    assert set(living.values_list("pk", flat=True)) <= {real["ticket"]}
    assert Window.objects.get(hall=demo_hall.hall, state="open").number == 1


def test_morning_and_afternoon_are_busier_than_noon() -> None:
    assert rush(75) > rush(345) > 1.3 > 0.8 > rush(210)
    assert sum(rush(minute) for minute in range(DAY_MINUTES)) == pytest.approx(DAY_MINUTES)


def test_weights_decide_how_often_something_is_chosen() -> None:
    chance = Chance(5)
    drawn = Counter(chance.weighted({"often": 9, "seldom": 1}) for _ in range(1000))
    assert 800 < drawn["often"] < 980


def test_real_hall_refuses_a_simulated_day(small_hall: SmallHall) -> None:
    with pytest.raises(Refused, match="not_allowed"):
        day.start(small_hall.hall)
    with pytest.raises(CommandError):
        call_command("demo_day", hall="small", minutes=1, speed=6000)
    assert not kinds(small_hall.hall)["demo.started"]


def test_command_says_which_hall_is_missing(db: None) -> None:
    with pytest.raises(CommandError, match="nowhere"):
        call_command("demo_day", hall="nowhere")


@pytest.mark.slow
def test_command_lives_a_short_day_and_cleans_up(transactional_db: None) -> None:
    small = make_demo_hall("demo")
    call_command("demo_day", hall="demo", minutes=20, speed=3000, seed=3, stdout=io.StringIO())
    seen = kinds(small.hall)
    assert seen["demo.started"] == seen["demo.stopped"] == 1
    assert seen["ticket.called"] > 0
    assert not Shift.objects.filter(hall=small.hall, ended_at=None).exists()


@pytest.mark.slow
def test_button_starts_one_day_a_hall_and_stops_it(transactional_db: None) -> None:
    small = make_demo_hall("demo")
    assert day.start(small.hall, speed=600)
    assert not day.start(small.hall, speed=600)
    assert day.running(small.hall)
    deadline = time.monotonic() + 15
    while not kinds(small.hall)["ticket.called"] and time.monotonic() < deadline:
        time.sleep(0.05)
    day.stop(small.hall)
    assert not day.running(small.hall)
    assert kinds(small.hall)["ticket.called"] > 0
    assert kinds(small.hall)["demo.started"] == kinds(small.hall)["demo.stopped"] == 1


def test_in_the_demo_hall_who_speaks_mongolian_is_left_to_a_window_that_does(db: None) -> None:
    hall = load()
    for number in (1, 4):
        windows.open_window(hall.pk, MANAGER, new_key(), window=number)
    answer = tickets.issue(hall.pk, DESK, new_key(), service="police-01", language="mn")
    seats = {each.number: each for each in Window.objects.filter(hall=hall).select_related("hall")}
    assert [each.label for each in line(seats[1])] == []
    assert [each.label for each in line(seats[4])] == [answer["label"]]


def test_the_demo_hall_has_hours_and_appointments_and_lives_at_any_hour(db: None) -> None:
    night = datetime(2026, 9, 21, 2, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
    with time_machine.travel(night, tick=False) as traveller:
        hall = load()
        assert [each.name for each in Hours.objects.filter(hall=hall)] == ["日常", "全天（演示）"]
        table = timetable_of(hall)
        keys = {table.key_of_service(pk) for pk in hall.services.values_list("pk", flat=True)}
        for hour in range(25):
            now = night + timedelta(hours=hour)
            assert not any(table.is_over(key, hall.business_date(now), now) for key in keys), now
            assert not any(table.refuses(key, hall.local_date(now), now) for key in keys)
        (closed,) = Finding.objects.filter(hall=hall, state=Finding.State.CLOSED)
        assert closed.walked_again is not None
        assert closed.walked_again.again_of_id == closed.walkthrough_id
        windows.open_window(hall.pk, MANAGER, new_key(), window=1)
        code = Appointment.objects.filter(hall=hall).first()
        assert code is not None
        answer = appointments.check_in(hall.pk, DESK, new_key(), code=code.code, source="desk")
        assert Ticket.objects.get(pk=answer["ticket"]).klass == "appointment"
        traveller.shift(timedelta(days=3))
        load()
    last = Slot.objects.filter(hall=hall).latest("start_at").date
    assert last == (night + timedelta(days=9)).date()
