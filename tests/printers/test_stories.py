"""What printers add: slips in a ticket's story, and an alarm for one that cannot print."""

from __future__ import annotations

from django.utils import timezone

from hallqueue.actions import alarms
from hallqueue.stories import asides_of
from printers.models import Printer, PrintJob
from tests.hall import SmallHall


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
