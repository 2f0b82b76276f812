"""How print jobs come into being and end. Nothing here talks to a device: the hall is held for moments only."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Max
from django.utils import timezone

from hallqueue.actions.command import Actor, Answer, Command, command
from hallqueue.hall_time import now_in
from hallqueue.leases import LEASE, free_for
from hallqueue.models import Ticket
from hallqueue.transactions import one_command
from printers.models import PrintCursor, Printer, PrintJob
from printers.rules import back_off, condition_after, given_up, hands_over

THE_PRINTERS = Actor("printers", role="hall", screen="program")
State = PrintJob.State
WENT_OUT = (State.CONFIRMED, State.UNCONFIRMED)


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

    A slip holds `ticket`, `printer`, `by`, `at`, `ahead`, `low`, `high`, and `asked` where somebody asked: see
    `_asked_again`.
    Another worker may have been quicker: then nothing.
    """
    moved = PrintCursor.objects.filter(hall=c.hall, epoch=c.hall.epoch, seq=since)
    if not moved.update(seq=upto):
        return {"made": 0}
    return {"made": make(c, slips)}


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
    printer = found.printer
    _mark_condition(c, printer, condition_after(printer, outcome, reason, near_end))
    if outcome == State.FAILED and not given_up(found, printer, c.now):
        found.state, found.due_at, found.ended_at = State.QUEUED, c.now + back_off(found.tries), None
        if before != reason:
            c.log.record("slip.delayed", found.ticket, reason=reason, printer=found.printer_id)
    else:
        if outcome in WENT_OUT:
            Printer.objects.filter(pk=printer.pk).update(fed_at=c.now)
        end(c, found, outcome, reason)
    found.save(update_fields=["state", "reason", "detail", "due_at", "ended_at"])
    return {"state": found.state}


@command
def tidy(c: Command, *, printer: int, owner: str) -> Answer:
    """Before a printer's next job: what a dead worker left in the middle is unknown, what is too late has failed.

    Only the owner of the lease may say this, and only while it sends nothing itself.
    """
    leased = Printer.objects.filter(hall=c.hall, pk=printer, owner=owner, owned_until__gt=timezone.now())
    mine = leased.first()
    if mine is None:
        return {"unknown": 0, "failed": 0}
    jobs = PrintJob.underway(c.hall, printer=printer).select_related("ticket")
    lost = list(jobs.filter(state=State.SENDING))
    late = [job for job in jobs.filter(state=State.QUEUED) if given_up(job, mine, c.now)]
    for job in lost:
        end(c, job, State.UNKNOWN, "worker_lost")
    for job in late:
        end(c, job, State.FAILED, given_up(job, mine, c.now))
    PrintJob.objects.bulk_update([*lost, *late], ["state", "reason", "ended_at"], batch_size=200)
    return {"unknown": len(lost), "failed": len(late)}


@command
def hand_over(c: Command, *, printer: int) -> Answer:
    """What waits at a printer that does not work goes to its stand-in, in order, if that one works."""
    found = Printer.objects.select_related("stand_in").get(hall=c.hall, pk=printer)
    other = found.stand_in
    if other is None or not other.is_active or not other.works:
        return {"moved": 0}
    waiting = PrintJob.underway(c.hall, printer=found, state=State.QUEUED).select_related("ticket")
    moved = [job for job in waiting.order_by("id") if hands_over(found, job)]
    for job in moved:
        job.meant_for_id = job.meant_for_id or found.pk
        move_to(c, job, other.pk)
    return {"moved": len(moved)}


@command
def note_condition(c: Command, *, printer: int, condition: str) -> Answer:
    """Store what a printer says of itself, if it is something new; after a fault its jobs are due at once."""
    _mark_condition(c, Printer.objects.get(hall=c.hall, pk=printer), condition)
    return {"condition": condition}


def take_lease(printer: Printer, owner: str, seen_at: datetime | None) -> bool:
    """Become, or stay, the only process that feeds this printer for the next ten seconds."""
    with one_command(printer.hall_id):
        now = timezone.now()
        taken = {"owner": owner, "owned_until": now + LEASE} | ({"seen_at": seen_at} if seen_at else {})
        return bool(Printer.objects.filter(free_for(owner, now), pk=printer.pk).update(**taken))


