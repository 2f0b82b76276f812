"""The hall's log: what happened is appended in the same transaction, and a hint leaves after commit."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from hallqueue.chain.links import CHAINED, content_of, link_of, settled
from hallqueue.hall_time import time_of
from hallqueue.models import Event, Hall, Ticket, Window
from hallqueue.statements import exists, insert, rows, update

WALL_KINDS = tuple(
    f"project.{what}" for what in ("published", "worded", "taken_off", "accepted", "reopened", "withdrawn")
)
"""What may change the wall, which boards show between calls."""

SETUP_KINDS = frozenset(
    {
        "setup.changed",
        "wording.changed",
        "hall.opened",
        "hall.closed",
        "epoch.renewed",
        "window.borrowed",
        "borrowing.ended",
        "notice.shown",
        "notice.withdrawn",
        "notice.put_back",
        "board.changed",
        "playlist.changed",
        *WALL_KINDS,
    }
)
RIGHTS_KINDS = frozenset(
    {"device.revoked", "device.approved", "device.replaced", "person.changed", "client.revoked"}
)
_listeners: list[Callable[[int], None]] = []


class Log:
    """The events of one command, numbered as they come; `write` links and stores them and the hall's new head."""

    def __init__(self, hall: Hall, by: str, at: datetime, screen: str = "") -> None:
        self.hall = hall
        self.by = by
        self.screen = screen
        self.at = time_of(hall, at)  # a clock set back never makes the log run backwards (I13)
        self.business_date = hall.business_date(self.at)
        self._events: list[dict[str, Any]] = []

    def record(
        self, kind: str, /, ticket: Ticket | None = None, window: Window | None = None, **data: Any
    ) -> int:
        """Append one event and return its seq."""
        self.hall.seq += 1
        self._events.append(
            {
                "hall_id": self.hall.pk,
                "seq": self.hall.seq,
                "at": self.at,
                "business_date": self.business_date,
                "kind": kind,
                "by": self.by,
                "screen": self.screen,
                "ticket_id": ticket.pk if ticket else None,
                "window_id": window.pk if window else None,
                "data": data,
            }
        )
        if kind in SETUP_KINDS:
            self.hall.setup_seq = self.hall.seq
        if kind in RIGHTS_KINDS:
            self.hall.rights_seq = self.hall.seq
        return self.hall.seq

    def next_seq(self) -> int:
        """The seq that the next recorded event will get."""
        return self.hall.seq + 1

    def tickets(self) -> set[int]:
        """The tickets (ids) that have an event of this command so far."""
        return {event["ticket_id"] for event in self._events} - {None}

    def write(self) -> None:
        """Store the events and move the hall's head, in the caller's transaction."""
        if not self._events:
            return
        for event in self._events:
            content = content_of([event[name] for name in CHAINED], settled(json.dumps(event["data"])))
            self.hall.link = link_of(self.hall.link, content, settings.DIGEST)
            insert(Event, **event, link=self.hall.link)
        self.hall.moved_at = self.at
        update(self.hall, ("seq", "link", "setup_seq", "rights_seq", "moved_at"))
        hall_id = self.hall.pk
        transaction.on_commit(lambda: _tell(hall_id), robust=True)


def on_hint(listener: Callable[[int], None]) -> None:
    """Call `listener(hall_id)` after each commit that moved a hall; it must be quick and must not raise."""
    if listener not in _listeners:
        _listeners.append(listener)


def _tell(hall_id: int) -> None:
    for listener in _listeners:
        listener(hall_id)


def heads() -> list[tuple[int, str, int]]:
    """Every hall's id, epoch and seq: what a follower asks, again and again, before it reads on."""
    return rows('SELECT "id", "epoch", "seq" FROM "hallqueue_hall" ORDER BY "id"')


def happened(hall_id: int, after: int, kinds: Iterable[str]) -> bool:
    """Whether the log has an event of one of `kinds` after a seq."""
    asked = sorted(kinds)
    marks = ", ".join(["%s"] * len(asked))
    sql = 'SELECT 1 FROM "hallqueue_event" WHERE "hall_id" = %s AND "seq" > %s AND "kind" IN'
    return exists(f"{sql} ({marks}) LIMIT 1", hall_id, after, *asked)


def events_after(hall_id: int, seq: int, limit: int = 500) -> list[Event]:
    """The next events of the hall's log after `seq`, oldest first, `limit` at most."""
    return list(
        Event.objects.filter(hall_id=hall_id, seq__gt=seq)
        .select_related("ticket", "window")
        .order_by("seq")[:limit]
    )
