"""Workers that are gone are an alarm: of the hall's own watch, and of servers that run without workers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from displays.models import Card, CardMaster
from hallqueue.actions.round import alarms
from hallqueue.actions.round.alarm_kinds import gone_since
from hallqueue.models import Alarm
from hallqueue.watch import Sentinel, Watch
from printers.jobs import take_lease
from printers.models import Printer
from printers.worker import Feeder
from tests.ground.process import wait_until
from tests.ground.servers import Hallqueue
from tests.hall import SmallHall
from tests.kiosk_hall import build

GONE = {("workers_gone", "hall")}


def printer(small: SmallHall, seconds: int | None) -> Printer:
    """A printer whose lease ends in so many seconds; None: nobody ever fed it."""
    until = None if seconds is None else timezone.now() + timedelta(seconds=seconds)
    return Printer.objects.create(
        hall=small.hall, name=f"P {seconds}", address="tcp://127.0.0.1:9", owned_until=until, condition="ok"
    )


def standing(small: SmallHall) -> list[str]:
    return list(Alarm.objects.filter(hall=small.hall, cleared_at=None).values_list("kind", flat=True))


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("owner", "seconds", "taken"),
    [("", None, True), ("me", 5, True), ("other", 5, False), ("other", -5, True), ("other", 90, True)],
)
def test_a_printer_is_taken_from_another_process_only_when_its_lease_is_over_or_none_that_can_be(
    small_hall: SmallHall, owner: str, seconds: int | None, taken: bool
) -> None:
    used = printer(small_hall, seconds)
    Printer.objects.update(owner=owner)
    assert take_lease(used, "me", None) == taken
    assert Printer.objects.get().owner == ("me" if taken else "other")


@pytest.mark.both_databases
def test_a_lease_that_ran_out_tells_that_nobody_feeds_a_printer_in_use(small_hall: SmallHall) -> None:
    now = timezone.now()
    for seconds in (None, 5, -1):
        printer(small_hall, seconds)
    assert gone_since(small_hall.hall, now) is None
    left = printer(small_hall, -20)
    assert gone_since(small_hall.hall, now) == left.owned_until
    assert alarms.due_alarms(small_hall.hall, now) == GONE
    Printer.objects.filter(pk=left.pk).update(is_active=False)
    assert alarms.due_alarms(small_hall.hall, now) == set()


@pytest.mark.both_databases
def test_bars_that_nobody_speaks_to_are_told_too(small_hall: SmallHall) -> None:
    now = timezone.now()
    CardMaster.objects.create(hall=small_hall.hall, owned_until=now - timedelta(minutes=1))
    assert alarms.due_alarms(small_hall.hall, now) == set()
    Card.objects.create(hall=small_hall.hall, name="1", family="eq", address="tcp://127.0.0.1:9")
    assert alarms.due_alarms(small_hall.hall, now) == GONE


@pytest.mark.both_databases
@pytest.mark.parametrize("died_before", [True, False])
def test_a_clock_set_back_neither_hides_that_they_are_gone_nor_says_so_of_living_ones(
    small_hall: SmallHall, died_before: bool
) -> None:
    """Nobody writes to the log meanwhile: its time stands where the clock was before."""
    small_hall.issue()
    used = printer(small_hall, 8)
    with time_machine.travel(timezone.now() - timedelta(hours=1), tick=False) as clock:
        if not died_before:
            Printer.objects.filter(pk=used.pk).update(owned_until=timezone.now() + timedelta(seconds=10))
        due = alarms.due_alarms(small_hall.hall, small_hall.fresh().moved_at, ["workers_gone"])
        assert due == (GONE if died_before else set())
        Watch(rests=0, settles=0).look()
        assert standing(small_hall) == (["workers_gone"] if died_before else [])
        for told in Alarm.objects.all():
            assert told.data["since"] == timezone.now().isoformat(), "not before it can be known"
        clock.shift(timedelta(seconds=14))
        assert alarms.due_alarms(small_hall.hall, timezone.now(), ["workers_gone"]) == GONE


def test_a_process_that_just_began_neither_tells_nor_clears(small_hall: SmallHall) -> None:
    left = printer(small_hall, -20)
    for watching in (Watch(rests=0), Sentinel()):
        watching.look()
    assert standing(small_hall) == []
    Sentinel(settles=0).look()
    assert standing(small_hall) == ["workers_gone"]
    Printer.objects.filter(pk=left.pk).update(owned_until=timezone.now() + timedelta(seconds=10))
    Watch(rests=0).look()
    assert standing(small_hall) == ["workers_gone"]
    Watch(rests=0, settles=0).look()
    assert standing(small_hall) == []


def test_a_printer_that_is_out_of_use_is_nobodys(small_hall: SmallHall) -> None:
    used = printer(small_hall, None)
    feeder = Feeder(used.pk)
    feeder.turn()
    used.refresh_from_db()
    assert used.owner == feeder.owner
    Printer.objects.filter(pk=used.pk).update(is_active=False)
    assert feeder.turn() is None
    used.refresh_from_db()
    assert (used.owner, used.owned_until) == ("", None)


class Alone(Hallqueue):
    """A server whose workers run elsewhere, or nowhere."""

    def command(self) -> Sequence[str]:
        return [*super().command(), "--no-workers"]


@pytest.mark.servers
@pytest.mark.slow
def test_a_server_without_workers_says_that_there_are_none() -> None:
    server = Alone()
    server.start()
    try:
        build(
            server,
            "from datetime import timedelta; from django.utils import timezone",
            "from printers.models import Printer",
            "gone = timezone.now() - timedelta(minutes=1)",
            "Printer.objects.create(hall=small.hall, name='P', address='tcp://127.0.0.1:9', owned_until=gone)",
        )
        ask = "from hallqueue.models import Alarm; print(*Alarm.objects.values_list('kind', flat=True))"
        wait_until(lambda: "workers_gone" in server.behind(ask), 30, "the alarm")
    finally:
        server.remove()
