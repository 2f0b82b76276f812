"""The hall on paper, third page: who may take whom, and who goes before whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.model.plain import Paper, PlainHall, Seat

FIRST = {"returning": 10, "priority": 20, "appointment": 30, "transferred": 40, "ordinary": 50}
SERIES = {"id-card": "A", "invoice": "B", "housing": "C"}


def sent_on(ticket: Paper) -> dict[str, object]:
    """Who is sent on goes before newcomers."""
    klass = "transferred" if ticket.klass == "ordinary" else ticket.klass
    return {"klass": klass, "rank": FIRST[klass]}


@dataclass
class PaperPolicy:
    """How a scope (a letter, or "" for the hall) orders its calls."""

    kind: str = "strict"
    preferred: int = 1
    ordinary: int = 2
    ageing: int = 20
    guard: int = 60

    def after(self, ticket: Paper, minutes: float) -> int:
        """The place that so much waiting gives."""
        if self.guard and minutes >= self.guard:
            return 5
        if self.kind != "ageing" or ticket.klass == "returning":
            return ticket.rank
        return min(ticket.rank, max(20, FIRST[ticket.klass] - 10 * int(minutes // self.ageing)))


@dataclass
class PaperCall:
    """A call, and who made it; one out of turn has no scope."""

    ticket: Paper
    window: int
    who: str
    scope: str | None
    ordinary: bool
    undone: bool = False


def suits(seat: Seat, service: str, klass: str) -> bool:
    """The window does this service for this class."""
    under_way = klass in ("returning", "transferred")
    return service in seat.takes and (not seat.classes or klass in seat.classes or under_way)


def serving(hall: PlainHall, ticket: Paper) -> list[Seat]:
    """The open ordinary windows for a ticket that was sent nowhere."""
    seats = (seat for seat in hall.seats.values() if seat.state == "open" and not seat.fallback)
    return [seat for seat in seats if suits(seat, ticket.service, ticket.klass)]


def takes(hall: PlainHall, seat: Seat, ticket: Paper) -> bool:
    """Whether the window may call the ticket, if it is open."""
    if ticket.sent_to is not None:
        there = hall.seats[ticket.sent_to].state == "open"
        return ticket.sent_to == seat.number or (seat.fallback and not there)
    if ticket.to_fallback:
        return seat.fallback
    others = serving(hall, ticket)
    if seat.fallback and not others:
        return True
    if not suits(seat, ticket.service, ticket.klass):
        return False
    foreign = ticket.language != "zh" and ticket.language not in seat.languages
    spoken = any(ticket.language in other.languages for other in others)
    return not (foreign and spoken and ticket.rank != 5)


def help_rank(seat: Seat, ticket: Paper) -> int:
    """0 for own work and for who was sent."""
    return 0 if ticket.sent_to is not None or ticket.to_fallback else seat.takes.get(ticket.service, 0)


def own_work(hall: PlainHall, seat: Seat, one: Paper, other: Paper) -> bool:
    """Whether somebody of the other's rank waits for this window, and not to be helped out."""
    return one.rank == other.rank and takes(hall, seat, one) and not help_rank(seat, one)


def rank_at(klass: str, place: str) -> int:
    """Who was sent on goes first, unless put behind others."""
    behind = place in ("back", "after", "end") and klass in ("transferred", "returning")
    return FIRST["ordinary" if behind else klass]


def policy_of(hall: PlainHall, ticket: Paper) -> tuple[str, PaperPolicy]:
    """The scope of a ticket, and its policy."""
    letter = SERIES[ticket.service]
    scope = letter if letter in hall.policies else ""
    return scope, hall.policies.get(scope, PaperPolicy())


def in_line(hall: PlainHall, seat: Seat) -> list[Paper]:
    """Everybody before a window as it would call them."""
    left = sorted((t for t in hall.tickets if t.state == "waiting" and takes(hall, seat, t)), key=hall.order)
    past = {
        scope: [each.ordinary for each in hall.turns if each.scope == scope and not each.undone]
        for scope in hall.policies
    }
    told: list[Paper] = []
    while left:
        told.append(_next(hall, seat, left, past))
        left.remove(told[-1])
    return told


def _next(hall: PlainHall, seat: Seat, left: list[Paper], past: dict[str, list[bool]]) -> Paper:
    if left[0].rank == 5:
        return left[0]
    nearest = min(help_rank(seat, ticket) for ticket in left)
    sent: dict[str, tuple[PaperPolicy, list[Paper]]] = {}
    for ticket in left:
        scope, policy = policy_of(hall, ticket)
        if help_rank(seat, ticket) == nearest:
            sent.setdefault(scope, (policy, []))[1].append(ticket)
    firsts = [_of_scope(policy, people, past.get(scope, [])) for scope, (policy, people) in sent.items()]
    called = min(firsts, key=hall.order)
    past.setdefault(policy_of(hall, called)[0], []).append(called.rank >= 50)
    return called


def _of_scope(policy: PaperPolicy, people: list[Paper], past: list[bool]) -> Paper:
    ordinary = [ticket for ticket in people if ticket.rank >= 50]
    if policy.kind != "ratio" or len(ordinary) in (0, len(people)):
        return people[0]
    if not past:
        return people[0]
    run = 0
    while run < len(past) and past[-1 - run] == past[-1]:
        run += 1
    part = policy.ordinary if past[-1] else policy.preferred
    turn = past[-1] if run < part else not past[-1]
    return ordinary[0] if turn else people[0]


def alike(one: Paper, other: Paper) -> bool:
    """Whether two stand in one line, where only the place decides."""
    if one.rank != other.rank or one.to_fallback != other.to_fallback:
        return False
    if one.to_fallback:
        return True
    return one.sent_to == other.sent_to and (one.sent_to is not None or one.service == other.service)


def around(hall: PlainHall, one: Paper, there: Paper) -> bool:
    """Whether one is called in turn with whoever stands there: the same open windows have both as their own."""
    opened = [seat for seat in hall.seats.values() if seat.state == "open" and there.service in seat.takes]
    if there.to_fallback or there.sent_to is not None or not opened:
        return alike(one, there)
    best = min(seat.takes[there.service] for seat in opened)
    own = [seat for seat in opened if seat.takes[there.service] == best]
    services = {service for seat in own for service, rank in seat.takes.items() if rank <= best}
    if one.rank != there.rank or one.to_fallback:
        return False
    if one.sent_to is not None:
        return one.sent_to in {seat.number for seat in own}
    return one.service in services
