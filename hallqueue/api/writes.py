"""What machines may say: each operation is one action under the client's name and the client's key."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router
from pydantic import BeforeValidator, Field

from hallqueue.actions import day, windows
from hallqueue.actions.line import calling, sending, tickets
from hallqueue.actions.line.sending import MOST_AHEAD
from hallqueue.api.door import entered
from hallqueue.api.operations import write
from hallqueue.api.shapes import (
    Because,
    Called,
    CancelBecause,
    Chosen,
    CloseBecause,
    Code,
    Finishing,
    HallPath,
    Issued,
    KeyHeader,
    Moved,
    Nothing,
    Openness,
    ParkBecause,
    PauseBecause,
    Recalled,
    TicketId,
    TicketPath,
    Which,
    WindowNumber,
    WindowPath,
    WindowState,
    Wish,
    whole,
)

router = Router()

TICKET = "/halls/{hall}/tickets/{int:ticket}"
WINDOW = "/halls/{hall}/windows/{int:window}"


class SendOn(Because):
    """How a person is sent on.

    `place` in the line there, or `after` the next so many people instead; `back`: to this window again when the others
    are done; `ticket`: a parked one instead of whoever is at the window.
    """

    place: Literal["keep", "front", "back"] = "keep"
    after: Annotated[int, Field(ge=1, le=MOST_AHEAD), BeforeValidator(whole)] | None = None
    back: bool = False
    ticket: TicketId | None = None


class ToService(SendOn):
    """On to another service."""

    service: Code


class ToDepartment(SendOn):
    """On to whichever window of a department is free first."""

    department: Code


class ToWindow(SendOn):
    """On to a certain window."""

    to_window: WindowNumber


class ToFallback(SendOn):
    """On to the fallback window."""

    fallback: Literal[True]


@write(router, "/halls/{hall}/tickets", "issue", Issued)
def issue(request: HttpRequest, hall: HallPath, key: KeyHeader, body: Wish) -> Any:
    """Give out the next number of a service's series."""
    found, client = entered(request, "issue", hall)
    return tickets.issue(found.pk, client, key, source="api", **body.model_dump())


@write(router, f"{TICKET}/requeue", "requeue", Moved)
def requeue(
    request: HttpRequest, hall: HallPath, ticket: TicketPath, key: KeyHeader, body: Nothing | None = None
) -> Any:
    """Bring a parked or missed ticket back into the line."""
    found, client = entered(request, "requeue", hall)
    return tickets.requeue(found.pk, client, key, ticket=ticket)


@write(router, f"{TICKET}/cancel", "cancel", Moved)
def cancel(
    request: HttpRequest,
    hall: HallPath,
    ticket: TicketPath,
    key: KeyHeader,
    body: CancelBecause | None = None,
) -> Any:
    """Take a ticket out of the line for good."""
    found, client = entered(request, "cancel", hall)
    return tickets.cancel(found.pk, client, key, ticket=ticket, reason=body.reason if body else "")


@write(router, f"{WINDOW}/call-next", "callNext", Called)
def call_next(
    request: HttpRequest, hall: HallPath, window: WindowPath, key: KeyHeader, body: Nothing | None = None
) -> Any:
    """Call whoever is first in the window's line."""
    found, client = entered(request, "callNext", hall)
    return calling.call_next(found.pk, client, key, window=window)


@write(router, f"{WINDOW}/pick", "pick", Called)
def pick(request: HttpRequest, hall: HallPath, window: WindowPath, key: KeyHeader, body: Chosen) -> Any:
    """Call a waiting, parked or missed ticket out of turn."""
    found, client = entered(request, "pick", hall)
    return calling.pick(found.pk, client, key, window=window, **body.model_dump())


@write(router, f"{WINDOW}/recall", "recall", Recalled)
def recall(
    request: HttpRequest, hall: HallPath, window: WindowPath, key: KeyHeader, body: Nothing | None = None
) -> Any:
    """Say the call again."""
    found, client = entered(request, "recall", hall)
    return calling.recall(found.pk, client, key, window=window)


