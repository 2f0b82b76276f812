"""What people ask of printers: once more (补打), what stayed unprinted, a test slip; and whether the paper came out."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.line.tickets import ticket_of
from hallqueue.errors import Refused
from hallqueue.models import Hall, Ticket
from printers.content import waits_of
from printers.examples import EXAMPLES
from printers.jobs import State, end, next_copy
from printers.models import SEEN, Printer, PrintJob
from printers.rules import OFFERED, printer_for

WHY = ("not_printed", "unreadable", "lost", "other")


@command
def reprint(c: Command, *, ticket: int, why: str) -> Answer:
    """Print a ticket's slip once more (补打), marked and counted; `why` is one of WHY.

    Raises Refused: not_allowed, unknown_ticket, bad_input, reprint_over, reprint_on_the_way, no_printer.
    """
    c.desk_only()
    if why not in WHY:
        raise Refused("bad_input", 400, detail="why")
    return _once_more(c, ticket_of(c, ticket), why)


@command
def came_out(c: Command, *, ticket: int, yes: bool) -> Answer:
    """Whoever stands at the kiosk says whether the paper came out, of which the printer did not tell.

    No: it is printed once more, marked and counted as every other. Only for a number taken at this very kiosk.
    Raises Refused: unknown_ticket, slip_not_asked, reprint_over, no_printer.
    """
    found = ticket_of(c, ticket)
    job = PrintJob.objects.filter(hall=c.hall, ticket=found, asked_by=c.by.name).order_by("-copy").first()
    if job is None or job.state != State.UNKNOWN:
        raise Refused("slip_not_asked", label=found.label)
    if not yes:
        return _once_more(c, found, "not_printed")
    end(c, job, State.CONFIRMED, SEEN)
    job.save(update_fields=["state", "reason", "ended_at"])
    return {"ticket": found.pk, "label": found.label, "copy": job.copy}


@command
def print_offered(c: Command, *, jobs: list[int]) -> Answer:
    """Print now what stayed unprinted: not one byte of it was sent, so it is no reprint. Raises Refused."""
    c.desk_only()
    found = list(offered(c.hall).filter(pk__in=jobs).select_related("ticket"))
    waits = waits_of(c.hall, [job.ticket_id for job in found if job.ticket_id])
    for job in found:
        job.state, job.reason, job.ended_at = State.QUEUED, "", None
        job.made_at = job.due_at = c.now
        wait: Any = waits.get(job.ticket_id or 0, {})
        job.ahead, job.low, job.high = (wait.get(name) for name in ("ahead", "low", "high"))
    fields = ["state", "reason", "ended_at", "made_at", "due_at", "ahead", "low", "high"]
    PrintJob.objects.bulk_update(found, fields, batch_size=200)
    if found:
        c.log.record("slip.queued", tickets=[job.ticket_id for job in found], offered=True)
    return {"printed": len(found)}


@command
def let_go(c: Command, *, jobs: list[int]) -> Answer:
    """These papers are not wanted any more. Raises Refused("not_allowed")."""
    c.desk_only()
    dropped = list(offered(c.hall).filter(pk__in=jobs).values_list("pk", "ticket"))
    PrintJob.objects.filter(pk__in=[pk for pk, _ in dropped]).update(is_let_go=True)
    if dropped:
        c.log.record("slip.dropped", tickets=[ticket for _, ticket in dropped])
    return {"dropped": len(dropped)}


@command
def print_test(c: Command, *, printer: int, example: str = "ordinary") -> Answer:
    """A test slip on one printer; it belongs to no ticket. Raises Refused: not_allowed, unknown_printer, bad_input."""
    c.desk_only()
    if example not in EXAMPLES:
        raise Refused("bad_input", 400, detail="example")
    found = Printer.objects.filter(hall=c.hall, pk=printer, is_active=True).first()
    if found is None:
        raise Refused("unknown_printer", 404)
    fields = {"example": example, "asked_by": c.by.name, "asked_why": "test"}
    job = PrintJob.objects.create(hall=c.hall, printer=found, made_at=c.now, due_at=c.now, **fields)
    c.log.record("slip.tested", printer=found.pk, example=example)
    return {"job": job.pk, "printer": found.name}


def offered(hall: Hall) -> QuerySet[PrintJob]:
    """Papers that stayed unprinted, whose tickets are not over and have no later paper; the oldest first."""
    jobs = PrintJob.objects.filter(hall=hall, state=State.FAILED, is_let_go=False, ticket__isnull=False)
    later = PrintJob.objects.filter(hall=hall, ticket=OuterRef("ticket"), copy__gt=OuterRef("copy"))
    recent = jobs.filter(made_at__gt=hall.moved_at - OFFERED).exclude(ticket__state__in=Ticket.ENDED_STATES)
    return recent.exclude(Exists(later)).order_by("id")


def _once_more(c: Command, ticket: Ticket, why: str) -> Answer:
    if ticket.state in Ticket.ENDED_STATES:
        raise Refused("reprint_over", label=ticket.label)
    earlier = PrintJob.objects.filter(hall=c.hall, ticket=ticket)
    if earlier.filter(state__in=PrintJob.ON_THE_WAY).exists():
        raise Refused("reprint_on_the_way", label=ticket.label)
    wait: Any = waits_of(c.hall, [ticket.pk]).get(ticket.pk, {})
    printer = _printer_again(c, earlier.order_by("-copy").first())
    slip = {"ticket": ticket.pk, "printer": printer.pk, "by": c.by.name, **wait}
    job = next_copy(c, ticket, slip, c.by.name, why)
    return {"job": job.pk, "ticket": ticket.pk, "label": ticket.label, "copy": job.copy}


def _printer_again(c: Command, earlier: PrintJob | None) -> Printer:
    """The printer the paper before was meant for, if it is still in use; else the one for everybody."""
    active = list(Printer.of(c.hall))
    meant = (earlier.meant_for_id or earlier.printer_id) if earlier else None
    printer = next((each for each in active if each.pk == meant), None) or printer_for("", active)
    if printer is None:
        raise Refused("no_printer")
    return printer
