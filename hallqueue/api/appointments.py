"""What machines may do with appointments: see the slots of a day, book, move, cancel, check in."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router
from pydantic import BeforeValidator, Field, StringConstraints

from hallqueue.actions import appointments
from hallqueue.api.door import entered
from hallqueue.api.operations import read, write
from hallqueue.api.shapes import (
    LARGEST_NUMBER,
    HallPath,
    IsoDate,
    Issued,
    KeyHeader,
    Nothing,
    Phone,
    Sent,
    Shape,
    whole,
)
from hallqueue.models import Hall
from hallqueue.topics.slots import slots_of_day
from hallqueue.transactions import one_read

router = Router()


SlotId = Annotated[int, Field(ge=1, le=LARGEST_NUMBER), BeforeValidator(whole)]
CodePath = Annotated[
    str, Path(min_length=4, max_length=16, pattern=r"^[A-Za-z0-9]+$", description="The booking code.")
]
APPOINTMENT = "/halls/{hall}/appointments/{code}"


class SlotRow(Shape):
    """A slot of a day, and how many of its places are free."""

    slot: int
    service: str
    name: str
    window: int | None
    date: str
    start: str
    end: str
    capacity: int
    free: int
    over: bool


class Booking(Sent):
    """Who wants which slot; of the name a masked part is kept, of the telephone its end and a keyed hash."""

    slot: SlotId
    name: Annotated[str, StringConstraints(max_length=40)] = ""
    phone: Phone


class OtherSlot(Sent):
    """The slot to move to."""

    slot: SlotId


class Booked(Shape):
    """An appointment; `code` is shown at check-in."""

    appointment: int
    code: str
    state: str
    service: str
    date: str
    start: str
    end: str
    window: int | None


class CheckedIn(Issued):
    """The number; `late` after the arrival window (then it is an ordinary one), `again` if it was given before."""

    late: bool
    again: bool


@read(router, "/halls/{hall}/slots", "listSlots", list[SlotRow])
def list_slots(
    request: HttpRequest,
    hall: HallPath,
    day: Annotated[IsoDate | None, Query(alias="date", description="ISO date; today if left out.")] = None,
    service: Annotated[str, Query(max_length=120, description="A service's code.")] = "",
) -> Any:
    """The slots of a day with their free places."""
    found, _ = entered(request, "listSlots", hall)
    with one_read():
        now = Hall.objects.get(pk=found.pk)
        return slots_of_day(
            now, day or now.local_date(timezone.now()), timezone.now(), service.replace("\x00", "?")
        )


@write(router, "/halls/{hall}/appointments", "book", Booked)
def book(request: HttpRequest, hall: HallPath, key: KeyHeader, body: Booking) -> Any:
    """Book a place in a slot."""
    found, client = entered(request, "book", hall)
    return appointments.book(found.pk, client, key, **body.model_dump())


@write(router, f"{APPOINTMENT}/move", "moveAppointment", Booked)
def move(request: HttpRequest, hall: HallPath, code: CodePath, key: KeyHeader, body: OtherSlot) -> Any:
    """Move an appointment to another slot."""
    found, client = entered(request, "moveAppointment", hall)
    return appointments.rebook(found.pk, client, key, code=code, slot=body.slot)


@write(router, f"{APPOINTMENT}/cancel", "cancelAppointment", Booked)
def cancel(
    request: HttpRequest, hall: HallPath, code: CodePath, key: KeyHeader, body: Nothing | None = None
) -> Any:
    """Give the place back."""
    found, client = entered(request, "cancelAppointment", hall)
    return appointments.cancel_appointment(found.pk, client, key, code=code)


@write(router, f"{APPOINTMENT}/check-in", "checkIn", CheckedIn)
def check_in(
    request: HttpRequest, hall: HallPath, code: CodePath, key: KeyHeader, body: Nothing | None = None
) -> Any:
    """The person has come: give out the number."""
    found, client = entered(request, "checkIn", hall)
    return appointments.check_in(found.pk, client, key, code=code, source="api")
