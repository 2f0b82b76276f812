"""The figures of numbers and calls: what became of each ticket of a day, who waited how long, who served whom."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from hallqueue.figures.belonging import departments_on
from hallqueue.figures.days import ONE_DAY, day_begins, lines_of
from hallqueue.figures.tally import Figures
from hallqueue.models import Call, Hall, Shift, Ticket

Span = tuple[datetime, datetime]
Places = list[tuple[str, object]]

STAYS = frozenset({"done", "transferred", "refused", "parked"})
"""How a stay at a window may end; nobody came to a missed call, and one that expired was forgotten, not served."""

WINDOW_LINES = ("window.opened", "window.paused", "window.closed")
_CALL = ("ticket_id", "window_id", "user_id", "called_at", "started_at", "ended_at", "outcome", "klass")
_TICKET = ("id", "service_id", "source", "klass", "state", "issued_at", "matters")


class Called(NamedTuple):
    """One call of the day, as the fold reads it."""

    ticket: int
    window: int
    user: int | None
    called_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    outcome: str
    klass: str

    @property
    def seen_until(self) -> datetime | None:
        """When somebody last had a hand in it; what expired unfinished was ended by the night. None: not over."""
        return (self.started_at or self.called_at) if self.outcome == "expired" else self.ended_at


class Taken(NamedTuple):
    """One ticket of the day, as the fold reads it."""

    pk: int
    service: int
    source: str
    klass: str
    state: str
    issued_at: datetime
    matters: list[dict[str, Any]]


@dataclass(frozen=True)
class Visits:
    """Everything a day's numbers and calls are told by; calls that were undone were never made.

    `departments` says to which one each service (id) belonged at the end of the day, `open_spans` when each window (id)
    was open, `seats` for how many seconds each clerk (id) sat at one.
    """

    hall: Hall
    day: date
    departments: Mapping[int, int]
    tickets: list[Taken]
    calls: list[Called]
    open_spans: Mapping[int, list[Span]]
    seats: Mapping[int, int]

    @cached_property
    def services(self) -> dict[int, int]:
        """The service of each ticket, as it was at the end of the day."""
        return {ticket.pk: ticket.service for ticket in self.tickets}

    def of_service(self, service: int | None) -> Places:
        """The hall, and where a service belongs."""
        if service is None:
            return [("hall", "")]
        department = self.departments[service]
        both = ("department_service", f"{department}:{service}")
        return [("hall", ""), ("service", service), ("department", department), both]


def visits_of(hall: Hall, day: date) -> Visits:
    """A day's tickets and calls, when its windows were open and who sat at them: five reads."""
    departments = departments_on(hall, day)
    mine = Ticket.objects.filter(hall=hall, business_date=day)
    tickets = [Taken(*row) for row in mine.values_list(*_TICKET).iterator(5000)]
    made = Call.objects.filter(hall=hall, business_date=day).exclude(outcome="undone").order_by("id")
    calls = [Called(*row) for row in made.values_list(*_CALL).iterator(5000)]
    spans, seats = _open_spans(hall, day, calls), _seats(hall, day, calls)
    return Visits(hall, day, departments, tickets, calls, spans, seats)


def fold_visits(figures: Figures, visits: Visits) -> None:
    """Count a day's tickets and calls."""
    first: dict[int, Called] = {}
    for call in visits.calls:
        first.setdefault(call.ticket, call)
    zone = visits.hall.local_zone
    for ticket in visits.tickets:
        hour = 24 * visits.day.weekday() + ticket.issued_at.astimezone(zone).hour
        _count_ticket(figures, visits, ticket, first.get(ticket.pk), hour)
    services = visits.services
    for call in visits.calls:
        _count_call(figures, visits, call, services[call.ticket])
    _count_openings(figures, visits)
    for clerk, seconds in visits.seats.items():
        tally = figures.of("clerk", clerk)
        tally.add("seat.days")
        tally.add("seat.s", seconds)


def _count_ticket(figures: Figures, visits: Visits, ticket: Taken, first: Called | None, hour: int) -> None:
    """What became of a ticket; its wait also counts for the window and clerk who called it first."""
    klass = first.klass if first and first.klass else ticket.klass
    places = visits.of_service(ticket.service)
    places += [("hour", hour), ("source", ticket.source), ("klass", klass)]
    left = first is None and ticket.state in (Ticket.State.CANCELLED, Ticket.State.EXPIRED)
    matters = _matters_done(ticket)
    wait = (first.called_at - ticket.issued_at).total_seconds() if first else 0.0
    for dimension, key in places:
        tally = figures.of(dimension, key)
        tally.add(f"ticket.{ticket.state}")
        if left:
            tally.add("left")
        if matters:
            tally.add("matters", matters)
        if first:
            tally.add_duration("wait", wait)
    if first:
        for dimension, key in _seat(first) + seat_and_service(first.window, first.user, ticket.service):
            figures.of(dimension, key).add_duration("wait", wait)


