"""Whether a new number can still be served today: moments only, so that whoever shows them judges by server time."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hallqueue.estimate import Range, longest_wait
from hallqueue.hours import Span, Timetable, latest_start, timetable_of
from hallqueue.topics.reading import Reading

DAYS = 3
Row = dict[str, Any]


def closing_of(reading: Reading, ranges: dict[int, Range], ahead: dict[int, int]) -> Row | None:
    """The hall's hours and what still fits before their end; None while the hall has told no hours.

    `hours`: per key (services carry theirs in the catalogue) the next days that have any opening, each with its
    spans and the moment after which no number is given (null: none such), and for services nobody waits for, by
    minutes of service, the moment until which a newcomer is surely served. `until`: for services somebody waits
    for (`ahead` of a newcomer), [surely, perhaps] for the local date `date`; perhaps is null where there is no
    estimate, and surely then the moment until which even a very slow line is done.
    """
    table = timetable_of(reading.hall)
    if not table.hours:
        return None
    return {
        "date": _today(reading).isoformat(),
        "hall": table.key_of_windows(()),
        "hours": {key: _hours(table, key, reading) for key in table.keys if key},
        "until": {
            str(service): _until(table, reading, service, ranges.get(service), ahead.get(service, 0))
            for service in sorted(ahead.keys() | ranges.keys())
            if table.key_of_service(service)
        },
    }


def _hours(table: Timetable, key: str, reading: Reading) -> Row:
    today = table.spans(key, _today(reading))
    return {
        "refuses": table.is_strict(key),
        "days": [
            {"date": day.isoformat(), "spans": _told(spans), "last": _iso(table.last_number(key, day))}
            for day, spans in table.next_days(key, _today(reading), DAYS)
        ],
        "idle": {
            str(minutes): _iso(latest_start(today, timedelta(minutes=minutes)))
            for minutes in sorted(table.minutes_of(key))
        },
    }


def _until(
    table: Timetable, reading: Reading, service: int, expected: Range | None, ahead: int
) -> list[str | None]:
    spans = table.spans(table.key_of_service(service), _today(reading))
    stay = timedelta(minutes=table.minutes.get(service, 0))
    if expected is None:
        return [_iso(latest_start(spans, longest_wait(ahead) + stay)), None]
    waits = (timedelta(minutes=wait) for wait in (expected.high, expected.low))
    return [_iso(latest_start(spans, wait + stay)) for wait in waits]


def _today(reading: Reading) -> date:
    """The local date of the hall's last event; hours are kept by the calendar, whatever the cut-off hour."""
    return reading.hall.local_date(reading.hall.moved_at)


def _told(spans: list[Span]) -> list[list[str | None]]:
    return [[_iso(start), _iso(end)] for start, end in spans]


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None
