"""Issue a ticket, bring one back into the line, cancel one."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.house.coming_back import place_back
from hallqueue.actions.line.leaving import leave
from hallqueue.actions.line.matters import Matter, matter_of, refuse_too_many
from hallqueue.actions.line.stages import all_of, journey_of, lay_out
from hallqueue.errors import Refused
from hallqueue.hours import timetable_of
from hallqueue.lifecycle import move
from hallqueue.models import (
    FallbackPolicy,
    FallbackReason,
    Journey,
    Klass,
    Series,
    SeriesCounter,
    Service,
    Ticket,
    Window,
)
from hallqueue.routing import PRECEDENCE, STEP, left_alone
from hallqueue.sealing import masked_inside
from hallqueue.statements import exists, fetch, fetch_both, insert, update

PRIORITY_KINDS = ("elderly", "disabled", "pregnant", "infant", "military")
LANGUAGES = ("zh", "mn", "en")
MOST_PEOPLE = 99
LINK = re.compile(r"/t/([A-Za-z0-9_-]{22})(?:[/?#]|$)")
"""The address of a ticket's own page, as a scanner reads it from a slip."""

_ANY_OPEN_WINDOW = """SELECT 1 FROM "hallqueue_windowservice" takes
    JOIN "hallqueue_window" w ON w."id" = takes."window_id"
    WHERE takes."service_id" = %s AND w."state" = 'open' AND (w."classes" = '' OR w."classes" LIKE %s) LIMIT 1"""

_SERVICE = """ FROM "hallqueue_service" one JOIN "hallqueue_series" two ON two."id" = one."series_id"
    WHERE one."hall_id" = %s AND one."code" = %s"""


@command
def issue(
    c: Command,
    *,
    service: str = "",
    priority: str = "",
    language: str = "zh",
    source: str = "kiosk",
    note: str = "",
    to_fallback: bool = False,
    slip: bool = True,
    unknown: bool = False,
    also: Sequence[str] = (),
    people: int = 1,
    journey: str = "",
) -> Answer:
    """Give out the next number of the service's series.

    `service` is its code; `priority` one of PRIORITY_KINDS or ""; `to_fallback` asks for the fallback window;
    `unknown` is for a person who does not know what to ask for, and needs no service; `also` holds the codes of
    further services of the same visit (并号); `people` come together; `journey` is the code of one, which
    begins with its own first service; without `slip` no paper is printed by itself.
    Answers with the ticket's label, token and id. Raises Refused: hall_closed, unknown_service, service_inactive,
    too_late_today, no_window_open, no_fallback_open, fallback_not_asked, unknown_off, series_full,
    too_many_matters, bad_input.
    """
    if not c.hall.is_open:
        raise Refused("hall_closed")
    way, wanted = _wanted(c, service, also, journey, unknown)
    if not to_fallback and not unknown:
        for each in all_of(way) if way else [wanted]:
            refuse_late(c, each)
    _check_wish(priority, language, people)
    klass = Klass.PRIORITY if priority else Klass.ORDINARY
    reason = _fallback_reason(c, wanted, klass, to_fallback, unknown)
    fields: dict[str, Any] = {"language": language, "source": source, "note": masked_text(note, 200)}
    fields |= {"priority_kind": priority, "fallback_reason": reason, "people": people}
    fields["matters"] = _visit(c, wanted, klass, also)
    told: dict[str, Any] = {} if slip else {"slip": False}
    if way is not None:
        fields["journey_id"] = way.pk
        told["journey"] = way.code
    ticket = new_ticket(c, wanted, klass, told, **fields)
    if way is not None:
        lay_out(c, ticket, way)
    return issued(ticket, wanted)


