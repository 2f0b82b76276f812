"""What machines may say of the fallback window and of what comes to it, and read of journeys."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from pydantic import BeforeValidator, Field

from hallqueue.actions.house import fallback_policy
from hallqueue.actions.line import fallback
from hallqueue.api.door import entered
from hallqueue.api.operations import read, write
from hallqueue.api.shapes import (
    Code,
    Fallen,
    HallPath,
    JourneyRow,
    KeyHeader,
    LeftToFallback,
    Letter,
    Off,
    Refusing,
    Sent,
    TicketPath,
    WindowNumber,
    WindowPath,
    whole,
)
from hallqueue.models import FallbackDuty, FallbackPolicy, Journey
from hallqueue.transactions import one_read

router = Router()

POLICY = "/halls/{hall}/fallback"
MOST_DUTIES = 300
Waited = Annotated[
    int, Field(ge=fallback_policy.SHORTEST_WAIT, le=fallback_policy.LONGEST_WAIT), BeforeValidator(whole)
]
Wanders = Annotated[int, Field(ge=2, le=fallback_policy.MOST_TRANSFERS), BeforeValidator(whole)]


class Duty(Sent):
    """A fallback window that answers for a department."""

    window: WindowNumber
    department: Code


class WhatFallsBack(Sent):
    """What a hall decides about its fallback windows.

    After how many minutes somebody falls to them, and with the how manieth transfer (0: never); whether refusals, what
    cannot be done today, and citizens who ask come there; whether they help out with what others could take.
    `unknown_series`: the letter of the numbers of people who do not know what to ask for, "" for none.
    """

    wait_minutes: Off | Waited
    transfers: Off | Wanders
    refusals: bool
    not_today: bool
    citizens_ask: bool
    helps_out: bool
    unknown_series: Letter
    duties: Annotated[list[Duty], Field(max_length=MOST_DUTIES)]


@read(router, "/halls/{hall}/journeys", "listJourneys", list[JourneyRow])
def list_journeys(request: HttpRequest, hall: HallPath) -> Any:
    """The journeys of the hall; a number for one is issued with its code as `journey`."""
    found, _ = entered(request, "listJourneys", hall)
    return [_row(each) for each in Journey.objects.filter(hall=found).prefetch_related("parts__service")]


@read(router, POLICY, "readFallback", WhatFallsBack)
def read_fallback(request: HttpRequest, hall: HallPath) -> Any:
    """What the hall decides about its fallback windows, as it can be said anew."""
    found, _ = entered(request, "readFallback", hall)
    with one_read():
        policy = FallbackPolicy.of(found)
        duties = FallbackDuty.objects.filter(hall=found).values_list("window__number", "department__code")
        unknown = policy.unknown_service
        return {
            **{
                name: getattr(policy, name)
                for name in ("wait_minutes", "transfers", *fallback_policy.SWITCHES)
            },
            "unknown_series": unknown.series.letter if unknown else "",
            "duties": [{"window": number, "department": code} for number, code in duties],
        }


@write(router, POLICY, "setFallback", WhatFallsBack)
def set_fallback(request: HttpRequest, hall: HallPath, key: KeyHeader, body: WhatFallsBack) -> Any:
    """Decide anew; who waits is re-routed at once."""
    found, client = entered(request, "setFallback", hall)
    said = body.model_dump()
    duties = [(each["window"], each["department"]) for each in said["duties"]]
    fallback_policy.set_policy(found.pk, client, key, **said | {"duties": duties})
    return said


@write(router, "/halls/{hall}/windows/{int:window}/refuse", "refuse", Fallen)
def refuse(request: HttpRequest, hall: HallPath, window: WindowPath, key: KeyHeader, body: Refusing) -> Any:
    """The window says no: on record, and the person goes to the fallback window."""
    found, client = entered(request, "refuse", hall)
    return fallback.refuse(found.pk, client, key, window=window, **body.model_dump())


@write(router, "/halls/{hall}/tickets/{int:ticket}/fallback", "sendToFallback", Fallen)
def send_to_fallback(
    request: HttpRequest, hall: HallPath, ticket: TicketPath, key: KeyHeader, body: LeftToFallback
) -> Any:
    """Bring a waiting person to the fallback window."""
    found, client = entered(request, "sendToFallback", hall)
    return fallback.send_to_fallback(found.pk, client, key, ticket=ticket, **body.model_dump())


def _row(journey: Journey) -> dict[str, Any]:
    stages: dict[int, list[str]] = {}
    for part in journey.parts.all():
        stages.setdefault(part.stage, []).append(part.service.code)
    names = ("code", "name", "name_en", "name_mn", "returns", "is_active")
    return {name: getattr(journey, name) for name in names} | {"stages": list(stages.values())}
