"""The rules of printing, without writing: which printer, how often, how long, and what an outcome says of a printer."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hallqueue.models import Ticket
from printers.models import Printer, PrintJob

OLDEST = timedelta(minutes=10)
PATIENCE = timedelta(seconds=30)  # as long as somebody stands before a kiosk whose printer does nothing
WHILE_NOT_WAITING = timedelta(minutes=1)
OFFERED = timedelta(hours=4)
SIMULATED = "demo"
"""The source of numbers that nobody holds: their slips are for the twin's pictures, never for paper."""
_PAUSES = (2, 4, 8, 15, 30)


def printer_for(by: str, printers: Sequence[Printer]) -> Printer | None:
    """The printer of the kiosk that gave the number (`by` as the log names it), else the first for everybody, else one
    whose kiosk was revoked: whatever is paired in its place has no printer of its own yet.
    """
    own = [printer for printer in printers if printer.kiosk_id and by == f"device:{printer.kiosk_id}"]
    shared = [printer for printer in printers if not printer.kiosk_id]
    left = [printer for printer in printers if printer.kiosk_id and not printer.living_kiosk]
    return next(iter(own + shared + left), None)


def back_off(tries: int) -> timedelta:
    """How long to wait after so many failed tries."""
    return timedelta(seconds=_PAUSES[min(max(tries, 1), len(_PAUSES)) - 1])


def given_up(job: PrintJob, printer: Printer, now: datetime) -> str:
    """Why nobody stands there for this paper any more, or nothing. It is not printed by itself then, but offered.

    A printer with a long line of slips is no reason to go away; one that does nothing is.
    """
    age = now - job.made_at
    if age > OLDEST or now - max(job.made_at, printer.fed_at or job.made_at) > PATIENCE:
        return job.reason or (printer.condition if not printer.works else "too_old")
    called = job.ticket is not None and job.ticket.state != Ticket.State.WAITING
    return "not_waiting" if called and job.copy == 1 and age > WHILE_NOT_WAITING else ""


def hands_over(printer: Printer, job: PrintJob) -> bool:
    """Whether a waiting job goes to the stand-in: what cannot be asked is tried twice first."""
    if job.ticket and job.ticket.source == SIMULATED and printer.stand_in and not printer.stand_in.is_twin:
        return False
    return not printer.works and (printer.can_be_asked or job.tries >= 2)


def condition_after(printer: Printer, outcome: str, reason: str, near_end: bool) -> str:
    """What an attempt tells of the printer itself; nothing where it tells nothing."""
    if outcome in (PrintJob.State.FAILED, PrintJob.State.UNKNOWN):
        return reason if reason in Printer.Condition.values else ""
    if near_end:
        return Printer.Condition.NEAR_END
    if not printer.can_be_asked:
        return Printer.Condition.NOT_ASKED
    return Printer.Condition.OK if outcome == PrintJob.State.CONFIRMED else ""
