"""What a ticket's own page shows: its place in line and where to go, nothing about the person."""

from typing import Any

from hallqueue.lifecycle import MOVES
from hallqueue.models import FallbackReason, Klass, Rules, Ticket, Window, Wording
from hallqueue.requeue_limits import barred_of
from hallqueue.topics import Frame, Kind, register
from hallqueue.topics.hands import emergency_row
from hallqueue.topics.journeys import way_of
from hallqueue.topics.lines import lines_of
from hallqueue.topics.rating import ratings_of
from hallqueue.topics.reading import Reading, iso
from hallqueue.topics.visit import matters_of


def ticket_frame(reading: Reading, name: str) -> Frame | None:
    """The page of the ticket whose token is `name`; after its business date only that date is left."""
    found = Ticket.objects.filter(hall=reading.hall, token=name).select_related("window", "joined_to").first()
    if found is None:
        return None
    if found.business_date < reading.business_date:
        return {"over": True, "date": found.business_date.isoformat(), "ratings": ratings_of(reading, found)}
    return {
        "over": False,
        "date": found.business_date.isoformat(),
        "label": found.label,
        "state": found.state,
        "priority": found.klass == Klass.PRIORITY,
        "service": _service(reading, found.service_id),
        "window": _window(reading, found.window),
        "issued_at": iso(found.issued_at),
        "called_at": iso(found.called_at),
        "notices": reading.notices_at("ticket"),
        "emergency": emergency_row(reading),
        **place_in_line(reading, found),
        "fallback": _fallback(reading, found),
        "journey": way_of(reading, found),
        "own": _own(reading, found),
        "ratings": ratings_of(reading, found),
    }


def _fallback(reading: Reading, ticket: Ticket) -> dict[str, Any]:
    """By which of its reasons a ticket goes to the fallback window ("" for none), and whether its holder may ask."""
    is_open = any(each.is_fallback and each.state == Window.State.OPEN for each in reading.windows)
    waits = ticket.state == Ticket.State.WAITING and not ticket.fallback_reason
    known = ticket.fallback_reason in FallbackReason.values or not ticket.fallback_reason
    return {
        "reason": ticket.fallback_reason if known else FallbackReason.SENT.value,
        "may_ask": waits and is_open and reading.catalogue.fallback.citizens_ask,
    }


def _own(reading: Reading, ticket: Ticket) -> dict[str, Any]:
    """The matters of the visit, the number it was joined to, and what its holder may do by the hall's rules."""
    rules = reading.catalogue.rules
    return {
        "matters": [[each["service"], each["result"]] for each in matters_of(reading, ticket)],
        "into": ticket.joined_to.label if ticket.joined_to else "",
        **_coming_back(rules, ticket),
        "may_cancel": rules.citizens_cancel and ticket.state in MOVES["cancel"].origins,
    }


def _coming_back(rules: Rules, ticket: Ticket) -> dict[str, Any]:
    """Whether the holder may come back by themselves, and until when if the hall refuses who is too late; `is_late`:
    as the log stands nobody brings this number back any more."""
    is_missed, limit = ticket.state == Ticket.State.MISSED, barred_of(ticket, rules)
    return {
        "may_requeue": is_missed and rules.citizens_requeue and not limit.code,
        "requeue_until": iso(limit.until),
        "is_late": bool(limit.code),
    }


def _service(reading: Reading, service_id: int) -> dict[str, str]:
    service = reading.catalogue.services.get(service_id)
    if service is None:
        return {"zh": "", "mn": "", "en": ""}
    return {"zh": service.name, "mn": service.name_mn, "en": service.name_en}


def _window(reading: Reading, window: Window | None) -> dict[str, Any] | None:
    if window is None:
        return None
    where = (Wording.WAY, window.direction) if window.direction else (Wording.ZONE, window.zone)
    return {
        "number": window.number,
        "way": Wording.phrase(reading.hall, *where),
        "fallback": window.is_fallback,
    }


def place_in_line(reading: Reading, ticket: Ticket) -> dict[str, Any]:
    """Place in line of a waiting ticket, the windows it may be called to, and the range of its wait."""
    empty: dict[str, Any] = {"ahead": None, "low": None, "high": None, "windows": [], "zones": []}
    mine = next((row for row in reading.waiting if row["id"] == ticket.pk), None)
    if mine is None:
        return empty
    lines = lines_of(reading)
    takers = lines.takers(mine)
    ordinary = mine["for_window_id"] is None and not mine["fallback_reason"]
    expected = lines.expected(ticket.service_id, mine) if ordinary else None
    windows = [window for window in reading.windows if window.pk in takers]
    return {
        "ahead": lines.ahead_of(mine),
        "low": expected.low if expected else None,
        "high": expected.high if expected else None,
        "windows": [window.number for window in windows],
        "zones": Wording.zones(reading.hall, windows),
    }


register(Kind("ticket", ("anyone",), ticket_frame))
