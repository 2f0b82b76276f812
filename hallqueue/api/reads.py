"""What machines may read: the hall, its services, windows, lines, tickets and log; each from one moment."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from hallqueue.api.door import entered
from hallqueue.api.operations import read
from hallqueue.api.shapes import (
    LARGEST_NUMBER,
    EventPage,
    HallPath,
    HallState,
    LineRow,
    ServiceRow,
    TicketPath,
    TicketRow,
    WindowPath,
    WindowRow,
)
from hallqueue.errors import Refused
from hallqueue.events import events_after
from hallqueue.models import WATCHERS, Call, Event, Hall, Service, Shift, Ticket, Window
from hallqueue.routing import line, stranded, waiting
from hallqueue.topics.reading import Reading
from hallqueue.transactions import one_read

LONGEST_LINE = 500

router = Router()


def reading_of(hall: Hall) -> Reading:
    """The hall as it stands; to be made inside one read."""
    return Reading(Hall.objects.get(pk=hall.pk))


@read(router, "/halls/{hall}", "readHall", HallState)
def read_hall(request: HttpRequest, hall: HallPath) -> Any:
    """The hall and the head of its log."""
    found, _ = entered(request, "readHall", hall)
    with one_read():
        now = Hall.objects.get(pk=found.pk)
        open_windows = Window.in_use(now).filter(state=Window.State.OPEN).count()
        people = waiting(now).count()
    names = ("slug", "name", "name_en", "name_mn", "time_zone", "is_open", "epoch", "seq", "moved_at")
    return {
        **{name: getattr(now, name) for name in names},
        "business_date": now.business_date(timezone.now()),
        "waiting": people,
        "open_windows": open_windows,
    }


@read(router, "/halls/{hall}/services", "listServices", list[ServiceRow])
def list_services(request: HttpRequest, hall: HallPath) -> Any:
    """All services, with how many wait for each."""
    found, _ = entered(request, "listServices", hall)
    with one_read():
        reading = reading_of(found)
        services = Service.objects.filter(hall=found).select_related("department", "series")
        return [_service(each, reading) for each in services]


@read(router, "/halls/{hall}/windows", "listWindows", list[WindowRow])
def list_windows(request: HttpRequest, hall: HallPath) -> Any:
    """All windows and how they stand."""
    found, _ = entered(request, "listWindows", hall)
    with one_read():
        sitting = set(Shift.standing(found).values_list("window", flat=True))
        calls = dict(Call.standing(found).values_list("window", "ticket"))
        return [_window(each, sitting, calls) for each in Window.in_use(found)]


@read(router, "/halls/{hall}/windows/{int:window}/line", "readLine", list[LineRow])
def read_line(request: HttpRequest, hall: HallPath, window: WindowPath) -> Any:
    """Who waits for a window, next first; 500 at most."""
    found, _ = entered(request, "readLine", hall)
    with one_read():
        seat = Window.in_use(found).filter(number=window).select_related("hall").first()
        if seat is None:
            raise Refused("unknown_window", 404, number=window)
        codes = dict(Service.objects.filter(hall=found).values_list("pk", "code"))
        return [_place(each, codes[each.service_id]) for each in line(seat)[:LONGEST_LINE]]


@read(router, "/halls/{hall}/stranded", "listStranded", list[LineRow])
def list_stranded(request: HttpRequest, hall: HallPath) -> Any:
    """Who waits while no window at all is open for them; empty as soon as a fallback window is. 500 at most."""
    found, _ = entered(request, "listStranded", hall)
    with one_read():
        people = stranded(found).select_related("service")[:LONGEST_LINE]
        return [_place(each, each.service.code) for each in people]


@read(router, "/halls/{hall}/tickets/{int:ticket}", "readTicket", TicketRow)
def read_ticket(request: HttpRequest, hall: HallPath, ticket: TicketPath) -> Any:
    """One ticket by its id."""
    found, _ = entered(request, "readTicket", hall)
    rows = Ticket.objects.filter(hall=found, pk=ticket).select_related("service", "window", "for_window")
    row = rows.first()
    if row is None:
        raise Refused("unknown_ticket", 404)
    names = [
        name for name in TicketRow.model_fields if name not in ("ticket", "service", "window", "for_window")
    ]
    return {
        **{name: getattr(row, name) for name in names},
        "ticket": row.pk,
        "service": row.service.code,
        "window": row.window.number if row.window else None,
        "for_window": row.for_window.number if row.for_window else None,
    }


@read(router, "/halls/{hall}/events", "listEvents", EventPage)
def list_events(
    request: HttpRequest,
    hall: HallPath,
    after: Annotated[int, Query(ge=0, le=LARGEST_NUMBER, description="The last seq already known.")] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Any:
    """The hall's log after a seq, oldest first; how people were rated is for those who watch the hall."""
    found, client = entered(request, "listEvents", hall)
    with one_read():
        now = Hall.objects.get(pk=found.pk)
        lines = events_after(now.pk, after, limit)
    hidden: tuple[str, ...] = () if client.role in WATCHERS else ("rating.",)
    events = [_event(each) for each in lines if not each.kind.startswith(hidden)]
    last = lines[-1].seq if lines else min(after, now.seq)
    return {"epoch": now.epoch, "head": now.seq, "last": last, "events": events}


def _service(service: Service, reading: Reading) -> dict[str, Any]:
    names = ("code", "name", "name_en", "name_mn", "tags", "minutes", "is_active")
    return {
        **{name: getattr(service, name) for name in names},
        "department": service.department.name,
        "series": service.series.letter,
        "waiting": reading.waiting_by_service[service.pk],
        "open_windows": reading.serving_windows.get(service.pk, []),
    }


def _window(window: Window, sitting: set[int], calls: dict[int, int]) -> dict[str, Any]:
    names = ("number", "name", "name_en", "name_mn", "zone", "direction", "is_fallback", "state")
    return {
        **{name: getattr(window, name) for name in names},
        "reason": window.pause_reason,
        "taken": window.pk in sitting,
        "ticket": calls.get(window.pk),
    }


def _place(ticket: Ticket, service: str) -> dict[str, Any]:
    return {
        "ticket": ticket.pk,
        "label": ticket.label,
        "service": service,
        "klass": ticket.klass,
        "issued_at": ticket.issued_at,
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        **{name: getattr(event, name) for name in ("seq", "at", "business_date", "kind", "by", "data")},
        "ticket": event.ticket_id,
        "label": event.ticket.label if event.ticket else None,
        "window": event.window.number if event.window else None,
    }
