"""What the printers page shows: every printer with its condition, the last jobs, and the day's counts."""

from collections import Counter
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count

from hallqueue.topics import Frame, Kind, register
from hallqueue.topics.reading import Reading, iso
from printers.models import Printer, PrintJob

LAST = 60
WHO_LOOKS = ("manager", "desk", "administrator", "auditor")


def printer_frame(reading: Reading, name: str) -> Frame | None:
    """All printers of a hall; `name` is "all"."""
    if name != "all":
        return None
    hall = reading.hall
    found = PrintJob.objects.filter(hall=hall)
    waiting = Counter(found.filter(state__in=PrintJob.ON_THE_WAY).values_list("printer", flat=True))
    printers = Printer.objects.filter(hall=hall).select_related("kiosk")
    last = found.select_related("ticket__service").order_by("-id")[:LAST]
    return {
        "printers": [_printer(each, waiting[each.pk]) for each in printers],
        "jobs": [_job(each) for each in last],
        "today": _counts(reading),
    }


def _printer(printer: Printer, waiting: int) -> dict[str, Any]:
    return {
        "id": printer.pk,
        "name": printer.name,
        "address": printer.address,
        "width": printer.width,
        "kiosk": printer.kiosk.name if printer.kiosk else "",
        "active": printer.is_active,
        "condition": printer.condition,
        "ready": printer.condition in Printer.READY,
        "since": iso(printer.condition_at),
        "waiting": waiting,
        "twin": printer.is_twin,
    }


def _job(job: PrintJob) -> dict[str, Any]:
    """Queued and being sent look alike: only what the log knows may differ between two frames."""
    on_the_way = job.state in PrintJob.ON_THE_WAY
    return {
        "id": job.pk,
        "ticket": job.ticket_id,
        "label": job.ticket.label,
        "service": job.ticket.service.name,
        "printer": job.printer_id,
        "copy": job.copy,
        "state": "on_the_way" if on_the_way else job.state,
        "reason": job.reason,
        "why": job.asked_why,
        "made_at": iso(job.made_at),
        "ended_at": iso(job.ended_at),
        "again": not on_the_way and job.ticket.state not in job.ticket.ENDED_STATES,
    }


def _counts(reading: Reading) -> dict[str, int]:
    """Papers of the business date of the log's last event, by outcome, and the reprints among them."""
    begin = datetime.combine(reading.business_date, time(), reading.hall.local_zone)
    begin += timedelta(hours=reading.hall.cutoff_hour)
    today = PrintJob.objects.filter(hall=reading.hall, made_at__gte=begin)
    by_state = dict(today.values_list("state").annotate(count=Count("id")).order_by())
    return {
        "printed": by_state.get("confirmed", 0) + by_state.get("unconfirmed", 0),
        "failed": by_state.get("failed", 0),
        "unknown": by_state.get("unknown", 0),
        "reprints": today.filter(copy__gt=1).count(),
    }


register(Kind("printer", WHO_LOOKS, printer_frame))
