"""Old tickets, shifts and papers cost nothing: what a hall asks again and again takes no step more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from displays.spoken import last_phrase
from hallqueue.actions import day
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.round import figures
from hallqueue.equipment import pieces_of
from hallqueue.estimate import paces
from hallqueue.hindsight import recent
from hallqueue.models import Appointment, Call, Service, Shift, Slot, Ticket, Window
from hallqueue.requeue_limits import numbers_called_since
from hallqueue.topics import KINDS, Topic, frame_of
from hallqueue.topics.reading import Reading
from hallqueue.watch import _questions
from printers import jobs
from printers.models import Printer, PrintJob
from tests.bench.past import write_past
from tests.hall import SmallHall, midday

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]

OLD = 12_000
A_STEP = 50
"""So many of the database's instructions count as one."""
NAMES = ("main", "all", "A区", "1", "9")


ADDRESS = "tcp://127.0.0.1:9"
PRINTER = {"name": "一号", "owner": "here", "owned_until": datetime(2100, 1, 1, tzinfo=UTC)}
PAGES = {
    "clerk1": ["window/", "window/1/", "window/1/destinations/?q=x", "window/1/pickable/?q=A"],
    "desk": ["desk/", "desk/find/?q=A00", "desk/find/?q=xx", "desk/find/?q=0001", "appointments/"],
    "manager": ["manager/", "manager/curve/", "manager/advice/", "devices/", "concerns/", "printers/"],
}


def steps(work: Callable[[], Any]) -> int:
    """How many steps the database takes for it."""
    taken = 0

    def count() -> int:
        nonlocal taken
        taken += 1
        return 0

    connection.ensure_connection()
    connection.connection.set_progress_handler(count, A_STEP)
    try:
        work()
    finally:
        connection.connection.set_progress_handler(None, A_STEP)
    return taken


def asked(small: SmallHall) -> Iterator[tuple[str, Callable[[], Any]]]:
    """What is asked every few seconds: by the round, and for every screen."""
    hall, now = small.fresh(), timezone.now()
    for number, question in enumerate(_questions(hall)):
        named = getattr(question.asked, "keywords", {}).get("kinds") or question.asked
        yield f"{number} {named}", lambda question=question: question.asked(hall, now)  # type: ignore[misc]
    names = {name: name for name in NAMES} | {"a ticket's": small.issue()["token"]}
    for kind in KINDS:
        for named, name in names.items():
            topic = Topic(kind, hall.slug, name)
            yield f"{kind}:{named}", lambda topic=topic: frame_of(Reading(small.fresh()), topic)  # type: ignore[misc]


def looked_up(small: SmallHall) -> Iterator[tuple[str, Callable[[], Any]]]:
    """What people and other parts of the program look up in a hall's day."""
    hall, call = small.fresh(), Call.objects.latest("pk")
    yield "numbers called since", lambda: numbers_called_since(call)
    yield "the pace", lambda: paces(hall)
    yield "how well ranges were told", lambda: recent(hall)
    yield "the last phrase", lambda: last_phrase(hall, "no such key")
    yield "equipment", lambda: pieces_of(hall, "zh")
    printer = Printer.objects.get_or_create(hall=small.hall, address=ADDRESS, defaults=PRINTER)[0]
    yield "the next paper", lambda: jobs.claim(printer, "here")
    yield (
        "papers left over",
        lambda: jobs.tidy(hall.pk, THE_HALL, new_key(), printer=printer.pk, owner="here"),
    )
    for name, pages in PAGES.items():
        client = Client(headers={"accept": "application/json"})
        client.force_login(small.people[name])
        for address in pages:
            yield f"{name} {address}", lambda client=client, address=address: client.get(f"/small/{address}")  # type: ignore[misc]