def end_lease(printer_id: int, owner: str) -> None:
    """A printer that is no longer in use is nobody's."""
    Printer.objects.filter(pk=printer_id, owner=owner).update(owner="", owned_until=None)


def claim(printer: Printer, owner: str) -> PrintJob | None:
    """The printer's oldest due job, marked as being sent before its first byte leaves; None without the lease."""
    with one_command(printer.hall_id) as hall:
        clock, now = timezone.now(), now_in(hall)
        leased = Printer.objects.filter(pk=printer.pk, owner=owner, owned_until__gt=clock, is_active=True)
        jobs = PrintJob.underway(hall, printer=printer)
        if not leased.update(owned_until=clock + LEASE) or jobs.filter(state=State.SENDING).exists():
            return None
        job = (
            jobs.filter(state=State.QUEUED, due_at__lte=now)
            .select_related("ticket__service__department", "printer")
            .order_by("id")
            .first()
        )
        if job is None:
            return None
        PrintJob.objects.filter(pk=job.pk).update(state=State.SENDING, tries=F("tries") + 1, sent_at=now)
        job.state, job.tries, job.sent_at, job.hall = State.SENDING, job.tries + 1, now, hall
        return job


def make(c: Command, slips: Sequence[dict[str, Any]]) -> int:
    """The jobs for these slips, see `follow`; the caller moves the cursor. Says how many were made."""
    first = [slip for slip in slips if "asked" not in slip]
    PrintJob.objects.bulk_create(_job(c, slip) for slip in first)
    if first:
        c.log.record("slip.queued", tickets=[slip["ticket"] for slip in first])
    return len(first) + sum(_asked_again(c, slip) for slip in slips if "asked" in slip)


def _asked_again(c: Command, slip: dict[str, Any]) -> int:
    """The paper that `slip.asked` wishes for: the next copy. Says how many were made: 1 or 0.

    One that is still on its way is not printed twice; if it waits at another printer, it goes to the chosen one.
    """
    asked, ticket = slip["asked"], Ticket.objects.get(hall=c.hall, pk=slip["ticket"])
    underway = PrintJob.objects.filter(hall=c.hall, ticket=ticket, state__in=PrintJob.ON_THE_WAY).first()
    if underway is None:
        next_copy(c, ticket, slip, asked["by"], asked["why"])
        return 1
    if asked["chosen"] and underway.state == State.QUEUED and underway.printer_id != slip["printer"]:
        move_to(c, underway, slip["printer"])
    return 0


def end(c: Command, job: PrintJob, state: str, reason: str) -> None:
    """What became of a job, in the log too; the caller saves it."""
    job.state, job.reason, job.ended_at = State(state), reason, c.now
    kind = "slip.printed" if state in WENT_OUT else "slip.failed"
    c.log.record(kind, job.ticket, copy=job.copy, state=state, reason=reason, printer=job.printer_id)


def move_to(c: Command, job: PrintJob, printer: int) -> None:
    """Let a waiting job come out of another printer."""
    job.printer_id, job.due_at = printer, c.now
    job.save(update_fields=["printer", "due_at", "meant_for"])
    c.log.record("slip.moved", job.ticket, copy=job.copy, printer=printer)


def next_copy(c: Command, ticket: Ticket, slip: dict[str, Any], by: str, why: str) -> PrintJob:
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
    """A job as old as the wish for it: a worker that was away does not print what nobody waits for any more."""
    wait = {name: slip.get(name) for name in ("ahead", "low", "high")}
    made = datetime.fromisoformat(slip["at"]) if "at" in slip else c.now
    return PrintJob(
        hall=c.hall,
        ticket_id=slip["ticket"],
        printer_id=slip["printer"],
        asked_by=slip.get("by", ""),
        made_at=made,
        due_at=c.now,
        **wait,
    )


def _mark_condition(c: Command, printer: Printer, condition: str) -> None:
    if not condition or printer.condition == condition:
        return
    was_ready, printer.condition, printer.condition_at = printer.condition in Printer.READY, condition, c.now
    printer.save(update_fields=["condition", "condition_at"])
    if not was_ready and condition in Printer.READY:
        PrintJob.underway(c.hall, printer=printer, state=State.QUEUED).update(due_at=c.now)
    c.log.record("printer.changed", printer=printer.pk, condition=condition)