@write(router, f"{WINDOW}/start", "start", Moved)
def start(
    request: HttpRequest, hall: HallPath, window: WindowPath, key: KeyHeader, body: Nothing | None = None
) -> Any:
    """The person is here: serving begins."""
    found, client = entered(request, "start", hall)
    return calling.start(found.pk, client, key, window=window)


@write(router, f"{WINDOW}/finish", "finish", Moved)
def finish(
    request: HttpRequest, hall: HallPath, window: WindowPath, key: KeyHeader, body: Finishing | None = None
) -> Any:
    """The matters at the window are over: the ticket ends, or goes on to where it is still wanted."""
    found, client = entered(request, "finish", hall)
    return calling.finish(found.pk, client, key, window=window, **(body or Finishing()).model_dump())


@write(router, f"{WINDOW}/no-show", "noShow", Moved)
def no_show(
    request: HttpRequest, hall: HallPath, window: WindowPath, key: KeyHeader, body: Nothing | None = None
) -> Any:
    """Nobody came."""
    found, client = entered(request, "noShow", hall)
    return calling.no_show(found.pk, client, key, window=window)


@write(router, f"{WINDOW}/park", "park", Moved)
def park(request: HttpRequest, hall: HallPath, window: WindowPath, key: KeyHeader, body: ParkBecause) -> Any:
    """Set the window's ticket aside."""
    found, client = entered(request, "park", hall)
    return sending.park(found.pk, client, key, window=window, **body.model_dump())


@write(router, f"{WINDOW}/transfer", "transfer", Moved)
def transfer(
    request: HttpRequest,
    hall: HallPath,
    window: WindowPath,
    key: KeyHeader,
    body: ToService | ToDepartment | ToWindow | ToFallback,
) -> Any:
    """Send the person on to a service, a department, a window or the fallback window."""
    found, client = entered(request, "transfer", hall)
    said = body.model_dump()
    after = said.pop("after") or 0
    place = {"place": "after"} if after else {}
    return sending.transfer(found.pk, client, key, window=window, after=after, **said | place)


@write(router, f"{WINDOW}/undo", "undo", Moved)
def undo(request: HttpRequest, hall: HallPath, window: WindowPath, key: KeyHeader, body: Which) -> Any:
    """Take back this window's last step on a ticket."""
    found, client = entered(request, "undo", hall)
    return calling.undo(found.pk, client, key, window=window, ticket=body.ticket)


@write(router, f"{WINDOW}/open", "openWindow", WindowState)
def open_window(
    request: HttpRequest, hall: HallPath, window: WindowPath, key: KeyHeader, body: Nothing | None = None
) -> Any:
    """Open a window, so that it may call."""
    found, client = entered(request, "openWindow", hall)
    return windows.open_window(found.pk, client, key, window=window)


@write(router, f"{WINDOW}/pause", "pauseWindow", WindowState)
def pause_window(
    request: HttpRequest, hall: HallPath, window: WindowPath, key: KeyHeader, body: PauseBecause
) -> Any:
    """Stop calling for a while."""
    found, client = entered(request, "pauseWindow", hall)
    return windows.pause(found.pk, client, key, window=window, reason=body.reason)


@write(router, f"{WINDOW}/close", "closeWindow", WindowState)
def close_window(
    request: HttpRequest, hall: HallPath, window: WindowPath, key: KeyHeader, body: CloseBecause | None = None
) -> Any:
    """Close a window; nobody may be at it."""
    found, client = entered(request, "closeWindow", hall)
    return windows.close(found.pk, client, key, window=window, reason=body.reason if body else "")


@write(router, "/halls/{hall}/open", "openHall", Openness)
def open_hall(request: HttpRequest, hall: HallPath, key: KeyHeader, body: Nothing | None = None) -> Any:
    """Begin giving out numbers."""
    found, client = entered(request, "openHall", hall)
    return day.open_hall(found.pk, client, key)


@write(router, "/halls/{hall}/close", "closeHall", Openness)
def close_hall(request: HttpRequest, hall: HallPath, key: KeyHeader, body: Nothing | None = None) -> Any:
    """Stop giving out numbers; everyone who has one is still served."""
    found, client = entered(request, "closeHall", hall)
    return day.close_hall(found.pk, client, key)
