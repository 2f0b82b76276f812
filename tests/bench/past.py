"""Old tickets for the bench: whole past days, served to the end, written by a few bulk statements a day."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection, models

from hallqueue.models import Call, Event, Hall, Service, Ticket, Window
from hallqueue.routing import STEP

A_DAY = 4 * 9000
HOURS = 8

_DIGITS = "(SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4"
_DIGITS += " UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)"
# Rows are (i, k): 0 … 99,999, and which service the i-th ticket of a day asks for.
_NUMBERS = f"""CREATE TEMPORARY TABLE bench_numbers AS
    SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d AS i FROM
    {_DIGITS} a CROSS JOIN {_DIGITS} b CROSS JOIN {_DIGITS} c CROSS JOIN {_DIGITS} e CROSS JOIN {_DIGITS} f"""


def write_past(hall: Hall, last: date, tickets: int) -> None:
    """Add `tickets` served tickets of the days up to `last`, oldest first, each with its call and two events."""
    days = list(days_of(last, tickets))
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS)
        for number, (day, count) in enumerate(reversed(days)):
            write_day(cursor, hall, day, number, count)
        cursor.execute("DROP TABLE bench_numbers")
        if connection.vendor != "sqlite":  # PostgreSQL does so by itself before long; SQLite never does
            cursor.execute("ANALYZE")
    hall.save(update_fields=["seq"])


def days_of(last: date, tickets: int) -> Iterator[tuple[date, int]]:
    """Past dates and how many tickets each had, newest first."""
    for number in itertools.count():
        if tickets <= 0:
            return
        yield last - timedelta(days=number), min(tickets, A_DAY)
        tickets -= A_DAY


def write_day(cursor: Any, hall: Hall, day: date, number: int, count: int) -> None:
    """One day: each ticket issued, called, served; the hall's `seq` moves on in memory."""
    services = list(Service.objects.filter(hall=hall).order_by("pk").select_related("series"))
    first = f"SELECT MIN(id), MAX(id), COUNT(*) FROM hallqueue_ticket WHERE hall_id = {hall.pk} AND business_date = %s"
    for hour in range(HOURS):
        at = datetime.combine(day, time(1 + hour), UTC)
        _tickets(cursor, hall, day, at, number, f"i < {count} AND i % {HOURS} = {hour}", services)
    cursor.execute(first, [_prepared(Ticket, "business_date", day)])
    low, high, written = cursor.fetchone()
    assert written == count == high - low + 1, "the ids of a day must follow each other"
    _calls(cursor, hall, day)
    for kind, step in (("ticket.issued", 1), ("ticket.finished", 2)):
        _events(cursor, hall, day, kind, f"{hall.seq} + (t.id - {low}) * 2 + {step}")
    hall.seq += 2 * count


def _tickets(
    cursor: Any, hall: Hall, day: date, at: datetime, number: int, which: str, services: list[Service]
) -> None:
    size = len(services)
    ids = " ".join(f"WHEN {k} THEN {each.pk}" for k, each in enumerate(services))
    series = " ".join(f"WHEN {k} THEN {each.series_id}" for k, each in enumerate(services))
    letters = " ".join(f"WHEN {k} THEN '{each.series.letter}'" for k, each in enumerate(services))
    columns = {
        "series_id": f"CASE i % {size} {series} END",
        "service_id": f"CASE i % {size} {ids} END",
        "label": f"CASE i % {size} {letters} END || CAST(i AS VARCHAR(9))",
        "number": "i",
        "position": f"i * {STEP}",
        "token": f"'old-{number}-' || CAST(i AS VARCHAR(9))",
    }
    values = {"hall_id": hall.pk, "business_date": day, "state": "done", "call_count": 1}
    _insert(cursor, Ticket, columns, values, at, f"bench_numbers WHERE {which}")


def _calls(cursor: Any, hall: Hall, day: date) -> None:
    windows = list(Window.objects.filter(hall=hall).values_list("pk", flat=True))
    at = " ".join(f"WHEN {number} THEN {pk}" for number, pk in enumerate(windows))
    times = ("called_at", "said_at", "started_at", "ended_at")
    columns = {"ticket_id": "t.id", "window_id": f"CASE t.id % {len(windows)} {at} END"}
    columns |= dict.fromkeys(times, "t.issued_at")
    values = {"hall_id": hall.pk, "business_date": day, "outcome": "done"}
    _insert(cursor, Call, columns, values | {"said_seq": 0}, None, _of_day(hall), day)


def _events(cursor: Any, hall: Hall, day: date, kind: str, seq: str) -> None:
    columns = {"seq": seq, "at": "t.issued_at", "ticket_id": "t.id"}
    values = {"hall_id": hall.pk, "business_date": day, "kind": kind, "by": "bench"}
    _insert(cursor, Event, columns, values, None, _of_day(hall), day)


def _of_day(hall: Hall) -> str:
    return f"hallqueue_ticket t WHERE t.hall_id = {hall.pk} AND t.business_date = %s ORDER BY t.id"


def _insert(
    cursor: Any,
    model: type[models.Model],
    columns: dict[str, str],
    values: dict[str, Any],
    at: datetime | None,
    source: str,
    *more: Any,
) -> None:
    """INSERT … SELECT: `columns` are SQL, `values` are the same for every row, times are `at`, others the default."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    params, selected = [], []
    for field in fields:
        if field.attname in columns:
            selected.append(columns[field.attname])
            continue
        value = values.get(field.attname, field.get_default())
        if at is not None and isinstance(field, models.DateTimeField):
            value = at
        selected.append("%s")
        params.append(_prepared(model, field.attname, value))
    params += [_prepared(Ticket, "business_date", each) for each in more]
    names = ", ".join(f'"{field.column}"' for field in fields)
    into = f'INSERT INTO "{model._meta.db_table}" ({names})'
    picked = ", ".join(selected).replace("%", "%%").replace("%%s", "%s")
    cursor.execute(f"{into} SELECT {picked} FROM {source.replace(' % ', ' %% ')}", params)


def _prepared(model: type[models.Model], name: str, value: Any) -> Any:
    field: Any = next(each for each in model._meta.concrete_fields if each.attname == name)
    return field.get_db_prep_save(value, connection)
