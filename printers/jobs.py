"""The only writers of printers and print jobs. None of them talks to a device: the hall is held for moments only."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Max
from django.utils import timezone

from hallqueue.actions.command import Actor, Answer, Command, command
from hallqueue.actions.tickets import plain_text, ticket_of
from hallqueue.errors import Refused
from hallqueue.models import Ticket
from hallqueue.transactions import one_command
from printers.content import waits_of
from printers.models import PrintCursor, Printer, PrintJob
from printers.rules import back_off, condition_after, given_up, printer_for

LEASE = timedelta(seconds=10)
THE_PRINTERS = Actor("printers", role="hall")
MAY_REPRINT = ("desk", "manager", "administrator")
WHY = ("not_printed", "unreadable", "lost", "other")
State = PrintJob.State


@command
def begin_following(c: Command) -> Answer:
    """Follow the log from here: after the first printer came, or in a new epoch.

    What a restored backup still holds may be on paper already; nothing is printed twice in silence.
    """
    PrintCursor.objects.update_or_create(hall=c.hall, defaults={"epoch": c.hall.epoch, "seq": c.hall.seq})
    return {"seq": c.hall.seq}


@command
def follow(c: Command, *, since: int, upto: int, slips: list[dict[str, Any]]) -> Answer:
    """Make the jobs for the events after `since` up to `upto`, all or none, and move the cursor in one step.

    A slip holds `ticket`, `printer`, `ahead`, `low`, `high`, and `asked` where somebody asked: see `_asked_again`.
    Another worker may have been quicker: then nothing.
    """
    moved = PrintCursor.objects.filter(hall=c.hall, epoch=c.hall.epoch, seq=since)
    if not moved.update(seq=upto):
        return {"made": 0}
    first = [slip for slip in slips if "asked" not in slip]
    PrintJob.objects.bulk_create(_job(c, slip) for slip in first)
    if first:
        c.log.record("slip.queued", tickets=[slip["ticket"] for slip in first])
    again = sum(_asked_again(c, slip) for slip in slips if "asked" in slip)
    return {"made": len(first) + again}


@command
def reprint(c: Command, *, ticket: int, why: str) -> Answer:
    """Print a ticket's slip once more (补打), marked and counted; `why` is one of WHY.

    Raises Refused: not_allowed, unknown_ticket, bad_input, reprint_over, reprint_on_the_way, no_printer.
    """
    if c.by.role not in MAY_REPRINT:
        raise Refused("not_allowed", 403)
    if why not in WHY:
        raise Refused("bad_input", 400, detail="why")
    found = ticket_of(c, ticket)
    if found.state in Ticket.ENDED_STATES:
        raise Refused("reprint_over", label=found.label)
    earlier = PrintJob.objects.filter(hall=c.hall, ticket=found)
    if earlier.filter(state__in=PrintJob.ON_THE_WAY).exists():
        raise Refused("reprint_on_the_way", label=found.label)
    wait = waits_of(c.hall, [found.pk]).get(found.pk)
    slip = {
        "ticket": found.pk,
        "printer": _printer_again(c, earlier.order_by("-copy").first()).pk,
        **(wait or {}),
    }
    job = _next_copy(c, found, slip, c.by.name, why)
    return {"job": job.pk, "ticket": found.pk, "label": found.label, "copy": job.copy}


@command
def told(
    c: Command, *, job: int, attempt: int, outcome: str, reason: str, detail: str, near_end: bool
) -> Answer:
    """Store what became of one attempt. An attempt that was already given up as lost may still tell the truth."""
    found = (
        PrintJob.objects.select_related("ticket", "printer")
        .filter(hall=c.hall, pk=job, tries=attempt)
        .first()
    )
    if found is None or found.state not in (State.SENDING, State.UNKNOWN):
        return {"state": found.state if found else ""}
    before, found.reason, found.detail = found.reason, reason, detail[:200]
    _mark_condition(c, found.printer, condition_after(found.printer, outcome, reason, near_end))
    if outcome == State.FAILED and not given_up(found, c.now):
        found.state, found.due_at, found.ended_at = State.QUEUED, c.now + back_off(found.tries), None
        if before != reason:
            c.log.record("slip.delayed", found.ticket, reason=reason, printer=found.printer_id)
    else:
        found.state, found.ended_at = State(outcome), c.now
        kind = "slip.printed" if outcome in (State.CONFIRMED, State.UNCONFIRMED) else "slip.failed"
        c.log.record(
            kind, found.ticket, copy=found.copy, state=outcome, reason=reason, printer=found.printer_id
        )
    found.save(update_fields=["state", "reason", "detail", "due_at", "ended_at"])
    return {"state": found.state}


@command
def tidy(c: Command, *, printer: int, owner: str) -> Answer:
    """Before a printer's next job: what a dead worker left in the middle is unknown, what is too late has failed.

    Only the owner of the lease may say this, and only while it sends nothing itself.
    """
    if not Printer.objects.filter(hall=c.hall, pk=printer, owner=owner, owned_until__gt=c.now).exists():
        return {"unknown": 0, "failed": 0}
    jobs = PrintJob.objects.filter(hall=c.hall, printer=printer).select_related("ticket")
    lost = list(jobs.filter(state=State.SENDING))
    late = [job for job in jobs.filter(state=State.QUEUED) if given_up(job, c.now)]
    for job in lost:
        job.state, job.reason = State.UNKNOWN, "worker_lost"
    for job in late:
        job.state, job.reason = State.FAILED, job.reason or given_up(job, c.now)
    for job in [*lost, *late]:
        job.ended_at = c.now
        c.log.record(
            "slip.failed", job.ticket, copy=job.copy, state=job.state, reason=job.reason, printer=printer
        )
    PrintJob.objects.bulk_update([*lost, *late], ["state", "reason", "ended_at"], batch_size=200)
    return {"unknown": len(lost), "failed": len(late)}


@command
def note_condition(c: Command, *, printer: int, condition: str) -> Answer:
    """Store what a printer says of itself, if it is something new; after a fault its jobs are due at once."""
    _mark_condition(c, Printer.objects.get(hall=c.hall, pk=printer), condition)
    return {"condition": condition}


@command
def add_printer(c: Command, /, *, name: str, address: str, **fields: Any) -> Answer:
    """A new printer; with the first one the log begins to be followed. `fields` are those of Printer."""
    _refuse_taken_name(c, name)
    printer = Printer.objects.create(hall=c.hall, name=plain_text(name, 60), address=address, **fields)
    PrintCursor.objects.get_or_create(hall=c.hall, defaults={"epoch": c.hall.epoch, "seq": c.hall.seq})
    c.log.record("printer.added", printer=printer.pk, name=printer.name)
    return {"printer": printer.pk}


@command
def change_printer(c: Command, /, *, printer: int, **fields: Any) -> Answer:
    """Change a printer's settings; it will be asked anew."""
    found = Printer.objects.get(hall=c.hall, pk=printer)
    _refuse_taken_name(c, fields.get("name", ""), but=printer)
    for name, value in fields.items():
        setattr(found, name, value)
    found.condition, found.condition_at = Printer.Condition.UNKNOWN, c.now
    found.save(update_fields=[*fields, "condition", "condition_at"])
    c.log.record("printer.changed", printer=printer, what="settings")
    return {"printer": printer}


