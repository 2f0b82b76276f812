"""What the manager's live screen shows: the whole hall in one frame, and the tickets behind each tile in another."""

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

from django.db.models import Count

from hallqueue.models import WATCHERS, Call, SeriesCounter, Ticket, Window
from hallqueue.routing import stranded
from hallqueue.topics import Frame, Kind, register
from hallqueue.topics.advice import advice
from hallqueue.topics.fallback import concern_counts, fallback_rows
from hallqueue.topics.hands import alarm_rows, borrowed_rows, emergency_row, message_rows, notice_rows
from hallqueue.topics.queue import queue_of
from hallqueue.topics.reading import Reading, iso
from hallqueue.topics.window import line_of

MOST_TICKETS = 300

Row = dict[str, Any]


def hall_frame(reading: Reading, name: str) -> Frame | None:
    """The hall at a glance; `name` is "live"."""
    if name != "live":
        return None
    hall = reading.hall
    return {
        "date": reading.business_date.isoformat(),
        "is_open": hall.is_open,
        "limits": {"wait": hall.wait_alarm_minutes, "service": hall.service_alarm_minutes},
        "counts": _counts(reading),
        "oldest": _oldest(reading.waiting),
        "alarms": alarm_rows(reading),
        "advice": advice(reading),
        "messages": message_rows(reading),
        "notices": notice_rows(reading),
        "emergency": emergency_row(reading),
        "services": _services(reading),
        "fallback": fallback_rows(reading),
        "concerns": concern_counts(reading),
        "windows": _windows(reading),
    }


def tickets_frame(reading: Reading, name: str) -> Frame | None:
    """The tickets behind one tile: waiting, stranded, open, aside, service-<id>, services-<id>.<id>…
    or window-<number>."""
    what, _, which = name.partition("-")
    find = LISTS.get(what)
    rows = find(reading, which) if find else None
    if rows is None:
        return None
    return {"count": len(rows), "tickets": rows[:MOST_TICKETS], "next": _next_at(reading, what, which)}


def _next_at(reading: Reading, what: str, which: str) -> Row | None:
    """Whom a window would call next, and why; only behind a window's tile."""
    window = next((each for each in reading.windows if str(each.number) == which), None)
    return queue_of(reading, window).next_row() if window and what == "window" else None


def _counts(reading: Reading) -> Row:
    """Figures of the business date, and of who is in the hall now."""
    today = {"hall": reading.hall, "business_date": reading.business_date}
    states = Ticket.objects.filter(**today).values_list("state").annotate(Count("id"))
    ended = Counter(dict(states))
    return {
        "issued": sum(each.given for each in SeriesCounter.objects.filter(**today)),
        "waiting": len(reading.waiting),
        "open": len(reading.open_calls),
        "aside": len(reading.set_aside),
        "stranded": stranded(reading.hall).count(),
        "done": ended[Ticket.State.DONE],
        "cancelled": ended[Ticket.State.CANCELLED] + ended[Ticket.State.EXPIRED],
    }


def _oldest(rows: list[Row]) -> str | None:
    return iso(min((row["issued_at"] for row in rows), default=None))


def _services(reading: Reading) -> list[Row]:
    """The services somebody waits for, the longest line first."""
    waiting: dict[int, list[Row]] = defaultdict(list)
    for row in reading.waiting:
        waiting[row["service_id"]].append(row)
    rows = [
        {
            "id": service,
            "name": reading.service_name(service),
            "waiting": len(found),
            "oldest": _oldest(found),
            "windows": reading.serving_windows.get(service, []),
        }
        for service, found in waiting.items()
    ]
    return sorted(rows, key=lambda row: (-row["waiting"], row["id"]))


def _windows(reading: Reading) -> list[Row]:
    done, borrowed = _done_by_window(reading), borrowed_rows(reading)
    return [
        _window_row(reading, window, done) | {"borrowed": borrowed.get(window.pk, [])}
        for window in reading.windows
    ]


