"""Reads a hall's log from the cursor on and says which slips it asks for; nothing is written here."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hallqueue.hall_time import now_in
from hallqueue.models import Event, Hall
from hallqueue.transactions import one_read
from printers.content import waits_of
from printers.models import PrintCursor, Printer
from printers.rules import SIMULATED, printer_for

KINDS = ("ticket.issued", "slip.asked")
PRINTED_SOURCES = (
    "kiosk",
    "desk",
)  # a number of another source, or issued without paper, is printed when asked for
DEMO_EVERY = 8
AT_ONCE = 500
FRESH = timedelta(seconds=10)  # later the wait is no longer the one of the issue, and stays off the paper
FAR_BEHIND = (
    200  # events without a slip: move the cursor all the same, so that it is not read again and again
)


@dataclass(frozen=True)
class Plan:
    """The next step of the cursor: from `since` (None: begin at the head) to `upto`, with these slips."""

    since: int | None
    upto: int = 0
    slips: tuple[dict[str, Any], ...] = ()


def plan_of(hall_id: int) -> Plan | None:
    """What to do for a hall, from one consistent read; None when there is nothing."""
    with one_read():
        hall = Hall.objects.get(pk=hall_id)
        cursor = PrintCursor.objects.filter(hall=hall).first()
        if cursor is None or cursor.epoch != hall.epoch:
            return Plan(None)
        return next_step(hall, cursor.seq)


def next_step(hall: Hall, since: int) -> Plan | None:
    """What the log after `since` asks of the printers as they stand; None when there is nothing."""
    log = Event.objects.filter(hall=hall, seq__gt=since, kind__in=KINDS).order_by("seq")
    events, printers = list(log[:AT_ONCE]), list(Printer.of(hall))
    wanted = [(event, printer) for event in events if (printer := _printer_of(event, printers))]
    if not wanted and hall.seq - since < FAR_BEHIND:
        return None
    fresh = now_in(hall) - FRESH
    waits = waits_of(hall, [event.ticket_id for event, _ in wanted if event.ticket_id and event.at > fresh])
    nothing = {"ahead": None, "low": None, "high": None}
    slips = (_slip(e, p) | waits.get(e.ticket_id or 0, nothing) for e, p in wanted)
    upto = hall.seq if len(events) < AT_ONCE else events[-1].seq
    return Plan(since, upto, tuple(slips))


def _slip(event: Event, printer: Printer) -> dict[str, Any]:
    """One paper to be made; `asked` says by whom and why when it did not come of itself."""
    slip: dict[str, Any] = {"ticket": event.ticket_id, "printer": printer.pk}
    slip |= {"by": event.by, "at": event.at.isoformat()}
    if event.kind == "slip.asked":
        slip |= {"asked": {"by": event.by, "why": event.data["why"], "chosen": bool(event.data["printer"])}}
    return slip


def _printer_of(event: Event, printers: list[Printer]) -> Printer | None:
    if event.kind == "slip.asked":
        chosen = next((each for each in printers if each.pk == event.data["printer"]), None)
        return chosen or printer_for(event.by, printers)
    source = event.data.get("source")
    if source == SIMULATED:
        return _twin_for(event, printers)
    return (
        printer_for(event.by, printers)
        if event.data.get("slip", True) and source in PRINTED_SOURCES
        else None
    )


def _twin_for(event: Event, printers: list[Printer]) -> Printer | None:
    """Some simulated numbers come out of a twin, so that a newcomer sees slips; a real printer never prints any."""
    is_shown = (event.ticket_id or 0) % DEMO_EVERY == 0
    return printer_for(event.by, [each for each in printers if each.is_twin]) if is_shown else None
