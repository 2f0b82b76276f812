"""The file for the province: one row for each rated matter, documented and versioned in docs/ratings.md."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from hallqueue.figures.belonging import department_by_day
from hallqueue.models import Department, Hall, Rating
from hallqueue.reporting.ratings.listing import rated_key
from hallqueue.sheets.writing import Sheet, harmless, workbook_of
from hallqueue.texts import text

VERSION = "1"
"""Goes up whenever a column, or what stands in it, changes; a column is never taken away within a version."""
MOST_ROWS, WIDTH = 50_000, 16
COLUMNS = (
    "number",
    "matter_code",
    "matter",
    "department_code",
    "department",
    "window",
    "channel",
    "served_at",
    "rated_at",
    "level",
    "level_name",
    "reason_version",
    "reasons",
    "reason_names",
    "counted",
    "case",
    "case_state",
    "again_level",
)
Row = dict[str, Any]


def rows_of(hall: Hall, found: Iterable[Rating]) -> Iterator[Row]:
    """A row for each rated matter, with the department that had the service on the day it was done."""
    department_of = department_by_day(hall)
    for rating in found:
        yield _row_of(hall, rating, department_of(rating.service_id, rating.business_date))


def _row_of(hall: Hall, rating: Rating, department: Department) -> Row:
    """One rated matter, by the names of COLUMNS; nothing of who rated, nor of what they wrote."""
    case = getattr(rating, "case", None)
    level = rating.level or 0
    return {
        "number": rating.number,
        "matter_code": rating.service.code,
        "matter": rating.service.name,
        "department_code": department.code,
        "department": department.name,
        "window": rating.window.number,
        "channel": rating.channel,
        "served_at": _moment(hall, rating.asked_at),
        "rated_at": _moment(hall, rating.rated_at),
        "level": level,
        "level_name": text(rated_key(level)),
        "reason_version": rating.reason_version,
        "reasons": list(rating.reasons),
        "reason_names": [text(f"rating.reason.{code}") for code in rating.reasons],
        "counted": rating.counted,
        "case": case.label if case else "",
        "case_state": case.state if case else "",
        "again_level": rating.again_level or 0,
    }


def as_json(hall: Hall, found: Iterable[Rating]) -> bytes:
    """{version, hall, rows}, UTF-8."""
    rows = list(rows_of(hall, found))
    body = {"version": VERSION, "hall": hall.slug, "rows": rows}
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def as_csv(hall: Hall, found: Iterable[Rating]) -> bytes:
    """A head of names, then the rows; UTF-8 with a mark, as spreadsheets here want it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([*COLUMNS, "version"])
    for row in rows_of(hall, found):
        cells = [harmless(cell) if isinstance(cell, str) else cell for cell in _cells(row)]
        writer.writerow([*cells, VERSION])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(hall: Hall, found: Iterable[Rating]) -> bytes:
    """The same as a workbook; nothing becomes a formula."""
    rows = map(_cells, rows_of(hall, found))
    return workbook_of(Sheet(f"v{VERSION}", COLUMNS, rows, [WIDTH] * len(COLUMNS), of=hall.name))


def _cells(row: Row) -> list[Any]:
    return [_cell(row[name]) for name in COLUMNS]


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    return "；".join(value) if isinstance(value, list) else value


def _moment(hall: Hall, moment: Any) -> str:
    """ISO 8601 with the hall's offset; "" for none."""
    return moment.astimezone(hall.local_zone).isoformat(timespec="seconds") if moment else ""
