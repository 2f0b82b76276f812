"""What brings a person to the fallback window: a window's refusal, a wait too long, the person's own wish."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.line.calls import a_reason, at_window, end_call, left_to_fallback
from hallqueue.actions.line.stages import FAILED, end_step
from hallqueue.actions.line.tickets import masked_text, state_of, ticket_of
from hallqueue.claims import nobody_else
from hallqueue.errors import Refused
from hallqueue.lifecycle import move
from hallqueue.models import FallbackPolicy, FallbackReason, Hall, Refusal, Ticket, Window
from hallqueue.routing import waiting

AT_ONCE = 200
BY_HAND = (FallbackReason.SENT, FallbackReason.NOT_TODAY)


@command
def refuse(c: Command, *, window: int, kind: str, words: str) -> Answer:
    """A window says no, and why (否定报备): it is on record, and the person goes to the fallback window.

    `kind` is one of Refusal.Kind. Raises Refused: bad_input, reason_required, refusals_off, no_fallback_window,
    fallback_refuses_nobody, no_ticket_here, wrong_state.
    """
    seat, ticket, call = at_window(c, window, "refuse")
    why = a_reason(words)
    reason = _reason_of(c, seat, kind)
    told = {"kind": kind, "reason": why, "fallback": reason}
    move(c.log, ticket, "refuse", seat, told=told, **left_to_fallback(reason, why))
    end_step(c.now, ticket, FAILED, seat=seat, call=call, why=why)
    end_call(c, call, "refused")
    Refusal.objects.create(
        hall=c.hall,
        business_date=c.business_date,
        ticket=ticket,
        service_id=ticket.service_id,
        window=seat,
        user=c.by.user,
        kind=kind,
        words=why,
        at=c.now,
    )
    return state_of(ticket) | {"fallback": reason}


@command
def ask_for_fallback(c: Command, *, ticket: int, note: str = "") -> Answer:
    """The person asks for the fallback window while waiting, from the ticket's page; number and place stay.

    Raises Refused: unknown_ticket, fallback_not_asked, no_fallback_open, wrong_state.
    """
    found = ticket_of(c, ticket)
    if not FallbackPolicy.of(c.hall).citizens_ask:
        raise Refused("fallback_not_asked")
    if not _is_open(c.hall):
        raise Refused("no_fallback_open")
    return fall_back(c, found, FallbackReason.ASKED, masked_text(note, 200))


@command
def send_to_fallback(c: Command, *, ticket: int, reason: str, note: str = "") -> Answer:
    """Staff bring a waiting person to the fallback window; `reason` is sent or not_today, `note` says why.

    Raises Refused: unknown_ticket, bad_input, not_today_off, no_fallback_open, wrong_state.
    """
    found = ticket_of(c, ticket)
    if reason not in BY_HAND:
        raise Refused("bad_input", 400, detail="reason")
    if reason == FallbackReason.NOT_TODAY and not FallbackPolicy.of(c.hall).not_today:
        raise Refused("not_today_off")
    if not _is_open(c.hall):
        raise Refused("no_fallback_open")
    return fall_back(c, found, reason, masked_text(note, 200))


@command
def bring_overdue(c: Command) -> Answer:
    """Bring who has waited over the hall's limit to the fallback window; what the hall's own round gives."""
    late = list(overdue(c.hall, c.now).select_related("service")[:AT_ONCE])
    for ticket in late:
        ticket.hall = c.hall
        minutes = int((c.now - (ticket.waiting_at or ticket.issued_at)).total_seconds() // 60)
        fall_back(c, ticket, FallbackReason.WAITED, "", minutes=minutes)
    return {"brought": [ticket.label for ticket in late]}


def overdue(hall: Hall, now: datetime) -> QuerySet[Ticket]:
    """Who has waited over the limit for a window that is open, while a fallback window is open too."""
    limit = FallbackPolicy.of(hall).wait_minutes
    if not limit or not _is_open(hall):
        return Ticket.objects.none()
    late = waiting(hall).filter(waiting_at__lt=now - timedelta(minutes=limit), fallback_reason="")
    return late.exclude(nobody_else().q).exclude(for_window__is_fallback=True)


def is_overdue(hall: Hall, now: datetime) -> bool:
    """Whether `bring_overdue` would bring anybody; short reads, so that a quiet hall writes nothing."""
    return overdue(hall, max(now, hall.moved_at)).exists()


def fall_back(c: Command, ticket: Ticket, reason: str, note: str, **told: int) -> Answer:
    """Leave a waiting ticket to the fallback window by a code of FallbackReason; who is there already stays."""
    if ticket.state == Ticket.State.WAITING and ticket.fallback_reason:
        return state_of(ticket) | {"fallback": ticket.fallback_reason}
    changes = left_to_fallback(reason, note)
    move(c.log, ticket, "fall_back", told={"fallback": str(reason), "reason": note, **told}, **changes)
    return state_of(ticket) | {"fallback": str(reason)}


def _reason_of(c: Command, seat: Window, kind: str) -> str:
    if kind not in Refusal.Kind.values:
        raise Refused("bad_input", 400, detail="kind")
    if seat.is_fallback:
        raise Refused("fallback_refuses_nobody", number=seat.number)
    policy = FallbackPolicy.of(c.hall)
    if not policy.refusals:
        raise Refused("refusals_off")
    if not Window.objects.filter(hall=c.hall, is_fallback=True).exists():
        raise Refused("no_fallback_window")
    today = kind == Refusal.Kind.NOT_TODAY and policy.not_today
    return (FallbackReason.NOT_TODAY if today else FallbackReason.REFUSED).value


def _is_open(hall: Hall) -> bool:
    return Window.objects.filter(hall=hall, is_fallback=True, state=Window.State.OPEN).exists()
