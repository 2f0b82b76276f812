"""What machines may say of the fallback window, and read of journeys."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from hallqueue.actions import fallback
from hallqueue.api.door import entered
from hallqueue.api.operations import read, write
from hallqueue.api.shapes import (
    HallPath,
    JourneyRow,
    KeyHeader,
    LeftToFallback,
    Moved,
    Refusing,
    TicketPath,
    WindowPath,
)
from hallqueue.models import Journey

router = Router()


@read(router, "/halls/{hall}/journeys", "listJourneys", list[JourneyRow])
def list_journeys(request: HttpRequest, hall: HallPath) -> Any:
    """The journeys of the hall; a number for one is issued with its code as `journey`."""
    found, _ = entered(request, "listJourneys", hall)
    return [_row(each) for each in Journey.objects.filter(hall=found).prefetch_related("parts__service")]


@write(router, "/halls/{hall}/windows/{int:window}/refuse", "refuse", Moved)
def refuse(request: HttpRequest, hall: HallPath, window: WindowPath, key: KeyHeader, body: Refusing) -> Any:
    """The window says no: on record, and the person goes to the fallback window."""
    found, client = entered(request, "refuse", hall)
    return fallback.refuse(found.pk, client, key, window=window, **body.dict())


@write(router, "/halls/{hall}/tickets/{int:ticket}/fallback", "sendToFallback", Moved)
def send_to_fallback(
    request: HttpRequest, hall: HallPath, ticket: TicketPath, key: KeyHeader, body: LeftToFallback
) -> Any:
    """Bring a waiting person to the fallback window."""
    found, client = entered(request, "sendToFallback", hall)
    return fallback.send_to_fallback(found.pk, client, key, ticket=ticket, **body.dict())


def _row(journey: Journey) -> dict[str, Any]:
    stages: dict[int, list[str]] = {}
    for part in journey.parts.all():
        stages.setdefault(part.stage, []).append(part.service.code)
    names = ("code", "name", "name_en", "name_mn", "returns", "is_active")
    return {name: getattr(journey, name) for name in names} | {"stages": list(stages.values())}
