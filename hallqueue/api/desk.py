"""What machines may say at the desk: calls for a helper, and things that are lent."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Path, Router
from pydantic import BeforeValidator, Field, StringConstraints

from hallqueue.actions import helping, lending
from hallqueue.api.door import entered
from hallqueue.api.operations import read, write
from hallqueue.api.reads import reading_of
from hallqueue.api.shapes import (
    LARGEST_NUMBER,
    Code,
    HallPath,
    KeyHeader,
    Nothing,
    Sent,
    Shape,
    TicketId,
    whole,
)
from hallqueue.topics import desk
from hallqueue.transactions import one_read

router = Router()

HELP = "/halls/{hall}/help"
LOANS = "/halls/{hall}/loans"

HelpPath = Annotated[int, Path(ge=1, le=LARGEST_NUMBER, description="The call's id.")]
LoanPath = Annotated[int, Path(ge=1, le=LARGEST_NUMBER, description="The loan's id.")]
Piece = Annotated[int, Field(ge=1, le=32767), BeforeValidator(whole)]


class Asking(Sent):
    """Who is needed where; `spot` says which kiosk, window or seat."""

    kind: Literal["wheelchair", "interpreter", "agent", "other"]
    place: Literal["kiosk", "window", "seat", "desk"]
    spot: Annotated[str, StringConstraints(max_length=60)] = ""
    ticket: TicketId | None = None
    note: Annotated[str, StringConstraints(max_length=100)] = ""


class Ending(Sent):
    """How it ended."""

    outcome: Literal["helped", "nobody", "not_needed"] = "helped"


class Lending(Sent):
    """What is lent: the lowest free piece unless `number` names one; to a ticket or against a deposit, or neither."""

    item: Annotated[Code, StringConstraints(max_length=30)]
    number: Piece | None = None
    ticket: TicketId | None = None
    deposit: Annotated[str, StringConstraints(max_length=60)] = ""


class HelpState(Shape):
    """A call for a helper, and how it stands."""

    call: int
    kind: str
    taken: bool
    done: bool


class HelpAsked(HelpState):
    """A call; `again` when one for the same thing stood already."""

    again: bool


class HelpRow(Shape):
    """A call that is not over."""

    call: int
    kind: str
    place: str
    spot: str
    ticket: int | None
    label: str
    note: str
    since: datetime
    taker: str
    taken_at: datetime | None


class ThingRow(Shape):
    """What can be lent: how many there are, how many are out, how often one was lent today."""

    code: str
    name: str
    total: int
    out: int
    today: int


class LoanState(Shape):
    """A piece and its number."""

    loan: int
    item: str
    name: str
    number: int


class LoanRow(LoanState):
    """A piece that is out; overdue once the hall gives out no more numbers."""

    ticket: int | None
    label: str
    deposit: str
    since: datetime
    overdue: bool


@read(router, HELP, "listHelp", list[HelpRow])
def list_help(request: HttpRequest, hall: HallPath) -> Any:
    """Calls for a helper that are not over, oldest first."""
    found, _ = entered(request, "listHelp", hall)
    with one_read():
        return desk.help_calls(reading_of(found))


@write(router, HELP, "askForHelp", HelpAsked)
def ask_for_help(request: HttpRequest, hall: HallPath, key: KeyHeader, body: Asking) -> Any:
    """Ask for a helper; twice for the same thing is one call."""
    found, client = entered(request, "askForHelp", hall)
    return helping.ask_for_help(found.pk, client, key, **body.model_dump())


@write(router, f"{HELP}/{{int:call}}/take", "takeHelp", HelpState)
def take_help(
    request: HttpRequest, hall: HallPath, call: HelpPath, key: KeyHeader, body: Nothing | None = None
) -> Any:
    """Somebody goes there."""
    found, client = entered(request, "takeHelp", hall)
    return helping.take_help(found.pk, client, key, call=call)


@write(router, f"{HELP}/{{int:call}}/release", "releaseHelp", HelpState)
def release_help(
    request: HttpRequest, hall: HallPath, call: HelpPath, key: KeyHeader, body: Nothing | None = None
) -> Any:
    """Another must go: open to everybody again."""
    found, client = entered(request, "releaseHelp", hall)
    return helping.release_help(found.pk, client, key, call=call)


@write(router, f"{HELP}/{{int:call}}/finish", "finishHelp", HelpState)
def finish_help(
    request: HttpRequest, hall: HallPath, call: HelpPath, key: KeyHeader, body: Ending | None = None
) -> Any:
    """It is over, and how."""
    found, client = entered(request, "finishHelp", hall)
    outcome = (body or Ending()).outcome
    return helping.finish_help(found.pk, client, key, call=call, outcome=outcome)


@read(router, "/halls/{hall}/things", "listThings", list[ThingRow])
def list_things(request: HttpRequest, hall: HallPath) -> Any:
    """What the desk lends."""
    found, _ = entered(request, "listThings", hall)
    with one_read():
        return desk.things(reading_of(found))


@read(router, LOANS, "listLoans", list[LoanRow])
def list_loans(request: HttpRequest, hall: HallPath) -> Any:
    """What is out, longest first."""
    found, _ = entered(request, "listLoans", hall)
    with one_read():
        return desk.loans_out(reading_of(found))


@write(router, LOANS, "lend", LoanState)
def lend(request: HttpRequest, hall: HallPath, key: KeyHeader, body: Lending) -> Any:
    """Lend a piece."""
    found, client = entered(request, "lend", hall)
    return lending.lend(found.pk, client, key, **body.model_dump())


@write(router, f"{LOANS}/{{int:loan}}/back", "bringBack", LoanState)
def bring_back(
    request: HttpRequest, hall: HallPath, loan: LoanPath, key: KeyHeader, body: Nothing | None = None
) -> Any:
    """A piece is back."""
    found, client = entered(request, "bringBack", hall)
    return lending.bring_back(found.pk, client, key, loan=loan)
