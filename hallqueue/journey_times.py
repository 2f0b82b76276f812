"""How long each step of a journey takes: medians over the last days, from the steps people have walked."""

from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from hallqueue.models import Hall, Journey, JourneyStep

DAYS = 30


def journey_times(hall: Hall, today: date) -> dict[int, dict[str, Any]]:
    """For each journey id: {people, whole, steps: {service id: (waited, served)}} in minutes, None where nobody walked.

    `whole` is the median of whole journeys, from the number to the end of the last step.
    """
    since = today - timedelta(days=DAYS)
    rows = JourneyStep.objects.filter(hall=hall, business_date__gt=since, is_return=False)
    walked: dict[int, list[JourneyStep]] = {}
    for step in rows.select_related("ticket"):
        walked.setdefault(step.journey_id, []).append(step)
    journeys = Journey.objects.filter(hall=hall).values_list("pk", flat=True)
    return {pk: _times(walked.get(pk, [])) for pk in journeys}


def _times(steps: list[JourneyStep]) -> dict[str, Any]:
    done = [step for step in steps if step.state == JourneyStep.State.DONE]
    services = {step.service_id for step in done}
    whole = {step.ticket_id: step.ticket for step in steps if step.ticket.state == "done"}
    return {
        "people": len({step.ticket_id for step in steps}),
        "whole": _median([(ticket.issued_at, ticket.ended_at) for ticket in whole.values()]),
        "steps": {
            service: (
                _median([(step.waiting_at, step.called_at) for step in done if step.service_id == service]),
                _median([(step.called_at, step.ended_at) for step in done if step.service_id == service]),
            )
            for service in services
        },
    }


def _median(spans: list[tuple[datetime | None, datetime | None]]) -> int | None:
    minutes = [(end - begin).total_seconds() / 60 for begin, end in spans if begin and end]
    return round(median(minutes)) if minutes else None
