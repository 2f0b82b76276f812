"""Builds the small hall in a real server's database and signs people in, for the console's tests in Chromium."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from hallqueue.actions import setup
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.models import Ticket, User
from tests.ground.servers import Hallqueue
from tests.hall import SmallHall, make_small_hall

# The longest name of a real catalogue but one page's worth of commas: 98 characters.
LONG_NAME = (
    "除从事剧毒、易制爆、汽油加油站、专用危化品仓储的企业外，除中央企业所属省级、设区的市级公司（分公司）从事危险化学品经营活动的企业，"
    "不带有储存设施经营除剧毒化学品、易制爆危险化学品以外的其他危化品"
)


def signed_in(user: User) -> str:
    """A session as signing in makes it; returns its key."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def build(waiting: int = 0, open_windows: tuple[int, ...] = (), long_name: bool = False) -> None:
    """In the server's own database: the small hall, `waiting` people for identity cards, everybody signed in."""
    small = make_small_hall(open_windows)
    if long_name:
        rows = [{"code": "id-card", "department": "公安局", "series": "A", "name": LONG_NAME}]
        setup.load_services(small.hall.pk, THE_HALL, new_key(), rows=rows)
    if waiting:
        _crowd(small, waiting, open_windows)
    print(json.dumps({name: signed_in(user) for name, user in small.people.items()}))


def _crowd(small: SmallHall, count: int, open_windows: tuple[int, ...]) -> None:
    details: list[dict[str, Any]] = [{}, {"priority": "elderly"}, {"language": "mn", "note": "需要轮椅"}, {}]
    if not open_windows:
        small.open(1)
    made = [small.issue("id-card", **details[each % len(details)]) for each in range(count)]
    for minutes, answer in enumerate(reversed(made)):
        ticket = Ticket.objects.get(pk=answer["ticket"])
        Ticket.objects.filter(pk=ticket.pk).update(
            issued_at=ticket.issued_at - timedelta(seconds=37 * minutes)
        )
    if not open_windows:
        small.say("leave", 1)


def people_of(server: Hallqueue, **details: Any) -> dict[str, str]:
    """Build the small hall behind a running server (`build` says how); returns session keys by name."""
    code = f"from tests.window_hall import build; build(**{details!r})"
    return dict(json.loads(server.manage("shell", "-v", "0", "-c", code).strip().splitlines()[-1]))