def _matters_done(ticket: Taken) -> int:
    """How many matters a visit ended with done: the usual one has its service alone."""
    if ticket.state != Ticket.State.DONE:
        return 0
    return sum(matter["result"] == "done" for matter in ticket.matters) if ticket.matters else 1


def _seat(call: Called) -> Places:
    """The window and the clerk of a call; a machine's calls are nobody's."""
    return [("window", call.window), ("clerk", call.user or 0)]


def seat_and_service(window: int, user: int | None, service: int) -> Places:
    """A window and a clerk with the service: what like is compared with like by."""
    return [("window_service", f"{window}:{service}"), ("clerk_service", f"{user or 0}:{service}")]


def _count_call(figures: Figures, visits: Visits, call: Called, service: int) -> None:
    """How a call ended, how long the way to the window took, and the stay there."""
    places = visits.of_service(service) + _seat(call) + seat_and_service(call.window, call.user, service)
    for dimension, key in places:
        tally = figures.of(dimension, key)
        tally.add(f"call.{call.outcome or 'open'}")
        if call.started_at is None:
            continue
        tally.add_duration("way", (call.started_at - call.called_at).total_seconds())
        if call.ended_at is not None and call.outcome in STAYS:
            tally.add_duration("serve", (call.ended_at - call.started_at).total_seconds())


def _count_openings(figures: Figures, visits: Visits) -> None:
    """How long each window was open, and how long of it stood free while the person it called next waited already."""
    at_window: dict[int, list[Called]] = defaultdict(list)
    for call in visits.calls:
        at_window[call.window].append(call)
    since = _waiting_since(visits)
    for window, spans in visits.open_spans.items():
        tally, free = figures.of("window", window), spans[0][0] if spans else None
        seconds = sum((end - begin).total_seconds() for begin, end in spans)
        tally.add("open", int(seconds))
        figures.of("hall").add("open", int(seconds))
        for call in at_window[window]:
            idle = _within(spans, max(free or call.called_at, since[call]), call.called_at)
            free = call.ended_at or call.called_at
            for dimension, key in [("hall", ""), *_seat(call)]:
                if idle:
                    figures.of(dimension, key).add("idle", idle)


def _waiting_since(visits: Visits) -> dict[Called, datetime]:
    """Since when the person of each call waited: since the number was taken, or the call before was over."""
    since = {ticket.pk: ticket.issued_at for ticket in visits.tickets}
    found = {}
    for call in visits.calls:
        found[call] = since[call.ticket]
        since[call.ticket] = call.ended_at or call.called_at
    return found


def _open_spans(hall: Hall, day: date, calls: Iterable[Called]) -> dict[int, list[Span]]:
    """When each window was open, from the log; one that nobody closed was so until its last call was over."""
    spans: dict[int, list[Span]] = defaultdict(list)
    opened: dict[int, datetime] = {}
    for line in lines_of(hall, day, WINDOW_LINES):
        window = line.window_id or 0
        if line.kind == "window.opened":
            opened.setdefault(window, line.at)
        elif window in opened:
            spans[window].append((opened.pop(window), line.at))
    ends: dict[int, datetime] = {}
    for call in calls:
        if (seen := call.seen_until) is not None:
            ends[call.window] = max(seen, ends.get(call.window, seen))
    for window, begin in opened.items():
        if ends.get(window, begin) > begin:
            spans[window].append((begin, ends[window]))
    return spans


def _within(spans: Iterable[Span], begin: datetime, end: datetime) -> int:
    """How many seconds from `begin` to `end` lie inside the spans."""
    return int(sum(_overlaps(spans, begin, end)))


def _overlaps(spans: Iterable[Span], begin: datetime, end: datetime) -> Iterator[float]:
    for first, last in spans:
        lasted = (min(end, last) - max(begin, first)).total_seconds()
        if lasted > 0:
            yield lasted


def _seats(hall: Hall, day: date, calls: Iterable[Called]) -> dict[int, int]:
    """How long each clerk sat at a window, in seconds; a seat nobody left was left when their last call was over."""
    last = {call.user: call.seen_until for call in calls if call.ended_at}
    begins = day_begins(hall, day)
    seats: dict[int, int] = defaultdict(int)
    for shift in Shift.objects.filter(hall=hall, started_at__gte=begins, started_at__lt=begins + ONE_DAY):
        end = shift.ended_at or hall.moved_at
        if hall.business_date(end) > day:
            end = last.get(shift.user_id) or shift.started_at
        seats[shift.user_id] += max(0, int((end - shift.started_at).total_seconds()))
    return dict(seats)
