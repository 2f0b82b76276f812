"""Closing time: what still fits today is said before a number is taken; nobody who has one is left standing."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from hallqueue.actions import day
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.line import calling, journeys, tickets
from hallqueue.actions.round import alarms
from hallqueue.errors import Refused
from hallqueue.models import Alarm, Service, Ticket
from hallqueue.texts import text
from hallqueue.topics.kiosk import kiosk_frame
from hallqueue.topics.reading import Reading
from tests.hall import SmallHall, make_small_hall
from tests.routing.test_hours import DAY, give, keep

ZONE = ZoneInfo("Asia/Shanghai")
FRIDAY = datetime(2026, 9, 18, 9, 0, tzinfo=ZONE)


def clock(hour: int, minute: int = 0, day: int = 18) -> datetime:
    return datetime(2026, 9, day, hour, minute, tzinfo=ZONE)


def closing(small: SmallHall) -> dict[str, Any]:
    frame = kiosk_frame(Reading(small.fresh()), "main")
    assert frame is not None
    found: dict[str, Any] = frame["closing"]
    return found


def moment(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(ZONE):%d %H:%M}"


@pytest.fixture
def friday(db: None) -> Any:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        yield make_small_hall(), traveller


def test_a_hall_without_hours_says_nothing_of_closing(small_hall: SmallHall) -> None:
    assert closing(small_hall) is None
    small_hall.issue()


def test_the_kiosk_gets_moments_and_no_clock(friday: Any) -> None:
    small, traveller = friday
    usual = str(keep(small))
    told = closing(small)["hours"][usual]
    assert [each["date"] for each in told["days"]] == ["2026-09-18", "2026-09-20", "2026-09-21"]
    assert [moment(end) for _, end in told["days"][0]["spans"]] == ["18 12:00", "18 17:30"]
    assert moment(told["idle"]["10"]) == "18 17:20"
    assert not told["refuses"]
    traveller.move_to(clock(23))
    assert closing(small)["hours"][usual] == told


def test_without_an_estimate_it_is_promised_while_even_a_very_slow_line_ends_in_time(friday: Any) -> None:
    small, _ = friday
    keep(small)
    small.issue("housing")
    service = Service.objects.get(code="housing")
    surely, perhaps = closing(small)["until"][str(service.pk)]
    assert service.minutes == 10
    assert moment(surely) == "18 16:20", "two people at half an hour each, then ten minutes of one's own"
    assert perhaps is None
    for _ in range(15):
        small.issue("housing")
    assert closing(small)["until"][str(service.pk)] == [None, None], "more than the day holds"


def test_with_an_estimate_it_says_until_when_one_is_surely_and_perhaps_served(friday: Any) -> None:
    small, traveller = friday
    keep(small)
    for _ in range(6):
        small.issue("housing")
    for _ in range(4):
        small.call_next(3)
        small.say("start", 3)
        traveller.shift(timedelta(minutes=10))
        small.say("finish", 3)
    surely, perhaps = closing(small)["until"][str(Service.objects.get(code="housing").pk)]
    assert datetime.fromisoformat(surely) < datetime.fromisoformat(perhaps) <= clock(17, 20)
    assert datetime.fromisoformat(surely) >= clock(16)


def test_a_late_number_is_only_warned_of_unless_the_hall_refuses_it(friday: Any) -> None:
    small, traveller = friday
    keep(small, last_number_minutes=30)
    traveller.move_to(clock(17, 29))
    small.issue("housing")


def test_after_the_last_number_the_kiosk_is_refused_with_the_next_opening(friday: Any) -> None:
    small, traveller = friday
    keep(small, last_number_minutes=30, refuses_late=True)
    traveller.move_to(clock(17, 0))
    small.issue("housing")
    traveller.move_to(clock(17, 1))
    with pytest.raises(Refused, match="too_late_today") as refusal:
        small.issue("housing")
    assert refusal.value.params["opening"] == "09-20 09:00"  # the Sunday is made up for 国庆


def test_the_desk_and_the_fallback_window_judge_for_themselves(friday: Any) -> None:
    small, traveller = friday
    keep(small, last_number_minutes=30, refuses_late=True)
    traveller.move_to(clock(17, 10))
    tickets.issue(small.hall.pk, small.actor("desk"), new_key(), service="housing", source="desk")
    small.issue("housing", to_fallback=True)


def test_each_service_follows_the_hours_of_its_own_windows(friday: Any) -> None:
    small, traveller = friday
    keep(small, refuses_late=True)
    late = keep(small, "延时", ["9:00-20:00"] * 5 + ["", "", ""], refuses_late=True)
    give(small, {"3": late})
    traveller.move_to(clock(18))
    small.issue("housing")
    with pytest.raises(Refused, match="too_late_today"):
        small.issue("invoice")


def test_a_number_for_several_services_needs_that_all_of_them_are_still_given(friday: Any) -> None:
    small, traveller = friday
    keep(small, refuses_late=True)
    late = keep(small, "延时", ["9:00-20:00"] * 5 + ["", "", ""], refuses_late=True)
    give(small, {"3": late})
    stages = {"stages": [["housing"], ["invoice"]], "name": "开店"}
    journeys.set_journey(small.hall.pk, small.actor("manager"), new_key(), code="shop", **stages)
    small.issue("", journey="shop")
    traveller.move_to(clock(18))
    for wish in ({"journey": "shop"}, {"service": "housing", "also": ["invoice"]}):
        with pytest.raises(Refused, match="too_late_today") as refusal:
            small.issue(**{"service": "", **wish})
        assert refusal.value.params["name"] == "发票申领"


def test_no_number_on_a_holiday_where_the_hall_refuses_late_ones(friday: Any) -> None:
    small, traveller = friday
    keep(small, refuses_late=True)
    traveller.move_to(datetime(2026, 10, 1, 10, tzinfo=ZONE))
    with pytest.raises(Refused, match="too_late_today") as refusal:
        small.issue("housing")
    assert refusal.value.params["opening"] == "10-08 09:00"


def test_people_who_wait_at_closing_raise_an_alarm_and_are_still_called(friday: Any) -> None:
    small, traveller = friday
    keep(small, refuses_late=True)
    traveller.move_to(clock(17, 20))
    small.issue("housing")
    small.issue("housing")
    alarms.look_round(small.hall.pk, THE_HALL, new_key())
    assert not Alarm.objects.filter(kind="after_closing").exists()
    traveller.move_to(clock(17, 30))
    alarms.look_round(small.hall.pk, THE_HALL, new_key())
    raised = Alarm.objects.get(kind="after_closing", cleared_at=None)
    assert raised.data["people"] == 2
    assert [name for _, name in raised.data["services"]] == ["公租房申请"]
    for _ in range(2):
        small.call_next(3)
        small.say("start", 3)
        small.say("finish", 3)
    alarms.look_round(small.hall.pk, THE_HALL, new_key())
    assert not Alarm.objects.filter(kind="after_closing", cleared_at=None).exists()
    with pytest.raises(Refused, match="nobody_waiting"):
        calling.call_next(small.hall.pk, small.at(3), new_key(), window=3)


def test_the_services_whose_hours_are_over_are_one_alarm_that_names_them_all(friday: Any) -> None:
    small, traveller = friday
    keep(small)
    traveller.move_to(clock(17, 20))
    first = small.issue("invoice")["label"]
    traveller.move_to(clock(17, 21))
    for service in ("housing", "id-card"):
        small.issue(service)
    traveller.move_to(clock(17, 30))
    look = partial(alarms.look_round, small.hall.pk, THE_HALL, kinds=["after_closing"])
    assert look(new_key()) == {"raised": 1, "cleared": 0}
    told = Alarm.objects.get(kind="after_closing", cleared_at=None).data
    assert (len(told["services"]), told["people"], told["label"]) == (3, 3, first)
    small.call_next(2)
    assert look(new_key()) == {"raised": 0, "cleared": 0}
    assert Alarm.objects.get(kind="after_closing").data["people"] == 2


def test_parked_people_at_closing_raise_an_alarm_that_a_manager_signs(friday: Any) -> None:
    small, traveller = friday
    keep(small)
    for _ in range(2):
        small.issue("housing")
        small.call_next(3)
        small.say("park", 3, reason="复印")
    traveller.move_to(clock(17, 29))
    assert not alarms.alarms_moved(small.fresh(), timezone.now())
    traveller.move_to(clock(17, 30))
    alarms.look_round(small.hall.pk, THE_HALL, new_key())
    raised = Alarm.objects.get(kind="parked_at_closing", cleared_at=None)
    first = Ticket.objects.get(label="C001")
    told = (raised.data["people"], raised.data["label"], raised.data["service"])
    assert told == (2, "C001", "公租房申请")
    assert text("manager.alarm.parked_at_closing", wait="1 小时", **raised.data).endswith("改日再来")
    alarms.acknowledge(small.hall.pk, small.actor("manager"), new_key(), alarm=raised.pk)
    for ticket in (first, Ticket.objects.get(label="C002")):
        tickets.cancel(small.hall.pk, small.actor("desk"), new_key(), ticket=ticket.pk)
    alarms.look_round(small.hall.pk, THE_HALL, new_key())
    raised.refresh_from_db()
    assert raised.acknowledged_by
    assert raised.cleared_at


def test_parked_people_of_several_services_are_one_alarm_by_who_was_parked_longest(friday: Any) -> None:
    small, traveller = friday
    keep(small)
    for hour, service, window in ((10, "invoice", 2), (11, "housing", 3), (12, "invoice", 2)):
        traveller.move_to(clock(hour))
        if back := Ticket.objects.filter(service__code=service).first():
            tickets.requeue(small.hall.pk, small.actor("desk"), new_key(), ticket=back.pk)
        else:
            small.issue(service)
        small.call_next(window)
        small.say("park", window, reason="复印")
    traveller.move_to(clock(17, 30))
    look = partial(alarms.look_round, small.hall.pk, THE_HALL, kinds=["parked_at_closing"])
    assert look(new_key()) == {"raised": 1, "cleared": 0}
    told = Alarm.objects.get(cleared_at=None)
    assert (len(told.data["services"]), told.data["people"], told.data["label"]) == (2, 2, "C001")
    tickets.cancel(small.hall.pk, small.actor("desk"), new_key(), ticket=Ticket.objects.get(label="C001").pk)
    look(new_key())
    told.refresh_from_db()
    assert (len(told.data["services"]), told.data["people"], told.data["label"]) == (1, 1, "B001")


def test_without_hours_parked_people_are_alarmed_of_when_the_hall_closes(small_hall: SmallHall) -> None:
    small_hall.issue()
    small_hall.call_next(1)
    small_hall.say("park", reason="复印")
    assert not alarms.alarms_moved(small_hall.fresh(), timezone.now())
    day.close_hall(small_hall.hall.pk, THE_HALL, new_key())
    due = alarms.due_alarms(small_hall.fresh(), timezone.now())
    assert [kind for kind, _ in due] == ["parked_at_closing"]


def test_managers_are_warned_of_a_year_nobody_knows_before_it_begins(friday: Any) -> None:
    small, traveller = friday
    keep(small)
    traveller.move_to(datetime(2026, 12, 5, 9, tzinfo=ZONE))
    alarms.look_round(small.hall.pk, THE_HALL, new_key())
    assert not Alarm.objects.filter(kind="calendar_unknown").exists()
    traveller.move_to(datetime(2026, 12, 20, 9, tzinfo=ZONE))
    alarms.look_round(small.hall.pk, THE_HALL, new_key())
    assert Alarm.objects.get(kind="calendar_unknown", cleared_at=None).data == {"year": 2027}


def test_hours_cost_the_kiosks_numbers_no_reads(friday: Any, django_assert_max_num_queries: Any) -> None:
    small, _ = friday
    keep(small, week=[DAY] * 5 + ["", "", ""], refuses_late=True)
    small.issue("housing")
    with django_assert_max_num_queries(14):
        small.issue("housing")
