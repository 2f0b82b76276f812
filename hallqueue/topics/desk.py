"""What the desk's page shows: what needs a hand there, and everything about one ticket with what may be done to it."""

from typing import Any

from django.db.models import Count

from hallqueue.lifecycle import MOVES
from hallqueue.models import AT_THE_DESK, Event, HelpCall, Item, Klass, Loan, Ticket, User
from hallqueue.requeue_limits import barred_of
from hallqueue.topics import Frame, Kind, register
from hallqueue.topics.kiosk import setup_of
from hallqueue.topics.reading import Reading, iso
from hallqueue.topics.ticket import place_in_line

MOST_ROWS = 40
LONGEST_STORY = 60
SEEN = ("ticket.verified", "ticket.unverified")

Row = dict[str, Any]


def desk_frame(reading: Reading, name: str) -> Frame | None:
    """`name` is "main" for the page itself, or a ticket's id for all about it."""
    if name == "main":
        return _main(reading)
    found = _ticket(reading, name)
    return _sheet(reading, found) if found else None


def _main(reading: Reading) -> Frame:
    claimed, aside = _claimed(reading), list(reversed(reading.set_aside))
    return {
        "open": reading.hall.is_open,
        "setup": setup_of(reading),
        "help_minutes": reading.hall.help_alarm_minutes,
        "counts": {"waiting": len(reading.waiting), "claimed": len(claimed), "aside": len(aside)},
        "help": help_calls(reading),
        "claimed": [_waiting_row(reading, row) for row in claimed[:MOST_ROWS]],
        "aside": [_ticket_row(reading, ticket) for ticket in aside[:MOST_ROWS]],
        "things": things(reading),
        "loans": loans_out(reading),
    }


def _claimed(reading: Reading) -> list[Row]:
    """Waiting people who said at a kiosk or by phone that they go first, and whose proof nobody has seen yet."""
    said = [row for row in reading.waiting if row["klass"] == Klass.PRIORITY]
    seen = _seen_at_the_desk([row["id"] for row in said])
    return [row for row in said if row["id"] not in seen]


def _seen_at_the_desk(tickets: list[int]) -> set[int]:
    """Those of these tickets whose priority the desk saw: when it gave the number, or later."""
    if not tickets:
        return set()
    given = Ticket.objects.filter(pk__in=tickets, source="desk").values_list("pk", flat=True)
    told = Event.objects.filter(ticket__in=tickets, kind__in=SEEN).order_by("seq")
    last = dict(told.values_list("ticket_id", "kind"))
    return {*given, *(ticket for ticket, kind in last.items() if kind == "ticket.verified")}


def help_calls(reading: Reading, **only: Any) -> list[Row]:
    """Calls for a helper that are not over, oldest first; `only` narrows them down."""
    found = HelpCall.objects.filter(hall=reading.hall, done_at=None, **only)
    return [_help_row(call) for call in found.select_related("ticket", "taken_by").order_by("asked_at", "id")]


def _help_row(call: HelpCall) -> Row:
    return {
        "call": call.pk,
        "kind": call.kind,
        "place": call.place,
        "spot": call.spot,
        "ticket": call.ticket_id,
        "label": call.ticket.label if call.ticket else "",
        "note": call.note,
        "since": iso(call.asked_at),
        "taken_by": call.taken_by_id,
        "taker": str(call.taken_by) if call.taken_by else "",
        "taken_at": iso(call.taken_at),
    }


def loans_out(reading: Reading, **only: Any) -> list[Row]:
    """What is lent and not back, longest first; `only` narrows it down."""
    found = Loan.objects.filter(hall=reading.hall, back_at=None, **only)
    return [
        _loan_row(reading, loan) for loan in found.select_related("item", "ticket").order_by("lent_at", "id")
    ]


def _loan_row(reading: Reading, loan: Loan) -> Row:
    """Overdue: the hall gives out no more numbers, or the day it was lent on is over."""
    return {
        "loan": loan.pk,
        "item": loan.item.code,
        "name": loan.item.name,
        "icon": loan.item.icon,
        "number": loan.number,
        "ticket": loan.ticket_id,
        "label": loan.ticket.label if loan.ticket else "",
        "deposit": loan.deposit,
        "since": iso(loan.lent_at),
        "overdue": not reading.hall.is_open or loan.business_date < reading.business_date,
    }


def things(reading: Reading) -> list[Row]:
    """What can be lent: how many there are, how many are out, how often one was lent today."""
    loans = Loan.objects.filter(hall=reading.hall).order_by()
    out = dict(loans.filter(back_at=None).values_list("item").annotate(Count("id")))
    lent = dict(loans.filter(business_date=reading.business_date).values_list("item").annotate(Count("id")))
    return [
        {
            "code": item.code,
            "name": item.name,
            "icon": item.icon,
            "total": item.total,
            "out": out.get(item.pk, 0),
            "today": lent.get(item.pk, 0),
        }
        for item in Item.objects.filter(hall=reading.hall, is_active=True)
    ]


