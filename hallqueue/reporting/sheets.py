"""A report as files: a workbook with a sheet for each table, or one CSV with a line for each figure."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import xlsxwriter

from hallqueue.models import Hall
from hallqueue.reporting.heat import HeatMap, heat_maps
from hallqueue.reporting.making import Report
from hallqueue.reporting.periods import QUARTER, WEEK, Period
from hallqueue.reporting.tables import COUNT, Row, Table, Value, summary_of, tables_of
from hallqueue.sheets.writing import harmless, lay_on_paper
from hallqueue.texts import has_text, named, text

CSV_COLUMNS = ("table", "row", "figure", "value", "unit", "first", "last")
NAME_WIDTH, WIDTH, SHEET_NAME, HEAT_COLUMNS = 34, 13, 31, 24
FORMATS = {"count": "#,##0", "minutes": "0.0", "hours": "0.0", "share": '0.0"%"'}


def workbook_of(hall: Hall, report: Report, lang: str) -> bytes:
    """An XLSX file; what people typed stays text, whatever it begins with."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        _Book(book, lang).write(hall, report)
    return out.getvalue()


def csv_of(report: Report, lang: str) -> bytes:
    """A line for each figure: table, row, figure, value, unit, first and last day; UTF-8 with the mark that
    spreadsheets look for. Files of many periods can be put below each other."""
    out = io.StringIO(newline="")
    lines = csv.writer(out)
    days = [report.period.first, report.period.last]
    lines.writerow([text(f"report.csv.{name}", lang) for name in CSV_COLUMNS])
    lines.writerows([*line, *days] for line in _lines(report, lang))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def about(hall: Hall, report: Report, lang: str) -> list[str]:
    """What a workbook says of itself: hall, period, when it was kept, definitions, whether days are made up."""
    said = [hall.name, period_name(report.period, lang), text("report.version", lang, version=report.version)]
    if report.kept_at is not None:
        said.append(text("report.kept_at", lang, at=moment(hall, report.kept_at)))
    if not report.is_over:
        said.append(text("report.until_today", lang, today=report.today))
    return [*said, text("report.simulated", lang)] if report.simulated else said


def moment(hall: Hall, at: datetime) -> str:
    """When, by the hall's own clock."""
    return f"{at.astimezone(hall.local_zone):%Y-%m-%d %H:%M}"


def period_name(period: Period, lang: str) -> str:
    """What a period is called; of a week also its days, as few people know its number."""
    if period.kind == WEEK:
        year, week, _ = period.first.isocalendar()
        days = {"first": f"{period.first:%m-%d}", "last": f"{period.last:%m-%d}"}
        return text("report.week", lang, year=year, week=week, **days)
    if period.kind == QUARTER:
        return text("report.quarter", lang, year=period.first.year, quarter=(period.first.month + 2) // 3)
    return period.label


def row_name(row: Row, lang: str) -> str:
    """What a line of a table is called; a code that has no words, as a machine may give one, stands as it is."""
    return text(row.key, lang) if has_text(row.key) else named(row.name, row.name_en, lang)


def rounded(value: Value, unit: str) -> Value:
    """A figure as precisely as it is told: counts whole, all else to a tenth; a whole one without its point."""
    if value is None:
        return None
    return round(value) if unit == COUNT else round(value, 1)


def _lines(report: Report, lang: str) -> Iterator[list[Any]]:
    title = text("report.summary", lang)
    for column, value, _ in summary_of(report):
        yield [
            title,
            "",
            text(column.key, lang),
            rounded(value, column.unit),
            text(f"report.unit.{column.unit}", lang),
        ]
    for table in tables_of(report):
        for row in table.rows:
            for column, value in zip(table.columns, row.values, strict=True):
                named = [text(table.key, lang), harmless(row_name(row, lang)), text(column.key, lang)]
                unit = text(f"report.unit.{column.unit}", lang)
                yield [*named, rounded(value, column.unit), unit]
    for heat in heat_maps(report):
        yield from _cells(heat, lang)


def _cells(heat: HeatMap, lang: str) -> Iterator[list[Any]]:
    """A line for each hour of a weekday of which there is anything."""
    title, unit = text(heat.key, lang), text(f"report.unit.{heat.unit}", lang)
    for weekday, cells in heat.rows:
        day = text(f"calendar.weekday.{weekday}", lang)
        for hour, cell in zip(heat.hours, cells, strict=True):
            if cell.value is not None:
                yield [title, day, f"{hour}:00", rounded(cell.value, heat.unit), unit]


class _Book:
    """A workbook being written in one language."""

    def __init__(self, book: Any, lang: str) -> None:
        self.book, self.lang, self.of = book, lang, ""
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.body = book.add_format({"text_wrap": True, "valign": "top"})
        self.formats = {unit: book.add_format({"num_format": code}) for unit, code in FORMATS.items()}

    def write(self, hall: Hall, report: Report) -> None:
        """Every sheet."""
        self.of = f"{hall.name} {period_name(report.period, self.lang)}"
        self._summary(hall, report)
        for heat in heat_maps(report):
            self._heat(heat)
        for table in tables_of(report):
            self._table(table)

    def _sheet(self, title: str) -> Any:
        sheet = self.book.add_worksheet(title[:SHEET_NAME])
        sheet.set_column(0, 0, NAME_WIDTH)
        sheet.set_column(1, HEAT_COLUMNS, WIDTH)
        lay_on_paper(sheet, self.of, title)
        return sheet

    def _line(self, sheet: Any, line: int, row: Row, units: list[str]) -> None:
        sheet.write_string(line, 0, row_name(row, self.lang), self.body)
        for column, (value, unit) in enumerate(zip(row.values, units, strict=True), 1):
            if value is not None:
                sheet.write_number(line, column, rounded(value, unit), self.formats[unit])

    def _heads(self, sheet: Any, line: int, names: list[str]) -> None:
        for column, name in enumerate(names):
            sheet.write_string(line, column, name, self.head)

    def _summary(self, hall: Hall, report: Report) -> None:
        sheet = self._sheet(text("report.summary", self.lang))
        said = about(hall, report, self.lang)
        for line, each in enumerate(said):
            sheet.write_string(line, 0, each, self.body)
        words = [text(f"report.csv.{name}", self.lang) for name in ("figure", "value", "before", "unit")]
        self._heads(sheet, len(said) + 1, words)
        for line, (column, value, before) in enumerate(summary_of(report), len(said) + 2):
            self._line(sheet, line, Row("", [value, before], column.key), [column.unit] * 2)
            sheet.write_string(line, 3, text(f"report.unit.{column.unit}", self.lang))

    def _table(self, table: Table) -> None:
        sheet = self._sheet(text(table.key, self.lang))
        units = [column.unit for column in table.columns]
        named = [
            f"{text(column.key, self.lang)} ({text(f'report.unit.{column.unit}', self.lang)})"
            for column in table.columns
        ]
        self._heads(sheet, 0, [text(table.key, self.lang), *named])
        for line, row in enumerate(table.rows, 1):
            self._line(sheet, line, row, units)
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)

    def _heat(self, heat: HeatMap) -> None:
        sheet = self._sheet(text(heat.key, self.lang))
        self._heads(sheet, 0, [text(heat.key, self.lang), *(f"{hour}:00" for hour in heat.hours)])
        for line, (weekday, cells) in enumerate(heat.rows, 1):
            values = [cell.value for cell in cells]
            self._line(sheet, line, Row("", values, f"calendar.weekday.{weekday}"), [heat.unit] * len(values))
        scale = {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#7FA6CC"}
        sheet.conditional_format(1, 1, len(heat.rows), len(heat.hours), scale)
