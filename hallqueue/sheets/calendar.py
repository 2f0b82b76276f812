"""A year's calendar as a file: bytes in, days and errors row by row out, and back again; no models."""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from hallqueue.sheets.reading import BadFileError, rows_of
from hallqueue.sheets.writing import Sheet, workbook_of
from hallqueue.texts import text

LONGEST_NAME = 40
HEADER_SEARCH_ROWS = 5
TITLES = ("日期", "类型", "名称")
HEADERS: dict[str, set[str]] = {
    "date": {"日期", "date", "day"},
    "kind": {"类型", "安排", "上班", "kind", "type"},
    "name": {"名称", "节日", "说明", "name", "holiday"},
}
KINDS: dict[str, bool] = {
    **dict.fromkeys(("休", "休息", "放假", "holiday", "off", "0"), False),
    **dict.fromkeys(("班", "上班", "调休上班", "补班", "working", "work", "1"), True),
}
_DATE = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?(?:[ T]00:00:00)?")


class FileDay(NamedTuple):
    """A day of the file: a date that is worked or free, and what it is called."""

    day: date
    is_working: bool
    name: str = ""


class RowError(NamedTuple):
    """What is wrong in a row, as the spreadsheet counts; 0 speaks of the file. `code` names `calendar.<code>`."""

    row: int
    code: str
    params: dict[str, str | int]

    def sentence(self, lang: str = "zh") -> str:
        """The error for a person."""
        room = "calendar" if self.code in OWN_CODES else "catalogue"
        return text(f"{room}.{self.code}", lang, **self.params)


OWN_CODES = frozenset(
    {"no_days", "no_columns", "wrong_date", "wrong_year", "wrong_kind", "doubled", "long_name"}
)


@dataclass
class Rows:
    """What a file says: days to take, and errors that keep the whole file out."""

    days: list[FileDay] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


def read_calendar(content: bytes, year: int) -> Rows:
    """Read an uploaded CSV or XLSX of one year: columns 日期, 类型 (休 or 班), 名称; never raises for its content."""
    try:
        table = rows_of(content)
    except BadFileError as bad:
        code = "no_days" if bad.code == "empty_file" else bad.code
        return Rows(errors=[RowError(0, code, bad.params)])
    found, seen = Rows(), dict[date, int]()
    at, columns = _header(table)
    if at is None:
        return Rows(errors=[RowError(0, "no_columns" if table else "no_days", {})])
    for row, cells in enumerate(table[at + 1 :], start=at + 2):
        if any(cell.strip() for cell in cells):
            _add(found, seen, year, row, {name: _cell(cells, index) for name, index in columns.items()})
    if not found.days and not found.errors:
        found.errors.append(RowError(0, "no_days", {}))
    return found


def _header(table: list[list[str]]) -> tuple[int | None, dict[str, int]]:
    for at, cells in enumerate(table[:HEADER_SEARCH_ROWS]):
        columns: dict[str, int] = {}
        for index, cell in enumerate(cells):
            for name, titles in HEADERS.items():
                if cell.strip().lower() in titles:
                    columns.setdefault(name, index)
        if {"date", "kind"} <= columns.keys():
            return at, columns
    return None, {}


def _cell(cells: list[str], index: int) -> str:
    return cells[index].strip() if index < len(cells) else ""


def _add(found: Rows, seen: dict[date, int], year: int, row: int, cells: dict[str, str]) -> None:
    day, working, name = _date(cells["date"]), KINDS.get(cells["kind"].lower()), cells.get("name", "")
    errors = []
    if day is None:
        errors.append(RowError(row, "wrong_date", {"value": cells["date"][:40]}))
    elif day.year != year:
        errors.append(RowError(row, "wrong_year", {"value": str(day), "year": year}))
    elif seen.setdefault(day, row) != row:
        errors.append(RowError(row, "doubled", {"value": str(day), "first": seen[day]}))
    if working is None:
        errors.append(RowError(row, "wrong_kind", {"value": cells["kind"][:40]}))
    if len(name) > LONGEST_NAME or not name.isprintable():
        errors.append(RowError(row, "long_name", {"limit": LONGEST_NAME}))
    found.errors.extend(errors)
    if not errors and day is not None and working is not None:
        found.days.append(FileDay(day, working, name))


def _date(typed: str) -> date | None:
    match = _DATE.fullmatch(typed)
    try:
        return date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        return None


def as_csv(days: Iterable[FileDay]) -> bytes:
    """The days as a CSV that spreadsheets and `read_calendar` understand (UTF-8 with a mark)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([TITLES, *map(_row, days)])
    return out.getvalue().encode("utf-8-sig")


def as_workbook(days: Iterable[FileDay]) -> bytes:
    """The days as an XLSX workbook."""
    return workbook_of(Sheet("日历", TITLES, map(_row, days), widths=[14] * len(TITLES)))


def _row(day: FileDay) -> tuple[str, str, str]:
    safe = f" {day.name}" if day.name[:1] in ("=", "+", "-", "@") else day.name  # a name is no formula
    return day.day.isoformat(), "班" if day.is_working else "休", safe