def _ticket(reading: Reading, name: str) -> Ticket | None:
    if not (name.isascii() and name.isdecimal() and len(name) < 19):
        return None
    found = Ticket.objects.filter(hall=reading.hall, pk=int(name))
    return found.select_related("window", "for_window").first()


def _sheet(reading: Reading, ticket: Ticket) -> Frame:
    """All about one ticket: what it is, where it stands, what happened to it, and what may be done now."""
    today = ticket.business_date >= reading.business_date
    events = list(Event.objects.filter(ticket=ticket).select_related("window").order_by("seq"))
    papers = [event.data.get("copy", 1) for event in events if event.kind == "slip.printed"]
    verified = ticket.klass == Klass.PRIORITY and ticket.pk in _seen_at_the_desk([ticket.pk])
    return {
        **_ticket_row(reading, ticket),
        "date": ticket.business_date.isoformat(),
        "today": today,
        "source": ticket.source,
        "verified": verified,
        "issued_at": iso(ticket.issued_at),
        "ended_at": iso(ticket.ended_at),
        "window": ticket.window.number if ticket.window else None,
        "for_window": ticket.for_window.number if ticket.for_window else None,
        "fallback": ticket.fallback_reason,
        "fallback_note": ticket.fallback_note,
        "reason": ticket.reason,
        "calls": ticket.call_count,
        "papers": max(papers, default=0),
        **place_in_line(reading, ticket),
        **_barred(reading, ticket),
        "story": _story(events),
        "help": help_calls(reading, ticket=ticket),
        "loans": loans_out(reading, ticket=ticket),
        "may": _may(ticket, verified) if today else ["concern"],
    }


def _barred(reading: Reading, ticket: Ticket) -> Row:
    """`is_late`: nobody brings this missed number back any more; or not after `requeue_until`."""
    limit = barred_of(ticket, reading.catalogue.rules)
    return {"is_late": bool(limit.code), "requeue_until": iso(limit.until)}


def _may(ticket: Ticket, verified: bool) -> list[str]:
    """The verbs that make sense now; the actions still judge each for themselves."""
    state = ticket.state
    verbs = [verb for verb in ("requeue", "cancel", "redirect", "correct") if state in MOVES[verb].origins]
    if state in Ticket.OPEN_STATES:
        verbs.remove("correct")  # the window's own to say
    if state in (Ticket.State.WAITING, Ticket.State.PARKED, Ticket.State.MISSED):
        verbs += ["verify"] + (["unverify"] if ticket.klass == Klass.PRIORITY else [])
    if state not in Ticket.ENDED_STATES:
        verbs += ["slip", "help", "lend"]
    return [*verbs, "concern"]


def _story(events: list[Event]) -> list[Row]:
    """What happened, newest first; who did it by name where it is a person."""
    ids = {int(event.by[5:]) for event in events if event.by.startswith("user:") and event.by[5:].isdecimal()}
    names = {f"user:{user.pk}": str(user) for user in User.objects.filter(pk__in=ids)} if ids else {}
    return [_told(event, names) for event in reversed(events[-LONGEST_STORY:])]


def _told(event: Event, names: dict[str, str]) -> Row:
    data = event.data
    return {
        "seq": event.seq,
        "at": iso(event.at),
        "kind": event.kind,
        "by": names.get(event.by, event.by.partition(":")[0]),
        "window": event.window.number if event.window else None,
        "reason": str(data.get("reason") or ""),
        "priority": data.get("kind", "") if event.kind in SEEN else "",
    }


def _ticket_row(reading: Reading, ticket: Ticket) -> Row:
    return {
        "ticket": ticket.pk,
        "label": ticket.label,
        "state": ticket.state,
        "service": reading.service_name(ticket.service_id),
        "klass": ticket.klass,
        "priority": ticket.priority_kind,
        "language": ticket.language,
        "note": ticket.note,
        "transfers": ticket.transfer_count,
        "sent": ticket.for_window_id is not None,
        "since": iso(ticket.called_at or ticket.issued_at),
    }


def _waiting_row(reading: Reading, row: Row) -> Row:
    return {
        "ticket": row["id"],
        "label": row["label"],
        "state": Ticket.State.WAITING.value,
        "service": reading.service_name(row["service_id"]),
        "klass": row["klass"],
        "priority": row["priority_kind"],
        "language": row["language"],
        "note": row["note"],
        "transfers": row["transfer_count"],
        "sent": row["for_window_id"] is not None,
        "since": iso(row["issued_at"]),
    }


register(Kind("desk", AT_THE_DESK, desk_frame))