def new_ticket(
    c: Command,
    service: Service,
    klass: Klass,
    told: dict[str, Any],
    *,
    series: Series | None = None,
    **fields: Any,
) -> Ticket:
    """The next number of a series (the service's own unless given), in the line and in the log, with `told`.

    Raises Refused("series_full").
    """
    series = series or service.series
    number = _next_number(c, series)
    ticket = insert(
        Ticket,
        hall_id=c.hall.pk,
        business_date=c.business_date,
        series_id=series.pk,
        number=number,
        label=series.label(number),
        service_id=service.pk,
        klass=klass,
        precedence=PRECEDENCE[klass],
        position=c.log.next_seq() * STEP,
        issued_at=c.now,
        waiting_at=c.now,
        **fields,
    )
    facts: dict[str, Any] = {"service": service.code, "klass": klass, "source": ticket.source}
    c.log.record("ticket.issued", ticket, **facts, fallback=ticket.fallback_reason, **told)
    return ticket


def issued(ticket: Ticket, service: Service) -> Answer:
    """What whoever took a number is told."""
    return {"ticket": ticket.pk, "label": ticket.label, "token": ticket.token, "service": service.name}


@command
def requeue(c: Command, *, ticket: int) -> Answer:
    """Bring a parked or missed ticket back into the line (激活), where the hall's rules say.

    Raises Refused: wrong_state, and for a missed one requeue_too_late, requeue_too_often.
    """
    return bring_back(c, ticket_of(c, ticket))


@command
def cancel(c: Command, *, ticket: int, reason: str = "") -> Answer:
    """Take a ticket out of the line for good."""
    return call_off(c, ticket_of(c, ticket), masked_text(reason, 200))


def call_off(c: Command, ticket: Ticket, reason: str) -> Answer:
    """What `cancel` does, to a ticket at hand; who gives up while no open window may take them is told as such."""
    why = left_alone(ticket) if ticket.state == Ticket.State.WAITING else ""
    leave(c, ticket)
    move(c.log, ticket, "cancel", told={"reason": reason} | ({"why": why} if why else {}))
    return state_of(ticket)


def bring_back(c: Command, ticket: Ticket) -> Answer:
    """What `requeue` does, to a ticket at hand. Answers with `place`: after, end or front."""
    missed = ticket.state == Ticket.State.MISSED
    place, position, precedence = place_back(c, ticket)
    changes = {"position": position, "precedence": precedence, "requeue_count": ticket.requeue_count + missed}
    move(c.log, ticket, "requeue", told={"position": position, "place": place}, **changes)
    return state_of(ticket) | {"place": place}


def refuse_late(c: Command, service: Service) -> None:
    """Raise Refused("too_late_today") if the hours end numbers for today; the desk judges for itself."""
    if c.by.user is not None:
        return
    table = timetable_of(c.hall)
    key = table.key_of_service(service.pk)
    today = c.hall.local_date(c.now)
    if table.refuses(key, today, c.now):
        opening = table.next_opening(key, today, c.now)
        raise Refused(
            "too_late_today", name=service.name, opening=f"{opening:%m-%d %H:%M}" if opening else "—"
        )


def ticket_of(c: Command, ticket_id: int) -> Ticket:
    """The hall's ticket; raises Refused("unknown_ticket")."""
    ticket = Ticket.objects.filter(hall=c.hall, pk=ticket_id).select_related("service", "window").first()
    if ticket is None:
        raise Refused("unknown_ticket", 404)
    ticket.hall = c.hall
    return ticket


def state_of(ticket: Ticket) -> Answer:
    """The short answer of every verb on a ticket."""
    return {"ticket": ticket.pk, "label": ticket.label, "state": ticket.state}


def plain_text(text: str, limit: int) -> str:
    """Typed text as it may be stored: no control characters, no edges of space; raises Refused("text_too_long")."""
    clean = "".join(sign for sign in text if unicodedata.category(sign)[0] != "C" or _is_written(sign))
    if len(clean.strip()) > limit:
        raise Refused("text_too_long", 400, limit=limit)
    return clean.strip()


def _is_written(sign: str) -> bool:
    """Whether somebody writes it though this Python counts it among what is not: joiners of Mongolian, characters of
    names that are newer than its tables (planes 2 and 3) or of a county's own font (private use)."""
    code = ord(sign)
    is_rare = 0x20000 <= code <= 0x3FFFF and code & 0xFFFE != 0xFFFE
    return sign in "\u202f\u180e\u200d" or is_rare or 0xE000 <= code <= 0xF8FF


