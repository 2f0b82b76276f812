"""Figures for the operator's monitoring in Prometheus' text format: how each hall is now, and how this process is.

No person, no ticket and no member of staff is in them. Off until the operator chooses a token.
"""

import hmac
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from hallqueue import __version__
from hallqueue.actions.round.alarm_kinds import gone_since
from hallqueue.equipment import pieces_of
from hallqueue.errors import Refused
from hallqueue.hall_time import now_in
from hallqueue.models import Alarm, Hall, Ticket, Window
from hallqueue.routing import stranded, waiting
from hallqueue.web.access import ANYONE, allowed

Labels = tuple[str, ...]
Sample = tuple[Labels, float]


@allowed(ANYONE)
def metrics(request: HttpRequest) -> HttpResponse:
    """Everything, to whoever has the token; raises Http404 where there is none, Refused("token_needed")."""
    token = settings.ENVIRONMENT.metrics_token
    if not token:
        raise Http404
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), token.encode()):
        raise Refused("token_needed", 401)
    # The library is loaded with the first question: most halls ask none.
    from prometheus_client import PROCESS_COLLECTOR, CollectorRegistry
    from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

    registry = CollectorRegistry()
    registry.register(PROCESS_COLLECTOR)
    registry.register(_Halls())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Halls:
    """Reads all halls at each question: nothing is counted beside the database, so every process tells the same."""

    def collect(self) -> Iterator[Any]:
        """Families of samples."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        version = GaugeMetricFamily("hallqueue_version", "The program that answers.", labels=["version"])
        version.add_metric([__version__], 1)
        yield version
        halls = list(Hall.objects.order_by("slug"))
        for name, (words, labels, read) in GAUGES.items():
            family = GaugeMetricFamily(f"hallqueue_{name}", words, labels=["hall", *labels])
            _fill(family, halls, read)
            yield family
        lines = CounterMetricFamily("hallqueue_log_lines", "Lines of the hall's log.", labels=["hall"])
        _fill(lines, halls, lambda hall: [((), hall.seq)])
        yield lines


def _fill(family: Any, halls: list[Hall], read: Any) -> None:
    for hall in halls:
        for labels, value in read(hall):
            family.add_metric([hall.slug, *labels], value)


def _counted(names: Any) -> list[Sample]:
    """How often each value, or row of values, came."""
    return [(key if isinstance(key, tuple) else (key,), count) for key, count in Counter(names).items()]


def _open(hall: Hall) -> list[Sample]:
    return [((), hall.is_open)]


def _tickets(hall: Hall) -> list[Sample]:
    today = Ticket.objects.filter(hall=hall, business_date=hall.business_date(now_in(hall)))
    return _counted(today.values_list("state", flat=True))


def _longest_wait(hall: Hall) -> list[Sample]:
    first = waiting(hall).order_by("issued_at").values_list("issued_at", flat=True).first()
    return [((), max((timezone.now() - first).total_seconds(), 0.0) if first else 0.0)]


def _stranded(hall: Hall) -> list[Sample]:
    return [((), stranded(hall).count())]


def _windows(hall: Hall) -> list[Sample]:
    kept = Window.objects.filter(hall=hall).exclude(state=Window.State.RETIRED)
    return _counted(kept.values_list("state", flat=True))


def _alarms(hall: Hall) -> list[Sample]:
    return _counted(Alarm.objects.filter(hall=hall, cleared_at=None).values_list("kind", flat=True))


def _equipment(hall: Hall) -> list[Sample]:
    return _counted((piece.kind, piece.state) for piece in pieces_of(hall, "en"))


def _workers(hall: Hall) -> list[Sample]:
    return [((), gone_since(hall, timezone.now()) is None)]


GAUGES: dict[str, tuple[str, list[str], Any]] = {
    "hall_open": ("Whether the hall gives out numbers.", [], _open),
    "tickets": ("Tickets of the business date by state.", ["state"], _tickets),
    "longest_wait_seconds": ("How long the first of those who wait has waited.", [], _longest_wait),
    "stranded_tickets": ("Waiting tickets for which no window is open.", [], _stranded),
    "windows": ("Windows by state.", ["state"], _windows),
    "alarms": ("Alarms that stand, by kind.", ["kind"], _alarms),
    "equipment": ("Devices, printers, cards and loudspeakers by state.", ["kind", "state"], _equipment),
    "workers_alive": ("Whether somebody feeds printers and bars.", [], _workers),
}

urls = [path("metrics", metrics)]
