"""Builds the small hall in a real server's database and signs people in, for the console's tests in Chromium."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.house import setup
from hallqueue.models import Hall, Klass, SeriesCounter, Service, Ticket, User
from hallqueue.routing import PRECEDENCE
from printers.examples import LONGEST_NAME
from tests.ground.servers import Hallqueue
from tests.hall import SmallHall, make_small_hall, where_it_is_noon


def signed_in(user: User) -> str:
    """A session as signing in makes it; returns its key."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def build(
    slug: str, waiting: int = 0, open_windows: tuple[int, ...] = (), long_name: bool = False, issued: int = 0
) -> None:
    """In the server's own database: a small hall, `waiting` people for identity cards, everybody signed in.

    `issued` people took their numbers at the kiosk, one by one, so that the log knows them.
    """
    small = where_it_is_noon(make_small_hall(open_windows, slug))
    if long_name:
        rows = [{"code": "id-card", "department": "公安局", "series": "A", "name": LONGEST_NAME}]
        setup.load_services(small.hall.pk, THE_HALL, new_key(), rows=rows)
    if waiting:
        _crowd(small, waiting)
    for _ in range(issued):
        small.issue()
    print(json.dumps({name: signed_in(user) for name, user in small.people.items()}))


def _crowd(small: SmallHall, count: int) -> None:
    """People for identity cards, 37 seconds apart, made in one stroke: every fourth old, every fourth Mongolian."""
    service = Service.objects.select_related("series").get(hall=small.hall, code="id-card")
    hall, now = small.fresh(), timezone.now()
    tickets = [_waiting(hall, service, number) for number in range(1, count + 1)]
    for behind, ticket in enumerate(reversed(tickets)):
        ticket.issued_at = now - timedelta(seconds=37 * behind)
    Ticket.objects.bulk_create(tickets)
    today = hall.business_date(now)
    SeriesCounter.objects.create(hall=hall, business_date=today, series=service.series, last=count)


def _waiting(hall: Hall, service: Service, number: int) -> Ticket:
    klass = Klass.PRIORITY if number % 4 == 2 else Klass.ORDINARY
    return Ticket(
        hall=hall,
        business_date=hall.business_date(timezone.now()),
        series=service.series,
        number=number,
        label=service.series.label(number),
        service=service,
        klass=klass,
        priority_kind="elderly" if klass == Klass.PRIORITY else "",
        language="mn" if number % 4 == 3 else "zh",
        note="需要轮椅" if number % 4 == 3 else "",
        precedence=PRECEDENCE[klass],
        position=number,
        issued_at=timezone.now(),
    )


def people_of(server: Hallqueue, slug: str, **details: Any) -> dict[str, str]:
    """Build a small hall behind a running server (`build` says how); returns session keys by name."""
    code = f"from tests.window_hall import build; build({slug!r}, **{details!r})"
    return dict(json.loads(server.behind(code)))