def _window_row(reading: Reading, window: Window, done: dict[int, int]) -> Row:
    queue = queue_of(reading, window)
    shift, call = reading.shifts.get(window.pk), reading.open_calls.get(window.pk)
    return {
        "number": window.number,
        "name": window.name,
        "zone": window.zone,
        "fallback": window.is_fallback,
        "state": window.state,
        "reason": window.pause_reason,
        "since": iso(window.state_at),
        "clerk": str(shift.user) if shift else "",
        "ticket": _at_window(call) if call else None,
        "line": queue.count,
        "next": queue.next_row() if window.state == Window.State.OPEN else None,
        "done": done.get(window.pk, 0),
    }


def _at_window(call: Call) -> Row:
    ticket = call.ticket
    since = call.started_at if ticket.state == Ticket.State.SERVING else call.called_at
    return {"label": ticket.label, "state": ticket.state, "since": iso(since)}


def _done_by_window(reading: Reading) -> dict[int, int]:
    today = Call.objects.filter(hall=reading.hall, business_date=reading.business_date, outcome="done")
    return dict(today.values_list("window").annotate(Count("id")))


def _list_waiting(reading: Reading, which: str) -> list[Row] | None:
    return None if which else [_waiting_row(reading, row) for row in reading.waiting]


def _list_stranded(reading: Reading, which: str) -> list[Row] | None:
    lost = set(stranded(reading.hall).values_list("pk", flat=True))
    return None if which else [_waiting_row(reading, row) for row in reading.waiting if row["id"] in lost]


def _list_open(reading: Reading, which: str) -> list[Row] | None:
    calls = sorted(reading.open_calls.values(), key=lambda call: call.pk)
    return None if which else [_call_row(reading, call) for call in calls]


def _list_aside(reading: Reading, which: str) -> list[Row] | None:
    return None if which else [_ticket_row(reading, ticket) for ticket in reading.set_aside]


def _list_service(reading: Reading, which: str) -> list[Row] | None:
    if not which.isdecimal() or int(which) not in reading.catalogue.services:
        return None
    return [_waiting_row(reading, row) for row in reading.waiting if row["service_id"] == int(which)]


def _list_services(reading: Reading, which: str) -> list[Row] | None:
    """Those of several services, their ids parted by dots."""
    found = [_list_service(reading, each) for each in which.split(".")[:MOST_TICKETS]]
    rows = [row for each in found if each is not None for row in each]
    return None if None in found else sorted(rows, key=lambda row: (row["issued_at"], row["id"]))


def _list_window(reading: Reading, which: str) -> list[Row] | None:
    window = next((each for each in reading.windows if str(each.number) == which), None)
    if window is None:
        return None
    call = reading.open_calls.get(window.pk)
    here = [_call_row(reading, call)] if call else []
    return here + [_waiting_row(reading, row) for row in line_of(reading, window)]


LISTS: dict[str, Callable[[Reading, str], list[Row] | None]] = {
    "waiting": _list_waiting,
    "stranded": _list_stranded,
    "open": _list_open,
    "aside": _list_aside,
    "service": _list_service,
    "services": _list_services,
    "window": _list_window,
}


def _waiting_row(reading: Reading, row: Row) -> Row:
    return {
        "id": row["id"],
        "label": row["label"],
        "state": Ticket.State.WAITING.value,
        "service": reading.service_name(row["service_id"]),
        "klass": row["klass"],
        "since": iso(row["issued_at"]),
        "issued_at": iso(row["issued_at"]),
        "window": None,
        "reason": row["fallback_note"] or row["fallback_reason"],
        "fallback": row["fallback_reason"],
    }


def _ticket_row(reading: Reading, ticket: Ticket) -> Row:
    return {
        "id": ticket.pk,
        "label": ticket.label,
        "state": ticket.state,
        "service": reading.service_name(ticket.service_id),
        "klass": ticket.klass,
        "since": iso(ticket.called_at),
        "issued_at": iso(ticket.issued_at),
        "window": None,
        "reason": ticket.reason,
    }


def _call_row(reading: Reading, call: Call) -> Row:
    number = next((window.number for window in reading.windows if window.pk == call.window_id), None)
    since = call.started_at or call.called_at
    return _ticket_row(reading, call.ticket) | {"since": iso(since), "window": number}


register(Kind("hall", WATCHERS, hall_frame))
register(Kind("tickets", WATCHERS, tickets_frame))
