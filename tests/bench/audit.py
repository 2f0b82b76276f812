"""The log as evidence, measured: a million chained lines verified, and the auditor's page looking through them."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import django
from django.db import connection

LINES, AT_ONCE = 1_000_000, 5000
KINDS = ("ticket.issued", "ticket.called", "ticket.started", "ticket.finished")
STATES = ("waiting", "called", "serving", "done")


def main() -> None:
    """Write the lines, then measure; `LINES` as the first word of the command line."""
    django.setup()
    from hallqueue.models import Hall
    from tests.hall import make_small_hall

    count = int(sys.argv[1]) if len(sys.argv) > 1 else LINES
    small = make_small_hall((1,), slug="long")
    write(Hall.objects.get(pk=small.hall.pk), count)
    report(Hall.objects.get(pk=small.hall.pk))


def write(hall: Any, count: int) -> None:
    """Add chained lines as the log itself would have: four to a ticket that no table knows."""
    from hallqueue.chain.links import CHAINED, content_of, link_of, settled
    from hallqueue.models import Event, Hall

    begun, link, seq = datetime(2026, 1, 1, tzinfo=UTC), hall.link, hall.seq
    for first in range(0, count, AT_ONCE):
        rows = []
        for number in range(first, min(first + AT_ONCE, count)):
            step, seq = number % 4, seq + 1
            at = begun + timedelta(seconds=number)
            event = Event(hall=hall, seq=seq, at=at, business_date=at.date(), kind=KINDS[step])
            event.by, event.screen = (
                ("device:1", "kiosk:1") if step == 0 else (f"user:{number % 40}", "window:1")
            )
            event.data = {
                "from": STATES[max(step - 1, 0)],
                "to": STATES[step],
                "number": f"A{number // 4 % 999:03d}",
            }
            line = [getattr(event, name) for name in CHAINED]
            event.link = link = link_of(link, content_of(line, settled(json.dumps(event.data))), "sha256")
            rows.append(event)
        Event.objects.bulk_create(rows)
    Hall.objects.filter(pk=hall.pk).update(seq=seq, link=link)


def report(hall: Any) -> None:
    """How long each takes, and how much of it is this process's own work."""
    from hallqueue.audit.lines import asked_for, page_of
    from hallqueue.chain.proof import verify

    print(f"\n### audit, {hall.seq:,} lines, {connection.vendor}\n")
    print("| what | s | of it own CPU |\n|---|---|---|")

    def seek(**asked: str) -> Callable[[], Any]:
        return lambda: page_of(hall, asked_for(asked)).lines

    for what, work in (
        ("verify the whole log", lambda: verify(hall)),
        ("newest page", seek()),
        ("a page in the middle", seek(before=str(hall.seq // 2))),
        ("one person", seek(by="user:7")),
        ("one day", seek(day="2026-01-05")),
        ("a kind that never happened (one stretch)", seek(noun="concern")),
    ):
        wall, own = time.perf_counter(), time.process_time()
        work()
        print(f"| {what} | {time.perf_counter() - wall:.2f} | {time.process_time() - own:.2f} |")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hallqueue.settings")
    main()
