"""What the printers page shows, and what a kiosk has to know of the paper of the numbers taken there."""

from collections import Counter
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count

from hallqueue.models import DEVICE_WATCHERS, Device
from hallqueue.topics import Frame, Kind, register
from hallqueue.topics.reading import Reading, iso
from printers.asking import offered
from printers.models import Printer, PrintJob
from printers.rules import printer_for

LAST = 60
MOST_OFFERED = 200
LAST_AT_A_KIOSK = 6


def printer_frame(reading: Reading, name: str) -> Frame | None:
    """All printers of a hall; `name` is "all"."""
    if name != "all":
        return None
    hall = reading.hall
    found = PrintJob.objects.filter(hall=hall)
    waiting = Counter(PrintJob.underway(hall).values_list("printer", flat=True))
    printers = Printer.objects.filter(hall=hall).select_related("kiosk", "stand_in")
    last = found.select_related("ticket__service", "meant_for").order_by("-id")[:LAST]
    unprinted = list(offered(hall).select_related("ticket__service", "meant_for")[:MOST_OFFERED])
    on_offer = {each.pk for each in unprinted}
    return {
        "printers": [_printer(each, waiting[each.pk]) for each in printers],
        "jobs": [_job(each) | {"again": _again(each) and each.pk not in on_offer} for each in last],
        "offered": [_job(each) for each in unprinted],
        "today": _counts(reading),
    }


def _printer(printer: Printer, waiting: int) -> dict[str, Any]:
    return {
        "id": printer.pk,
        "name": printer.name,
        "address": printer.address,
        "width": printer.width,
        "kiosk": printer.living_kiosk.name if printer.living_kiosk else "",
        "active": printer.is_active,
        "condition": printer.condition,
        "ready": printer.works,
        "stand_in": printer.stand_in.name if printer.stand_in else "",
        "since": iso(printer.condition_at),
        "waiting": waiting,
        "twin": printer.is_twin,
    }


def _job(job: PrintJob) -> dict[str, Any]:
    """Queued and being sent look alike: only what the log knows may differ between two frames."""
    ticket, on_the_way = job.ticket, job.state in PrintJob.ON_THE_WAY
    return {
        "id": job.pk,
        "ticket": job.ticket_id,
        "label": job.label,
        "service": ticket.service.name if ticket else "",
        "printer": job.printer_id,
        "meant_for": job.meant_for.name if job.meant_for and job.meant_for_id != job.printer_id else "",
        "copy": job.copy,
        "state": "on_the_way" if on_the_way else job.state,
        "reason": job.reason,
        "why": job.asked_why,
        "made_at": iso(job.made_at),
        "ended_at": iso(job.ended_at),
    }


def _again(job: PrintJob) -> bool:
    """Whether a reprint makes sense; what was never printed is offered as it is."""
    ticket = job.ticket
    return (
        ticket is not None
        and job.state not in PrintJob.ON_THE_WAY
        and ticket.state not in ticket.ENDED_STATES
    )


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


def paper_frame(reading: Reading, name: str) -> Frame | None:
    """What one kiosk may say of paper; `name` is the device's id, or "shared" for staff at the kiosk's page.

    `printer`: "none", "ready" or "down"; `elsewhere`: the name of the printer that stands in, else empty; `slips`:
    ticket id → {state, elsewhere} of the last numbers taken there.
    """
    if name != "shared" and not (name.isascii() and name.isdecimal() and len(name) < 19):
        return None
    hall, by = reading.hall, f"device:{name}"
    active = list(Printer.of(hall).select_related("stand_in"))
    printer = printer_for(by, active)
    jobs = PrintJob.objects.filter(hall=hall, asked_by=by, ticket__isnull=False).select_related(
        "printer", "meant_for"
    )
    last = list(jobs.order_by("-id")[:LAST_AT_A_KIOSK])
    return {
        "printer": _outlook(printer),
        "elsewhere": _stands_in(printer),
        "slips": {str(job.ticket_id): _slip_at_kiosk(job) for job in reversed(last)},
    }


def _outlook(printer: Printer | None) -> str:
    if printer is None:
        return "none"
    return "ready" if printer.works or _stands_in(printer) else "down"


def _stands_in(printer: Printer | None) -> str:
    """The printer the next paper comes out of, if it is not the usual one."""
    other = printer.stand_in if printer and not printer.works else None
    return other.name if other and other.is_active and other.works else ""


def _slip_at_kiosk(job: PrintJob) -> dict[str, Any]:
    moved = job.meant_for_id is not None and job.meant_for_id != job.printer_id
    state = "on_the_way" if job.state in PrintJob.ON_THE_WAY else job.state
    return {"state": state, "copy": job.copy, "elsewhere": job.printer.name if moved else ""}


def _own_paper(device: Device) -> str:
    return str(device.pk)


register(Kind("printer", DEVICE_WATCHERS, printer_frame))
register(Kind("paper", ("kiosk", *DEVICE_WATCHERS), paper_frame, own_name=_own_paper))
