"""The small hall as the desk meets it: things to lend, a printer twin, calls for help, people who claim to go first."""

from __future__ import annotations

import json
from typing import Any

from hallqueue.actions import helping, lending
from hallqueue.actions.command import THE_HALL, Actor, new_key
from hallqueue.actions.line import tickets
from hallqueue.models import Hall, User
from printers import setting_up
from printers.twin import PrinterTwin
from tests.ground.servers import Hallqueue
from tests.hall import KIOSK
from tests.kiosk_hall import pair
from tests.window_hall import build as build_windows

THINGS: list[dict[str, Any]] = [
    {"code": "wheelchair", "name": "轮椅", "icon": "accessibility", "total": 4},
    {"code": "glasses", "name": "老花镜", "icon": "eye", "total": 6},
    {"code": "power", "name": "充电宝", "icon": "plug", "total": 8},
    {"code": "umbrella", "name": "雨伞", "icon": "sun", "total": 10},
]


PLACES: list[dict[str, Any]] = [
    {"code": "first_aid", "icon": "briefcase-medical", "name": "应急医药箱", "place": "一楼正门导办台"},
    {"code": "copying", "icon": "copy", "name": "免费复印", "place": "一楼导办台、二楼电梯口"},
]


def furnish(hall: Hall) -> None:
    """Things to lend, and what stands where."""
    lending.load_facilities(hall.pk, THE_HALL, new_key(), rows=PLACES)
    lending.load_items(hall.pk, THE_HALL, new_key(), rows=THINGS)


def build(
    slug: str, calls: int = 0, loans: int = 0, claims: int = 0, kiosk: bool = False, **more: Any
) -> None:
    """Behind a running server: the hall of `window_hall.build`, furnished, with so many calls, loans and claims.

    Its printer is a twin at the end of a real wire; it prints as long as the process behind the server lives.
    """
    build_windows(slug, **more)
    hall = Hall.objects.get(slug=slug)
    furnish(hall)
    setting_up.add_printer(hall.pk, THE_HALL, new_key(), name="导办台打印机", address=PrinterTwin().url)
    if kiosk:
        pair(hall)
    desk = User.objects.get(hall=hall, name="desk")
    for number in range(calls):
        kind = ("wheelchair", "interpreter", "agent", "other")[number % 4]
        helping.ask_for_help(
            hall.pk, KIOSK, new_key(), kind=kind, place="kiosk", spot=f"东门{number + 1}号机"
        )
    who = helping_actor(desk)
    for number in range(loans):
        lending.lend(hall.pk, who, new_key(), item=THINGS[number % 4]["code"], deposit="市民卡")
    for _ in range(claims):
        tickets.issue(hall.pk, KIOSK, new_key(), service="id-card", priority="elderly")


def helping_actor(user: User) -> Actor:
    """The desk's person as the actions know them."""
    return Actor(f"user:{user.pk}", user.role, user)


def people_of(server: Hallqueue, slug: str, **details: Any) -> dict[str, str]:
    """Build behind a running server; returns session keys by name."""
    code = f"from tests.desk_hall import build; build({slug!r}, **{details!r})"
    return dict(json.loads(server.behind(code)))
