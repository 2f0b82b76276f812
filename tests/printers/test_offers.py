"""When paper fails: what is offered instead of dumped, who stands in, what the kiosk asks, and test slips."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from hallqueue.actions.command import THE_HALL, Actor, new_key
from hallqueue.actions.line import tickets
from hallqueue.actions.people import enrol, revoke_device
from hallqueue.errors import Refused
from hallqueue.models import Alarm, Event, Ticket
from hallqueue.topics import Topic, frame_of
from hallqueue.topics.reading import Reading
from printers import asking, setting_up, worker
from printers.models import Printer, PrintJob
from printers.twin import Mode, PrinterTwin
from printers.worker import Feeder
from tests.hall import KIOSK, SmallHall
from tests.printers.desk import Desk, desk_of

pytestmark = pytest.mark.both_databases


@pytest.fixture
def desk(small_hall: SmallHall) -> Iterator[Desk]:
    with desk_of(small_hall) as made:
        yield made


def frame(desk: Desk, kind: str, name: str) -> dict[str, Any]:
    found = frame_of(Reading(desk.small.fresh()), Topic(kind, "small", name))
    assert found is not None
    data: dict[str, Any] = found["data"]
    return data


def minutes_pass(minutes: float) -> None:
    """Everything on record is that much older."""
    for job in PrintJob.objects.all():
        PrintJob.objects.filter(pk=job.pk).update(made_at=job.made_at - timedelta(minutes=minutes))
    Printer.objects.update(fed_at=timezone.now() - timedelta(minutes=minutes))


def say(desk: Desk, verb: Any, **details: Any) -> Any:
    return verb(desk.small.hall.pk, desk.small.actor("desk"), new_key(), **details)


def test_after_a_refill_old_slips_are_offered_and_not_dumped(desk: Desk) -> None:
    desk.twin.mode = Mode.PAPER_OUT
    old, gone, over = (desk.issue() for _ in range(3))
    desk.work()
    assert frame(desk, "paper", "1")["printer"] == "down"
    minutes_pass(2)
    desk.turns()
    assert [desk.job(each).state for each in (old, gone, over)] == ["failed"] * 3
    assert desk.job(old).reason == "paper_out"
    fresh = desk.issue()
    desk.follow()
    desk.twin.mode = Mode.OK
    desk.look_again()
    assert (desk.job(fresh).state, len(desk.twin.slips)) == ("confirmed", 1)  # the newest only
    assert frame(desk, "paper", "1")["printer"] == "ready"
    desk.small.say("call_next")
    desk.small.say("start")
    desk.small.say("finish")  # the first of them is done without paper
    on_offer = frame(desk, "printer", "all")["offered"]
    assert [each["label"] for each in on_offer] == [gone.label, over.label]
    assert say(desk, asking.let_go, jobs=[desk.job(gone).pk]) == {"dropped": 1}
    with pytest.raises(Refused, match="not_allowed"):
        asking.print_offered(desk.small.hall.pk, desk.small.actor("clerk1"), new_key(), jobs=[])
    everything = [each.pk for each in PrintJob.objects.all()]
    assert say(desk, asking.print_offered, jobs=everything) == {"printed": 1}
    desk.turns()
    assert (desk.job(over).state, desk.job(over).copy) == ("confirmed", 1)
    assert "补打" not in desk.twin.slips[-1].text  # it never was on paper: no reprint
    assert not frame(desk, "printer", "all")["offered"]


def test_worker_that_was_away_does_not_print_what_nobody_waits_for(desk: Desk) -> None:
    desk.issue()
    Event.objects.filter(kind="ticket.issued").update(at=timezone.now() - timedelta(minutes=3))
    desk.work()
    assert not desk.twin.slips
    assert [job.reason for job in PrintJob.objects.all()] == ["too_old"]
    assert len(frame(desk, "printer", "all")["offered"]) == 1


def test_a_long_line_of_slips_is_no_reason_to_give_one_up(desk: Desk) -> None:
    tickets = [desk.issue() for _ in range(3)]
    desk.follow()
    minutes_pass(0.9)
    Printer.objects.update(fed_at=timezone.now())
    desk.turns(5)
    assert [desk.job(each).state for each in tickets] == ["confirmed"] * 3


def test_another_printer_stands_in_and_staff_see_where_the_paper_went(desk: Desk) -> None:
    with PrinterTwin() as other_twin:
        fields = {"name": "导办台打印机", "address": other_twin.url, "is_active": True}
        other = setting_up.add_printer(desk.small.hall.pk, THE_HALL, new_key(), **fields)["printer"]
        Printer.objects.filter(pk=desk.printer.pk).update(stand_in=other)
        second = Feeder(other)
        second.turn()
        desk.twin.mode = Mode.COVER_OPEN
        desk.turns(1)
        ticket = desk.issue()
        desk.work()
        second.turn()
        (slip,) = other_twin.slips
        assert ticket.label in slip.text
        assert "补打" not in slip.text
        job = desk.job(ticket)
        assert (job.state, job.printer_id, job.meant_for_id) == ("confirmed", other, desk.printer.pk)
        (shown,) = frame(desk, "printer", "all")["jobs"]
        assert shown["meant_for"] == desk.printer.name
        kiosk = frame(desk, "paper", "1")
        assert (kiosk["printer"], kiosk["elsewhere"]) == ("ready", "导办台打印机")
        assert kiosk["slips"][str(ticket.pk)]["elsewhere"] == "导办台打印机"
        assert "slip.moved" in desk.kinds()
        desk.twin.mode = Mode.OK
        desk.look_again()
        assert frame(desk, "paper", "1")["elsewhere"] == ""


def test_kiosk_asks_about_a_paper_nobody_knows_of_and_a_second_one_carries_the_mark(desk: Desk) -> None:
    desk.turns(1)
    desk.twin.after, desk.twin.mode = 600, Mode.RESET
    first, second = desk.issue(), desk.issue()
    desk.follow()
    for _ in range(2):
        desk.feeder.turn()
    slips = frame(desk, "paper", "1")["slips"]
    assert slips[str(first.pk)]["state"] == "unknown"
    PrintJob.objects.filter(ticket=second).update(state="unknown")
    desk.twin.mode = Mode.OK
    hall = desk.small.hall.pk
    for by, ticket in ((Actor("device:2", "kiosk"), first), (KIOSK, desk.issue())):
        with pytest.raises(Refused, match="slip_not_asked"):
            asking.came_out(hall, by, new_key(), ticket=ticket.pk, yes=False)
    assert asking.came_out(hall, KIOSK, new_key(), ticket=first.pk, yes=True)["copy"] == 1
    assert (desk.job(first).state, desk.job(first).reason) == ("confirmed", "seen")
    for _ in range(2):  # the same press twice: one paper more
        assert asking.came_out(hall, KIOSK, "pressed-no", ticket=second.pk, yes=False)["copy"] == 2
    desk.look_again()
    assert (desk.job(second, copy=2).state, desk.job(second, copy=2).asked_why) == (
        "confirmed",
        "not_printed",
    )
    assert [f"{second.label}" in slip.text and "补打 第2份" in slip.text for slip in desk.twin.slips].count(
        True
    ) == 1
    told = Event.objects.get(kind="slip.reprinted")
    assert (told.by, told.ticket_id) == (KIOSK.name, second.pk)


def test_staff_hear_of_a_printer_with_its_own_look(desk: Desk) -> None:
    desk.turns(1)
    for mode, standing in (
        (Mode.NEAR_END, {("printer_low", "near_end")}),
        (Mode.PAPER_OUT, {("printer_down", "paper_out")}),
        (Mode.COVER_OPEN, {("printer_down", "cover_open")}),
        (Mode.OK, set()),
    ):
        desk.twin.mode = mode
        desk.look_again()
        alarms = Alarm.objects.filter(cleared_at=None, kind__startswith="printer_")
        assert {(each.kind, each.data["condition"]) for each in alarms} == standing


def test_test_slip_is_printed_and_belongs_to_nobody(desk: Desk) -> None:
    answer = say(desk, asking.print_test, printer=desk.printer.pk, example="rare_names")
    desk.turns()
    job = PrintJob.objects.get(pk=answer["job"])
    assert (job.state, job.ticket) == ("confirmed", None)
    assert "测试" in desk.paper().text
    assert desk.paper().errors == ()
    assert frame(desk, "printer", "all")["jobs"][0]["label"] == "测试"
    desk.twin.mode = Mode.PAPER_OUT
    say(desk, asking.print_test, printer=desk.printer.pk)
    desk.look_again()
    minutes_pass(1)
    desk.turns()
    assert not frame(desk, "printer", "all")["offered"]
    for wrong in ({"printer": 10**9}, {"printer": desk.printer.pk, "example": "none"}):
        with pytest.raises(Refused, match=r"unknown_printer|bad_input"):
            say(desk, asking.print_test, **wrong)
    with pytest.raises(Refused, match="printer_address"):
        setting_up.change_printer(
            desk.small.hall.pk, THE_HALL, new_key(), printer=desk.printer.pk, address="printer"
        )


def test_a_kiosk_paired_anew_after_it_was_revoked_finds_the_printer_that_was_its_own(
    small_hall: SmallHall,
) -> None:
    hall = small_hall.hall.pk

    def paired(name: str) -> int:
        fields = {"kind": "kiosk", "name": name, "token_hash": name * 64}
        return int(enrol(hall, THE_HALL, new_key(), **fields)["device"])

    def taken_at(device: int) -> Ticket:
        by = Actor(f"device:{device}", "kiosk")
        return small_hall.ticket(tickets.issue(hall, by, new_key(), service="id-card"))

    gone, other = paired("a"), paired("b")
    own = {"name": "东门", "address": "tcp://127.0.0.1:1", "kiosk_id": gone}
    printer = setting_up.add_printer(hall, THE_HALL, new_key(), **own)["printer"]
    revoke_device(hall, small_hall.actor("manager"), new_key(), device=gone)
    again = taken_at(paired("c"))
    worker.follow(hall)
    assert [(job.ticket, job.printer_id) for job in PrintJob.objects.all()] == [(again, printer)]
    told = frame_of(Reading(small_hall.fresh()), Topic("paper", "small", str(other)))
    assert told is not None
    assert told["data"]["printer"] == "ready"


def test_a_printer_put_up_later_has_nothing_to_do_with_numbers_from_before(small_hall: SmallHall) -> None:
    """Until then nobody printed the desk's numbers; they are neither printed nor offered afterwards."""
    hall = small_hall.hall.pk
    kiosk = enrol(hall, THE_HALL, new_key(), kind="kiosk", name="东门", token_hash="x" * 64)["device"]
    own = {"name": "东门", "address": "tcp://127.0.0.1:1", "kiosk_id": kiosk}
    printer = setting_up.add_printer(hall, THE_HALL, new_key(), **own)["printer"]
    at_kiosk = Actor(f"device:{kiosk}", "kiosk")

    def taken(by: Actor) -> Ticket:
        return small_hall.ticket(tickets.issue(hall, by, new_key(), service="id-card"))

    for _ in range(3):
        taken(small_hall.actor("desk"))
    worker.follow(hall)
    owed = taken(at_kiosk)  # the worker has not come to it yet
    shared = {"name": "大厅", "address": "tcp://127.0.0.1:2"}
    later = setting_up.add_printer(hall, THE_HALL, new_key(), **shared)["printer"]
    after = taken(small_hall.actor("desk"))
    worker.follow(hall)
    made = PrintJob.objects.order_by("id").values_list("ticket", "printer")
    assert list(made) == [(owed.pk, printer), (after.pk, later)]


def test_a_printer_back_in_use_prints_nothing_of_the_time_between(desk: Desk) -> None:
    hall, printer = desk.small.hall.pk, desk.printer.pk
    for is_active in (False, True):
        setting_up.change_printer(hall, THE_HALL, new_key(), printer=printer, is_active=is_active)
        if not is_active:
            desk.issue()
    after = desk.issue()
    desk.follow()
    assert [job.ticket for job in PrintJob.objects.all()] == [after]
