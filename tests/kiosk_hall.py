"""A kiosk for tests: paired in the small hall, in this database or in that of a running server."""

from __future__ import annotations

from typing import Any

from django.test import Client

from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.people import enrol, hashed
from hallqueue.models import Hall
from tests.ground.browser import Pages
from tests.ground.servers import Hallqueue

TOKEN = "kiosk-token-for-tests-only"
MANAGER = (
    'from hallqueue.models import User; boss = Actor("user:1", "manager", User.objects.get(name="manager"))'
)


def pair(hall: Hall) -> None:
    """Let whoever shows TOKEN be a kiosk of the hall."""
    enrol(hall.pk, THE_HALL, new_key(), kind="kiosk", name="一号机", token_hash=hashed(TOKEN))


def kiosk_client(hall: Hall, **options: Any) -> Client:
    """A paired kiosk that speaks HTTP to the views."""
    pair(hall)
    client = Client(headers={"accept": "application/json"}, **options)
    client.cookies["hq_kiosk"] = TOKEN
    return client


def build(server: Hallqueue, *more: str) -> None:
    """Behind a running server: the small hall with a paired kiosk, then lines of `more` that know `small`."""
    lines = [
        "from tests.hall import make_small_hall, where_it_is_noon",
        "from tests.kiosk_hall import pair",
        "small = where_it_is_noon(make_small_hall())",
        "pair(small.hall)",
        *more,
    ]
    server.behind("\n".join(lines))


def say(server: Hallqueue, *lines: str) -> None:
    """Let the hall behind a running server move: `lines` know `hall`, `boss` and the modules of `actions`."""
    before = [
        "from hallqueue.actions import day, windows",
        "from hallqueue.actions.house import setup",
        "from hallqueue.actions.line import calling, tickets",
        "from hallqueue.actions.command import THE_HALL, Actor, new_key",
        "from hallqueue.models import Hall",
        MANAGER,
        'hall = Hall.objects.get(slug="small").pk',
    ]
    server.behind("\n".join([*before, *lines]))


def open_kiosk(pages: Pages, server: Hallqueue, size: str = "upright", **options: Any) -> Any:
    """The kiosk's page in Chromium, with its catalogue and first frame."""
    context = pages.context(size, **options)
    context.add_cookies([{"name": "hq_kiosk", "value": TOKEN, "url": server.url}])
    page = pages.open(f"{server.url}/small/kiosk/", context=context)
    page.wait_for_selector(".choice__end")
    return page
