"""Move people who wait: chosen tickets to another service's line, to a window, or to the fallback window."""

from collections.abc import Sequence
from typing import Any

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.line.calls import a_reason, left_to_fallback
from hallqueue.actions.line.tickets import plain_text
from hallqueue.errors import Refused
from hallqueue.lifecycle import move
from hallqueue.models import FallbackReason, Service, Ticket, Window

MOST = 300
LABELS_TOLD = 12


@command
def redirect(
    c: Command,
    *,
    tickets: Sequence[int],
    reason: str,
    service: str = "",
    to_window: int | None = None,
    fallback: bool = False,
) -> Answer:
    """Send these waiting tickets (ids) elsewhere, all or none; each keeps its number and its place in the order.

    Exactly one of `service` (a code), `to_window` (a number), `fallback`. Raises Refused: not_allowed,
    reason_required, bad_input, unknown_ticket, not_all_waiting, unknown_service, unknown_window.
    """
    if not (
        fallback and len(tickets) == 1 and c.by.role == "desk"
    ):  # the desk sends one person to the fallback
        c.managers_only()
    if [bool(service), to_window is not None, fallback].count(True) != 1:
        raise Refused("bad_input", 400, detail="service | to_window | fallback")
    why = a_reason(reason)
    found = _waiting(c, tickets)
    changes = place_of(c, service, to_window, fallback, why)
    told: dict[str, Any] = {"reason": why, "service": service, "to_window": to_window, "fallback": fallback}
    was = {str(ticket.pk): _where(ticket) for ticket in found}
    for ticket in found:
        move(c.log, ticket, "redirect", told=told, reason=why, **changes)
    labels = [ticket.label for ticket in found]
    c.log.record("tickets.redirected", **told, count=len(found), labels=labels[:LABELS_TOLD], was=was)
    return {"count": len(found), "labels": labels[:LABELS_TOLD]}


def put_back(c: Command, was: dict[str, Any], told: dict[str, Any]) -> list[str]:
    """Send tickets back to where they were, by `was` of the event; the labels of those that moved on since."""
    ids = [int(each) for each in was]
    rows = Ticket.objects.filter(hall=c.hall, pk__in=ids).select_related("service", "for_window")
    found = {ticket.pk: ticket for ticket in rows}
    left = []
    for pk, place in zip(ids, was.values(), strict=True):
        ticket = found[pk]
        ticket.hall = c.hall
        if ticket.state != Ticket.State.WAITING or not _still_there(ticket, told):
            left.append(ticket.label)
            continue
        _return(c, ticket, place)
    return left


def place_of(c: Command, service: str, to_window: int | None, fallback: bool, why: str) -> dict[str, Any]:
    """What changes on a ticket that is sent there. Raises Refused: unknown_service, unknown_window."""
    clear: dict[str, Any] = {"for_window": None, "fallback_reason": "", "fallback_note": ""}
    if fallback:
        return left_to_fallback(FallbackReason.SENT, why)
    if to_window is not None:
        return clear | {"for_window": c.window(to_window)}
    found = Service.objects.filter(hall=c.hall, code=plain_text(service, 120), is_active=True).first()
    if found is None:
        raise Refused("unknown_service", 404)
    return clear | {"service": found}


def _waiting(c: Command, ids: Sequence[int]) -> list[Ticket]:
    """The named tickets in their order; none if one of them is not there or waits no longer."""
    if not 0 < len(ids) <= MOST or not all(type(each) is int for each in ids):
        raise Refused("bad_input", 400, detail="tickets")
    named = set(ids)
    rows = Ticket.objects.filter(hall=c.hall, pk__in=named).select_related("service", "for_window")
    found = sorted(rows, key=lambda ticket: (ticket.precedence, ticket.position, ticket.pk))
    if len(found) != len(named):
        raise Refused("unknown_ticket", 404)
    gone = [ticket.label for ticket in found if ticket.state != Ticket.State.WAITING]
    if gone:
        raise Refused("not_all_waiting", labels="、".join(gone[:LABELS_TOLD]))
    for ticket in found:
        ticket.hall = c.hall
    return found


def _where(ticket: Ticket) -> dict[str, Any]:
    window = ticket.for_window.number if ticket.for_window else None
    return {
        "service": ticket.service.code,
        "to_window": window,
        "fallback": ticket.fallback_reason,
        "note": ticket.fallback_note,
        "reason": ticket.reason,
    }


def _still_there(ticket: Ticket, told: dict[str, Any]) -> bool:
    """Whether a ticket still waits where the event had sent it."""
    if told["fallback"]:
        return bool(ticket.fallback_reason and ticket.fallback_note == told["reason"])
    if told["to_window"] is not None:
        return ticket.for_window is not None and bool(ticket.for_window.number == told["to_window"])
    sent = ticket.for_window is not None or bool(ticket.fallback_reason)
    return bool(ticket.service.code == told["service"]) and not sent


def _return(c: Command, ticket: Ticket, place: dict[str, Any]) -> None:
    service = Service.objects.get(hall=c.hall, code=place["service"])
    window = place["to_window"]
    seat = Window.objects.get(hall=c.hall, number=window) if window is not None else None
    told = {"reason": "undo", "undone": True, "service": place["service"], "to_window": window}
    changes = {"service": service, "for_window": seat, "fallback_reason": place["fallback"]}
    changes |= {"fallback_note": place.get("note", ""), "reason": place.get("reason", "")}
    move(c.log, ticket, "redirect", told=told | {"fallback": bool(place["fallback"])}, **changes)
