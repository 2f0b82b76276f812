"""Lines of the log as an auditor asks for them: newest first, page by page over millions, found by seq alone."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from hallqueue.errors import Refused
from hallqueue.figures.days import first_seq
from hallqueue.models import ConcernStep, Event, FindingStep, Hall, ProjectLine, RatingLine, Ticket

PER_PAGE = 50
STRIDE, MOST_LOOKED = 20_000, 200_000
"""Lines looked through by one query, and for one page: rare ones are looked for a stretch at a time."""
MOST_TICKETS = 200
BY_GROUPS = ("user", "device", "client", "ticket", "hall", "stranger")
_CASES = ((ConcernStep, "concern"), (FindingStep, "finding"), (RatingLine, "case"), (ProjectLine, "project"))


@dataclass(frozen=True)
class Asked:
    """What is asked for, as the page's form says it; empty ones ask for nothing."""

    by: str = ""
    noun: str = ""
    subject: str = ""
    window: str = ""
    screen: str = ""
    day: date | None = None
    before: int | None = None


@dataclass
class Found:
    """A page of lines, newest first; `older` is the seq before which the next page begins, None at the beginning.

    `is_all` is False where the page ends because enough was looked through, not because it is full.
    """

    lines: list[Event] = field(default_factory=list)
    older: int | None = None
    is_all: bool = True


def asked_for(typed: Mapping[str, str]) -> Asked:
    """The form's fields; raises Refused("bad_input") for what cannot be meant."""
    words = {name: typed.get(name, "").replace("\0", "").strip()[:40] for name in Asked.__annotations__}
    day, before = _read("day", words["day"], date.fromisoformat), _read("before", words["before"], int)
    window = words["window"]
    if window and not (window.isascii() and window.isdecimal() and len(window) < 6):
        raise Refused("bad_input", 400, detail="window")
    if before is not None and not 0 < before < 2**62:
        raise Refused("bad_input", 400, detail="before")
    texts = {name: words[name] for name in ("by", "noun", "screen")}
    return Asked(**texts, subject=words["subject"].upper(), window=window, day=day, before=before)


def _read(name: str, typed: str, reading: Callable[[str], Any]) -> Any:
    """A field as `reading` takes it; None: nothing was typed. Raises Refused("bad_input")."""
    try:
        return reading(typed) if typed else None
    except ValueError:
        raise Refused("bad_input", 400, detail=name) from None


def page_of(hall: Hall, asked: Asked, per_page: int = PER_PAGE, most_looked: int = MOST_LOOKED) -> Found:
    """The next lines that fit; looks through `most_looked` lines at most."""
    first, upper = _bounds(hall, asked)
    narrowed, found = _narrowed(hall, asked), Found()
    looked = 0
    while upper >= first and looked < most_looked:
        lower = max(first, upper - STRIDE + 1)
        rows = narrowed.filter(seq__range=(lower, upper)).order_by("-seq")
        found.lines += rows[: per_page + 1 - len(found.lines)]
        if len(found.lines) > per_page:
            found.lines.pop()
            found.older = found.lines[-1].seq
            return found
        looked, upper = looked + upper - lower + 1, lower - 1
    if upper >= first:
        found.older, found.is_all = upper + 1, False
    return found


def _bounds(hall: Hall, asked: Asked) -> tuple[int, int]:
    """The first and last seq that can fit, by the day and the page."""
    first, last = 1, hall.seq
    if asked.day is not None:
        first = first_seq(hall.pk, asked.day, hall.seq)
        last = first_seq(hall.pk, asked.day + timedelta(days=1), hall.seq) - 1
    return first, min(last, asked.before - 1) if asked.before else last


def _narrowed(hall: Hall, asked: Asked) -> QuerySet[Event]:
    rows = Event.objects.filter(hall=hall).select_related("ticket", "window")
    if asked.by:
        rows = rows.filter(_named("by", asked.by))
    if asked.noun:
        rows = rows.filter(kind__startswith=f"{asked.noun}.")
    if asked.screen:
        rows = rows.filter(_named("screen", asked.screen))
    if asked.window:
        rows = rows.filter(window__number=int(asked.window))
    if asked.subject:
        rows = rows.filter(seq__in=sorted(_seqs_about(hall, asked)))
    return rows


def _named(column: str, name: str) -> Q:
    """One of a group (`user:3`), or the whole group (`user`)."""
    return Q(**{column: name}) | Q(**{f"{column}__startswith": f"{name}:"})


def _seqs_about(hall: Hall, asked: Asked) -> Iterator[int]:
    """The lines about a ticket of that number, the newest ones of that day or ever, or about a case of that number."""
    tickets = Ticket.numbered(hall, asked.subject).filter(label=asked.subject)
    if asked.day:
        tickets = tickets.filter(business_date=asked.day)
    newest = list(tickets.order_by("-pk").values_list("pk", flat=True)[:MOST_TICKETS])
    yield from Event.objects.filter(hall=hall, ticket__in=newest).values_list("seq", flat=True)
    for line, name in _CASES:
        yield from line._default_manager.filter(
            **{"hall": hall, f"{name}__label__iexact": asked.subject}
        ).values_list("seq", flat=True)
