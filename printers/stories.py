"""What the printers add to the hall: a ticket's slips to its story, a printer that stands still to the alarms."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Min

from hallqueue.actions.round import alarm_kinds
from hallqueue.models import Hall, Ticket
from hallqueue.stories import Aside, register
from hallqueue.texts import text
from printers.models import Printer, PrintJob


def slips_of(ticket: Ticket, lang: str) -> Iterable[Aside]:
    """Each paper of a ticket: when, on which printer, what became of it."""
    for job in (
        PrintJob.objects.filter(hall=ticket.hall_id, ticket=ticket).select_related("printer").order_by("pk")
    ):
        state = "on_the_way" if job.state in PrintJob.ON_THE_WAY else job.state
        told = {"copy": job.copy, "printer": job.printer.name, "state": text(f"printer.state.{state}", lang)}
        key = "story.aside.slip" if job.copy == 1 else "story.aside.reprint"
        yield Aside(job.ended_at or job.made_at, text(key, lang, **told), "printer")


def still(hall: Hall, now: datetime) -> set[str]:
    """Printers in use that cannot print now."""
    return {f"printer:{printer.pk}" for printer in Printer.of(hall) if not printer.works}


def low(hall: Hall, now: datetime) -> set[str]:
    """Printers in use whose roll is near its end."""
    return {
        f"printer:{printer.pk}"
        for printer in Printer.of(hall)
        if printer.condition == Printer.Condition.NEAR_END
    }


def lease(hall: Hall) -> datetime | None:
    """When the oldest lease of a printer in use ends."""
    ends: datetime | None = Printer.of(hall).aggregate(end=Min("owned_until"))["end"]
    return ends


def tell(hall: Hall, subject: str) -> dict[str, Any]:
    """Which printer, what is wrong with it, and since when."""
    printer = Printer.objects.get(hall=hall, pk=int(subject.partition(":")[2]))
    told = {"condition": printer.condition, "since": printer.condition_at.isoformat()}
    return {"device": "printer", "name": printer.name, **told}


ALARMS = ["printer_down", "printer_low"]

register(slips_of)
alarm_kinds.LEASES.append(lease)
alarm_kinds.register("printer_down", still, tell)
alarm_kinds.register("printer_low", low, tell)
