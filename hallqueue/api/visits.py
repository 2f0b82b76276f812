"""What machines may say of one person's visit: join numbers, put a service right, skip a step, note who came along."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from pydantic import StringConstraints

from hallqueue.actions.line import journeys, visits
from hallqueue.api.door import entered
from hallqueue.api.operations import write
from hallqueue.api.shapes import (
    Code,
    HallPath,
    KeyHeader,
    Moved,
    People,
    Reason,
    Sent,
    TicketPath,
    Which,
    WindowPath,
)

router = Router()

WINDOW = "/halls/{hall}/windows/{int:window}"


class OtherService(Sent):
    """The service the person really came for."""

    service: Code


class Company(Sent):
    """How many came together, and what the next clerk should know."""

    people: People = 1
    note: Annotated[str, StringConstraints(max_length=200)] = ""


class Step(Sent):
    """A step of a journey that is not needed, and why."""

    service: Code
    reason: Reason


class Joined(Moved):
    """The number that ended, and the label of the one it lives on in."""

    into: str


class Corrected(Moved):
    """The ticket, and the name of the service it is for now."""

    service: str


@write(router, f"{WINDOW}/join", "join", Joined)
def join(request: HttpRequest, hall: HallPath, window: WindowPath, key: KeyHeader, body: Which) -> Any:
    """The person at the window holds a second number: its matters come into this visit (并号)."""
    found, client = entered(request, "join", hall)
    return visits.join(found.pk, client, key, window=window, ticket=body.ticket)


@write(router, f"{WINDOW}/correct", "correct", Corrected)
def correct(
    request: HttpRequest, hall: HallPath, window: WindowPath, key: KeyHeader, body: OtherService
) -> Any:
    """The person at the window came for another service; the number stays."""
    found, client = entered(request, "correct", hall)
    return visits.correct(found.pk, client, key, window=window, service=body.service)


@write(router, "/halls/{hall}/tickets/{int:ticket}/correct", "correctTicket", Corrected)
def correct_ticket(
    request: HttpRequest, hall: HallPath, ticket: TicketPath, key: KeyHeader, body: OtherService
) -> Any:
    """Somebody who waits, is parked or was missed came for another service; the number stays."""
    found, client = entered(request, "correctTicket", hall)
    return visits.correct_ticket(found.pk, client, key, ticket=ticket, service=body.service)


@write(router, f"{WINDOW}/note", "note", Moved)
def note(request: HttpRequest, hall: HallPath, window: WindowPath, key: KeyHeader, body: Company) -> Any:
    """How many came together, and what the next clerk should know."""
    found, client = entered(request, "note", hall)
    return visits.note(found.pk, client, key, window=window, **body.model_dump())


@write(router, f"{WINDOW}/skip-step", "skipStep", Moved)
def skip_step(request: HttpRequest, hall: HallPath, window: WindowPath, key: KeyHeader, body: Step) -> Any:
    """A step still ahead is not needed by the person at the window."""
    found, client = entered(request, "skipStep", hall)
    return journeys.skip_step(found.pk, client, key, window=window, **body.model_dump())
