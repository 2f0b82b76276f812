"""The small hall with a printer: issue at its kiosk, let the worker take a turn, look at the paper."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.models import Event, Ticket
from printers import setting_up, worker
from printers.models import Printer, PrintJob
from printers.twin import Mode, PrinterTwin
from printers.twin_paper import TwinSlip
from printers.worker import Feeder
from tests.hall import SmallHall


@dataclass
class Desk:
    """One printer of the small hall, its twin on the other end of the cable, and who feeds it."""

    small: SmallHall
    twin: PrinterTwin
    printer: Printer
    feeder: Feeder

    def issue(self, service: str = "id-card", **details: Any) -> Ticket:
        """A number at the kiosk."""
        return self.small.ticket(self.small.issue(service, **details))

    def follow(self) -> int:
        """Turn the log into jobs."""
        return worker.follow(self.small.hall.pk)

    def turns(self, count: int = 3) -> None:
        """The feeder's next turns, without the pauses between them."""
        for _ in range(count):
            self.feeder.turn()

    def work(self) -> None:
        """Follow the log and print what is due."""
        self.follow()
        self.turns()

    def look_again(self) -> None:
        """Time passes: the printer is asked anew, and every waiting job is due."""
        self.feeder._look_at = 0.0
        PrintJob.objects.filter(state="queued").update(due_at=timezone.now())
        self.turns()

    def another_worker(self) -> None:
        """The process dies; its lease runs out, and a new one takes over."""
        Printer.objects.update(owned_until=timezone.now() - timedelta(seconds=1))
        self.feeder = Feeder(self.printer.pk)

    def torn(self) -> Ticket:
        """Whose slip broke off: the printer hung in the middle of it, and nothing else moved."""
        self.turns(1)
        self.twin.after, self.twin.mode = 300, Mode.HALF_OPEN
        ticket = self.issue()
        self.follow()
        self.feeder.turn()
        return ticket

    def job(self, ticket: Ticket, copy: int = 1) -> PrintJob:
        """The row as it is now."""
        return PrintJob.objects.get(ticket=ticket, copy=copy)

    def paper(self) -> TwinSlip:
        """The one slip that came out."""
        assert len(self.twin.slips) == 1
        return self.twin.slips[0]

    def kinds(self) -> list[str]:
        """The kinds of the log's events about slips and printers, in order."""
        events = Event.objects.filter(hall=self.small.hall).order_by("seq")
        return [event.kind for event in events if event.kind.startswith(("slip.", "printer."))]


@contextmanager
def desk_of(small: SmallHall, address: str = "") -> Iterator[Desk]:
    """A desk of this hall; `address` leads to the twin through something, else straight."""
    with PrinterTwin() as twin:
        fields = {"name": "取号机打印机", "address": address or twin.url}
        made = setting_up.add_printer(small.hall.pk, THE_HALL, new_key(), **fields)
        printer = Printer.objects.get(pk=made["printer"])
        yield Desk(small, twin, printer, Feeder(printer.pk))
