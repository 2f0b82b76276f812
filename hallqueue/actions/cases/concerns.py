"""Concerns (办不成事): raise one, move it through its table, reveal or erase who raised it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from hallqueue.actions.cases.concern_effects import EFFECTS, Said, checked
from hallqueue.actions.cases.concern_rights import CITIZEN, RAISES, concern_of, may_reveal, may_say
from hallqueue.actions.cases.concern_setup import department_of, furnish, next_number, usual_grade
from hallqueue.actions.cases.concern_words import keep_person, long_text, nameless
from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.house.bounds import day_of
from hallqueue.actions.line.tickets import plain_text, ticket_of
from hallqueue.cases.clock import Clock, set_due
from hallqueue.cases.concern_states import MOVES, move, tell
from hallqueue.errors import Refused
from hallqueue.models import Concern, ConcernPhoto, Service, Ticket

MOST_PER_TICKET, MOST_PHOTOS, MOST_TRIES = 3, 6, 99
OLDEST = timedelta(days=366)  # how far back a concern noted on paper may be recorded


@command
def raise_concern(
    c: Command,
    *,
    kind: str,
    failed: str,
    channel: str,
    step: str = "",
    tries: int = 1,
    wish: str = "",
    ticket: int | None = None,
    window: int | None = None,
    service: str = "",
    department: str = "",
    name: str = "",
    phone: str = "",
    received_on: str = "",
    photos: Sequence[Sequence[Any]] = (),
) -> Answer:
    """Begin a case; `failed` says what could not be done, `photos` are [file, bytes] already kept.

    `service` and `department` are codes; without them the ticket's are taken. Answers {concern, number}. Raises
    Refused: not_allowed, bad_input, concern_tries, bad_day, received_on, reason_required, bad_phone, unknown_ticket,
    unknown_service, concern_limit.
    """
    if c.by.role not in RAISES:
        raise Refused("not_allowed", 403)
    found = _ticket(c, ticket)
    furnish(c)
    concern = Concern(hall=c.hall, ticket=found, raised_by=c.by.name, raised_at=c.now, tries=_tries(tries))
    concern.kind = _choice("kind", kind, Concern.Kind.values)
    concern.channel = _choice("channel", channel, Concern.Channel.values)
    concern.failed = long_text(failed, 1000)
    if not concern.failed:
        raise Refused("failed_required")
    concern.step, concern.wish = long_text(step, 200), long_text(wish, 500)
    _place(c, concern, service, department, window)
    keep_person(concern, name, phone)
    for field in ("failed", "step", "wish"):
        setattr(concern, field, nameless(getattr(concern, field), concern))
    _begin(c, concern, received_on)
    _attach(c, concern, photos)
    return {"concern": concern.pk, "number": concern.label}


@command
def move_concern(c: Command, /, *, concern: int, verb: str, **said: Any) -> Answer:
    """Say a verb of MOVES about a concern; `said` are the fields the verb knows (`Said`).

    Raises Refused: unknown_concern, not_allowed, bad_input, reason_required, concern_state, second_person, ….
    """
    if verb not in MOVES:
        raise Refused("bad_input", 400, detail="verb")
    found = concern_of(c, concern)
    if not may_say(c.by, verb):
        raise Refused("not_allowed", 403)
    if found.state not in MOVES[verb].origins:
        raise Refused("concern_state", concern_state=found.state, label=found.label)
    changes, told = EFFECTS[verb](c, found, checked(verb, Said(**said), found))
    move(c.log, found, verb, told=told, **changes)
    return {"concern": found.pk, "number": found.label, "state": found.state}


@command
def reveal(c: Command, *, concern: int, reason: str) -> Answer:
    """Somebody looks at who raised a concern, and says why. The answer holds no personal data: it is kept.

    Raises Refused: unknown_concern, not_allowed, reason_required, person_unknown (erased since, or never given).
    """
    found = concern_of(c, concern)
    if not may_reveal(c.by, found):
        raise Refused("not_allowed", 403)
    why = nameless(long_text(reason, 200), found)
    if not why:
        raise Refused("reason_required")
    if not (found.name_sealed or found.phone_sealed):
        raise Refused("person_unknown", label=found.label)
    tell(c.log, found, "concern.revealed", reason=why)
    return {"concern": found.pk, "number": found.label}


@command
def add_photo(c: Command, *, concern: int, file: str, size: int) -> Answer:
    """Add a piece of evidence that lies in the data folder already; raises Refused("too_many_photos")."""
    found = concern_of(c, concern)
    if not may_say(c.by, "note") and found.raised_by != c.by.name:
        raise Refused("not_allowed", 403)
    if found.state == Concern.State.ARCHIVED:
        raise Refused("concern_state", concern_state=found.state, label=found.label)
    _attach(c, found, [[file, size]])
    return {"concern": found.pk, "number": found.label}


def _ticket(c: Command, ticket: int | None) -> Ticket | None:
    """The ticket it was born from. Citizens speak of their own, three times at most."""
    found = ticket_of(c, ticket) if ticket is not None else None
    if c.by.role != CITIZEN:
        return found
    if found is None or c.by.name != f"ticket:{found.pk}":
        raise Refused("not_allowed", 403)
    if Concern.objects.filter(hall=c.hall, ticket=found, raised_by=c.by.name).count() >= MOST_PER_TICKET:
        raise Refused("concern_limit", 429, limit=MOST_PER_TICKET)
    return found


def _place(c: Command, concern: Concern, service: str, department: str, window: int | None) -> None:
    """Where it happened: the service and department, and the window it was told at."""
    if service:
        concern.service = Service.objects.filter(hall=c.hall, code=plain_text(service, 120)).first()
        if concern.service is None:
            raise Refused("unknown_service", 404)
    elif concern.ticket is not None:
        concern.service = concern.ticket.service
    if department:
        concern.department = department_of(c, department)
    elif concern.service is not None:
        concern.department = concern.service.department
    if window is not None:
        concern.window = c.window(window)
        at_fallback = concern.window.is_fallback and concern.channel == Concern.Channel.WINDOW
        concern.channel = Concern.Channel.FALLBACK if at_fallback else concern.channel
    if c.by.user is not None and c.by.role == "clerk":
        concern.handler = c.by.user


def _begin(c: Command, concern: Concern, received_on: str) -> None:
    concern.grade = usual_grade(c)
    concern.received_on = _received(c, received_on)
    set_due(Clock(c.hall), concern, concern.received_on)
    concern.year, concern.number = next_number(c)
    concern.label = f"{concern.year}-{concern.number:04d}"
    concern.save()
    told = {"kind": concern.kind, "channel": concern.channel, "due_on": str(concern.due_on)}
    told["ticket_label"] = concern.ticket.label if concern.ticket else ""
    tell(c.log, concern, "concern.raised", **told)


def _attach(c: Command, concern: Concern, photos: Sequence[Sequence[Any]]) -> None:
    if concern.photos.count() + len(photos) > MOST_PHOTOS:
        raise Refused("too_many_photos", 400, limit=MOST_PHOTOS)
    for file, size in photos:
        ConcernPhoto.objects.create(
            hall=c.hall, concern=concern, file=file, size=size, added_by=c.by.name, added_at=c.now
        )
    if photos:
        tell(c.log, concern, "concern.evidence_added", count=len(photos))


def _received(c: Command, text: str) -> date:
    """The day it was received: today, unless it comes from paper."""
    if not text:
        return c.business_date
    day, first = day_of(text), c.business_date - OLDEST
    if c.by.role == CITIZEN or not first <= day <= c.business_date:
        raise Refused("received_on", 400, first=str(first), last=str(c.business_date))
    return day


def _tries(tries: int) -> int:
    if not 1 <= tries <= MOST_TRIES:
        raise Refused("concern_tries", 400, limit=MOST_TRIES)
    return tries


def _choice(name: str, value: str, choices: Sequence[str]) -> str:
    if value not in choices:
        raise Refused("bad_input", 400, detail=name)
    return value
