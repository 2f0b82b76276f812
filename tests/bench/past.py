"""Old tickets for the bench: whole past days, served to the end, as rows of their own days."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from hallqueue.models import Call, Event, Hall, Series, Service, Ticket, Window
from hallqueue.routing import STEP

A_DAY = 4 * 9000


def days_of(last: date, tickets: int) -> Iterator[tuple[date, int]]:
    """Past dates and how many tickets each had, newest first."""
    for number in itertools.count():
        if tickets <= 0:
            return
        yield last - timedelta(days=number), min(tickets, A_DAY)
        tickets -= A_DAY


def write_day(hall: Hall, day: date, count: int) -> None:
    """One day: each ticket issued, called, served, with its call and two events."""
    services = list(Service.objects.filter(hall=hall).select_related("series"))
    window = Window.objects.filter(hall=hall).first()
    assert window is not None
    at = datetime.combine(day, time(2), UTC)
    numbers: dict[int, Iterator[int]] = {
        series.pk: itertools.count(1) for series in Series.objects.filter(hall=hall)
    }
    made = [
        _ticket(hall, services[n % len(services)], day, at + timedelta(seconds=n % 28800), numbers)
        for n in range(count)
    ]
    Ticket.objects.bulk_create(made, batch_size=2000)
    Call.objects.bulk_create((_call(ticket, window, n) for n, ticket in enumerate(made)), batch_size=2000)
    Event.objects.bulk_create(_events(hall, made), batch_size=4000)
    hall.save(update_fields=["seq"])


def _ticket(
    hall: Hall, service: Service, day: date, at: datetime, numbers: dict[int, Iterator[int]]
) -> Ticket:
    number = next(numbers[service.series_id])
    return Ticket(
        hall=hall,
        business_date=day,
        series=service.series,
        number=number,
        label=service.series.label(number),
        service=service,
        state="done",
        position=number * STEP,
        issued_at=at,
        called_at=at,
        started_at=at,
        ended_at=at,
        call_count=1,
    )


def _call(ticket: Ticket, window: Window, number: int) -> Call:
    return Call(
        hall_id=ticket.hall_id,
        business_date=ticket.business_date,
        ticket=ticket,
        window=window,
        called_at=ticket.issued_at,
        said_at=ticket.issued_at,
        said_seq=0,
        started_at=ticket.issued_at,
        ended_at=ticket.issued_at,
        outcome="done",
    )


def _events(hall: Hall, tickets: list[Ticket]) -> Iterator[Event]:
    for ticket in tickets:
        for kind in ("ticket.issued", "ticket.finished"):
            hall.seq += 1
            yield Event(
                hall=hall,
                seq=hall.seq,
                at=ticket.issued_at,
                business_date=ticket.business_date,
                kind=kind,
                by="bench",
                ticket=ticket,
            )
