"""A ticket's whole story from the log: every step with its time, its length and who did it; others add to it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import QuerySet

from hallqueue.lifecycle import MOVING
from hallqueue.models import Event, FallbackReason, Ticket
from hallqueue.texts import has_text, text

WAITING, SERVING = Ticket.State.WAITING.value, Ticket.State.SERVING.value


@dataclass(frozen=True)
class Step:
    """One event of the ticket, the state after it, and how long that state lasted.

    None: it lasts still, or began with an earlier step: a slip that is printed meanwhile does not divide it.
    """

    event: Event
    state: str
    lasted: timedelta | None


@dataclass(frozen=True)
class Aside:
    """Something that belongs to a ticket and stands beside its steps: a slip, a concern; `url` may be empty."""

    at: datetime
    words: str
    icon: str = "ticket"
    url: str = ""


@dataclass
class Story:
    """The steps in order, and what they add up to: `spent` holds the time in each state (I13)."""

    ticket: Ticket
    steps: list[Step]
    spent: dict[str, timedelta] = field(default_factory=dict)

    @property
    def waited(self) -> timedelta:
        """All the time in a line."""
        return self.spent.get(WAITING, timedelta())

    @property
    def served(self) -> timedelta:
        """All the time being served."""
        return self.spent.get(SERVING, timedelta())


Provider = Callable[[Ticket, str], Iterable[Aside]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Add what `provider(ticket, language)` knows of a ticket to its story."""
    _providers.append(provider)


def asides_of(ticket: Ticket, lang: str) -> list[Aside]:
    """What printers and others know of a ticket, in order of time."""
    return sorted((each for ask in _providers for each in ask(ticket, lang)), key=lambda aside: aside.at)


def story_of(ticket: Ticket, until: datetime | None = None) -> Story:
    """The story as the log tells it, as far as `until`: what lasts then counts as spent so far; None: all of it."""
    found = Event.objects.filter(hall=ticket.hall_id, ticket=ticket).select_related("window")
    events = [event for event in found.order_by("seq") if until is None or event.at <= until]
    over = ticket.ended_at if until is None or (ticket.ended_at or until) <= until else None
    story, state = Story(ticket, []), WAITING
    begins = {event.seq: event.at for event in events if event.kind in MOVING or event is events[0]}
    ends = dict(zip(begins, [*list(begins.values())[1:], over], strict=True))
    for event in events:
        state, end = _state_after(event, state), ends.get(event.seq)
        story.steps.append(Step(event, state, end - event.at if end is not None else None))
    moves = [(step.state, step.event.at) for step in story.steps if step.event.seq in begins]
    story.spent = _spent(moves, over or until)
    return story


def spent_by(tickets: QuerySet[Ticket]) -> Iterator[dict[str, timedelta]]:
    """The time in each state, as a story's `spent`, of each of these tickets, which are over; one read for all."""
    lines = Event.objects.filter(ticket__in=tickets.order_by().values("pk")).order_by("ticket", "seq")
    told = lines.values_list("ticket", "ticket__ended_at", "kind", "at", "data").iterator(2000)
    for _, rows in groupby(told, key=itemgetter(0)):
        (_, over, _, issued, _), *later = rows
        moves = [(str(data["to"]), at) for _, _, kind, at, data in later if kind in MOVING]
        yield _spent([(WAITING, issued), *moves], over)


def _spent(moves: Sequence[tuple[str, datetime]], over: datetime | None) -> dict[str, timedelta]:
    """The sum of what lasted in each state, from the moves to them until the next, and until `over` (None: lasts)."""
    ends = [*(at for _, at in moves[1:]), over]
    spent: dict[str, timedelta] = {}
    for (state, at), end in zip(moves, ends, strict=True):
        if end is not None:
            spent[state] = spent.get(state, timedelta()) + max(timedelta(), end - at)
    return spent


def _state_after(event: Event, before: str) -> str:
    told: dict[str, Any] = event.data
    return str(told["to"]) if event.kind in MOVING else before


def reason_told(told: dict[str, Any], lang: str) -> str:
    """Why, in words, as an event tells it; where it led to the fallback window, by which of its reasons."""
    words, code = str(told.get("reason") or ""), told.get("why") or told.get("fallback")
    for key in (f"story.reason.{words}", f"printer.reason.{words}"):
        if has_text(key):
            words = text(key, lang)
            break
    if code in FallbackReason.values:
        named = text(f"fallback.reason.{code}", lang)
        return f"{named} · {words}" if words else named
    return words