def said(small: SmallHall) -> Iterator[tuple[str, Callable[[], Any]]]:
    """What is said all day."""
    yield "issue", lambda: small.issue("housing", to_fallback=True)
    yield "call next", lambda: small.call_next(1)
    yield "start", lambda: small.say("start", 1)
    yield "fallback's next", lambda: small.call_next(9)
    yield "fallback starts", lambda: small.say("start", 9)
    yield "park", lambda: small.say("park", 1, reason="复印")
    yield "transfer", lambda: small.say("transfer", 2, service="housing", reason="要先办")
    yield "finish", lambda: small.say("finish", 9)
    yield "close the day", lambda: day.close_days(small.hall.pk, THE_HALL, new_key())


def write_shifts(small: SmallHall, day: date) -> None:
    """As many shifts that are over as tickets."""
    window, user = Window.objects.get(hall=small.hall, number=1), small.people["clerk1"]
    begun = datetime.combine(day, time(9), UTC)
    row = {"hall": small.hall, "window": window, "user": user, "started_at": begun, "ended_at": begun}
    Shift.objects.bulk_create((Shift(**row) for _ in range(OLD)), batch_size=500)


def write_papers(small: SmallHall, day: date) -> None:
    """As many slips printed as tickets."""
    ticket = Ticket.objects.filter(hall=small.hall, business_date=day).first()
    printer = Printer.objects.get(hall=small.hall)
    made = datetime.combine(day, time(9), UTC)
    row: dict[str, Any] = {"hall": small.hall, "printer": printer, "ticket": ticket, "state": "confirmed"}
    row |= {"made_at": made, "due_at": made, "ended_at": made}
    PrintJob.objects.bulk_create((PrintJob(**row, copy=copy) for copy in range(1, OLD + 1)), batch_size=500)


def write_appointments(small: SmallHall, day: date) -> None:
    """As many appointments as tickets, some kept and some missed, of people who are forgotten."""
    begun = datetime.combine(day, time(9), UTC)
    slot = Slot(hall=small.hall, service=Service.objects.filter(hall=small.hall)[0], date=day, capacity=OLD)
    slot.start_at, slot.end_at = begun, begun + timedelta(hours=1)
    slot.save()
    row: dict[str, Any] = {"hall": small.hall, "slot": slot, "booked_at": begun, "ended_at": begun}
    states = ("arrived", "missed")
    Appointment.objects.bulk_create(
        (Appointment(**row, code=f"Z{at:05}", state=states[at % 2]) for at in range(OLD)), batch_size=500
    )


def counted(small: SmallHall) -> dict[str, int]:
    """The steps of everything asked and said, at a moment like the other one."""
    for service in ("id-card", "invoice", "housing"):
        small.issue(service)
    small.call_next(2)
    return {name: steps(work) for pairs in (asked, looked_up, said) for name, work in pairs(small)}


def test_old_tickets_cost_no_step_more(small_hall: SmallHall) -> None:
    with midday(small_hall):
        counted(small_hall)  # what is remembered from the first time is not counted
        young = counted(small_hall)
        last_month = small_hall.fresh().business_date(timezone.now()) - timedelta(days=30)
        with transaction.atomic():
            write_past(small_hall.fresh(), last_month, OLD)
            write_shifts(small_hall, last_month)
            write_papers(small_hall, last_month)
            write_appointments(small_hall, last_month)
        say = (small_hall.hall.pk, THE_HALL)
        day.close_days(*say, new_key())
        while figures.figures_wait(small_hall.fresh(), timezone.now()):
            figures.keep_figures(*say, new_key())
        counted(small_hall)
        old = counted(small_hall)
    assert old.keys() == young.keys()
    # A question that reads every old row, or every old call, takes thousands of instructions more.
    dearer = {
        name: (young[name], cost) for name, cost in old.items() if cost > 1.5 * young[name] + OLD / A_STEP
    }
    assert not dearer, "\n".join(f"{name}: {was} steps, then {now}" for name, (was, now) in dearer.items())
