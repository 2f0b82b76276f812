"""The hall on paper: a plain model with its own states, its own order and its own routing, and no database.

It shares no code with the engine: what the two say alike, two minds have thought.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone

from tests.model.plain_order import (
    FIRST,
    SERIES,
    PaperCall,
    PaperPolicy,
    in_line,
    policy_of,
    suits,
    takes,
)

EAST_8 = timezone(timedelta(hours=8))
GAP = 1024
LIVING = ("waiting", "called", "serving", "parked", "missed")
OPEN = ("called", "serving")

Said = dict[str, object]


class No(Exception):
    """The model refuses, with the code the hall should give."""


@dataclass(frozen=True)
class Matter:
    """One matter of a visit: what for, what came of it, and with which number it came."""

    service: str
    result: str = ""
    came_with: str = ""


@dataclass
class Paper:
    """A ticket on paper."""

    label: str
    day: date
    service: str
    rank: int
    place: int
    state: str = "waiting"
    at: int | None = None
    sent_to: int | None = None
    to_fallback: bool = False
    calls: int = 0
    transfers: int = 0
    way: list[str] = field(default_factory=list)
    walks: bool = False
    last_window: int | None = None
    klass: str = "ordinary"
    language: str = "zh"
    since: datetime | None = None
    before: Paper | None = None
    kind: str = ""
    came: str = ""
    verb: str = ""
    said: int = 0
    said_at: datetime | None = None
    last_call: int = 0
    missed_at: datetime | None = None
    missed_call: int = 0
    requeued: int = 0
    people: int = 1
    lent_by: int | None = None
    joined_to: Paper | None = None
    remind_at: datetime | None = None
    reminded: bool = False
    matters: list[Matter] = field(default_factory=list)


@dataclass
class Seat:
    """A window on paper."""

    number: int
    takes: dict[str, int]
    fallback: bool = False
    state: str = "closed"
    reason: str = ""
    since: date | None = None
    clerk: str = ""
    clerk_since: date | None = None
    classes: set[str] = field(default_factory=set)
    languages: set[str] = field(default_factory=set)


@dataclass
class PlainHall:
    """Verbs answer as the engine's do, or raise No(code). People are names; "manager" manages."""

    clock: datetime
    moved: datetime
    seats: dict[int, Seat]
    is_open: bool = True
    tickets: list[Paper] = field(default_factory=list)
    counters: dict[tuple[date, str], int] = field(default_factory=dict)
    closed: set[date] = field(default_factory=set)
    places: int = 0
    called_out: list[Paper] = field(default_factory=list)
    policies: dict[str, PaperPolicy] = field(default_factory=dict)
    turns: list[PaperCall] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """The log never runs backwards, whatever the clock does."""
        return max(self.clock, self.moved)

    @property
    def today(self) -> date:
        return (self.now.astimezone(EAST_8) - timedelta(hours=3)).date()

    # Order and routing

    def order(self, ticket: Paper) -> tuple[int, int, int]:
        return (ticket.rank, ticket.place, self.tickets.index(ticket))

    def takes(self, seat: Seat, ticket: Paper) -> bool:
        return takes(self, seat, ticket)

    def line(self, number: int) -> list[Paper]:
        return in_line(self, self.seats[number])

    def stranded(self) -> list[Paper]:
        opened = [seat for seat in self.seats.values() if seat.state == "open"]
        lost = [
            t
            for t in self.tickets
            if t.state == "waiting" and not any(self.takes(seat, t) for seat in opened)
        ]
        return sorted(lost, key=self.order)

    def held(self, number: int) -> Paper | None:
        return next((t for t in self.tickets if t.at == number), None)

    # Tickets

    def issue(
        self,
        who: str,
        service: str,
        priority: str,
        to_fallback: bool,
        also: tuple[str, ...] = (),
        language: str = "zh",
    ) -> Said:
        if not self.is_open:
            raise No("hall_closed")
        if service not in SERIES:
            raise No("unknown_service")
        opened = [seat for seat in self.seats.values() if seat.state == "open"]
        klass = "priority" if priority else "ordinary"
        if to_fallback and not any(seat.fallback for seat in opened):
            raise No("no_fallback_open")
        if not to_fallback and not any(suits(seat, service, klass) for seat in opened):
            raise No("no_window_open")
        more = self.more_matters(service, also, klass)
        letter = SERIES[service]
        number = self.counters[self.today, letter] = self.counters.get((self.today, letter), 0) + 1
        label, place = f"{letter}{number:03d}", self.last_place()
        ticket = Paper(label, self.today, service, FIRST[klass], place, to_fallback=to_fallback)
        ticket.klass, ticket.language, ticket.since = klass, language, self.now
        ticket.kind = priority
        ticket.matters = [Matter(each) for each in (service, *more)] if more else []
        self.tickets.append(ticket)
        return {"label": ticket.label}

    def more_matters(self, service: str, also: tuple[str, ...], klass: str) -> list[str]:
        if any(each not in SERIES for each in also):
            raise No("unknown_service")
        more = [each for each in dict.fromkeys(also) if each != service]
        opened = [seat for seat in self.seats.values() if seat.state == "open"]
        if any(not any(suits(seat, each, klass) for seat in opened) for each in more):
            raise No("no_window_open")
        return more

    def last_place(self) -> int:
        self.places += 1
        return self.places * GAP

    def cancel(self, who: str, ticket: Paper) -> Said:
        if ticket.state not in ("waiting", "parked", "missed"):
            raise No("wrong_state")
        return self.move(ticket, "cancelled")

    def verify(self, who: str, ticket: Paper, kind: str) -> Said:
        if ticket.state not in ("waiting", "parked", "missed"):
            raise No("wrong_state")
        if ticket.came and ticket.kind == kind:
            raise No("already_verified")
        came = ticket.came or ("ordinary" if ticket.klass == "priority" else ticket.klass)
        return self.reclass(ticket, "priority", kind, came)

    def take_back_priority(self, who: str, ticket: Paper) -> Said:
        if ticket.state not in ("waiting", "parked", "missed"):
            raise No("wrong_state")
        if ticket.klass != "priority":
            raise No("no_priority")
        return self.reclass(ticket, ticket.came or "ordinary", "", "")

    def reclass(self, ticket: Paper, klass: str, kind: str, came: str) -> Said:
        """A paper once seen stays seen, whatever a window takes back."""
        ticket.kind, ticket.came = kind, came
        for page in filter(None, (ticket, ticket.before)):
            page.klass, page.rank = klass, FIRST[klass]
        return {"label": ticket.label, "state": ticket.state, "priority": kind}

    def move(self, ticket: Paper, state: str, verb: str = "", **changes: object) -> Said:
        ticket.before = replace(ticket, before=None)
        if state == "waiting" != ticket.state:
            ticket.since = self.now
        ticket.verb = verb
        if ticket.state == "parked" and state != "parked":
            ticket.remind_at, ticket.reminded = None, False
        ticket.state = state
        for name, value in changes.items():
            setattr(ticket, name, value)
        if state not in OPEN:
            ticket.at = None
        return {"label": ticket.label, "state": state}

    # Calling

    def own(self, who: str, window: int) -> Seat:
        if window not in self.seats:
            raise No("unknown_window")
        seat = self.seats[window]
        if who not in ("manager", seat.clerk):
            raise No("not_your_window")
        return seat

    def ready(self, who: str, window: int) -> Seat:
        seat = self.own(who, window)
        if seat.state != "open":
            raise No("window_not_open")
        if self.held(window):
            raise No("window_has_ticket")
        return seat

    def here(self, who: str, window: int) -> Paper:
        self.own(who, window)
        ticket = self.held(window)
        if ticket is None:
            raise No("no_ticket_here")
        return ticket

    def called(self, who: str, ticket: Paper, window: int, scope: str | None = None) -> Said:
        self.turns.append(PaperCall(ticket, window, who, scope, ticket.rank >= 50))
        rank = FIRST[ticket.klass]
        said = self.move(ticket, "called", at=window, sent_to=None, calls=ticket.calls + 1, rank=rank)
        ticket.last_window, ticket.said, ticket.said_at = window, 1, self.now
        self.called_out.append(ticket)
        ticket.last_call = len(self.called_out)
        return said | {"window": window}

    def call_next(self, who: str, window: int) -> Said:
        self.ready(who, window)
        waiting = self.line(window)
        if not waiting:
            raise No("nobody_waiting")
        first = waiting[0]
        return self.called(who, first, window, None if first.rank == 5 else policy_of(self, first)[0])

    def pick(self, who: str, window: int, ticket: Paper, reason: str) -> Said:
        seat = self.ready(who, window)
        if not reason:
            raise No("reason_required")
        own = ticket.state != "waiting" and ticket.last_window == window
        if who != "manager" and not own and not self.takes(seat, ticket):
            raise No("not_in_your_line")
        if ticket.state not in ("waiting", "parked", "missed"):
            raise No("wrong_state")
        return self.called(who, ticket, window)

    def step(self, who: str, window: int, origins: tuple[str, ...], target: str) -> Said:
        ticket = self.here(who, window)
        if ticket.state not in origins:
            raise No("wrong_state")
        return self.move(ticket, target)

    def start(self, who: str, window: int) -> Said:
        return self.step(who, window, ("called",), "serving")

    def redirect(
        self, who: str, tickets: list[Paper], reason: str, service: str, to_window: int | None, fallback: bool
    ) -> Said:
        if who != "manager":
            raise No("not_allowed")
        if not reason:
            raise No("reason_required")
        if any(ticket.state != "waiting" for ticket in tickets):
            raise No("not_all_waiting")
        if to_window is not None and to_window not in self.seats:
            raise No("unknown_window")
        if service and service not in SERIES:
            raise No("unknown_service")
        for ticket in tickets:
            kept = service or ticket.service
            self.move(ticket, "waiting", sent_to=to_window, to_fallback=fallback, service=kept)
        return {"count": len(tickets)}
