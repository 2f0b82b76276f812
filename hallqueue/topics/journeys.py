"""How a journey shows on screens: the steps of a ticket with their windows, and what a hall offers."""

from typing import Any

from hallqueue.models import JourneyPart, JourneyStep, Ticket, Window, Wording
from hallqueue.texts import LANGUAGES, text
from hallqueue.topics.reading import Reading
from hallqueue.whereabouts import sits_now

Row = dict[str, Any]


def way_of(reading: Reading, ticket: Ticket) -> Row | None:
    """The way of a ticket on a journey: {names, steps: [{service, names, stage, state, windows, zones, back}]}.

    None for a ticket that is on none.
    `windows` are the numbers of the open windows of a step, for one that is done the window that did it, for one
    that the person was called for the window that called, for the way back the first clerk's of now if it is open.
    """
    if ticket.journey_id is None:
        return None
    steps = list(JourneyStep.objects.filter(ticket=ticket).select_related("journey", "service", "window"))
    journey = steps[0].journey
    begun = JourneyStep.first_done(steps)
    done = begun.window if begun else None
    first = sits_now(ticket, done) if done and journey.returns else done
    return {
        "names": {"zh": journey.name, "mn": journey.name_mn, "en": journey.name_en},
        "steps": [_step(reading, step, _there(ticket, step, first)) for step in steps],
    }


def offered(reading: Reading) -> list[Row]:
    """The journeys a kiosk offers: [{code, names, steps: [{names, stage, service}]}], the way back among the steps."""
    return [
        {
            "code": journey.code,
            "names": {"zh": journey.name, "mn": journey.name_mn, "en": journey.name_en},
            "steps": [*_parts(parts), *([_back(parts[-1].stage + 1)] if journey.returns else ())],
        }
        for journey, parts in reading.catalogue.journeys
        if parts and all(part.service.is_active for part in parts)
    ]


def _parts(parts: list[JourneyPart]) -> list[Row]:
    return [
        {"names": _names(part.service), "stage": part.stage, "service": part.service_id} for part in parts
    ]


def _back(stage: int) -> Row:
    """The last step of a journey that returns to the first clerk, who is waited for in no line."""
    names = {lang: text("journeys.back", lang) for lang in LANGUAGES}
    return {"names": names, "stage": stage, "service": None}


def _there(ticket: Ticket, step: JourneyStep, first: Window | None) -> Window | None:
    """The one window of a step, where that is known."""
    if step.state == JourneyStep.State.NOW and ticket.state in (Ticket.State.CALLED, Ticket.State.SERVING):
        return ticket.window
    return step.window or (first if step.is_return and first and first.state == Window.State.OPEN else None)


def _step(reading: Reading, step: JourneyStep, there: Window | None) -> Row:
    windows = [there] if there else _open_windows(reading, step)
    return {
        "service": step.service.code,
        "names": _names(step.service),
        "stage": step.stage,
        "state": step.state,
        "back": step.is_return,
        "windows": [window.number for window in windows],
        "zones": Wording.zones(reading.hall, windows),
    }


def _open_windows(reading: Reading, step: JourneyStep) -> list[Any]:
    numbers = reading.serving_windows.get(step.service_id, [])
    return [window for window in reading.windows if window.number in numbers]


def _names(service: Any) -> dict[str, str]:
    return {"zh": service.name, "mn": service.name_mn, "en": service.name_en}
