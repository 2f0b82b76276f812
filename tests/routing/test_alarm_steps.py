"""How often a standing alarm is told anew in a hall that is over its limits all day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.utils import timezone

from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.house import setup
from hallqueue.actions.round import alarms
from hallqueue.actions.round.alarm_steps import MOST, has_grown
from hallqueue.models import Alarm, Event, Ticket
from tests.hall import SmallHall, far_from_midnight
from tests.routing.test_alarm_kinds import long_wait

pytestmark = pytest.mark.both_databases


def facts(*services: int) -> dict[str, list[list[int]]]:
    return {"services": [[pk, pk] for pk in services]}


@pytest.mark.parametrize(("known", "more", "matters"), [(1, 1, True), (5, 1, True), (6, 1, False)])
def test_one_more_matters_where_few_were_known_a_fifth_more_where_many(
    known: int, more: int, matters: bool
) -> None:
    assert has_grown(facts(*range(known)), facts(*range(known + more))) is matters
    assert not has_grown(facts(*range(known)), facts(*range(known - 1)))
    assert has_grown(facts(*range(60)), facts(*range(72)))
    assert not has_grown(facts(*range(60)), facts(*range(71)))


def look_at(small: SmallHall) -> Callable[[], int]:
    """Looks as the hall's worker does; gives how often anything was told anew so far."""

    def look() -> int:
        if alarms.alarms_moved(small.fresh(), timezone.now(), kinds=["long_wait"]):
            alarms.look_round(small.hall.pk, THE_HALL, new_key(), kinds=["long_wait"])
        return Event.objects.filter(kind="alarm.retold").count()

    return look


def wait_an_hour(small: SmallHall, service: str, people: int) -> None:
    for at in range(people):
        label = small.issue(service)["label"]
        since = timezone.now() - timedelta(minutes=60, seconds=-at)
        Ticket.objects.filter(label=label).update(issued_at=since)


def test_who_has_waited_longest_is_told_in_steps_and_is_true_again_within_a_minute(
    small_hall: SmallHall,
) -> None:
    far_from_midnight(small_hall)
    look = look_at(small_hall)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        wait_an_hour(small_hall, "invoice", 40)
        look()
        for _ in range(30):  # a minute of a hall that calls every two seconds
            small_hall.call_next(2)
            small_hall.say("no_show", 2)
            clock.shift(2)
            look()
        assert look() == MOST
        named = Ticket.objects.get(label=long_wait().data["label"])
        assert named.state != Ticket.State.WAITING
        clock.shift(60)
        assert look() == MOST + 1
        assert Ticket.objects.get(label=long_wait().data["label"]).state == Ticket.State.WAITING
        assert look() == MOST + 1, "nothing has changed since"


def more_services(small: SmallHall, count: int) -> list[str]:
    codes = [f"more-{number}" for number in range(count)]
    rows = [{"code": code, "name": code, "department": "住建局", "series": "C"} for code in codes]
    setup.load_services(small.hall.pk, THE_HALL, new_key(), rows=rows)
    takes = [[code, 0] for code in ("housing", *codes)]
    setup.map_services(small.hall.pk, THE_HALL, new_key(), window=3, takes=takes)
    return codes


def test_of_many_services_only_a_fifth_more_is_to_be_seen_again_and_the_log_keeps_what_changed(
    small_hall: SmallHall,
) -> None:
    far_from_midnight(small_hall)
    look, codes = look_at(small_hall), more_services(small_hall, 14)
    see = partial(alarms.acknowledge, small_hall.hall.pk, small_hall.actor("manager"))
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for code in codes[:10]:
            wait_an_hour(small_hall, code, 1)
        look()
        see(new_key(), alarm=long_wait().pk)
        seen = []
        for code in codes[10:13]:
            wait_an_hour(small_hall, code, 1)
            clock.shift(120)
            look()
            seen.append(bool(long_wait().acknowledged_by))
        assert seen == [True, False, False], "one more of ten is nothing, two more are to be seen again"
        assert len(long_wait().facts["services"]) == 13, "what is no growth is told all the same"
    told = Event.objects.filter(kind="alarm.retold").latest("seq").data["about"]
    assert (len(told["more"]), told["fewer"], "services" in told) == (1, [], False)
    assert Alarm.TOLD not in long_wait().facts
