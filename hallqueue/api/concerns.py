"""Concerns (办不成事) for machines: raise one, list them, read one, say a verb about it. Persons come masked."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router
from pydantic import BeforeValidator, Field, StringConstraints

from hallqueue.actions.cases import concerns
from hallqueue.actions.cases.concern_effects import LONGEST
from hallqueue.actions.cases.concern_rights import moves_of, seen_by
from hallqueue.actions.command import Actor
from hallqueue.api.door import entered
from hallqueue.api.operations import read, write
from hallqueue.api.shapes import (
    LARGEST_NUMBER,
    HallPath,
    KeyHeader,
    PhoneIfGiven,
    Sent,
    Shape,
    TicketId,
    WindowNumber,
    whole,
)
from hallqueue.cases.clock import is_late
from hallqueue.errors import Refused
from hallqueue.models import Concern, Hall
from hallqueue.reporting.concerns.listing import Filters, concerns_like

MOST = 200

ConcernPath = Annotated[int, Path(ge=1, le=LARGEST_NUMBER, description="The concern's id.")]
Short = Annotated[str, StringConstraints(max_length=200)]


PLAIN = (
    "state kind channel received_on due_on due_at level step failed tries wish measures answer improvement"
)

router = Router()


Kind = Literal["refused", "repeated", "doubted", "conduct", "slow", "other"]
Channel = Literal["window", "fallback", "desk", "phone", "web", "api"]
Verb = Literal[
    "accept",
    "classify",
    "assign",
    "note",
    "resolve",
    "tell",
    "call_back",
    "archive",
    "reopen",
    "escalate",
    "ask_pause",
    "grant_pause",
    "deny_pause",
    "resume",
    "erase",
]


class Raise(Sent):
    """A new concern: what it is about, and how it came."""

    kind: Kind
    failed: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    channel: Channel = "api"
    step: Short = ""
    tries: Annotated[int, Field(ge=1, le=99), BeforeValidator(whole)] = 1
    wish: Annotated[str, StringConstraints(max_length=500)] = ""
    ticket: TicketId | None = None
    window: WindowNumber | None = None
    service: Annotated[str, StringConstraints(max_length=120)] = ""
    department: Annotated[str, StringConstraints(max_length=40)] = ""
    name: Annotated[str, StringConstraints(max_length=40)] = ""
    phone: PhoneIfGiven = ""


class Say(Sent):
    """A verb of the concern's table, with what it needs: accept, classify, assign, note, resolve, tell, …."""

    verb: Verb
    reason: Short = ""
    kind: Kind | Literal[""] = ""
    grade: Short = ""
    department: Short = ""
    handler: Short = ""
    note: Annotated[str, StringConstraints(max_length=LONGEST["note"])] = ""
    answer: Annotated[str, StringConstraints(max_length=LONGEST["answer"])] = ""
    cause: Annotated[str, StringConstraints(max_length=LONGEST["cause"])] = ""
    improvement: Annotated[str, StringConstraints(max_length=LONGEST["improvement"])] = ""
    how: Annotated[str, StringConstraints(max_length=LONGEST["how"])] = ""
    satisfaction: Annotated[int, Field(ge=0, le=5), BeforeValidator(whole)] = 0


class Raised(Shape):
    """A new concern and its number."""

    concern: int
    number: str


class Said(Raised):
    """A concern and the state it has now."""

    state: str


class ConcernRow(Shape):
    """A concern; who raised it is masked here as everywhere."""

    concern: int
    number: str
    state: str
    kind: str
    channel: str
    received_on: date
    grade: str
    due_on: date
    due_at: datetime
    late: bool
    level: int
    ticket: int | None
    service: str | None
    department: str | None
    handler: str | None
    step: str
    failed: str
    tries: int
    wish: str
    person: str
    phone: str
    measures: str
    answer: str
    cause: str | None
    improvement: str
    satisfaction: int | None
    verbs: list[str]


@write(router, "/halls/{hall}/concerns", "raiseConcern", Raised)
def raise_concern(request: HttpRequest, hall: HallPath, key: KeyHeader, body: Raise) -> Any:
    """Begin a case."""
    found, client = entered(request, "raiseConcern", hall)
    return concerns.raise_concern(found.pk, client, key, **body.model_dump())


@read(router, "/halls/{hall}/concerns", "listConcerns", list[ConcernRow])
def list_concerns(
    request: HttpRequest,
    hall: HallPath,
    late: Annotated[bool, Query(description="Only those past their limit.")] = False,
    everything: Annotated[bool, Query(alias="all", description="Also the settled ones.")] = False,
) -> Any:
    """Concerns as the client may see them, 200 at most: the nearest limit first; with `all` the newest first."""
    found, client = entered(request, "listConcerns", hall)
    now = timezone.now()
    filters = Filters(state="all" if everything else "open", late=late)
    rows = concerns_like(found, seen_by(client), filters, now)[:MOST]
    return [_row(each, client, now) for each in rows]


@read(router, "/halls/{hall}/concerns/{int:concern}", "readConcern", ConcernRow)
def read_concern(request: HttpRequest, hall: HallPath, concern: ConcernPath) -> Any:
    """One concern, and the verbs the client may say about it now."""
    found, client = entered(request, "readConcern", hall)
    return _row(_concern(found, client, concern), client, timezone.now())


@write(router, "/halls/{hall}/concerns/{int:concern}/moves", "moveConcern", Said)
def move_concern(
    request: HttpRequest, hall: HallPath, concern: ConcernPath, key: KeyHeader, body: Say
) -> Any:
    """Say a verb about a concern."""
    found, client = entered(request, "moveConcern", hall)
    return concerns.move_concern(found.pk, client, key, concern=concern, **body.model_dump())


def _concern(hall: Hall, client: Actor, pk: int) -> Concern:
    rows = Concern.objects.filter(seen_by(client), hall=hall, pk=pk)
    found = rows.select_related("service", "department", "grade", "handler", "cause").first()
    if found is None:
        raise Refused("unknown_concern", 404)
    return found


def _row(concern: Concern, client: Actor, now: datetime) -> dict[str, Any]:
    return {
        **{name: getattr(concern, name) for name in [*PLAIN.split(), "satisfaction"]},
        "concern": concern.pk,
        "number": concern.label,
        "grade": concern.grade.code,
        "late": is_late(concern, now),
        "ticket": concern.ticket_id,
        "service": concern.service.code if concern.service else None,
        "department": concern.department.code if concern.department else None,
        "handler": concern.handler.username if concern.handler else None,
        "person": concern.name_masked,
        "phone": concern.phone_masked,
        "cause": concern.cause.name if concern.cause else None,
        "verbs": moves_of(client, concern),
    }
