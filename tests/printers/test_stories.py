"""What printers add: slips in a ticket's story, and an alarm for one that cannot print."""

from __future__ import annotations

from django.utils import timezone

from hallqueue.actions.round import alarms
from hallqueue.models import Walkthrough
from hallqueue.reporting.walkthroughs.timeline import timeline_of
from hallqueue.stories import asides_of
from printers.models import Printer, PrintJob
from tests.cases.test_walkthroughs import begun
from tests.hall import SmallHall
from tests.printers.desk import desk_of


def test_a_slip_stands_in_the_story_and_a_printer_without_paper_is_an_alarm(small_hall: SmallHall) -> None:
    hall, now = small_hall.hall, timezone.now()
    printer = Printer.objects.create(hall=hall, name="东门打印机", address="tcp://127.0.0.1:9")
    ticket = small_hall.ticket(small_hall.issue())
    made = {"hall": hall, "printer": printer, "ticket": ticket, "made_at": now, "due_at": now}
    PrintJob.objects.create(**made, state="confirmed", ended_at=now)
    PrintJob.objects.create(**made, copy=2)
    assert asides_of(ticket, "zh")[0].words.startswith("小票：")
    assert "补打第 2 张" in asides_of(ticket, "zh")[1].words
    assert alarms.due_alarms(hall, now) == set()
    printer.condition = "paper_out"
    printer.save()
    assert alarms.due_alarms(hall, now) == {("printer_down", f"printer:{printer.pk}")}
    assert alarms.alarms_moved(hall, now)


def test_a_walkthrough_tells_once_of_a_slip_that_was_printed(small_hall: SmallHall) -> None:
    with desk_of(small_hall) as desk:
        ticket = desk.issue()
        desk.work()
    walk = Walkthrough.objects.get(pk=begun(small_hall, ticket=ticket.label, consent=True, service=""))
    assert [line.words for line in timeline_of(walk, "zh")] == ["取号", "小票已打印"]
    again = {"hall": small_hall.hall, "printer": desk.printer, "ticket": ticket, "copy": 2}
    PrintJob.objects.create(**again, made_at=timezone.now(), due_at=timezone.now())
    assert "补打第 2 张" in timeline_of(walk, "zh")[-1].words