def take_lease(printer: Printer, owner: str, seen_at: datetime | None) -> bool:
    """Become, or stay, the only process that feeds this printer for the next ten seconds."""
    with one_command(printer.hall_id):
        now = timezone.now()
        mine = Printer.objects.filter(pk=printer.pk, owner=owner)
        free = Printer.objects.filter(pk=printer.pk, owned_until=None)
        over = Printer.objects.filter(pk=printer.pk, owned_until__lt=now)
        taken = {"owner": owner, "owned_until": now + LEASE} | ({"seen_at": seen_at} if seen_at else {})
        return any(choice.update(**taken) for choice in (mine, free, over))


def claim(printer: Printer, owner: str) -> PrintJob | None:
    """The printer's oldest due job, marked as being sent before its first byte leaves; None without the lease."""
    with one_command(printer.hall_id) as hall:
        now = timezone.now()
        leased = Printer.objects.filter(pk=printer.pk, owner=owner, owned_until__gt=now, is_active=True)
        jobs = PrintJob.objects.filter(hall=hall, printer=printer)
        if not leased.update(owned_until=now + LEASE) or jobs.filter(state=State.SENDING).exists():
            return None
        job = (
            jobs.filter(state=State.QUEUED, due_at__lte=now)
            .select_related("ticket__service")
            .order_by("id")
            .first()
        )
        if job is None:
            return None
        PrintJob.objects.filter(pk=job.pk).update(state=State.SENDING, tries=F("tries") + 1, sent_at=now)
        job.state, job.tries, job.sent_at, job.hall = State.SENDING, job.tries + 1, now, hall
        return job