def masked_text(text: str, limit: int) -> str:
    """Plain text that may be about somebody: phone and card numbers are masked, as the log keeps it for ever."""
    return masked_inside(plain_text(text, limit))


def active_service(c: Command, code: str) -> Service:
    """The hall's service of that code, with its series; raises Refused: unknown_service, service_inactive."""
    found = fetch_both(Service, Series, _SERVICE, c.hall.pk, plain_text(code, 120))
    if found is None:
        raise Refused("unknown_service", 404)
    service, series, _ = found
    service.series = series
    if not service.is_active:
        raise Refused("service_inactive", name=service.name)
    return service


def check_people(people: int) -> None:
    """How many come with one number; raises Refused("bad_input")."""
    if not 1 <= people <= MOST_PEOPLE:
        raise Refused("bad_input", 400, detail="people")


def _visit(c: Command, first: Service, klass: str, also: Sequence[str]) -> list[Matter]:
    """The matters of a visit that begins with several services; none for the usual one."""
    if not also:
        return []
    others = [active_service(c, code) for code in dict.fromkeys(also) if code != first.code]
    for each in others:
        refuse_late(c, each)
        _fallback_reason(c, each, klass, asked=False, unknown=False)
    matters = [matter_of(service.pk) for service in (first, *others)]
    refuse_too_many(matters)
    return matters if others else []


def _check_wish(priority: str, language: str, people: int) -> None:
    _check_choice("priority", priority, ("", *PRIORITY_KINDS))
    _check_choice("language", language, LANGUAGES)
    check_people(people)


def _check_choice(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise Refused("bad_input", 400, detail=name)


def _wanted(
    c: Command, service: str, also: Sequence[str], journey: str, unknown: bool
) -> tuple[Journey | None, Service]:
    """What the number is for: services, the first step of a journey, or a person who does not know."""
    if [bool(service or also), bool(journey), unknown].count(True) > 1:
        raise Refused("bad_input", 409, detail="service | journey | unknown")
    if journey:
        return journey_of(c, journey)
    return None, _unknown_matter(c) if unknown else active_service(c, service)


def _unknown_matter(c: Command) -> Service:
    """The service under which "I do not know" is counted; what it is called and numbered is the hall's policy."""
    policy = FallbackPolicy.of(c.hall)
    if policy.unknown_service_id is None:
        raise Refused("unknown_off")
    return Service.objects.select_related("series").get(pk=policy.unknown_service_id)


def _fallback_reason(c: Command, service: Service, klass: str, asked: bool, unknown: bool) -> str:
    """Nothing is issued that nobody answers for: an open window of the service, or the fallback window if asked."""
    is_served = exists(_ANY_OPEN_WINDOW, service.pk, f"% {klass} %")
    if not (asked or unknown):
        if not is_served:
            raise Refused("no_window_open", name=service.name)
        return ""
    if not Window.objects.filter(hall=c.hall, is_fallback=True, state=Window.State.OPEN).exists():
        raise Refused("no_fallback_open")
    if unknown:
        return FallbackReason.UNKNOWN.value
    if is_served and not FallbackPolicy.of(c.hall).citizens_ask:
        raise Refused("fallback_not_asked")
    return FallbackReason.ASKED.value


def _next_number(c: Command, series: Series) -> int:
    key = (c.hall.pk, c.business_date, series.pk)
    counter = fetch(SeriesCounter, '"hall_id" = %s AND "business_date" = %s AND "series_id" = %s', *key)
    if counter is None:
        day = {"hall": c.hall, "business_date": c.business_date, "series": series}
        counter = SeriesCounter.objects.create(**day, first=series.first, last=series.first - 1)
    if counter.last >= series.last:
        raise Refused("series_full", letter=series.letter)
    counter.last += 1
    update(counter, ("last",))
    return counter.last