def _asked_again(c: Command, slip: dict[str, Any]) -> int:
    """The paper that `slip.asked` wishes for: the next copy. Says how many were made: 1 or 0.

    One that is still on its way is not printed twice; if it waits at another printer, it goes to the chosen one.
    """
    asked, ticket = slip["asked"], Ticket.objects.get(hall=c.hall, pk=slip["ticket"])
    underway = PrintJob.objects.filter(hall=c.hall, ticket=ticket, state__in=PrintJob.ON_THE_WAY).first()
    if underway is None:
        _next_copy(c, ticket, slip, asked["by"], asked["why"])
        return 1
    if asked["chosen"] and underway.state == State.QUEUED and underway.printer_id != slip["printer"]:
        underway.printer_id, underway.due_at = slip["printer"], c.now
        underway.save(update_fields=["printer", "due_at"])
        c.log.record("slip.moved", ticket, copy=underway.copy, printer=underway.printer_id)
    return 0


def _next_copy(c: Command, ticket: Ticket, slip: dict[str, Any], by: str, why: str) -> PrintJob:
    """The ticket's next paper: the first if there is none yet, else a reprint, which the log counts."""
    last = PrintJob.objects.filter(hall=c.hall, ticket=ticket).aggregate(last=Max("copy"))["last"] or 0
    job = _job(c, slip)
    job.copy, job.asked_by, job.asked_why = last + 1, by, why
    job.save()
    if job.copy > 1:
        c.log.record("slip.reprinted", ticket, copy=job.copy, why=why, printer=job.printer_id)
    else:
        c.log.record("slip.queued", tickets=[ticket.pk])
    return job


def _job(c: Command, slip: dict[str, Any]) -> PrintJob:
    wait = {name: slip.get(name) for name in ("ahead", "low", "high")}
    return PrintJob(
        hall=c.hall,
        ticket_id=slip["ticket"],
        printer_id=slip["printer"],
        made_at=c.now,
        due_at=c.now,
        **wait,
    )


def _mark_condition(c: Command, printer: Printer, condition: str) -> None:
    if not condition or printer.condition == condition:
        return
    was_ready, printer.condition, printer.condition_at = printer.condition in Printer.READY, condition, c.now
    printer.save(update_fields=["condition", "condition_at"])
    if not was_ready and condition in Printer.READY:
        PrintJob.objects.filter(hall=c.hall, printer=printer, state=State.QUEUED).update(due_at=c.now)
    c.log.record("printer.changed", printer=printer.pk, condition=condition)


def _refuse_taken_name(c: Command, name: str, but: int = 0) -> None:
    if Printer.objects.filter(hall=c.hall, name=plain_text(name, 60)).exclude(pk=but).exists():
        raise Refused("printer_name_taken", name=name)


def _printer_again(c: Command, earlier: PrintJob | None) -> Printer:
    """The printer of the paper before, if it is still in use; else the one for everybody."""
    active = list(Printer.objects.filter(hall=c.hall, is_active=True))
    same = [printer for printer in active if earlier and printer.pk == earlier.printer_id]
    printer = same[0] if same else printer_for("", active)
    if printer is None:
        raise Refused("no_printer")
    return printer
